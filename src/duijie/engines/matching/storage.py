"""Where an index lives: a folder whose manifest names the files of one generation, or nowhere (memory).

Files are written and seen onto the disk first, then the manifest is put in place of the old one in a single step. A process
killed at any moment leaves the generation before or the one after, never a mixture; files that no manifest names are swept up
by the next writer.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from pathlib import Path
from typing import IO

import numpy as np

from duijie.engines.matching.corpus import CorpusModel, Rarity
from duijie.engines.matching.document import PUBLIC
from duijie.engines.matching.segment import Segment
from duijie.engines.matching.semantics import Vectors
from duijie.engines.matching.state import State

MANIFEST = "CURRENT"
FORMAT = 6


def empty_model() -> CorpusModel:
    """What is known before the first refresh: nothing."""
    rarity = Rarity(0, np.zeros(0, dtype=np.int32))
    vectors = Vectors(np.zeros(0, dtype=np.uint32), np.zeros((0, 1), np.float32), np.zeros(0, np.float32))
    return CorpusModel(rarity, rarity, np.ones(4), vectors, "")


def empty_state() -> State:
    """An index without documents."""
    return State((), (), empty_model(), (frozenset({PUBLIC}),))


class Storage:
    """Loads and saves states. `folder` None keeps nothing."""

    def __init__(self, folder: Path | None, *, writable: bool = True) -> None:
        self.folder = folder
        self._names: dict[int, str] = {}
        self._open: dict[int, Segment] = {}
        self._model_name = ""
        self._model: CorpusModel | None = None
        self._lock: IO[bytes] | None = None
        if folder is not None and writable:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = (folder / "lock").open("wb")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        """Let another process write."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def load(self) -> State:
        """The state of the manifest, or an empty one."""
        if self.folder is None or not (self.folder / MANIFEST).exists():
            return empty_state()
        for _ in range(20):  # a writer may remove an old generation's files between our reading the manifest and them
            manifest = self._manifest()
            try:
                return self._read(manifest)
            except FileNotFoundError:
                if self._manifest()["generation"] == manifest["generation"]:
                    raise
        raise TimeoutError(f"the index in {self.folder} changes faster than it can be read")

    def newer_than(self, generation: int) -> State | None:
        """The state on disk where it is a later one than the given generation."""
        if self.folder is None or not (self.folder / MANIFEST).exists() or self._manifest()["generation"] <= generation:
            return None
        return self.load()

    def _manifest(self) -> dict:
        assert self.folder is not None
        manifest: dict = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != FORMAT:
            raise ValueError(f"the index in {self.folder} was written by another version; rebuild it")
        return manifest

    def _read(self, manifest: dict) -> State:
        assert self.folder is not None
        if manifest["model"] != self._model_name:
            self._model = CorpusModel.load(self.folder / manifest["model"])
            self._model_name = manifest["model"]
        known = {name: number for number, name in self._names.items()}
        segments, alive, names = [], [], {}
        for entry in manifest["segments"]:
            segment = (
                self._open[known[entry["name"]]]
                if entry["name"] in known
                else Segment.load(self.folder / entry["name"])
            )
            segments.append(segment)
            names[id(segment)] = entry["name"]
            alive.append(np.load(self.folder / entry["alive"], allow_pickle=False))
        self._names = names
        self._open = {id(segment): segment for segment in segments}
        assert self._model is not None
        audiences = tuple(frozenset(tokens) for tokens in manifest["audiences"])
        return State(tuple(segments), tuple(alive), self._model, audiences, manifest["generation"])

    def new_segment(self, generation: int) -> Path:
        """A folder, not there yet, for a segment of this generation that is laid out in place; `adopt` makes it known."""
        assert self.folder is not None
        place = self.folder / f"segment-{generation:08d}-whole"
        shutil.rmtree(place, ignore_errors=True)
        return place

    def adopt(self, segment: Segment, folder: Path) -> None:
        """This segment lies in that folder already."""
        self._names[id(segment)] = folder.name
        self._open[id(segment)] = segment

    def save(self, state: State) -> State:
        """Make the state durable; gives it back with its new segments mapped from their files."""
        if self.folder is None:
            return state
        if self._lock is None:
            raise PermissionError("this index was opened for reading only")
        generation = state.generation
        entries = []
        for place, (segment, alive) in enumerate(zip(state.segments, state.alive, strict=True)):
            name = self._names.get(id(segment))
            if name is None:
                name = f"segment-{generation:08d}-{place:03d}"
                shutil.rmtree(self.folder / name, ignore_errors=True)
                segment.save(self.folder / name)
            living = f"alive-{generation:08d}-{place:03d}.npy"
            _write(self.folder / living, alive)
            entries.append({"name": name, "alive": living})
        if state.model is not self._model:
            self._model, self._model_name = state.model, f"model-{generation:08d}.npz"
            state.model.save(self.folder / self._model_name)
            _sync(self.folder / self._model_name)
        manifest = {
            "format": FORMAT, "generation": generation, "model": self._model_name, "segments": entries,
            "audiences": [sorted(tokens) for tokens in state.audiences],
        }  # fmt: skip
        temporary = self.folder / f"{MANIFEST}.new"
        temporary.write_text(json.dumps(manifest), encoding="utf-8")
        _sync(temporary)
        temporary.replace(self.folder / MANIFEST)
        _sync(self.folder)
        saved = self._read(manifest)
        self._sweep(manifest)
        return saved

    def _sweep(self, manifest: dict) -> None:
        """Remove what no manifest names."""
        assert self.folder is not None
        kept = {MANIFEST, "lock", manifest["model"]}
        kept |= {entry[part] for entry in manifest["segments"] for part in ("name", "alive")}
        for path in self.folder.iterdir():
            if path.name not in kept and path.name.startswith(("segment-", "alive-", "model-", MANIFEST)):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _write(path: Path, array: np.ndarray) -> None:
    with path.open("wb") as file:
        np.save(file, array)
        file.flush()
        os.fsync(file.fileno())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

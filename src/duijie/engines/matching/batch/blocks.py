"""Finished blocks in a folder: each file appears whole or not at all, and says by its name what it must contain."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.batch.solve import BEST, NO_OFFER
from duijie.engines.matching.faults import InputFault

MANIFEST = "manifest.json"
NAME = re.compile(r"block-(\d{6})-([0-9a-f]{16})\.bin")


class OtherRun(InputFault):
    """The folder holds a run of other weights or another plan."""


@dataclass(frozen=True)
class Finished:
    """A run that is complete: number of needs and blocks, and one checksum over all results in order of the needs."""

    needs: int
    blocks: int
    checksum: str


class Blocks:
    """The folder of one run. Opening it begins the run or continues it; OtherRun where it belongs to other input."""

    def __init__(self, folder: Path, *, fingerprint: str, needs: int, block_rows: int, top: int) -> None:
        self.folder = folder
        self.needs = needs
        self.block_rows = block_rows
        self.top = top
        folder.mkdir(parents=True, exist_ok=True)
        manifest = {"format": 1, "fingerprint": fingerprint, "needs": needs, "block_rows": block_rows, "top": top}
        path = folder / MANIFEST
        if path.exists():
            if json.loads(path.read_text(encoding="utf-8")) != manifest:
                raise OtherRun(
                    "other_run",
                    f"文件夹 {folder} 属于另一批输入，请另选文件夹或先清空它。",
                    f"The folder {folder} belongs to a run of other input: choose another one or empty it first.",
                )
        else:
            _write_whole(path, json.dumps(manifest, indent=2).encode())

    @classmethod
    def opened(cls, folder: Path) -> Blocks:
        """The run in a folder, to read from."""
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        del manifest["format"]
        return cls(folder, **manifest)

    @property
    def count(self) -> int:
        """Number of blocks of the whole run."""
        return -(-self.needs // self.block_rows)

    def finished(self) -> dict[int, Path]:
        """Block -> file, for the files whose content is what their name says; others are removed."""
        done: dict[int, Path] = {}
        for path in sorted(self.folder.iterdir()):
            match = NAME.fullmatch(path.name)
            if match and _digest(path.read_bytes()) == match[2] and int(match[1]) < self.count:
                done[int(match[1])] = path
            elif path.name != MANIFEST and path.name.startswith(("block-", ".part-")):
                path.unlink()
        return done

    def write(self, block: int, best: NDArray[np.void]) -> Path:
        """Put a finished block on disk, durably."""
        data = np.ascontiguousarray(best, dtype=BEST).tobytes()
        path = self.folder / f"block-{block:06d}-{_digest(data)}.bin"
        _write_whole(path, data)
        return path

    def read(self, path: Path) -> NDArray[np.void]:
        """(rows, top) of (offer, score) of one block."""
        return np.frombuffer(path.read_bytes(), dtype=BEST).reshape(-1, self.top)

    def rows(self) -> Iterator[tuple[int, NDArray[np.int32], NDArray[np.float32]]]:
        """(need, its offers best first, their scores) of all finished blocks, in order of the needs."""
        for block, path in sorted(self.finished().items()):
            for offset, best in enumerate(self.read(path)):
                kept = best[best["offer"] != NO_OFFER]
                yield block * self.block_rows + offset, kept["offer"], kept["score"]

    def checksum(self) -> Finished | None:
        """The checksum over all blocks, or None while any is missing."""
        done = self.finished()
        if len(done) < self.count:
            return None
        digest = hashlib.sha256()
        for _, path in sorted(done.items()):
            digest.update(path.read_bytes())
        return Finished(self.needs, self.count, digest.hexdigest())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _write_whole(path: Path, data: bytes) -> None:
    """Write beside, flush to disk, then rename: a kill leaves the old state or the new one."""
    part = path.with_name(f".part-{os.getpid()}-{path.name}")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

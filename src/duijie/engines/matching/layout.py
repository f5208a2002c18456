"""All living rows of an index laid out anew in one segment on disk, a batch at a time: memory holds a batch, never all texts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Ragged, Rows
from duijie.engines.matching.candidates import EXHAUSTIVE_ROWS, Lists, Postings
from duijie.engines.matching.corpus import CorpusModel
from duijie.engines.matching.segment import COLUMNS, DERIVED, RAGGED, Segment, derive

BATCH = 20_000


@dataclass(frozen=True)
class Living:
    """The living rows of some segments, in the order of their contents (equal ones by key): place i is row `rows[i]` of segment
    `segments[numbers[i]]`."""

    segments: tuple[Segment, ...]
    numbers: NDArray[np.int32]
    rows: Rows

    @classmethod
    def of(cls, segments: Sequence[Segment], alive: Sequence[NDArray[np.bool_]]) -> Living:
        """All rows that are alive."""
        rows = [np.flatnonzero(mask) for mask in alive]
        numbers = np.repeat(np.arange(len(segments), dtype=np.int32), [each.size for each in rows])
        pairs = list(zip(segments, rows, strict=True))
        contents = np.concatenate([np.zeros(0, np.int64), *(segment.contents[each] for segment, each in pairs)])
        keys = np.concatenate([np.zeros(0, np.int64), *(segment.keys[each] for segment, each in pairs)])
        order = np.lexsort((keys, contents))
        joined = np.concatenate([np.zeros(0, np.int64), *rows])
        return cls(tuple(segments), numbers[order], joined[order])

    def __len__(self) -> int:
        return int(self.rows.size)

    def taken(self, start: int, stop: int) -> Segment:
        """These places as a segment in memory, without postings."""
        numbers, rows = self.numbers[start:stop], self.rows[start:stop]
        parts, places = [], []
        for number in np.unique(numbers):
            mine = np.flatnonzero(numbers == number)
            parts.append(self.segments[number].take(rows[mine]))
            places.append(mine)
        if len(parts) == 1:
            return parts[0]
        back = np.argsort(np.concatenate(places), kind="stable").astype(np.int64)
        return Segment.joined(parts).take(back)

    def batches(self, size: int = BATCH) -> Iterator[tuple[int, Segment]]:
        """(first place, rows) of every batch."""
        for start in range(0, len(self), size):
            yield start, self.taken(start, min(start + size, len(self)))

    def terms(self) -> Iterator[Ragged]:
        """The terms of all rows, batch by batch."""
        for start in range(0, len(self), BATCH):
            numbers, rows = self.numbers[start : start + BATCH], self.rows[start : start + BATCH]
            for number in np.unique(numbers):
                yield self.segments[number].terms.take(rows[numbers == number])

    def sizes(self, name: str) -> NDArray[np.int64]:
        """Lengths of a ragged column's rows."""
        found = np.zeros(len(self), dtype=np.int64)
        for number, segment in enumerate(self.segments):
            mine = self.numbers == number
            found[mine] = np.diff(getattr(segment, name).offsets)[self.rows[mine]]
        return found


def lay_out(living: Living, model: CorpusModel, folder: Path, *, batch: int = BATCH) -> Segment:
    """Write the rows with what depends on the model into a new folder; gives the segment mapped from it."""
    folder.mkdir(parents=True)
    arrays = _Arrays(folder, living)
    for start, rows in living.batches(batch):
        arrays.write(start, rows, model)
    arrays.close()
    plain = Segment.load(folder)
    if len(plain) >= EXHAUSTIVE_ROWS:
        groups: dict[str, Postings | Lists] = {"postings": Postings.of(plain.terms)}
        if model.vectors.ids.size:
            groups["lists"] = Lists.of(plain.derived.vectors)
        for name, group in groups.items():
            for each in fields(group):
                np.save(folder / f"{name}_{each.name}.npy", getattr(group, each.name))
    for path in folder.iterdir():
        _sync(path)
    return Segment.load(folder)


class _Arrays:
    """The files of a segment, mapped for writing."""

    def __init__(self, folder: Path, living: Living) -> None:
        self._folder, self._size = folder, len(living)
        self._plain: dict[str, Any] = {}
        self._ragged: dict[str, tuple[NDArray[np.int64], Any]] = {}
        for name in RAGGED:
            offsets = np.zeros(self._size + 1, dtype=np.int64)
            np.cumsum(living.sizes(name), out=offsets[1:])
            np.save(folder / f"{name}_offsets.npy", offsets)
            kind = getattr(living.segments[0], name).values.dtype
            self._ragged[name] = offsets, self._mapped(f"{name}_values", kind, (int(offsets[-1]),))

    def _mapped(self, name: str, kind: Any, shape: tuple[int, ...]) -> Any:
        if 0 in shape:  # nothing cannot be mapped
            found = np.zeros(shape, dtype=kind)
            np.save(self._folder / f"{name}.npy", found)
            return found
        return np.lib.format.open_memmap(self._folder / f"{name}.npy", mode="w+", dtype=kind, shape=shape)

    def _put(self, name: str, start: int, values: NDArray[Any]) -> None:
        if name not in self._plain:
            self._plain[name] = self._mapped(name, values.dtype, (self._size, *values.shape[1:]))
        self._plain[name][start : start + values.shape[0]] = values

    def write(self, start: int, rows: Segment, model: CorpusModel) -> None:
        """One batch."""
        derived = derive(rows, model)
        for name in COLUMNS:
            self._put(name, start, getattr(rows, name))
        for name in DERIVED:
            self._put(name, start, getattr(derived, name))
        for name, (offsets, values) in self._ragged.items():
            values[offsets[start] : offsets[start + len(rows)]] = getattr(rows, name).values

    def close(self) -> None:
        """Hand the pages to the system."""
        for array in (*self._plain.values(), *(values for _, values in self._ragged.values())):
            if isinstance(array, np.memmap):
                array.flush()
        self._plain, self._ragged = {}, {}


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Ragged rows in flat arrays, that can lie in memory or be mapped from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.signature import Bag

Rows = NDArray[np.int64]


def ragged_places(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of all elements of the ranges `starts[i] : starts[i] + lengths[i]`, one after the other."""
    total = int(lengths.sum())
    if total == 0:
        return np.zeros(0, dtype=np.int64)
    ends = np.cumsum(lengths)
    return np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - lengths), lengths)


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of unequal length: row i is `values[offsets[i] : offsets[i + 1]]`."""

    offsets: NDArray[np.int64]
    values: NDArray[np.generic]

    @classmethod
    def of(cls, rows: Sequence[NDArray[np.generic]], dtype: type[np.generic]) -> Ragged:
        """Flat arrays of the given rows."""
        offsets = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([row.size for row in rows], out=offsets[1:])
        return cls(offsets, np.concatenate([np.zeros(0, dtype=dtype), *rows]))

    def __len__(self) -> int:
        return self.offsets.size - 1

    def row(self, place: int) -> NDArray[np.generic]:
        """One row."""
        return self.values[self.offsets[place] : self.offsets[place + 1]]

    def take(self, rows: Rows) -> Ragged:
        """The given rows, in the given order, in memory."""
        starts = self.offsets[rows]
        lengths = self.offsets[rows + 1] - starts
        offsets = np.zeros(rows.size + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        return Ragged(offsets, self.values[ragged_places(starts, lengths)])

    def owners(self) -> NDArray[np.int64]:
        """The row of each element."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.offsets))

    @staticmethod
    def joined(parts: Sequence[Ragged]) -> Ragged:
        """The rows of all parts, one part after the other."""
        shifts = np.cumsum([0, *(part.values.size for part in parts)])
        begin = np.zeros(1, dtype=np.int64)
        offsets = [begin, *(part.offsets[1:] + shift for part, shift in zip(parts, shifts, strict=False))]
        return Ragged(np.concatenate(offsets), np.concatenate([part.values for part in parts]))


@dataclass(frozen=True, slots=True)
class Bags:
    """Bags of ids, one per row: row i is `ids[offsets[i] : offsets[i + 1]]` with its counts."""

    offsets: NDArray[np.int64]
    ids: NDArray[np.uint32]
    counts: NDArray[np.uint8]

    @classmethod
    def of(cls, bags: Sequence[Bag]) -> Bags:
        """Flat arrays of the given bags."""
        offsets = np.zeros(len(bags) + 1, dtype=np.int64)
        np.cumsum([bag.ids.size for bag in bags], out=offsets[1:])
        ids = np.concatenate([np.zeros(0, dtype=np.uint32), *(bag.ids for bag in bags)])
        return cls(offsets, ids, np.concatenate([np.zeros(0, dtype=np.uint8), *(bag.counts for bag in bags)]))

    def __len__(self) -> int:
        return self.offsets.size - 1

    def lengths(self) -> NDArray[np.int64]:
        """Number of standings per row, repeated ones included."""
        owners = np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.offsets))
        return np.bincount(owners, weights=self.counts, minlength=len(self)).astype(np.int64)

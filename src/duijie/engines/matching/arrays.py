"""Ragged rows in flat arrays, that can lie in memory or be mapped from a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.signature import HASH_SIZE, Bag

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


def ragged_places(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Places of all elements of the ranges `starts[i] : starts[i] + lengths[i]`, one after the other."""
    total = int(lengths.sum())
    if total == 0:
        return np.zeros(0, dtype=np.int64)
    ends = np.cumsum(lengths)
    return np.arange(total, dtype=np.int64) + np.repeat(starts - (ends - lengths), lengths)


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
        if not bags:
            return cls(offsets, np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.uint8))
        return cls(offsets, np.concatenate([bag.ids for bag in bags]), np.concatenate([bag.counts for bag in bags]))

    def __len__(self) -> int:
        return self.offsets.size - 1

    def take(self, rows: Rows) -> Bags:
        """The given rows, in the given order, in memory."""
        lengths = self.offsets[rows + 1] - self.offsets[rows]
        places = ragged_places(self.offsets[rows], lengths)
        offsets = np.zeros(rows.size + 1, dtype=np.int64)
        np.cumsum(lengths, out=offsets[1:])
        return Bags(offsets, self.ids[places], self.counts[places])

    def lengths(self) -> NDArray[np.int64]:
        """Number of standings per row, repeated ones included."""
        return self.sums(self.counts)

    def sums(self, values: NDArray[np.generic]) -> NDArray[np.int64]:
        """Sum of one integer per element, by row."""
        return np.bincount(self._owners(), weights=values, minlength=len(self)).astype(np.int64)

    def float_sums(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Sum of one number per element, by row, added up in the order of the ids (so always alike)."""
        return np.bincount(self._owners(), weights=values, minlength=len(self))

    def _owners(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.offsets))

    @staticmethod
    def joined(parts: Sequence[Bags]) -> Bags:
        """The rows of all parts, one part after the other."""
        shifts = np.cumsum([0, *(part.ids.size for part in parts)])
        offsets = np.concatenate(
            [
                np.zeros(1, dtype=np.int64),
                *(part.offsets[1:] + shift for part, shift in zip(parts, shifts, strict=False)),
            ]
        )
        return Bags(
            offsets,
            np.concatenate([np.zeros(0, dtype=np.uint32), *(part.ids for part in parts)]),
            np.concatenate([np.zeros(0, dtype=np.uint8), *(part.counts for part in parts)]),
        )


class WeightTable:
    """A number for each possible id, nearly all of them 0; set for one query, read for many rows, cleared again."""

    def __init__(self) -> None:
        self._table = np.zeros(HASH_SIZE, dtype=np.float32)
        self._used = np.zeros(0, dtype=np.uint32)

    def load(self, ids: NDArray[np.uint32], weights: NDArray[np.floating]) -> None:
        """Forget the last query's numbers and take these."""
        self._table[self._used] = 0
        self._table[ids] = weights
        self._used = ids

    def read(self, ids: NDArray[np.uint32]) -> Scores:
        """The numbers of these ids."""
        found: Scores = self._table[ids]
        return found

"""Candidates of a large segment: by shared rare terms (postings) and by meaning (lists around centroids).

Both are arrays beside the segment's own, written once with it: there is no second store that could disagree with the first,
deleted documents weigh nothing, and equal scores are cut by hashes of the texts, so that the same documents give the same
candidates. Segments of fewer than EXHAUSTIVE_ROWS rows have neither: all of their rows are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Ragged, Rows, ragged_places
from duijie.engines.matching.corpus import CorpusModel
from duijie.engines.matching.query import Query
from duijie.engines.matching.signature import HASH_BITS, HASH_SIZE, TWO, WORD

EXHAUSTIVE_ROWS = 20_000
COMMON_SHARE = 0.02
"""A term that stands in more than this share of the documents is not looked up: it singles nobody out."""

POSTINGS_READ = 150_000
"""How many postings one question reads at most, rarest terms first."""

BY_TERMS, BY_MEANING = 800, 300
COARSE_DIMENSIONS = 64
LISTS_READ = 12
_PASSES = 16


@dataclass(frozen=True, slots=True)
class Postings:
    """Rows by term: term `keys[i]` (order and id, ascending) stands in rows `rows[offsets[i] : offsets[i + 1]]`."""

    keys: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    rows: NDArray[np.uint32]

    @classmethod
    def of(cls, terms: Ragged) -> Postings:
        """Postings of words and of grams of two units, common ones left out; in passes, so that memory stays bounded."""
        most = max(int(COMMON_SHARE * len(terms)), 50)
        parts: list[tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.uint32]]] = []
        for number in range(_PASSES):
            keys, rows = _selected(terms, number)
            order = np.argsort(keys, kind="stable")
            keys, rows = keys[order], rows[order]
            distinct, starts, many = np.unique(keys, return_index=True, return_counts=True)
            kept = many <= most
            places = ragged_places(starts[kept].astype(np.int64), many[kept].astype(np.int64))
            parts.append((distinct[kept], many[kept].astype(np.int64), rows[places]))
        keys = np.concatenate([part[0] for part in parts])
        many = np.concatenate([part[1] for part in parts])
        offsets = np.zeros(keys.size + 1, dtype=np.int64)
        np.cumsum(many, out=offsets[1:])
        return cls(keys, offsets, np.concatenate([part[2] for part in parts]))

    def near(
        self,
        query: Query,
        model: CorpusModel,
        lengths: NDArray[np.float32],
        allowed: NDArray[np.bool_],
        sums: NDArray[np.float64],
    ) -> tuple[Rows, NDArray[np.float32]]:
        """Allowed rows that share a looked-up term with the question, in no order, with the summed rarity of those, damped for long documents.

        `sums` are zeros, at least one for each row of the segment; they are zeros again afterwards.
        """  # fmt: skip
        from duijie.engines.matching.tally import gathered

        wanted = np.isin(query.keys >> np.uint32(HASH_BITS), (TWO, WORD))
        keys = query.keys[wanted]
        counts = query.counts[2][wanted] + 2 * query.counts[0][wanted]
        place = np.minimum(np.searchsorted(self.keys, keys), max(self.keys.size - 1, 0))
        known = self.keys[place] == keys if self.keys.size else np.zeros(keys.size, dtype=bool)
        place, keys, counts = place[known], keys[known], counts[known]
        weights = model.full.bm25_weight(keys & np.uint32(HASH_SIZE - 1)) * np.sqrt(counts)
        many = self.offsets[place + 1] - self.offsets[place]
        order = np.lexsort((keys, many))
        order = order[np.cumsum(many[order]) <= POSTINGS_READ]
        rows, found = gathered(self.rows, self.offsets[place[order]], many[order], weights[order], allowed, sums)
        mean = float(model.mean_lengths[TWO])
        damping = 1 / (1 + 1.2 * (0.25 + 0.75 * lengths[rows] / mean))
        return rows, (found * damping).astype(np.float32)


def _selected(terms: Ragged, number: int, *, chunk: int = 100_000) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Keys and rows of one sixteenth of the looked-up terms (by the highest bits of the id, so that parts follow in order)."""
    keys, rows = [], []
    low, high = TWO << HASH_BITS, WORD << HASH_BITS
    step = HASH_SIZE // (_PASSES // 2)
    base = low if number < _PASSES // 2 else high
    begin = base + step * (number % (_PASSES // 2))
    for start in range(0, len(terms), chunk):
        stop = min(start + chunk, len(terms))
        values = np.asarray(terms.values[terms.offsets[start] : terms.offsets[stop]]).astype(np.uint32, copy=False)
        found = values & np.uint32((1 << (HASH_BITS + 2)) - 1)
        mine = np.flatnonzero((found >= begin) & (found < begin + step))
        keys.append(found[mine])
        rows.append(
            (
                np.searchsorted(terms.offsets[start : stop + 1], mine + terms.offsets[start], side="right") - 1 + start
            ).astype(np.uint32)
        )
    return np.concatenate(keys), np.concatenate(rows)


@dataclass(frozen=True, slots=True)
class Lists:
    """Rows around centroids of meaning: list i holds `rows[offsets[i] : offsets[i + 1]]`, with the first directions of their vectors."""

    centroids: NDArray[np.float32]
    offsets: NDArray[np.int64]
    rows: NDArray[np.uint32]
    coarse: NDArray[np.int8]

    @classmethod
    def of(cls, vectors: NDArray[np.int8]) -> Lists:
        """Lists by k-means (8 rounds on a regular sample of rows, no chance involved)."""
        size = vectors.shape[0]
        many = int(np.clip(np.sqrt(size), 16, 2048))
        sample = vectors[:: max(size // (many * 32), 1), :COARSE_DIMENSIONS].astype(np.float32)
        centroids = _unit(sample[:: max(sample.shape[0] // many, 1)][:many])
        for _ in range(8):
            nearest = np.argmax(_unit(sample) @ centroids.T, axis=1)
            sums = np.zeros_like(centroids)
            np.add.at(sums, nearest, _unit(sample))
            centroids = np.where((np.abs(sums).sum(axis=1) > 0)[:, None], _unit(sums), centroids)
        assigned = np.concatenate(
            [
                np.argmax(vectors[start : start + 20_000, :COARSE_DIMENSIONS].astype(np.float32) @ centroids.T, axis=1)
                for start in range(0, size, 20_000)
            ]
        )
        order = np.argsort(assigned, kind="stable")
        offsets = np.zeros(many + 1, dtype=np.int64)
        np.cumsum(np.bincount(assigned, minlength=many)[:many], out=offsets[1:])
        return cls(
            centroids, offsets, order.astype(np.uint32), np.ascontiguousarray(vectors[order, :COARSE_DIMENSIONS])
        )

    def near(self, query: Query) -> tuple[Rows, NDArray[np.float32]]:
        """Rows of the lists nearest to the question's head and whole, with the cosine of the first directions."""
        mine = _unit((query.vectors[0] + query.vectors[2])[None, :COARSE_DIMENSIONS])[0]
        if not mine.any():
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        lists = np.argsort(-(self.centroids @ mine), kind="stable")[:LISTS_READ]
        places = ragged_places(self.offsets[lists], self.offsets[lists + 1] - self.offsets[lists])
        theirs = self.coarse[places].astype(np.float32)
        cosines = (theirs @ mine) / np.maximum(np.sqrt(np.einsum("ij,ij->i", theirs, theirs)), 1e-6)
        return self.rows[places].astype(np.int64), cosines


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    found: NDArray[np.float32] = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return found


def best(rows: Rows, scores: NDArray[np.float32], contents: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Places in `rows` of the `most` rows of highest score; equal ones by their contents, then by row."""
    if rows.size <= most:
        return np.arange(rows.size, dtype=np.int64)
    border = np.partition(scores, rows.size - most)[rows.size - most]
    above, level = np.flatnonzero(scores > border), np.flatnonzero(scores == border)
    level = level[np.lexsort((rows[level], contents[rows[level]]))[: most - above.size]]
    return np.concatenate([above, level])


def best_eligible(
    rows: Rows, scores: NDArray[np.float32], contents: NDArray[np.int64], most: int,
    eligible: Callable[[Rows], NDArray[np.bool_]],
) -> Rows:  # fmt: skip
    """The `most` best rows among the eligible ones. Few are not, so only the first are asked about, and more where those do not suffice."""
    asked = most
    while True:
        asked = min(2 * asked, rows.size)
        first = best(rows, scores, contents, asked)
        left = first[eligible(rows[first])]
        if left.size >= most or asked == rows.size:
            return rows[left[best(rows[left], scores[left], contents, most)]]


__all__ = ["EXHAUSTIVE_ROWS", "Lists", "Postings", "best", "best_eligible"]

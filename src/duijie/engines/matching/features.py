"""The numbers that compare a question with rows of the index: what the ranking learns from.

For each field of the question and each order of terms (runs of one, two, three units, words; one and two together):

* `tfidf`: cosine of log counts times rarity, against the document's head;
* `cover`: share of the head's rarity that stands in the field; `covered`: share of the field's rarity that stands in the head;
* `bm25`: BM25 (k1 1.2, b 0.75) against the whole document;

and by meaning: cosines of the meaning vectors, and soft coverage: how near the nearest gram of the other side's head is, gram
by gram, weighed by rarity. The length of the head completes them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Ragged, Rows
from duijie.engines.matching.corpus import CorpusModel
from duijie.engines.matching.query import FIELDS, Query
from duijie.engines.matching.segment import BODY, HEAD_UNITS, Segment
from duijie.engines.matching.signature import (
    HASH_BITS,
    HASH_SIZE,
    ONE,
    ORDERS,
)

_SETS: dict[str, tuple[int, ...]] = {"one": (0,), "two": (1,), "three": (2,), "word": (3,), "onetwo": (0, 1)}


BODY_SHARE = "body_share"
"""The last column: how much of a document is not head, 0 to 1. It is not weighed but mixes the two ways of scoring."""


def _names() -> tuple[str, ...]:
    found = []
    for field in FIELDS:
        found += [f"{kind}_{order}_{field}" for order in _SETS for kind in ("tfidf", "cover")]
        found += [f"bm25_{order}_{field}" for order in ORDERS]
        if field in ("title", "key"):
            found += [f"covered_{order}_{field}" for order in ("one", "two", "word", "onetwo")]
    found += [f"meaning_{field}" for field in FIELDS]
    found += [f"{side}_{order}" for side in ("soft_cover", "soft_covered") for order in ("onetwo", "one", "two")]
    return (*found, "head_length", BODY_SHARE)


FEATURES = _names()
"""Names of the columns of `Comparer.compare`."""

_MEANING = slice(FEATURES.index("meaning_title"), FEATURES.index("meaning_title") + len(FIELDS))
_SOFT = slice(_MEANING.stop, len(FEATURES) - 2)


MOST_KEPT = 4
"""For how many segments that are compared again and again something is kept."""


@dataclass(frozen=True, slots=True)
class Heads:
    """Grams in the heads of some rows, as `tally.standing` gives them, with the vectors and the rarity of the distinct ones."""

    offsets: NDArray[np.int64]
    grams: NDArray[np.int32]
    vectors: NDArray[np.float32]
    rare: NDArray[np.float64]


class Comparer:
    """Compares one question with many rows; keeps its tables between questions. Not for use by two threads at once."""

    def __init__(self) -> None:
        self._kept: list[tuple[Segment, CorpusModel, Heads]] = []
        self._grams: tuple[CorpusModel, NDArray[np.int32], NDArray[np.float32], NDArray[np.float64]] | None = None

    def compare(
        self, query: Query, model: CorpusModel, segment: Segment, rows: Rows, *, again: bool = False
    ) -> NDArray[np.float64]:
        """One line per row, one column per name of FEATURES. `again`: all rows of a small segment, which is compared with every
        question, so that what depends on it alone is kept."""
        found = np.zeros((rows.size, len(FEATURES)))
        if not rows.size:
            return found
        terms = segment.terms if again else segment.terms.take(rows)
        sums = segment.derived.sums[rows].astype(np.float64)
        self._lexical(query, model, terms, sums, found)
        found[:, _MEANING] = self._meaning(query, segment, rows)
        self._soft(query, model, terms, segment if again else None, found[:, _SOFT])
        found[:, -2], found[:, -1] = sums[:, HEAD_UNITS], sums[:, BODY]
        return found

    @staticmethod
    def _lexical(
        query: Query, model: CorpusModel, terms: Ragged, sums: NDArray[np.float64], found: NDArray[np.float64]
    ) -> None:
        from duijie.engines.matching.tally import lexical

        own = query.keys & np.uint32(HASH_SIZE - 1)
        orders = (query.keys >> np.uint32(HASH_BITS)).astype(np.int64)
        rare, bm25 = model.head.smooth_weight(own).astype(np.float64), model.full.bm25_weight(own).astype(np.float64)
        many = query.counts.astype(np.float64)
        present = many > 0
        strength = np.where(present, 1 + np.log(np.maximum(many, 1)), 0) * rare
        cover = np.where(present, rare, 0)
        squares, shares = _by_set(orders, strength**2), _by_set(orders, cover)
        lexical(
            terms.values, terms.offsets, sums, model.mean_lengths, query.keys, *map(_by_term, (strength * rare, cover, many * bm25)),
            squares, shares, found,
        )  # fmt: skip

    @staticmethod
    def _meaning(query: Query, segment: Segment, rows: Rows) -> NDArray[np.float64]:
        vectors = segment.derived.vectors[rows].astype(np.float32)
        scales = segment.derived.vector_scales[rows].astype(np.float64)
        cosines: NDArray[np.float64] = (vectors @ query.vectors.T).astype(np.float64) * scales[:, None]
        return cosines

    def _soft(
        self, query: Query, model: CorpusModel, terms: Ragged, again: Segment | None, found: NDArray[np.float64]
    ) -> None:
        """Nearest grams by meaning, both ways, over all grams, those of one unit, and those of two."""
        from duijie.engines.matching.tally import nearest, peaks

        places, units, rare = self._tables(model)
        asked = query.soft
        mine = places[asked & np.uint32(HASH_SIZE - 1)]
        asked, mine = asked[mine >= 0], mine[mine >= 0]
        heads = self._heads(model, terms, again)
        if not mine.size or not heads.rare.size:
            return
        near = heads.vectors @ units[mine].T
        one = (asked >> np.uint32(HASH_BITS)) == ONE
        best = peaks(near, one)
        nearest(heads.offsets, heads.grams, heads.rare, near, best, rare[mine], one, found)

    def _heads(self, model: CorpusModel, terms: Ragged, again: Segment | None) -> Heads:
        """What stands in the rows' heads."""
        from duijie.engines.matching.tally import standing

        for segment, of_model, kept in self._kept:
            if segment is again and of_model is model:
                return kept
        places, units, rare = self._tables(model)
        distinct, offsets, grams = standing(
            terms.values, terms.offsets, places, np.full(units.shape[0], -1, dtype=np.int32)
        )
        heads = Heads(offsets, grams, units[distinct], rare[distinct])
        if again is not None:
            self._kept = [(again, model, heads), *self._kept[: MOST_KEPT - 1]]
        return heads

    def _tables(self, model: CorpusModel) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float64]]:
        """Place of each gram's vector by id, the vectors at length one, and the grams' rarity; made once per model."""
        if self._grams is None or self._grams[0] is not model:
            places = np.full(HASH_SIZE, -1, dtype=np.int32)
            places[model.vectors.ids] = np.arange(model.vectors.ids.size, dtype=np.int32)
            lengths = np.linalg.norm(model.vectors.values, axis=1, keepdims=True)
            units = model.vectors.values / np.maximum(lengths, 1e-9)
            self._grams = (model, places, units, model.head.smooth_weight(model.vectors.ids).astype(np.float64))
        return self._grams[1:]


def _by_term(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(terms, fields): what is read together lies together."""
    return np.ascontiguousarray(weights.T)


def _by_set(orders: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(fields, sets): sums of weights (fields, terms) over the terms of each set of orders."""
    sums = np.stack([np.bincount(orders, weights=each, minlength=len(ORDERS)) for each in weights])
    return np.stack([sums[:, list(chosen)].sum(axis=1) for chosen in _SETS.values()], axis=1)

"""The numbers that compare a question with rows of the index: what the ranking learns from.

For each field of the question and each order of terms (runs of one, two, three units, words; one and two together):

* `tfidf`: cosine of log counts times rarity, against the document's head;
* `cover`: share of the head's rarity that stands in the field; `covered`: share of the field's rarity that stands in the head;
* `bm25`: BM25 (k1 1.2, b 0.75) against the whole document;

and by meaning: cosines of the meaning vectors, and soft coverage: how near the nearest gram of the other side's head is, gram
by gram, weighed by rarity. The length of the head completes them.
"""

from __future__ import annotations

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


MOST_KEPT = 4
"""For how many segments that are compared again and again something is kept."""


class Comparer:
    """Compares one question with many rows; keeps its tables between questions. Not for use by two threads at once."""

    def __init__(self) -> None:
        self._slots = np.zeros(HASH_SIZE, dtype=np.int16)
        self._kept: list[tuple[Segment, CorpusModel, NDArray[np.int32], NDArray[np.float32]]] = []
        self._grams: tuple[CorpusModel, NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]] | None = None

    def compare(
        self, query: Query, model: CorpusModel, segment: Segment, rows: Rows, *, again: bool = False
    ) -> NDArray[np.float64]:
        """One line per row, one column per name of FEATURES. `again`: all rows of a small segment, which is compared with every
        question, so that what depends on it alone is kept."""
        if not rows.size:
            return np.zeros((0, len(FEATURES)))
        terms = segment.terms if again else segment.terms.take(rows)
        sums = segment.derived.sums[rows].astype(np.float64)
        columns = self._lexical(query, model, terms, sums)
        columns += self._meaning(query, segment, rows)
        columns += self._soft(query, model, terms, segment if again else None)
        columns += [sums[:, HEAD_UNITS], sums[:, BODY]]
        found: NDArray[np.float64] = np.stack(columns, axis=1)
        return found

    def _lexical(
        self, query: Query, model: CorpusModel, terms: Ragged, sums: NDArray[np.float64]
    ) -> list[NDArray[np.float64]]:
        from duijie.engines.matching.tally import shared

        own = query.keys & np.uint32(HASH_SIZE - 1)
        orders = (query.keys >> np.uint32(HASH_BITS)).astype(np.int64)
        rare, bm25 = model.head.smooth_weight(own).astype(np.float64), model.full.bm25_weight(own).astype(np.float64)
        many = query.counts.astype(np.float64)
        present = many > 0
        strength = np.where(present, 1 + np.log(np.maximum(many, 1)), 0) * rare
        most = min(query.keys.size, np.iinfo(np.int16).max - 1)
        self._slots[own[:most]] = np.arange(1, most + 1, dtype=np.int16)
        products, covered, saturation = shared(
            terms.values, terms.offsets, sums[:, 8:12], model.mean_lengths, self._slots, query.keys,
            strength * rare, np.where(present, rare, 0), many * bm25,
        )  # fmt: skip
        self._slots[own] = 0
        columns: list[NDArray[np.float64]] = []
        for number, field in enumerate(FIELDS):
            squares = np.bincount(orders, weights=strength[number] ** 2, minlength=len(ORDERS))
            shares = np.bincount(orders, weights=np.where(present[number], rare, 0), minlength=len(ORDERS))
            for chosen in map(list, _SETS.values()):
                norm = np.sqrt(squares[chosen].sum() * sums[:, chosen].sum(axis=1))
                columns.append(products[:, number, chosen].sum(axis=1) / np.maximum(norm, 1e-6))
                whole = sums[:, [4 + each for each in chosen]].sum(axis=1)
                columns.append(covered[:, number, chosen].sum(axis=1) / np.maximum(whole, 1e-6))
            columns += [saturation[:, number, each] for each in range(len(ORDERS))]
            if field in ("title", "key"):
                for name in ("one", "two", "word", "onetwo"):
                    chosen = list(_SETS[name])
                    columns.append(covered[:, number, chosen].sum(axis=1) / max(shares[chosen].sum(), 1e-6))
        return columns

    @staticmethod
    def _meaning(query: Query, segment: Segment, rows: Rows) -> list[NDArray[np.float64]]:
        vectors = segment.derived.vectors[rows].astype(np.float32)
        scales = segment.derived.vector_scales[rows].astype(np.float64)
        found = (vectors @ query.vectors.T).astype(np.float64) * scales[:, None]
        return [found[:, each] for each in range(len(FIELDS))]

    def _soft(
        self, query: Query, model: CorpusModel, terms: Ragged, again: Segment | None
    ) -> list[NDArray[np.float64]]:
        """Nearest grams by meaning, both ways, over all grams, those of one unit, and those of two."""
        from duijie.engines.matching.tally import nearest

        places, units, rare = self._tables(model)
        asked = query.soft
        mine = places[asked & np.uint32(HASH_SIZE - 1)]
        asked, mine = asked[mine >= 0], mine[mine >= 0]
        numbers, theirs = self._standing(model, terms, places, units, again)
        if not mine.size or not theirs.size:
            return [np.zeros(len(terms)) for _ in range(6)]
        near = np.maximum(theirs @ units[mine].T, 0)
        one = (asked >> np.uint32(HASH_BITS)) == ONE
        best = np.stack(
            [near.max(axis=1), near[:, one].max(axis=1, initial=0), near[:, ~one].max(axis=1, initial=0)], axis=1
        )
        found = nearest(
            terms.values, terms.offsets, places, numbers, rare.astype(np.float64), near, best.astype(np.float64),
            rare[mine].astype(np.float64), one,
        )  # fmt: skip
        return [found[:, each] for each in range(6)]

    def _standing(
        self,
        model: CorpusModel,
        terms: Ragged,
        places: NDArray[np.int32],
        units: NDArray[np.float32],
        again: Segment | None,
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The vectors of the grams that stand in the rows' heads, and their numbers by the gram's place."""
        from duijie.engines.matching.tally import standing

        for segment, of_model, numbers, vectors in self._kept:
            if segment is again and of_model is model:
                return numbers, vectors
        numbers = np.full(units.shape[0], -1, dtype=np.int32)
        vectors = units[standing(terms.values, terms.offsets, places, numbers)]
        if again is not None:
            self._kept = [(again, model, numbers, vectors), *self._kept[: MOST_KEPT - 1]]
        return numbers, vectors

    def _tables(self, model: CorpusModel) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
        """Place of each gram's vector by id, the vectors at length one, and the grams' rarity; made once per model."""
        if self._grams is None or self._grams[0] is not model:
            places = np.full(HASH_SIZE, -1, dtype=np.int32)
            places[model.vectors.ids] = np.arange(model.vectors.ids.size, dtype=np.int32)
            lengths = np.linalg.norm(model.vectors.values, axis=1, keepdims=True)
            units = model.vectors.values / np.maximum(lengths, 1e-9)
            self._grams = (model, places, units, model.head.smooth_weight(model.vectors.ids))
        return self._grams[1:]

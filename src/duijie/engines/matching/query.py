"""A query document made ready, and the numbers that compare it with rows of the index."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Bags, Rows, WeightTable
from duijie.engines.matching.corpus import CorpusModel, Rarity
from duijie.engines.matching.document import Document
from duijie.engines.matching.segment import Segment
from duijie.engines.matching.semantics import GRAM_SIZES
from duijie.engines.matching.signature import Bag, bag_of, full_text, gram_ids, head_units, units_of, word_ids
from duijie.engines.matching.text import STOP_WORDS, normalise, words

FEATURES = ("head_grams", "key_grams", "full_grams", "full_words", "head_meaning", "full_meaning")
"""Names of the columns of `compare`."""

KEY_PHRASES = 12
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Query:
    """A document as a question: bags of its head, of head and key phrases, of the whole; and its meaning vectors."""

    document: Document
    head: Bag
    key: Bag
    full: Bag
    words: Bag
    key_phrases: tuple[str, ...]
    head_vector: NDArray[np.float32]
    full_vector: NDArray[np.float32]


def key_phrases(found: list[str], rarity: Rarity, *, most: int = KEY_PHRASES) -> tuple[str, ...]:
    """The words that say most about a text: frequent here, rare elsewhere, long rather than short."""
    counts = Counter(word for word in found if word not in STOP_WORDS)
    if not counts:
        return ()
    names = sorted(counts)
    frequency = rarity.frequency(word_ids(names))
    value = {
        word: (1 + math.log(counts[word]))
        * math.log((1 + rarity.documents) / (1 + int(many)) + 1)
        * math.sqrt(len(word))
        for word, many in zip(names, frequency, strict=True)
    }
    return tuple(sorted(names, key=lambda word: (-value[word], word))[:most])


def query_of(document: Document, model: CorpusModel) -> Query:
    """The document as a question to an index with this model."""
    head, text = head_units(document), full_text(document)
    found, rest = words(text), units_of(text)
    phrases = key_phrases(found, model.words)
    head_ids = gram_ids(head, (1, 2, 3))
    key_ids = np.concatenate([head_ids, *(gram_ids(units_of(normalise(phrase)), (1, 2, 3)) for phrase in phrases)])
    meanings = Bags.of([bag_of(gram_ids(head, GRAM_SIZES)), bag_of(gram_ids(rest, GRAM_SIZES))])
    vectors = model.vectors.embed(meanings)
    return Query(
        document=document, head=bag_of(head_ids), key=bag_of(key_ids),
        full=bag_of(gram_ids(rest, (2,), latin_alone=True)), words=bag_of(word_ids(found)), key_phrases=phrases,
        head_vector=vectors[0], full_vector=vectors[1],
    )  # fmt: skip


class Comparer:
    """Compares one query with many rows; keeps its tables between queries. Not for use by two threads at once."""

    def __init__(self) -> None:
        self._table = WeightTable()

    def compare(self, query: Query, model: CorpusModel, segment: Segment, rows: Rows) -> NDArray[np.float64]:
        """One line per row, one column per name of FEATURES."""
        result = np.zeros((rows.size, len(FEATURES)))
        if not rows.size:
            return result
        head, norms = segment.head.take(rows), segment.derived.head_norms[rows].astype(np.float64)
        result[:, 0] = self._cosine(query.head, model.head, head) / norms
        result[:, 1] = self._cosine(query.key, model.head, head) / norms
        result[:, 2] = self._bm25(query.full, model.full, segment.full.take(rows))
        result[:, 3] = self._bm25(query.words, model.words, segment.words.take(rows))
        vectors = segment.derived.vectors[rows].astype(np.float32)
        scales = segment.derived.vector_scales[rows].astype(np.float64)
        result[:, 4] = (vectors @ query.head_vector).astype(np.float64) * scales
        result[:, 5] = (vectors @ query.full_vector).astype(np.float64) * scales
        return result

    def _cosine(self, bag: Bag, rarity: Rarity, rows: Bags) -> NDArray[np.float64]:
        rare = rarity.smooth_weight(bag.ids)
        weights = (1 + np.log(bag.counts.astype(np.float32))) * rare
        norm = float(np.sqrt((weights.astype(np.float64) ** 2).sum())) or 1.0
        self._table.load(bag.ids, weights * rare / norm)
        return rows.float_sums(self._table.read(rows.ids) * (1 + np.log(rows.counts.astype(np.float32))))

    def _bm25(self, bag: Bag, rarity: Rarity, rows: Bags) -> NDArray[np.float64]:
        """BM25 divided by what the query would score at most, so that long and short queries compare."""
        weights = rarity.bm25_weight(bag.ids) * bag.counts
        most = float(weights.sum(dtype=np.float64)) or 1.0
        self._table.load(bag.ids, weights / most)
        lengths = np.repeat(rows.lengths().astype(np.float32), np.diff(rows.offsets))
        counts = rows.counts.astype(np.float32)
        saturated = counts * (_K1 + 1) / (counts + _K1 * (1 - _B + _B * lengths / rarity.mean_length))
        return rows.float_sums(self._table.read(rows.ids) * saturated)

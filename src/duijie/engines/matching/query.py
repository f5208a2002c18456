"""A document made ready as a question: its terms by field, with their weights, and its meaning vectors."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Ragged
from duijie.engines.matching.corpus import CorpusModel, Rarity
from duijie.engines.matching.document import Document
from duijie.engines.matching.signature import (
    HASH_BITS,
    TWO,
    body_text,
    head_text,
    keys_of,
    terms_from,
    terms_of,
    word_ids,
)
from duijie.engines.matching.text import STOP_WORDS, words

FIELDS = ("title", "key", "full")
"""Fields of a question: its head; its head and key phrases; all of it."""

KEY_PHRASES = 12
SOFT_GRAMS = 48
"""How many grams of the head are compared by meaning with each gram of an offer."""

_KEY_MASK = np.uint32((1 << (HASH_BITS + 2)) - 1)


@dataclass(frozen=True, slots=True)
class Query:
    """`keys` are the distinct terms (order and id) of all fields; `counts[field, term]` how often each stands.

    `vectors` has one unit vector per field. `soft` are keys of the head's grams of one and two units.
    """

    document: Document
    keys: NDArray[np.uint32]
    counts: NDArray[np.float32]
    vectors: NDArray[np.float32]
    soft: NDArray[np.uint32]
    key_phrases: tuple[str, ...]


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
    head, body = head_text(document), body_text(document)
    cut = words(body)
    phrases = key_phrases(cut, model.full)
    title, rest = keys_of(head, triples=True), keys_of(body, triples=True, cut=cut)
    key = np.concatenate([title, keys_of("\n".join(phrases), triples=True)])
    fields = (title, key, np.concatenate([title, rest]))
    keys = np.unique(np.concatenate(fields))
    counts = np.stack([np.bincount(np.searchsorted(keys, field), minlength=keys.size) for field in fields])
    soft = np.unique(title[(title >> np.uint32(HASH_BITS)) <= TWO])[:SOFT_GRAMS]
    plain = [
        terms_of(Document(id="q", kind=document.kind, title=head)),
        terms_of(Document(id="q", kind=document.kind, title=head, keywords=phrases)),
    ]
    vectors = model.vectors.embed(Ragged.of([*plain, terms_from(title, rest)], np.uint32))
    return Query(document, keys, counts.astype(np.float32), vectors, soft, phrases)


def key_of(terms: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Order and id of terms."""
    return terms & _KEY_MASK

"""What is known about the whole set of documents: how rare each gram and word is, how long texts are, what goes together.

A corpus model is a function of the set of texts alone: it is trained on those with the smallest hashes of their contents (all of
them, below the sample's size), in the order of those hashes, so that ids have no say in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Bags, Ragged
from duijie.engines.matching.semantics import Vectors
from duijie.engines.matching.signature import HASH_SIZE, ORDERS, TWO, counts_of, ids_of, in_head, orders_of


def stable_hash(text: str) -> int:
    """63 bits of SHA-256: the same on any machine; gives documents an order that is no one's choice."""
    return digest_of(text.encode("utf-8", "replace"))


def digest_of(content: bytes) -> int:
    """63 bits of SHA-256."""
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big") >> 1


@dataclass(frozen=True, slots=True)
class Rarity:
    """In how many of `documents` documents each id stands."""

    documents: int
    ids: NDArray[np.uint32]
    frequencies: NDArray[np.int64]
    mean_length: float

    @classmethod
    def of(cls, bags: Bags) -> Rarity:
        """Counted over these rows."""
        return cls.counted(len(bags), bags.ids, float(bags.lengths().mean()) if len(bags) else 1.0)

    @classmethod
    def counted(cls, documents: int, ids: NDArray[np.uint32], mean_length: float) -> Rarity:
        """From the ids of all documents, each id once per document."""
        return cls.of_counts(documents, np.bincount(ids, minlength=HASH_SIZE), mean_length)

    @classmethod
    def of_counts(cls, documents: int, many: NDArray[np.int64], mean_length: float) -> Rarity:
        """From the number of documents by id."""
        distinct = np.flatnonzero(many)
        return cls(documents, distinct.astype(np.uint32), many[distinct].astype(np.int64), max(mean_length, 1.0))

    def frequency(self, ids: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Number of documents with each id, 0 for unknown ones."""
        if not self.ids.size:
            return np.zeros(ids.shape, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, ids), self.ids.size - 1)
        return np.where(self.ids[places] == ids, self.frequencies[places], 0)

    def smooth_weight(self, ids: NDArray[np.uint32]) -> NDArray[np.float32]:
        """log((1 + N) / (1 + n)) + 1."""
        weight: NDArray[np.float32] = (np.log((1 + self.documents) / (1 + self.frequency(ids))) + 1).astype(np.float32)
        return weight

    def bm25_weight(self, ids: NDArray[np.uint32]) -> NDArray[np.float32]:
        """log(1 + (N - n + 0.5) / (n + 0.5)), the weight of Lucene's BM25; grams that stand nowhere count for nothing."""
        found = self.frequency(ids)
        weight = np.log(1 + (self.documents - found + 0.5) / (found + 0.5))
        return np.where(found > 0, weight, 0).astype(np.float32)


@dataclass(frozen=True, slots=True)
class CorpusModel:
    """Rarity of terms in heads and in whole documents, mean number of terms of each order, and the vectors of grams."""

    head: Rarity
    full: Rarity
    mean_lengths: NDArray[np.float64]
    vectors: Vectors
    fingerprint: str

    def save(self, path: Path) -> None:
        """Write to one .npz file."""
        values = {
            "vector_ids": self.vectors.ids, "vectors": self.vectors.values, "vector_weights": self.vectors.weights,
            "mean_lengths": self.mean_lengths,
        }  # fmt: skip
        for name in ("head", "full"):
            rarity: Rarity = getattr(self, name)
            values[f"{name}_ids"], values[f"{name}_frequencies"] = rarity.ids, rarity.frequencies
            values[f"{name}_sizes"] = np.array([rarity.documents, rarity.mean_length])
        with path.open("wb") as file:
            np.savez(file, fingerprint=np.array(self.fingerprint), **values)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> CorpusModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as found:
            head, full = (
                Rarity(
                    int(found[f"{name}_sizes"][0]),
                    found[f"{name}_ids"],
                    found[f"{name}_frequencies"],
                    float(found[f"{name}_sizes"][1]),
                )
                for name in ("head", "full")
            )
            vectors = Vectors(found["vector_ids"], found["vectors"], found["vector_weights"])
            return cls(head, full, found["mean_lengths"], vectors, str(found["fingerprint"]))

    @classmethod
    def counted(cls, parts: Iterable[Ragged], vectors: Vectors, fingerprint: str) -> CorpusModel:
        """Counted over the rows of all parts, one part at a time."""
        rows = 0
        totals = np.zeros(len(ORDERS))
        full, head = np.zeros(HASH_SIZE, dtype=np.int64), np.zeros(HASH_SIZE, dtype=np.int64)
        for terms in parts:
            values = terms.values.astype(np.uint32, copy=False)
            rows += len(terms)
            totals += np.bincount(orders_of(values), weights=counts_of(values), minlength=len(ORDERS))
            full += np.bincount(ids_of(values), minlength=HASH_SIZE)
            head += np.bincount(ids_of(values[in_head(values)]), minlength=HASH_SIZE)
        means = np.maximum(totals / max(rows, 1), 1.0)
        return cls(
            Rarity.of_counts(rows, head, 1.0),
            Rarity.of_counts(rows, full, float(means[TWO])),
            means,
            vectors,
            fingerprint,
        )

    @classmethod
    def of(cls, terms: Ragged, vectors: Vectors, fingerprint: str) -> CorpusModel:
        """Counted over all rows of terms."""
        values = terms.values.astype(np.uint32, copy=False)
        rows = len(terms)
        totals = np.bincount(orders_of(values), weights=counts_of(values), minlength=len(ORDERS)) / max(rows, 1)
        full = Rarity.counted(rows, ids_of(values), float(totals[TWO]))
        head = Rarity.counted(rows, ids_of(values[in_head(values)]), 1.0)
        return cls(head, full, np.maximum(totals, 1.0), vectors, fingerprint)

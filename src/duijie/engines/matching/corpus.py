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

from duijie.engines.matching.arrays import Ragged
from duijie.engines.matching.semantics import Vectors
from duijie.engines.matching.signature import HASH_SIZE, ORDERS, counts_of, ids_of, in_head, orders_of


def stable_hash(text: str) -> int:
    """63 bits of SHA-256: the same on any machine; gives documents an order that is no one's choice."""
    return digest_of(text.encode("utf-8", "replace"))


def digest_of(content: bytes) -> int:
    """63 bits of SHA-256."""
    return int.from_bytes(hashlib.sha256(content).digest()[:8], "big") >> 1


@dataclass(frozen=True, slots=True)
class Rarity:
    """In how many of `documents` documents each id stands: `frequencies` by id, or empty where nothing is known.

    A question looks up some thousands of ids, mostly of the many that few documents hold: one place each, not a search."""

    documents: int
    frequencies: NDArray[np.int32]

    @classmethod
    def of(cls, documents: int, ids: NDArray[np.uint32], frequencies: NDArray[np.integer]) -> Rarity:
        """From the ids that stand somewhere."""
        table = np.zeros(HASH_SIZE, dtype=np.int32)
        table[ids] = frequencies
        return cls(documents, table)

    def frequency(self, ids: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Number of documents with each id, 0 for unknown ones."""
        return self.frequencies[ids] if self.frequencies.size else np.zeros(ids.shape, dtype=np.int32)

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
            ids = np.flatnonzero(rarity.frequencies).astype(np.uint32)
            values[f"{name}_ids"], values[f"{name}_frequencies"] = ids, rarity.frequency(ids)
            values[f"{name}_sizes"] = np.array([rarity.documents])
        with path.open("wb") as file:
            np.savez(file, fingerprint=np.array(self.fingerprint), **values)  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: Path) -> CorpusModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as found:
            head, full = (
                Rarity.of(int(found[f"{name}_sizes"][0]), found[f"{name}_ids"], found[f"{name}_frequencies"])
                for name in ("head", "full")
            )
            vectors = Vectors(found["vector_ids"], found["vectors"], found["vector_weights"])
            return cls(head, full, found["mean_lengths"], vectors, str(found["fingerprint"]))

    @classmethod
    def counted(cls, parts: Iterable[Ragged], vectors: Vectors, fingerprint: str) -> CorpusModel:
        """Counted over the rows of all parts, one part at a time."""
        rows = 0
        totals = np.zeros(len(ORDERS))
        full, head = np.zeros(HASH_SIZE, dtype=np.int32), np.zeros(HASH_SIZE, dtype=np.int32)
        for terms in parts:
            values = terms.values.astype(np.uint32, copy=False)
            rows += len(terms)
            totals += np.bincount(orders_of(values), weights=counts_of(values), minlength=len(ORDERS))
            full += np.bincount(ids_of(values), minlength=HASH_SIZE).astype(np.int32)
            head += np.bincount(ids_of(values[in_head(values)]), minlength=HASH_SIZE).astype(np.int32)
        means = np.maximum(totals / max(rows, 1), 1.0)
        return cls(Rarity(rows, head), Rarity(rows, full), means, vectors, fingerprint)

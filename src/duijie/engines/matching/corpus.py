"""What is known about the whole set of documents: how rare each gram and word is, how long texts are, what goes together.

A corpus model is a function of the set of documents alone: it is trained on those with the smallest hashes of their ids (all of
them, below the sample's size), in the order of those hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Bags
from duijie.engines.matching.semantics import Vectors


def stable_hash(text: str) -> int:
    """63 bits of SHA-256: the same on any machine; gives documents an order that is no one's choice."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], "big") >> 1


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
        ids, frequencies = np.unique(bags.ids, return_counts=True)
        mean = float(bags.lengths().mean()) if len(bags) else 1.0
        return cls(len(bags), ids.astype(np.uint32), frequencies.astype(np.int64), max(mean, 1.0))

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
    """Rarity of head grams, full-text grams and words, and the vectors of grams."""

    head: Rarity
    full: Rarity
    words: Rarity
    vectors: Vectors
    fingerprint: str

    def save(self, path: Path) -> None:
        """Write to one .npz file."""
        values = {
            "vector_ids": self.vectors.ids,
            "vectors": self.vectors.values,
            "vector_weights": self.vectors.weights,
        }
        for name in ("head", "full", "words"):
            rarity: Rarity = getattr(self, name)
            values[f"{name}_ids"], values[f"{name}_frequencies"] = rarity.ids, rarity.frequencies
            values[f"{name}_sizes"] = np.array([rarity.documents, rarity.mean_length])
        with path.open("wb") as file:
            np.savez(file, fingerprint=np.array(self.fingerprint), **values)

    @classmethod
    def load(cls, path: Path) -> CorpusModel:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as found:
            rarities = {
                name: Rarity(
                    int(found[f"{name}_sizes"][0]), found[f"{name}_ids"], found[f"{name}_frequencies"],
                    float(found[f"{name}_sizes"][1]),
                )
                for name in ("head", "full", "words")
            }  # fmt: skip
            vectors = Vectors(found["vector_ids"], found["vectors"], found["vector_weights"])
            return cls(**rarities, vectors=vectors, fingerprint=str(found["fingerprint"]))


def fingerprint_of(entries: Sequence[tuple[str, str]]) -> str:
    """A digest of a set of (id, version), whatever their order."""
    digest = hashlib.sha256()
    for identity, version in sorted(entries):
        digest.update(f"{identity}\x00{version}\x01".encode("utf-8", "replace"))
    return digest.hexdigest()

"""Vectors of character n-grams from the texts at hand: positive pointwise mutual information, then a truncated SVD.

Two grams are alike when they stand in the same titles and sentences more often than chance would have it (Levy and
Goldberg 2014, context distribution smoothing 0.75). No model is downloaded; the same texts give the same vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from duijie.engines.matching.arrays import Bags, Ragged
from duijie.engines.matching.signature import (
    ONE,
    TWO,
    Bag,
    bag_of,
    counts_of,
    gram_ids,
    ids_of,
    in_head,
    orders_of,
    units_of,
)
from duijie.engines.matching.text import normalise

_SMOOTHING = 0.75
_OVERSAMPLING = 20
_POWER_STEPS = 3
_ROWS_AT_ONCE = 16_384


@dataclass(frozen=True, slots=True)
class Vectors:
    """`values[i]` is the vector of gram `ids[i]`; ids ascend; `weights[i]` is its rarity weight when a text is embedded."""

    ids: NDArray[np.uint32]
    values: NDArray[np.float32]
    weights: NDArray[np.float32]

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        return int(self.values.shape[1])

    def places(self, ids: NDArray[np.uint32]) -> NDArray[np.int64]:
        """Row of each id, -1 where it has no vector."""
        if not self.ids.size:
            return np.full(ids.shape, -1, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.ids, ids), self.ids.size - 1)
        return np.where(self.ids[found] == ids, found, -1)

    def embed(self, terms: Ragged) -> NDArray[np.float32]:
        """One unit vector per row of terms: the rarity-weighted mean of its grams' vectors (0 where none is known).

        Grams that stand in the head count twice.
        """
        values = terms.values.astype(np.uint32, copy=False)
        small = orders_of(values) <= TWO
        owners, values = terms.owners()[small], values[small]
        places = self.places(ids_of(values))
        known = places >= 0
        owners, values, places = owners[known], values[known], places[known]
        weights = (
            (1 + np.log(counts_of(values).astype(np.float32))) * self.weights[places] * np.where(in_head(values), 2, 1)
        )
        shape = (len(terms), max(self.ids.size, 1))
        matrix = sp.csr_matrix((weights.astype(np.float32), (owners, places)), shape=shape)
        found = (
            np.asarray(matrix @ self.values) if self.ids.size else np.zeros((len(terms), self.dimensions), np.float32)
        )
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return (found / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def passage_bag(text: str) -> Bag:
    """Grams of one and two units of a text (normalised here)."""
    units = units_of(normalise(text))
    return bag_of(np.concatenate([gram_ids(units, ONE), gram_ids(units, TWO)]))


def train(passages: Bags, *, dimensions: int, most_grams: int, least_passages: int = 2, power: float = 0.5) -> Vectors:
    """Vectors of the grams that stand in at least `least_passages` passages, at most `most_grams` of the most frequent.

    `power` is the exponent of the singular values: 0 weighs all directions alike, 1 keeps the matrix as it is.
    """
    ids, frequencies = np.unique(passages.ids, return_counts=True)
    kept = frequencies >= least_passages
    if kept.sum() > most_grams:
        ranked = np.lexsort((ids, -frequencies))[:most_grams]
        kept &= np.isin(np.arange(ids.size), ranked)
    ids, frequencies = ids[kept], frequencies[kept]
    weights = (np.log((1 + len(passages)) / (1 + frequencies)) + 1).astype(np.float32)
    if ids.size < 3:
        return Vectors(ids.astype(np.uint32), np.zeros((ids.size, 1), np.float32), weights)
    association = _association(passages, ids)
    values = _factors(association, min(dimensions, ids.size - 1), power)
    return Vectors(ids.astype(np.uint32), values, weights)


def _association(passages: Bags, ids: NDArray[np.uint32]) -> sp.csr_matrix:
    """Positive PMI of grams standing in the same passage."""
    places = np.minimum(np.searchsorted(ids, passages.ids), ids.size - 1)
    known = ids[places] == passages.ids
    owners = np.repeat(np.arange(len(passages)), np.diff(passages.offsets))[known]
    shape = (len(passages), ids.size)
    stands = sp.csr_matrix((np.ones(int(known.sum()), np.float32), (owners, places[known])), shape=shape)
    together = (stands.T @ stands).tocoo()
    off = together.row != together.col
    row, column, count = together.row[off], together.col[off], together.data[off]
    totals = np.bincount(row, weights=count, minlength=ids.size)
    smoothed = totals**_SMOOTHING
    information = np.log(count * smoothed.sum() / (totals[row] * smoothed[column]))
    positive = information > 0
    data = information[positive].astype(np.float32)
    return sp.csr_matrix((data, (row[positive], column[positive])), shape=(ids.size, ids.size))


def _factors(matrix: sp.csr_matrix, dimensions: int, power: float) -> NDArray[np.float32]:
    """Left singular vectors times singular values to `power`, by randomised subspace iteration (Halko et al. 2011)."""
    size = matrix.shape[0]
    random = np.random.default_rng(20240501)
    width = min(dimensions + _OVERSAMPLING, size)
    basis = np.asarray(matrix @ random.standard_normal((size, width)).astype(np.float32))
    transposed = matrix.T.tocsr()
    for _ in range(_POWER_STEPS):
        basis = np.asarray(matrix @ np.asarray(transposed @ _orthonormal(basis)))
    basis = _orthonormal(basis)
    small = np.asarray(transposed @ basis)
    squared, rotation = np.linalg.eigh((small.T @ small).astype(np.float64))
    order = np.argsort(-squared)[:dimensions]
    strengths = np.sqrt(np.maximum(squared[order], 0))
    return (basis @ rotation[:, order] * strengths**power).astype(np.float32)


def _orthonormal(basis: NDArray[np.float32]) -> NDArray[np.float32]:
    """An orthonormal basis of the columns' span, by Cholesky QR twice (Yamamoto et al. 2015): products of matrices, where
    Householder's way is bound by memory. Columns that depend on each other are left to the latter.
    """
    found = basis
    try:
        for _ in range(2):
            gram = np.zeros((basis.shape[1], basis.shape[1]))
            for start in range(0, len(found), _ROWS_AT_ONCE):
                part = found[start : start + _ROWS_AT_ONCE].astype(np.float64)
                gram += part.T @ part
            found = found @ np.linalg.inv(np.linalg.cholesky(gram)).T.astype(np.float32)
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.qr(basis)[0], np.float32)
    return found


def passages_of(texts: Sequence[str]) -> Bags:
    """One bag per passage, each gram counted once."""
    return Bags.of([passage_bag(text) for text in texts])

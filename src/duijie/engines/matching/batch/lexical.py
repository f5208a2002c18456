"""Weights of the lexical first stage from bags of words or grams: products of the two matrices are BM25 scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from duijie.engines.matching.arrays import Bags
from duijie.engines.matching.batch.inputs import Weights
from duijie.engines.matching.corpus import Rarity

K1, B = 1.2, 0.75


def bm25_weights(needs: Bags, offers: Bags, rarity: Rarity) -> tuple[Weights, Weights]:
    """(needs, ids) and (offers, ids) float32 weights over the ids that stand in any offer, numbered in ascending order.

    The need's weight of an id is its count times log(1 + (N - n + 0.5) / (n + 0.5)), the offer's its saturated count
    f (k1 + 1) / (f + k1 (1 - b + b length / mean length)); `rarity` counts the documents that n, N and the mean are of.
    """
    ids = np.unique(offers.ids)
    wanted = _matrix(needs, ids, needs.counts.astype(np.float32) * rarity.bm25_weight(needs.ids))
    lengths = np.repeat(offers.lengths().astype(np.float32), np.diff(offers.offsets))
    counts = offers.counts.astype(np.float32)
    saturated = counts * np.float32(K1 + 1) / (counts + np.float32(K1) * (1 - B + B * lengths / rarity.mean_length))
    return wanted, _matrix(offers, ids, saturated.astype(np.float32))


def stacked(parts: list[tuple[Weights, Weights, float]]) -> tuple[Weights, Weights]:
    """One pair of matrices whose products are the sum of the parts' products, each times its (positive) factor."""
    wanted = sparse.hstack([needs * np.float32(factor) for needs, _, factor in parts], format="csr")
    return wanted, sparse.hstack([offers for _, offers, _ in parts], format="csr")


def _matrix(bags: Bags, ids: NDArray[np.uint32], values: NDArray[np.float32]) -> Weights:
    places = np.searchsorted(ids, bags.ids)
    known = places < ids.size
    known[known] = ids[places[known]] == bags.ids[known]
    before = np.concatenate([[0], np.cumsum(known)])
    return sparse.csr_matrix(
        (values[known], places[known].astype(np.int32), before[bags.offsets]), shape=(len(bags), ids.size)
    )

"""What a batch is given: sparse weights of both sides, who owns what, and how to cut the work."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Weights: TypeAlias = sparse.csr_matrix
NOBODY = -1


class BadWeights(ValueError):
    """Weights that cannot be matched; the message says what is wrong with which side."""


@dataclass(frozen=True)
class Plan:
    """How to cut the work. The scores' last bits depend on the two shares (order of adding), nothing else depends on any.

    `top` offers are kept for each need; with a rescoring hook `candidates` are fetched first (at least `top`).
    `block_rows` needs make one unit of work and one file; `tile_rows` offers (at most 65,536) are scored at a time, so that
    their running scores stay in the processor's cache; words that stand in at least `dense_share` of the offers are added
    as whole columns; for words in less than `rare_share` of them the whole list is spread over the tiles once a block.
    """

    top: int = 50
    candidates: int = 50
    block_rows: int = 2048
    tile_rows: int = 8_192
    dense_share: float = 0.12
    rare_share: float = 0.001

    def __post_init__(self) -> None:
        if self.top < 1 or self.block_rows < 1 or not 1 <= self.tile_rows <= 1 << 16:
            raise ValueError("top and block_rows must be positive, tile_rows between 1 and 65,536")

    @property
    def fetched(self) -> int:
        """Number of offers that the first stage keeps."""
        return max(self.top, self.candidates)


@dataclass(frozen=True)
class Owners:
    """Owner numbers of the needs and of the offers, int32; a pair of equal owners is never kept. NOBODY (-1) owns freely."""

    needs: NDArray[np.int32]
    offers: NDArray[np.int32]

    @classmethod
    def none(cls, needs: int, offers: int) -> Owners:
        """Nobody owns anything."""
        return cls(np.full(needs, NOBODY, dtype=np.int32), np.full(offers, NOBODY, dtype=np.int32))


def checked(weights: sparse.spmatrix, side: str) -> Weights:
    """The weights as canonical CSR with float32 data; BadWeights where one is negative or not finite."""
    matrix = sparse.csr_matrix(weights, dtype=np.float32)
    if not matrix.has_canonical_format:
        matrix = matrix.copy()
        matrix.sum_duplicates()
    if matrix.nnz and not (np.isfinite(matrix.data).all() and matrix.data.min() >= 0):
        raise BadWeights(f"the {side} hold a weight that is negative or not finite")
    return matrix


def fingerprint(needs: Weights, offers: Weights, owners: Owners, plan: Plan, hook: str) -> str:
    """Digest of all that the result depends on, so that a folder is only ever continued with the input that began it."""
    digest = hashlib.sha256(f"2 {needs.shape} {offers.shape} {plan} {hook}".encode())
    for matrix in (needs, offers):
        digest.update(matrix.indptr.astype("<i8").tobytes())
        digest.update(np.ascontiguousarray(matrix.indices, dtype="<i4").data)
        digest.update(np.ascontiguousarray(matrix.data, dtype="<f4").data)
    digest.update(np.ascontiguousarray(owners.needs, dtype="<i4").data)
    digest.update(np.ascontiguousarray(owners.offers, dtype="<i4").data)
    return digest.hexdigest()

"""Solve one block of needs against all offers; the same function runs in a thread here and in a worker elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from duijie.engines.matching.batch.inputs import Owners, Plan, Weights, checked
from duijie.engines.matching.batch.kernel import best_of_rows, rare_entries
from duijie.engines.matching.batch.tiles import Tiles, lay_out, rows_of

Rescore = Callable[[int, NDArray[np.int32]], NDArray[np.floating]]
"""Called with a need's row and its candidates' rows; returns one score each, NEVER for those that must not be shown."""

NEVER = float("-inf")
BEST = np.dtype([("offer", "<i4"), ("score", "<f4")])
NO_OFFER = -1


@dataclass(frozen=True)
class Problem:
    """All that solving a block needs. Arrays only, so that it can be shared with other processes as it stands."""

    needs: Weights
    tiles: Tiles
    owners: Owners
    plan: Plan
    rescore: Rescore | None = None

    @classmethod
    def of(
        cls,
        needs: sparse.spmatrix,
        offers: sparse.spmatrix,
        plan: Plan,
        *,
        owners: Owners | None = None,
        rescore: Rescore | None = None,
    ) -> Problem:
        """Lay the offers out. Raises BadWeights."""
        wanted, given = checked(needs, "needs"), checked(offers, "offers")
        owners = owners or Owners.none(wanted.shape[0], given.shape[0])
        return cls(wanted, lay_out(given, plan), owners, plan, rescore)

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return -(-self.needs.shape[0] // self.plan.block_rows)


def solve_block(problem: Problem, block: int) -> NDArray[np.void]:
    """The best offers of the block's needs: (rows, top) of (offer, score), best first, equal scores by offer; where a
    need has fewer, offer -1 with score 0 fills up."""
    plan, tiles = problem.plan, problem.tiles
    first = block * plan.block_rows
    part = problem.needs[first : first + plan.block_rows]
    rows = rows_of(part, tiles)
    scores = np.zeros((part.shape[0], plan.fetched), dtype=np.float32)
    offers = np.full((part.shape[0], plan.fetched), NO_OFFER, dtype=np.int32)
    rare = rare_entries(
        *rows.rare, tiles.rare_starts, tiles.rare_offers, tiles.rare_values, tiles.count, tiles.tile_rows
    )
    best_of_rows(
        *rare, *rows.sparse, *rows.dense, problem.owners.needs[first : first + plan.block_rows], problem.owners.offers,
        tiles.offers, tiles.tile_rows, tiles.bases, tiles.starts, tiles.places, tiles.values, tiles.dense, tiles.highest,
        scores, offers,
    )  # fmt: skip
    scores, offers = _best_first(scores, offers)
    if problem.rescore is not None:
        scores, offers = _rescored(problem.rescore, first, offers)
    best = np.empty((part.shape[0], plan.top), dtype=BEST)
    best["offer"] = offers[:, : plan.top]
    best["score"] = scores[:, : plan.top]
    return best


def _best_first(
    scores: NDArray[np.float32], offers: NDArray[np.int32]
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    missing = offers == NO_OFFER
    order = np.lexsort((offers, -scores, missing), axis=1)
    return np.take_along_axis(scores, order, axis=1), np.take_along_axis(offers, order, axis=1)


def _rescored(rescore: Rescore, first: int, offers: NDArray[np.int32]) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Let the hook score each need's candidates anew; those it gives NEVER are dropped."""
    scores = np.zeros(offers.shape, dtype=np.float32)
    kept = np.full(offers.shape, NO_OFFER, dtype=np.int32)
    for row in range(len(offers)):
        candidates = offers[row][offers[row] != NO_OFFER]
        if not len(candidates):
            continue
        given = np.asarray(rescore(first + row, candidates), dtype=np.float32)
        if given.shape != candidates.shape or np.isnan(given).any():
            raise ValueError(f"the rescoring hook gave {given.shape} scores or not a number for need {first + row}")
        shown = given > NEVER
        scores[row, : shown.sum()] = given[shown]
        kept[row, : shown.sum()] = candidates[shown]
    return _best_first(scores, kept)

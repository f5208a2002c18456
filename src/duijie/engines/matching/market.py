"""Both sides and the crowd: fuse the two directions of a match, then balance exposure so that more pairs agree.

Fusing. A pair comes about only when both sides agree, so with independent answers its chance is the product of the
two; the geometric mean orders pairs as the product does and stays on the scale of a probability. (The arithmetic mean
lets one side's enthusiasm buy the other's refusal; the harmonic mean lies close to the geometric one.)

Balancing. When every need is shown the same popular offers, their few hours are asked for many times over and the
others are never seen. The matching with transferable utility of Choo and Siow (2006) finds the flow of matches mu that
maximises fused score plus entropy under every party's capacity; each party gets a price, which is how crowded it is:

    mu[i, j] = a[i] b[j] exp(log f[i, j] / temperature + eagerness),   a[i]^2 + sum_j mu[i, j] = capacity of i,

and likewise for offers, where a[i]^2 is the part of i's capacity that stays free. It is solved by alternating the
closed form of a and of b (IPFP; Galichon and Salanié 2022; for recommendation Tomita et al. 2023 and Nakada,
arXiv 2411.19214), here on sparse candidate lists: one round costs two products of a sparse matrix with a vector. Both
sides' lists are then ordered by log mu, which is the fused score less the crowding of the other party.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Mean = Literal["geometric", "harmonic", "arithmetic", "minimum"]

SMALLEST = 1e-12
TEMPERATURE = 0.1
EAGERNESS = 3.0


def fuse(need_liking: ArrayLike, offer_liking: ArrayLike, mean: Mean = "geometric") -> Floats:
    """One score from the probability that each side agrees (0 to 1, any shape); see the module for why geometric."""
    first, second = np.asarray(need_liking, dtype=float), np.asarray(offer_liking, dtype=float)
    if mean == "geometric":
        return np.sqrt(first * second)
    if mean == "arithmetic":
        return (first + second) / 2
    if mean == "minimum":
        return np.minimum(first, second)
    total = first + second
    return np.divide(2 * first * second, total, out=np.zeros_like(total), where=total > 0)


@dataclass(frozen=True)
class Balance:
    """Scores after balancing, one per candidate pair in the given order (log mu: higher is better, for both lists).

    `need_free` and `offer_free` are the shares of each party's capacity that stay free (1: not in demand, near 0:
    crowded); `matches` is the flow mu of each pair; `residual` is the largest relative violation of a capacity.
    """

    scores: Floats
    matches: Floats
    need_free: Floats
    offer_free: Floats
    rounds: int
    residual: float


def balance(
    need: ArrayLike,
    offer: ArrayLike,
    fused: ArrayLike,
    *,
    need_capacity: ArrayLike,
    offer_capacity: ArrayLike,
    temperature: float = TEMPERATURE,
    eagerness: float = EAGERNESS,
    tolerance: float = 1e-6,
    max_rounds: int = 500,
) -> Balance:
    """Balance candidate pairs given as parallel arrays: row of the need, row of the offer, fused score in 0 to 1.

    Capacities hold the number of matches that each need and each offer can take (positive; their lengths are the numbers
    of parties). A low `temperature` trusts the fused scores, a high one spreads; `eagerness` is how much any match is
    worth beside staying alone, on the scale of log f / temperature. Deterministic: no randomness, one thread.

    Raises ValueError for a pair outside the parties, a score outside 0 to 1, a capacity that is not positive, or a pair
    that stands twice.
    """
    rows, columns = np.asarray(need, dtype=np.int64), np.asarray(offer, dtype=np.int64)
    demand, supply = np.asarray(need_capacity, dtype=float), np.asarray(offer_capacity, dtype=float)
    scores = np.asarray(fused, dtype=float)
    _check(rows, columns, scores, demand, supply)
    # f is the geometric mean, so log f / temperature is (log p + log q) / (2 temperature) of the transferable model.
    surplus = np.log(np.maximum(scores, SMALLEST)) / temperature + eagerness
    shape = (len(demand), len(supply))
    order = np.lexsort((columns, rows))
    starts = np.searchsorted(rows[order], np.arange(shape[0] + 1))
    by_need = sparse.csr_matrix((np.exp(surplus[order]), columns[order], starts), shape=shape)
    by_offer = by_need.T.tocsr()
    a, b = np.sqrt(demand), np.sqrt(supply)
    residual, rounds = np.inf, 0
    while rounds < max_rounds and residual > tolerance:
        rounds += 1
        # The offers' capacities hold exactly after b; what the needs' then miss is how far the round is from the end.
        drawn = by_need @ b
        residual = float(np.max(np.abs(a * (a + drawn) - demand) / demand, initial=0.0)) if rounds > 1 else np.inf
        a = _free_root(drawn, demand)
        b = _free_root(by_offer @ a, supply)
    log_flow = surplus + np.log(a)[rows] + np.log(b)[columns]
    return Balance(log_flow, np.exp(log_flow), a * a / demand, b * b / supply, rounds, residual)


def _free_root(drawn: Floats, capacity: Floats) -> Floats:
    """The positive root of x^2 + drawn x = capacity, written so that it does not cancel where drawn is large."""
    return 2 * capacity / (drawn + np.sqrt(drawn * drawn + 4 * capacity))


def _check(rows: Integers, columns: Integers, scores: Floats, demand: Floats, supply: Floats) -> None:
    if not len(rows) == len(columns) == len(scores):
        raise ValueError("needs, offers and scores of the candidate pairs differ in number")
    if len(rows) and (rows.min() < 0 or columns.min() < 0 or rows.max() >= len(demand) or columns.max() >= len(supply)):
        raise ValueError("a candidate pair names a party that has no capacity entry")
    if not np.all((scores >= 0) & (scores <= 1)):
        raise ValueError("fused scores must lie between 0 and 1")
    if not (np.all(demand > 0) and np.all(supply > 0)):
        raise ValueError("capacities must be positive")
    keys = rows * len(supply) + columns
    if len(np.unique(keys)) != len(keys):
        raise ValueError("a candidate pair stands twice")


def first_places(owner: ArrayLike, other: ArrayLike, scores: ArrayLike, count: int) -> tuple[Integers, Integers]:
    """Order candidate pairs into lists: (starts, pairs), where pairs[starts[i]:starts[i+1]] are the positions of owner
    i's best `count` pairs, best first; equal scores stand in the order of the other party."""
    owners, others, values = np.asarray(owner, dtype=np.int64), np.asarray(other), np.asarray(scores)
    order = np.lexsort((others, -values, owners))
    parties = int(owners.max()) + 1 if len(owners) else 0
    starts = np.searchsorted(owners[order], np.arange(parties + 1))
    place = np.arange(len(order)) - starts[owners[order]]
    kept = order[place < count]
    return np.searchsorted(owners[kept], np.arange(parties + 1)), kept

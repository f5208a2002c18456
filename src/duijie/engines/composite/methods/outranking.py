"""Pairwise comparison of units: outranking matrix, Copeland, Borda, Condorcet and Kemeny orders; voting profiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.methods.moments import ranks_ascending
from duijie.engines.composite.panel import Floats


def outranking_matrix(values: Floats, weights: Floats) -> Floats:
    """(units, units): weight of the columns on which row beats column, ties half; the diagonal is 0.

    A column in which either unit has a gap counts for neither. As in the usage this follows, the upper triangle is summed
    and the lower one is its complement.
    """
    shares = weights / weights.sum()
    upper = np.zeros((len(values), len(values)))
    for column, share in zip(values.T, shares, strict=True):
        difference = column[:, None] - column[None, :]
        upper += share * np.where(difference > 0, 1.0, np.where(difference == 0, 0.5, 0.0))
    rows, columns = np.triu_indices(len(values), 1)
    found = np.zeros_like(upper)
    found[rows, columns] = upper[rows, columns]
    found[columns, rows] = 1 - upper[rows, columns]
    return found


def dominance(matrix: Floats) -> tuple[int, float]:
    """Pairs in which one unit wins on every column: how many, and their share of all pairs."""
    units = len(matrix)
    count = int((matrix == 1).sum())
    return count, count / (units * (units - 1) / 2)


def copeland(matrix: Floats) -> Floats:
    """Wins less losses of each unit in an outranking matrix."""
    # Halves are exact only up to rounding of the summed weights.
    wins = np.where(np.isclose(matrix, 0.5, rtol=0, atol=1e-12), 0.0, np.sign(matrix - 0.5))
    np.fill_diagonal(wins, 0.0)
    return wins.sum(axis=1)


def borda(values: Floats, weights: Floats) -> Floats:
    """Weighted sum of points, the last of n getting 0 and the first n - 1 on every column (ties share the mean)."""
    points = ranks_ascending(values, "average") - 1
    return np.nansum(points * weights, axis=1)


def ideal_solution(values: Floats, weights: Floats) -> Floats:
    """TOPSIS (Hwang, Yoon 1981): distance from the worst on every column over the distances from the worst and the best, 0..1."""
    shares = weights / weights.sum()
    weighted = values * shares
    above = np.sqrt(((weighted.max(axis=0) - weighted) ** 2).sum(axis=1))
    below = np.sqrt(((weighted - weighted.min(axis=0)) ** 2).sum(axis=1))
    return np.divide(below, above + below, out=np.full(len(values), np.nan), where=above + below > 0)


def profile_matrix(profile: Mapping[tuple[str, ...], float], options: Sequence[str]) -> Floats:
    """Voters who put the row before the column, from {order: number of voters}."""
    found = np.zeros((len(options), len(options)))
    at = {option: position for position, option in enumerate(options)}
    for order, voters in profile.items():
        if sorted(order) != sorted(options):
            refuse("profile_order", "profile", order=" > ".join(order))
        for position, better in enumerate(order):
            for worse in order[position + 1 :]:
                found[at[better], at[worse]] += voters
    return found


def profile_borda(profile: Mapping[tuple[str, ...], float], options: Sequence[str]) -> Floats:
    """Borda points from a voting profile: 0 for the last place, one more for each place above."""
    return np.array(
        [
            sum(voters * (len(order) - 1 - order.index(option)) for order, voters in profile.items())
            for option in options
        ],
        dtype=float,
    )


def condorcet_winner(matrix: Floats) -> int | None:
    """The option that beats every other in pairwise votes, None when there is none."""
    wins = (matrix > matrix.T).sum(axis=1)
    best = int(np.argmax(wins))
    return best if wins[best] == len(matrix) - 1 else None


def condorcet_order(matrix: Floats) -> list[int] | None:
    """The full order by pairwise majority, None where it has a cycle or a tie."""
    wins = (matrix > matrix.T).sum(axis=1)
    order = [int(at) for at in np.argsort(-wins, kind="stable")]
    return order if sorted(wins) == list(range(len(matrix))) else None


def kemeny_score(matrix: Floats, order: Sequence[int]) -> float:
    """Support for an order: the sum of pairwise votes that agree with it."""
    return float(sum(matrix[better, worse] for at, better in enumerate(order) for worse in order[at + 1 :]))


def kemeny_orders(matrix: Floats) -> tuple[float, list[tuple[int, ...]]]:
    """The highest support and every order that has it.

    Exact: up to 7 options by listing all orders, up to 15 by dynamic programming over subsets (one order is then returned).

    Raises:
        CompositeError: more than 15 options.
    """
    options = len(matrix)
    if options > 15:
        refuse("kemeny_too_many", "kemeny", count=options)
    if options <= 7:
        scored = [(kemeny_score(matrix, order), order) for order in permutations(range(options))]
        best = max(score for score, _ in scored)
        return best, [order for score, order in scored if np.isclose(score, best, rtol=0, atol=1e-9)]
    return _kemeny_by_subsets(matrix)


def _kemeny_by_subsets(matrix: Floats) -> tuple[float, list[tuple[int, ...]]]:
    options = len(matrix)
    size = 1 << options
    best = np.full(size, -np.inf)
    best[0] = 0.0
    last = np.full(size, -1, dtype=np.int64)
    members = np.arange(size)
    # The support that `option` gets for standing after every member of a subset, built up bit by bit.
    for subset in range(1, size):
        for option in range(options):
            if not subset >> option & 1:
                continue
            rest = subset ^ (1 << option)
            before = [other for other in range(options) if rest >> other & 1]
            score = best[rest] + matrix[before, option].sum()
            if score > best[subset]:
                best[subset], last[subset] = score, option
    order: list[int] = []
    subset = int(members[-1])
    while subset:
        order.append(int(last[subset]))
        subset ^= 1 << order[-1]
    return float(best[-1]), [tuple(reversed(order))]

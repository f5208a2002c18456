"""Benefit of the doubt: each unit is scored with the weights that suit it best (Cherchye and others 2007)."""

from __future__ import annotations

import numpy as np
import scipy

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Floats


def benefit_of_the_doubt(
    values: Floats,
    place: str,
    *,
    share_low: Floats | float = 0.0,
    share_high: Floats | float = 1.0,
    weight_low: Floats | float = 0.0,
) -> tuple[Floats, Floats]:
    """Scores and weights of each unit by one linear programme each: most weighted sum such that no unit exceeds one.

    Args:
        values: (units, columns), zero or more, higher is better, no gaps.
        share_low, share_high: bounds of each column's share in the unit's own score.
        weight_low: least weight of each column.

    Raises:
        CompositeError: negative values, gaps, a column of zeros, or bounds that no weights meet.
    """
    if bool(np.isnan(values).any()):
        refuse("frontier_gap", place)
    if bool((values < 0).any()):
        refuse("frontier_negative", place, value=float(values.min()))
    units, columns = values.shape
    low, high = np.broadcast_to(share_low, (columns,)), np.broadcast_to(share_high, (columns,))
    if float(low.sum()) > 1 + 1e-12 or float(high.sum()) < 1 - 1e-12 or bool((low > high).any()):
        refuse("share_bounds", place, low=float(low.sum()), high=float(high.sum()))
    largest = values.max(axis=0)
    if bool((largest == 0).any()):
        refuse("one_value", f"{place} [{int(np.argmin(largest))}]", value=0.0)
    # Columns are scaled to a largest value of one, which keeps the programme well conditioned and changes no score.
    scaled = values / largest
    floor = np.broadcast_to(weight_low, (columns,)) * largest
    frontier = _frontier(scaled)
    scores, weights = np.empty(units), np.empty((units, columns))
    for unit in range(units):
        own = scaled[unit]
        # share bounds: low * own·w <= own_c w_c <= high * own·w
        rows = [frontier]
        if bool((low > 0).any()):
            rows.append(np.outer(low, own) - np.diag(own))
        if bool((high < 1).any()):
            rows.append(np.diag(own) - np.outer(high, own))
        above = np.concatenate([np.ones(len(frontier)), np.zeros(sum(len(block) for block in rows[1:]))])
        solved = scipy.optimize.linprog(
            -own, A_ub=np.vstack(rows), b_ub=above, bounds=[(bound, None) for bound in floor], method="highs"
        )
        if not solved.success:
            refuse("frontier_infeasible", f"{place} [{unit}]")
        scores[unit], weights[unit] = -solved.fun, solved.x / largest
    return scores, weights


def _frontier(values: Floats) -> Floats:
    """Units that no other unit matches or beats on every column: only these can bind."""
    order = np.argsort(-values.sum(axis=1), kind="stable")
    kept: list[Floats] = []
    for row in values[order]:
        if not any(bool((other >= row).all()) for other in kept):
            kept.append(row)
    return np.array(kept)

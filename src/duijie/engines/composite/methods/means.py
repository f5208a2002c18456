"""Aggregation of children into a parent, row by row: children on the last axis, any axes before it.

Weights broadcast against the values, so that one row, a table of units or a table of units for thousands of weight sets are
the same call. Gaps are left out and the weights of the rest rescaled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from duijie.engines.composite.errors import CompositeError, refuse
from duijie.engines.composite.panel import Floats


def _weighted(values: Floats, weights: Floats, gaps: Any) -> tuple[Floats, Floats]:
    """Values with gaps as zeros, and weights that sum to one over what is there."""
    if gaps is None:
        total = weights.sum(axis=-1, keepdims=True)
        return values, weights / total
    known = np.where(gaps, 0.0, values)
    weights = np.where(gaps, 0.0, weights)
    total = weights.sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return known, weights / np.where(total > 0, total, np.nan)


def _gaps(values: Floats) -> Any:
    gaps = np.isnan(values)
    return gaps if gaps.any() else None


def _powered(values: Floats, weights: Floats, power: float) -> Floats:
    """Weighted power mean, power 0 being the geometric one."""
    gaps = _gaps(values)
    if power == 1:
        known, shares = _weighted(values, weights, gaps)
        return (known * shares).sum(axis=-1)
    if power == 0:
        _refuse_unless(values > 0, gaps, "geometric_not_positive", values)
        known, shares = _weighted(np.log(values), weights, gaps)
        return np.exp((known * shares).sum(axis=-1))
    if power < 0:
        _refuse_unless(values > 0, gaps, "harmonic_not_positive", values)
    else:
        _refuse_unless(values >= 0, gaps, "power_negative", values)
    known, shares = _weighted(values**power, weights, gaps)
    return ((known * shares).sum(axis=-1)) ** (1 / power)


class MeanRefused(CompositeError):
    """A mean that cannot be taken; `at` is the position in the array handed over, for the caller to name."""

    def __init__(self, code: str, at: tuple[int, ...], value: float) -> None:
        self.at = at
        super().__init__(code, "", {"value": value})


def _refuse_unless(right: Any, gaps: Any, code: str, values: Floats) -> None:
    wrong = ~right if gaps is None else ~right & ~gaps
    if wrong.any():
        at = tuple(int(position) for position in np.argwhere(wrong)[0])
        raise MeanRefused(code, at, float(values[at]))


def arithmetic(values: Floats, weights: Floats, _power: float | None = None) -> Floats:
    """Weighted arithmetic mean."""
    return _powered(values, weights, 1)


def geometric(values: Floats, weights: Floats, _power: float | None = None) -> Floats:
    """Weighted geometric mean; refuses zero and negative values."""
    return _powered(values, weights, 0)


def harmonic(values: Floats, weights: Floats, _power: float | None = None) -> Floats:
    """Weighted harmonic mean; refuses zero and negative values."""
    return _powered(values, weights, -1)


def generalised(values: Floats, weights: Floats, power: float | None = None) -> Floats:
    """Weighted power mean of the given power, which has to be given."""
    if power is None:
        refuse("setting_missing", "generalised", name="power")
    return _powered(values, weights, power)


def total(values: Floats, weights: Floats, _power: float | None = None) -> Floats:
    """Weighted sum, weights as they stand (for indices whose weights are points)."""
    gaps = np.isnan(values)
    return (np.where(gaps, 0.0, values) * weights).sum(axis=-1)


def lowest(values: Floats, weights: Floats, _power: float | None = None) -> Floats:
    """The smallest child."""
    return np.where(np.isnan(values), np.inf, values).min(axis=-1)


def highest(values: Floats, weights: Floats, _power: float | None = None) -> Floats:
    """The largest child."""
    return np.where(np.isnan(values), -np.inf, values).max(axis=-1)


def median(values: Floats, weights: Floats, _power: float | None = None) -> Floats:
    """The median of the children, weights set aside."""
    empty = np.isnan(values).all(axis=-1, keepdims=True)
    return np.asarray(np.nanmedian(np.where(empty, 0.0, values), axis=-1), dtype=float)


def _mazziotta_pareto(values: Floats, weights: Floats, sign: float) -> Floats:
    gaps = _gaps(values)
    known, shares = _weighted(values, weights, gaps)
    mean = (known * shares).sum(axis=-1)
    if bool((mean == 0).any()):
        raise MeanRefused("mean_zero", tuple(int(at) for at in np.argwhere(mean == 0)[0]), 0.0)
    variance = np.maximum((known**2 * shares).sum(axis=-1) - mean**2, 0.0)
    return mean + sign * variance / mean


def mazziotta_pareto_minus(values: Floats, weights: Floats, _power: float | None = None) -> Floats:
    """Mean less its imbalance, M - S²/M, for an index where more is better (De Muro, Mazziotta, Pareto 2011)."""
    return _mazziotta_pareto(values, weights, -1.0)


def mazziotta_pareto_plus(values: Floats, weights: Floats, _power: float | None = None) -> Floats:
    """Mean plus its imbalance, M + S²/M, for an index where more is worse."""
    return _mazziotta_pareto(values, weights, 1.0)


MEANS: dict[str, Callable[[Floats, Floats, float | None], Floats]] = {
    "arithmetic": arithmetic,
    "geometric": geometric,
    "harmonic": harmonic,
    "generalised": generalised,
    "mazziotta_pareto": mazziotta_pareto_minus,
    "mazziotta_pareto_plus": mazziotta_pareto_plus,
    "sum": total,
    "minimum": lowest,
    "maximum": highest,
    "median": median,
}

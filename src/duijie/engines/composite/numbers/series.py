"""Series of index numbers: on a base, linked, smoothed, joined from markets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Floats


def on_base_mean(values: Floats, base: Sequence[int], points: float = 100.0) -> Floats:
    """Values over their mean in the base periods, times `points`: a count or amount index.

    A single month is a poor base for a lumpy series; its mean over a base year is a steady one.

    Raises:
        CompositeError: the base has no value, or its mean is zero.
    """
    chosen = values[list(base)]
    if bool(np.isnan(chosen).all()):
        refuse("base_empty", "base")
    mean = float(np.nanmean(chosen))
    if mean == 0:
        refuse("base_mean_zero", "base")
    return values / mean * points


def rebase(series: Floats, base: Sequence[int], points: float = 100.0) -> Floats:
    """The same series with another base, the mean of the base periods being `points`."""
    return on_base_mean(series, base, points)


def splice(
    old: Mapping[str, float], new: Mapping[str, float], periods: Sequence[str] | None = None
) -> dict[str, float]:
    """Carry `old` backwards on to the level of `new`: new numbers stand, older ones are scaled by the ratio of the overlap's means.

    Args:
        periods: the overlap to use, by default all periods that both have.

    Raises:
        CompositeError: no common period, or a mean of zero.
    """
    common = [period for period in (periods or list(old)) if period in old and period in new]
    if not common:
        refuse("splice_apart", "splice")
    below = float(np.mean([old[period] for period in common]))
    if below == 0:
        refuse("base_mean_zero", "splice")
    ratio = float(np.mean([new[period] for period in common])) / below
    return {period: value * ratio for period, value in old.items() if period not in new} | dict(new)


def rolling_mean(values: Floats, window: int) -> Floats:
    """Mean of each period and the `window - 1` before it; NaN until there are that many, or where one is missing."""
    if window < 1:
        refuse("setting_out_of_range", "rolling", name="window", found=window, low=1, high=len(values))
    found = np.full(len(values), np.nan)
    for at in range(window - 1, len(values)):
        found[at] = values[at - window + 1 : at + 1].mean()
    return found


def rolling_sum(values: Floats, window: int) -> Floats:
    """Sum of each period and the `window - 1` before it (rolling four quarters take the season out)."""
    return rolling_mean(values, window) * window


def change(series: Floats, lag: int = 1) -> tuple[Floats, Floats]:
    """Change on `lag` periods before, in points and in per cent: the two must not be mixed up."""
    points = np.full(len(series), np.nan)
    points[lag:] = series[lag:] - series[:-lag]
    with np.errstate(divide="ignore", invalid="ignore"):
        percent = np.full(len(series), np.nan)
        percent[lag:] = np.where(series[:-lag] != 0, points[lag:] / series[:-lag] * 100, np.nan)
    return points, percent


def mean_rise(series: Floats, start: int, end: int) -> tuple[float, float]:
    """Average rise per period between two positions: in points, and compound in per cent."""
    periods = end - start
    if periods <= 0:
        refuse("setting_out_of_range", "mean rise", name="end", found=end, low=start + 1, high=len(series) - 1)
    points = float(series[end] - series[start]) / periods
    ratio = float(series[end] / series[start])
    return points, (ratio ** (1 / periods) - 1) * 100 if ratio > 0 else float("nan")


def composite(markets: Mapping[str, Floats], weights: Mapping[str, float], *, mean: str = "arithmetic") -> Floats:
    """One index of several markets, (periods,), with stated weights (brought to one).

    Raises:
        CompositeError: weights that name other markets or sum to zero, a gap in a market that has weight, or a value that a
            geometric mean cannot take.
    """
    if set(markets) != set(weights):
        refuse("budget_codes", "composite")
    total = sum(weights.values())
    if not total > 0:
        refuse("weights_sum_to_zero", "composite", members=", ".join(weights))
    table = np.array([markets[name] for name in markets])
    shares = np.array([weights[name] / total for name in markets])
    weighted = table[shares > 0]
    if bool(np.isnan(weighted).any()):
        refuse("series_gap", f"composite [{int(np.argwhere(np.isnan(weighted))[0][1]) + 1}]")
    if mean == "geometric":
        if bool((weighted <= 0).any()):
            refuse("geometric_not_positive", "composite", value=float(weighted.min()))
        return np.asarray(np.exp((np.log(weighted) * shares[shares > 0, None]).sum(axis=0)), dtype=float)
    return np.asarray((weighted * shares[shares > 0, None]).sum(axis=0), dtype=float)

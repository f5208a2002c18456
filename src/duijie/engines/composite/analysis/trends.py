"""How a series moves: compound growth, relative change by a fitted line, direction applied once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from duijie.engines.composite.framework import Framework
from duijie.engines.composite.panel import Floats, Panel, period_position


def compound_growth(times: Floats, values: Floats) -> float:
    """Compound annual growth between the first and the last known value; NaN below two values or through zero."""
    known = ~np.isnan(values)
    times, values = times[known], values[known]
    if len(values) < 2:
        return float("nan")
    if values[0] == values[-1]:
        return 0.0
    ratio = values[-1] / values[0] if values[0] != 0 else np.nan
    return float(ratio ** (1 / (times[-1] - times[0])) - 1) if ratio > 0 else float("nan")


def relative_change(times: Floats, values: Floats) -> float:
    """Per cent a year along a least-squares line, relative to the line's start (the plain slope for two values)."""
    known = ~np.isnan(values)
    times, values = times[known], values[known]
    if len(values) < 2:
        return float("nan")
    if bool((values == values[0]).all()):
        return 0.0
    if len(values) == 2:
        start, slope = float(values[0]), float((values[1] - values[0]) / (times[1] - times[0]))
    else:
        centred = times - times.mean()
        slope = float((centred * values).sum() / (centred**2).sum())
        start = float(values.mean() + slope * (times[0] - times.mean()))
    return slope / start * 100 if start != 0 else float("nan")


METRICS: dict[str, Callable[[Floats, Floats], float]] = {
    "compound_growth": compound_growth,
    "relative_change": relative_change,
}


@dataclass(frozen=True)
class Trend:
    """One unit and indicator: the metric (good is positive when directions are applied), and what it rests on."""

    unit: str
    code: str
    value: float
    available: float
    first: str | None
    last: str | None
    periods: tuple[str, ...]


def trends(
    panel: Panel,
    codes: Sequence[str],
    *,
    metric: str = "compound_growth",
    latest: int | None = None,
    framework: Framework | None = None,
) -> list[Trend]:
    """A metric for every unit and code.

    Args:
        latest: use the last so many periods up to the latest known value only.
        framework: apply the indicators' directions, so that positive is good.
    """
    cube, units, periods, _ = panel.cube(codes)
    times = np.array([period_position(period) for period in periods])
    measure = METRICS[metric]
    found: list[Trend] = []
    for at_unit, unit in enumerate(units):
        for at_code, code in enumerate(codes):
            series, labels, when = cube[at_unit, :, at_code], periods, times
            if latest is not None:
                known = np.flatnonzero(~np.isnan(series))
                end = int(known[-1]) + 1 if len(known) else 0
                if end < latest:
                    series, labels, when = series[:0], [], times[:0]
                else:
                    series, labels, when = (
                        series[end - latest : end],
                        periods[end - latest : end],
                        times[end - latest : end],
                    )
            value = measure(when, series)
            if framework is not None:
                value *= framework[code].direction
            stated = [label for label, cell in zip(labels, series, strict=True) if not np.isnan(cell)]
            share = len(stated) / len(labels) if len(labels) else 0.0
            first, last = (stated[0], stated[-1]) if stated else (None, None)
            found.append(Trend(unit, code, value, share, first, last, tuple(labels)))
    return found

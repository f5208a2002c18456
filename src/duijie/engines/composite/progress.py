"""Progress towards a target, by the rule of Open SDG's progress measure (and the United Nations' before it).

With a target: growth observed over growth required, thresholds 0.95, 0.60, 0. Without one: the observed growth itself in the wished direction,
thresholds 0.015, 0.005, 0. Growth is compound per year. Where the base year has no value the next available one is the base; with fewer than
two values there is no progress to speak of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duijie.engines.composite.errors import refuse

WITH_TARGET = (0.95, 0.60, 0.0)
WITHOUT_TARGET = (0.015, 0.005, 0.0)
STATUSES = ("substantial", "moderate", "limited", "deterioration")
TARGET_ACHIEVED = "target_achieved"
NOT_AVAILABLE = "not_available"


@dataclass(frozen=True)
class Progress:
    """`value` is what was judged (None when achieved or not available); `status` is one of STATUSES or the two others."""

    status: str
    value: float | None
    base_year: float | None
    base_value: float | None
    current_year: float | None
    current_value: float | None


def growth_rate(start: float, end: float, years: float, place: str = "progress") -> float:
    """Compound growth per year.

    Raises:
        CompositeError: a ratio of values that are not both positive or both negative.
    """
    if start == 0 or end / start <= 0:
        refuse("growth_sign", place, start=start, end=end)
    return float((end / start) ** (1 / years) - 1)


def measure_progress(
    values: Mapping[float, float],
    *,
    base_year: float,
    target: float | None = None,
    target_year: float | None = None,
    direction: int = 1,
    current_year: float | None = None,
    with_target: tuple[float, float, float] = WITH_TARGET,
    without_target: tuple[float, float, float] = WITHOUT_TARGET,
) -> Progress:
    """Judge a series.

    Args:
        values: value by year (fractions of a year allowed), gaps left out.
        direction: 1 when more is better, -1 when less is.
        current_year: the year to judge, by default the last with a value.

    Raises:
        CompositeError: a target without its year, a target year not after the base, or growth through zero.
    """
    if direction not in (1, -1):
        refuse("direction_unknown", "progress", found=direction)
    if target is not None and target_year is None:
        refuse("setting_missing", "progress", name="target_year")
    years = sorted(year for year in values if year >= base_year and (current_year is None or year <= current_year))
    if len(years) < 2:
        return Progress(NOT_AVAILABLE, None, None, None, None, None)
    start, end = years[0], years[-1]
    before, now = float(values[start]), float(values[end])
    if target is not None and (now - target) * direction >= 0:
        return Progress(TARGET_ACHIEVED, None, start, before, end, now)
    observed = growth_rate(before, now, end - start)
    if target is None:
        value = observed * direction
        return Progress(_status(value, without_target), value, start, before, end, now)
    assert target_year is not None
    if target_year <= start:
        refuse("target_year_early", "progress", target_year=target_year, base_year=start)
    required = growth_rate(before, target, target_year - start)
    if required == 0:
        refuse("growth_sign", "progress", start=before, end=target)
    value = observed / required
    # A base already beyond the target needs growth against the wished direction; falling back is then no progress.
    if (target - before) * direction < 0:
        value = -abs(value)
    return Progress(_status(value, with_target), value, start, before, end, now)


def _status(value: float, thresholds: tuple[float, float, float]) -> str:
    high, middle, low = thresholds
    if value >= high:
        return STATUSES[0]
    if value >= middle:
        return STATUSES[1]
    return STATUSES[2] if value >= low else STATUSES[3]

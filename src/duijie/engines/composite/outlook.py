"""How a promise stands between its first and last day, and where it will end: judged by pace or by growth, forecast with an interval.

What begins at nothing in each period (events held, projects signed) is judged by pace: the share reached over the share of time gone.
What has a level (a coverage, a stock) is judged by growth, as Open SDG does (`progress`). Both are cut at 0.95, 0.60 and 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import scipy

from duijie.engines.composite.errors import CompositeError
from duijie.engines.composite.progress import NOT_AVAILABLE, STATUSES, TARGET_ACHIEVED, WITH_TARGET, measure_progress

AT_LEAST, AT_MOST, RANGE, ALL = "at_least", "at_most", "range", "all"
MISSED = "deterioration"
INTERVAL = 0.80
FEWEST_INCREMENTS = 3


@dataclass(frozen=True)
class Standing:
    """status: one of progress.STATUSES, target_achieved or not_available. ratio: what was cut at the thresholds.

    share: of the target that is reached. elapsed: share of the period that is gone. method: "pace", "growth" or "".
    """

    status: str
    ratio: float | None
    share: float | None
    elapsed: float
    method: str


@dataclass(frozen=True)
class Base:
    """A level on a day before."""

    on: date
    value: float


def elapsed_share(start: date, end: date, as_of: date) -> float:
    """The share of the days from `start` to `end` (both included) that are over at the end of `as_of`; 0 to 1."""
    days = (end - start).days + 1
    return min(1.0, max(0.0, ((as_of - start).days + 1) / days))


def _year(day: date) -> float:
    return day.year + (day.timetuple().tm_yday - 1) / (366 if _leaps(day.year) else 365)


def _leaps(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _status(ratio: float) -> str:
    high, middle, low = WITH_TARGET
    return STATUSES[0] if ratio >= high else STATUSES[1] if ratio >= middle else STATUSES[2] if ratio >= low else MISSED


def judge(
    value: float | None,
    *,
    target: float | None,
    start: date,
    end: date,
    as_of: date,
    relation: str = AT_LEAST,
    target_high: float | None = None,
    base: Base | None = None,
) -> Standing:
    """How `value`, as of a day in the period, stands against its target.

    base: given for a level, which is then judged by growth since that day; None for what begins at nothing.
    """
    gone = elapsed_share(start, end, as_of)
    if value is None or target is None or gone == 0:
        return Standing(NOT_AVAILABLE, None, None, gone, "")
    share = value / target if target else (1.0 if value >= target else 0.0)
    if relation == AT_MOST:
        return _at_most(value, target, share, gone)
    if relation == RANGE and target_high is not None and value > target_high:
        return Standing(MISSED, None, share, gone, "pace")
    if value >= target:
        return Standing(TARGET_ACHIEVED, None, share, gone, "")
    if base is not None and base.on < as_of:
        return _by_level(value, target, share, gone, base, end, as_of)
    ratio = share / gone
    return Standing(_status(ratio), ratio, share, gone, "pace")


def _at_most(value: float, target: float, share: float, gone: float) -> Standing:
    """A ceiling is kept only when the period is over; before that, what is used should not run ahead of time."""
    if value > target:
        return Standing(MISSED, None, share, gone, "pace")
    if gone >= 1:
        return Standing(TARGET_ACHIEVED, None, share, gone, "")
    ratio = gone / share if share > 0 else math.inf
    return Standing(_status(ratio), ratio if math.isfinite(ratio) else None, share, gone, "pace")


def _by_level(value: float, target: float, share: float, gone: float, base: Base, end: date, as_of: date) -> Standing:
    first, now, last = _year(base.on), _year(as_of), _year(end)
    try:
        found = measure_progress(
            {first: base.value, now: value}, base_year=first, target=target, target_year=max(last, now), direction=1
        )
        return Standing(found.status, found.value, share, gone, "growth")
    except CompositeError:  # a base of nothing, or another sign: no rate of growth; the straight line serves
        needed = target - base.value
        if needed <= 0:
            return Standing(MISSED, None, share, gone, "growth")
        way = (now - first) / max(last - first, now - first)
        ratio = (value - base.value) / needed / way
        return Standing(_status(ratio), ratio, share, gone, "growth")


@dataclass(frozen=True)
class Outlook:
    """The figure expected at the period's end, the interval that holds it with probability `INTERVAL`, and the chance that the
    target is met (None where no target was given). method: "count", "increments", or "pace" (no interval: too little is known)."""

    expected: float
    low: float | None
    high: float | None
    chance: float | None
    method: str


def forecast_count(
    count: int, *, elapsed_days: int, remaining_days: int, target: float | None = None, relation: str = AT_LEAST,
    target_high: float | None = None,
) -> Outlook:  # fmt: skip
    """A count of events that come singly: Poisson with Jeffreys' prior, so what is still to come is negative binomial.

    With k events in t days, the next s days bring NegBin(k + 1/2, t / (t + s)) more.
    """
    if remaining_days <= 0:
        return _settled(count, target, relation, target_high)
    r, p = count + 0.5, elapsed_days / (elapsed_days + remaining_days)
    more = scipy.stats.nbinom(r, p)
    tail = (1 - INTERVAL) / 2
    low, high = count + float(more.ppf(tail)), count + float(more.ppf(1 - tail))

    def at_least(wanted: float) -> float:
        return float(more.sf(math.ceil(wanted) - count - 1))

    return Outlook(count + float(more.mean()), low, high, _chance(at_least, target, relation, target_high), "count")


def forecast_sum(
    increments: Sequence[float], *, now: float, remaining: float, target: float | None = None,
    relation: str = AT_LEAST, target_high: float | None = None, never_falls: bool = True,
) -> Outlook:  # fmt: skip
    """A sum (or level) by the increments of the whole steps that are over, `remaining` steps to go.

    Expected: the mean increment goes on. Interval: Student's t on n - 1 degrees of freedom, with the spread of the steps to come and that of
    the mean itself, s * sqrt(m + m²/n). Fewer than three increments give no interval.
    """
    if remaining <= 0:
        return _settled(now, target, relation, target_high)
    n = len(increments)
    if n == 0:
        return Outlook(now, None, None, None, "pace")
    mean = sum(increments) / n
    expected = now + remaining * mean
    if n < FEWEST_INCREMENTS:
        return Outlook(expected, None, None, None, "pace")
    variance = sum((x - mean) ** 2 for x in increments) / (n - 1)
    spread = math.sqrt(variance * (remaining + remaining**2 / n))
    if spread == 0:
        settled = _settled(expected, target, relation, target_high)
        return Outlook(expected, expected, expected, settled.chance, "increments")
    law = scipy.stats.t(n - 1, loc=expected, scale=spread)
    tail = (1 - INTERVAL) / 2
    low, high = float(law.ppf(tail)), float(law.ppf(1 - tail))

    def at_least(wanted: float) -> float:
        return 1.0 if never_falls and now >= wanted else float(law.sf(wanted))

    return Outlook(
        max(expected, now) if never_falls else expected,
        max(low, now) if never_falls else low,
        max(high, now) if never_falls else high,
        _chance(at_least, target, relation, target_high),
        "increments",
    )


def _settled(value: float, target: float | None, relation: str, target_high: float | None) -> Outlook:
    chance = _chance(lambda wanted: 1.0 if value >= wanted else 0.0, target, relation, target_high, step=0.0)
    if relation == AT_MOST and target is not None:
        chance = 1.0 if value <= target else 0.0
    if relation == RANGE and target is not None and target_high is not None:
        chance = 1.0 if target <= value <= target_high else 0.0
    return Outlook(value, value, value, chance, "count")


def _chance(
    at_least: Callable[[float], float],
    target: float | None,
    relation: str,
    target_high: float | None,
    step: float = 1.0,
) -> float | None:
    """The chance of the relation from the chance of reaching a figure; `step`: one more than the ceiling breaks it."""
    if target is None:
        return None
    if relation == AT_MOST:
        return 1.0 - at_least(target + step)
    if relation == RANGE and target_high is not None:
        return max(0.0, at_least(target) - at_least(target_high + step))
    found: float = at_least(target)
    return found

"""Working days of mainland China: Monday to Friday without statutory holidays, with the days that are worked in exchange.

The State Council announces holidays and make-up days each autumn for the year that follows; `chinesecalendar` keeps them from 2004 on.
For a year that it does not hold, weekends and the holidays that the law ties to the solar year are left out (New Year, Qingming, 1 and 2
May, 1 to 3 October); what follows the moon and what is worked in exchange is known once it is announced: `is_announced` says so.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from functools import lru_cache

from chinese_calendar import constants, get_solar_terms, is_workday

FIRST_ANNOUNCED, LAST_ANNOUNCED = min(constants.holidays).year, max(constants.holidays).year
_FIXED_BY_LAW = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
_YEARS_OF_SOLAR_TERMS = range(1900, 2100)


def is_announced(year: int) -> bool:
    """Whether the holidays and make-up days of a year are known as they were announced."""
    return FIRST_ANNOUNCED <= year <= LAST_ANNOUNCED


def is_working_day(day: date) -> bool:
    if is_announced(day.year):
        return bool(is_workday(day))
    return day.weekday() < 5 and day not in _fixed_holidays(day.year)


def working_days(start: date, end: date) -> int:
    """Working days after `start` up to and with `end`; 0 where end is not after start."""
    if end <= start:
        return 0
    whole = sum(len(_working_days_of(year)) for year in range(start.year, end.year))
    return whole + _until(end) - _until(start)


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    following = day + timedelta(days=1)
    while not is_working_day(following):
        following += timedelta(days=1)
    return following


def unannounced_years(start: date, end: date) -> list[int]:
    """The years from `start` to `end` whose working days are counted without an announcement."""
    return [year for year in range(start.year, end.year + 1) if not is_announced(year)]


@lru_cache(maxsize=256)
def _working_days_of(year: int) -> tuple[date, ...]:
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    return tuple(day for n in range(length) if is_working_day(day := first + timedelta(days=n)))


def _until(day: date) -> int:
    """How many working days of its year there are up to and with `day`."""
    return bisect_right(_working_days_of(day.year), day)


@lru_cache(maxsize=256)
def _fixed_holidays(year: int) -> frozenset[date]:
    days = {date(year, month, day) for month, day in _FIXED_BY_LAW}
    if year in _YEARS_OF_SOLAR_TERMS:
        # The one solar term of these days is Qingming.
        days |= {day for day, _ in get_solar_terms(date(year, 4, 3), date(year, 4, 7))}
    return frozenset(days)

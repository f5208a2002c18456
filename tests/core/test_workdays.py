"""Working days against the notices of the State Council's General Office for 2025 and 2026."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.core.workdays import is_announced, is_working_day, next_working_day, unannounced_years, working_days

# 国办发明电〔2024〕12号 and 〔2025〕7号: first and last day off, and the weekend days that are worked in exchange.
NOTICES = {
    2025: (
        [("01-01", "01-01"), ("01-28", "02-04"), ("04-04", "04-06"), ("05-01", "05-05"), ("05-31", "06-02"), ("10-01", "10-08")],
        ["01-26", "02-08", "04-27", "09-28", "10-11"],
    ),
    2026: (
        [("01-01", "01-03"), ("02-15", "02-23"), ("04-04", "04-06"), ("05-01", "05-05"), ("06-19", "06-21"), ("09-25", "09-27"), ("10-01", "10-07")],
        ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
    ),
}  # fmt: skip
DAYS = st.dates(dt.date(2003, 1, 1), dt.date(2035, 12, 31))


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_of_a_year_is_as_announced(year: int) -> None:
    spans, worked = NOTICES[year]
    off = [(dt.date.fromisoformat(f"{year}-{a}"), dt.date.fromisoformat(f"{year}-{b}")) for a, b in spans]
    made_up = {dt.date.fromisoformat(f"{year}-{day}") for day in worked}
    day, wrong = dt.date(year, 1, 1), []
    while day.year == year:
        expected = day in made_up or (day.weekday() < 5 and not any(a <= day <= b for a, b in off))
        if is_working_day(day) != expected:
            wrong.append(day)
        day += dt.timedelta(days=1)
    assert (is_announced(year), wrong) == (True, [])


def test_the_days_around_the_spring_festival_of_2026() -> None:
    friday = dt.date(2026, 2, 13)
    assert working_days(friday, dt.date(2026, 2, 24)) == 2  # the Saturday that is worked, then the Tuesday after
    assert next_working_day(dt.date(2026, 2, 14)) == dt.date(2026, 2, 24)
    assert working_days(dt.date(2026, 9, 30), dt.date(2026, 10, 10)) == 3


def test_a_year_without_a_notice_leaves_out_weekends_and_what_the_law_fixes_in_the_solar_year() -> None:
    assert not is_announced(2045)
    on_weekdays = [dt.date(2045, month, day) for month, day in ((4, 4), (5, 1), (5, 2), (10, 2), (10, 3))]
    assert [is_working_day(day) for day in on_weekdays] == [False] * 5
    assert [is_working_day(dt.date(2045, 10, day)) for day in (5, 6, 7, 8)] == [True, True, False, False]
    assert unannounced_years(dt.date(2026, 12, 1), dt.date(2045, 1, 1))[-1] == 2045
    assert unannounced_years(dt.date(2025, 1, 1), dt.date(2026, 12, 31)) == []


@given(DAYS, st.integers(-5, 900), st.integers(0, 900))
def test_working_days_are_counted_one_by_one_and_add_up(start: dt.date, first: int, second: int) -> None:
    middle = start + dt.timedelta(days=first)
    end = middle + dt.timedelta(days=second)
    one_by_one = sum(is_working_day(start + dt.timedelta(days=n)) for n in range(1, first + 1))
    assert working_days(start, middle) == one_by_one
    if first >= 0:
        assert working_days(start, end) == one_by_one + working_days(middle, end)

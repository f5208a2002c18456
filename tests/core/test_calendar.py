"""Days and periods as offices write them; periods close at midnight in Shanghai."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.core.calendar import (
    Period,
    PeriodKind,
    format_day,
    last_day_before,
    midnight_in_china,
    parse_date,
    parse_instant,
    parse_period,
    period_of,
    today_in_china,
)
from duijie.core.errors import Fault

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
kinds = st.sampled_from(list(PeriodKind))
THE_DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "typed",
    [
        "2026年11月21日", "２０２６年１１月２１日", "2026年11月21", "2026 年 11 月 21 日", "2026/11/21", "2026-11-21", "2026.11.21",
        "２０２６－１１－２１", "20261121", "2026-11-21 08:30", "2026/11/21 8:30:00", "2026-11-21T10:00:00+08:00",
        "2026-11-20T23:30:00Z", "二〇二六年十一月二十一日", 46347, 46347.75, "46347", 20261121, THE_DAY,
        datetime(2026, 11, 21, 9, 0),  # noqa: DTZ001 (a cell of a sheet has no zone)
        datetime(2026, 11, 20, 17, 0, tzinfo=UTC), "2026年11月21號",
    ],
)  # fmt: skip
def test_one_day_in_every_writing(typed):
    assert parse_date(typed) == THE_DAY


def test_a_month_alone_is_its_first_or_last_day():
    assert parse_date("2026-11") == date(2026, 11, 1)
    assert parse_date("2026年2月", last_of_month=True) == date(2026, 2, 28)
    assert parse_date("2024/12", last_of_month=True) == date(2024, 12, 31)


@pytest.mark.parametrize("typed", ["", "长期", "長期有效", "不限", "无", "-"])
def test_no_day_is_none(typed):
    assert parse_date(typed) is None


def test_serials_of_the_1904_system():
    assert parse_date(44885, date1904=True) == THE_DAY


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("11/21/2026", "date.unreadable"), ("下周", "date.unreadable"), (2026, "date.unreadable"), (2026.11, "date.unreadable"),
        ("2026-02-30", "date.impossible"), ("2026年13月1日", "date.impossible"), (20261340, "date.impossible"),
        ("1026-01-01", "date.out_of_range"), (-5, "date.unreadable"), (float("nan"), "date.unreadable"),
    ],
)  # fmt: skip
def test_other_days_are_refused(typed, code):
    with pytest.raises(Fault) as refused:
        parse_date(typed)
    assert refused.value.code == code


@given(days)
def test_a_written_day_reads_back(day):
    assert parse_date(format_day(day, language="zh-hans")) == day
    assert parse_date(day.isoformat()) == day
    assert parse_date((day - date(1899, 12, 30)).days) == day


def test_an_english_day():
    assert format_day(THE_DAY, language="en") == "21 Nov 2026"


def test_midnight_falls_in_the_utc_afternoon():
    assert midnight_in_china(THE_DAY) == datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert today_in_china(datetime(2026, 11, 20, 15, 59, tzinfo=UTC)) == date(2026, 11, 20)
    assert today_in_china(datetime(2026, 11, 20, 16, 0, tzinfo=UTC)) == THE_DAY


@pytest.mark.parametrize(
    ("typed", "period"),
    [
        ("2026年第三季度", Period(PeriodKind.QUARTER, 2026, 3)), ("2026年一季度", Period(PeriodKind.QUARTER, 2026, 1)),
        ("2026Q4", Period(PeriodKind.QUARTER, 2026, 4)), ("Q1 2026", Period(PeriodKind.QUARTER, 2026, 1)),
        ("2026年上半年", Period(PeriodKind.HALF, 2026, 1)), ("2026H2", Period(PeriodKind.HALF, 2026, 2)),
        ("2026年11月", Period(PeriodKind.MONTH, 2026, 11)), ("２０２６－１１", Period(PeriodKind.MONTH, 2026, 11)),
        ("2026年", Period(PeriodKind.YEAR, 2026)), ("2026年度", Period(PeriodKind.YEAR, 2026)), ("2026", Period(PeriodKind.YEAR, 2026)),
    ],
)  # fmt: skip
def test_periods_are_understood(typed, period):
    assert parse_period(typed) == period


@pytest.mark.parametrize("typed", ["", "2026年第五季度", "2026-13", "去年", "1026年"])
def test_other_periods_are_refused(typed):
    with pytest.raises(Fault) as refused:
        parse_period(typed)
    assert refused.value.code == "period.unreadable"


def test_a_quarter_closes_at_midnight_in_shanghai():
    quarter = Period(PeriodKind.QUARTER, 2026, 4)
    assert (quarter.first_day, quarter.last_day) == (date(2026, 10, 1), date(2026, 12, 31))
    assert quarter.closes_at == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert not quarter.is_closed(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC))
    assert quarter.is_closed(datetime(2026, 12, 31, 16, tzinfo=UTC))


def test_labels():
    assert Period(PeriodKind.HALF, 2026, 1).label("zh-hans") == "2026年上半年"
    assert Period(PeriodKind.QUARTER, 2026, 3).label("en") == "Q3 2026"
    assert Period(PeriodKind.MONTH, 2026, 11).label("en") == "November 2026"


@given(days, kinds)
def test_every_day_lies_in_exactly_one_period_of_a_kind(day, kind):
    period = period_of(day, kind)
    assert day in period
    assert period.shifted(1).first_day.toordinal() == period.last_day.toordinal() + 1
    assert period.shifted(1).shifted(-1) == period
    assert period < period.shifted(1)


@given(days, kinds, st.sampled_from(["zh-hans", "en"]))
def test_a_period_reads_back_from_its_code_and_label(day, kind, language):
    period = period_of(day, kind)
    assert parse_period(period.code) == period
    if kind is not PeriodKind.MONTH or language == "zh-hans":
        assert parse_period(period.label(language)) == period


@pytest.mark.parametrize(
    "typed",
    [
        "2026-04-10 08:00", "2026-04-10T08:00", "2026-04-10T08:00:00", "2026-04-10T08:00:00.000", "2026-04-10T08:00:00+08:00",
        "2026-04-10T08:00:00 08:00", "2026-04-10 08:00+08:00", "2026-04-10 08:00 +0800", "2026-04-10T00:00Z", "2026-04-10 00:00:00Z",
        "2026-04-09T19:30-04:30", "2026/4/10 8:00", "2026年4月10日 8:00", "2026年4月10日8时", "2026年4月10日08时00分", "２０２６－０４－１０　０８：００",
        "20260410T0800", "20260410T080000+0800", "2026年4月10日8点00分",
    ],
)  # fmt: skip
def test_one_instant_in_every_writing(typed):
    assert parse_instant(typed) == datetime(2026, 4, 10, tzinfo=UTC)


def test_a_day_alone_is_known_up_to_its_end_or_up_to_now():
    end = datetime(2026, 4, 10, 16, tzinfo=UTC)
    assert [parse_instant(typed) for typed in ("2026-04-10", "2026年4月10日", "20260410")] == [end] * 3
    assert parse_instant("2026-04") == datetime(2026, 4, 30, 16, tzinfo=UTC)
    now = datetime(2026, 4, 10, 3, 5, tzinfo=UTC)
    assert (parse_instant("2026-04-10", now=now), parse_instant("2026-04-09", now=now)) == (
        now,
        datetime(2026, 4, 9, 16, tzinfo=UTC),
    )
    assert [last_day_before(instant) for instant in (end, now)] == [date(2026, 4, 10)] * 2
    assert (parse_instant(""), parse_instant("  ")) == (None, None)


@pytest.mark.parametrize(
    "typed",
    ["昨天", "2026-13-01", "2026-04-10 25:00", "2026-04-10 08:61", "08:00", "长期", "2026-04-10T08:00+99:00", "1.5.2026 8:00", "2300-01-01", "x" * 500, "2026-04-10 08:00 明早", "2026-04-10T08:00:00.1234567"],
)  # fmt: skip
def test_an_instant_that_nobody_understands_is_refused_in_one_sentence(typed):
    with pytest.raises(Fault) as refusal:
        parse_instant(typed, place="known_at")
    assert (refusal.value.code, refusal.value.status, refusal.value.place) == ("instant.unreadable", 400, "known_at")


@given(st.text(max_size=60))
def test_any_text_is_an_instant_or_refused(text):
    try:
        found = parse_instant(text)
    except Fault as fault:
        assert fault.code == "instant.unreadable"
    else:
        assert found is None or found.tzinfo is not None


@given(st.datetimes(datetime(1950, 1, 1), datetime(2150, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 (zones are drawn)
def test_an_instant_in_iso_is_read_back(instant):
    if instant.utcoffset().total_seconds() % 60 == 0:
        read = [parse_instant(instant.isoformat()), parse_instant(instant.isoformat().replace("+", " "))]
        assert [one.astimezone(UTC) for one in read] == [instant.astimezone(UTC)] * 2

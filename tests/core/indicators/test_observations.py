"""Observations: corrections append, any figure can be asked for as it was known, nobody sees what is not for them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.core.access import GUEST, SYSTEM, ScopeMissing, Viewer
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.indicators import (
    IndicatorRecord,
    Observation,
    Value,
    history,
    indicators,
    member_unit,
    observations,
    record_vintage,
    series,
    values_at,
    write_indicator,
)
from duijie.core.schema import parse

pytestmark = pytest.mark.django_db
FIRST = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
PARK = member_unit(7)


def indicator(code: str = "gdp", **values: Any) -> Any:
    return write_indicator(parse(IndicatorRecord, {"code": code, "name": "地区生产总值", "unit": "亿元"} | values))


def put(value: str | None, *, day: int = 0, period: str = "2024", code: str = "gdp", **more: Any) -> Any:
    number = None if value is None else Decimal(value)
    row = Value(code, PARK, period, number, status="M" if value is None else "A", **more)
    at = FIRST + dt.timedelta(days=day)
    return record_vintage(actor=SYSTEM, title="试", source_kind="import", values=[row], at=at)


def test_a_correction_appends_and_the_past_stays_as_it_was_known() -> None:
    indicator()
    put("129.5", day=0)
    put("129.3", day=10)
    assert values_at(GUEST, ["gdp"], ["2024"])["gdp", PARK, "2024"].value == Decimal("129.3")
    before = values_at(GUEST, ["gdp"], ["2024年"], known_at=FIRST + dt.timedelta(days=9))
    assert before["gdp", PARK, "2024"].value == Decimal("129.5")
    assert values_at(GUEST, ["gdp"], known_at=FIRST - dt.timedelta(days=1)) == {}
    last = values_at(GUEST, ["gdp"])["gdp", PARK, "2024"]
    assert [o.value for o in history(GUEST, last)] == [Decimal("129.5"), Decimal("129.3")]


@given(
    figures=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 3), st.decimals(-9, 9, places=3)),
        max_size=12,
        unique_by=lambda f: f[0],
    )
)
@settings(max_examples=20, deadline=None)
def test_as_known_at_is_the_last_recorded_until_then(figures: list[tuple[int, int, Decimal]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        indicator()
        for day, quarter, number in figures:
            put(str(number), day=day, period=f"2024Q{quarter + 1}")
        for asked in range(10):
            wanted: dict[str, Decimal] = {}
            for day, quarter, number in sorted(figures):
                if day <= asked:
                    wanted[f"2024Q{quarter + 1}"] = number
            found = values_at(GUEST, ["gdp"], known_at=FIRST + dt.timedelta(days=asked))
            assert {period: o.value for (_, _, period), o in found.items()} == wanted
        transaction.set_rollback(True)


def test_values_keep_every_figure() -> None:
    indicator()
    exact = "12345678901234567890.123456789"
    put(exact)
    assert series(GUEST, "gdp", PARK)[0].value == Decimal(exact)


def test_what_is_for_the_staff_is_for_the_staff() -> None:
    indicator()
    put("1", audience="staff:7")
    staff = Viewer(user_id=1, tokens=frozenset({"public", "staff:7"}))
    assert not observations(GUEST).exists()
    assert observations(staff).count() == observations(SYSTEM).count() == 1
    with pytest.raises(ScopeMissing):
        Observation.objects.count()


def test_a_value_twice_and_a_missing_one_with_a_value_are_refused_whole() -> None:
    indicator()
    one = Value("gdp", PARK, "2024", Decimal(1))
    for rows, code in [
        ([one, one], "observation.twice"),
        ([Value("gdp", PARK, "2024", Decimal(1), status="M")], "observation.missing"),
        ([one, Value("none", PARK, "2024", Decimal(1))], "not_found"),
        ([Value("gdp", PARK, "soon", Decimal(1))], "period.unreadable"),
    ]:
        with pytest.raises(Fault) as refused:
            record_vintage(actor=SYSTEM, title="试", source_kind="import", values=rows)
        assert refused.value.code == code


def test_an_indicator_keeps_its_code_and_refuses_a_loop() -> None:
    gdp = indicator()
    with pytest.raises(Conflict) as refused:
        indicator()
    assert refused.value.code == "indicator.exists"
    growth = indicator("growth", formula="(gdp / previous(gdp) - 1) * 100", unit="%")
    again = {"code": "gdp", "name": "x", "formula": "growth + 1"}
    with pytest.raises(Fault) as loop:
        write_indicator(parse(IndicatorRecord, again), indicator=gdp)
    assert loop.value.code == "formula.loop"
    with pytest.raises(Fault) as itself:
        indicator("same", formula="same + 1")
    assert itself.value.code == "formula.loop"
    with pytest.raises(Conflict):
        write_indicator(parse(IndicatorRecord, {"code": "other", "name": "x"}), indicator=gdp)
    renamed = write_indicator(parse(IndicatorRecord, {"code": "gdp", "name": "总值"}), indicator=gdp, version=1)
    assert (renamed.name, renamed.version) == ("总值", 2)
    with pytest.raises(Stale):
        write_indicator(parse(IndicatorRecord, {"code": "gdp", "name": "总值"}), indicator=gdp, version=1)
    assert [i.code for i in indicators(text="总值")] == ["gdp", growth.code]


@pytest.mark.parametrize(
    ("values", "code"),
    [({"formula": "nothing + 1"}, "indicator.unknown"), ({"lower": "5", "upper": "1"}, "indicator.bounds"),
     ({"sum_of": ["x"]}, "indicator.sum"), ({"measure_code": "no.such"}, "not_found"), ({"measure_scale": "0"}, "indicator.scale"),
     ({"formula": "1", "measure_code": "a.b"}, "indicator.two_sources"), ({"code": "1x"}, "invalid"), ({"upper": "十几"}, "invalid")],
)  # fmt: skip
def test_an_indicator_that_cannot_be_is_refused(values: dict[str, Any], code: str) -> None:
    with pytest.raises(Fault) as refused:
        indicator(**({"code": "x"} | values))
    assert refused.value.code == code
    assert not indicators().exists()


def test_an_unknown_code_is_named() -> None:
    from duijie.core.indicators import indicator_by_code

    with pytest.raises(NotFound, match="nothing"):
        indicator_by_code("nothing")

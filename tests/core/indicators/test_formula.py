"""Formulas over indicators: read safely, computed exactly, loops refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.core.errors import Fault
from duijie.core.indicators import Formula, computed_values, evaluation_order

numbers = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=4)


def value(text: str, **known: str) -> Decimal | None:
    return Formula.parse(text).evaluate(lambda code, back: Decimal(known[code]) if code in known else None)


def test_sums_are_exact_where_floats_are_not() -> None:
    assert value("a + b", a="0.1", b="0.2") == Decimal("0.3")
    assert value("(a / b - 1) * 100", a="129.3", b="100") == Decimal("29.300")
    assert value("－a ÷ 2 × b ** 2", a="3", b="2") == Decimal("-6.0")
    assert value("max(a, min(b, 7), abs(-9))", a="1", b="8") == 9


def test_codes_may_have_dots_and_a_gap_stays_a_gap() -> None:
    assert Formula.parse("land.projects_signed / gdp").codes == ("land.projects_signed", "gdp")
    assert value("a + b", a="1") is None


@pytest.mark.parametrize(
    "text",
    ["", "a +", "__import__('os')", "a if b else c", "a[0]", "'x'", "a.b()", "lambda: 1", "True", "a ** b", "a ** 99",
     "previous(a + b)", "min(a)", "f(a)", "a == b", "-(" * 60 + "a" + ")" * 60, "-" * 100 + "a", "1" * 501],
)  # fmt: skip
def test_whatever_is_not_a_formula_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(Fault) as refused:
        Formula.parse(text)
    assert refused.value.code == "formula.unreadable"


def test_division_by_zero_is_refused() -> None:
    with pytest.raises(Fault) as refused:
        value("a / (b - b)", a="1", b="2")
    assert refused.value.code == "formula.division"


def test_a_loop_is_named() -> None:
    with pytest.raises(Fault) as refused:
        evaluation_order({"a": "b + 1", "b": "c * 2", "c": "a"}, ["a"])
    assert refused.value.code == "formula.loop"
    assert "a → b → c → a" in refused.value.zh
    assert evaluation_order({"a": "b + 1", "b": "c * 2"}, ["a"]) == ["b", "a"]


def test_growth_reads_the_period_before() -> None:
    known = {("gdp", "member:1", p): Decimal(v) for p, v in (("2023", "100"), ("2024", "110"), ("2025", "121"))}
    found = computed_values(
        {"growth": "(gdp / previous(gdp) - 1) * 100"}, known, ["member:1"], ["2025", "2023", "2024"]
    )
    assert found["growth", "member:1", "2023"] is None
    assert found["growth", "member:1", "2024"] == found["growth", "member:1", "2025"] == 10


@given(a=numbers, b=numbers)
def test_sum_and_difference_undo_each_other(a: Decimal, b: Decimal) -> None:
    assert Formula.parse("a + b - b").evaluate(lambda code, back: a if code == "a" else b) == a

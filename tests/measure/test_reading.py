"""What an officer writes in a cell: read in the indicator's unit, or refused with one clear sentence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.core.errors import Fault
from duijie.measure.reading import read_value


@pytest.mark.parametrize(
    ("given", "unit", "wanted"),
    [("12.5", "亿元", "12.5"), ("１２．５", "亿元", "12.5"), ("1,234.5", "万元", "1234.5"), ("125000万元", "亿元", "12.5"), ("3.2亿", "亿元", "3.2"),
     ("3.2亿", "元", "320000000"), ("3.2亿元", "万元", "32000"), ("三百万", "万元", "300"), ("12.5%", "%", "12.5"), ("12.5%", "比例", "0.125"),
     ("５％", "%", "5"), ("1.5e3", "个", "1500"), (12.5, "亿元", "12.5"), (7, "家", "7"), ("18家", "家", "18"), ("1.2万人", "人", "12000"), ("-3.5", "%", "-3.5")],
)  # fmt: skip
def test_a_value_is_read_in_the_unit_of_its_indicator(given: Any, unit: str, wanted: str) -> None:
    assert read_value(given, unit) == Decimal(wanted)


@pytest.mark.parametrize("gap", [None, "", " ", "-", "—", "无", "NA", "n/a", "缺"])
def test_a_mark_of_a_gap_is_no_value(gap: str | None) -> None:
    assert read_value(gap, "亿元") is None


@pytest.mark.parametrize(
    ("given", "unit", "code"),
    [("12,5", "亿元", "value.decimal_comma"), ("1.234,56", "亿元", "value.decimal_comma"), ("12,34", "%", "value.decimal_comma"),
     ("12.5%", "亿元", "value.percent"), ("3吨", "亿元", "value.unit"), ("约三千", "家", "value.unreadable"), ("abc", "", "value.unreadable"),
     (True, "", "value.unreadable"), (float("nan"), "", "value.too_large"), ("1e99", "", "value.too_large"), ("12美元", "亿元", "value.unit")],
)  # fmt: skip
def test_what_could_mean_something_else_is_refused(given: Any, unit: str, code: str) -> None:
    with pytest.raises(Fault) as refused:
        read_value(given, unit)
    assert refused.value.code == code


@given(
    st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, places=6),
    st.sampled_from(["亿元", "万元", "元", "%", "家"]),
)
def test_a_plain_number_stays_as_it_is(number: Decimal, unit: str) -> None:
    assert read_value(str(number), unit) == number


@given(st.integers(0, 10**9))
def test_an_amount_is_the_same_in_every_unit(yuan: int) -> None:
    assert read_value(f"{yuan}元", "万元") * 10**4 == read_value(f"{yuan}元", "亿元") * 10**8 == yuan  # type: ignore[operator]

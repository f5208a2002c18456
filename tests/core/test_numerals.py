"""Chinese numerals read back as the numbers they spell."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.core.numerals import NotANumber, read_number

DIGITS = "零一二三四五六七八九"


def spell(number: int) -> str:
    """The numeral of a number below 10,000 as it is spoken, with 零 for skipped places."""
    spoken, skipped = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            spoken += ("零" if skipped and spoken else "") + DIGITS[digit] + name
            skipped = False
        else:
            skipped = True
    return spoken or "零"


@given(st.integers(0, 9999))
def test_every_spelt_number_below_ten_thousand_reads_back(number):
    assert read_number(spell(number))[0] == number


@given(st.integers(1, 9999), st.integers(1000, 9999))
def test_big_units_add_up(high, low):
    assert read_number(f"{spell(high)}亿{spell(low)}万")[0] == high * 10**8 + low * 10**4
    assert read_number(f"{high}万{low}")[0] == high * 10**4 + low


def test_the_last_unit_is_told():
    assert read_number("500万") == (Decimal(5_000_000), 10_000)
    assert read_number("3千万") == (Decimal(30_000_000), 10_000_000)
    assert read_number("500") == (Decimal(500), 1)
    assert read_number("2 million") == (Decimal(2_000_000), 1_000_000)


@pytest.mark.parametrize(
    "text", ["", "万", "百万", "点五", "三万三万", "12,34", "五百百", "1.2.3", "二三百五六", "1万500"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumber):
        read_number(text)

"""Amounts as offices write them go in, and come out as people read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.core.errors import Fault
from duijie.core.money import (
    CURRENCIES,
    Money,
    MoneyRange,
    format_money,
    format_money_range,
    parse_money,
    parse_money_range,
)

amounts = st.builds(lambda code, minor: Money(minor, code), st.sampled_from(sorted(CURRENCIES)), st.integers(0, 10**14))
languages = st.sampled_from(["zh-hans", "en"])


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12 万", 12_000_000), ("１２万元", 12_000_000), ("1.5亿", 15_000_000_000), ("3,000元", 300_000), ("3，000元", 300_000),
        ("三百万", 300_000_000), ("壹佰萬圓整", 100_000_000), ("1億2000萬", 12_000_000_000), ("三万五", 3_500_000),
        ("三万零五", 3_000_500), ("一百二十", 12_000), ("一百零五万", 105_000_000), ("12万5000", 12_500_000),
        ("1.5万亿", 150_000_000_000_000), ("一万二千亿", 120_000_000_000_000), ("三点五亿", 35_000_000_000),
        ("3千万", 3_000_000_000), ("二十五万", 25_000_000), ("12w", 12_000_000), ("RMB 5 million", 500_000_000),
        ("￥12.5", 1_250), ("人民币12万元整", 12_000_000), ("免费", 0), (12, 1_200), (0.1 + 0.2, 30), (100 / 3, 3_333), (Decimal("9.99"), 999),
        ("0", 0), ("１２，０００．５０", 1_200_050),
    ],
)  # fmt: skip
def test_amounts_are_understood(typed, fen):
    assert parse_money(typed) == Money(fen, "CNY")


@pytest.mark.parametrize(
    ("typed", "money"),
    [
        ("12万美元", Money(12_000_000, "USD")), ("US$1.2 million", Money(120_000_000, "USD")), ("$3", Money(300, "USD")),
        ("港币12万元", Money(12_000_000, "HKD")), ("5000万日元", Money(50_000_000, "JPY")), ("€ 20k", Money(2_000_000, "EUR")),
        ("新台币3万元", Money(3_000_000, "TWD")), ("12萬美金", Money(12_000_000, "USD")),
    ],
)  # fmt: skip
def test_other_currencies_are_understood(typed, money):
    assert parse_money(typed) == money


@pytest.mark.parametrize("typed", ["面议", "面議", "", "　", "双方协商", "-", "待定", "TBD"])
def test_no_amount_is_none(typed):
    assert parse_money(typed) is None


@pytest.mark.parametrize(
    ("typed", "low", "high", "approximate"),
    [
        ("300-500万元", 3_000_000, 5_000_000, False),
        ("２００～３００ 万元", 2_000_000, 3_000_000, False),
        ("300万—500万", 3_000_000, 5_000_000, False),
        ("500元至1万", 500, 10_000, False),
        ("10到20亿", 1_000_000_000, 2_000_000_000, False),
        ("500万以上", 5_000_000, None, False),
        ("不低于50万", 500_000, None, False),
        ("不超过1亿", None, 100_000_000, False),
        ("100万以内", None, 1_000_000, False),
        ("约300万元", 3_000_000, 3_000_000, True),
        ("600余万元", 6_000_000, 6_000_000, True),
        ("人民币300-500万元", 3_000_000, 5_000_000, False),
        ("¥300～500万", 3_000_000, 5_000_000, False),
        ("300元-500万元", 300, 5_000_000, False),
        ("CNY 500 to CNY 1 million", 500, 1_000_000, False),
        ("CNY 1-2 million", 1_000_000, 2_000_000, False),
    ],
)
def test_ranges_are_understood(typed, low, high, approximate):
    expected = MoneyRange(
        None if low is None else Money(low * 100), None if high is None else Money(high * 100), approximate
    )
    assert parse_money_range(typed) == expected


def test_a_column_in_wan_gives_bare_figures_their_unit():
    assert parse_money(12, unit="万元") == Money(12_000_000)
    assert parse_money("3000元", unit="万元") == Money(300_000)
    assert parse_money("5万", unit="万元") == Money(5_000_000)
    assert parse_money("12.5", unit="万美元") == Money(12_500_000, "USD")
    assert parse_money_range("3-5", unit="万元") == MoneyRange(Money(3_000_000), Money(5_000_000))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("abc", "money.unreadable"), ("1,50", "money.unreadable"), ("12万5", "money.unreadable"), ("百万", "money.unreadable"),
        ("12万元/年", "money.unreadable"), ("五三百", "money.unreadable"), ("1-2-3万", "money.unreadable"),
        ("三百五千", "money.unreadable"), ("-5万", "money.negative"), (-1, "money.negative"), ("300-500万", "money.range"),
        ("5000-1亿", "money.range"), ("500万以上", "money.range"), ("0.001元", "money.too_fine"), ("0.5日元", "money.too_fine"),
        ("1000万亿元", "money.too_large"), (float("nan"), "money.unreadable"), (float("inf"), "money.unreadable"),
        ("3万美元-5万欧元", "money.unreadable"), ("约", "money.unreadable"), (True, "money.unreadable"), ("1e5", "money.unreadable"),
    ],
)  # fmt: skip
def test_what_would_have_to_be_guessed_is_refused(typed, code):
    with pytest.raises(Fault) as refused:
        parse_money(typed)
    assert refused.value.code == code


def test_the_sentence_quotes_what_was_typed():
    with pytest.raises(Fault) as refused:
        parse_money("一大笔")
    assert refused.value.zh == "金额“一大笔”：看不懂，请写成“12万”“1.5亿”“3,000元”“300-500万元”或“面议”。"
    assert (
        refused.value.en == "Amount “一大笔”: not understood; write 120,000, 1.5 million, 300-500万元 or “negotiable”."
    )


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (15_000_000_000, "1.5亿元", "CNY 150 million"),
        (12_345_600, "12.35万元", "CNY 123,456"),
        (300_000, "3,000元", "CNY 3,000"),
        (1_250, "12.50元", "CNY 12.50"),
        (9_999_999_999, "1亿元", "CNY 100 million"),
        (9_999_994_999, "9999.99万元", "CNY 100 million"),
        (0, "0元", "CNY 0"),
        (120_000_000_000_000, "1.2万亿元", "CNY 1.2 trillion"),
    ],
)
def test_amounts_are_written_short(fen, zh, en):
    assert (format_money(Money(fen), language="zh-hans"), format_money(Money(fen), language="en")) == (zh, en)


def test_the_exact_figure_is_at_hand():
    assert format_money(Money(123_456_789), exact=True) == "1,234,567.89元"
    assert format_money(Money(123_456_789, "JPY"), exact=True, language="en") == "JPY 123,456,789"


@given(amounts, languages)
def test_an_exact_figure_reads_back_as_itself(money, language):
    assert parse_money(format_money(money, exact=True, language=language)) == money


@given(amounts, languages)
def test_a_short_figure_reads_back_within_its_rounding(money, language):
    back = parse_money(format_money(money, language=language))
    assert back.currency == money.currency
    assert abs(back.amount_minor - money.amount_minor) * 200 <= money.amount_minor


@given(amounts, amounts, st.booleans(), languages)
def test_a_range_reads_back_as_itself(first, second, approximate, language):
    low, high = sorted((first.amount_minor, second.amount_minor))
    span = MoneyRange(Money(low, first.currency), Money(high, first.currency), approximate)
    assert parse_money_range(format_money_range(span, exact=True, language=language)) == span


@given(amounts, amounts, languages)
def test_a_short_range_reads_back_within_its_rounding(first, second, language):
    low, high = sorted((first.amount_minor, second.amount_minor))
    span = MoneyRange(Money(low, first.currency), Money(high, first.currency))
    back = parse_money_range(format_money_range(span, language=language))
    assert abs(back.low.amount_minor - low) * 200 <= low
    assert abs(back.high.amount_minor - high) * 200 <= high


@given(amounts, st.booleans(), languages)
def test_an_open_range_reads_back_as_itself(money, from_below, language):
    span = MoneyRange(money, None) if from_below else MoneyRange(None, money)
    assert parse_money_range(format_money_range(span, exact=True, language=language)) == span


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text):
    try:
        parse_money_range(text)
    except Fault as fault:
        assert fault.code.startswith("money.")

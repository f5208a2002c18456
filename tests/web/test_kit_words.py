"""Sentences, addresses, figures, dates, names."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory

from duijie.core.language import speaking
from duijie.core.money import Money
from duijie.web.kit.cards import marked
from duijie.web.kit.figures import exact, money, scaled, spark, wan_yi
from duijie.web.kit.names import date_filter, how_long_ago, industry_name, region_name
from duijie.web.kit.parts import initials
from duijie.web.kit.records import difference
from duijie.web.kit.words import changed_query


def shown(source: str, **values: object) -> str:
    return Template(source).render(Context(values))


def test_a_sentence_is_said_in_the_language_in_force() -> None:
    assert shown('{% t "发布" "Publish" %}') == "发布"
    with speaking("en"):
        assert shown('{% t "发布" "Publish" %}') == "Publish"


def test_values_of_a_sentence_are_escaped_and_its_own_markup_is_not() -> None:
    assert shown('{% t "找到 <b>{x}</b>" "Found {x}" x=name %}', name="<i>") == "找到 <b>&lt;i&gt;</b>"


def test_a_sentence_can_be_kept_for_later() -> None:
    assert shown('{% t "共 {n} 条" "{n}" n=3 as words %}[{{ words }}]') == "[共 3 条]"


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "0", "0"),
        (9_999, "9,999", "9,999"),
        (10_000, "1万", "10,000"),
        (123_456, "12.35万", "123,456"),
        (99_999_999, "1亿", "100 m"),
        (123_456_789, "1.23亿", "123.46 m"),
        (5_042 * 10**8, "5,042亿", "504.2 bn"),
        (10**12, "1万亿", "1,000 bn"),
        (-250_000, "-25万", "-250,000"),
        (Decimal("0.125"), "0.13", "0.13"),
        (None, "—", "—"),
    ],
)
def test_a_figure_has_two_decimals_at_most(value: int | Decimal | None, zh: str, en: str) -> None:
    assert wan_yi(value) == zh
    with speaking("en"):
        assert wan_yi(value) == en


def test_a_shortened_figure_keeps_its_exact_value() -> None:
    page = shown('{% figure 123456789 unit="元" url="/records/" label="金额" %}')
    assert "1.23亿元" in page
    assert "123,456,789 元" in page
    assert 'href="/records/"' in page


def test_exact_figures_are_grouped() -> None:
    assert [exact(1234567.5), exact(1000), exact(-3)] == ["1,234,567.5", "1,000", "-3"]


def test_scaling_does_not_lose_the_sign() -> None:
    assert scaled(-99_999_999) == ("-1", "亿")


def test_amounts_of_money() -> None:
    assert money(12_345_600) == "12.35万元"
    assert money(Money(500, "USD")) == "5美元"
    assert money(None) == "面议"


def test_a_trend_says_its_ends_and_needs_two_points() -> None:
    assert "从 3 到 12" in spark([3, 5, 12])
    assert spark([3]) == ""


NOW = dt.datetime(2026, 11, 21, 9, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("then", "zh", "en"),
    [
        (NOW - dt.timedelta(seconds=20), "刚刚", "just now"),
        (NOW - dt.timedelta(minutes=1), "1 分钟前", "1 minute ago"),
        (NOW - dt.timedelta(hours=5), "5 小时前", "5 hours ago"),
        (NOW + dt.timedelta(days=3), "3 天后", "in 3 days"),
        (NOW - dt.timedelta(days=70), "2 个月前", "2 months ago"),
        (NOW - dt.timedelta(days=800), "", ""),
        (dt.date(2026, 11, 21), "今天", "today"),
        (dt.date(2026, 11, 20), "1 天前", "1 day ago"),
    ],
)
def test_how_long_ago(then: dt.date, zh: str, en: str) -> None:
    assert how_long_ago(then, NOW) == zh
    with speaking("en"):
        assert how_long_ago(then, NOW) == en


def test_dates_are_written_with_the_year_first_and_in_shanghai() -> None:
    late = dt.datetime(2026, 11, 20, 17, 5, tzinfo=dt.UTC)
    assert date_filter(late) == "2026-11-21"
    assert date_filter(late, "time") == "2026-11-21 01:05"
    assert date_filter(dt.date(2026, 1, 2)) == "2026-01-02"
    assert date_filter(None) == "—"
    assert date_filter(dt.date(2026, 1, 2), "Y") == "2026"  # Django's own formats still work


def test_names_of_places_and_industries() -> None:
    assert region_name("330402") == "南湖区"
    assert region_name("000000") == "000000"
    assert industry_name("") == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [("陈晓梅", "晓梅"), ("禾城精密制造", "禾城"), ("Marie Curie", "MC"), ("  ", "?"), ("王", "王")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_shared_words_are_marked_and_everything_is_escaped() -> None:
    assert marked("高盐<废水>处理", ["废水", "高盐"]) == "<mark>高盐</mark>&lt;<mark>废水</mark>&gt;处理"
    assert marked("Robot robots", ["robot"]) == "<mark>Robot</mark> <mark>robot</mark>s"
    assert marked("a.b", ["."]) == "a<mark>.</mark>b"
    assert marked("无", []) == "无"


def test_a_difference_is_seen_by_the_character_and_by_the_word() -> None:
    assert difference("年处理 3 万吨", "年处理 5 万吨") == "年处理 <del>3</del><ins>5</ins> 万吨"
    assert difference("a <b>", "a <i>") == "a &lt;<del>b</del><ins>i</ins>&gt;"


def test_a_changed_query_goes_back_to_the_first_page() -> None:
    assert changed_query(QueryDict("q=a&page=3&lang=en"), {"sort": "-date"}) == "?q=a&sort=-date"
    assert changed_query(QueryDict("q=a&page=3"), {"page": 4}) == "?q=a&page=4"
    assert changed_query(QueryDict("kind=a&kind=b"), {"kind": ["b"]}) == "?kind=b"
    assert changed_query(QueryDict("kind=a"), {"kind": None}) == "?"


def test_the_query_tag_reads_the_request() -> None:
    request = RequestFactory().get("/", {"q": "水 & 气"})
    assert shown("{% query sort='-date' %}", request=request) == "?q=%E6%B0%B4+%26+%E6%B0%94&amp;sort=-date"

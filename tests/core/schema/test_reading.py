"""What the schema's types understand, and what an empty cell means."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

import pytest
from pydantic import Field

from duijie.core.errors import Faults
from duijie.core.schema import (
    Amount,
    Choices,
    Day,
    Decimal2,
    IndustryCodes,
    LongText,
    Record,
    RegionCode,
    RegionCodes,
    ShortLine,
    Whole,
    Words,
    YesNo,
    choice,
    choices,
    describe,
    parse,
    said,
)


class Colour(Choices):
    RED = "red", "红色", "Red", ("朱红", "大红")
    BLUE = "blue", "蓝色/青色", "Blue"


class Sample(Record):
    name: Annotated[ShortLine, said("名称", "Name")]
    note: Annotated[LongText | None, said("说明", "Note")] = None
    colour: Annotated[choice(Colour) | None, said("颜色", "Colour")] = None
    colours: Annotated[choices(Colour), said("颜色们", "Colours")] = []
    count: Annotated[Annotated[Whole, Field(ge=0)] | None, said("数", "Count")] = None
    share: Annotated[Decimal2 | None, said("占比", "Share")] = None
    day: Annotated[Day | None, said("日期", "Day")] = None
    sure: Annotated[YesNo | None, said("确定", "Sure")] = None
    words: Annotated[Words, said("词", "Words")] = []
    amount: Annotated[Amount, said("金额", "Amount")] = None
    region: Annotated[RegionCode | None, said("地区", "Region")] = None
    regions: Annotated[RegionCodes, said("地区们", "Regions")] = []
    industries: Annotated[IndustryCodes, said("行业", "Industries")] = []


def test_fields_are_described_by_what_they_hold() -> None:
    assert {d.name: d.kind for d in describe(Sample)} == {
        "name": "line", "note": "text", "colour": "choice", "colours": "choices", "count": "whole", "share": "decimal",
        "day": "date", "sure": "yes_no", "words": "words", "amount": "money", "region": "region", "regions": "regions",
        "industries": "industries",
    }  # fmt: skip
    assert [d.name for d in describe(Sample) if d.required] == ["name"]


@pytest.mark.parametrize(
    ("field", "written", "read"),
    [
        ("name", "  壓鑄\u3000機 ", "壓鑄 機"),
        ("colour", "红色", "red"),
        ("colour", "大红", "red"),
        ("colour", "青色", "blue"),
        ("colour", "RED", "red"),
        ("colours", "红色、蓝色/青色", ["red", "blue"]),
        ("count", "１２", 12),
        ("count", "三百", 300),
        ("count", "3人", 3),
        ("count", "1.2万", 12000),
        ("share", "3.65", 3.65),
        ("share", "-2", -2.0),
        ("day", "2027年3月1日", dt.date(2027, 3, 1)),
        ("day", "长期", None),
        ("sure", "可", True),
        ("words", "甲、乙；丙", ["甲", "乙", "丙"]),
        ("region", "嘉兴市南湖区", "330402"),
        ("regions", "上海；合肥", ["310000", "340100"]),
        ("industries", "C3392、汽车零部件及配件制造", ["3392", "367"]),
    ],
)  # fmt: skip
def test_it_is_read_as_people_write_it(field: str, written: str, read: Any) -> None:
    parsed = parse(Sample, {"name": "某", field: written})
    assert getattr(parsed, field) == read


@pytest.mark.parametrize(
    ("field", "written", "code"),
    [
        ("name", "", "missing"),
        ("name", None, "missing"),
        ("colour", "紫", "choice.unknown"),
        ("count", "很多", "number.unreadable"),
        ("count", "1.5", "number.not_whole"),
        ("count", "-1", "greater_than_equal"),
        ("day", "昨天", "date.unreadable"),
        ("sure", "也许", "yes_no.unreadable"),
        ("amount", "很贵", "money.unreadable"),
        ("note", ["x"], "text.not_text"),
    ],
)  # fmt: skip
def test_it_is_refused_with_its_place(field: str, written: Any, code: str) -> None:
    with pytest.raises(Faults) as refused:
        parse(Sample, {"name": "某", field: written})
    assert [(f.place, f.code) for f in refused.value.faults] == [(field, code)]


def test_an_empty_cell_means_what_leaving_it_out_means() -> None:
    blank = dict.fromkeys(Sample.model_fields, " ") | {"name": "某"}
    nothing = dict.fromkeys(Sample.model_fields) | {"name": "某"}
    assert parse(Sample, blank) == parse(Sample, nothing) == parse(Sample, {"name": "某"})


class Way(Choices):
    UP = "1", "越高越好", "higher", ("+", "+1")
    DOWN = "-1", "越低越好", "lower", ("-",)
    NEITHER = "0", "不分好坏", "neither"


class WayRecord(Record):
    way: Annotated[choice(Way), said("方向", "Direction")]


@pytest.mark.parametrize(
    ("given", "stored"),
    [("-1", "-1"), ("−1", "-1"), ("－1", "-1"), (-1, "-1"), (" 1 ", "1"), ("１", "1"), ("+", "1"), ("+1", "1"), ("-", "-1"),
     ("越低 越好", "-1"), ("Lower", "-1"), (0, "0")],
)  # fmt: skip
def test_choices_that_differ_by_a_mark_alone_are_told_apart(given: object, stored: str) -> None:
    assert parse(WayRecord, {"way": given}).way == stored
    with pytest.raises(Faults):
        parse(WayRecord, {"way": "~"})

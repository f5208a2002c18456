"""What a column of a sheet is: its name in the record, its labels, and what people may write above it instead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from duijie.core.text import half_width, match_key, simplified


class Named(Protocol):
    """A choice as people see it. What is stored is the reader's affair."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template, an import or an export.

    kind: line, text, money, whole, decimal, date, yes_no, words, region, regions, industries, choice, choices; it decides
    widths, drop-downs, and whether a unit in the heading (预算（万元）) belongs to the values. unit: what bare figures mean.
    """

    name: str
    label_zh: str
    label_en: str
    aliases: tuple[str, ...] = ()
    kind: str = "line"
    required: bool = False
    unit: str = ""
    example: str = ""
    choices: tuple[Named, ...] = ()
    help_zh: str = ""
    help_en: str = ""

    def label(self, chinese: bool) -> str:
        return self.label_zh if chinese else self.label_en


_BRACKETED = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|【([^【】]*)】")
_TABLE_UNIT = re.compile(r"单位\s*[:：]?\s*([^\s,，。;；)）]+)")
_REQUIRED_MARK = re.compile(r"[*＊]|\((?:必填|必填项|选填|可选|required|optional)\)", re.IGNORECASE)
MONEY_UNITS = frozenset(
    ("元", "千元", "万元", "百万元", "亿元", "美元", "万美元", "亿美元", "欧元", "万欧元", "港元", "万港元", "日元", "万日元")
)  # fmt: skip
UNITS = MONEY_UNITS | frozenset(
    ("平方米", "m2", "亩", "公顷", "平方公里", "km2", "米", "公里", "km", "人", "名", "家", "个", "项", "天", "日", "周", "月", "个月",
     "年", "小时", "%", "吨", "千克", "kg", "千瓦", "kw", "兆瓦", "mw", "度", "kwh", "台", "套", "件", "万平方米", "千平方米", "万亩", "万人", "万吨", "万千瓦", "万台", "万套", "万件", "级", "条")
)  # fmt: skip


def heading_keys(text: str) -> list[str]:
    """The keys a heading may be known by, the most exact first: whole, without required marks, without brackets."""
    plain = _REQUIRED_MARK.sub("", simplified(half_width(text)))
    keys = (match_key(text), match_key(plain), match_key(_BRACKETED.sub("", plain)))
    return [key for key in dict.fromkeys(keys) if key]


def heading_unit(text: str) -> str:
    """The unit in a heading's brackets, ``预算（万元）``; empty where the brackets hold something else."""
    for groups in _BRACKETED.findall(_REQUIRED_MARK.sub("", simplified(half_width(text)))):
        for inner in groups:
            unit = inner.strip().removeprefix("单位").lstrip(":： ").removeprefix("人民币")
            if unit.casefold().split("/")[0] in UNITS:
                return unit
    return ""


def table_unit(text: str) -> str:
    """The unit that a line above the headings gives to all amounts of the table, ``单位：万元``; empty where none does."""
    match = _TABLE_UNIT.search(simplified(half_width(text)))
    unit = match[1].removeprefix("人民币") if match else ""
    return unit if unit in MONEY_UNITS else ""


def heading_table(columns: Sequence[Column]) -> dict[str, Column]:
    """From every key a column may be headed by to the column. The first column to claim a key keeps it."""
    table: dict[str, Column] = {}
    for exact in (True, False):
        for column in columns:
            names = (column.name, column.label_zh, column.label_en) if exact else column.aliases
            for name in names:
                table.setdefault(match_key(name), column)
    table.pop("", None)
    return table

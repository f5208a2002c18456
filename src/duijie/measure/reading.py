"""Reading what an officer wrote in a cell, in the unit of its indicator. One refusal for each way of getting it wrong.

A bare number is in the indicator's unit. `12.5%` is 12.5 for an indicator in per cent and 0.125 for a fraction. A number with a multiplier or
a unit (`3.2亿`, `320000万元`) means that amount, brought to the indicator's unit exactly. A decimal comma is refused, because `12,5` could be
a misplaced thousands mark.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal, Inexact
from typing import Any

from duijie.core.errors import Fault
from duijie.core.numerals import NotANumber, read_number
from duijie.core.text import half_width, shorten, simplified

_MULTIPLIERS = {"亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3}
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_COMMA = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})*,\d+|[+-]?\d+,\d{1,2}|[+-]?\d+(?:,\d+)+\.\d+")
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,2}")
_GAPS = {"-", "—", "——", "--", "..", "…", "na", "n/a", "无", "缺", "缺失", "暂无", "/"}
_MOST = Decimal(10) ** 24
_EXACT = Context(prec=60, traps=[Inexact])


def _refuse(code: str, zh: str, en: str) -> Fault:
    return Fault(code, zh, en, status=422)


def split_unit_word(unit: str) -> tuple[int, str]:
    """A unit's multiplier and its base: 亿元 is (100,000,000, 元); 平方米 is (1, 平方米)."""
    for word, multiplier in _MULTIPLIERS.items():
        if unit.startswith(word) and len(unit) > len(word):
            return multiplier, unit[len(word) :]
    return 1, unit


def read_value(given: Any, unit: str) -> Decimal | None:
    """The value in `unit`; None for an empty cell or a mark of a gap (-, 无, NA).

    Raises Fault "value.unreadable", "value.decimal_comma", "value.percent", "value.unit", "value.too_large".
    """
    if given is None or isinstance(given, bool):
        if given is None:
            return None
        raise _refuse("value.unreadable", "这里要写数字。", "A number is wanted here.")
    if isinstance(given, int | float | Decimal):
        return _bounded(Decimal(str(given)))
    text = simplified(half_width(str(given))).replace("，", ",").strip()
    if not text or text.casefold() in _GAPS:
        return None
    return _bounded(_read_text(text, unit.strip()))


def _bounded(value: Decimal) -> Decimal:
    if not value.is_finite() or abs(value) > _MOST:
        raise _refuse("value.too_large", "数字超出范围。", "The number is out of range.")
    return value


def _read_text(text: str, unit: str) -> Decimal:
    plain = text.replace(" ", "")
    if plain.endswith("%"):
        return _percent(plain, unit)
    if _NUMBER.fullmatch(plain) or _SCIENTIFIC.fullmatch(plain):
        return Decimal(plain.replace(",", ""))
    if _COMMA.fullmatch(plain):
        quoted = shorten(text, 30)
        raise _refuse(
            "value.decimal_comma",
            f"“{quoted}”里的逗号不清楚：小数点请写“.”，千分位请每三位一个逗号。",
            f"The comma in “{quoted}” is unclear: write a point before decimals, and commas only between thousands.",
        )
    return _with_unit(plain, text, unit)


def _percent(plain: str, unit: str) -> Decimal:
    number = _number(plain[:-1], plain)
    if unit in {"%", "％", "percent"}:
        return number
    if unit in {"比例", "小数", "fraction", "proportion"}:
        return _EXACT.divide(number, Decimal(100))
    raise _refuse(
        "value.percent",
        f"这个指标的单位是“{unit or '无'}”，不能写百分号。",
        f"This indicator is in “{unit or 'no unit'}”; a per cent sign cannot be used.",
    )


def _number(plain: str, whole: str) -> Decimal:
    sign = -1 if plain.startswith("-") else 1
    try:
        return sign * read_number(plain.lstrip("+-"))[0]
    except (NotANumber, ArithmeticError):
        quoted = shorten(whole, 30)
        raise _refuse("value.unreadable", f"“{quoted}”不是数字。", f"“{quoted}” is not a number.") from None


_LEADING = re.compile(r"^[+-]?[\d,.〇零一二两三四五六七八九十百千万亿点]+")


def _with_unit(plain: str, text: str, unit: str) -> Decimal:
    """A number with a multiplier, with or without the indicator's base unit: 3.2亿, 320000万元. 3.2吨 is another unit."""
    own, base = split_unit_word(unit)
    stripped = plain.removesuffix(base) if base else plain
    tail = _LEADING.sub("", stripped)
    if tail and tail != stripped:
        raise _refuse(
            "value.unit",
            f"“{shorten(text, 30)}”的单位与本指标的单位“{unit or '无'}”不一致。",
            f"The unit of “{shorten(text, 30)}” is not the indicator's, “{unit or 'none'}”.",
        )
    return _scaled(_number(stripped, text), own)


def _scaled(number: Decimal, multiplier: int) -> Decimal:
    return _EXACT.divide(number, Decimal(multiplier))

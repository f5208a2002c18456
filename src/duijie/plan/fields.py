"""Types of this app's schemas, and figures read in an indicator's unit."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from duijie.core.errors import Fault
from duijie.core.money import CURRENCIES, Money, format_money, parse_money
from duijie.core.schema.types import Shown, _read_decimal, understood
from duijie.core.text import half_width, shorten
from duijie.plan.choices import unit_label

MONEY = ("CNY", "USD")
LARGEST = 10**18
_CODE = re.compile(r"[0-9A-Za-z一-龥][0-9A-Za-z一-龥._-]{0,19}")


def _refuse(code: str, zh: str, en: str, place: str | None = None) -> Fault:
    return Fault(code, zh, en, status=422, place=place)


def _read_code(value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise _refuse("text.not_text", "这里要写文字。", "Text is wanted here.")
    text = half_width(str(int(value) if isinstance(value, float) and value.is_integer() else value)).strip()
    if not _CODE.fullmatch(text):
        quoted = shorten(text, 30)
        raise _refuse(
            "code.unreadable",
            f"“{quoted}”不能用作编号：最多 20 个字，可用文字、数字和 . - _。",
            f"“{quoted}” cannot be a code: at most 20 letters, digits, full stops, hyphens.",
        )
    return text


Code = Annotated[str, understood(_read_code)]


def _read_raw_figure(value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise _refuse("number.unreadable", "这里要写数字或金额。", "A number or an amount is wanted here.")
    text = half_width(str(value)).strip()
    if len(text) > 60:
        raise _refuse("text.too_long", "最多 60 个字。", "At most 60 characters.")
    return text


# A figure as it was written; `stored_figure` reads it once the indicator's unit is known.
RawFigure = Annotated[str, Shown("line"), understood(_read_raw_figure)]


def _read_filters(value: Any) -> dict[str, Any]:
    """An object, or one line: "min_amount=1亿; source=上海"."""
    if isinstance(value, dict):
        return value
    if isinstance(value, bool | list):
        raise _refuse("filters.unreadable", "筛选条件写成“名称=值”，多个用分号隔开。", "Filters are name=value; several by semicolons.")  # fmt: skip
    found: dict[str, Any] = {}
    for part in re.split(r"[;；\n]+", str(value)):
        if not part.strip():
            continue
        name, mark, text = half_width(part).partition("=")
        if not mark or not name.strip():
            raise _refuse("filters.unreadable", f"“{shorten(part, 30)}”看不懂：筛选条件写成“名称=值”，多个用分号隔开。", f"“{shorten(part, 30)}”: filters are name=value; several by semicolons.")  # fmt: skip
        found[name.strip()] = text.strip()
    return found


Filters = Annotated[dict[str, Any], Shown("line"), understood(_read_filters)]


def stored_figure(text: str, unit: str, *, place: str = "value") -> int:
    """A figure as people write it, in whole stored units of `unit`: fen, cents, hundredths of a per cent, or pieces.

    Raises Fault "figure.currency", "figure.too_fine", "number.unreadable", "money.…".
    """
    try:
        if unit in MONEY:
            return _money(text, unit)
        number = _plain(text, unit)
    except Fault as fault:
        raise fault.at(place) from None
    scaled = number * 100 if unit == "percent" else number
    if scaled != scaled.to_integral_value():
        raise _refuse("figure.too_fine", f"“{text}”太细：这个指标以整数（百分比到两位小数）计。", f"“{text}” is too fine: whole numbers here (two decimals for per cent).", place)  # fmt: skip
    if abs(scaled) > LARGEST:
        raise _refuse("number.too_large", "数字超出范围。", "The number is out of range.", place)
    return int(scaled)


def _plain(text: str, unit: str) -> Decimal:
    bare = re.sub(r"(?:%|％|个百分点|场|项|家|件|次|人次|人|天|个|平方米|㎡|m²)$", "", text.strip())
    found = _read_decimal(bare)
    assert isinstance(found, Decimal)
    return found


def _money(text: str, unit: str) -> int:
    found = parse_money(text, unit="美元" if unit == "USD" else "元")
    if found is None:
        raise _refuse("missing", "请填写金额。", "An amount is required.")
    if found.currency != unit:
        zh, en = CURRENCIES[unit].zh, unit
        raise _refuse("figure.currency", f"“{text}”的币种不对：这个指标以{zh}计，请按当日汇率另列。", f"“{text}” is in another currency: this indicator is in {en}.")  # fmt: skip
    return found.amount_minor


def shown_figure(value: int | None, unit: str, name: str = "", *, exact: bool = False) -> str:
    """A stored figure as people read it: 45亿元, 72.73%, 6 场; nothing is —."""
    if value is None:
        return "—"
    if unit in MONEY:
        sign = "-" if value < 0 else ""
        return sign + format_money(Money(abs(value), unit), exact=exact)
    if unit == "percent":
        return f"{Decimal(value) / 100:f}".rstrip("0").rstrip(".") + "%" if value % 100 else f"{value // 100}%"
    label = unit_label(unit, name)
    return f"{value:,} {label}".strip()


def plain_figure(value: int | None, unit: str) -> float | int | None:
    """A stored figure in its unit as a plain number: yuan, per cent, pieces; for charts and sheets."""
    if value is None:
        return None
    if unit in MONEY or unit == "percent":
        return value // 100 if value % 100 == 0 else float(Decimal(value) / 100)
    return value

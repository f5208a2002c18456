"""Types that understand what offices write: 12 万, full-width digits, names of places, lists in one cell, traditional characters.

Each is an Annotated type whose validator raises a sentence; `understood` carries a Fault through pydantic.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from duijie.core.errors import Fault
from duijie.core.schema.record import Choices
from duijie.core.text import half_width, match_key, shorten, simplified, tidy_line, tidy_text

C = TypeVar("C", bound=Choices)
EMPTY: tuple[Any, ...] = (None, "", [], ())


class Shown:
    """Marks how a type is shown where its plain Python type does not say: text, region, regions, industries, money."""

    def __init__(self, kind: str) -> None:
        self.kind = kind


def understood(read: Callable[[Any], Any]) -> BeforeValidator:
    """A validator from a reader that raises Fault; empty input is None."""

    def validate(value: Any) -> Any:
        if isinstance(value, str) and not value.strip():
            value = None
        if value is None:
            return None
        try:
            return read(value)
        except Fault as fault:
            raise PydanticCustomError("fault", "{zh}", {"code": fault.code, "zh": fault.zh, "en": fault.en}) from None

    return BeforeValidator(validate)


def _refuse(code: str, zh: str, en: str) -> Fault:
    return Fault(code, zh, en, status=422)


def _as_text(value: Any) -> str:
    if isinstance(value, bool | list | dict):
        raise _refuse("text.not_text", "这里要写文字。", "Text is wanted here.")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def line(max_length: int) -> Any:
    def read(value: Any) -> str:
        text = tidy_line(_as_text(value))
        if len(text) > max_length:
            raise _refuse(
                "text.too_long",
                f"最多 {max_length} 个字，现在有 {len(text)} 个。",
                f"At most {max_length} characters; there are {len(text)}.",
            )
        return text

    return Annotated[str, understood(read)]


def long_text(max_length: int) -> Any:
    def read(value: Any) -> str:
        text = tidy_text(_as_text(value))
        if len(text) > max_length:
            raise _refuse(
                "text.too_long",
                f"最多 {max_length} 个字，现在有 {len(text)} 个。",
                f"At most {max_length} characters; there are {len(text)}.",
            )
        return text

    return Annotated[str, Shown("text"), understood(read)]


ShortLine = line(80)
Line = line(256)
LongText = long_text(20_000)


class AmountValue(BaseModel):
    """An amount or a range in the currency's minor unit; an open end is None."""

    model_config = ConfigDict(extra="forbid")
    low_minor: int | None = None
    high_minor: int | None = None
    currency: str = "CNY"

    def __str__(self) -> str:
        from duijie.core.money import Money, MoneyRange, format_money_range

        low = Money(self.low_minor, self.currency) if self.low_minor is not None else None
        high = Money(self.high_minor, self.currency) if self.high_minor is not None else None
        return format_money_range(MoneyRange(low, high)) if (low or high) else ""


def _read_amount(value: Any) -> Any:
    if isinstance(value, AmountValue):
        return value
    if isinstance(value, dict):
        return _checked_amount(value)
    from duijie.core.money import parse_money_range

    if isinstance(value, bool | list):
        raise _refuse("money.unreadable", "这里要写金额，例如“12万”。", "An amount is wanted here, e.g. 120,000.")
    found = parse_money_range(value)
    if found is None:
        return None
    one = found.low or found.high
    return AmountValue(
        low_minor=found.low.amount_minor if found.low else None,
        high_minor=found.high.amount_minor if found.high else None,
        currency=one.currency if one else "CNY",
    )


def _checked_amount(value: dict[str, Any]) -> dict[str, Any] | None:
    from duijie.core.money import CURRENCIES

    low, high, currency = value.get("low_minor"), value.get("high_minor"), value.get("currency", "CNY")
    unknown = set(value) - {"low_minor", "high_minor", "currency"}
    if (
        unknown
        or currency not in CURRENCIES
        or any(
            x is not None and (not isinstance(x, int) or isinstance(x, bool) or not 0 <= x <= 10**18)
            for x in (low, high)
        )
    ):
        raise _refuse(
            "money.unreadable",
            "金额对象应为 {low_minor, high_minor, currency}，以分为单位的非负整数和币种代码。",
            "An amount object is {low_minor, high_minor, currency}: non-negative integers of the minor unit and an ISO code.",
        )
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        raise _refuse("money.range", "范围的下限大于上限。", "The lower end is above the upper end.")
    return value


Amount = Annotated[AmountValue | None, understood(_read_amount)]


# Counters that say nothing about scale, so that "12 台" is the number twelve; 年, 亩, 吨 and the like are units and are refused.
_COUNTED = re.compile(r"^([+-]?)(.+?)[人名家台套件个只条项位]?$")


def _read_decimal(value: Any) -> Decimal:
    from duijie.core.numerals import NotANumber, read_number

    if isinstance(value, bool | list | dict):
        raise _refuse("number.unreadable", "这里要写数字。", "A number is wanted here.")
    try:
        if isinstance(value, int | float | Decimal):
            number = Decimal(str(value))
        else:
            sign, figures = _COUNTED.fullmatch(simplified(half_width(value))).groups()  # type: ignore[union-attr]
            number = read_number(figures)[0] * (-1 if sign == "-" else 1)
    except (NotANumber, ArithmeticError, AttributeError, ValueError):
        quoted = shorten(str(value), 40)
        raise _refuse("number.unreadable", f"“{quoted}”不是数字。", f"“{quoted}” is not a number.") from None
    if not number.is_finite() or abs(number) > Decimal(10) ** 18:
        raise _refuse("number.too_large", "数字超出范围。", "The number is out of range.")
    return number


def _read_whole(value: Any) -> int:
    number = _read_decimal(value)
    if number != number.to_integral_value():
        raise _refuse("number.not_whole", f"“{value}”不是整数。", f"“{value}” is not a whole number.")
    return int(number)


Decimal2 = Annotated[float, understood(lambda v: float(_read_decimal(v)))]
Whole = Annotated[int, understood(_read_whole)]
# The number itself, figure by figure, where a float would round it.
Exact = Annotated[Decimal, Shown("decimal"), understood(_read_decimal)]


def _read_day(value: Any) -> dt.date | None:
    from duijie.core.calendar import parse_date

    if isinstance(value, bool | list | dict):
        raise _refuse("date.unreadable", "这里要写日期，例如 2026-11-21。", "A date is wanted here, e.g. 2026-11-21.")
    return parse_date(value)


# 长期 and 不限 are understood as no day at all.
Day = Annotated[dt.date | None, understood(_read_day)]

_YES = {"是", "有", "对", "可", "可以", "真", "1", "y", "yes", "true", "on", "√", "✓"}
_NO = {"否", "无", "没有", "不", "不可以", "假", "0", "n", "no", "false", "off", "×", "✗"}


def _read_yes_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = half_width(str(value)).casefold()
    if word in _YES or word in _NO:
        return word in _YES
    quoted = shorten(str(value), 20)
    raise _refuse("yes_no.unreadable", f"“{quoted}”看不懂，请写“是”或“否”。", f"“{quoted}”: write yes or no.")


YesNo = Annotated[bool, understood(_read_yes_no)]
_SEPARATORS = re.compile(r"[、，,;；|\n\t]+")
_SLASHES = re.compile(r"[、，,;；|/／\n\t]+")


def split_list(value: Any, *, slashes: bool = False) -> list[str]:
    """The items of a list or of one cell: 甲、乙；丙."""
    if isinstance(value, str):
        items = (_SLASHES if slashes else _SEPARATORS).split(value)
    elif isinstance(value, list | tuple):
        items = [_as_text(item) for item in value]
    else:
        items = [_as_text(value)]
    seen: dict[str, None] = {}
    for item in items:
        tidy = tidy_line(item)
        if tidy:
            seen.setdefault(tidy)
    return list(seen)


def _read_words(value: Any) -> list[str]:
    words = split_list(value)
    if len(words) > 50:
        raise _refuse(
            "list.too_long", f"最多 50 项，现在有 {len(words)} 项。", f"At most 50 items; there are {len(words)}."
        )
    for word in words:
        if len(word) > 80:
            raise _refuse(
                "text.too_long", f"“{shorten(word, 20)}”太长，每项最多 80 个字。", "Each item: at most 80 characters."
            )
    return words


Words = Annotated[list[str], understood(_read_words)]


def _read_region(value: Any) -> str:
    from duijie.core import regions

    return regions.resolve(_as_text(value)).code


def _read_regions(value: Any) -> list[str]:
    return list(dict.fromkeys(_read_region(item) for item in split_list(value)))[:60]


def _read_industries(value: Any) -> list[str]:
    from duijie.core import industries

    # Names of industries may hold 、 themselves ("计算机、通信和其他电子设备制造业"): the whole cell is tried first.
    if isinstance(value, str):
        whole = industries.find(value)
        if whole is not None:
            return [whole.code]
    return list(dict.fromkeys(industries.resolve(item).code for item in split_list(value)))[:20]


RegionCode = Annotated[str, Shown("region"), understood(_read_region)]
RegionCodes = Annotated[list[str], Shown("regions"), understood(_read_regions)]
IndustryCodes = Annotated[list[str], Shown("industries"), understood(_read_industries)]


def _read_credit_code(value: Any) -> str:
    from duijie.core.creditcode import parse_credit_code

    return str(parse_credit_code(_as_text(value)))


CreditCode = Annotated[str, understood(_read_credit_code)]


def _read_web(value: Any) -> str:
    text = half_width(_as_text(value))
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.scheme not in {"http", "https"} or "." not in (parts.hostname or "") or len(text) > 500 or " " in text:
        quoted = shorten(text, 40)
        raise _refuse("web.unreadable", f"“{quoted}”不是网址。", f"“{quoted}” is not a web address.")
    return parts.geturl()


Web = Annotated[str, understood(_read_web)]


_MINUS = str.maketrans(dict.fromkeys("−－–—﹣", "-"))


def _exact(name: str) -> str:
    return half_width(name).translate(_MINUS).strip().casefold()


@lru_cache(maxsize=256)
def _keys(kind: type[Choices]) -> tuple[dict[str, str], dict[str, str]]:
    """Names as they are, and names without marks and spaces; of these only such as mean one choice ("1" and "-1" do not)."""
    whole: dict[str, str] = {}
    parts: dict[str, set[str]] = {}
    loose: dict[str, set[str]] = {}
    for member in kind:
        for name in (member.value, member.zh, member.en, *member.also):
            if name:
                whole.setdefault(_exact(name), member.value)
                loose.setdefault(match_key(name), set()).add(member.value)
        for part in re.split(r"[/／（）()]", member.zh):
            parts.setdefault(_exact(part), set()).add(member.value)
            loose.setdefault(match_key(part), set()).add(member.value)
    return _of_one(parts) | whole, _of_one(loose)


def _of_one(names: dict[str, set[str]]) -> dict[str, str]:
    return {name: next(iter(values)) for name, values in names.items() if name and len(values) == 1}


def read_choice(kind: type[Choices], value: Any) -> str:
    """The stored word of a choice given by word, Chinese or English name."""
    text = _as_text(value)
    exact, loose = _keys(kind)
    found = exact.get(_exact(text)) or loose.get(match_key(text))
    if found is None:
        quoted, options = shorten(str(value), 30), list(kind)
        raise _refuse(
            "choice.unknown",
            f"“{quoted}”不在可选项中；可选：{'、'.join(m.zh for m in options)}。",
            f"“{quoted}” is not one of: {', '.join(m.en for m in options)}.",
        )
    return found


class ChoiceOf:
    """Marks a field's closed list for forms and sheets."""

    def __init__(self, kind: type[Choices], many: bool) -> None:
        self.kind, self.many = kind, many


def choice(kind: type[C]) -> Any:
    """One of `kind`."""
    return Annotated[str, ChoiceOf(kind, False), understood(lambda v: read_choice(kind, v))]


def choices(kind: type[C]) -> Any:
    """Several of `kind`."""

    def read(value: Any) -> list[str]:
        return list(dict.fromkeys(read_choice(kind, item) for item in split_list(value, slashes=True)))

    return Annotated[list[str], ChoiceOf(kind, True), understood(read)]

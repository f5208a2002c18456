"""Amounts of money: reading what people write, and writing what people read.

An amount is an integer of the currency's minor unit (fen for CNY) with an ISO 4217 code. Reading goes through `Decimal`
and refuses what it would have to guess; writing is in 万 and 亿 with at most two decimals, or exact.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from duijie.core.errors import Fault
from duijie.core.language import ENGLISH, current_language
from duijie.core.numerals import NotANumber, read_number
from duijie.core.text import half_width, shorten, simplified

DEFAULT_CURRENCY = "CNY"
# Above a hundred trillion yuan a figure is a slip of the keyboard (China's yearly product is about 1.3e14).
LARGEST_MAJOR = Decimal(10**14)


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency: its code, decimals of the minor unit, Chinese name, and the words that mean it."""

    code: str
    decimals: int
    zh: str
    words: tuple[str, ...]


CURRENCIES: dict[str, Currency] = {
    currency.code: currency
    for currency in (
        Currency(
            "CNY", 2, "元", ("人民币元", "人民币", "元整", "元", "圆整", "圆", "块钱", "块", "rmb", "cny", "yuan", "¥")
        ),
        Currency("USD", 2, "美元", ("美元", "美金", "usd", "us$", "dollars", "$")),
        Currency("EUR", 2, "欧元", ("欧元", "eur", "euros", "euro", "€")),
        Currency("JPY", 0, "日元", ("日元", "日圆", "jpy", "yen")),
        Currency("GBP", 2, "英镑", ("英镑", "gbp", "£")),
        Currency("HKD", 2, "港元", ("港元", "港币", "hkd", "hk$")),
        Currency("MOP", 2, "澳门元", ("澳门元", "澳门币", "mop")),
        Currency("TWD", 2, "新台币", ("新台币元", "新台币", "台币", "twd", "nt$")),
        Currency("KRW", 0, "韩元", ("韩元", "韩圆", "krw")),
        Currency("SGD", 2, "新加坡元", ("新加坡元", "新元", "sgd", "s$")),
        Currency("AUD", 2, "澳大利亚元", ("澳大利亚元", "澳元", "aud", "a$")),
        Currency("CAD", 2, "加拿大元", ("加拿大元", "加元", "cad", "c$")),
        Currency("CHF", 2, "瑞士法郎", ("瑞士法郎", "chf")),
    )
}
_WORDS: list[tuple[str, str]] = sorted(
    ((word, currency.code) for currency in CURRENCIES.values() for word in currency.words),
    key=lambda pair: -len(pair[0]),
)
_NEGOTIABLE = {
    "面议", "面谈", "价格面议", "待定", "待议", "另议", "可议", "协商", "双方协商", "协商确定", "双方协商确定", "商议", "议价",
    "未定", "不详", "暂无", "无", "-", "--", "/", "negotiable", "tbd", "tba", "n/a", "na", "none", "to be discussed",
}  # fmt: skip
_FREE = {"免费", "无偿", "free"}
_ABOUT = re.compile(r"^(?:约为|大约|约|大概|about|approx\.?|~)\s*|\s*(?:左右|上下)$", re.IGNORECASE)
_AT_LEAST = re.compile(
    r"^(?:不低于|不少于|不小于|至少|最低|大于等于|大于|超过|高于|>=|≥|>|at least|over|from)\s*"
    r"|\s*(?:\(含\))?(?:及以上|以上|起|or more)$",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"^(?:不高于|不超过|不多于|不大于|至多|最多|最高|小于等于|小于|低于|<=|≤|<|at most|up to|below)\s*"
    r"|\s*(?:\(含\))?(?:及以下|以下|以内|之内|内|封顶)$",
    re.IGNORECASE,
)
_MORE_OR_LESS = re.compile(r"(?<=[\d十百千万亿])[余多](?=[十百千万亿元圆美欧日英港]|$)")
_PLAIN_YUAN = {"元", "圆", "元整", "圆整"}
_RANGE = re.compile(r"\s*(?:-+|–|—+|−|~|至|到|\bto\b)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's minor unit."""

    amount_minor: int
    currency: str = DEFAULT_CURRENCY

    @property
    def major(self) -> Decimal:
        """The amount in yuan, dollars, ... exactly."""
        return Decimal(self.amount_minor).scaleb(-CURRENCIES[self.currency].decimals)


@dataclass(frozen=True, slots=True)
class MoneyRange:
    """From `low` to `high`; one end may be open, and both are the same for a single amount."""

    low: Money | None
    high: Money | None
    approximate: bool = False


def parse_money(value: str | int | float | Decimal, *, unit: str = "元") -> Money | None:
    """One amount, or None where it is to be negotiated or left empty.

    `unit` is what a bare figure means, as a column heading says it: 元, 万元, 亿元, 万美元. A float, which is what a cell with
    a computed figure holds, is rounded to the minor unit; text that is finer is refused.
    Raises `Fault` "money.unreadable", "money.range", "money.negative", "money.too_large" or "money.too_fine".
    """
    found = parse_money_range(value, unit=unit)
    if found is None:
        return None
    if found.low is None or found.high is None or found.low != found.high:
        raise _fault("money.range", value, "这里要一个金额，不是范围", "one amount is wanted here, not a range")
    return found.low


def parse_money_range(value: str | int | float | Decimal, *, unit: str = "元") -> MoneyRange | None:
    """An amount or a range: ``300-500万元``, ``500万以上``, ``不超过1亿``; see `parse_money`."""
    text = _readable(value)
    if not text or text.casefold() in _NEGOTIABLE:
        return None
    bare = _read_unit(unit)
    if text.casefold() in _FREE:
        nothing = Money(0, bare.currency or DEFAULT_CURRENCY)
        return MoneyRange(nothing, nothing)
    text, approximate = _strip(_ABOUT, _MORE_OR_LESS.sub("", text))
    approximate = approximate or bool(_MORE_OR_LESS.search(half_width(str(value))))
    text, at_least = _strip(_AT_LEAST, text)
    text, at_most = _strip(_AT_MOST, text)
    if not text:
        raise _unreadable(value)
    ends = _RANGE.split(text)
    if not ends[0]:
        raise _fault("money.negative", value, "金额不能是负数", "an amount cannot be negative")
    if len(ends) > 2 or at_least + at_most + len(ends) > 2:
        raise _unreadable(value)
    high = _read_figure(ends[-1], value)
    if len(ends) == 1:
        amount = _money(high, bare, value)
        return MoneyRange(None if at_most else amount, None if at_least else amount, approximate)
    low = _read_figure(ends[0], value)
    if low.currency and high.currency and low.currency != high.currency:
        raise _fault("money.unreadable", value, "范围两端的币种不同", "the two ends are in different currencies")
    if low.multiplier == 1 and not low.closed and not (low.led and high.led):
        # 300-500万元, 人民币300-500万: the lower end is in 万 as well. CNY 500 to CNY 1 million says each for itself.
        low = _Figure(low.number * high.multiplier, high.multiplier, low.currency or high.currency)
    elif low.currency is None:
        low = _Figure(low.number, low.multiplier, high.currency)
    elif high.currency is None:
        high = _Figure(high.number, high.multiplier, low.currency)
    first, last = _money(low, bare, value), _money(high, bare, value)
    if first.amount_minor > last.amount_minor:
        raise _fault("money.range", value, "范围的下限大于上限", "the lower end is above the upper end")
    return MoneyRange(first, last, approximate)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A number as read, with the unit and the currency that stood beside it (1 and None where none did)."""

    number: Decimal
    multiplier: int
    currency: str | None
    led: bool = False  # a currency stood before it, or behind it: 300元 is in yuan, 人民币300 may yet be in 万
    closed: bool = False

    @property
    def bare(self) -> bool:
        return self.multiplier == 1 and self.currency is None


def _readable(value: str | int | float | Decimal) -> str:
    """The value as half-width simplified text; floats through 15 digits, which is what a spreadsheet keeps."""
    if isinstance(value, bool):
        raise _unreadable(str(value))
    if isinstance(value, float):
        value = Decimal(f"{value:.15g}")
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else "?"
    return simplified(half_width(str(value)))


def _strip(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    """Take away what `pattern` finds at either end, and say whether something was found."""
    shorter = pattern.sub("", text).strip()
    return shorter, shorter != text


@lru_cache(maxsize=64)
def _read_unit(unit: str) -> _Figure:
    """What a column heading's unit means for a bare figure: 万元 is (10,000, CNY)."""
    text, currency = _take_currency(simplified(half_width(unit)).casefold())
    try:
        number, multiplier = read_number("1" + text)
    except NotANumber:
        raise ValueError(f"unit {unit!r} is not a unit of money") from None
    return _Figure(number, multiplier, currency or DEFAULT_CURRENCY)


def _take_currency(text: str) -> tuple[str, str | None]:
    """Take the currency words away from both ends. 元 after another currency's name adds nothing (港币12万元)."""
    found: str | None = None
    found_plain = False
    taken = True
    while taken:
        taken = False
        for word, code in _WORDS:
            if text.startswith(word) or text.endswith(word):
                if found and code != found and not (word in _PLAIN_YUAN or found_plain):
                    return text, found  # two currencies: what is left will not read as a number
                text = (text[len(word) :] if text.startswith(word) else text[: -len(word)]).strip()
                if found is None or found_plain:
                    found, found_plain = code, word in _PLAIN_YUAN
                taken = True
                break
    return text, found


def _read_figure(text: str, whole: object) -> _Figure:
    text = text.strip().casefold()
    rest, currency = _take_currency(text)
    try:
        number, multiplier = read_number(rest)
    except NotANumber:
        raise _unreadable(whole) from None
    return _Figure(number, multiplier, currency, led=not text.startswith(rest), closed=not text.endswith(rest))


def _money(figure: _Figure, bare: _Figure, whole: object) -> Money:
    number = figure.number * bare.number if figure.bare else figure.number
    currency = CURRENCIES[figure.currency or bare.currency or DEFAULT_CURRENCY]
    if number > LARGEST_MAJOR:
        raise _fault("money.too_large", whole, "金额过大，请核对单位", "the amount is too large; check the unit")
    minor = number.scaleb(currency.decimals)
    if isinstance(whole, float):
        minor = minor.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if minor != minor.to_integral_value():
        raise _fault(
            "money.too_fine", whole, f"{currency.zh}最多保留{currency.decimals}位小数",
            f"{currency.code} has at most {currency.decimals} decimals",
        )  # fmt: skip
    return Money(int(minor), currency.code)


def _fault(code: str, value: object, zh: str, en: str) -> Fault:
    quoted = shorten(str(value), 40)
    return Fault(code, f"金额“{quoted}”：{zh}。", f"Amount “{quoted}”: {en}.", status=422)


def _unreadable(value: object) -> Fault:
    return _fault(
        "money.unreadable", value, "看不懂，请写成“12万”“1.5亿”“3,000元”“300-500万元”或“面议”",
        "not understood; write 120,000, 1.5 million, 300-500万元 or “negotiable”",
    )  # fmt: skip


def format_money(money: Money, *, exact: bool = False, language: str | None = None) -> str:
    """In Chinese ``1.5亿元``, ``12.35万元``, ``3,000元``; in English ``CNY 150 million``; `exact` gives every digit.

    At most two decimals, rounded half up. `language` is "zh-hans" or "en", or the one in force where it is None.
    """
    chinese = (language or current_language()) != ENGLISH
    currency = CURRENCIES[money.currency]
    figure, unit = (_every_digit(money), "") if exact else _scaled(money, _SCALES_ZH if chinese else _SCALES_EN)
    return f"{figure}{unit}{currency.zh}" if chinese else f"{currency.code} {figure}{unit}"


def format_money_range(span: MoneyRange, *, exact: bool = False, language: str | None = None) -> str:
    """``300万元至500万元``, ``500万元以上``, ``不超过100万元``; one amount where both ends are the same."""
    chinese = (language or current_language()) != ENGLISH
    low = format_money(span.low, exact=exact, language=language) if span.low else ""
    high = format_money(span.high, exact=exact, language=language) if span.high else ""
    about = ("约" if chinese else "about ") if span.approximate else ""
    if not low:
        return f"{about}不超过{high}" if chinese else f"{about}up to {high}"
    if not high:
        return f"{about}{low}以上" if chinese else f"{about}{low} or more"
    if span.low == span.high:
        return about + low
    return f"{about}{low}至{high}" if chinese else f"{about}{low} to {high}"


_SCALES_ZH = ((Decimal(10**12), "万亿"), (Decimal(10**8), "亿"), (Decimal(10**4), "万"))
_SCALES_EN = ((Decimal(10**12), " trillion"), (Decimal(10**9), " billion"), (Decimal(10**6), " million"))


def _every_digit(money: Money) -> str:
    decimals = CURRENCIES[money.currency].decimals
    whole = money.major == money.major.to_integral_value()
    return f"{money.major:,.{0 if whole else decimals}f}"


def _scaled(money: Money, scales: tuple[tuple[Decimal, str], ...]) -> tuple[str, str]:
    """The figure in the largest unit that it fills; 99,999,999 rounds to 10000万 and is therefore 1亿."""
    ascending = scales[::-1]
    if money.major < ascending[0][0]:
        return _every_digit(money), ""
    rounded, unit = Decimal(0), ""
    for position, (scale, unit) in enumerate(ascending):  # noqa: B007 (the last one tried is the answer)
        rounded = (money.major / scale).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
        if position + 1 == len(ascending) or rounded * scale < ascending[position + 1][0]:
            break
    return f"{rounded.normalize():f}", unit

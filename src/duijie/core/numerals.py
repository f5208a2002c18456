"""Numbers as Chinese offices write them: ``三百万``, ``1.5亿``, ``壹佰萬``, ``２千``, ``3,000``, ``1亿2000万``.

Everything is a `Decimal`; nothing passes through a float. Text is expected half-width and simplified
(`core.text.half_width`, `core.text.simplified`).
"""

from __future__ import annotations

import re
from decimal import Decimal

_DIGITS = {
    **{digit: value for value, digit in enumerate("零一二三四五六七八九")},
    **{digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "〇": 0,
    "两": 2,
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_BIG = {"万": 10**4, "亿": 10**8}
_ENGLISH = {
    "k": 10**3, "thousand": 10**3, "w": 10**4,
    "m": 10**6, "mn": 10**6, "mio": 10**6, "million": 10**6, "millions": 10**6,
    "b": 10**9, "bn": 10**9, "billion": 10**9, "billions": 10**9, "tn": 10**12, "trillion": 10**12,
}  # fmt: skip
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_DIGIT_CLASS = "".join(_DIGITS)
_TOKEN = re.compile(
    rf"(?P<arabic>{_ARABIC})|(?P<digits>[{_DIGIT_CLASS}]+)|(?P<point>点)"
    rf"|(?P<small>[{''.join(_SMALL)}])|(?P<big>[{''.join(_BIG)}])"
)
_WITH_ENGLISH_UNIT = re.compile(rf"({_ARABIC}) ?({'|'.join(sorted(_ENGLISH, key=len, reverse=True))})", re.IGNORECASE)


class NotANumber(ValueError):
    """The text isn't one number."""


def read_number(text: str) -> tuple[Decimal, int]:
    """Read `text` as one number that is zero or more.

    Returns the value and the multiplier of its last unit (``"500万"`` gives 5,000,000 and 10,000), which the lower end
    of a range such as ``300-500万`` borrows; 1 where no unit was written.
    Raises `NotANumber`.
    """
    compact = text.replace(" ", "")
    with_unit = _WITH_ENGLISH_UNIT.fullmatch(text.strip())
    if with_unit:
        multiplier = _ENGLISH[with_unit[2].casefold()]
        return Decimal(with_unit[1].replace(",", "")) * multiplier, multiplier
    tokens = _tokens(compact)
    return _value(tokens), _trailing_multiplier(tokens)


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise NotANumber(text)
        tokens.append((match.lastgroup, match.group()))
        position = match.end()
    if not tokens:
        raise NotANumber(text)
    return tokens


def _trailing_multiplier(tokens: list[tuple[str, str]]) -> int:
    multiplier = 1
    for kind, token in reversed(tokens):
        if kind == "small":
            multiplier *= _SMALL[token]
        elif kind == "big":
            multiplier *= _BIG[token]
        else:
            break
    return multiplier


def _value(tokens: list[tuple[str, str]]) -> Decimal:
    """Add the tokens up: small units build a section, big units close it."""
    reader = _Reader()
    position = 0
    while position < len(tokens):
        kind, token = tokens[position]
        if kind == "arabic":
            reader.number(Decimal(token.replace(",", "")), tail="arabic")
        elif kind == "digits":
            value = Decimal(_arabic(token))
            fraction = tokens[position + 1 : position + 3]
            if [kind for kind, _ in fraction] == ["point", "digits"]:
                value += Decimal("0." + _arabic(fraction[1][1]))
                position += 2
            reader.number(value, tail="spoken" if len(token) == 1 else "zero-led" if _DIGITS[token[0]] == 0 else "run")
        elif kind == "small":
            reader.small(_SMALL[token])
        elif kind == "big":
            reader.big(_BIG[token])
        else:
            raise NotANumber(token)
        position += 1
    return reader.total()


def _arabic(digits: str) -> str:
    return "".join(str(_DIGITS[digit]) for digit in digits)


class _Reader:
    """Running state while a number is read from left to right."""

    def __init__(self) -> None:
        self._closed = Decimal(0)  # what big units have closed
        self._section = Decimal(0)  # what small units have gathered since
        self._pending: Decimal | None = None  # a figure that waits for its unit
        self._tail = ""  # how the pending figure was written, in case no unit follows
        self._last_small = 10**4
        self._last_big: int | None = None
        self._last_unit = 1

    def number(self, value: Decimal, *, tail: str) -> None:
        if self._pending is not None:
            raise NotANumber("two figures without a unit between them")
        self._pending, self._tail = value, tail

    def small(self, unit: int) -> None:
        self._refuse_run()
        implied_one = unit == 10 and self._section == 0  # 十五; but 百万 alone names no figure
        if (self._pending is None and not implied_one) or unit >= self._last_small:
            raise NotANumber("a unit without a figure, or units out of order")
        self._section += (Decimal(1) if self._pending is None else self._pending) * unit
        self._pending, self._last_small, self._last_unit = None, unit, unit

    def big(self, unit: int) -> None:
        self._refuse_run()
        follows_smaller = self._last_big is not None and unit > self._last_big
        if self._pending is None and self._section == 0 and not follows_smaller:
            raise NotANumber("a unit without a figure")
        section = self._section + (self._pending or 0)
        if follows_smaller:
            self._closed = (self._closed + section) * unit  # 1.5万亿, 一万二千亿
        elif unit == self._last_big:
            raise NotANumber("the same unit twice")
        else:
            self._closed += section * unit
        self._section, self._pending = Decimal(0), None
        self._last_small, self._last_big, self._last_unit = 10**4, unit, unit

    def _refuse_run(self) -> None:
        """五三百 is neither 五百三 nor 五十三百."""
        if self._tail in ("run", "zero-led") and self._pending is not None and self._pending >= 10:
            raise NotANumber("digits side by side before a unit")

    def total(self) -> Decimal:
        return self._closed + self._section + self._rest()

    def _rest(self) -> Decimal:
        """The figure after the last unit. 12万5 may be 120,005 or 125,000, so a person has to say which."""
        if self._pending is None:
            return Decimal(0)
        if self._last_unit == 1:
            return self._pending
        if self._tail == "spoken":  # 二十五, 一百二 (120), 三万五 (35,000)
            return self._pending * max(1, self._last_unit // 10)
        full = self._last_unit // 10 <= self._pending < self._last_unit  # 3万5000
        if (self._tail == "arabic" and full) or (self._tail == "zero-led" and self._pending < self._last_unit):
            return self._pending
        raise NotANumber("a figure without its unit")

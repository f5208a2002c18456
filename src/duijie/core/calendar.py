"""Days and periods as offices write them, closed at midnight in Asia/Shanghai.

A day is a `date`; an instant is an aware UTC `datetime`. Nothing here reads the clock: whoever needs today passes the
instant in.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import total_ordering
from zoneinfo import ZoneInfo

from duijie.core.errors import Fault
from duijie.core.language import ENGLISH, current_language
from duijie.core.numerals import NotANumber, read_number
from duijie.core.text import half_width, shorten, simplified

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 1900, 2199
_EXCEL_EPOCH = date(1899, 12, 30)  # serial 60 is the 29 February 1900 that never was; later serials count from here
_EXCEL_1904_EPOCH = date(1904, 1, 1)
_NO_DAY = {"长期", "长期有效", "永久", "永久有效", "不限", "无", "无固定期限", "-", "/", "long-term", "none", "n/a"}
_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_DAY_PATTERNS = (
    re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})[日号]?)?"),
    re.compile(r"(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
_CLOCK = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?$", re.IGNORECASE)


def today_in_china(now: datetime) -> date:
    """The day that it is in Shanghai at the aware instant `now`."""
    return now.astimezone(SHANGHAI).date()


def midnight_in_china(day: date) -> datetime:
    """The instant, in UTC, at which `day` begins in Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def parse_date(value: str | int | float | date, *, last_of_month: bool = False, date1904: bool = False) -> date | None:
    """A day from text, a date, an instant (its day in Shanghai) or an Excel serial; None for 长期, 不限 and empty text.

    Understood: 2026年11月21日, 二〇二六年十一月二十一日, 2026-11-21, 2026/11/21, 2026.11.21, 20261121, each full-width too
    and with a time of day after it. A month alone (2026年11月, 2026-11) is its first day, or its last with
    `last_of_month`. Day-first and month-first orders (11/21/2026) are refused: nobody can tell them apart.
    Raises `Fault` "date.unreadable", "date.impossible" or "date.out_of_range".
    """
    if isinstance(value, datetime):
        return _in_range(today_in_china(value) if value.tzinfo else value.date(), value)
    if isinstance(value, date):
        return _in_range(value, value)
    if isinstance(value, int | float):
        return _in_range(_from_serial(value, date1904), value)
    text = simplified(half_width(value))
    if not text or text.casefold() in _NO_DAY:
        return None
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return _in_range(_from_serial(float(text), date1904), value)
    instant = _instant_with_zone(text)
    if instant is not None:
        return _in_range(today_in_china(instant), value)
    year, month, day = _split_day(_arabic(_CLOCK.sub("", text)), value)
    try:
        if day is not None:
            return _in_range(date(year, month, day), value)
        first = date(year, month, 1)
    except ValueError:
        raise _fault("impossible", value, "没有这一天", "there is no such day") from None
    return _in_range(_last_day(first.year, first.month) if last_of_month else first, value)


_TIME = re.compile(
    r"(?P<day>.+?)(?:[Tt]| +|(?<=[日号]) *)(?P<hour>\d{1,2})(?:(?:[:时点]|(?<=[Tt]\d\d))(?P<minute>\d{1,2})?分?(?::?(?P<second>\d{1,2})(?:\.(?P<part>\d{1,6}))?秒?)?)"
    r"(?P<zone> *Z| *[+-]\d{2}:?\d{2}| \d{2}:?\d{2})?",
    re.IGNORECASE,
)


def parse_instant(text: str, *, now: datetime | None = None, place: str = "known") -> datetime | None:
    """The instant as of which something is asked: aware; None for empty text.

    Understood: a day as `parse_date` reads it, which stands for its end (or for `now`, where it is that day); a day with a time,
    parted by T or a space or written 2026年4月10日8时30分, with a zone or in Shanghai's. A plus that an address turned into a space is a
    plus. Raises Fault "instant.unreadable" (400) at `place`.
    """
    written = simplified(half_width(text)).strip()
    if not written:
        return None
    match = _TIME.fullmatch(written)
    try:
        day = parse_date(match["day"] if match else written, last_of_month=True)
        if day is None or (match is None and re.search("[:Tt时点]", written)):
            raise ValueError
        if match is None:
            return now if now is not None and today_in_china(now) == day else midnight_in_china(day + timedelta(days=1))
        clock = time(
            int(match["hour"]),
            int(match["minute"] or 0),
            int(match["second"] or 0),
            int((match["part"] or "").ljust(6, "0")),
        )
        return datetime.combine(day, clock, _zone(match["zone"]))
    except (Fault, ValueError):
        quoted = shorten(text, 40)
        raise Fault(
            "instant.unreadable", f"时点“{quoted}”看不懂，请写成“2026-04-10”或“2026-04-10 08:00”。",
            f"The instant “{quoted}” was not understood; write 2026-04-10 or 2026-04-10 08:00.", place=place, status=400,
        ) from None  # fmt: skip


def last_day_before(instant: datetime) -> date:
    """The last day, in Shanghai, of which something lies before an aware instant: that of midnight is the day that ends."""
    return today_in_china(instant - timedelta(microseconds=1))


def _zone(text: str | None) -> tzinfo:
    """The zone of Z, +08:00, -0530, or of 08:00 whose plus was lost; Shanghai where there is none."""
    written = (text or "").strip()
    if not written:
        return SHANGHAI
    if written in "Zz":
        return UTC
    figures = written.lstrip("+-").replace(":", "")
    away = timedelta(hours=int(figures[:2]), minutes=int(figures[2:]))
    return timezone(-away if written.startswith("-") else away)


def _split_day(text: str, whole: object) -> tuple[int, int, int | None]:
    compact = text.replace(" ", "")
    for pattern in _DAY_PATTERNS:
        match = pattern.fullmatch(compact)
        if match:
            year, month, day = (group for group in match.groups() if group is None or group.isdigit())
            return int(year or 0), int(month or 0), int(day) if day else None
    raise _fault(
        "unreadable", whole, "看不懂，请写成“2026-11-21”或“2026年11月21日”", "not understood; write 2026-11-21"
    )


def _arabic(text: str) -> str:
    """二〇二六年十一月二十一日 with Arabic figures."""
    match = re.fullmatch(
        r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]+)月(?:([一二三四五六七八九十]+)[日号]?)?", text
    )
    if not match:
        return text
    try:
        month, day = (int(read_number(part)[0]) if part else None for part in match.groups()[1:])
    except NotANumber:
        return text
    return f"{match[1].translate(_CHINESE_DIGITS)}年{month}月" + (f"{day}日" if day else "")


def _instant_with_zone(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo else None


def _from_serial(serial: float, date1904: bool) -> date:
    """An Excel serial, or 20261121 typed into a numeric cell. 2026 there is a year and no serial that anybody means."""
    if math.isfinite(serial) and len(str(int(serial))) == 8 and serial == int(serial):
        try:
            return datetime.strptime(str(int(serial)), "%Y%m%d").date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            raise _fault("impossible", serial, "没有这一天", "there is no such day") from None
    if not math.isfinite(serial) or not 1 <= serial < 110_000 or FIRST_YEAR <= serial <= LAST_YEAR + 1:
        raise _fault("unreadable", serial, "这个数字不是日期", "this figure is not a date")
    return (_EXCEL_1904_EPOCH if date1904 else _EXCEL_EPOCH) + timedelta(days=math.floor(serial))


def _in_range(day: date, whole: object) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _fault(
            "out_of_range", whole, f"年份应在{FIRST_YEAR}至{LAST_YEAR}之间",
            f"the year must lie between {FIRST_YEAR} and {LAST_YEAR}",
        )  # fmt: skip
    return day


def _last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def _fault(code: str, value: object, zh: str, en: str) -> Fault:
    quoted = shorten(str(value), 40)
    return Fault(f"date.{code}", f"日期“{quoted}”：{zh}。", f"Date “{quoted}”: {en}.", status=422)


def format_day(day: date, *, language: str | None = None) -> str:
    """``2026年11月21日`` or ``21 Nov 2026``."""
    if (language or current_language()) != ENGLISH:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_QUARTERS_ZH = "一二三四"
_HALVES_ZH = "上下"


class PeriodKind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


_PER_YEAR = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.HALF: 2, PeriodKind.YEAR: 1}


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A month, quarter, half-year or year. `number` counts from 1 within the year. Ordered by when it closes."""

    kind: PeriodKind
    year: int
    number: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= _PER_YEAR[self.kind] or not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"there is no {self.kind} {self.number} of {self.year}")

    @property
    def first_day(self) -> date:
        return date(self.year, (self.number - 1) * self._months + 1, 1)

    @property
    def last_day(self) -> date:
        return _last_day(self.year, self.number * self._months)

    @property
    def opens_at(self) -> datetime:
        """The instant, in UTC, at which it begins: midnight in Shanghai."""
        return midnight_in_china(self.first_day)

    @property
    def closes_at(self) -> datetime:
        """The first instant, in UTC, that no longer belongs to it: midnight in Shanghai after its last day."""
        return midnight_in_china(self.last_day + timedelta(days=1))

    @property
    def _months(self) -> int:
        return 12 // _PER_YEAR[self.kind]

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day

    def __lt__(self, other: Period) -> bool:
        return (self.last_day, -self._months) < (other.last_day, -other._months)

    def is_closed(self, now: datetime) -> bool:
        """Whether it is over at the aware instant `now`."""
        return now >= self.closes_at

    def shifted(self, steps: int) -> Period:
        """The period of the same kind `steps` later, or earlier where negative."""
        per_year = _PER_YEAR[self.kind]
        year, index = divmod(self.year * per_year + self.number - 1 + steps, per_year)
        return Period(self.kind, year, index + 1)

    @property
    def code(self) -> str:
        """``2026``, ``2026H1``, ``2026Q3`` or ``2026-11``: sorts within its kind, and `parse_period` reads it."""
        letter = {PeriodKind.QUARTER: "Q", PeriodKind.HALF: "H"}
        if self.kind is PeriodKind.YEAR:
            return str(self.year)
        if self.kind is PeriodKind.MONTH:
            return f"{self.year}-{self.number:02}"
        return f"{self.year}{letter[self.kind]}{self.number}"

    def label(self, language: str | None = None) -> str:
        """``2026年第三季度``, ``2026年上半年``, or in English ``Q3 2026``, ``H1 2026``."""
        chinese = (language or current_language()) != ENGLISH
        if self.kind is PeriodKind.MONTH:
            return f"{self.year}年{self.number}月" if chinese else f"{_MONTHS[self.number - 1]} {self.year}"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.year}年第{_QUARTERS_ZH[self.number - 1]}季度" if chinese else f"Q{self.number} {self.year}"
        if self.kind is PeriodKind.HALF:
            return f"{self.year}年{_HALVES_ZH[self.number - 1]}半年" if chinese else f"H{self.number} {self.year}"
        return f"{self.year}年" if chinese else str(self.year)


def period_of(day: date, kind: PeriodKind) -> Period:
    """The period of `kind` that `day` lies in."""
    months = 12 // _PER_YEAR[kind]
    return Period(kind, day.year, (day.month - 1) // months + 1)


_PERIOD_PATTERNS: tuple[tuple[PeriodKind, re.Pattern[str]], ...] = (
    (PeriodKind.QUARTER, re.compile(r"(\d{4})(?:年)?(?:第)?([一二三四1-4])季度?")),
    (PeriodKind.QUARTER, re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)),
    (PeriodKind.QUARTER, re.compile(r"Q(?P<number>[1-4]) ?(?P<year>\d{4})", re.IGNORECASE)),
    (PeriodKind.HALF, re.compile(r"(\d{4})(?:年)?([上下])半年")),
    (PeriodKind.HALF, re.compile(r"(\d{4})-?H([12])", re.IGNORECASE)),
    (PeriodKind.HALF, re.compile(r"H(?P<number>[12]) ?(?P<year>\d{4})", re.IGNORECASE)),
    (PeriodKind.MONTH, re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})月?(?:份)?")),
    (PeriodKind.YEAR, re.compile(r"(\d{4})(?:年度?|全年)?")),
)
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}


def parse_period(text: str) -> Period:
    """2026年第三季度, 2026年三季度, 2026Q3, 2026年上半年, 2026H1, 2026年11月, 2026-11, 2026年, 2026年度.

    Raises `Fault` "period.unreadable".
    """
    compact = simplified(half_width(text)).replace(" ", "")
    for kind, pattern in _PERIOD_PATTERNS:
        match = pattern.fullmatch(compact)
        if match:
            named = match.groupdict()
            year = named.get("year") or match[1]
            number = named.get("number") or (match[2] if kind is not PeriodKind.YEAR else "1")
            try:
                return Period(kind, int(year), _NUMBERS.get(number) or int(number))
            except ValueError:
                break
    quoted = shorten(text, 40)
    raise Fault(
        "period.unreadable",
        f"期间“{quoted}”：看不懂，请写成“2026年”“2026年上半年”“2026年第三季度”或“2026年11月”。",
        f"Period “{quoted}”: not understood; write 2026, 2026H1, 2026Q3 or 2026-11.",
        status=422,
    )

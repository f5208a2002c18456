"""Numbers as Excel keeps them: days as serials, formats that show a number as a date, fifteen digits and no more."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from duijie.core.sheets.cells import RawValue, error_value, lost_digits

_LARGEST_EXACT = 10**15
# Built-in number formats that show a date or time, including those of Chinese editions of Excel.
DATE_FORMATS = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
_FORMAT_LITERALS = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.', re.IGNORECASE)


def shows_date(code: str) -> bool:
    """Whether a number format shows a date or time: it has y, d, h, or m and s outside quoted text."""
    bare = _FORMAT_LITERALS.sub("", code).casefold().split(";")[0]
    return any(letter in bare for letter in "ydh") or ("m" in bare and "general" not in bare and "0" not in bare)


def moment(serial: float, date1904: bool) -> RawValue:
    """The day, or day and time, of an Excel serial; a time of day alone as text."""
    if not 0 <= serial < 2_958_466:
        return error_value(str(serial))
    if serial < 1:
        minutes = round(serial * 1440)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    epoch = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30)  # noqa: DTZ001 (a cell has no zone)
    instant = epoch + timedelta(seconds=round(serial * 86400))
    whole: date = instant.date()
    return whole if instant.time() == datetime.min.time() else instant


def plain_number(number: float, shown: str) -> RawValue:
    """A whole or fractional number, or the trouble of one whose last digits Excel has dropped."""
    if abs(number) >= _LARGEST_EXACT:
        return lost_digits(shown)
    return int(number) if number.is_integer() else number

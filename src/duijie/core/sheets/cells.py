"""A cell: its value, or why its value cannot be taken, and its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from duijie.core.errors import Fault
from duijie.core.text import shorten


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a cell holds that cannot be taken: a formula, an error value, a number whose digits are lost."""

    code: str
    zh: str
    en: str
    shown: str = ""


RawValue = str | int | float | bool | date | Trouble


def formula(shown: str) -> Trouble:
    return Trouble(
        "sheet.formula",
        "单元格是公式，请改为数值（复制后“选择性粘贴—数值”）。",
        "The cell is a formula; replace it by its value (copy, then paste values).",
        shown,
    )


def error_value(shown: str) -> Trouble:
    return Trouble(
        "sheet.error_value",
        f"单元格显示错误 {shorten(shown, 20)}，请改正后再上传。",
        f"The cell shows the error {shorten(shown, 20)}; correct it and upload again.",
        shown,
    )


def lost_digits(shown: str) -> Trouble:
    return Trouble(
        "sheet.lost_digits",
        "数字超过 15 位，Excel 已丢失末尾各位，请把单元格设为文本后重新填写。",
        "The number has more than 15 digits and Excel has lost the last ones; format the cell as text and enter it again.",
        shown,
    )


@lru_cache(maxsize=1024)
def column_letters(index: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(65 + remainder) + letters
    return letters


@lru_cache(maxsize=1024)
def column_index(letters: str) -> int:
    """A is 1, AA is 27; 0 where `letters` are none."""
    index = 0
    for letter in letters:
        if not "A" <= letter <= "Z":
            return 0
        index = index * 26 + ord(letter) - 64
    return index


def place_of(sheet: str, row: int, column: int) -> str:
    """``需求!C7``, or ``C7`` where the file has no sheets."""
    return f"{sheet}!{column_letters(column)}{row}" if sheet else f"{column_letters(column)}{row}"


class Cell:
    """A filled cell. `value` raises the Fault of a cell that cannot be taken, so that no reader can overlook it."""

    __slots__ = ("_raw", "column", "row", "sheet")

    def __init__(self, raw: RawValue, sheet: str, row: int, column: int) -> None:
        self._raw, self.sheet, self.row, self.column = raw, sheet, row, column

    @property
    def place(self) -> str:
        return place_of(self.sheet, self.row, self.column)

    @property
    def fault(self) -> Fault | None:
        """Why the value cannot be taken, or None."""
        raw = self._raw
        return Fault(raw.code, raw.zh, raw.en, place=self.place, status=422) if isinstance(raw, Trouble) else None

    @property
    def value(self) -> str | int | float | bool | date:
        """The value: text, whole or fractional number, yes or no, date or datetime. Raises `Fault`."""
        if isinstance(self._raw, Trouble):
            fault = self.fault
            assert fault is not None
            raise fault
        return self._raw

    @property
    def shown(self) -> str:
        """What the user sees in the cell."""
        return self._raw.shown if isinstance(self._raw, Trouble) else str(self._raw)

    def __repr__(self) -> str:
        return f"Cell({self.place}: {self.shown!r})"

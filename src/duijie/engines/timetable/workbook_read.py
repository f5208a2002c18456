"""Read an event from a workbook. Every fault names its sheet, row and column; all are found before anything is said."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from .event import (
    Event,
    FixedMeeting,
    Participant,
    Place,
    Precedence,
    Quota,
    Representative,
    Rules,
    Slot,
    Suggestion,
    Wish,
    WishLevel,
)
from .faults import find_faults
from .slot_problem import TimetableInputError
from .workbook_columns import LEVELS, SHEETS, Column, Sheet

LIST_MARKS = re.compile(r"[;,、\n]+")
DAY_FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M", "%H:%M")


@dataclass(frozen=True)
class CellFault:
    """A fault with its place. row: 1-based, as the spreadsheet shows it; 0 for the whole sheet."""

    sheet: str
    row: int
    column: str
    zh: str
    en: str

    def __str__(self) -> str:
        where = f"工作表“{self.sheet}”" + (f"第 {self.row} 行" if self.row else "")
        where += f"“{self.column}”列" if self.column else ""
        return f"{where}: {self.zh} / {self.en}"


class FaultyWorkbook(TimetableInputError):
    """A workbook with faults; `faults` lists all of them in reading order."""

    def __init__(self, faults: list[CellFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class _Line:
    row: int
    values: dict[str, Any]


def plain(value: object) -> str:
    """A cell as text: full-width forms folded, spaces trimmed, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip()


def _listed(value: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in LIST_MARKS.split(plain(value)) if part.strip())


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, time):
        return datetime.combine(date(2000, 1, 1), value)
    text = plain(value)
    for pattern in DAY_FORMATS:
        try:
            found = datetime.strptime(text, pattern)  # noqa: DTZ007  instants of an event are local to it
        except ValueError:
            continue
        return found.replace(year=2000) if pattern == "%H:%M" else found
    raise ValueError(f"“{text}”不是日期和时间, 例如 2026-09-18 09:00 / {text!r} is no date and time")


def _whole(value: object) -> int:
    text = plain(value)
    if not re.fullmatch(r"-?\d+", text):
        raise ValueError(f"“{text}”不是整数 / {text!r} is no whole number")
    return int(text)


def _number(value: object) -> float:
    text = plain(value)
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"“{text}”不是数字 / {text!r} is no number") from None


def _level(value: object) -> WishLevel:
    found = LEVELS.get(plain(value).lower())
    if found is None:
        raise ValueError(f"“{plain(value)}”不是 必须、希望 或 不见 / {plain(value)!r} is none of must, want, no")
    return WishLevel(found)


READERS: dict[str, Callable[[object], Any]] = {
    "start": _instant, "end": _instant, "capacity": _whole, "most_meetings": _whole, "most": _whole, "fewest": _whole,
    "minutes": _number, "score": _number, "level": _level, "closed": _listed, "unavailable": _listed,
    "place_kinds": _listed, "participants": _listed, "representatives": _listed,
}  # fmt: skip


class _Reader:
    def __init__(self, path: Path) -> None:
        try:
            self.book = load_workbook(path, data_only=True, read_only=True)
        except Exception as error:
            raise FaultyWorkbook(
                [CellFault(path.name, 0, "", "不是可读的 Excel 工作簿", f"no readable workbook: {error}")]
            ) from error
        self.faults: list[CellFault] = []
        self.lines: dict[str, list[_Line]] = {}
        self.sheet_of: dict[str, Sheet] = {sheet.record: sheet for sheet in SHEETS}

    def read(self) -> Event:
        titles = {plain(name).lower(): name for name in self.book.sheetnames}
        for sheet in SHEETS:
            title = titles.get(sheet.zh) or titles.get(sheet.en)
            if title is not None:
                self.lines[sheet.record] = self._sheet(sheet, title)
            else:
                self.lines[sheet.record] = []
                if sheet.required:
                    near = difflib.get_close_matches(sheet.zh, list(titles), 1, 0.3)
                    hint = f", 是不是改名成了“{near[0]}”" if near else ""
                    self.faults.append(
                        CellFault(sheet.zh, 0, "", f"缺少这张工作表{hint}", f"this sheet ({sheet.en}) is missing")
                    )
        if self.faults:
            raise FaultyWorkbook(self.faults)
        event = self._event()
        self.faults += [self._place(fault) for fault in find_faults(event)]
        if self.faults:
            raise FaultyWorkbook(self.faults)
        return event

    # -- sheets ---------------------------------------------------------------------------------------------------
    def _sheet(self, sheet: Sheet, title: str) -> list[_Line]:
        rows = self.book[title].iter_rows(values_only=True)
        header = [plain(cell) for cell in next(rows, ())]
        columns = self._columns(sheet, header)
        found = []
        for number, row in enumerate(rows, 2):
            if all(plain(cell) == "" for cell in row):
                continue
            values = {}
            for position, column in columns.items():
                cell = row[position] if position < len(row) else None
                values[column.field] = self._cell(sheet, number, column, cell)
            found.append(_Line(number, values))
        return found

    def _columns(self, sheet: Sheet, header: list[str]) -> dict[int, Column]:
        by_name = {name: column for column in sheet.columns for name in (column.zh, column.en)}
        found = {n: by_name[name.lower()] for n, name in enumerate(header) if name.lower() in by_name}
        unknown = [name for name in header if name and name.lower() not in by_name]
        for column in sheet.columns:
            if column.required and column not in found.values():
                near = difflib.get_close_matches(column.zh, unknown, 1, 0.1) or unknown[:1]
                hint = f", 是不是改名成了“{near[0]}”" if near else ""
                english = f"the column ({column.en}) is missing" + (f"; renamed to {near[0]!r}?" if near else "")
                self.faults.append(CellFault(sheet.zh, 1, column.zh, f"缺少这一列{hint}", english))
        return found

    def _cell(self, sheet: Sheet, row: int, column: Column, cell: object) -> Any:
        if plain(cell) == "":
            if column.required:
                self.faults.append(CellFault(sheet.zh, row, column.zh, "没有填写", "is empty"))
            return None
        try:
            return READERS.get(column.field, plain)(cell)
        except ValueError as error:
            zh, _, en = str(error).partition(" / ")
            self.faults.append(CellFault(sheet.zh, row, column.zh, zh, en))
            return None

    # -- records --------------------------------------------------------------------------------------------------
    def _event(self) -> Event:
        def rows(record: str) -> list[dict[str, Any]]:
            return [{k: v for k, v in line.values.items() if v is not None} for line in self.lines[record]]

        def sets(values: dict[str, Any], *names: str) -> dict[str, Any]:
            return {**values, **{name: frozenset(values[name]) for name in names if name in values}}

        people: dict[str, list[Representative]] = {}
        known = {values["id"] for values in rows("participants")}
        for line in self.lines["representatives"]:
            values = sets({k: v for k, v in line.values.items() if v is not None}, "unavailable")
            owner = values.pop("participant")
            if owner not in known:
                self.faults.append(
                    CellFault("代表", line.row, "单位", f"没有单位“{owner}”", f"there is no participant {owner!r}")
                )
            people.setdefault(owner, []).append(Representative(**values))
        participants = tuple(
            Participant(**sets(values, "unavailable"), representatives=tuple(people.get(values["id"], ())))
            for values in rows("participants")
        )
        return Event(
            slots=tuple(Slot(**values) for values in rows("slots")),
            places=tuple(Place(**sets(values, "closed")) for values in rows("places")),
            participants=participants,
            wishes=tuple(Wish(**values) for values in rows("wishes")),
            suggestions=tuple(Suggestion(**values) for values in rows("suggestions")),
            met_before=tuple((values["first"], values["second"]) for values in rows("met_before")),
            fixed=tuple(FixedMeeting(**values) for values in rows("fixed")),
            precedences=tuple(Precedence(**self._order(values)) for values in rows("precedences")),
            quotas=tuple(Quota(**values) for values in rows("quotas")),
            walking={(values["area"], values["other"]): values["minutes"] for values in rows("walking")},
            rules=Rules(),
        )

    @staticmethod
    def _order(values: dict[str, Any]) -> dict[str, str]:
        return {name: "~".join(sorted(part.strip() for part in text.split("~"))) for name, text in values.items()}

    def _place(self, fault: Any) -> CellFault:
        """The cell of a fault of the event."""
        sheet = self.sheet_of[fault.record]
        lines = self.lines[fault.record]
        if fault.record == "representatives":  # numbered organisation by organisation, not in the order of the sheet
            order = {values["id"]: n for n, values in enumerate(line.values for line in self.lines["participants"])}
            lines = sorted(lines, key=lambda line: order[line.values["participant"]])
        row = lines[fault.number].row if fault.number < len(lines) else 0
        column = next((column.zh for column in sheet.columns if column.field == fault.field), "")
        return CellFault(sheet.zh, row, column, fault.zh, fault.en)


def read_workbook(path: Path) -> Event:
    """The event of a workbook; raises FaultyWorkbook with every fault and its place."""
    reader = _Reader(path)
    try:
        return reader.read()
    finally:
        reader.book.close()

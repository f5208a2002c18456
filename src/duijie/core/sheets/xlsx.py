"""Streaming reader of .xlsx: one row in memory at a time, formulas seen as formulas.

Libraries that read fast give a formula's last shown value and do not say so; those that tell formulas apart need six
times as long. This one reads the sheet's XML with lxml, row by row (measured in docs/benchmarks.md).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from duijie.core.sheets.cells import RawValue, column_index, error_value, formula
from duijie.core.sheets.limits import broken, not_a_workbook
from duijie.core.sheets.serials import DATE_FORMATS, moment, plain_number, shows_date
from duijie.core.sheets.strings import SharedStrings, text_of, unescaped
from duijie.core.sheets.zipped import Package

Raw = tuple[int, dict[int, RawValue]]
_MERGED = re.compile(rb'mergeCell\s+ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')
_MOST_MERGES = 200_000


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A worksheet of the package: its name, the part that holds it, whether the user sees it."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """What a first look at a sheet tells: about how many rows, and which cells are merged, from the top."""

    rows: int
    merges: tuple[tuple[int, int, int, int], ...]  # first row, first column, last row, last column


class XlsxBook:
    """An open .xlsx workbook."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = self._find_workbook()
        self._related = self._relations(self._main)
        self.date1904 = False
        self.sheets: tuple[SheetPart, ...] = tuple(self._read_sheets())
        self._strings: SharedStrings | None = None
        self._dates: frozenset[int] | None = None

    def _find_workbook(self) -> str:
        related = self._relations("") if "_rels/.rels" in self._package else {}
        for kind, target in related.values():
            if kind == "officeDocument" and target in self._package:
                if target.casefold().endswith(".bin"):
                    raise not_a_workbook("这是 .xlsb 工作簿", "This is an .xlsb workbook")
                if "worksheets" in "".join(self._package.names()) or target.casefold().startswith("xl/"):
                    return target
        if "xl/workbook.xml" in self._package:
            return "xl/workbook.xml"
        raise not_a_workbook("压缩包里没有工作簿", "The archive holds no workbook")

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """From relation id to its kind and the part it leads to."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        found = {}
        if relations in self._package:
            for element in self._package.elements(relations, "Relationship"):
                target = element.get("Target", "")
                whole = (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                )
                if element.get("TargetMode") != "External":
                    found[element.get("Id", "")] = (element.get("Type", "").rpartition("/")[2], whole)
        return found

    def _read_sheets(self) -> Iterator[SheetPart]:
        for element in self._package.elements(self._main, "workbookPr", "sheet"):
            if element.tag.endswith("}workbookPr"):
                self.date1904 = element.get("date1904") in ("1", "true")
                continue
            relation = next((value for key, value in element.items() if key.endswith("}id")), "")
            kind, part = self._related.get(relation, ("", ""))
            if kind == "worksheet":
                yield SheetPart(element.get("name", ""), part, element.get("state", "visible") == "visible")

    @property
    def inflated_bytes(self) -> int:
        """What the whole workbook claims to inflate to, pictures and all."""
        return self._package.total_size()

    def survey(self, sheet: SheetPart) -> Survey:
        """Read the whole part once, unparsed: refuses a bomb before anything is made of it."""
        merges: list[tuple[bytes, bytes, bytes, bytes]] = []
        rows, tail = 0, b""
        with self._package.open(sheet.part) as part:
            while chunk := part.read(1 << 18):
                window = tail + chunk
                rows += window.count(b"<row") + window.count(b":row ") - tail.count(b"<row") - tail.count(b":row ")
                if b"mergeCell" in window and len(merges) < _MOST_MERGES:
                    merges += _MERGED.findall(window)
                tail = window[-64:]
        unique = {(int(top), column_index(left.decode()), int(bottom), column_index(right.decode())) for left, top, right, bottom in merges}  # fmt: skip
        return Survey(rows, tuple(sorted(unique)))

    def rows(self, sheet: SheetPart) -> Iterator[Raw]:
        """Row numbers with their filled cells by column index, in the order of the sheet."""
        strings, dates = self._shared_strings(), self._date_styles()
        arrays: list[tuple[int, int, int, int]] = []
        last = 0
        for row in self._package.elements(sheet.part, "row"):
            number = _whole(row.get("r"), last + 1)
            if number <= last:
                raise broken("（行号错乱）", " (rows out of order)")
            last = number
            cells = self._cells(row, strings, dates, arrays)
            if arrays:
                _mark_arrays(cells, number, arrays)
            if cells:
                yield number, cells

    def _cells(self, row: Any, strings: SharedStrings, dates: frozenset[int], arrays: list[Any]) -> dict[int, RawValue]:
        space = row.tag[:-3]
        value_tag, formula_tag, inline_tag = space + "v", space + "f", space + "is"
        cells: dict[int, RawValue] = {}
        index = 0
        for cell in row:
            reference = cell.get("r")
            index = column_index(reference.rstrip("0123456789")) if reference else index + 1
            text, is_formula = None, False
            for child in cell:
                if child.tag == value_tag:
                    text = child.text
                elif child.tag == inline_tag:
                    text = text_of(child)
                elif child.tag == formula_tag:
                    is_formula = True
                    if child.get("t") == "array" and ":" in (child.get("ref") or ""):
                        arrays.append(_box(child.get("ref")))
            if is_formula:
                cells[index] = formula(text or "")
            elif text:
                value = self._value(text, cell.get("t"), cell.get("s"), strings, dates)
                if value != "":
                    cells[index] = value
        return cells

    def _value(
        self, text: str, kind: str | None, style: str | None, strings: SharedStrings, dates: frozenset[int]
    ) -> RawValue:
        if kind == "s":
            try:
                return strings[int(text)]
            except (ValueError, IndexError):
                raise broken("（文字表不全）", " (its strings are incomplete)") from None
        if kind in ("inlineStr", "str"):
            return unescaped(text) if kind == "str" else text
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "e":
            return error_value(text)
        if kind == "d":
            return text
        try:
            return self._number(text, dated=style is not None and int(style) in dates)
        except (ValueError, OverflowError):
            return error_value(text)

    def _number(self, text: str, *, dated: bool) -> RawValue:
        if dated:
            return moment(float(text), self.date1904)
        if text.isdigit() and len(text) <= 15:
            return int(text)
        return plain_number(float(text), text)

    def _shared_strings(self) -> SharedStrings:
        if self._strings is None:
            part = next((part for kind, part in self._related.values() if kind == "sharedStrings"), None)
            items = self._package.elements(part, "si") if part and part in self._package else iter(())
            self._strings = SharedStrings(text_of(item) for item in items)
        return self._strings

    def _date_styles(self) -> frozenset[int]:
        """Indexes of the cell styles that show a number as a date."""
        if self._dates is None:
            part = next((part for kind, part in self._related.values() if kind == "styles"), None)
            custom: dict[int, bool] = {}
            found, position = set(), 0
            for element in self._package.elements(part, "numFmt", "cellXfs") if part and part in self._package else ():
                if element.tag.endswith("}numFmt"):
                    custom[_whole(element.get("numFmtId"), -1)] = shows_date(element.get("formatCode", ""))
                    continue
                for position, style in enumerate(element):
                    form = _whole(style.get("numFmtId"), 0)
                    if custom.get(form, form in DATE_FORMATS):
                        found.add(position)
            self._dates = frozenset(found)
        return self._dates

    def close(self) -> None:
        if self._strings is not None:
            self._strings.close()
        self._package.close()


def _whole(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text else otherwise
    except ValueError:
        return otherwise


def _box(reference: str) -> tuple[int, int, int, int]:
    corners = re.fullmatch(r"\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)", reference)
    if corners is None:
        return (0, 0, 0, 0)
    left, top, right, bottom = corners.groups()
    return (int(top), column_index(left), int(bottom), column_index(right))


def _mark_arrays(cells: dict[int, RawValue], row: int, arrays: list[tuple[int, int, int, int]]) -> None:
    """The cells that an array formula fills are formulas too, although only its first cell says so."""
    for top, left, bottom, right in arrays:
        if top <= row <= bottom:
            for index in cells:
                if left <= index <= right:
                    cells[index] = formula(str(cells[index]))
    arrays[:] = [box for box in arrays if box[2] > row]

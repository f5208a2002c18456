"""The sheet that goes back to whoever uploaded it: every bad cell coloured and explained, and a list of all faults in front.

A workbook of moderate size is changed in place and keeps its looks. A large one, a CSV or an old .xls is written anew, row
by row, with its values.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from duijie.core.errors import Fault, Faults
from duijie.core.language import ENGLISH, current_language
from duijie.core.sheets.cells import RawValue, Trouble, column_index, column_letters
from duijie.core.sheets.columns import Column
from duijie.core.sheets.limits import MEBIBYTE, Limits
from duijie.core.sheets.package_writer import PackageWriter, SheetExtras, Style, Styled, sheet_title
from duijie.core.sheets.reading import Book, Source, open_book, opened_source
from duijie.core.sheets.xlsx import SheetPart, XlsxBook
from duijie.core.text import shorten

IN_PLACE_BYTES = 8 * MEBIBYTE
LISTED, COMMENTED = 100_000, 10_000
_PLACE = re.compile(r"(?:(?P<sheet>.*)!)?(?P<column>[A-Z]{1,3})(?P<row>\d{1,7})", re.DOTALL)
_AUTHOR = "对接"
_BAD_FILL = PatternFill("solid", fgColor="FFC7CE")


@dataclass(slots=True)
class _Marks:
    """The faults by sheet and cell, in the order in which they came."""

    listed: list[tuple[str, int, int, str]] = field(default_factory=list)  # sheet, row, column (0, 0 without), sentence
    by_cell: dict[str, dict[tuple[int, int], list[str]]] = field(default_factory=dict)
    total: int = 0

    def on(self, sheet: str, only: bool) -> dict[tuple[int, int], list[str]]:
        """What is wrong on a sheet; places that name no sheet mean the only one."""
        found = dict(self.by_cell.get(sheet, {}))
        if only and sheet:
            found.update(self.by_cell.get("", {}))
        return found


def write_marked_copy(
    original: Source,
    faults: Iterable[Fault],
    out: Path | str | IO[bytes],
    *,
    columns: Sequence[Column] | None = None,
    language: str | None = None,
    limits: Limits | None = None,
) -> int:
    """Write to `out` an .xlsx copy of `original` in which `faults` are marked; returns how many faults there were.

    Faults lie at their `place` (``需求!C7``, ``C7``); those without a place are listed only. `columns` helps to recognise a
    CSV's encoding, as in `open_sheet`. At most 100,000 faults are listed and 10,000 cells get a comment; all are coloured.
    """
    chinese = (language or current_language()) != ENGLISH
    limits = limits or Limits()
    marks = _collected(faults, chinese)
    file, close = opened_source(original, limits)
    try:
        book = open_book(file, columns, limits)
        try:
            changed = None
            if isinstance(book, XlsxBook) and book.inflated_bytes <= IN_PLACE_BYTES:
                for part in book.sheets:
                    book.survey(part)  # refuses a bomb before all of it is loaded
                changed = _changed_in_place(file, marks, chinese)
            if changed is None:
                _write_anew(book, marks, out, chinese)
            elif isinstance(out, Path | str):
                Path(out).write_bytes(changed)
            else:
                out.write(changed)
        finally:
            book.close()
    finally:
        close()
    return marks.total


def _collected(faults: Iterable[Fault], chinese: bool) -> _Marks:
    marks = _Marks()
    for fault in faults:
        for single in fault.faults if isinstance(fault, Faults) else (fault,):
            marks.total += 1
            sentence = single.zh if chinese else single.en
            match = _PLACE.fullmatch(single.place or fault.place or "")
            sheet, row, column = (
                (match["sheet"] or "", int(match["row"]), column_index(match["column"])) if match else ("", 0, 0)
            )
            if len(marks.listed) < LISTED:
                marks.listed.append((sheet, row, column, sentence))
            if row:
                marks.by_cell.setdefault(sheet, {}).setdefault((row, column), []).append(sentence)
    return marks


def _list_rows(marks: _Marks, shown: Mapping[tuple[str, int, int], str], chinese: bool) -> Iterator[list[Any]]:
    """The list of faults as rows: a title, headings, one line for each fault."""
    yield [f"共 {marks.total} 处需要修改" if chinese else f"{marks.total} things to correct"]
    yield ["序号", "位置", "内容", "问题"] if chinese else ["No.", "Place", "Content", "Fault"]
    for number, (sheet, row, column, sentence) in enumerate(marks.listed, start=1):
        place = f"{column_letters(column)}{row}" if row else ""
        where = f"{sheet}!{place}" if sheet and place else place
        yield [number, where or None, shown.get((sheet, row, column)) or None, sentence]
    if marks.total > len(marks.listed):
        rest = marks.total - len(marks.listed)
        yield [
            None,
            None,
            None,
            f"另有 {rest} 处未列出，单元格已标色。"
            if chinese
            else f"{rest} more are not listed; their cells are coloured.",
        ]


def _list_name(chinese: bool, taken: Sequence[str]) -> str:
    return sheet_title("问题清单" if chinese else "Faults", taken)


def _target(sheet: str, row: int, column: int) -> str:
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{column_letters(column)}{row}"


def _changed_in_place(file: IO[bytes], marks: _Marks, chinese: bool) -> bytes | None:
    """The workbook with its marks, or None where something in it that is not ours to read cannot be loaded."""
    file.seek(0)
    try:
        book = load_workbook(io.BytesIO(file.read()), keep_links=False)
        _mark_in_place(book, marks, chinese)
        buffer = io.BytesIO()
        book.save(buffer)
    except Exception:  # a damaged theme, chart or picture raises anything at all, and takes nothing from the cells
        return None
    return buffer.getvalue()


def _mark_in_place(book: Any, marks: _Marks, chinese: bool) -> None:
    shown: dict[tuple[str, int, int], str] = {}
    commented = 0
    only = len(book.worksheets) == 1 or len(marks.by_cell) == 1
    for sheet in book.worksheets:
        cells = marks.on(sheet.title, only and sheet is book.worksheets[0])
        for (row, column), sentences in cells.items():
            cell: Any = sheet.cell(row, column)
            for name in (sheet.title, ""):
                shown[name, row, column] = shorten(str(cell.value), 80) if cell.value is not None else ""
            if isinstance(cell, MergedCell):  # what is seen there stands in the first cell of its range
                box = next(box for box in sheet.merged_cells.ranges if cell.coordinate in box)
                cell = sheet.cell(box.min_row, box.min_col)
            cell.fill = _BAD_FILL
            if commented < COMMENTED:
                before = [cell.comment.text] if cell.comment and cell.comment.author == _AUTHOR else []
                cell.comment = Comment("\n".join([*before, *sentences]), _AUTHOR, width=300, height=90)
                commented += 1
    first = book.create_sheet(_list_name(chinese, book.sheetnames), 0)
    default = book.worksheets[1].title if len(book.worksheets) > 1 else ""
    for line in _list_rows(marks, shown, chinese):
        first.append(line)
    for position, (name, row, column, _) in enumerate(marks.listed, start=3):
        if row:
            first.cell(position, 2).hyperlink = "#" + _target(name or default, row, column)
            first.cell(position, 2).style = "Hyperlink"
        for column_number in (2, 3, 4):
            first.cell(position, column_number).data_type = "s"
    first["A1"].font = Font(bold=True, size=14)
    for cell in first[2]:
        cell.font = Font(bold=True)
    for letters, width in zip("ABCD", (8, 18, 40, 80), strict=True):
        first.column_dimensions[letters].width = width
    first.freeze_panes = "A3"
    book.active = 0
    for sheet in book.worksheets[1:]:
        sheet.sheet_view.tabSelected = False


def _write_anew(book: Book, marks: _Marks, out: Path | str | IO[bytes], chinese: bool) -> None:
    writer = PackageWriter(out)
    shown: dict[tuple[str, int, int], str] = {}
    names: list[str] = []
    try:
        parts = [part for part in book.sheets if part.visible]
        for part in parts:
            name = sheet_title(part.name or ("数据" if chinese else "Data"), names)
            names.append(name)
            cells = marks.on(part.name, len(parts) == 1)
            comments = {place: "\n".join(sentences) for place, sentences in islice(cells.items(), COMMENTED)}
            rows = _marked_rows(book, part, cells, shown)
            writer.add_sheet(name, rows, SheetExtras(comments=comments))
        _add_list(writer, marks, shown, names, chinese)
    except BaseException:
        writer.abandon()
        raise
    writer.close([len(parts), *range(len(parts))])


def _marked_rows(
    book: Book, part: SheetPart, cells: Mapping[tuple[int, int], list[str]], shown: dict[tuple[str, int, int], str]
) -> Iterator[tuple[int, dict[int, Any]]]:
    """The rows of a sheet with bad cells in their colour, bad cells that are empty or in empty rows too."""
    bad: dict[int, list[int]] = {}
    for row, column in cells:
        bad.setdefault(row, []).append(column)
    waiting = sorted(bad)
    for number, values in book.rows(part):
        while waiting and waiting[0] < number:
            row = waiting.pop(0)
            yield row, {column: Styled(None, Style.BAD) for column in bad[row]}
        line: dict[int, Any] = {index: _value(value) for index, value in values.items()}
        if waiting and waiting[0] == number:
            waiting.pop(0)
            for column in bad[number]:
                line[column] = Styled(line.get(column), Style.BAD)
                shown[part.name, number, column] = (
                    shorten(str(line[column].value), 80) if line[column].value is not None else ""
                )
                shown["", number, column] = shown[part.name, number, column]
        yield number, line
    for row in waiting:
        yield row, {column: Styled(None, Style.BAD) for column in bad[row]}


def _value(raw: RawValue) -> Any:
    return raw.shown if isinstance(raw, Trouble) else raw


def _add_list(
    writer: PackageWriter, marks: _Marks, shown: Mapping[tuple[str, int, int], str], names: Sequence[str], chinese: bool
) -> None:
    lines = list(_list_rows(marks, shown, chinese))
    links = {
        (position, 2): _target(sheet or names[0], row, column)
        for position, (sheet, row, column, _) in enumerate(marks.listed[:60_000], start=3)
        if row
    }
    styles = {1: Style.TITLE, 2: Style.HEADING}

    def rows() -> Iterator[tuple[int, dict[int, Any]]]:
        for number, line in enumerate(lines, start=1):
            cells: dict[int, Any] = {}
            for index, value in enumerate(line, start=1):
                style = styles.get(number) or (Style.LINK if (number, index) in links else Style.PLAIN)
                cells[index] = Styled(value, style) if style else value
            yield number, cells

    extras = SheetExtras(widths=(8, 18, 40, 80), frozen_rows=2, links=links)
    writer.add_sheet(_list_name(chinese, names), rows(), extras)

"""Opening a file that somebody uploaded as a table: what it is, whether it may be read, its headings and its rows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol

from duijie.core.sheets import compound
from duijie.core.sheets.cells import Cell, RawValue, place_of
from duijie.core.sheets.columns import Column
from duijie.core.sheets.delimited import CsvBook
from duijie.core.sheets.headings import Headings, check_headings, count_known, find_headings, plain_headings
from duijie.core.sheets.limits import Limits, not_a_workbook, refuse, too_big, too_many_columns, too_many_rows
from duijie.core.sheets.xls import XlsBook
from duijie.core.sheets.xlsx import Raw, SheetPart, Survey, XlsxBook
from duijie.core.sheets.zipped import Package
from duijie.core.text import half_width, match_key, simplified

Source = Path | str | bytes | IO[bytes]
Row = tuple[int, dict[str, Cell]]
NOTES_MARK_ZH, NOTES_MARK_EN = "【填写说明】", "[Notes]"
_HTML = re.compile(rb"\s*(?:<html|<!doctype html|<table|<head|<meta|<div|mime-version:)", re.IGNORECASE)
_NUMBER = r"[\d.,零〇一二两三四五六七八九十百千]*[\d零〇一二两三四五六七八九十百千]"
_BARE_FIGURE = re.compile(
    r"(?P<before>约|大约|不超过|不高于|不低于|不少于|至少|至多|最高|最低|[<>≤≥]=?)?"
    rf"(?P<figure>{_NUMBER}(?:\s*(?:-|~|至|到|—+|–)\s*{_NUMBER})?)(?P<after>左右|上下|及?以上|及?以下|以内|起)?"
)
_POWERS = (("百万", 6), ("千", 3), ("万", 4), ("亿", 8))


class Book(Protocol):
    """What each kind of file offers."""

    @property
    def sheets(self) -> tuple[SheetPart, ...]: ...

    def survey(self, sheet: SheetPart) -> Survey: ...
    def rows(self, sheet: SheetPart) -> Iterator[Raw]: ...
    def close(self) -> None: ...


class Sheet:
    """A table that is open for reading. Use it as a context manager: it may hold temporary files."""

    def __init__(self, book: Book, part: SheetPart, headings: Headings, survey: Survey, limits: Limits, close: Callable[[], None]) -> None:  # fmt: skip
        self._book, self._part, self._limits, self._close = book, part, limits, close
        self._headings, self._merges = headings, survey.merges
        self.name = part.name
        self.expected_rows = max(survey.rows - headings.row, 0)

    @property
    def heading_row(self) -> int:
        return self._headings.row

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that were recognised, from left to right."""
        return tuple(column for _, column in sorted(self._headings.columns.items()))

    @property
    def unknown(self) -> dict[str, str]:
        """From place to text: headings that mean no column. Their cells are not read."""
        return {place_of(self.name, self.heading_row, index): text for index, text in self._headings.unknown.items()}

    def place(self, row: int, column: str) -> str:
        """Where a column's cell stands in a row, filled or not; the row's first cell where the column is missing."""
        indexes = (index for index, found in self._headings.columns.items() if found.name == column)
        return place_of(self.name, row, next(indexes, 1))

    def rows(self) -> Iterator[Row]:
        """Row numbers as the user sees them, with the filled cells by column name. Empty rows are left out.

        Raises `Fault` "sheet.too_many_rows", "sheet.too_many_columns", or of a file that turns out to be damaged.
        """
        count = 0
        names = {index: column.name for index, column in self._headings.columns.items()}
        units = {
            index: unit for index, unit in self._headings.units.items() if self._headings.columns[index].kind == "money"
        }
        merged = _MergedDown(self._merges)
        for number, cells in self._book.rows(self._part):
            merged.fill(number, cells)
            if number <= self.heading_row or _is_notes(cells):
                continue
            if max(cells) > self._limits.columns:
                raise too_many_columns(self._limits.columns, place_of(self.name, number, max(cells)))
            for index in units.keys() & cells.keys():
                cells[index] = _with_unit(cells[index], units[index])
            row = {
                names[index]: Cell(raw, self.name, number, index)
                for index, raw in cells.items()
                if index in names and not (isinstance(raw, str) and not raw.strip())
            }
            if not row:
                continue
            count += 1
            if count > self._limits.rows:
                raise too_many_rows(self._limits.rows, place_of(self.name, number, 1))
            yield number, row

    def close(self) -> None:
        self._book.close()
        self._close()

    def __enter__(self) -> Sheet:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _MergedDown:
    """Gives every row of a cell merged downwards the value that its user sees beside it."""

    def __init__(self, merges: Sequence[tuple[int, int, int, int]]) -> None:
        self._waiting = [box for box in merges if box[2] > box[0]][::-1]
        self._open: list[tuple[int, int, RawValue]] = []  # last row, column, value

    def fill(self, number: int, cells: dict[int, RawValue]) -> None:
        """Fill the row's empty cells in place. Rows must come in rising order."""
        self._open = [entry for entry in self._open if entry[0] >= number]
        for _, column, value in self._open:
            cells.setdefault(column, value)
        while self._waiting and self._waiting[-1][0] <= number:
            top, left, bottom, _ = self._waiting.pop()
            if top == number and left in cells:
                self._open.append((bottom, left, cells[left]))


def open_sheet(
    source: Source, *, columns: Sequence[Column] | None, sheet: str | None = None, limits: Limits | None = None
) -> Sheet:
    """Open a table. `columns` None takes headings as they stand; `sheet` names one of several, else the best is taken.

    The kind of file is told from its content, not its name. Raises `Fault` with a code that begins with "sheet.": too_big,
    zip_bomb, encrypted, html, not_a_workbook, broken, entities, encoding, empty, no_such_sheet, no_headings,
    duplicate_column, missing_columns, unit.
    """
    limits = limits or Limits()
    file, close = opened_source(source, limits)
    book: Book | None = None
    try:
        book = open_book(file, columns, limits)
        return _best_sheet(book, columns, sheet, limits, close)
    except BaseException:
        if book is not None:
            book.close()
        close()
        raise


def read_rows(
    source: Source, *, columns: Sequence[Column] | None, sheet: str | None = None, limits: Limits | None = None
) -> Iterator[Row]:
    """The rows of a table; see `open_sheet` and `Sheet.rows`."""
    with open_sheet(source, columns=columns, sheet=sheet, limits=limits) as opened:
        yield from opened.rows()


def sheet_names(source: Source, *, limits: Limits | None = None) -> list[str]:
    """The names of the sheets that the user sees; one empty name for CSV."""
    limits = limits or Limits()
    file, close = opened_source(source, limits)
    try:
        book = open_book(file, None, limits)
        try:
            return [part.name for part in book.sheets if part.visible]
        finally:
            book.close()
    finally:
        close()


def open_book(file: IO[bytes], columns: Sequence[Column] | None, limits: Limits) -> Book:
    """The reader for what the file really is."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    if not head.strip():
        raise refuse("empty", "文件是空的。", "The file is empty.")
    if head.startswith(b"PK\x03\x04"):
        package = Package(file, limits)
        if b"opendocument" in head[:200] or "mimetype" in package:
            raise not_a_workbook("这是 OpenDocument 文件", "This is an OpenDocument file")
        book = XlsxBook(package)
        if len(book.sheets) > limits.sheets:
            raise refuse(
                "too_many_sheets", f"工作表超过 {limits.sheets} 张。", f"There are more than {limits.sheets} sheets."
            )
        return book
    if head.startswith(compound.MAGIC):
        return XlsBook(file.read(limits.binary_file_bytes + 1), limits)
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")) or b"urn:schemas-microsoft-com:office" in head:
        raise refuse(
            "html",
            "这是以 .xls 为名的网页，不是 Excel 工作簿，请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。",
            "This is a web page named .xls and no Excel workbook; open it in Excel or WPS, save it as .xlsx and upload.",
        )
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise not_a_workbook("这不是表格文件", "This is not a spreadsheet")
    return CsvBook(file, lambda records: count_known(records, columns or ()))


def opened_source(source: Source, limits: Limits) -> tuple[IO[bytes], Callable[[], None]]:
    """The source as a stream whose size is within bounds, and how to close what was opened here."""
    if isinstance(source, Path | str):
        size = Path(source).stat().st_size
    else:
        size = len(source) if isinstance(source, bytes) else source.seek(0, io.SEEK_END)
    if size > limits.file_bytes:
        raise too_big(size, limits.file_bytes)
    if isinstance(source, Path | str):
        file = Path(source).open("rb")  # noqa: SIM115 (closed by what is returned)
        return file, file.close
    if isinstance(source, bytes):
        buffer = io.BytesIO(source)
        return buffer, buffer.close
    return source, lambda: None


def _best_sheet(
    book: Book, columns: Sequence[Column] | None, wanted: str | None, limits: Limits, close: Callable[[], None]
) -> Sheet:
    parts = [part for part in book.sheets if part.visible or wanted is not None]
    if wanted is not None:
        parts = [part for part in parts if match_key(part.name) == match_key(wanted)]
        if not parts:
            names = "、".join(part.name for part in book.sheets if part.visible)
            raise refuse(
                "no_such_sheet",
                f"没有名为“{wanted}”的工作表，现有：{names}。",
                f"There is no sheet “{wanted}”; there are: {names}.",
            )
    best: tuple[SheetPart, Headings, Survey] | None = None
    for part in parts:
        survey = book.survey(part)
        rows = list(islice(book.rows(part), limits.header_within))
        headings = plain_headings(rows) if columns is None else find_headings(rows, survey.merges, columns)
        if headings is not None and (best is None or len(headings.columns) > len(best[1].columns)):
            best = (part, headings, survey)
    if best is None:
        raise _no_headings(columns, limits)
    part, headings, survey = best
    check_headings(headings, columns or (), part.name)
    return Sheet(book, part, headings, survey, limits, close)


def _no_headings(columns: Sequence[Column] | None, limits: Limits) -> Exception:
    if not columns:
        return refuse("empty", "表格里没有内容。", "The table is empty.")
    wanted = [column for column in columns if column.required] or list(columns)[:3]
    return refuse(
        "no_headings",
        f"前 {limits.header_within} 行里没有找到表头，应有“{'”“'.join(column.label_zh for column in wanted)}”等列名。",
        f"No headings in the first {limits.header_within} rows; wanted: {', '.join(column.label_en for column in wanted)}.",
    )


def _is_notes(cells: dict[int, RawValue]) -> bool:
    """Whether the row is the line of notes that templates carry below the headings."""
    first = cells[min(cells)]
    return isinstance(first, str) and first.startswith((NOTES_MARK_ZH, NOTES_MARK_EN))


def _with_unit(raw: RawValue, unit: str) -> RawValue:
    """A bare figure below 预算（万元） means 万元; a figure with a unit of its own keeps it."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        # Rounded to the hundredth of a yuan: a computed figure has more decimals than anybody means.
        decimals = 2 + next((power for word, power in _POWERS if unit.startswith(word)), 0)
        return f"{Decimal(f'{raw:.15g}').quantize(Decimal(1).scaleb(-decimals)).normalize():f}{unit}"
    bare = _BARE_FIGURE.fullmatch(simplified(half_width(raw))) if isinstance(raw, str) else None
    return f"{bare['before'] or ''}{bare['figure']}{unit}{bare['after'] or ''}" if bare else raw

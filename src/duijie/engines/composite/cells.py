"""Files into cells and cells into numbers: CSV and Excel, each bad cell refused with its place."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duijie.engines.composite.errors import refusal, refuse
from duijie.engines.composite.settings import Settings

_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+$")
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "-", "--", "—", "…", "..", "...", "无", "缺")


@dataclass(frozen=True)
class Layout:
    """How a table is to be read; the `data` section of a specification."""

    layout: str
    unit: str | None
    unit_name: str | None
    period: str | None
    indicator: str
    value: str
    groups: tuple[str, ...]
    sheet: str | None
    decimal: str
    thousands: bool
    percent: str
    missing: tuple[str, ...]
    vintage: str | None
    as_of: str | None


def read_layout(raw: Mapping[str, Any] | None) -> Layout:
    """Check the `data` section."""
    settings = Settings(raw, "data")
    layout = Layout(
        layout=settings.text("layout", "auto", choices=("auto", "wide", "tidy")),
        unit=settings.optional_text("unit"),
        unit_name=settings.optional_text("unit_name"),
        period=settings.optional_text("period"),
        indicator=settings.text("indicator", "indicator"),
        value=settings.text("value", "value"),
        groups=tuple(settings.texts("groups")),
        sheet=settings.optional_text("sheet"),
        decimal=settings.text("decimal", ".", choices=(".", ",")),
        thousands=settings.flag("thousands", False),
        percent=settings.text("percent", "refuse", choices=("refuse", "number", "fraction")),
        missing=(*MISSING, *settings.texts("missing")),
        vintage=settings.optional_text("vintage"),
        as_of=settings.optional_text("as_of"),
    )
    settings.done()
    return layout


@dataclass(frozen=True)
class Cells:
    """A table as it came: columns by their headings, and the line of the file each row stood on."""

    columns: Mapping[str, list[Any]]
    lines: tuple[int, ...]

    def only(self, keep: Sequence[int]) -> Cells:
        """The rows at these positions."""
        chosen = {name: [cells[at] for at in keep] for name, cells in self.columns.items()}
        return Cells(chosen, tuple(self.lines[at] for at in keep))


def read_cells(path: Path, sheet: str | None = None) -> Cells:
    """The cells of a .csv, .tsv or .xlsx file whose first line holds the headings.

    Raises:
        CompositeError: another kind of file, an unreadable one, or an empty one.
    """
    kind = path.suffix.lower()
    if kind in (".xlsx", ".xlsm"):
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            book = CalamineWorkbook.from_path(str(path))
        except CalamineError:
            # The library's own words are English and speak of zip archives.
            refuse("table_damaged" if _is_workbook(path) else "table_not_excel", path.name)
        except OSError:
            refuse("table_unreadable", path.name)
        if sheet is not None and sheet not in book.sheet_names:
            refuse("sheet_missing", path.name, sheet=sheet, known=", ".join(book.sheet_names))
        rows: list[list[Any]] = [list(row) for row in book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python()]
    elif kind in (".csv", ".tsv", ".txt"):
        text = _decode(path.read_bytes(), path.name)
        delimiter = "\t" if kind == ".tsv" else _delimiter(text)
        rows = [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    else:
        refuse("table_kind", path.name, found=kind)
    return cells_of(rows, path.name)


def _is_workbook(path: Path) -> bool:
    """Whether the file begins as an Excel workbook does: a zip archive, or the container of one with a password."""
    with path.open("rb") as source:
        return source.read(8).startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def cells_of(rows: Sequence[Sequence[Any]], place: str) -> Cells:
    """Headings and rows as `Cells`; blank lines are passed over.

    Raises:
        CompositeError: no rows, a heading twice, or a row that is longer than the headings.
    """
    numbered = [(line, row) for line, row in enumerate(rows, 1) if any(_text(cell) for cell in row)]
    if len(numbered) < 2:
        refuse("table_empty", place)
    header = [label(cell) for cell in numbered[0][1]]
    doubled = [name for name in header if name and header.count(name) > 1]
    if doubled:
        refuse("column_twice", place, column=doubled[0])
    for line, row in numbered[1:]:
        if any(_text(cell) for cell in row[len(header) :]):
            refuse("row_too_long", f"{place} [{line}]", found=len(row), known=len(header))
    body = [row for _, row in numbered[1:]]
    columns = {name: [row[at] if at < len(row) else None for row in body] for at, name in enumerate(header) if name}
    return Cells(columns, tuple(line for line, _ in numbered[1:]))


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def label(cell: Any) -> str:
    """A code or a period as text: 2021.0 from a sheet is 2021, a date is its month."""
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())[:7]
    return unicodedata.normalize("NFKC", _text(cell)).strip()


def _decode(content: bytes, place: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refusal("not_utf8", place)


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)


_PLAIN = frozenset("0123456789.eE+-")


def _plain_column(cells: Sequence[Any]) -> list[float] | None:
    """A column of nothing but plain numbers and blanks, read at once; None sends it to the slow and thorough way."""
    if not all(isinstance(cell, str) for cell in cells) or not _PLAIN.issuperset("".join(cells)):
        return None
    try:
        return [float(cell) if cell else float("nan") for cell in cells]
    except ValueError:
        return None


class Numbers:
    """Turns cells into numbers; whatever is not plainly one is refused with its place."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._missing = set(layout.missing)

    def column(self, cells: Sequence[Any], name: str, lines: Sequence[int]) -> list[float]:
        """One column; `lines` are the cells' lines in the file."""
        plain = _plain_column(cells) if self._layout.decimal == "." else None
        if plain is not None:
            return plain
        found: list[float] = []
        with_sign = without = 0
        for line, cell in zip(lines, cells, strict=True):
            number, percent = self._cell(cell, f"{name} [{line}]")
            with_sign += percent
            without += not percent and number == number
            if with_sign and without:
                refuse("percent_mixed", f"{name} [{line}]", found=cell)
            found.append(number)
        return found

    def _cell(self, cell: Any, place: str) -> tuple[float, bool]:
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return float(cell), False
        if cell is None:
            return float("nan"), False
        text = unicodedata.normalize("NFKC", str(cell)).strip()
        if text in self._missing or str(cell).strip() in self._missing:
            return float("nan"), False
        percent = text.endswith("%")
        if percent:
            if self._layout.percent == "refuse":
                refuse("percent_sign", place, found=cell)
            text = text[:-1].strip()
        if self._layout.decimal == ",":
            text = text.replace(".", "").replace(",", ".") if self._layout.thousands else text.replace(",", ".")
        elif "," in text:
            if self._layout.thousands and _THOUSANDS.match(text):
                text = text.replace(",", "")
            else:
                refuse("decimal_comma" if _DECIMAL_COMMA.match(text) else "thousands_comma", place, found=cell)
        if not _NUMBER.match(text):
            refuse("not_a_number", place, found=cell)
        return float(text) / (100 if percent and self._layout.percent == "fraction" else 1), percent

"""Tables into panels: CSV and Excel, wide (a column per indicator) or tidy (a row per value), each bad cell named."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from duijie.engines.composite.errors import refusal, refuse
from duijie.engines.composite.formula import Formula
from duijie.engines.composite.panel import Panel, make_panel
from duijie.engines.composite.settings import Settings
from duijie.engines.composite.specification import Specification

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
    )
    settings.done()
    return layout


def read_rows(path: Path, sheet: str | None = None) -> list[list[Any]]:
    """The cells of a .csv, .tsv or .xlsx file, header first.

    Raises:
        CompositeError: another kind of file, an unreadable one, or an empty one.
    """
    kind = path.suffix.lower()
    if kind in (".xlsx", ".xlsm"):
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            book = CalamineWorkbook.from_path(str(path))
        except (CalamineError, OSError) as fault:
            refuse("table_unreadable", path.name, found=str(fault))
        if sheet is not None and sheet not in book.sheet_names:
            refuse("sheet_missing", path.name, sheet=sheet, known=", ".join(book.sheet_names))
        rows: list[list[Any]] = [list(row) for row in book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python()]
    elif kind in (".csv", ".tsv", ".txt"):
        text = _decode(path.read_bytes(), path.name)
        delimiter = "\t" if kind == ".tsv" else _delimiter(text)
        rows = [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    else:
        refuse("table_kind", path.name, found=kind)
    rows = [row for row in rows if any(str(cell).strip() for cell in row)]
    if len(rows) < 2:
        refuse("table_empty", path.name)
    return [list(row) for row in rows]


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

    def column(self, cells: Sequence[Any], name: str, lines: Sequence[int] | None = None) -> list[float]:
        """One column; `lines` are the cells' lines in the file (2, 3, 4... by default)."""
        plain = _plain_column(cells) if self._layout.decimal == "." else None
        if plain is not None:
            return plain
        found: list[float] = []
        with_sign = without = 0
        for line, cell in zip(lines or range(2, len(cells) + 2), cells, strict=True):
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


_UNIT_NAMES = (
    "unit",
    "unit_code",
    "ucode",
    "code",
    "id",
    "iso3",
    "country",
    "region",
    "city",
    "单位代码",
    "单位",
    "地区代码",
    "地区",
    "城市",
    "园区",
    "name",
)
_PERIOD_NAMES = ("period", "year", "time", "时期", "年份", "年度", "年")


def _found(header: Sequence[str], wanted: str | None, likely: Sequence[str], place: str, needed: bool) -> str | None:
    if wanted is not None:
        if wanted not in header:
            refuse("column_missing", place, column=wanted)
        return wanted
    by_lower = {name.lower(): name for name in reversed(header)}
    for name in likely:
        if name in by_lower:
            return by_lower[name]
    if needed:
        refuse("unit_column_missing", place, known=", ".join(header[:8]))
    return None


def _label(cell: Any) -> str:
    """A code or a period as text: 2021.0 from a sheet is 2021."""
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat())[:7]
    return unicodedata.normalize("NFKC", str(cell)).strip()


def needed_columns(specification: Specification) -> list[str]:
    """Columns to read as numbers: indicators, denominators, and whatever a formula mentions."""
    wanted = list(specification.framework.indicators)
    wanted += [element.denominator for element in specification.framework.elements if element.denominator is not None]
    for step in specification.steps:
        if step.kind == "denominate":
            for entry in dict(step.settings.get("by") or {}).values():
                wanted.append(entry if isinstance(entry, str) else str(entry.get("by")))
        if step.kind == "derive":
            for text in dict(step.settings.get("formulas") or {}).values():
                wanted += Formula(str(text), step.place).names
    return list(dict.fromkeys(wanted))


def read_panel(path: Path, specification: Specification) -> Panel:
    """The table that a specification describes.

    Raises:
        CompositeError: see `panel_from_rows` and `read_rows`.
    """
    layout = read_layout(specification.data)
    return panel_from_rows(read_rows(path, layout.sheet), layout, needed_columns(specification), path.name)


def panel_from_rows(
    rows: Sequence[Sequence[Any]], layout: Layout, numeric: Sequence[str], place: str = "data"
) -> Panel:
    """A panel from a header and rows; `numeric` are the columns to read as numbers (those present).

    Raises:
        CompositeError: a column twice, a bad number, a unit or a period twice, no unit column.
    """
    header = [_label(cell) for cell in rows[0]]
    doubled = [name for name in header if name and header.count(name) > 1]
    if doubled:
        refuse("column_twice", place, column=doubled[0])
    table = {name: [row[at] if at < len(row) else None for row in rows[1:]] for at, name in enumerate(header) if name}
    unit = _found(header, layout.unit, _UNIT_NAMES, place, needed=True)
    period = _found(header, layout.period, _PERIOD_NAMES, place, needed=False)
    assert unit is not None
    for at, cell in enumerate(table[unit]):
        if cell is None or not str(cell).strip():
            refuse("unit_blank", f"{place} {unit} [{at + 2}]")
    tidy = layout.layout == "tidy" or (
        layout.layout == "auto"
        and layout.indicator in header
        and layout.value in header
        and not set(numeric) & set(header)
    )
    if tidy:
        return _from_tidy(table, unit, period, layout, place)
    return _from_wide(table, unit, period, layout, numeric, place)


def _periods(table: Mapping[str, list[Any]], period: str | None, place: str) -> list[str] | None:
    if period is None:
        return None
    for at, cell in enumerate(table[period]):
        if cell is None or not str(cell).strip():
            refuse("period_blank", f"{place} {period} [{at + 2}]")
    return [_label(cell) for cell in table[period]]


def _from_wide(
    table: Mapping[str, list[Any]], unit: str, period: str | None, layout: Layout, numeric: Sequence[str], place: str
) -> Panel:
    units = [_label(cell) for cell in table[unit]]
    numbers = Numbers(layout)
    columns = {name: numbers.column(table[name], name) for name in numeric if name in table}
    return make_panel(
        units,
        columns,
        periods=_periods(table, period, place),
        groups={name: _labels(table, name, place) for name in layout.groups},
        names=_names(table, units, layout, place),
    )


def _labels(table: Mapping[str, list[Any]], name: str, place: str) -> list[str | None]:
    if name not in table:
        refuse("column_missing", place, column=name)
    return [_label(cell) if cell is not None and str(cell).strip() not in ("", "NA") else None for cell in table[name]]


def _names(table: Mapping[str, list[Any]], units: Sequence[str], layout: Layout, place: str) -> dict[str, str]:
    if layout.unit_name is None:
        return {}
    if layout.unit_name not in table:
        refuse("column_missing", place, column=layout.unit_name)
    return {code: _label(cell) for code, cell in zip(units, table[layout.unit_name], strict=True) if cell is not None}


def _tidy_values(cells: Sequence[Any], codes: Sequence[str], numbers: Numbers) -> list[float]:
    """Values of a tidy table, each indicator's cells judged together."""
    at_code: dict[str, list[int]] = {}
    for at, code in enumerate(codes):
        at_code.setdefault(code, []).append(at)
    found = [float("nan")] * len(cells)
    for code, positions in at_code.items():
        column = numbers.column([cells[at] for at in positions], code, [at + 2 for at in positions])
        for at, number in zip(positions, column, strict=True):
            found[at] = number
    return found


def _from_tidy(table: Mapping[str, list[Any]], unit: str, period: str | None, layout: Layout, place: str) -> Panel:
    for name in (layout.indicator, layout.value):
        if name not in table:
            refuse("column_missing", place, column=name)
    units = [_label(cell) for cell in table[unit]]
    periods = _periods(table, period, place)
    codes = [_label(cell) for cell in table[layout.indicator]]
    values = _tidy_values(table[layout.value], codes, Numbers(layout))
    keys = list(zip(units, periods or [""] * len(units), strict=True))
    rows = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    columns = {code: at for at, code in enumerate(dict.fromkeys(codes))}
    block = np.full((len(rows), len(columns)), np.nan)
    filled = np.zeros(block.shape, dtype=bool)
    groups: dict[str, list[str | None]] = {name: [None] * len(rows) for name in layout.groups}
    labels = {name: _labels(table, name, place) for name in layout.groups}
    for at, (key, code, value) in enumerate(zip(keys, codes, values, strict=True)):
        row, column = rows[key], columns[code]
        if filled[row, column]:
            refuse("value_twice", f"{place} [{at + 2}]", unit=key[0], period=key[1], indicator=code)
        filled[row, column] = True
        block[row, column] = value
        for name in layout.groups:
            groups[name][row] = groups[name][row] or labels[name][at]
    return make_panel(
        [key[0] for key in rows],
        {code: block[:, at].tolist() for code, at in columns.items()},
        periods=[key[1] for key in rows] if period is not None else None,
        groups=groups,
        names=_names(table, units, layout, place),
    )

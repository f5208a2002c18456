"""Tables into panels: wide (a column per indicator) or tidy (a row per value), one vintage of each figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from duijie.engines.composite.cells import Cells, Layout, Numbers, label, read_cells, read_layout
from duijie.engines.composite.errors import refuse
from duijie.engines.composite.formula import Formula
from duijie.engines.composite.panel import Panel, is_period, make_panel
from duijie.engines.composite.specification import Specification

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
        CompositeError: see `panel_from_cells` and `read_cells`.
    """
    layout = read_layout(specification.data)
    return panel_from_cells(read_cells(path, layout.sheet), layout, needed_columns(specification), path.name)


def panel_from_cells(cells: Cells, layout: Layout, numeric: Sequence[str], place: str = "data") -> Panel:
    """A panel from cells; `numeric` are the columns to read as numbers (those present).

    Raises:
        CompositeError: a bad number, a unit or a period twice, no unit column.
    """
    header = list(cells.columns)
    unit = _found(header, layout.unit, _UNIT_NAMES, place, needed=True)
    period = _found(header, layout.period, _PERIOD_NAMES, place, needed=False)
    assert unit is not None
    _refuse_blanks(cells, unit, "unit_blank", place)
    if period is not None:
        _refuse_blanks(cells, period, "period_blank", place)
    if _spread_over_periods(header, layout, period):
        cells, period = _gathered(cells, layout), "period"
        header = list(cells.columns)
    tidy = layout.layout == "tidy" or (
        layout.layout == "auto"
        and layout.indicator in header
        and layout.value in header
        and not set(numeric) & set(header)
    )
    if tidy:
        for name in (layout.indicator, layout.value):
            if name not in header:
                refuse("column_missing", place, column=name)
    if layout.vintage is not None:
        keys = [name for name in (unit, period, layout.indicator if tidy else None) if name is not None]
        cells = _one_vintage(cells, keys, layout, place)
    if tidy:
        return _from_tidy(cells, unit, period, layout, place)
    return _from_wide(cells, unit, period, layout, numeric, place)


def _spread_over_periods(header: Sequence[str], layout: Layout, period: str | None) -> bool:
    """Whether the table has a row per unit and indicator and a column per period."""
    plain = period is None and layout.indicator in header and layout.value not in header
    return plain and layout.layout != "wide" and any(is_period(name) for name in header)


def _gathered(cells: Cells, layout: Layout) -> Cells:
    """The same as a tidy table."""
    periods = [name for name in cells.columns if is_period(name)]
    rest = [name for name in cells.columns if not is_period(name)]
    columns = {name: [cell for cell in cells.columns[name] for _ in periods] for name in rest}
    columns["period"] = periods * len(cells.lines)
    columns[layout.value] = [cells.columns[name][row] for row in range(len(cells.lines)) for name in periods]
    return Cells(columns, tuple(line for line in cells.lines for _ in periods))


def _refuse_blanks(cells: Cells, name: str, code: str, place: str) -> None:
    for line, cell in zip(cells.lines, cells.columns[name], strict=True):
        if cell is None or not str(cell).strip():
            refuse(code, f"{place} {name} [{line}]")


def _vintage_label(cell: Any) -> str:
    return str(cell.isoformat())[:10] if hasattr(cell, "isoformat") else label(cell)


def _one_vintage(cells: Cells, keys: Sequence[str], layout: Layout, place: str) -> Cells:
    """Of rows that differ in their vintage only, the last one not after `as_of` (dates as texts: 2025-03-01)."""
    assert layout.vintage is not None
    if layout.vintage not in cells.columns:
        refuse("column_missing", place, column=layout.vintage)
    _refuse_blanks(cells, layout.vintage, "vintage_blank", place)
    chosen: dict[tuple[str, ...], tuple[str, list[int]]] = {}
    for at, cell in enumerate(cells.columns[layout.vintage]):
        vintage = _vintage_label(cell)
        if layout.as_of is not None and vintage > layout.as_of:
            continue
        key = tuple(label(cells.columns[name][at]) for name in keys)
        last, rows = chosen.get(key, ("", []))
        if vintage > last:
            chosen[key] = (vintage, [at])
        elif vintage == last:
            rows.append(at)
    keep = sorted(at for _, rows in chosen.values() for at in rows)
    if not keep:
        refuse("vintage_none", place, as_of=layout.as_of)
    return cells.only(keep)


def _periods(cells: Cells, period: str | None) -> list[str] | None:
    return None if period is None else [label(cell) for cell in cells.columns[period]]


def _from_wide(
    cells: Cells, unit: str, period: str | None, layout: Layout, numeric: Sequence[str], place: str
) -> Panel:
    units, numbers = [label(cell) for cell in cells.columns[unit]], Numbers(layout)
    present = [name for name in numeric if name in cells.columns]
    return make_panel(
        units,
        {name: numbers.column(cells.columns[name], name, cells.lines) for name in present},
        periods=_periods(cells, period),
        groups={name: _labels(cells, name, place) for name in layout.groups},
        names=_names(cells, units, layout, place),
    )


def _labels(cells: Cells, name: str, place: str) -> list[str | None]:
    if name not in cells.columns:
        refuse("column_missing", place, column=name)
    return [found if (found := label(cell)) not in ("", "NA") else None for cell in cells.columns[name]]


def _names(cells: Cells, units: Sequence[str], layout: Layout, place: str) -> dict[str, str]:
    if layout.unit_name is None:
        return {}
    if layout.unit_name not in cells.columns:
        refuse("column_missing", place, column=layout.unit_name)
    return {code: label(cell) for code, cell in zip(units, cells.columns[layout.unit_name], strict=True) if label(cell)}


def _tidy_values(cells: Sequence[Any], codes: Sequence[str], lines: Sequence[int], numbers: Numbers) -> list[float]:
    """Values of a tidy table, each indicator's cells judged together."""
    at_code: dict[str, list[int]] = {}
    for at, code in enumerate(codes):
        at_code.setdefault(code, []).append(at)
    found = [float("nan")] * len(cells)
    for code, positions in at_code.items():
        column = numbers.column([cells[at] for at in positions], code, [lines[at] for at in positions])
        for at, number in zip(positions, column, strict=True):
            found[at] = number
    return found


def _from_tidy(cells: Cells, unit: str, period: str | None, layout: Layout, place: str) -> Panel:
    units, periods = [label(cell) for cell in cells.columns[unit]], _periods(cells, period)
    codes = [label(cell) for cell in cells.columns[layout.indicator]]
    values = _tidy_values(cells.columns[layout.value], codes, cells.lines, Numbers(layout))
    keys = list(zip(units, periods or [""] * len(units), strict=True))
    rows = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    columns = {code: at for at, code in enumerate(dict.fromkeys(codes))}
    block = np.full((len(rows), len(columns)), np.nan)
    filled = np.zeros(block.shape, dtype=bool)
    groups: dict[str, list[str | None]] = {name: [None] * len(rows) for name in layout.groups}
    labels = {name: _labels(cells, name, place) for name in layout.groups}
    for at, (key, code, value) in enumerate(zip(keys, codes, values, strict=True)):
        row, column = rows[key], columns[code]
        if filled[row, column]:
            refuse("value_twice", f"{place} [{cells.lines[at]}]", unit=key[0], period=key[1], indicator=code)
        filled[row, column] = True
        block[row, column] = value
        for name in layout.groups:
            groups[name][row] = groups[name][row] or labels[name][at]
    return make_panel(
        [key[0] for key in rows],
        {code: block[:, at].tolist() for code, at in columns.items()},
        periods=[key[1] for key in rows] if period is not None else None,
        groups=groups,
        names=_names(cells, units, layout, place),
    )

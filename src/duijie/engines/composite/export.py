"""A finished index as bytes: JSON with everything and a replayable log, CSV with the results, Excel with a sheet per step.

The bytes depend on the index alone: no clock, no random order, so that a replay can be compared byte by byte.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from duijie.engines.composite.analysis.correlation import flagged, within_groups
from duijie.engines.composite.analysis.statistics import ColumnStatistics, column_statistics
from duijie.engines.composite.build import Index, canonical, replay
from duijie.engines.composite.decomposition import can_decompose, contributions_table
from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Panel, make_panel
from duijie.engines.composite.results import Table, effective_weights, ranks_table, results_table
from duijie.engines.spreadsheets import harmless

RESULT_FORMAT = "duijie-index-result/1"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_EXCEL_ROWS, _EXCEL_COLUMNS = 1_048_576, 16_384


def panel_document(panel: Panel) -> dict[str, Any]:
    """A panel as plain data."""
    return {
        "units": list(panel.units),
        "periods": list(panel.periods),
        "columns": list(panel.columns),
        "values": panel.values.tolist(),
        "groups": {name: list(labels) for name, labels in panel.groups.items()},
        "names": dict(panel.names),
    }


def panel_from_document(document: Mapping[str, Any]) -> Panel:
    """A panel from plain data, as `panel_document` made it."""
    values = np.array(
        [[np.nan if cell is None else cell for cell in row] for row in document["values"]], dtype=float
    ).reshape(len(document["units"]), len(document["columns"]))
    return make_panel(
        document["units"],
        {code: values[:, at].tolist() for at, code in enumerate(document["columns"])},
        periods=document["periods"] if any(document["periods"]) else None,
        groups=document["groups"],
        names=document["names"],
    )


def table_document(table: Table) -> dict[str, Any]:
    """A table as plain data."""
    return {"header": list(table.header), "rows": [list(row) for row in table.rows]}


def index_document(index: Index, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The whole index as plain data; `more` adds sections such as `uncertainty`."""
    weights = index.used_weights()
    return {
        "format": RESULT_FORMAT,
        "log": index.log_document(),
        "data": panel_document(index.raw),
        "datasets": {entry.writes: panel_document(index.panels[entry.writes]) for entry in index.log},
        "weights": {
            "used": weights,
            "effective": effective_weights(index.framework, weights),
            "sets": {name: dict(found) for name, found in index.weight_sets.items()},
        },
        "results": table_document(results_table(index)),
        "ranks": table_document(ranks_table(index)),
        "flags": [
            {"code": flag.code, "place": flag.place, "zh": flag.sentence("zh"), "en": flag.sentence("en")}
            for flag in index.flags
        ],
        **(more or {}),
    }


def to_json(index: Index, more: Mapping[str, Any] | None = None) -> bytes:
    """The whole index as canonical JSON."""
    return canonical(index_document(index, more))


def replay_document(document: Mapping[str, Any]) -> Index:
    """Run the log inside a result document again on the data inside it.

    Raises:
        CompositeError: not such a document, or a step that gives another result than it gave.
    """
    if document.get("format") != RESULT_FORMAT:
        refuse("format_unknown", "format", found=document.get("format"), known=RESULT_FORMAT)
    return replay(document["log"], panel_from_document(document["data"]))


def to_csv(table: Table) -> bytes:
    """A table as CSV in UTF-8 with a byte order mark, as Excel in China needs it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def dataset_table(panel: Panel) -> Table:
    """A data set as a table."""
    rows = [
        (unit, panel.names.get(unit, ""), period, *(None if np.isnan(value) else float(value) for value in values))
        for unit, period, values in zip(panel.units, panel.periods, panel.values, strict=True)
    ]
    return Table(("unit", "name", "period", *panel.columns), tuple(rows))


def log_table(index: Index) -> Table:
    """The log as a table: step, data sets, arguments and report as JSON."""
    rows = [
        (at + 1, entry.kind, entry.reads, entry.writes, _line(entry.arguments), _line(entry.report), entry.digest)
        for at, entry in enumerate(index.log)
    ]
    return Table(("number", "step", "from", "as", "arguments", "report", "digest"), tuple(rows))


def _line(value: Any) -> str:
    text = re.sub(r"\n\s*", " ", canonical(value).decode()).strip()
    return text if len(text) <= 32000 else text[:32000] + " …"


def weights_table(index: Index) -> Table:
    """Every element with its parent, level, weight and effective weight."""
    weights = index.used_weights()
    effective = effective_weights(index.framework, weights)
    rows = [
        (e.code, e.name or e.name_en, e.parent, index.framework.level[e.code], weights[e.code], effective.get(e.code))
        for e in index.framework.elements
    ]
    return Table(("code", "name", "parent", "level", "weight", "effective_weight"), tuple(rows))


def statistics_table(index: Index) -> Table:
    """Statistics of the indicators as they came, with flags."""
    codes = [code for code in index.framework.indicators if code in index.raw.columns]
    header = [field.name for field in fields(ColumnStatistics)]
    rows = []
    for line in column_statistics(index.raw, codes):
        cells = [getattr(line, name) for name in header]
        rows.append(tuple(", ".join(cell) if isinstance(cell, tuple) else _known(cell) for cell in cells))
    return Table(tuple(header), tuple(rows))


def correlations_table(index: Index, group_level: int = 2) -> Table:
    """Indicators of the same node two by two, in the last data set that holds them, redundant and conflicting pairs marked."""
    pairs = within_groups(index.final, index.framework, group_level)
    marks = {(pair.first, pair.second): mark for pair, mark in flagged(pairs)}
    rows = tuple(
        (p.group, p.first, p.second, _known(p.coefficient), _known(p.p_value), marks.get((p.first, p.second), ""))
        for p in pairs
    )
    return Table(("group", "first", "second", "correlation", "p_value", "flag"), rows)


def _known(cell: Any) -> Any:
    return None if isinstance(cell, float) and np.isnan(cell) else cell


def sheets(index: Index, more: Mapping[str, Table] | None = None) -> dict[str, Table]:
    """Every sheet of the workbook by its title."""
    flags = Table(
        ("code", "place", "zh", "en"),
        tuple((flag.code, flag.place, flag.sentence("zh"), flag.sentence("en")) for flag in index.flags),
    )
    found = {"results": results_table(index), "ranks": ranks_table(index), "weights": weights_table(index)}
    found |= dict(more or {})
    periods = index.final.period_list()
    if len(periods) > 1 and can_decompose(index):
        found["contributions"] = contributions_table(index, *periods[-2:])
    found |= {"statistics": statistics_table(index), "correlations": correlations_table(index)}
    found |= {"data raw": dataset_table(index.raw)}
    found |= {f"data {entry.writes}": dataset_table(index.panels[entry.writes]) for entry in index.log}
    return found | {"log": log_table(index), "flags": flags}


def to_xlsx(tables: Mapping[str, Table]) -> bytes:
    """Tables as an Excel workbook, the same bytes for the same tables."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for title, table in tables.items():
        if len(table.rows) >= _EXCEL_ROWS or len(table.header) > _EXCEL_COLUMNS:
            refuse("sheet_too_large", title, rows=len(table.rows), columns=len(table.header))
        sheet = book.create_sheet(title[:31])
        sheet.freeze_panes = "A2"
        sheet.append(list(table.header))
        for row in table.rows:
            sheet.append([harmless(cell) for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return _timeless(buffer.getvalue())


def _timeless(content: bytes) -> bytes:
    """The same archive without the moment it was made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", data)
            fresh = zipfile.ZipInfo(entry.filename, _EPOCH)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            fresh.external_attr = entry.external_attr
            new.writestr(fresh, data)
    return buffer.getvalue()

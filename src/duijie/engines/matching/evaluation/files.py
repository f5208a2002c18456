"""Write an evaluation as JSON, as an Excel workbook, or as csv (one row a need)."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from duijie.engines.matching.evaluation.presentation import as_values, need_table, workbook_tables
from duijie.engines.matching.evaluation.scoring import Comparison, Evaluation
from duijie.engines.matching.faults import InputFault

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def as_json(evaluation: Evaluation, comparison: Comparison | None) -> str:
    """One JSON object: `evaluation`, and `comparison` or null."""
    values = {"evaluation": as_values(evaluation), "comparison": as_values(comparison)}
    return json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False)


def write(
    path: Path, evaluation: Evaluation, comparison: Comparison | None, titles: Mapping[str, str], language: str
) -> None:
    """Write `path` in the format of its suffix: .json, .xlsx or .csv. Raises InputFault `no_format` otherwise."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        path.write_text(as_json(evaluation, comparison) + "\n", encoding="utf-8")
    elif suffix == ".csv":
        heading, rows = need_table(evaluation, titles, language)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([heading, *([_harmless(cell) for cell in row] for row in rows)])
    elif suffix == ".xlsx":
        _write_workbook(path, evaluation, comparison, titles, language)
    else:
        raise InputFault(
            "no_format",
            f"无法写出 {path.name}：后缀应为 .json、.xlsx 或 .csv。",
            f"{path.name} cannot be written: its suffix must be .json, .xlsx or .csv.",
        )


def _write_workbook(
    path: Path, evaluation: Evaluation, comparison: Comparison | None, titles: Mapping[str, str], language: str
) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, (heading, rows) in workbook_tables(evaluation, comparison, titles, language).items():
        sheet = book.create_sheet(name[:31])
        sheet.append(heading)
        for row in rows:
            sheet.append([_harmless(cell) for cell in row])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for column in sheet.columns:
            width = max(len(str(cell.value or "")) for cell in column)
            sheet.column_dimensions[column[0].column_letter].width = min(60, 2 + 1.3 * width)  # type: ignore[union-attr]
    book.save(path)


def _harmless(cell: Any) -> Any:
    """A title that starts like a formula is written as text, so that a spreadsheet does not run it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell

"""Write an evaluation as JSON, as an Excel workbook, as csv (one row a need), or its reliability plot as SVG."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path

from duijie.engines.matching.evaluation.presentation import as_values, need_table, workbook_tables
from duijie.engines.matching.evaluation.reliability_plot import reliability_plot
from duijie.engines.matching.evaluation.scoring import Comparison, Evaluation
from duijie.engines.matching.faults import InputFault
from duijie.engines.spreadsheets import harmless


def as_json(evaluation: Evaluation, comparison: Comparison | None) -> str:
    """One JSON object: `evaluation`, and `comparison` or null."""
    values = {"evaluation": as_values(evaluation), "comparison": as_values(comparison)}
    return json.dumps(values, ensure_ascii=False, indent=2, allow_nan=False)


def write(
    path: Path, evaluation: Evaluation, comparison: Comparison | None, titles: Mapping[str, str], language: str
) -> None:
    """Write `path` in the format of its suffix: .json, .xlsx, .csv or .svg. Raises InputFault `no_format` otherwise, and
    `no_probability` for a plot of a ranking without probabilities."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        path.write_text(as_json(evaluation, comparison) + "\n", encoding="utf-8")
    elif suffix == ".csv":
        heading, rows = need_table(evaluation, titles, language)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([heading, *([harmless(cell) for cell in row] for row in rows)])
    elif suffix == ".xlsx":
        _write_workbook(path, evaluation, comparison, titles, language)
    elif suffix == ".svg":
        if evaluation.calibration is None:
            raise InputFault(
                "no_probability",
                f"{evaluation.name} 没有 probability 列，无法画校准图。",
                f"{evaluation.name} has no column probability: there is nothing to plot.",
            )
        path.write_text(reliability_plot(evaluation.calibration, language), encoding="utf-8")
    else:
        raise InputFault(
            "no_format",
            f"无法写出 {path.name}：后缀应为 .json、.xlsx、.csv 或 .svg。",
            f"{path.name} cannot be written: its suffix must be .json, .xlsx, .csv or .svg.",
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
            sheet.append([harmless(cell) for cell in row])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        sheet.freeze_panes = "A2"
        for column in sheet.columns:
            width = max(len(str(cell.value or "")) for cell in column)
            sheet.column_dimensions[column[0].column_letter].width = min(60, 2 + 1.3 * width)  # type: ignore[union-attr]
    book.save(path)

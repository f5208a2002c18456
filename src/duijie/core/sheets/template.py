"""The Excel template of a kind of record: headings, a line of notes, drop-downs, a sheet that explains every column."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from duijie.core.language import ENGLISH, current_language
from duijie.core.sheets.cells import column_letters
from duijie.core.sheets.columns import Column
from duijie.core.sheets.package_writer import sheet_title
from duijie.core.sheets.reading import NOTES_MARK_EN, NOTES_MARK_ZH

FIRST_DATA_ROW = 3
LAST_ROW = 1_048_576
_WIDTHS = {"text": 44, "line": 26, "money": 18, "whole": 12, "decimal": 14, "date": 14, "yes_no": 10, "words": 30}
_HEADING_FILL = PatternFill("solid", fgColor="E8EEF7")
_NOTES_FONT = Font(italic=True, color="666666", size=9)
_WRAPPED = Alignment(vertical="top", wrap_text=True)
_KINDS = {
    "line": ("一行文字", "one line of text"),
    "text": ("文字，可分段", "text, paragraphs allowed"),
    "money": ("金额，可写 12万、1.5亿、300-500万、面议", "an amount: 120,000, 1.5 million, a range, negotiable"),
    "whole": ("整数", "a whole number"),
    "decimal": ("数字", "a number"),
    "date": ("日期，如 2026-11-21", "a date such as 2026-11-21"),
    "yes_no": ("是或否", "yes or no"),
    "words": ("多项，用顿号、逗号或分号隔开", "several, separated by commas"),
    "region": ("地区，写名称或代码，如 苏州、上海市普陀区", "a place by name or code"),
    "regions": ("地区，可多个，用顿号隔开", "places, separated by commas"),
    "industries": (
        "行业，写名称或 GB/T 4754 代码，可多个",
        "industries by name or GB/T 4754 code, separated by commas",
    ),
    "choice": ("从下拉列表选择", "choose from the list"),
    "choices": ("可选多项，用顿号隔开", "several of the list, separated by commas"),
}


def write_template(
    columns: Sequence[Column], out: Path | str | IO[bytes], *, title: str = "", language: str | None = None
) -> None:
    """Write the template of a record with these columns. `title` names the sheet that people fill in.

    What people fill in is read back by `open_sheet` with the same columns; the line of notes is passed over.
    """
    chinese = (language or current_language()) != ENGLISH
    book = Workbook()
    sheet: Any = book.active
    sheet.title = sheet_title(title or ("数据" if chinese else "Data"))
    lists = _write_choices(book, columns, chinese)
    for index, column in enumerate(columns, start=1):
        _head(sheet, index, column, chinese)
        if index in lists:
            _drop_down(sheet, index, column, lists[index], chinese)
    sheet.freeze_panes = f"A{FIRST_DATA_ROW}"
    sheet.row_dimensions[2].height = 54
    _write_help(book, columns, chinese)
    book.save(out if not isinstance(out, str) else Path(out))


def _head(sheet: Any, index: int, column: Column, chinese: bool) -> None:
    letters = column_letters(index)
    heading = sheet.cell(1, index, column.label(chinese) + (" *" if column.required else ""))
    heading.font = Font(bold=True, color="C00000" if column.required else "1F2937")
    heading.fill = _HEADING_FILL
    heading.comment = Comment(_explanation(column, chinese), "对接", width=280, height=120)
    mark = NOTES_MARK_ZH if chinese else NOTES_MARK_EN
    notes = sheet.cell(2, index, (mark if index == 1 else "") + _note(column, chinese))
    notes.font, notes.alignment = _NOTES_FONT, _WRAPPED
    sheet.column_dimensions[letters].width = _WIDTHS.get(column.kind, 20)
    if column.kind not in ("whole", "decimal"):
        # As text, so that long numbers keep their digits and 1-2 does not become a date.
        sheet.column_dimensions[letters].number_format = "yyyy-mm-dd" if column.kind == "date" else "@"


def _note(column: Column, chinese: bool) -> str:
    """One short line: must it be filled in, in what unit, for example what."""
    must = ("必填" if column.required else "选填") if chinese else ("required" if column.required else "optional")
    unit = (f"单位：{column.unit}" if chinese else f"unit: {column.unit}") if column.unit else ""
    example = (f"例：{column.example}" if chinese else f"e.g. {column.example}") if column.example else ""
    return ("；" if chinese else "; ").join(filter(None, (must, unit, example)))


def _explanation(column: Column, chinese: bool) -> str:
    kind = _KINDS.get(column.kind, _KINDS["line"])[0 if chinese else 1]
    lines = [column.help_zh if chinese else column.help_en, kind, _note(column, chinese)]
    return "\n".join(filter(None, lines))


def _write_choices(book: Workbook, columns: Sequence[Column], chinese: bool) -> dict[int, str]:
    """A sheet with one list per column of choices; from column index to the range of its list."""
    lists = {index: _options(column, chinese) for index, column in enumerate(columns, start=1)}
    lists = {index: options for index, options in lists.items() if options}
    if not lists:
        return {}
    name = "选项" if chinese else "Options"
    sheet: Any = book.create_sheet(name)
    ranges = {}
    for position, (index, options) in enumerate(lists.items(), start=1):
        sheet.cell(1, position, columns[index - 1].label(chinese)).font = Font(bold=True)
        for row, option in enumerate(options, start=2):
            sheet.cell(row, position, option)
        letters = column_letters(position)
        sheet.column_dimensions[letters].width = 24
        ranges[index] = f"'{name}'!${letters}$2:${letters}${len(options) + 1}"
    return ranges


def _options(column: Column, chinese: bool) -> list[str]:
    if column.choices:
        return [choice.zh if chinese else choice.en for choice in column.choices]
    return (["是", "否"] if chinese else ["yes", "no"]) if column.kind == "yes_no" else []


def _drop_down(sheet: Any, index: int, column: Column, source: str, chinese: bool) -> None:
    many = column.kind == "choices"
    validation = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=not many)
    validation.errorTitle = column.label(chinese)[:32]
    validation.error = "请从下拉列表中选择。" if chinese else "Choose from the list."
    letters = column_letters(index)
    validation.add(f"{letters}{FIRST_DATA_ROW}:{letters}{LAST_ROW}")
    sheet.add_data_validation(validation)


def _write_help(book: Workbook, columns: Sequence[Column], chinese: bool) -> None:
    sheet: Any = book.create_sheet("填写说明" if chinese else "How to fill in")
    headings = (
        ("列", "必填", "怎样填写", "单位", "示例", "可选值", "也可以写作")
        if chinese
        else ("Column", "Required", "How", "Unit", "Example", "Choices", "May also be headed")
    )
    sheet.append(headings)
    for column in columns:
        kind = _KINDS.get(column.kind, _KINDS["line"])[0 if chinese else 1]
        explained = "\n".join(filter(None, (column.help_zh if chinese else column.help_en, kind)))
        required = ("是" if chinese else "yes") if column.required else ""
        options = ("、" if chinese else ", ").join(_options(column, chinese))
        aliases = ("、" if chinese else ", ").join(column.aliases)
        sheet.append((column.label(chinese), required, explained, column.unit, column.example, options, aliases))
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEADING_FILL
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = _WRAPPED
            cell.data_type = "s" if cell.value is not None else cell.data_type
    for letters, width in zip("ABCDEFG", (20, 8, 50, 12, 26, 44, 30), strict=True):
        sheet.column_dimensions[letters].width = width
    sheet.freeze_panes = "A2"

"""The report as an Excel workbook: a sheet for each part, figures as numbers in their unit."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from duijie.core.language import speaking, t
from duijie.engines.spreadsheets import harmless
from duijie.plan.choices import unit_label
from duijie.plan.fields import plain_figure
from duijie.plan.reporting.stable import stable

Content = dict[str, Any]
_HEAD_FILL = PatternFill("solid", fgColor="E8EEF7")
_TOTAL_FILL = PatternFill("solid", fgColor="F4F6FA")
_LINE = Border(bottom=Side(style="thin", color="C9D2DE"))
_LIGHT_FILLS = {"achieved": "DDEFE3", "on_track": "DDEFE3", "slow": "FCEFD2", "behind": "F8DAD6", "off": "F8DAD6"}


def workbook(content: Content) -> bytes:
    """The workbook's bytes; the same content gives the same."""
    with speaking(content["language"]):
        book = Workbook()
        first: Any = book.active
        _standing(first, content)
        _members(book.create_sheet(), content)
        _actions(book.create_sheet(), content)
        _projects(book.create_sheet(), content)
        _problems(book.create_sheet(), content)
        _definitions(book.create_sheet(), content)
        target = io.BytesIO()
        book.save(target)
        return stable(target.getvalue(), dt.datetime.fromisoformat(content["known_at"]))


def _begin(sheet: Any, name: str, content: Content, head: Sequence[str], widths: Sequence[int]) -> None:
    sheet.title = name
    sheet.append([harmless(content["title"])])
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.append([harmless(content["note"])])
    sheet["A2"].font = Font(color="666666", size=9)
    sheet.append([])
    sheet.append([harmless(h) for h in head])
    for cell in sheet[4]:
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD_FILL, _LINE
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "B5"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "4:4"


def _rows(sheet: Any, rows: Iterable[Sequence[Any]]) -> None:
    for row in rows:
        sheet.append([harmless(v) for v in row])
        for cell in sheet[sheet.max_row]:
            cell.border = _LINE
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(cell.value, int | float):
                cell.number_format = "#,##0.00" if isinstance(cell.value, float) else "#,##0"


def _light(sheet: Any, column: int, lights: Sequence[str]) -> None:
    for place, light in enumerate(lights, start=5):
        if light in _LIGHT_FILLS:
            sheet.cell(place, column).fill = PatternFill("solid", fgColor=_LIGHT_FILLS[light])


def _standing(sheet: Any, content: Content) -> None:
    head = [
        t("编号", "Code"), t("指标", "Indicator"), t("单位", "Unit"), t("本期", "This period"), t("上期", "Before"),
        t("环比 %", "Change %"), t("上年同期", "A year ago"), t("目标期累计", "So far"), t("目标", "Target"),
        t("完成率 %", "Reached %"), t("状态", "State"),
    ]  # fmt: skip
    _begin(sheet, t("总体情况", "Summary"), content, head, [9, 30, 9, 16, 16, 10, 16, 16, 16, 11, 14])
    found = content["standing"]
    _rows(
        sheet,
        [
            [
                x["code"], x["title"], unit_label(x["unit"]), *(plain_figure(x[n], x["unit"]) for n in ("value", "before")),
                x["change"], *(plain_figure(x[n], x["unit"]) for n in ("last_year", "so_far", "target")),
                round(x["share"] * 100, 1) if x["share"] is not None else None, x["light_words"],
            ]
            for x in found
        ],
    )  # fmt: skip
    _light(sheet, 11, [x["light"] for x in found])


def _members(sheet: Any, content: Content) -> None:
    table = content["members"]
    heads = [f"{c['title']}（{unit_label(c['unit'], c['unit_name'])}）" if unit_label(c["unit"], c["unit_name"]) else c["title"] for c in table["columns"]]  # fmt: skip
    _begin(sheet, t("各成员", "Members"), content, [t("成员", "Member"), *heads], [26, *[18] * len(heads)])
    units = [c["unit"] for c in table["columns"]]
    lines = [[r["member"], *(plain_figure(v, u) for v, u in zip(r["values"], units, strict=True))] for r in table["rows"]]  # fmt: skip
    _rows(sheet, lines)
    _rows(sheet, [[t("合计", "Total"), *(plain_figure(v, u) for v, u in zip(table["total"], units, strict=True))]])
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = Font(bold=True), _TOTAL_FILL


def _actions(sheet: Any, content: Content) -> None:
    head = [
        t("编号", "Code"), t("类型", "Kind"), t("行动", "Action"), t("责任成员", "Responsible"), t("指标数", "Indicators"),
        t("其中正常", "Well"), t("任务数", "Tasks"), t("已完成", "Done"), t("推进中", "Under way"), t("状态", "State"),
    ]  # fmt: skip
    _begin(sheet, t("各专项行动", "Actions"), content, head, [9, 12, 36, 30, 9, 9, 9, 9, 9, 14])
    names = ("code", "kind", "title", "responsible", "indicators", "good", "tasks", "done", "running", "light_words")
    _rows(sheet, [[x[n] for n in names] for x in content["actions"]])
    _light(sheet, 10, [x["light"] for x in content["actions"]])


def _projects(sheet: Any, content: Content) -> None:
    head = [t("序号", "No."), t("项目", "Project"), t("成员", "Member"), t("日期", "Day"), t("金额", "Amount"), t("计入指标", "Counts for")]  # fmt: skip
    _begin(sheet, t("项目清单", "Projects"), content, head, [7, 46, 24, 13, 40, 40])
    rows: list[list[Any]] = [
        [n, x["title"], x["member"], x["on"], "；".join(f"{a[0]} {a[1]}" for a in x["amounts"]), "、".join(x["counts"])]
        for n, x in enumerate(content["projects"]["rows"], start=1)
    ]
    hidden = content["projects"]["counted_only"]
    if hidden:
        rows.append([None, t("另有 {n} 条未公开的记录只计数、不列出。", "{n} records that are not open are counted only.", n=hidden), None, None, None, None])  # fmt: skip
    for x in content["own_projects"]:
        rows.append([x["code"], x["title"], x["responsible"], x["ends_on"], x["state"], t("计划内重大项目", "Major project of the plan")])  # fmt: skip
    _rows(sheet, rows)


def _problems(sheet: Any, content: Content) -> None:
    head = [t("事项", "What"), t("状态", "State"), t("情况", "How it stands"), t("建议", "Suggestion")]
    _begin(sheet, t("存在问题与建议", "Problems"), content, head, [30, 14, 60, 50])
    _rows(sheet, [[x["title"], x["light_words"], x["text"], x["advice"]] for x in content["problems"]])


def _definitions(sheet: Any, content: Content) -> None:
    head = [t("编号", "Code"), t("指标", "Indicator"), t("口径", "Definition"), t("统计口径代码", "Measure"), t("筛选条件", "Filters")]  # fmt: skip
    _begin(sheet, t("统计口径", "Definitions"), content, head, [9, 30, 70, 26, 30])
    _rows(sheet, content["definitions"])

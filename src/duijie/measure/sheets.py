"""A round as an Excel template for one member, and the filled sheet read back."""

from __future__ import annotations

from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from duijie.core.calendar import parse_period
from duijie.core.errors import Fault, Faults
from duijie.core.indicators import name_of_indicator, unit_label
from duijie.core.language import t
from duijie.core.models.indicators import plain_figures
from duijie.core.sheets import Column, Limits, open_sheet
from duijie.core.sheets.package_writer import sheet_title
from duijie.measure.actions.submissions import Cell
from duijie.measure.queries.rounds import Sheet

COLUMNS = (
    Column("code", "代码", "Code", ("指标代码",), required=True),
    Column("name", "指标", "Indicator", ("指标名称",)),
    Column("unit", "单位", "Unit", ("计量单位",)),
    Column("last", "上期", "Last period", ("上期值", "去年")),
    Column("value", "本期", "This period", ("本期值", "数值", "value"), required=True),
    Column("status", "状态", "Status", ()),
    Column("reason", "说明", "Explanation", ("原因", "备注")),
)
_STATES = (
    ("正常", "normal"),
    ("初步", "provisional"),
    ("估计", "estimated"),
    ("口径变化", "break"),
    ("缺失", "missing"),
)
_WIDTHS = (22, 34, 12, 16, 18, 12, 40)
_HEAD = PatternFill("solid", fgColor="E8EEF7")
_GIVEN = PatternFill("solid", fgColor="F3F4F6")
MOST_ROWS = 2000


def write_sheet(sheet: Sheet, out: IO[bytes]) -> None:
    """The template of a submission with what is filled in already: codes, names, units, last period's values, drop-downs."""
    book = Workbook()
    page: Any = book.active
    page.title = sheet_title(sheet.submission.round.title)
    head = [t(c.label_zh, c.label_en) for c in COLUMNS]
    last, this = parse_period(sheet.submission.round.period).shifted(-1), parse_period(sheet.submission.round.period)
    head[3], head[4] = f"{head[3]}（{last.label()}）", f"{head[4]}（{this.label()}）"
    for at, text in enumerate(head, start=1):
        cell = page.cell(1, at, text)
        cell.font, cell.fill = Font(bold=True), _HEAD
        page.column_dimensions["ABCDEFG"[at - 1]].width = _WIDTHS[at - 1]
    for row, line in enumerate(sheet.lines, start=2):
        indicator = line.indicator
        values = [
            indicator.code,
            name_of_indicator(indicator),
            unit_label(indicator),
            _figure(line.last.value if line.last else None),
        ]
        for at, value in enumerate(values, start=1):
            page.cell(row, at, value).fill = _GIVEN
        page.cell(row, 5, _figure(line.value))
        page.cell(row, 6, _state(line.status))
        page.cell(row, 7, line.reason).alignment = Alignment(wrap_text=True)
        # A name or a reason that begins like a formula stays the text it is, and comes back as it was.
        for cell in page[row]:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
        definition = t(indicator.definition, indicator.definition_en or indicator.definition)
        if definition:
            page.cell(row, 2).comment = Comment(definition[:1000], "对接", width=320, height=140)
    states = ",".join(t(zh, en) for zh, en in _STATES)
    choice = DataValidation(type="list", formula1=f'"{states}"', allow_blank=True)
    choice.add(f"F2:F{len(sheet.lines) + 1}")
    page.add_data_validation(choice)
    page.freeze_panes = "E2"
    book.save(out)


def _figure(value: Any) -> Any:
    """A number where Excel keeps all its figures, else its text."""
    if value is None:
        return None
    text = plain_figures(value)
    return float(text) if len(text.replace("-", "").replace(".", "").lstrip("0")) <= 15 else text


def _state(code: str) -> str:
    position = "APEBM".find(code)
    return t(*_STATES[position]) if position > 0 else ""


def read_sheet(source: Path | bytes | IO[bytes]) -> tuple[dict[str, Cell], dict[str, str]]:
    """Cells by code, and the place of each in the sheet. Raises Faults: a code twice, a row without a code, what cannot be opened."""
    cells: dict[str, Cell] = {}
    places: dict[str, str] = {}
    faults: list[Fault] = []
    with open_sheet(source, columns=COLUMNS, limits=Limits(rows=MOST_ROWS)) as sheet:
        for number, row in sheet.rows():
            given = {name: cell.value for name, cell in row.items()}
            code = str(given.get("code") or "").strip()
            if not code:
                if any(given.get(name) is not None for name in ("value", "reason", "status")):
                    faults.append(
                        Fault(
                            "missing",
                            "代码：必须填写。",
                            "Code: is required.",
                            place=sheet.place(number, "code"),
                            status=422,
                        )
                    )
                continue
            if code in cells:
                faults.append(
                    Fault("sheet.repeated_id", f"代码“{code}”在表里出现了两次。", f"The code “{code}” stands in the sheet twice.",
                          place=sheet.place(number, "code"), status=422)
                )  # fmt: skip
                continue
            refused = [cell.fault for cell in row.values() if cell.fault is not None]
            faults += refused
            cells[code] = Cell(given.get("value"), str(given.get("status") or ""), str(given.get("reason") or ""))
            places[code] = sheet.place(number, "value")
    if faults:
        raise Faults(faults)
    return cells, places


def placed(fault: Fault, places: dict[str, str]) -> Fault:
    """The same refusal with cells of the sheet as places."""
    each = fault.faults if isinstance(fault, Faults) else [fault]
    return Faults([f.at(places.get(f.place or "", f.place or "")) for f in each])

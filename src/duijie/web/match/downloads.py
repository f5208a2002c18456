"""A list as a download: Excel with frozen, filtered headings, or CSV that Excel reads as UTF-8."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from duijie.core.files import XLSX
from duijie.engines.spreadsheets import harmless
from duijie.web.kit.words import changed_query

Value = str | int | float | dt.date | None
FORMATS = ("xlsx", "csv")


def exports_of(request: HttpRequest) -> dict[str, str]:
    """The addresses of this list as a download, with the filters in force; for `Table(exports=…)`."""
    return {name: changed_query(request.GET, {"format": kind}) for name, kind in (("Excel", "xlsx"), ("CSV", "csv"))}


def download(name: str, kind: str, head: Sequence[str], rows: Iterable[Sequence[Value]], title: str) -> HttpResponse:
    """The rows as `name`.xlsx or `name`.csv."""
    cells = [[harmless(value) for value in row] for row in rows]
    content = _workbook(head, cells, title) if kind == "xlsx" else _csv(head, cells)
    response = HttpResponse(content, content_type=XLSX if kind == "xlsx" else "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _csv(head: Sequence[str], rows: list[list[Value]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([value.isoformat() if isinstance(value, dt.date) else value for value in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def _workbook(head: Sequence[str], rows: list[list[Value]], title: str) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for number, name in enumerate(head, 1):
        longest = max([len(name) * 2, *(len(str(row[number - 1] or "")) for row in rows[:200])], default=10)
        sheet.column_dimensions[get_column_letter(number)].width = min(max(longest + 2, 10), 60)
    sheet.freeze_panes = "A2"
    headings = []
    for name in head:
        cell = WriteOnlyCell(sheet, value=name)
        cell.font = Font(bold=True)
        headings.append(cell)
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{len(rows) + 1}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

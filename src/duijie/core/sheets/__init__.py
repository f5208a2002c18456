"""Sheets in and out: Excel and CSV as offices make them, read with care and bounded memory; templates; marked copies."""

from __future__ import annotations

from duijie.core.sheets.cells import Cell, column_letters, place_of
from duijie.core.sheets.columns import Column
from duijie.core.sheets.limits import Limits
from duijie.core.sheets.marked import write_marked_copy
from duijie.core.sheets.reading import Sheet, open_sheet, read_rows, sheet_names
from duijie.core.sheets.table import write_table
from duijie.core.sheets.template import write_template

__all__ = [
    "Cell",
    "Column",
    "Limits",
    "Sheet",
    "column_letters",
    "open_sheet",
    "place_of",
    "read_rows",
    "sheet_names",
    "write_marked_copy",
    "write_table",
    "write_template",
]

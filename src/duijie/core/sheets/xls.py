"""Reader of .xls: values through calamine, after the records were searched for formulas, passwords and false sizes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from duijie.core.sheets import compound
from duijie.core.sheets.cells import RawValue, error_value, formula, lost_digits
from duijie.core.sheets.limits import Limits, broken, encrypted, not_a_workbook, too_big, too_many_columns
from duijie.core.sheets.xlsx import Raw, SheetPart, Survey

_LARGEST_EXACT = 10**15


class XlsBook:
    """An open .xls workbook."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        if len(data) > limits.binary_file_bytes:
            raise too_big(len(data), limits.binary_file_bytes)
        container = compound.CompoundFile(data)
        if "EncryptedPackage" in container:
            raise encrypted()
        name = next((name for name in ("Workbook", "Book") if name in container), None)
        if name is None:
            raise not_a_workbook("这不是 Excel 工作簿", "This is not an Excel workbook")
        stream = container.stream(name)
        if compound.is_encrypted(stream):
            raise encrypted()
        self._binary = compound.survey(stream)
        for sheet in self._binary:
            # calamine lays out the whole rectangle that a sheet spans.
            if sheet.columns > limits.columns and sheet.rows * sheet.columns > limits.rows * limits.columns // 10:
                raise too_many_columns(limits.columns, "")
        self._book = _opened(data)
        metadata = [entry for entry in self._book.sheets_metadata if entry.typ == SheetTypeEnum.WorkSheet]
        self.sheets: tuple[SheetPart, ...] = tuple(
            SheetPart(entry.name, str(position), entry.visible == SheetVisibleEnum.Visible)
            for position, entry in enumerate(metadata)
        )

    def survey(self, sheet: SheetPart) -> Survey:
        """About how many rows the sheet has, and which of its cells are merged."""
        source = self._book.get_sheet_by_name(sheet.name)
        merges = sorted(
            (top + 1, left + 1, bottom + 1, right + 1)
            for (top, left), (bottom, right) in source.merged_cell_ranges or ()
        )
        return Survey(source.total_height, tuple(merges))

    def rows(self, sheet: SheetPart) -> Iterator[Raw]:
        """Row numbers with their filled cells by column index."""
        source = self._book.get_sheet_by_name(sheet.name)
        position = int(sheet.part)
        formulas = self._binary[position].formulas if position < len(self._binary) else set()
        _, left = source.start or (0, 0)
        for row, values in enumerate(source.iter_rows()):  # counts from the first row, but from the first filled column
            cells: dict[int, RawValue] = {}
            for column, value in enumerate(values, start=left):
                if (row, column) in formulas:
                    cells[column + 1] = formula(str(value))
                elif value != "":
                    cells[column + 1] = _raw(value)
            if cells:
                yield row + 1, cells

    def close(self) -> None:
        self._book.close()


def _opened(data: bytes) -> Any:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (CalamineError, OSError, ValueError):
        raise broken() from None
    except BaseException as panic:  # a panic of the Rust reader is no Exception
        if type(panic).__name__ != "PanicException":
            raise
        raise broken() from None


def _raw(value: Any) -> RawValue:
    if isinstance(value, int):  # and bool
        return value
    if isinstance(value, float):
        if abs(value) >= _LARGEST_EXACT:
            return lost_digits(f"{value:.0f}")
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        whole: date = value.date()
        return whole if value.time() == time.min else value
    if isinstance(value, date):
        return value
    text = str(value)
    return error_value(text) if text.startswith("#") and text.rstrip("!?").isupper() and len(text) < 10 else text

"""Reader of .xls workbooks (Excel 97 to 2003, and WPS)."""

from __future__ import annotations

from collections.abc import Iterator

from duijie.core.sheets.biff import BinaryCells, BinaryWorkbook
from duijie.core.sheets.compound import CompoundFile
from duijie.core.sheets.limits import Limits, encrypted, not_a_workbook, too_big
from duijie.core.sheets.xlsx import Raw, SheetPart, Survey


class XlsBook:
    """An open .xls workbook."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        if len(data) > limits.binary_file_bytes:
            raise too_big(len(data), limits.binary_file_bytes)
        container = CompoundFile(data)
        if "EncryptedPackage" in container:
            raise encrypted()
        if "Workbook" not in container:
            raise not_a_workbook("这不是 Excel 97 以后的工作簿", "This is no workbook of Excel 97 or later")
        self._book = BinaryWorkbook(container.stream("Workbook"))
        self.sheets: tuple[SheetPart, ...] = tuple(
            SheetPart(sheet.name, str(index), sheet.visible) for index, sheet in enumerate(self._book.sheets)
        )
        self._read: tuple[str, BinaryCells] | None = None

    def _cells(self, sheet: SheetPart) -> BinaryCells:
        if self._read is None or self._read[0] != sheet.part:
            self._read = (sheet.part, self._book.cells(self._book.sheets[int(sheet.part)]))
        return self._read[1]

    def survey(self, sheet: SheetPart) -> Survey:
        """How far down the sheet goes, and which of its cells are merged."""
        cells = self._cells(sheet)
        return Survey(max(cells.rows, default=0), tuple(sorted(set(cells.merges))))

    def rows(self, sheet: SheetPart) -> Iterator[Raw]:
        """Row numbers with their filled cells by column index."""
        for number, values in sorted(self._cells(sheet).rows.items()):
            yield number, dict(sorted(values.items()))

    def close(self) -> None:
        self._read = None

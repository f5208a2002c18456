"""Streaming reader of CSV: UTF-8, UTF-16, GBK, GB18030 and Big5, with any of the usual delimiters."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import IO

from duijie.core.errors import Fault
from duijie.core.sheets.cells import RawValue, formula
from duijie.core.sheets.limits import not_a_workbook, refuse
from duijie.core.sheets.xlsx import Raw, SheetPart, Survey

Score = Callable[[list[list[str]]], int]
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHINESE = ("gb18030", "big5hkscs")
_DELIMITERS = ",\t;|"
_PROBE_BYTES = 1 << 16
_PROBE_RECORDS = 20
# ="0012" is how exports keep leading zeros: text, not a calculation.
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


class CsvBook:
    """An open CSV file: a workbook of one nameless sheet. Numbers of rows count records, as Excel shows them."""

    def __init__(self, file: IO[bytes], score: Score) -> None:
        self._file = file
        self.sheets: tuple[SheetPart, ...] = (SheetPart("", "", True),)
        self.encoding, self.delimiter = self._recognised(score)

    def _recognised(self, score: Score) -> tuple[str, str]:
        self._file.seek(0)
        head = self._file.read(_PROBE_BYTES)
        codings = self._codings(head)
        best: tuple[int, int, str, str] | None = None
        for rank, coding in enumerate(codings):
            text = codecs.getincrementaldecoder(coding)("ignore").decode(head)
            for delimiter in _declared(text) or _DELIMITERS:
                records = _probe(text, delimiter)
                found = (score(records) * 1000 + _alike(records), -rank, coding, delimiter)
                if best is None or found[:2] > best[:2]:
                    best = found
        if best is None:
            raise _unreadable_encoding()
        return best[2], best[3]

    def _codings(self, head: bytes) -> list[str]:
        """The encodings in which the whole file can be decoded."""
        for mark, coding in _MARKS:
            if head.startswith(mark):
                return [coding] if self._decodes(coding) else []
        if b"\0" in head:
            even, odd = head[0::2].count(0), head[1::2].count(0)
            coding = "utf-16-le" if odd > even else "utf-16-be"
            if max(even, odd) * 64 > len(head) and not min(even, odd) and self._decodes(coding):
                return [coding]
            raise not_a_workbook("这不是表格文件", "This is not a spreadsheet")
        if self._decodes("utf-8"):
            return ["utf-8"]
        return [coding for coding in _CHINESE if self._decodes(coding)]

    def _decodes(self, coding: str) -> bool:
        decoder = codecs.getincrementaldecoder(coding)("strict")
        self._file.seek(0)
        try:
            while chunk := self._file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeError:
            return False
        return True

    def survey(self, sheet: SheetPart) -> Survey:
        """About how many records there are: lines that are not empty."""
        self._file.seek(0)
        lines, last = 0, b""
        while chunk := self._file.read(1 << 20):
            lines, last = lines + chunk.count(b"\n"), chunk
        return Survey(lines + (not last.endswith((b"\n", b"\n\0")) and bool(last)), ())

    def rows(self, sheet: SheetPart) -> Iterator[Raw]:
        """Record numbers with their filled cells by column index."""
        self._file.seek(0)
        text = io.TextIOWrapper(self._file, encoding=self.encoding, newline="")
        try:
            for number, record in enumerate(csv.reader(text, delimiter=self.delimiter), start=1):
                if number == 1 and len(record) <= 2 and record and record[0].casefold().startswith("sep="):
                    continue
                cells = {
                    index: _raw(value) for index, value in enumerate(record, start=1) if value and not value.isspace()
                }
                if cells:
                    yield number, cells
        except csv.Error:
            raise refuse(
                "csv_quotes",
                "CSV 里的双引号不成对，请检查后另存再上传。",
                "The quotation marks in the CSV do not pair up; correct them and upload again.",
            ) from None
        except UnicodeError:
            raise _unreadable_encoding() from None
        finally:
            text.detach()

    def close(self) -> None:
        return None


def _raw(value: str) -> RawValue:
    if value[0] == "=" and len(value) > 1:
        literal = _TEXT_FORMULA.fullmatch(value)
        return literal[1] if literal else formula(value)
    return value[1:] if _GUARDED.match(value) else value


def _declared(text: str) -> str:
    """The delimiter that a first line ``sep=;`` declares."""
    match = re.match(r"\ufeff?sep=(.)\r?\n", text, re.IGNORECASE)
    return match[1] if match else ""


def _probe(text: str, delimiter: str) -> list[list[str]]:
    records = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            records.append(record)
            if len(records) >= _PROBE_RECORDS:
                break
    except csv.Error:
        return records
    return records


def _alike(records: list[list[str]]) -> int:
    """How many records are as wide as most are, where that is more than one column."""
    widths = Counter(len(record) for record in records)
    usual = min(widths, key=lambda width: (-widths[width], width), default=1)
    return widths[usual] if usual > 1 else 0


def _unreadable_encoding() -> Fault:
    return refuse(
        "encoding",
        "CSV 的文字编码无法识别，请用 Excel 另存为“CSV UTF-8”后再上传。",
        "The encoding of the CSV is not recognised; save it as CSV UTF-8 and upload again.",
    )

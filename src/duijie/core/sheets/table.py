"""Tables out: .xlsx and CSV, row by row, in which no text can become a formula when the file is opened."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from duijie.core.calendar import SHANGHAI
from duijie.core.language import ENGLISH, current_language
from duijie.core.sheets.cells import column_letters
from duijie.core.sheets.columns import Column
from duijie.core.sheets.package_writer import PackageWriter, SheetExtras, Style, Styled
from duijie.engines.spreadsheets import harmless

_WIDTHS = {"text": 50, "line": 24, "money": 16, "whole": 10, "decimal": 12, "date": 12, "yes_no": 8, "words": 30}


def write_table(
    columns: Sequence[Column],
    rows: Iterable[Mapping[str, Any]],
    out: Path | str | IO[bytes],
    *,
    form: str | None = None,
    sheet: str = "",
    language: str | None = None,
) -> int:
    """Write `rows` (values by column name) under the columns' labels and return how many there were.

    form: "xlsx" or "csv"; by default what the path's suffix says, else xlsx. Values: text, numbers, dates, instants
    (shown as in Shanghai), yes and no, lists (joined by 、), None. Memory does not grow with the number of rows.
    """
    chinese = (language or current_language()) != ENGLISH
    if form is None:
        form = "csv" if isinstance(out, Path | str) and Path(out).suffix.casefold() == ".csv" else "xlsx"
    if form == "csv":
        return _write_csv(columns, rows, out, chinese)
    if form != "xlsx":
        raise ValueError(f"no such form of table: {form!r}")
    extras = SheetExtras(widths=[_WIDTHS.get(column.kind, 20) for column in columns], frozen_rows=1)
    writer = PackageWriter(out)
    try:
        count = writer.add_sheet(
            sheet or ("数据" if chinese else "Data"), _sheet_rows(columns, rows, chinese, extras), extras
        )
    except BaseException:
        writer.abandon()
        raise
    writer.close()
    return count - 1


def _sheet_rows(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], chinese: bool, extras: SheetExtras
) -> Iterator[tuple[int, dict[int, Any]]]:
    yield 1, {index: Styled(column.label(chinese), Style.HEADING) for index, column in enumerate(columns, start=1)}
    places = [(index, column.name) for index, column in enumerate(columns, start=1)]
    number = 1
    for number, row in enumerate(rows, start=2):
        yield number, {index: plain_value(row[name], chinese) for index, name in places if row.get(name) is not None}
    extras.filtered = f"A1:{column_letters(max(len(columns), 1))}{number}"  # known only now


def plain_value(value: Any, chinese: bool) -> Any:
    """A value as a cell holds it: yes and no as words, lists as one text."""
    if isinstance(value, bool):
        return ("是" if value else "否") if chinese else ("yes" if value else "no")
    if isinstance(value, list | tuple | set | frozenset):
        return ("、" if chinese else "; ").join(str(plain_value(item, chinese)) for item in value)
    return value


def _write_csv(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], out: Path | str | IO[bytes], chinese: bool
) -> int:
    if isinstance(out, Path | str):
        with Path(out).open("wb") as file:
            return _write_csv(columns, rows, file, chinese)
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=False)
    try:
        writer = csv.writer(text)
        writer.writerow([harmless(column.label(chinese)) for column in columns])
        count = 0
        for row in rows:
            writer.writerow([_csv_value(row.get(column.name), chinese) for column in columns])
            count += 1
        text.flush()
        return count
    finally:
        text.detach()


def _csv_value(value: Any, chinese: bool) -> str:
    value = plain_value(value, chinese)
    if value is None:
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI) if value.tzinfo else value
        return local.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return harmless(value.replace("\0", ""))
    return str(value)

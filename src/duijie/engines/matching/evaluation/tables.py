"""Read ranking and judgement files row by row: csv, tsv (also gzipped), xlsx; UTF-8 or GB 18030.

Nothing here holds a whole csv file in memory, so that a ranking may have many millions of rows.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TextIO

from duijie.engines.matching.faults import InputFault, at

HEADINGS: dict[str, tuple[str, ...]] = {
    "need_id": ("need_id", "需求编号", "需求ID"),
    "offer_id": ("offer_id", "供给编号", "供给ID", "成果编号"),
    "score": ("score", "得分", "分数"),
    "probability": ("probability", "概率"),
    "grade": ("grade", "等级", "评级"),
    "title": ("title", "标题", "名称"),
    "keywords": ("keywords", "关键词"),
    "summary": ("summary", "摘要"),
    "body": ("body", "content", "正文", "内容"),
}
PLAIN = ("id", "external_id", "编号")
GRADES = (1, 2, 3, 4)


def encoding_of(path: Path) -> str:
    """UTF-8 (with or without a mark) when the first megabyte decodes so, otherwise GB 18030."""
    with _open_bytes(path) as file:
        head: bytes = file.read(1 << 20)
    try:
        # A character cut by the end of the sample is no fault: the decoder is told that more may follow.
        codecs.getincrementaldecoder("utf-8-sig")().decode(head, final=False)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _open_bytes(path: Path) -> Any:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _open_text(path: Path, encoding: str) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def _text_rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    suffixes = [suffix for suffix in path.suffixes if suffix != ".gz"]
    delimiter = "\t" if suffixes and suffixes[-1] == ".tsv" else ","
    with _open_text(path, encoding_of(path)) as file:
        reader = csv.reader(file, delimiter=delimiter)
        try:
            for row in reader:
                yield reader.line_num, row
        except UnicodeDecodeError as error:
            line = reader.line_num + 1
            raise InputFault(
                "not_text",
                f"{path.name} 第 {line} 行附近不是 UTF-8 或 GB 18030 文本。",
                f"{path.name}, near row {line}: neither UTF-8 nor GB 18030 text.",
            ) from error
        except csv.Error as error:
            raise InputFault(
                "ragged",
                f"{path.name} 第 {reader.line_num} 行无法按 CSV 读取（{error}）。",
                f"{path.name}, row {reader.line_num}: cannot be read as CSV ({error}).",
            ) from error


def _sheet_rows(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise InputFault(
            "not_text", f"{path.name} 不是可读的 Excel 工作簿。", f"{path.name}: not a readable Excel workbook."
        ) from error
    for number, row in enumerate(rows, start=1):
        yield number, [_cell_text(cell) for cell in row]


def _cell_text(cell: Any) -> str:
    """An identifier typed as the number 12 comes back from a sheet as 12.0; it reads "12" in a csv file."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def rows_of(
    path: Path, required: Sequence[str], optional: Sequence[str] = (), *, or_plain: Sequence[str] = ()
) -> Iterator[tuple[int, list[str | None]]]:
    """Yield (row number, cells in the order required + optional); an absent optional column gives None.

    Columns named in `or_plain` may also be headed like a plain identifier (id, 编号).
    Raises InputFault `no_file`, `empty`, `no_column`, `ragged`, `not_text`.
    """
    if not path.is_file():
        raise InputFault("no_file", f"找不到文件 {path}。", f"No such file: {path}.")
    rows = _sheet_rows(path) if path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".ods"} else _text_rows(path)
    first = next(rows, None)
    if first is None:
        raise InputFault("empty", f"{path.name} 是空文件。", f"{path.name} is empty.")
    heading = [cell.strip() for cell in first[1]]
    places = [_place(path, heading, name, PLAIN if name in or_plain else (), needed=True) for name in required]
    places += [_place(path, heading, name, (), needed=False) for name in optional]
    last = max(place for place in places if place is not None)
    for number, row in rows:
        if len(row) <= last:
            if not any(cell.strip() for cell in row):
                continue
            raise InputFault(
                "ragged",
                f"{path.name} 第 {number} 行只有 {len(row)} 列，应有 {len(heading)} 列。",
                f"{path.name}, row {number}: {len(row)} columns where {len(heading)} are expected.",
            )
        yield number, [None if place is None else row[place] for place in places]


def _place(path: Path, heading: list[str], name: str, also: Sequence[str], *, needed: bool) -> int | None:
    for alias in (*HEADINGS[name], *also):
        if alias in heading:
            return heading.index(alias)
    if needed:
        raise InputFault(
            "no_column",
            f"{path.name} 第 1 行缺少 {name} 列（现有：{'、'.join(heading)}）。",
            f"{path.name}, row 1: no column {name} (it has: {', '.join(heading)}).",
        )
    return None


def number_in(path: Path, row: int, column: str, text: str) -> float:
    """A finite number, or InputFault `not_number`; full-width digits are read."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise at(
            path.name,
            row,
            column,
            "not_number",
            f"“{text.strip()}”不是有限的数。",
            f"“{text.strip()}” is no finite number.",
        )
    return value


def identifier_in(path: Path, row: int, column: str, text: str) -> str:
    """A non-blank identifier, or InputFault `blank`."""
    if not text.strip():
        raise at(path.name, row, column, "blank", "编号为空。", "the identifier is blank.")
    return text


def read_judgements(path: Path) -> dict[str, dict[str, int]]:
    """need -> offer -> grade (1 none, 2 weak, 3 fairly strong, 4 strong), in file order.

    Raises InputFault, also for a grade outside 1 to 4 and for a pair that is judged twice.
    """
    judged: dict[str, dict[str, int]] = {}
    for row, (need, offer, grade_text) in rows_of(path, ("need_id", "offer_id", "grade")):
        need = identifier_in(path, row, "need_id", need or "")
        offer = identifier_in(path, row, "offer_id", offer or "")
        grade = number_in(path, row, "grade", grade_text or "")
        if grade not in GRADES:
            raise at(
                path.name, row, "grade", "out_of_range", f"等级应为 1、2、3 或 4，不是 {grade:g}。",
                f"a grade is 1, 2, 3 or 4, not {grade:g}.",
            )  # fmt: skip
        offers = judged.setdefault(need, {})
        if offer in offers:
            raise at(
                path.name, row, "offer_id", "repeated", f"需求 {need} 与供给 {offer} 已经评过一次。",
                f"need {need} and offer {offer} are judged twice.",
            )  # fmt: skip
        offers[offer] = int(grade)
    if not judged:
        raise InputFault("empty", f"{path.name} 没有任何数据行。", f"{path.name} has no rows.")
    return judged


def read_titles(path: Path, column: str) -> dict[str, str]:
    """identifier -> title ("" where the file has no title column); `column` is need_id or offer_id."""
    titles: dict[str, str] = {}
    for row, (key, title) in rows_of(path, (column,), ("title",)):
        titles[identifier_in(path, row, column, key or "")] = title or ""
    return titles

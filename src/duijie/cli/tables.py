"""Tables of listings as people have them: xlsx, xls or csv in the usual encodings, with Chinese or English column names."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from duijie.cli.language import Language
from duijie.core.text import tidy_line, tidy_text  # as the exchange keeps texts, so that both rank alike
from duijie.engines.matching import Document

MAX_BYTES = 200 * 1024 * 1024
_ENCODINGS = ("utf-8-sig", "gb18030")
_COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("编号", "序号", "id", "编码", "需求编号", "成果编号", "项目编号", "need_id", "offer_id", "external_id", "外部编号", "no", "no."),
    "title": ("标题", "名称", "题目", "title", "name", "需求名称", "成果名称", "项目名称", "需求标题", "技术名称", "需求题目", "成果标题"),
    "body": ("内容", "描述", "简介", "正文", "content", "body", "description", "需求内容", "成果简介", "需求描述", "技术描述", "成果描述",
             "项目简介", "详细描述", "详情", "text", "abstract"),
    "summary": ("摘要", "概要", "summary"),
    "keywords": ("关键词", "关键字", "标签", "keywords", "tags"),
    "industries": ("行业", "所属行业", "行业领域", "领域", "技术领域", "industry", "industries", "field"),
    "regions": ("地区", "省市", "区域", "所在地", "所在地区", "城市", "省份", "region", "regions", "city"),
    "amount": ("预算", "金额", "投入预算", "拟投入资金", "价格", "报价", "budget", "amount", "price"),
    "stage": ("成熟度", "技术成熟度", "trl", "阶段", "stage"),
    "organisation": ("单位", "企业", "企业名称", "单位名称", "机构", "所属单位", "organisation", "organization", "company"),
}  # fmt: skip


class TableError(Exception):
    """A fault in a file, said in one sentence with its place."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under known columns; `first_row` is the sheet's number of the first of them."""

    path: Path
    sheet: str
    columns: dict[str, int]
    rows: list[list[str]]
    numbers: list[int]


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).strip().lower()
    return re.sub(r"[（(].*?[)）]|[*＊\s:：]", "", folded) or folded


LONGEST_CELL = 10_000_000  # characters
_NAMES = {_plain(alias): column for column, aliases in _COLUMNS.items() for alias in aliases}


def _csv_rows(path: Path, language: Language) -> list[list[str]]:
    raw = path.read_bytes()
    if b"\x00" in raw[:4096]:
        raise TableError(
            language.say(f"文件 {path.name} 不是文本表格（CSV）。", f"{path.name} is not a text table (CSV).")
        )
    for encoding in _ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        head = text[: text.find("\n")] if "\n" in text else text
        delimiter = max(",\t;，", key=head.count)
        before = csv.field_size_limit(LONGEST_CELL)  # one for the whole process: others count on theirs
        try:
            return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
        except csv.Error as error:
            raise TableError(
                language.say(
                    f"文件 {path.name} 里有引号没有成对，无法分出各列。",
                    f"{path.name} has a quotation mark that is never closed; its columns cannot be told apart.",
                )
            ) from error
        finally:
            csv.field_size_limit(before)
    raise TableError(
        language.say(
            f"文件 {path.name} 的编码不是 UTF-8 或 GB18030，无法读取。",
            f"{path.name} is neither UTF-8 nor GB18030 and cannot be read.",
        )
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _sheets(path: Path, language: Language) -> Iterator[tuple[str, list[list[str]]]]:
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        yield "", _csv_rows(path, language)
        return
    from python_calamine import CalamineError, load_workbook

    try:
        book = load_workbook(str(path))
        for name in book.sheet_names:
            yield (
                name,
                [
                    [_cell(value) for value in row]
                    for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
                ],
            )
    except (CalamineError, OSError, ValueError) as error:
        raise TableError(
            language.say(f"文件 {path.name} 不是可读的 Excel 表格。", f"{path.name} is not a readable Excel workbook.")
        ) from error


def _header(row: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, name in enumerate(row):
        column = _NAMES.get(_plain(name))
        if column is not None and column not in found:
            found[column] = place
    return found


def read_table(path: Path, language: Language) -> Table:
    """The first sheet that has a column of titles (the header may stand in any of its first ten rows)."""
    if not path.is_file():
        raise TableError(language.say(f"找不到文件 {path}。", f"There is no file {path}."))
    if path.stat().st_size > MAX_BYTES:
        raise TableError(language.say(f"文件 {path.name} 超过 200 MB。", f"{path.name} is larger than 200 MB."))
    first = ""
    for sheet, rows in _sheets(path, language):
        first = first or sheet
        for place, row in enumerate(rows[:10]):
            columns = _header(row)
            if "title" in columns:
                kept = [
                    (number, each)
                    for number, each in enumerate(rows[place + 1 :], place + 2)
                    if any(map(str.strip, each))
                ]
                return Table(path, sheet, columns, [each for _, each in kept], [number for number, _ in kept])
    where = language.say(f"，工作表“{first}”" if first else "", f", sheet “{first}”" if first else "")
    raise TableError(
        language.say(
            f"文件 {path.name}{where}：前 10 行中没有“标题”或“名称”这一列。",
            f"{path.name}{where}: none of the first 10 rows names a column 标题, 名称 or title.",
        )
    )


_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(亿|万|千万|百万)?")
_SIZES = {"": 1, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}


def amounts(text: str) -> tuple[int | None, int | None]:
    """Lowest and highest amount in fen: "60万元", "50-100万", "面议" (none). A unit at the end counts for both ends of a range."""
    found = _AMOUNT.findall(unicodedata.normalize("NFKC", text).replace(",", ""))[:2]
    if not found:
        return None, None
    last = found[-1][1]
    values = [round(float(number) * _SIZES[unit or last] * 100) for number, unit in found]
    return min(values), max(values)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[,，;；、|\n]", text) if part.strip())


def _stage(text: str, place: str, language: Language) -> int | None:
    match = re.search(r"\d+", unicodedata.normalize("NFKC", text))
    if match is None:
        return None
    level = int(match[0])
    if not 1 <= level <= 9:
        raise TableError(
            place + language.say(f"成熟度应为 1 至 9，而不是“{text}”。", f"maturity is 1 to 9, not “{text}”.")
        )
    return level


def documents(table: Table, kind: str, language: Language) -> list[tuple[str, Document]]:
    """The rows as documents, each with the id that stands in the sheet (or its row number where there is no such column)."""
    found: list[tuple[str, Document]] = []
    seen: dict[str, int] = {}
    for number, row in zip(table.numbers, table.rows, strict=True):

        def value(column: str, row: list[str] = row) -> str:
            place = table.columns.get(column, -1)
            return row[place].strip() if 0 <= place < len(row) else ""

        title = value("title") or value("body")[:60] or value("summary")[:60]
        identity = value("id") if "id" in table.columns else str(number)
        if not title:
            raise TableError(
                _place(table, number, "title", language) + language.say("标题是空的。", "the title is empty.")
            )
        if not identity:
            raise TableError(_place(table, number, "id", language) + language.say("编号是空的。", "the id is empty."))
        if identity in seen:
            raise TableError(
                _place(table, number, "id", language)
                + language.say(
                    f"编号“{identity}”与第 {seen[identity]} 行重复。",
                    f"id “{identity}” stands in row {seen[identity]} already.",
                )
            )
        seen[identity] = number
        low, high = amounts(value("amount"))
        found.append((identity, Document(
            id=f"{kind}:{identity}", kind=kind, title=tidy_line(title), summary=tidy_line(value("summary")), body=tidy_text(value("body")),
            keywords=_listed(value("keywords")), regions=_listed(value("regions")), industries=_listed(value("industries")),
            amount_min_fen=low, amount_max_fen=high, organisation=value("organisation"),
            stage=_stage(value("stage"), _place(table, number, "stage", language), language),
        )))  # fmt: skip
    if not found:
        raise TableError(
            language.say(f"文件 {table.path.name} 没有数据行。", f"{table.path.name} has no rows of data.")
        )
    return found


def _column_letter(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _place(table: Table, number: int, column: str, language: Language) -> str:
    letter = _column_letter(table.columns[column]) if column in table.columns else "?"
    sheet_zh, sheet_en = (f"，工作表“{table.sheet}”", f", sheet “{table.sheet}”") if table.sheet else ("", "")
    return language.say(
        f"文件 {table.path.name}{sheet_zh}，第 {number} 行 {letter} 列：",
        f"{table.path.name}{sheet_en}, row {number}, column {letter}: ",
    )

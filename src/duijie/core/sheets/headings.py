"""Where the headings of a sheet are and what they mean: below a title, in one row or two, merged or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from duijie.core.errors import Fault
from duijie.core.sheets.cells import place_of
from duijie.core.sheets.columns import MONEY_UNITS, Column, heading_keys, heading_table, heading_unit, table_unit
from duijie.core.sheets.limits import refuse
from duijie.core.sheets.xlsx import Raw
from duijie.core.text import half_width, shorten, tidy_line

Merges = tuple[tuple[int, int, int, int], ...]
_SAME_UNITS = (
    {"平方米", "m2"},
    {"平方公里", "km2"},
    {"天", "日"},
    {"人", "名"},
    {"月", "个月"},
    {"公里", "km"},
    {"千克", "kg"},
)


@dataclass(slots=True)
class Headings:
    """The heading row (or the last of two) and what stands above each column, by column index from 1."""

    row: int
    columns: dict[int, Column] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    units: dict[int, str] = field(default_factory=dict)

    @property
    def unknown(self) -> dict[int, str]:
        """Headings that no column answers to."""
        return {index: text for index, text in self.texts.items() if index not in self.columns}


def find_headings(rows: Sequence[Raw], merges: Merges, columns: Sequence[Column]) -> Headings | None:
    """The reading of the first rows that recognises most columns; the earliest, and one row rather than two, on a tie."""
    table = heading_table(columns)
    best: Headings | None = None
    for position, (number, cells) in enumerate(rows):
        readings = [_one_row(number, _texts(cells), table)]
        if position + 1 < len(rows) and rows[position + 1][0] == number + 1:
            readings.append(_two_rows(number, _texts(cells), _texts(rows[position + 1][1]), merges, table))
        for reading in readings:
            if reading.columns and (best is None or len(reading.columns) > len(best.columns)):
                best = reading
    if best is not None:
        _apply_table_unit(best, rows)
    return best


def _apply_table_unit(headings: Headings, rows: Sequence[Raw]) -> None:
    """单位：万元 above the headings holds for every column of money that names no unit of its own, then the column's."""
    above = [text for number, cells in rows if number < headings.row for text in _texts(cells).values()]
    unit = next(filter(None, map(table_unit, above)), "")
    for index, column in headings.columns.items():
        if column.kind == "money" and (unit or column.unit in MONEY_UNITS - {"元"}):
            headings.units.setdefault(index, unit or column.unit)


def plain_headings(rows: Sequence[Raw]) -> Headings | None:
    """Headings as they stand, for a table of unknown columns: the first row at least 60 % as wide as the widest."""
    widest = max((len(cells) for _, cells in rows), default=0)
    for number, cells in rows:
        texts = _texts(cells)
        if texts and len(texts) >= 0.6 * widest:
            columns = {index: Column(text, text, text) for index, text in texts.items()}
            return Headings(number, columns, texts)
    return None


def count_known(records: Sequence[Sequence[str]], columns: Sequence[Column]) -> int:
    """How many columns the first records name at best: tells encodings and delimiters apart."""
    table = heading_table(columns)
    rows: list[Raw] = [(number, dict(enumerate(record, start=1))) for number, record in enumerate(records, start=1)]
    return max((len(_one_row(number, _texts(cells), table).columns) for number, cells in rows), default=0)


def check_headings(headings: Headings, columns: Sequence[Column], sheet: str) -> None:
    """Raises `Fault` where two headings mean one column, a required column is missing, or a unit is another."""
    first: dict[str, int] = {}
    for index, column in sorted(headings.columns.items()):
        if column.name in first:
            raise _twice(column, headings, first[column.name], index, sheet)
        first[column.name] = index
        unit = headings.units.get(index, "")
        if column.kind != "money" and unit and column.unit and not _same_unit(unit, column.unit):
            raise refuse(
                "unit",
                f"“{shorten(headings.texts[index], 30)}”一列应以{column.unit}填写，表头写的是{unit}。",
                f"Column “{shorten(headings.texts[index], 30)}” is wanted in {column.unit}; its heading says {unit}.",
                place=place_of(sheet, headings.row, index),
            )
    missing = [column for column in columns if column.required and column.name not in first]
    if missing:
        raise refuse(
            "missing_columns",
            f"缺少必填列：{'、'.join(column.label_zh for column in missing)}。",
            f"Required columns are missing: {', '.join(column.label_en for column in missing)}.",
            place=place_of(sheet, headings.row, 1),
        )


def _texts(cells: Mapping[int, object]) -> dict[int, str]:
    texts = {index: tidy_line(value) for index, value in cells.items() if isinstance(value, str) and len(value) <= 200}
    return {index: text for index, text in texts.items() if text}


def _match(table: dict[str, Column], *texts: str) -> Column | None:
    for text in texts:
        for key in heading_keys(text):
            if key in table:
                return table[key]
    return None


def _one_row(number: int, texts: dict[int, str], table: dict[str, Column]) -> Headings:
    headings = Headings(number, texts=texts)
    for index, text in texts.items():
        column = _match(table, text)
        if column is not None:
            _put(headings, index, column, text)
    return headings


def _two_rows(
    number: int, upper: dict[int, str], lower: dict[int, str], merges: Merges, table: dict[str, Column]
) -> Headings:
    """A group over its parts (联系人 over 姓名 and 电话): tried together, then the part alone, then what has no part."""
    groups = _spread(number, upper, lower, merges)
    headings = Headings(number + 1)
    for index in sorted({*upper, *lower}):
        part, group = lower.get(index, ""), groups.get(index, "")
        if part and group and part != group:
            column = _match(table, f"{group}{part}", part)
        else:
            column = _match(table, part or upper.get(index, ""))
        text = f"{group} {part}" if part and group and part != group else part or group
        headings.texts[index] = text
        if column is not None:
            _put(headings, index, column, text)
    return headings


def _spread(number: int, upper: dict[int, str], lower: dict[int, str], merges: Merges) -> dict[int, str]:
    """The upper row with each group written over all its parts: as merged, or up to the next group where nothing is."""
    groups = dict(upper)
    boxes = [box for box in merges if box[0] <= number <= box[2]]
    for _, left, _, right in boxes:
        if left in upper:
            groups.update(dict.fromkeys(range(left, right + 1), upper[left]))
    if not boxes and upper:
        running = ""
        for index in range(min(upper), max(lower, default=0) + 1):
            running = upper.get(index, running)
            if index in lower:
                groups.setdefault(index, running)
    return groups


def _put(headings: Headings, index: int, column: Column, text: str) -> None:
    headings.columns[index] = column
    unit = heading_unit(text)
    if unit:
        headings.units[index] = unit


def _same_unit(first: str, second: str) -> bool:
    """Whether two units are one: 平方米 and ㎡, part by part in 元/平方米/月."""
    ones, others = (half_width(unit).casefold().replace(" ", "").split("/") for unit in (first, second))
    return len(ones) == len(others) and all(
        one == other or any({one, other} <= same for same in _SAME_UNITS)
        for one, other in zip(ones, others, strict=True)
    )


def _twice(column: Column, headings: Headings, first: int, second: int, sheet: str) -> Fault:
    one, other = shorten(headings.texts[first], 30), shorten(headings.texts[second], 30)
    where = place_of("", headings.row, first)
    return refuse(
        "duplicate_column",
        f"“{other}”与 {where} 的“{one}”是同一列（{column.label_zh}），请只保留一列。",
        f"“{other}” and “{one}” in {where} are the same column ({column.label_en}); keep only one.",
        place=place_of(sheet, headings.row, second),
    )

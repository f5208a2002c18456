"""Binary workbooks are read as another library reads them, formulas apart."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from duijie.core.errors import Fault
from duijie.core.sheets import Column, open_sheet, read_rows
from tests.core.sheets.workbooks import xls

NAMES = ("甲", "乙", "丙")
COLUMNS = [Column(name, name, name) for name in NAMES]


def saved(book: xlwt.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def rows_of(data: bytes) -> list[dict]:
    return [{name: cell.value for name, cell in row.items()} for _, row in read_rows(data, columns=COLUMNS)]


def test_numbers_in_every_packing_dates_and_truth_values():
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for index, name in enumerate(NAMES):
        sheet.write(0, index, name)
    day, instant = xlwt.easyxf(num_format_str="yyyy-mm-dd"), xlwt.easyxf(num_format_str='yyyy"年"m"月"d"日" hh:mm')
    lines = [(1, -1, 536870911), (-536870912, 0.01, 123.45), (1e-9, 1e14, -2.5), (True, False, 0)]
    for row, line in enumerate(lines, start=1):
        for index, value in enumerate(line):
            sheet.write(row, index, value)
    sheet.write(5, 0, date(2026, 11, 21), day)
    sheet.write(5, 1, datetime(2026, 11, 21, 8, 30), instant)  # noqa: DTZ001 (a cell has no zone)
    assert rows_of(saved(book)) == [
        *(dict(zip(NAMES, line, strict=True)) for line in lines),
        {"甲": date(2026, 11, 21), "乙": datetime(2026, 11, 21, 8, 30)},  # noqa: DTZ001
    ]  # fmt: skip


def test_long_and_rich_strings_that_run_across_records():
    texts = ["长" * 5000, "x" * 9000, "é" * 4000 + "三", "短", "a" * 8219, "混" + "b" * 8300]
    data = xls([["甲"], *([text] for text in texts)])
    assert [row["甲"] for row in rows_of(data)] == texts
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    sheet.write(0, 0, "甲")
    bold = xlwt.easyfont("bold true")
    for row in range(1, 300):
        sheet.write_rich_text(row, 0, (("粗", bold), f"细{row}" * 20))
    assert [row["甲"] for row in rows_of(saved(book))] == [f"粗{f'细{row}' * 20}" for row in range(1, 300)]


def test_merged_cells_hidden_sheets_and_the_1904_system():
    book = xlwt.Workbook()
    hidden = book.add_sheet("旧")
    hidden.visibility = 1
    hidden.write(0, 0, "甲")
    sheet = book.add_sheet("新")
    book.dates_1904 = True
    for index, name in enumerate(NAMES):
        sheet.write(0, index, name)
    sheet.write_merge(1, 3, 0, 0, "合并")
    for row in (1, 2, 3):
        sheet.write(row, 1, row)
    sheet.write(1, 2, 44885, xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    with open_sheet(saved(book), columns=COLUMNS) as opened:
        assert opened.name == "新"
        rows = [{name: cell.value for name, cell in row.items()} for _, row in opened.rows()]
    assert rows == [{"甲": "合并", "乙": 1, "丙": date(2026, 11, 21)}, {"甲": "合并", "乙": 2}, {"甲": "合并", "乙": 3}]


def test_formulas_of_every_kind_of_result_are_told_with_what_they_show():
    data = xls([["甲", "乙", "丙"], [xlwt.Formula("1+1"), xlwt.Formula('"a"&"b"'), xlwt.Formula("1/0")]])
    ((_, row),) = read_rows(data, columns=COLUMNS)
    assert [(cell.fault.code, cell.place) for cell in row.values()] == [
        ("sheet.formula", "需求!A2"), ("sheet.formula", "需求!B2"), ("sheet.formula", "需求!C2"),
    ]  # fmt: skip


@pytest.mark.parametrize("cut", [600, 1100, 2100, 3000])
def test_a_file_cut_short_is_refused(cut):
    data = xls([["甲", "乙"], *[[f"文字{number}", number] for number in range(200)]])
    with pytest.raises(Fault) as refused:
        rows_of(data[:cut])
    assert refused.value.code == "sheet.broken"


plain = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=40).filter(
    str.strip
)
values = st.one_of(st.none(), plain, st.integers(-(10**14), 10**14), st.floats(-1e14, 1e14), st.booleans())


@settings(max_examples=60)
@given(st.lists(st.lists(values, min_size=3, max_size=3), min_size=1, max_size=10))
def test_another_library_reads_the_same(lines):
    data = xls([list(NAMES), *lines])
    theirs = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()[1:]
    expected = [{name: value for name, value in zip(NAMES, line, strict=False) if value != ""} for line in theirs]
    assert rows_of(data) == [line for line in expected if line]

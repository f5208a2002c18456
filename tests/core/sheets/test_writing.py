"""What goes out comes back: templates, tables, and marked copies."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.core.errors import Fault, Faults
from duijie.core.language import Label
from duijie.core.sheets import (
    Column,
    open_sheet,
    read_rows,
    sheet_names,
    write_marked_copy,
    write_table,
    write_template,
)
from tests.core.sheets.workbooks import BUDGET, COLUMNS, TITLE, repacked, xls, xlsx

MODE = Column("mode", "合作方式", "Mode", kind="choice", choices=(Label("转让", "transfer"), Label("许可", "licence")))
FIELDS = Column("fields", "领域", "Fields", kind="choices", choices=(Label("电子", "electronics"), Label("化工", "chemicals")))  # fmt: skip
PUBLIC = Column("public", "公开", "Public", kind="yes_no")


def rows_of(data: bytes, columns=COLUMNS) -> list[dict]:
    return [{name: cell.value for name, cell in row.items()} for _, row in read_rows(data, columns=columns)]


def written(columns, rows, **options) -> bytes:
    buffer = io.BytesIO()
    assert write_table(columns, rows, buffer, **options) == len(rows)
    return buffer.getvalue()


# Templates


def template(language="zh-hans") -> bytes:
    buffer = io.BytesIO()
    write_template([*COLUMNS, MODE, FIELDS, PUBLIC], buffer, title="需求", language=language)
    return buffer.getvalue()


def test_an_empty_template_reads_back_without_rows():
    columns = [*COLUMNS, MODE, FIELDS, PUBLIC]
    for language in ("zh-hans", "en"):
        with open_sheet(template(language), columns=columns) as sheet:
            assert [column.name for column in sheet.columns] == [column.name for column in columns]
            assert list(sheet.rows()) == []


def test_a_template_says_what_is_wanted():
    book = openpyxl.load_workbook(io.BytesIO(template()))
    assert book.sheetnames == ["需求", "选项", "填写说明"]
    sheet = book["需求"]
    assert [sheet["A1"].value, sheet["A2"].value, sheet["B2"].value] == [
        "标题 *", "【填写说明】必填；例：高精度轴承检测", "选填；单位：元；例：12万",
    ]  # fmt: skip
    assert sheet["B1"].comment.text == "金额，可写 12万、1.5亿、300-500万、面议\n选填；单位：元；例：12万"
    drops = {str(validation.sqref): (validation.formula1, validation.showErrorMessage) for validation in sheet.data_validations.dataValidation}  # fmt: skip
    assert drops == {
        "H3:H1048576": ("'选项'!$A$2:$A$3", True),
        "I3:I1048576": ("'选项'!$B$2:$B$3", False),
        "J3:J1048576": ("'选项'!$C$2:$C$3", True),
    }
    assert [cell.value for cell in book["选项"]["A"]] == ["合作方式", "转让", "许可"]
    assert sheet.column_dimensions["A"].number_format == "@"
    assert [cell.value for cell in book["填写说明"][2]] == [
        "标题", "是", "一行文字", None, "高精度轴承检测", None, "名称、需求名称",
    ]  # fmt: skip


def test_a_filled_template_reads_back():
    book = openpyxl.load_workbook(io.BytesIO(template()))
    book["需求"].append(["轴承检测", "12万", "上海", None, None, date(2026, 11, 21), 500, "转让"])
    buffer = io.BytesIO()
    book.save(buffer)
    assert rows_of(buffer.getvalue(), [*COLUMNS, MODE, FIELDS, PUBLIC]) == [
        {
            "title": "轴承检测",
            "budget": "12万",
            "region": "上海",
            "deadline": date(2026, 11, 21),
            "area": 500,
            "mode": "转让",
        }
    ]


# Tables


def test_a_table_reads_back_with_its_types():
    rows = [
        {"title": "轴承", "budget": 120000, "deadline": date(2026, 11, 21), "area": 1.5},
        {"title": "喷漆\n线 & <漆>", "region": ["上海", "江苏"], "area": Decimal("2.25")},
        {"title": "13800000000000000", "budget": 10**17},
    ]
    assert rows_of(written(COLUMNS, rows)) == [
        {"title": "轴承", "budget": 120000, "deadline": date(2026, 11, 21), "area": 1.5},
        {"title": "喷漆\n线 & <漆>", "region": "上海、江苏", "area": 2.25},
        {"title": "13800000000000000", "budget": "100000000000000000"},
    ]


def test_instants_are_shown_as_in_shanghai_and_truth_as_words():
    columns = [Column("at", "时间", "At"), PUBLIC]
    row = {"at": datetime(2026, 11, 21, 0, 30, tzinfo=UTC), "public": True}
    assert rows_of(written(columns, [row]), columns) == [
        {"at": datetime(2026, 11, 21, 8, 30), "public": "是"}  # noqa: DTZ001 (a cell has no zone)
    ]
    text = written(columns, [row], form="csv", language="en").decode("utf-8-sig")
    assert text == "At,Public\r\n2026-11-21 08:30,yes\r\n"


def test_a_table_opens_in_another_library(tmp_path):
    path = tmp_path / "表.xlsx"
    write_table([TITLE, BUDGET], [{"title": "=1+1", "budget": 5}], path, sheet="导出:2026")
    sheet = openpyxl.load_workbook(path)["导出 2026"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["标题", "预算"], ["=1+1", 5]]
    assert sheet["A2"].data_type == "s"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B2")


@pytest.mark.parametrize("risky", ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "'=x"])
def test_no_text_in_csv_becomes_a_formula(risky):
    data = written([TITLE], [{"title": risky}], form="csv")
    ((_,), (shown,)) = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert shown == "'" + risky
    assert rows_of(data, [TITLE]) == [{"title": risky}]


def test_a_negative_number_in_csv_stays_a_number():
    assert written([BUDGET], [{"budget": -5}], form="csv", language="zh-hans").decode("utf-8-sig") == "预算\r\n-5\r\n"


def test_an_unknown_form_is_refused():
    with pytest.raises(ValueError, match="no such form"):
        write_table([TITLE], [], io.BytesIO(), form="pdf")


plain_texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=30)
records = st.fixed_dictionaries(
    {"title": plain_texts.filter(lambda text: text.strip())},
    optional={"budget": st.integers(-(10**14), 10**14), "deadline": st.dates(date(1950, 1, 1), date(2100, 1, 1))},
)


@settings(max_examples=40)
@given(st.lists(records, max_size=6))
def test_any_table_reads_back_from_a_workbook(rows):
    assert rows_of(written(COLUMNS, rows)) == rows


@settings(max_examples=40)
@given(st.lists(records, max_size=6))
def test_any_table_reads_back_from_csv(rows):
    expected = [{name: str(value) for name, value in row.items()} for row in rows]
    assert rows_of(written(COLUMNS, rows, form="csv")) == expected


# Marked copies

TABLE = [["需求汇总"], ["标题", "预算", "地区"], ["轴承", "很多", "上梅市"], [], ["", 5, "上海"]]
FAULTS = [
    Fault("money.unreadable", "金额“很多”：看不懂。", "Amount not understood.", place="需求!B3"),
    Faults([Fault("region.unknown", "没有“上梅市”这个地区。", "No such place.", place="需求!C3"), Fault("x", "第二个问题。", "Another.", place="需求!C3")]),
    Fault("required", "标题必须填写。", "Title is required.", place="需求!A5"),
    Fault("sheet.any", "整张表的问题。", "A fault of the whole.", place=None),
]  # fmt: skip
LISTED = [
    ["共 5 处需要修改", None, None, None],
    ["序号", "位置", "内容", "问题"],
    [1, "B3", "很多", "金额“很多”：看不懂。"],
    [2, "C3", "上梅市", "没有“上梅市”这个地区。"],
    [3, "C3", "上梅市", "第二个问题。"],
    [4, "A5", None, "标题必须填写。"],
    [5, None, None, "整张表的问题。"],
]


def large(data: bytes) -> bytes:
    """The workbook with filling enough to be written anew instead of changed in place."""
    filling = b"<extLst>" + (b"<ext>" + b" " * 10_000 + b"</ext>") * 1_300 + b"</extLst></worksheet>"
    return repacked(data, {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"</worksheet>", filling)})


def without_sheet(faults):
    """The same faults at places that name no sheet, as those of CSV files do."""
    singles = (single for fault in faults for single in getattr(fault, "faults", [fault]))
    return [Fault(f.code, f.zh, f.en, place=f.place.split("!")[1] if f.place else None) for f in singles]


def csv_of(rows) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode("gbk")


@pytest.mark.parametrize(
    ("original", "faults", "sheet", "prefix"),
    [
        (xlsx(TABLE), FAULTS, "需求", "需求!"),
        (large(xlsx(TABLE)), FAULTS, "需求", "需求!"),
        (xls(TABLE), FAULTS, "需求", "需求!"),
        (csv_of(TABLE), without_sheet(FAULTS), "数据", ""),
    ],
    ids=["in place", "anew", "old workbook", "csv"],
)
def test_a_marked_copy_colours_explains_and_lists(original, faults, sheet, prefix):
    buffer = io.BytesIO()
    assert write_marked_copy(original, faults, buffer, columns=COLUMNS, language="zh-hans") == 5
    book = openpyxl.load_workbook(io.BytesIO(buffer.getvalue()))
    assert book.sheetnames == ["问题清单", sheet]
    listed = [[cell.value for cell in row] for row in book["问题清单"].iter_rows(max_col=4)]
    assert listed == [[number, place and f"{prefix}{place}" if number in range(1, 6) else place, *rest] for number, place, *rest in LISTED]  # fmt: skip
    marked = book[sheet]
    coloured = {cell.coordinate for row in marked.iter_rows() for cell in row if cell.fill.fgColor.rgb == "FFFFC7CE" or cell.fill.fgColor.rgb == "00FFC7CE"}  # fmt: skip
    assert coloured == {"B3", "C3", "A5"}
    assert {cell.coordinate: cell.comment.text for row in marked.iter_rows() for cell in row if cell.comment} == {
        "B3": "金额“很多”：看不懂。",
        "C3": "没有“上梅市”这个地区。\n第二个问题。",
        "A5": "标题必须填写。",
    }
    assert [marked["A3"].value, marked["B3"].value, str(marked["B5"].value)] == ["轴承", "很多", "5"]
    link = book["问题清单"]["B3"].hyperlink
    assert (link.location or link.target.lstrip("#")) == f"'{sheet}'!B3"


def test_a_marked_copy_keeps_looks_and_can_be_read_again():
    def bold(sheet):
        sheet["A3"].font = openpyxl.styles.Font(bold=True)
        sheet.column_dimensions["A"].width = 33

    buffer = io.BytesIO()
    write_marked_copy(xlsx(TABLE, change=bold), FAULTS, buffer)
    sheet = openpyxl.load_workbook(io.BytesIO(buffer.getvalue()))["需求"]
    assert (sheet["A3"].font.bold, sheet.column_dimensions["A"].width) == (True, 33)
    assert sheet_names(buffer.getvalue()) == ["问题清单", "需求"]
    with open_sheet(buffer.getvalue(), columns=COLUMNS) as opened:
        assert (opened.name, [n for n, _ in opened.rows()]) == ("需求", [3, 5])


def test_a_marked_copy_speaks_english():
    buffer = io.BytesIO()
    write_marked_copy(xlsx(TABLE), FAULTS[:1], buffer, language="en")
    book = openpyxl.load_workbook(io.BytesIO(buffer.getvalue()))
    assert [row[3].value for row in book["Faults"].iter_rows(min_row=2, max_row=3)] == [
        "Fault",
        "Amount not understood.",
    ]


def test_a_formula_in_the_original_is_listed_as_text():
    data = xlsx([["标题", "预算"], ["轴承", "=1+1"]])
    faults = [cell.fault for _, row in read_rows(data, columns=COLUMNS) for cell in row.values() if cell.fault]
    for original in (data, large(data)):
        buffer = io.BytesIO()
        write_marked_copy(original, faults, buffer, language="zh-hans")
        cell = openpyxl.load_workbook(io.BytesIO(buffer.getvalue()))["问题清单"]["C3"]
        assert cell.data_type in ("s", "inlineStr", "n")


def test_merged_cells_and_places_outside_the_sheet_do_no_harm():
    def merge(sheet):
        sheet.merge_cells("A3:B3")

    faults = [Fault("x", "问题。", "Fault.", place=place) for place in ("需求!B3", "需求!Z99", "没有的表!A1", "第七行")]
    buffer = io.BytesIO()
    assert write_marked_copy(xlsx(TABLE, change=merge), faults, buffer) == 4
    sheet = openpyxl.load_workbook(io.BytesIO(buffer.getvalue()))["需求"]
    assert sheet["A3"].comment.text == "问题。"


def test_a_bomb_is_not_copied():
    data = repacked(xlsx(TABLE), {"xl/worksheets/sheet1.xml": lambda xml: xml.replace(b"</sheetData>", b" " * 64_000_000 + b"</sheetData>")})  # fmt: skip
    with pytest.raises(Fault) as refused:
        write_marked_copy(data, FAULTS, io.BytesIO())
    assert refused.value.code == "sheet.zip_bomb"

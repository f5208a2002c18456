"""Tables are read as people make them: titles above, merged and two-row headings, aliases, dates, units, encodings."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.core.money import Money, parse_money
from duijie.core.sheets import Column, open_sheet, read_rows, sheet_names
from tests.core.sheets.workbooks import COLUMNS, TITLE, package, xls, xlsx

HEADINGS = ["标题", "预算", "地区"]
HALF_PAST_EIGHT = datetime(2026, 11, 21, 8, 30)  # noqa: DTZ001 (a cell of a sheet has no zone)


def values(source: bytes, columns=COLUMNS, **options) -> list[tuple[int, dict]]:
    return [
        (n, {name: cell.value for name, cell in row.items()})
        for n, row in read_rows(source, columns=columns, **options)
    ]


def test_a_plain_sheet_with_empty_rows():
    data = xlsx([HEADINGS, ["轴承检测", "12万", "上海"], [], ["喷漆线", 600000, None], ["  ", None, None]])
    assert values(data) == [
        (2, {"title": "轴承检测", "budget": "12万", "region": "上海"}),
        (4, {"title": "喷漆线", "budget": 600000}),
    ]


def test_a_title_above_and_a_merged_title():
    def merge(sheet):
        sheet.merge_cells("A1:C1")

    data = xlsx(
        [["2026年长三角企业需求汇总表"], ["填报单位：张江", None, "单位：万元"], HEADINGS, ["轴承", 12, "上海"]],
        change=merge,
    )
    with open_sheet(data, columns=COLUMNS) as sheet:
        assert sheet.heading_row == 3
        rows = [(n, {k: c.value for k, c in r.items()}) for n, r in sheet.rows()]
    assert rows == [(4, {"title": "轴承", "budget": "12万元", "region": "上海"})]


def test_two_heading_rows_with_merged_groups():
    def merge(sheet):
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")
        sheet.merge_cells("D1:D2")

    data = xlsx(
        [["需求名称", "联系人", None, "地区"], [None, "姓名", "电话", None], ["轴承", "张三", "13800000000", "苏州"]],
        change=merge,
    )
    assert values(data) == [(3, {"title": "轴承", "contact": "张三", "phone": "13800000000", "region": "苏州"})]


def test_two_heading_rows_in_a_file_without_merges():
    text = "需求名称,联系人,,地区\n,姓名,电话,\n轴承,张三,13800000000,苏州\n"
    assert values(text.encode()) == [
        (3, {"title": "轴承", "contact": "张三", "phone": "13800000000", "region": "苏州"})
    ]


@pytest.mark.parametrize(
    "headings",
    [
        ["標題", "預算", "地區"], ["标题*", "预算", "所在地区"], ["标题（必填）", "预　算", "城市"], ["需求名称", "金额", "Region"],
        ["TITLE", "budget", "region"], ["【标题】", "预算：", " 地 区 "], ["标题\n(必填)", "预算", "地区"],
    ],
)  # fmt: skip
def test_headings_by_alias_and_in_any_width(headings):
    assert values(xlsx([headings, ["轴承", "12万", "上海"]])) == [
        (2, {"title": "轴承", "budget": "12万", "region": "上海"})
    ]


def test_unknown_headings_are_told_and_not_read():
    data = xlsx([["序号", *HEADINGS, "备注"], [1, "轴承", "12万", "上海", "急"]])
    with open_sheet(data, columns=COLUMNS) as sheet:
        assert sheet.unknown == {"需求!A1": "序号", "需求!E1": "备注"}
        assert [column.name for column in sheet.columns] == ["title", "budget", "region"]
        assert next(sheet.rows())[1].keys() == {"title", "budget", "region"}


@pytest.mark.parametrize(
    ("heading", "typed", "fen"),
    [
        ("预算（万元）", 12, 12_000_000), ("预算（万元）", "12.5", 12_500_000), ("预算(单位：万元)", "3,000", 3_000_000_000),
        ("预算（万元）", "12万", 12_000_000), ("预算（万元）", "3000元", 300_000), ("预算（亿元）", 1.5, 15_000_000_000),
        ("预算（万元）", 100 / 3, 33_333_333), ("预算（万元）", "三百", 300_000_000), ("预算（万元）", "约３００", 300_000_000),
        ("预算（万元）", "面议", None), ("预算", 12, 1_200), ("预算（元）", 12, 1_200), ("预算（人民币万元）", 12, 12_000_000), ("预算（大概）", 12, 1_200),
    ],
)  # fmt: skip
def test_the_unit_of_a_heading_belongs_to_bare_figures(heading, typed, fen):
    (row,) = values(xlsx([["标题", heading], ["轴承", typed]]))
    assert parse_money(row[1]["budget"]) == (None if fen is None else Money(fen))


@pytest.mark.parametrize(
    ("typed", "understood"),
    [("300-500", "300-500万元"), ("300以上", "300万元以上"), ("不超过300", "不超过300万元"), ("12人", "12人")],
)
def test_the_unit_of_a_heading_goes_behind_the_figure(typed, understood):
    assert values(xlsx([["标题", "预算（万元）"], ["轴承", typed]])) == [(2, {"title": "轴承", "budget": understood})]


def test_a_column_declared_in_wan_is_read_in_wan():
    columns = [TITLE, Column("total", "总投资", "Investment", kind="money", unit="万元")]
    data = xlsx([["标题", "总投资"], ["甲", 12], ["乙", "12元"], ["丙", "1.5亿"]])
    assert [parse_money(row["total"]) for _, row in values(data, columns)] == [
        Money(12_000_000),
        Money(1200),
        Money(15_000_000_000),
    ]


def test_cells_merged_downwards_count_for_every_row():
    def merge(sheet):
        sheet.merge_cells("A2:A4")
        sheet.merge_cells("A6:B6")

    data = xlsx(
        [["地区", "标题"], ["上海", "甲"], [None, "乙"], [None, None], ["江苏", "丙"], ["合计", None], [None, "丁"]],
        change=merge,
    )
    assert values(data) == [
        (2, {"region": "上海", "title": "甲"}),
        (3, {"region": "上海", "title": "乙"}),
        (5, {"region": "江苏", "title": "丙"}),
        (6, {"region": "合计"}),
        (7, {"title": "丁"}),
    ]


def test_cells_know_their_places():
    with open_sheet(xlsx([["标题", None, "预算"], ["轴承", None, "12万"]]), columns=COLUMNS) as sheet:
        ((number, row),) = sheet.rows()
        assert (row["budget"].place, sheet.place(number, "budget"), sheet.place(number, "region")) == (
            "需求!C2", "需求!C2", "需求!A2",
        )  # fmt: skip
    with open_sheet("标题,预算\n轴承,12万\n".encode(), columns=COLUMNS) as sheet:
        assert next(sheet.rows())[1]["budget"].place == "B2"


def test_numbers_dates_and_truth_values():
    def dates(sheet):
        sheet["C2"].number_format = "yyyy年m月d日"
        sheet["D2"].number_format = "0.00"

    columns = [Column(name, name, name) for name in ("甲", "乙", "丙", "丁", "戊", "己", "庚")]
    data = xlsx(
        [
            ["甲", "乙", "丙", "丁", "戊", "己", "庚"],
            [12, 1.5, 46347, 46347, date(2026, 11, 21), HALF_PAST_EIGHT, True],
        ],
        change=dates,
    )
    assert values(data, columns) == [
        (2, {"甲": 12, "乙": 1.5, "丙": date(2026, 11, 21), "丁": 46347, "戊": date(2026, 11, 21), "己": HALF_PAST_EIGHT, "庚": True})
    ]  # fmt: skip


def test_dates_of_the_1904_system():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["截止日期", "标题"])
    book.active.append([date(2026, 11, 21), "轴承"])
    buffer = io.BytesIO()
    book.save(buffer)
    assert values(buffer.getvalue())[0][1]["deadline"] == date(2026, 11, 21)


def test_rich_text_and_escapes_in_shared_strings():
    strings = (
        "<si><t>标题</t></si><si><r><t>高精</t></r><r><rPr><b/></rPr><t>度</t></r><rPh sb='0' eb='1'><t>gao</t></rPh></si>"
        "<si><t>a_x000D_b</t></si>"
    )
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 1}</v></c></row>' for n in (1, 2, 3))
    assert [row["title"] for _, row in values(package(rows, strings=strings))] == ["高精度", "a\rb"]


def test_cells_and_rows_without_references():
    rows = "<row><c t='inlineStr'><is><t>标题</t></is></c><c t='inlineStr'><is><t>面积</t></is></c></row><row><c t='str'><v>甲</v></c><c><v>5</v></c></row>"
    assert values(package(rows)) == [(2, {"title": "甲", "area": 5})]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_encoding_and_delimiter(coding, delimiter):
    rows = [HEADINGS, ["轴承，检测", "1,2万", "上海"], ["喷漆\n线", "", "江苏"]]
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    assert values(buffer.getvalue().encode(coding)) == [
        (2, {"title": "轴承，检测", "budget": "1,2万", "region": "上海"}),
        (3, {"title": "喷漆\n线", "region": "江苏"}),
    ]


def test_csv_in_big5_is_told_from_gb18030_by_its_headings():
    assert values("標題,預算,地區\n軸承,12萬,上海\n".encode("big5")) == [
        (2, {"title": "軸承", "budget": "12萬", "region": "上海"})
    ]


def test_csv_with_a_declared_delimiter_and_kept_zeros():
    columns = [Column("code", "编号", "Code"), TITLE]
    assert values('sep=;\n编号;标题\n="0012";轴承\n'.encode(), columns) == [(3, {"code": "0012", "title": "轴承"})]


def test_old_workbooks():
    data = xls([["2026年需求"], HEADINGS, ["轴承", 12.5, "上海"], [], ["喷漆", 600000, "江苏"]])
    assert values(data) == [
        (3, {"title": "轴承", "budget": 12.5, "region": "上海"}),
        (5, {"title": "喷漆", "budget": 600000, "region": "江苏"}),
    ]
    assert sheet_names(data) == ["需求"]


def test_an_old_workbook_that_begins_below_and_right_of_the_corner():
    data = xls([[], [], [None, None, "标题", "预算"], [], [None, None, "轴承", 5]])
    with open_sheet(data, columns=COLUMNS) as sheet:
        ((number, row),) = sheet.rows()
    assert (number, row["title"].place, row["budget"].place) == (5, "需求!C5", "需求!D5")


def test_the_sheet_that_fits_best_is_read_and_hidden_ones_are_not():
    book = openpyxl.Workbook()
    book.active.title = "填写说明"
    book.active.append(["请按模板填写"])
    data = book.create_sheet("数据")
    for row in ([*HEADINGS], ["轴承", "12万", "上海"]):
        data.append(row)
    hidden = book.create_sheet("旧")
    hidden.append([*HEADINGS, "截止日期", "面积"])
    hidden.sheet_state = "hidden"
    buffer = io.BytesIO()
    book.save(buffer)
    with open_sheet(buffer.getvalue(), columns=COLUMNS) as sheet:
        assert (sheet.name, sheet.expected_rows) == ("数据", 1)
    assert sheet_names(buffer.getvalue()) == ["填写说明", "数据"]
    with open_sheet(buffer.getvalue(), columns=COLUMNS, sheet="旧") as sheet:
        assert sheet.name == "旧"


def test_headings_as_they_stand_when_no_columns_are_given():
    data = xlsx([["汇总"], ["编号", "说明"], ["N1", "轴承"]])
    assert values(data, None) == [(3, {"编号": "N1", "说明": "轴承"})]


def test_a_path_and_an_open_file(tmp_path):
    path = tmp_path / "需求.xlsx"
    path.write_bytes(xlsx([HEADINGS, ["轴承", "12万", "上海"]]))
    assert [n for n, _ in read_rows(path, columns=COLUMNS)] == [2]
    with path.open("rb") as file:
        assert [n for n, _ in read_rows(file, columns=COLUMNS)] == [2]
        assert not file.closed


cells = st.one_of(st.none(), st.integers(-(10**14), 10**14), st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20))  # fmt: skip


@settings(max_examples=40)
@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_is_written_is_read(rows):
    columns = [Column(name, name, name) for name in ("甲", "乙", "丙")]

    def keeps(value):
        return value is not None and str(value).strip() != "" and not (isinstance(value, str) and value.startswith("="))

    rows = [[value if keeps(value) else None for value in row] for row in rows]
    expected = [
        {column.name: value for column, value in zip(columns, row, strict=True) if value is not None}
        for row in rows
    ]  # fmt: skip
    data = xlsx([["甲", "乙", "丙"], *rows])
    assert [row for _, row in values(data, columns)] == [row for row in expected if row]

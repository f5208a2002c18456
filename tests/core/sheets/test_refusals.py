"""What may not be read is refused with one clear sentence and its place, before anything is made of it."""

from __future__ import annotations

import io
import struct
import zipfile

import openpyxl
import pytest
import xlwt

from duijie.core.errors import Fault
from duijie.core.sheets import Column, Limits, open_sheet, read_rows
from tests.core.sheets.workbooks import COLUMNS, encrypted_package, package, repacked, xls, xlsx

HEADINGS = ["标题", "预算", "地区"]
GOOD = xlsx([HEADINGS, ["轴承", "12万", "上海"]])


def refusal(source, columns=COLUMNS, **options) -> Fault:
    with pytest.raises(Fault) as refused:
        list(read_rows(source, columns=columns, **options))
    assert refused.value.zh.endswith("。")
    assert refused.value.en.endswith(".")
    return refused.value


def faults(source, columns=COLUMNS) -> list[tuple[str, str | None]]:
    return [
        (cell.fault.code, cell.fault.place)
        for _, row in read_rows(source, columns=columns)
        for cell in row.values()
        if cell.fault is not None
    ]


def test_a_formula_is_refused_at_its_place():
    data = xlsx([HEADINGS, ["轴承", "=1+1", "上海"], ["喷漆", 5, '=CONCATENATE("上","海")']])
    assert faults(data) == [("sheet.formula", "需求!B2"), ("sheet.formula", "需求!C3")]
    _, row = next(iter(read_rows(data, columns=COLUMNS)))
    with pytest.raises(Fault) as refused:
        str(row["budget"].value)
    assert str(refused.value) == "需求!B2: 单元格是公式，请改为数值（复制后“选择性粘贴—数值”）。"


def test_a_formula_is_refused_although_it_shows_a_value():
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>标题</t></is></c></row><row r="2"><c r="A2" t="str"><f>B1</f><v>轴承</v></c></row>'
    ((_, row),) = read_rows(package(rows), columns=COLUMNS)
    assert (row["title"].shown, row["title"].fault.code) == ("轴承", "sheet.formula")


def test_every_cell_of_an_array_formula_is_one():
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>标题</t></is></c><c r="B1" t="inlineStr"><is><t>面积</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><v>甲</v></c><c r="B2"><f t="array" ref="B2:B3">A2:A3</f><v>1</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>乙</v></c><c r="B3"><v>2</v></c></row>'
        '<row r="4"><c r="A4" t="str"><v>丙</v></c><c r="B4"><v>3</v></c></row>'
    )
    assert faults(package(rows)) == [("sheet.formula", "需求!B2"), ("sheet.formula", "需求!B3")]


def test_a_formula_in_an_old_workbook_is_refused_at_its_place():
    data = xls([HEADINGS, ["轴承", xlwt.Formula("1+1"), "上海"], ["喷漆", 5, "江苏"]])
    assert faults(data) == [("sheet.formula", "需求!B2")]


@pytest.mark.parametrize("text", ["=1+1", "=cmd|'/c calc'!A0", "=SUM(A1:A2)"])
def test_a_formula_in_csv_is_refused_at_its_place(text):
    assert faults(f'标题,预算\n轴承,"{text}"\n'.encode()) == [("sheet.formula", "B2")]


def test_error_values_and_lost_digits_are_refused_at_their_places():
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>标题</t></is></c><c r="B1" t="inlineStr"><is><t>电话</t></is></c></row>'
        '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2"><v>913205940123456789</v></c></row>'
    )
    assert faults(package(rows)) == [("sheet.error_value", "需求!A2"), ("sheet.lost_digits", "需求!B2")]


def test_a_file_that_is_too_big(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    fault = refusal(path)
    assert (fault.code, fault.zh, fault.status) == (
        "sheet.too_big", "文件有 200 MB，最多 100 MB，请拆分后分次上传。", 413,
    )  # fmt: skip


def bomb(size: int, part: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook that packs `size` blanks into one of its parts."""
    return repacked(GOOD, {part: lambda content: content.replace(b"</sheetData>", b" " * size + b"</sheetData>")})


def test_a_zip_bomb_is_refused_by_its_declared_size():
    assert refusal(bomb(64 * 1024 * 1024)).code == "sheet.zip_bomb"


def test_a_zip_bomb_is_refused_by_its_total():
    fault = refusal(bomb(3 * 1024 * 1024), limits=Limits(inflated_bytes=2 * 1024 * 1024))
    assert (fault.code, fault.status) == ("sheet.zip_bomb", 413)


def test_a_zip_that_lies_about_its_sizes_is_refused():
    data = bytearray(bomb(64 * 1024 * 1024))
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        entry = file.getinfo("xl/worksheets/sheet1.xml")
    position = data.find(b"PK\x01\x02")
    while position >= 0:
        length = struct.unpack_from("<H", data, position + 28)[0]
        if bytes(data[position + 46 : position + 46 + length]) == b"xl/worksheets/sheet1.xml":
            struct.pack_into("<I", data, position + 24, 4096)
        position = data.find(b"PK\x01\x02", position + 4)
    struct.pack_into("<I", data, entry.header_offset + 22, 4096)
    assert refusal(bytes(data)).code in ("sheet.broken", "sheet.zip_bomb")


def test_too_many_entries_are_refused():
    data = repacked(GOOD, {f"xl/media/{number}.png": b"x" for number in range(60)})
    assert refusal(data, limits=Limits(entries=50)).code == "sheet.zip_bomb"


def test_encrypted_workbooks_are_refused():
    fault = refusal(encrypted_package())
    assert (fault.code, fault.zh) == ("sheet.encrypted", "工作簿设有打开密码，请取消密码后再上传。")
    data = bytearray(GOOD)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        position = data.find(mark)
        while position >= 0:
            data[position + offset] |= 1
            position = data.find(mark, position + 4)
    assert refusal(bytes(data)).code == "sheet.encrypted"


@pytest.mark.parametrize(
    "text",
    [
        "<html><table><tr><td>标题</td></tr></table></html>", "\ufeff<!DOCTYPE html><html/>", "  <table><tr><td>标题</td></tr></table>",
        "<meta charset=utf-8><table/>", "MIME-Version: 1.0\nContent-Type: multipart/related",
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    ],
)  # fmt: skip
def test_a_web_page_named_xls_is_refused(text, tmp_path):
    path = tmp_path / "导出.xls"
    path.write_text(text, encoding="utf-8")
    assert refusal(path).code == "sheet.html"


def zipped(names: list[str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet.empty"), (b"  \n", "sheet.empty"), (b"%PDF-1.7 ...", "sheet.not_a_workbook"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "sheet.not_a_workbook"), (bytes(range(256)) * 10, "sheet.not_a_workbook"),
        (zipped(["word/document.xml"]), "sheet.not_a_workbook"), (zipped(["mimetype", "content.xml"]), "sheet.not_a_workbook"),
        (GOOD[:500], "sheet.broken"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "sheet.broken"),
        (xls([["标题"], ["轴承"]])[:1500], "sheet.broken"), ("标题,预算\n轴承,\xff".encode("latin-1", "ignore") + b"\xff\xff\xfe", "sheet.encoding"),
        ("标题,预算\n\"轴承,12万\n".encode() + b"x" * 200_000, "sheet.csv_quotes"),
    ],
)  # fmt: skip
def test_what_is_no_readable_workbook_is_refused(data, code):
    assert refusal(data).code == code


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)  # fmt: skip
def test_declarations_of_entities_are_refused(prolog):
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>标题</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>&a;</t></is></c></row>'
    assert refusal(package(rows, prolog=prolog)).code == "sheet.entities"
    utf16 = ("\ufeff" + prolog + "<worksheet/>").encode("utf-16-le")
    assert refusal(repacked(GOOD, {"xl/worksheets/sheet1.xml": utf16})).code == "sheet.entities"


def test_broken_xml_is_refused():
    assert refusal(repacked(GOOD, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row"})).code == "sheet.broken"
    assert refusal(package('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')).code == "sheet.broken"


def test_duplicate_columns_are_refused_with_both_places():
    fault = refusal(xlsx([["标题", "预算", "需求名称"], ["轴承", 1, "轴承"]]))
    assert (fault.code, fault.place) == ("sheet.duplicate_column", "需求!C1")
    assert fault.zh == "“需求名称”与 A1 的“标题”是同一列（标题），请只保留一列。"


def test_a_missing_required_column_is_named():
    fault = refusal(xlsx([["预算", "地区"], [1, "上海"]]))
    assert (fault.code, fault.place, fault.zh) == ("sheet.missing_columns", "需求!A1", "缺少必填列：标题。")


def test_a_sheet_without_headings_is_refused():
    fault = refusal(xlsx([["一", "二"], ["三", "四"]]))
    assert (fault.code, fault.zh) == ("sheet.no_headings", "前 10 行里没有找到表头，应有“标题”等列名。")


def test_another_unit_is_refused():
    fault = refusal(xlsx([["标题", "面积（亩）"], ["厂房", 5]]))
    assert (fault.code, fault.place) == ("sheet.unit", "需求!B1")
    assert [
        row["area"].value for _, row in read_rows(xlsx([["标题", "面积（㎡）"], ["厂房", 5]]), columns=COLUMNS)
    ] == [5]


@pytest.mark.parametrize(
    ("heading", "fits"),
    [("租金（元/㎡/月）", True), ("租金(元/平方米/月)", True), ("租金（含税）", True), ("租金（元/平方米/天）", False), ("租金（万元/平方米/月）", False)],
)  # fmt: skip
def test_compound_units_are_compared_part_by_part(heading, fits):
    columns = [Column("rent", "租金", "Rent", kind="decimal", unit="元/平方米/月")]
    data = xlsx([[heading], [5]])
    if fits:
        assert [row["rent"].value for _, row in read_rows(data, columns=columns)] == [5]
    else:
        assert refusal(data, columns).code == "sheet.unit"


def test_ten_thousands_of_a_unit_are_not_the_unit():
    assert refusal(xlsx([["标题", "面积（万平方米）"], ["厂房", 5]])).code == "sheet.unit"


def test_a_sheet_that_is_not_there_is_refused():
    assert refusal(GOOD, sheet="供给").zh == "没有名为“供给”的工作表，现有：需求。"


def test_too_many_rows_and_columns_are_refused_at_their_place():
    data = xlsx([["标题"], *(["x"] for _ in range(6))])
    assert (refusal(data, limits=Limits(rows=5)).code, refusal(data, limits=Limits(rows=5)).place) == (
        "sheet.too_many_rows", "需求!A7",
    )  # fmt: skip
    wide = xlsx([["标题"], ["x", *([None] * 50), "y"]])
    assert refusal(wide, limits=Limits(columns=40)).place == "需求!AZ2"


def test_a_sheet_that_spans_the_whole_grid_costs_nothing():
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>标题</t></is></c></row><row r="2"><c r="A2" t="str"><v>轴承</v></c></row><row r="1048576"><c r="XFD1048576"/></row>'
    assert [n for n, _ in read_rows(package(rows), columns=COLUMNS)] == [2]


def test_nothing_stays_open_after_a_refusal(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(xlsx([["一"], ["二"]]))
    with pytest.raises(Fault), path.open("rb") as file:
        open_sheet(file, columns=COLUMNS)
    path.unlink()


def test_openpyxl_would_show_the_same_values():
    data = xlsx([["甲", "乙"], ["x", 1], ["y", 2.5]])
    theirs = list(openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True))[1:]
    columns = [Column(name, name, name) for name in ("甲", "乙")]
    ours = [tuple(cell.value for cell in row.values()) for _, row in read_rows(data, columns=columns)]
    assert ours == theirs

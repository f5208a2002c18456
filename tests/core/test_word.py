from __future__ import annotations

import io

from docx import Document

from duijie.core.word import WordDocument, chinese_number


def test_numbers_as_offices_write_them() -> None:
    assert [chinese_number(n) for n in (1, 10, 11, 20, 99)] == ["一", "十", "十一", "二十", "九十九"]


def test_what_goes_in_is_read_back() -> None:
    document = WordDocument("季度报告", note="数据截至 2026-03-31", number="联盟〔2026〕1 号")
    document.heading("总体情况")
    document.paragraph("签约项目 12 个。")
    document.heading("分成员", level=2)
    document.table(["成员", "项目数"], [["南湖区", 3], ["秀洲区", None]], caption="表 1")
    document.heading("问题")
    read = Document(io.BytesIO(document.to_bytes()))
    assert [p.text for p in read.paragraphs if p.text] == [
        "季度报告", "联盟〔2026〕1 号", "数据截至 2026-03-31", "一、总体情况", "签约项目 12 个。", "（一）分成员", "表 1", "二、问题",
    ]  # fmt: skip
    assert [[cell.text for cell in row.cells] for row in read.tables[0].rows] == [
        ["成员", "项目数"],
        ["南湖区", "3"],
        ["秀洲区", ""],
    ]


def test_english_headings_are_numbered_in_figures() -> None:
    document = WordDocument("Report", english=True)
    document.heading("Results")
    document.heading("By member", level=2)
    assert [p.text for p in Document(io.BytesIO(document.to_bytes())).paragraphs] == [
        "Report",
        "1 Results",
        "1.1 By member",
    ]

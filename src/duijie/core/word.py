"""Word documents as Chinese offices write them: title in the middle, numbered headings (一、（一）), tables with a head that repeats,
body text in a Song face at 小四 with a two-character indent. One builder for minutes, resolutions, reports and certificates.

    document = WordDocument("第一季度工作成果报告", note="数据截至 2026-03-31")
    document.heading("总体情况")
    document.paragraph("一季度签约项目 12 个。")
    document.table(["成员", "项目数"], [["南湖区", 3]], caption="各成员情况")
    content: bytes = document.to_bytes()
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BODY, _HEAD = "宋体", "黑体"
_NUMERALS = "零一二三四五六七八九十"


def chinese_number(number: int) -> str:
    """1 to 99 in Chinese numerals: 十二."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _NUMERALS[ones]
    return ("" if tens == 1 else _NUMERALS[tens]) + "十" + (_NUMERALS[ones] if ones else "")


class WordDocument:
    """A document that grows from its top. english: headings are numbered 1, 1.1 and the text has no indent."""

    def __init__(self, title: str, *, note: str = "", english: bool = False, number: str = "") -> None:
        self.english = english
        self._numbers = [0, 0]
        self._document = Document()
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.7)
        style = self._document.styles["Normal"]
        style.font.name, style.font.size = "Times New Roman", Pt(12)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), _BODY)
        self._document.core_properties.title = title
        self._line(title, size=20, bold=True, centre=True, face=_HEAD)
        if number:
            self._line(number, size=12, centre=True)
        if note:
            self._line(note, size=10.5, centre=True)

    def _line(self, text: str, *, size: float, bold: bool = False, centre: bool = False, face: str = _BODY) -> Any:
        paragraph = self._document.add_paragraph()
        if centre:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(size)
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
        return paragraph

    def heading(self, text: str, level: int = 1) -> None:
        """A numbered heading of level 1 or 2; Word's own heading style, so that its navigation shows it."""
        self._numbers[level - 1] += 1
        if level == 1:
            self._numbers[1] = 0
        first, second = self._numbers
        if self.english:
            number = f"{first} " if level == 1 else f"{first}.{second} "
        else:
            number = f"{chinese_number(first)}、" if level == 1 else f"（{chinese_number(second)}）"
        paragraph = self._document.add_heading(level=level)
        run = paragraph.add_run(number + text)
        run.font.size = Pt(15 if level == 1 else 13)
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _HEAD)

    def paragraph(self, text: str, *, indent: bool = True, bold: bool = False) -> None:
        """A paragraph of body text."""
        paragraph = self._line(text, size=12, bold=bold)
        if indent and not self.english:
            paragraph.paragraph_format.first_line_indent = Pt(24)
        paragraph.paragraph_format.line_spacing = 1.5

    def bullets(self, items: Sequence[str]) -> None:
        """A list of short items."""
        for item in items:
            self._document.add_paragraph(item, style="List Bullet")

    def table(self, head: Sequence[str], rows: Sequence[Sequence[object]], *, caption: str = "") -> None:
        """A table with a head that repeats on each page; numbers stand at the right."""
        if caption:
            self._line(caption, size=10.5, bold=True, centre=True)
        table = self._document.add_table(rows=1, cols=len(head), style="Table Grid")
        self._fill(table.rows[0].cells, head, bold=True)
        repeat = OxmlElement("w:tblHeader")
        repeat.set(qn("w:val"), "true")
        table.rows[0]._tr.get_or_add_trPr().append(repeat)
        for row in rows:
            self._fill(table.add_row().cells, row)
        self._document.add_paragraph()

    @staticmethod
    def _fill(cells: Any, values: Sequence[object], *, bold: bool = False) -> None:
        for cell, value in zip(cells, values, strict=True):
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run("" if value is None else str(value))
            run.bold, run.font.size = bold, Pt(10.5)
            if bold:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            elif isinstance(value, int | float):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def picture(self, png: bytes, *, width_cm: float = 15.0) -> None:
        """A picture in the middle of its line."""
        self._document.add_picture(io.BytesIO(png), width=Cm(width_cm))
        self._document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER

    def new_page(self) -> None:
        """What follows begins on a new page."""
        self._document.add_page_break()

    def to_bytes(self) -> bytes:
        """The finished file."""
        target = io.BytesIO()
        self._document.save(target)
        return target.getvalue()

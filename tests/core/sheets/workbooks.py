"""Small workbooks for the tests, made as people and attackers make them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import openpyxl
import xlwt

from duijie.core.sheets import Column

TITLE = Column("title", "标题", "Title", aliases=("名称", "需求名称"), required=True, example="高精度轴承检测")
BUDGET = Column("budget", "预算", "Budget", aliases=("金额",), kind="money", unit="元", example="12万")
REGION = Column("region", "地区", "Region", aliases=("所在地区", "城市"), kind="region")
CONTACT = Column("contact", "联系人姓名", "Contact name", aliases=("联系人",))
PHONE = Column("phone", "联系人电话", "Contact phone", aliases=("电话",))
DEADLINE = Column("deadline", "截止日期", "Deadline", kind="date")
AREA = Column("area", "面积", "Area", kind="decimal", unit="平方米")
COLUMNS = (TITLE, BUDGET, REGION, CONTACT, PHONE, DEADLINE, AREA)


def xlsx(rows: Iterable[Sequence[Any]], *, title: str = "需求", change: Callable[[Any], None] | None = None) -> bytes:
    """A workbook of one sheet with `rows`; `change` may do more to the sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    if change is not None:
        change(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xls(rows: Iterable[Sequence[Any]], *, title: str = "需求") -> bytes:
    """The same as a binary workbook. `xlwt.Formula` values become formulas."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(title)
    for number, row in enumerate(rows):
        for index, value in enumerate(row):
            if value is not None:
                sheet.write(number, index, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(data: bytes, changes: dict[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """The package with some parts replaced, changed or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        for name in [*names, *(name for name in changes if name not in names)]:
            content = old.read(name) if name in names else b""
            change = changes.get(name)
            if callable(change):
                content = change(content)
            elif change is not None:
                content = change
            new.writestr(name, content)
    return buffer.getvalue()


def encrypted_package() -> bytes:
    """A compound file that holds an encrypted workbook, as Excel writes one with a password."""
    data = bytearray(xls([["x" * 5000]]))
    start = struct.unpack_from("<I", data, 48)[0]
    offset = (start + 1) * 512
    for entry in range(offset, offset + 512, 128):
        name = bytes(data[entry : entry + 64]).decode("utf-16-le").rstrip("\0")
        if name == "Workbook":
            other = "EncryptedPackage".encode("utf-16-le") + b"\0\0"
            data[entry : entry + 64] = other.ljust(64, b"\0")
            struct.pack_into("<H", data, entry + 64, len(other))
    return bytes(data)


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def package(sheet: str, *, strings: str = "", prolog: str = "", name: str = "需求") -> bytes:
    """A workbook whose sheet and shared strings are the given XML, as Excel lays it out (rather than a library)."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        "xl/worksheets/sheet1.xml": f'{prolog}<worksheet xmlns="{_MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for part, text in parts.items():
            file.writestr(part, text)
    return buffer.getvalue()


def _relations(*targets: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'

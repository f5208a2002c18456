"""Streaming writer of .xlsx: rows go straight into the archive, text always as text, so that no value becomes a formula.

Several times as fast as a general library on plain tables; it knows the few styles that Duijie's sheets need, comments and
links between sheets. [ECMA-376 part 1, 18.3; comments' drawings are VML, part 4.]
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape, quoteattr

from duijie.core.calendar import SHANGHAI
from duijie.core.sheets.cells import column_letters

LONGEST_CELL = 32_767
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FLUSH_EVERY = 500


class Style(IntEnum):
    """The looks a cell may have; numbers are indexes into the style sheet below."""

    PLAIN = 0
    HEADING = 1
    DATE = 2
    INSTANT = 3
    WRAPPED = 4
    QUOTED = 5
    BAD = 6
    BAD_DATE = 7
    LINK = 8
    TITLE = 9


_STYLES = (
    f'{_DECLARATION}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
    '<fonts count="4"><font><sz val="11"/><name val="等线"/></font><font><b/><sz val="11"/><name val="等线"/></font>'
    '<font><u/><sz val="11"/><color rgb="FF0563C1"/><name val="等线"/></font>'
    '<font><b/><sz val="14"/><name val="等线"/></font></fonts>'
    '<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF7"/></patternFill></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="10">'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="3" borderId="0" xfId="0" applyFill="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="3" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1"/>'
    '<xf numFmtId="0" fontId="2" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="0" fontId="3" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


@dataclass(slots=True)
class Styled:
    """A value with a look of its own."""

    value: Any
    style: Style


@dataclass(slots=True)
class SheetExtras:
    """What a sheet has besides its rows. Places are (row, column) from 1."""

    widths: Sequence[float] = ()
    frozen_rows: int = 0
    comments: Mapping[tuple[int, int], str] = field(default_factory=dict)
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)  # to a place such as 'Sheet'!C7
    filtered: str = ""  # a range such as A1:D1


class PackageWriter:
    """A workbook being written. Sheets are written one after another and may be shown in another order."""

    def __init__(self, out: Path | str | IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=5)
        self._names: list[str] = []
        self._commented: set[int] = set()

    def add_sheet(
        self, name: str, rows: Iterable[tuple[int, Mapping[int, Any]]], extras: SheetExtras | None = None
    ) -> int:
        """Write one sheet and return its number of rows. `rows` are row numbers with values by column, both from 1 and rising.

        `extras` may be filled while rows are drawn from the iterable: comments and links are written after them.
        """
        extras = extras or SheetExtras()
        self._names.append(sheet_title(name, self._names))
        number = len(self._names)
        with self._zip.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as part:
            part.write(_opening(extras).encode())
            pending: list[str] = []
            count = 0
            for row, cells in rows:
                count += 1
                pending.append(f'<row r="{row}">')
                pending.extend(_cell(row, column, cells[column]) for column in sorted(cells))
                pending.append("</row>")
                if len(pending) > _FLUSH_EVERY:
                    part.write("".join(pending).encode())
                    pending = []
            pending.append(_closing(extras))
            part.write("".join(pending).encode())
        if extras.comments:
            self._write_comments(number, extras.comments)
        return count

    def _write_comments(self, number: int, comments: Mapping[tuple[int, int], str]) -> None:
        self._commented.add(number)
        inner = "".join(
            f'<comment ref="{column_letters(column)}{row}" authorId="0"><text><t xml:space="preserve">{_text(text)}</t></text></comment>'
            for (row, column), text in sorted(comments.items())
        )
        self._zip.writestr(
            f"xl/comments{number}.xml",
            f'{_DECLARATION}<comments xmlns="{_MAIN}"><authors><author>对接</author></authors>'
            f"<commentList>{inner}</commentList></comments>",
        )
        shapes = "".join(_shape(index, row, column) for index, (row, column) in enumerate(sorted(comments), start=1))
        self._zip.writestr(f"xl/drawings/vmlDrawing{number}.vml", _DRAWING_HEAD + shapes + "</xml>")
        self._zip.writestr(
            f"xl/worksheets/_rels/sheet{number}.xml.rels",
            _relations(("comments", f"../comments{number}.xml"), ("vmlDrawing", f"../drawings/vmlDrawing{number}.vml")),
        )

    def close(self, order: Sequence[int] | None = None) -> None:
        """Write what holds the sheets together. `order` shows them otherwise than written (positions from 0)."""
        shown = order if order is not None else range(len(self._names))
        sheets = "".join(
            f'<sheet name={quoteattr(self._names[position])} sheetId="{position + 1}" r:id="rId{position + 1}"/>'
            for position in shown
        )
        parts = {
            "[Content_Types].xml": self._content_types(),
            "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'{_DECLARATION}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _relations(
                *(("worksheet", f"worksheets/sheet{number}.xml") for number in range(1, len(self._names) + 1)),
                ("styles", "styles.xml"),
            ),
            "xl/styles.xml": _STYLES,
        }
        for name, text in parts.items():
            self._zip.writestr(name, text)
        self._zip.close()

    def abandon(self) -> None:
        """Stop writing; what is there is no workbook."""
        self._zip.close()

    def _content_types(self) -> str:
        sheet_type = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        overrides = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
        overrides += [(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in range(1, len(self._names) + 1)]
        overrides += [(f"/xl/comments{number}.xml", "comments") for number in sorted(self._commented)]
        inner = "".join(
            f'<Override PartName="{name}" ContentType="{sheet_type}.{kind}+xml"/>' for name, kind in overrides
        )
        return (
            f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
            f"{inner}</Types>"
        )


def sheet_title(name: str, taken: Sequence[str] = ()) -> str:
    """A name that Excel takes: at most 31 characters, none of []:*?/\\, not taken yet."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", _ILLEGAL.sub("", name)).strip().strip("'")[:31] or "Sheet"
    title, number = plain, 2
    while title.casefold() in (other.casefold() for other in taken):
        title, number = f"{plain[:27]} {number}", number + 1
    return title


def _cell(row: int, column: int, value: Any) -> str:
    style: Style = Style.PLAIN
    if isinstance(value, Styled):
        style, value = value.style, value.value
    place = f"{column_letters(column)}{row}"
    if value is None:
        return f'<c r="{place}" s="{int(style)}"/>' if style else ""
    if isinstance(value, bool):
        return f'<c r="{place}" s="{int(style)}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        serial, style = _serial(value, style)
        return f'<c r="{place}" s="{int(style)}"><v>{serial}</v></c>'
    if isinstance(value, int | float | Decimal) and math.isfinite(value) and -(10**15) < value < 10**15:
        return f'<c r="{place}" s="{int(style)}"><v>{value}</v></c>'
    text = str(value)
    if style is Style.PLAIN and text[:1] in "=+-@＝＋－＠":
        style = Style.QUOTED
    return f'<c r="{place}" s="{int(style)}" t="inlineStr"><is><t xml:space="preserve">{_text(text)}</t></is></c>'


def _serial(value: date, style: Style) -> tuple[str, Style]:
    """Excel's number for a day or an instant (as the clock shows it in Shanghai), and the style that shows it."""
    if isinstance(value, datetime):
        local = value.astimezone(SHANGHAI).replace(tzinfo=None) if value.tzinfo else value
        since = local - datetime(1899, 12, 30)  # noqa: DTZ001 (a cell has no zone)
        return f"{since.days + since.seconds / 86400:.10g}", Style.INSTANT if style is Style.PLAIN else style
    days = (value - date(1899, 12, 30)).days
    return str(days), {Style.PLAIN: Style.DATE, Style.BAD: Style.BAD_DATE}.get(style, style)


def _text(text: str) -> str:
    if len(text) > LONGEST_CELL:
        text = text[: LONGEST_CELL - 1] + "…"
    return escape(_ILLEGAL.sub("", text)).replace("\r", "&#13;")


def _opening(extras: SheetExtras) -> str:
    pane = (
        f'<pane ySplit="{extras.frozen_rows}" topLeftCell="A{extras.frozen_rows + 1}" activePane="bottomLeft" state="frozen"/>'
        if extras.frozen_rows
        else ""
    )
    widths = "".join(
        f'<col min="{index}" max="{index}" width="{width}" customWidth="1"/>'
        for index, width in enumerate(extras.widths, start=1)
    )
    return (
        f'{_DECLARATION}<worksheet xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"{f'<cols>{widths}</cols>' if widths else ''}<sheetData>"
    )


def _closing(extras: SheetExtras) -> str:
    links = "".join(
        f'<hyperlink ref="{column_letters(column)}{row}" location={quoteattr(target)}/>'
        for (row, column), target in extras.links.items()
    )
    return (
        "</sheetData>"
        + (f'<autoFilter ref="{extras.filtered}"/>' if extras.filtered else "")
        + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        + ('<legacyDrawing r:id="rId2"/>' if extras.comments else "")
        + "</worksheet>"
    )


def _relations(*targets: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'


_DRAWING_HEAD = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def _shape(index: int, row: int, column: int) -> str:
    return (
        f'<v:shape id="_x0000_s{index:04}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;'
        f'margin-top:2pt;width:220pt;height:70pt;z-index:{index};visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:AutoFill>False</x:AutoFill>'
        f"<x:Row>{row - 1}</x:Row><x:Column>{column - 1}</x:Column></x:ClientData></v:shape>"
    )

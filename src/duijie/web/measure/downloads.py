"""Files of an edition: Excel, Word, pictures, CSV, and the data package from which it is made again."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.http import HttpRequest, HttpResponse

from duijie.core.errors import NotFound
from duijie.core.files import XLSX
from duijie.core.language import current_language, t
from duijie.core.word import MEDIA_TYPE as DOCX
from duijie.core.word import WordDocument
from duijie.engines.composite import Index, results_table, sheets, to_csv, to_xlsx
from duijie.engines.composite.results import Table
from duijie.measure import queries
from duijie.measure.indices.pictures import Bar, bars_svg, lines_svg, png_of
from duijie.measure.models import Edition, IndexDesign
from duijie.web.measure.editions import edition_title, index_of
from duijie.web.measure.frame import element_name, note_parts
from duijie.web.members.forms import viewer_of_page

_TYPES = {
    "xlsx": XLSX, "docx": DOCX, "png": "image/png", "svg": "image/svg+xml", "csv": "text/csv; charset=utf-8", "zip": "application/zip",
    "json": "application/json",
}  # fmt: skip
_EPOCH = (1980, 1, 1, 0, 0, 0)


def download(request: HttpRequest, edition: str, form: str) -> HttpResponse:
    """One file of an edition."""
    found = queries.edition(viewer_of_page(request), edition)
    if form not in _TYPES:
        raise NotFound
    response = HttpResponse(content_of(found, form), content_type=_TYPES[form])
    kind = "inline" if form in {"svg", "png"} and request.GET.get("inline") == "1" else "attachment"
    response["Content-Disposition"] = f'{kind}; filename="{found.design.slug}-{found.number}.{form}"'
    return response


def content_of(edition: Edition, form: str) -> bytes:
    """The bytes of a file of an edition."""
    if form == "json":
        return edition.content.encode()
    if form in {"svg", "png"}:
        svg = picture_of(edition)
        return svg.encode() if form == "svg" else png_of(svg)
    if form == "zip":
        return package_of(edition)
    if edition.kind == IndexDesign.Kind.DEALS:
        tables = deal_tables(json.loads(edition.content))
        if form == "xlsx":
            return to_xlsx(tables)
        return to_csv(tables["monthly"]) if form == "csv" else word_of(edition, tables["monthly"])
    index = index_of(edition)
    if form == "xlsx":
        return to_xlsx(sheets(index))
    if form == "csv":
        return to_csv(results_table(index))
    return word_of(edition, _readable(index, edition.period))


def _readable(index: Index, period: str) -> Table:
    found = results_table(index, period=period, digits=2)
    names = {
        "unit": t("代码", "Code"),
        "name": t("成员", "Member"),
        "period": t("期间", "Period"),
        "rank": t("名次", "Rank"),
    }
    return Table(tuple(names.get(c, element_name(index, c)) for c in found.header), found.rows)


def deal_tables(document: dict[str, Any]) -> dict[str, Table]:
    """The series of an index of deals as tables."""
    tables: dict[str, Table] = {}
    for area, found in document["results"].items():
        for grain in ("monthly", "quarterly"):
            if found is None:
                continue
            one = found[grain]
            columns: dict[str, list[Any]] = {"period": one["periods"], "index": one["index"], "rolling": one["rolling"]}
            for market in ("securities", "exchange"):
                columns |= {f"{market}_{key}": values for key, values in one[market].items() if values is not None}
            rows = tuple(zip(*columns.values(), strict=True))
            tables[grain if area == "whole" else f"{area} {grain}"] = Table(tuple(columns), rows)
    tables["deals"] = Table(
        ("id", "market", "announced_on", "amount", "industry", "region"), tuple(tuple(row) for row in document["deals"])
    )
    return tables


def picture_of(edition: Edition) -> str:
    """The edition's picture: bars of a composite, lines of an index of deals."""
    note = t("演示数据，不反映真实情况。", "Demonstration data; not real figures. ") if edition.is_demonstration else ""
    note += t("指纹 ", "Fingerprint ") + edition.digest[:12]
    title = edition_title(edition)
    if edition.kind == IndexDesign.Kind.DEALS:
        found = json.loads(edition.content)["results"]["whole"]["monthly"]
        lines = [(t("综合指数", "Composite index"), found["index"]), (t("滚动平均", "Rolling mean"), found["rolling"])]
        return lines_svg(title, found["periods"], lines, note=note)
    bars = [
        Bar(
            row["name"],
            row["score"],
            f"{row['score']:.1f}" + (f"（{row['low']:.0f}–{row['high']:.0f}）" if row["low"] is not None else ""),
        )
        for row in edition.summary["rows"]
    ]
    lead = t("得分（括号内为名次的 90% 区间）", "Score (in brackets: 90 % interval of the rank)")
    return bars_svg(title, bars, note=note, lead=lead)


def word_of(edition: Edition, table: Table) -> bytes:
    """The edition as a Word document: results, picture, method note."""
    english = current_language() == "en"
    note = t(
        "第 {n} 版，{d} 发布", "Edition {n}, published {d}", n=edition.number, d=f"{edition.published_at:%Y-%m-%d}"
    )
    if edition.is_demonstration:
        note += t("（演示数据）", " (demonstration data)")
    document = WordDocument(edition_title(edition), note=note, english=english)
    document.heading(t("结果", "Results"))
    document.picture(png_of(picture_of(edition)))
    keep = [
        at
        for at, name in enumerate(table.header)
        if name not in {"unit", "period", t("代码", "Code"), t("期间", "Period")} or edition.kind == "deals"
    ][:9]
    rows = [[_plain(row[at]) for at in keep] for row in table.rows[-60:]]
    document.table([table.header[at] for at in keep], rows)
    document.heading(t("方法说明", "Method note"))
    for is_heading, words in note_parts(t(edition.note_zh, edition.note_en)):
        if is_heading:
            document.heading(words, level=2)
        else:
            document.paragraph(words)
    return document.to_bytes()


def _plain(value: Any) -> Any:
    return round(value, 2) if isinstance(value, float) else value


def package_of(edition: Edition) -> bytes:
    """Everything to make the edition again: its document, its tables, its notes, and a page that says how. The same bytes each time."""
    if edition.kind == IndexDesign.Kind.COMPOSITE:
        tables = sheets(index_of(edition))
    else:
        tables = deal_tables(json.loads(edition.content))
    files = {
        "edition.json": edition.content.encode(),
        "sources.json": json.dumps(edition.sources, ensure_ascii=False, sort_keys=True, indent=1).encode(),
        "method.zh.txt": edition.note_zh.encode(), "method.en.txt": edition.note_en.encode(),
        "README.txt": (
            f"{edition.title}\n{edition.title_en}\nSHA-256 (edition.json): {edition.digest}\n\n"
            "duijie index --replay edition.json -o again.json\n"
        ).encode(),
    } | {f"tables/{name.replace(' ', '_')}.csv": to_csv(table) for name, table in tables.items()}  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()

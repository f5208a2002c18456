"""An industry chain over the regions: what each lacks upstream and downstream, who could supply it, how much of the chain each has."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duijie.atlas import queries
from duijie.atlas.rules import may_write
from duijie.core import regions
from duijie.core.language import Label, t
from duijie.core.sheets import Column as SheetColumn
from duijie.engines.clusters.chains import Completeness, Gap
from duijie.members import queries as members
from duijie.web.atlas.lists import as_sheet, exports
from duijie.web.atlas.tabs import atlas_tabs
from duijie.web.kit import Cell, Column, Facet, Option, Pages, Table
from duijie.web.kit.facets import ActiveFilter
from duijie.web.kit.names import industry_name, region_name
from duijie.web.members.forms import viewer_of_page

DIRECTIONS = {"upstream": Label("缺上游", "Upstream"), "downstream": Label("缺下游", "Downstream")}
_YI = 1e8  # yuan
_COLUMNS = (
    ("region", Label("地区", "Region"), ""), ("direction", Label("方向", "Direction"), ""), ("segment", Label("所缺环节", "Segment"), ""),
    ("short", Label("缺口（亿元）", "Short (100 m yuan)"), "number"), ("wanted", Label("需要（亿元）", "Wanted (100 m yuan)"), "number"),
    ("there", Label("现有（亿元）", "There (100 m yuan)"), "number"), ("because_of", Label("因为", "Because of"), ""),
    ("sources", Label("可供的地区", "Who could supply"), ""),
)  # fmt: skip


def chains(request: HttpRequest) -> HttpResponse:
    """The gaps of a chain in a year, by region; the chain's links; each region's share of its segments."""
    asked, names, years = request.GET, queries.chain_names(), queries.years()
    viewer = viewer_of_page(request)
    own = next((m for m in members.members(viewer) if may_write(viewer, m)), None) if viewer.grants else None
    context: dict[str, object] = {
        "tabs": atlas_tabs(request, "atlas_chains"),
        "import_url": reverse("members:sheet_upload", args=[own.slug, "chain-links"]) if own else "",
    }
    if not names or not years:
        return render(request, "atlas/chains.html", context)
    chain = asked["chain"] if asked.get("chain") in names else names[0]
    year = int(asked["year"]) if asked.get("year") in {str(y) for y in years} else years[-1]
    view = queries.chain_view(chain=chain, year=year)
    found = [
        gap
        for gap in view.gaps
        if asked.get("direction", "") in ("", gap.direction) and asked.get("region", "") in ("", gap.region)
    ]
    if asked.get("form") in ("xlsx", "csv"):
        columns = [SheetColumn(key, label.zh, label.en) for key, label, _ in _COLUMNS]
        return as_sheet(request, columns, [_flat(gap) for gap in found], f"chain-{year}")
    pages = Pages.of(request, total=len(found), size=40)
    facets = [
        Facet.of(request, "chain", Label("产业链", "Chain"), [Option(n, n) for n in names], many=False),
        Facet.of(request, "year", Label("年份", "Year"), [Option(str(y), str(y)) for y in reversed(years)], many=False),
        Facet.of(request, "direction", Label("方向", "Direction"), [Option(k, str(v)) for k, v in DIRECTIONS.items()], many=False),
        Facet.of(request, "region", Label("地区", "Region"), [Option(r, region_name(r)) for r in sorted({g.region for g in view.gaps})], many=False),
    ]  # fmt: skip
    context |= {
        "chain": chain,
        "year": year,
        "total": len(found),
        "links": [(industry_name(row.supplier), industry_name(row.user), f"{row.need:g}") for row in view.links],
        "table": Table(
            [Column(key, label, kind) for key, label, kind in _COLUMNS],
            [_row(gap) for gap in found[pages.start : pages.stop]],
            request,
            pages,
            caption=t("产业链缺口", "Gaps of the chain"),
            exports=exports(request, reverse("atlas_chains")),
        ),
        "completeness": _completeness(view.completeness),
        "facets": facets,
        "active": ActiveFilter.from_facets(facets),
    }
    return render(request, "atlas/chains.html", context)


def _flat(gap: Gap) -> dict[str, object]:
    return {
        "region": regions.full_name(gap.region), "direction": str(DIRECTIONS[gap.direction]), "segment": industry_name(gap.segment),
        "short": round(gap.short / _YI, 2), "wanted": round(gap.wanted / _YI, 2), "there": round(gap.there / _YI, 2),
        "because_of": "、".join(industry_name(code) for code in gap.because_of),
        "sources": "、".join(region_name(code) for code in gap.sources),
    }  # fmt: skip


def _row(gap: Gap) -> list[object]:
    flat = _flat(gap)
    return [
        Cell(region_name(gap.region), reverse("atlas_region", args=[gap.region])),
        Cell(flat["direction"], css="text-nowrap"),
        Cell(industry_name(gap.segment), reverse("atlas_industry", args=[gap.segment])),
        *(Cell(f"{value / _YI:,.1f}", exact=value) for value in (gap.short, gap.wanted, gap.there)),
        flat["because_of"],
        flat["sources"] or "—",
    ]


def _completeness(rows: list[Completeness]) -> Table:
    columns = [
        Column("region", Label("地区", "Region")), Column("share", Label("环节齐全度", "Segments present"), "number"),
        Column("strong", Label("优势环节", "Specialised in")), Column("missing", Label("没有的环节", "Missing")),
    ]  # fmt: skip
    body = [
        [
            Cell(region_name(row.region), reverse("atlas_region", args=[row.region])),
            Cell(f"{row.share:.0%}", exact=row.share),
            "、".join(industry_name(code) for code in row.specialised) or "—",
            "、".join(industry_name(code) for code in row.missing) or "—",
        ]
        for row in sorted(rows, key=lambda row: (-row.share, -len(row.specialised), row.region))
    ]
    return Table(columns, body, caption=t("各地齐全度", "How much of the chain each region has"), tight=True)

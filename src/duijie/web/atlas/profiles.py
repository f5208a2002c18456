"""A page for each region and each industry: everything the platform knows of it, each figure with its records."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duijie.atlas import queries
from duijie.core import industries, regions
from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.core.language import Label, t
from duijie.engines.clusters import herfindahl, locational_gini
from duijie.members import queries as members
from duijie.members.queries import name_of
from duijie.publish.search import SearchRequest, search
from duijie.web.atlas.lists import STARS
from duijie.web.atlas.tabs import atlas_tabs
from duijie.web.kit import Cell, Chart, Column, Series, Table
from duijie.web.kit.names import industry_name, region_name
from duijie.web.members.forms import viewer_of_page

# Sections that other parts of the house add to a region's page: (request, region code) -> safe HTML or "".
REGION_SECTIONS: list[Any] = []


def region(request: HttpRequest, code: str) -> HttpResponse:
    """Members, organisations, listings, industries and facilities of a region and what lies in it."""
    found = regions.get(code)
    if found is None:
        raise NotFound
    viewer = viewer_of_page(request)
    inside = [m for m in members.members(viewer) if m.region and regions.within(m.region, code)]
    search = reverse("search")
    figures = queries.region_figures(code)
    years = sorted({row.year for row in figures})
    rows = [row for row in queries.clusters(year=years[-1]) if row.region == code] if years else []
    kinds = queries.points(region=code).order_by().values_list("kind", flat=True)
    context = {
        "tabs": atlas_tabs(request, "atlas"),
        "region": found,
        "name": found.label(),
        "path": " · ".join(r.label() for r in regions.path(code)[:-1]),
        "members": [(name_of(m), reverse("members:member", args=[m.slug]), m.organisation_count) for m in inside],
        "organisations": sum(m.organisation_count for m in inside),
        "listings": _listings_in(viewer, code),
        "listings_url": f"{search}?region={code}",
        "points": len(kinds),
        "points_url": f"{reverse('atlas_points')}?region={code}",
        "year": years[-1] if years else None,
        "clusters": _cluster_table(rows, "industry") if rows else None,
        "chart": _growth(figures, years) if len(years) > 1 else None,
        "sections": [html for make in REGION_SECTIONS if (html := make(request, code))],
        "children": [(c.label(), reverse("atlas_region", args=[c.code])) for c in regions.children(code)][:60],
        "crumbs": [(t("产业地图", "Atlas"), reverse("atlas")), *((r.label(), reverse("atlas_region", args=[r.code])) for r in regions.path(code)[:-1]), (found.label(), "")],
    }  # fmt: skip
    return render(request, "atlas/region.html", context)


def _listings_in(viewer: Viewer, code: str) -> int:
    """How many published listings of the region the viewer may see."""
    return search(SearchRequest(filters={"regions": (code,)}, page_size=1), viewer, with_facets=False).total


def _cluster_table(rows: list[queries.ClusterRow], first: str) -> Table:
    columns = [
        Column(first, Label("行业", "Industry") if first == "industry" else Label("地区", "Region")),
        Column("stars", Label("星级", "Stars"), "number"),
        Column("size", Label("从业人数", "Employees"), "number"),
        Column("quotient", Label("区位商", "Location quotient"), "number"),
        Column("focus", Label("占本地从业比重", "Share of the place"), "number"),
    ]
    body = [
        [
            Cell(industry_name(row.industry), reverse("atlas_industry", args=[row.industry]))
            if first == "industry"
            else Cell(region_name(row.region), reverse("atlas_region", args=[row.region])),
            Cell(STARS[row.stars], exact=row.stars, css="k-stars"),
            Cell(f"{row.size:,}", exact=row.size),
            Cell(f"{row.quotient:.2f}", exact=row.quotient),
            Cell(f"{row.focus:.1%}", exact=row.focus),
        ]
        for row in rows
    ]
    return Table(columns, body, caption=t("产业集群", "Clusters"), tight=True)


def _growth(figures: Any, years: list[int]) -> Chart:
    """Employees of the five largest industries over the years."""
    by_industry: dict[str, dict[int, int]] = {}
    for row in figures:
        if row.employees is not None:
            by_industry.setdefault(row.industry, {})[row.year] = row.employees
    largest = sorted(by_industry, key=lambda code: (-by_industry[code].get(years[-1], 0), code))[:5]
    series = [Series(industry_name(code), [by_industry[code].get(year) for year in years]) for code in largest]
    return Chart(
        "line",
        t("主要行业从业人数", "Employees of the largest industries"),
        [str(y) for y in years],
        series,
        unit=t("人", "people"),
    )


def industry(request: HttpRequest, code: str) -> HttpResponse:
    """An industry: where it is strong, how concentrated it is, and how that changed."""
    found = industries.get(code)
    if found is None:
        raise NotFound
    figures = queries.industry_years(code)
    years = sorted({row.year for row in figures})
    rows = [row for row in queries.clusters(year=years[-1]) if row.industry == code] if years else []
    context = {
        "tabs": atlas_tabs(request, "atlas_clusters"),
        "industry": found,
        "name": industry_name(code),
        "year": years[-1] if years else None,
        "employees": sum(row.size for row in rows),
        "clusters": _cluster_table(rows, "region") if rows else None,
        "concentration": _concentration(rows) if len(rows) > 1 else None,
        "chart": _by_region(figures, years) if len(years) > 1 else None,
        "search_url": f"{reverse('search')}?industry={code}",
        "crumbs": [(t("产业集群", "Clusters"), reverse("atlas_clusters")), (industry_name(code), "")],
    }
    return render(request, "atlas/industry.html", context)


def _concentration(rows: list[queries.ClusterRow]) -> dict[str, float]:
    """How concentrated an industry is over regions: Herfindahl of shares, and the locational Gini against all industries."""
    total = sum(row.size for row in rows)
    year = rows[0].year
    everything: dict[str, int] = {}
    for row in queries.clusters(year=year):
        everything[row.region] = everything.get(row.region, 0) + row.size
    places = sorted(everything)
    own = {row.region: row.size for row in rows}
    table = [[own.get(p, 0), everything[p] - own.get(p, 0)] for p in places]
    gini = float(locational_gini(table)[0]) if all(sum(column) for column in zip(*table, strict=True)) else 0.0
    return {"herfindahl": round(float(herfindahl([row.size / total for row in rows])), 3), "gini": round(gini, 3)}


def _by_region(figures: Any, years: list[int]) -> Chart:
    by_region: dict[str, dict[int, int]] = {}
    for row in figures:
        if row.employees is not None:
            by_region.setdefault(row.region, {})[row.year] = row.employees
    largest = sorted(by_region, key=lambda code: (-by_region[code].get(years[-1], 0), code))[:6]
    series = [Series(region_name(code), [by_region[code].get(year) for year in years]) for code in largest]
    return Chart(
        "line", t("各地从业人数", "Employees by region"), [str(y) for y in years], series, unit=t("人", "people")
    )

"""Points and clusters as lists that filter, sort, page and export; coverage by region; tiles."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duijie.atlas import queries
from duijie.atlas.rules import may_write
from duijie.atlas.schemas import MapPointRecord, PointKind
from duijie.core import regions
from duijie.core.files import XLSX
from duijie.core.language import Label, t
from duijie.core.schema import describe
from duijie.core.schema.columns import column_of
from duijie.core.sheets import Column as SheetColumn
from duijie.core.sheets import write_table
from duijie.engines.clusters import tile_positions
from duijie.members import queries as members
from duijie.web.atlas.layers import city_of
from duijie.web.atlas.tabs import atlas_tabs
from duijie.web.kit import Cell, Column, Facet, Option, Pages, Table
from duijie.web.kit.facets import ActiveFilter
from duijie.web.kit.names import industry_name, region_name
from duijie.web.kit.tables import sort_of
from duijie.web.kit.words import changed_query
from duijie.web.members.forms import viewer_of_page

STARS = ("", "★", "★★", "★★★")
REACHES = (300, 500, 1000, 2000)


def exports(request: HttpRequest, address: str) -> dict[str, str]:
    """The addresses of the list as it is filtered, as Excel and as CSV."""
    return {
        form: address + changed_query(request.GET, {"form": key, "page": None})
        for form, key in (("Excel", "xlsx"), ("CSV", "csv"))
    }


def as_sheet(
    request: HttpRequest, columns: list[SheetColumn], rows: Iterable[dict[str, Any]], name: str
) -> HttpResponse:
    """Rows as a file of the form asked for in the query string."""
    form = "csv" if request.GET.get("form") == "csv" else "xlsx"
    out = io.BytesIO()
    write_table(columns, rows, out, form=form)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8" if form == "csv" else XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def points(request: HttpRequest) -> HttpResponse:
    """Every point of the map."""
    asked, viewer = request.GET, viewer_of_page(request)
    found = queries.points(kind=asked.get("kind", ""), region=asked.get("region", ""), text=asked.get("q", ""))
    if asked.get("form") in ("xlsx", "csv"):
        return _points_sheet(request, found)
    order = sort_of(request, ("name", "size", "opened_year"), "name")
    pages = Pages.of(request, total=found.count(), size=50)
    rows = [
        [
            Cell(one.name, reverse("atlas_point", args=[one.uid])),
            PointKind.named(one.kind),
            Cell(region_name(one.region), reverse("atlas_region", args=[one.region])),
            Cell("" if one.size is None else f"{one.size:,}", exact=one.size),
            one.opened_year or "",
            one.member.name,
        ]
        for one in found.order_by(order, "uid")[pages.start : pages.stop]
    ]
    columns = [
        Column("name", Label("名称", "Name"), sortable=True),
        Column("kind", Label("类型", "Kind")),
        Column("region", Label("地区", "Region")),
        Column("size", Label("规模（人、床）", "Size (people, beds)"), "number", sortable=True),
        Column("opened_year", Label("启用年份", "Opened in"), "number", sortable=True),
        Column("member", Label("提供", "From")),
    ]
    counts = queries.point_counts()
    options = [Option(k.value, k.label, counts[k.value]) for k in PointKind if counts.get(k.value)]
    facets = [Facet.of(request, "kind", Label("类型", "Kind"), options, many=False)]
    own = next((m for m in members.members(viewer) if may_write(viewer, m)), None) if viewer.grants else None
    context = {
        "tabs": atlas_tabs(request, "atlas_points"),
        "table": Table(
            columns,
            rows,
            request,
            pages,
            caption=t("点位", "Points"),
            sort=order,
            exports=exports(request, reverse("atlas_points")),
        ),
        "facets": facets,
        "active": ActiveFilter.from_facets(facets),
        "total": pages.total,
        "q": asked.get("q", ""),
        "import_url": reverse("members:sheet_upload", args=[own.slug, "map-points"]) if own else "",
    }
    return render(request, "atlas/points.html", context)


def _points_sheet(request: HttpRequest, found: Any) -> HttpResponse:
    """The points in the columns of their template, so that the file can be brought in again."""
    columns = [column_of(d) for d in describe(MapPointRecord) if d.name != "coordinate_system"]
    rows = (
        {
            "external_id": one.external_id, "kind": PointKind.named(one.kind), "name": one.name, "longitude": one.longitude,
            "latitude": one.latitude, "region": regions.full_name(one.region), "size": one.size,
            "industry": [industry_name(one.industry)] if one.industry else None, "opened_year": one.opened_year,
            "closed_year": one.closed_year,
        }
        for one in found
    )  # fmt: skip
    return as_sheet(request, columns, rows, "map-points")


def point(request: HttpRequest, uid: str) -> HttpResponse:
    """One point with what is known of it."""
    one = queries.point(uid)
    context = {
        "tabs": atlas_tabs(request, "atlas_points"),
        "point": one,
        "kind": PointKind.named(one.kind),
        "region": regions.full_name(one.region),
        "industry": industry_name(one.industry) if one.industry else "",
        "crumbs": [(t("点位", "Points"), reverse("atlas_points")), (one.name, "")],
    }
    return render(request, "atlas/point.html", context)


CLUSTER_COLUMNS = (
    ("industry", Label("行业", "Industry"), "text"),
    ("region", Label("地区", "Region"), "text"),
    ("stars", Label("星级", "Stars"), "number"),
    ("size", Label("从业人数", "Employees"), "number"),
    ("firms", Label("企业数", "Firms"), "number"),
    ("quotient", Label("区位商", "Location quotient"), "number"),
    ("focus", Label("占本地从业比重", "Share of the place"), "number"),
)


def clusters(request: HttpRequest) -> HttpResponse:
    """Industries in regions with their stars for size, specialisation and focus."""
    years, asked = queries.years(), request.GET
    year = (
        int(asked["year"])
        if asked.get("year", "").isdigit() and int(asked["year"]) in years
        else (years[-1] if years else 0)
    )
    found = queries.clusters(year=year) if year else []
    chosen = [
        row for row in found
        if (not asked.get("industry") or row.industry == asked["industry"])
        and (not asked.get("stars") or str(row.stars) == asked["stars"])
    ]  # fmt: skip
    order = sort_of(request, ("stars", "size", "quotient", "focus"), "-stars")
    chosen.sort(key=lambda row: getattr(row, order.removeprefix("-")), reverse=order.startswith("-"))
    if asked.get("form") in ("xlsx", "csv"):
        columns = [SheetColumn(key, label.zh, label.en) for key, label, _ in CLUSTER_COLUMNS]
        rows = (
            {**vars(row), "industry": industry_name(row.industry), "region": regions.full_name(row.region)}
            for row in chosen
        )
        return as_sheet(request, columns, rows, f"clusters-{year}")
    pages = Pages.of(request, total=len(chosen), size=40)
    columns_shown = [
        Column(key, label, kind, sortable=key in ("stars", "size", "quotient", "focus"))
        for key, label, kind in CLUSTER_COLUMNS
    ]
    rows_shown = [
        [
            Cell(industry_name(row.industry), reverse("atlas_industry", args=[row.industry])),
            Cell(region_name(row.region), reverse("atlas_region", args=[row.region])),
            Cell(STARS[row.stars], exact=row.stars, css="k-stars"),
            Cell(f"{row.size:,}", exact=row.size),
            "" if row.firms is None else Cell(f"{row.firms:,}", exact=row.firms),
            Cell(f"{row.quotient:.2f}", exact=row.quotient),
            Cell(f"{row.focus:.1%}", exact=row.focus),
        ]
        for row in chosen[pages.start : pages.stop]
    ]
    facets = [
        Facet.of(request, "year", Label("年份", "Year"), [Option(str(y), str(y)) for y in reversed(years)], many=False),
        Facet.of(request, "stars", Label("星级", "Stars"), [Option(str(n), STARS[n] or t("无星", "none")) for n in (3, 2, 1, 0)], many=False),
        Facet.of(request, "industry", Label("行业", "Industry"), [Option(c, industry_name(c)) for c in queries.industries_with_figures()], many=False),
    ]  # fmt: skip
    context = {
        "tabs": atlas_tabs(request, "atlas_clusters"),
        "year": year,
        "table": Table(
            columns_shown,
            rows_shown,
            request,
            pages,
            caption=t("产业集群", "Clusters"),
            sort=order,
            exports=exports(request, reverse("atlas_clusters")),
        ),
        "facets": facets,
        "active": ActiveFilter.from_facets(facets),
        "total": len(chosen),
    }
    return render(request, "atlas/clusters.html", context)


def coverage(request: HttpRequest) -> HttpResponse:
    """The share of people and area within a walk of a facility, and facilities per km², by region."""
    asked = request.GET
    kind = asked.get("kind", "")
    if kind not in {one.value for one in PointKind}:
        kind = PointKind.GREEN.value
    reach = (
        int(asked["reach"])
        if asked.get("reach", "").isdigit() and int(asked["reach"]) in REACHES
        else queries.WALK_METRES
    )
    rows = queries.coverage_of(kind=kind, reach_metres=reach)
    columns = [
        Column("region", Label("地区", "Region")),
        Column("facilities", Label("设施", "Facilities"), "number"),
        Column("people", Label("人口", "People"), "number"),
        Column("share", Label("覆盖人口", "People covered"), "number"),
        Column("area", Label("覆盖面积", "Area covered"), "number"),
        Column("density", Label("每平方公里", "Per km²"), "number"),
    ]
    body = [
        [
            Cell(region_name(row.region), reverse("atlas_region", args=[row.region])),
            Cell(row.coverage.facilities, f"{reverse('atlas_points')}?kind={kind}&region={row.region}"),
            Cell(f"{int(row.coverage.people):,}", exact=int(row.coverage.people)),
            _percent(row.coverage.share_of_people),
            _percent(row.coverage.share_of_area),
            Cell("—" if row.coverage.per_square_kilometre is None else f"{row.coverage.per_square_kilometre:.2f}"),
        ]
        for row in rows
    ]
    if asked.get("form") in ("xlsx", "csv"):
        sheet_columns = [SheetColumn(c.key, c.label.zh, c.label.en) for c in columns if isinstance(c.label, Label)]
        flat = (
            dict(zip((c.key for c in columns), (x.value if isinstance(x, Cell) else x for x in row), strict=True))
            for row in body
        )
        return as_sheet(request, sheet_columns, flat, f"coverage-{kind}")
    context = {
        "tabs": atlas_tabs(request, "atlas_coverage"),
        "kinds": [(one.value, str(one.label)) for one in PointKind],
        "kind": kind,
        "kind_name": PointKind.named(kind),
        "reach": reach,
        "reaches": [(str(one), t("{n} 米", "{n} m", n=one)) for one in REACHES],
        "table": Table(
            columns,
            body,
            request,
            caption=t("服务覆盖", "Coverage"),
            exports=exports(request, reverse("atlas_coverage")),
        ),
        "any": bool(rows),
    }
    return render(request, "atlas/coverage.html", context)


def _percent(share: float | None) -> Cell:
    return Cell("—" if share is None else f"{share:.1%}", exact=share)


# What tiles can be filled with: key -> (label, value by region of a member).
def _organisations_by_region(request: HttpRequest) -> dict[str, int]:
    found: dict[str, int] = {}
    for member in members.members(viewer_of_page(request)):
        found[member.region] = found.get(member.region, 0) + member.organisation_count
    return found


def _partners_by_region(request: HttpRequest) -> dict[str, int]:
    from django.utils import timezone

    found: dict[str, int] = {}
    for flow in queries.cooperation(timezone.localdate()):
        for member in (flow.first, flow.second):
            found[member.region] = found.get(member.region, 0) + flow.count
    return found


def _points_by_region(request: HttpRequest) -> dict[str, int]:
    found: dict[str, int] = {}
    for code in queries.points().order_by().values_list("region", flat=True):
        found[code] = found.get(code, 0) + 1
    return found


FILLINGS: dict[str, tuple[Label, Callable[[HttpRequest], dict[str, int]]]] = {
    "organisations": (Label("单位", "Organisations"), _organisations_by_region),
    "agreements": (Label("合作协议", "Agreements"), _partners_by_region),
    "points": (Label("点位", "Points"), _points_by_region),
}


def tiles(request: HttpRequest) -> HttpResponse:
    """The cities of the members as tiles of one size, filled by a figure."""
    key = request.GET.get("fill", "")
    if key not in FILLINGS:
        key = "organisations"
    by_city: dict[str, int] = {}
    cities: dict[str, tuple[float, float]] = {}
    for member in members.members(viewer_of_page(request)):
        city = city_of(member.region)
        centre = queries.centre(city)
        if centre is not None:
            cities[city] = centre
    for code, value in FILLINGS[key][1](request).items():
        by_city[city_of(code)] = by_city.get(city_of(code), 0) + value
    codes = sorted(cities)
    places, columns, _ = tile_positions([cities[c][0] for c in codes], [cities[c][1] for c in codes])
    largest = max([by_city.get(code, 0) for code in codes], default=0) or 1
    shown = [
        {
            "name": region_name(code).removesuffix("市"), "url": reverse("atlas_region", args=[code]), "value": by_city.get(code, 0),
            "part": round(by_city.get(code, 0) / largest, 3), "column": place[0] + 1, "row": place[1] + 1,
        }
        for code, place in zip(codes, places, strict=True)
    ]  # fmt: skip
    context = {
        "tabs": atlas_tabs(request, "atlas_tiles"),
        "tiles": sorted(shown, key=lambda tile: (tile["row"], tile["column"])),
        "columns": columns,
        "fill": key,
        "fillings": [(k, str(label)) for k, (label, _) in FILLINGS.items()],
        "filling": FILLINGS[key][0],
    }
    return render(request, "atlas/tiles.html", context)

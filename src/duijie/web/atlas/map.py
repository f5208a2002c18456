"""The map page, its data, and the operator's boundary."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page

from duijie.atlas import actions, queries
from duijie.atlas.rules import demand_boundary
from duijie.atlas.schemas import CoordinateSystem
from duijie.atlas.shapes import in_gcj02
from duijie.core.errors import Fault, NotFound
from duijie.core.files import path_of
from duijie.core.language import Label, t
from duijie.members import queries as members
from duijie.web.atlas.layers import Layer, clusters_of, frame, layers
from duijie.web.atlas.tabs import atlas_tabs
from duijie.web.kit.names import industry_name, region_name
from duijie.web.kit.tables import Cell, Column, Table
from duijie.web.members.forms import viewer_of_page

FIRST_YEAR = 2015


def atlas(request: HttpRequest) -> HttpResponse:
    """Dots, bubbles, heat, flows and clusters on one map, with the year they are of."""
    viewer = viewer_of_page(request)
    shown, boundary, years = layers(viewer), queries.boundary_in_force(), queries.years()
    config: dict[str, Any] = {
        "title": t("产业地图", "Atlas"),
        "frame": frame(viewer),
        "boundary": reverse("atlas_boundary_shapes", args=[boundary.uid]) if boundary else "",
        "layers": [
            {
                "key": one.key,
                "label": str(one.label),
                "form": one.form,
                "colour": one.colour,
                "unit": str(one.unit),
                "url": reverse("atlas_data", args=[one.key]),
            }
            for one in shown
        ],
        "words": {
            "loading": t("正在载入…", "Loading…"),
            "failed": t("没有载入，请刷新页面。", "This did not load; refresh the page."),
        },
    }
    last = max([*years, timezone.localdate().year])
    context = {
        "tabs": atlas_tabs(request, "atlas"),
        "config": config,
        "layers": [(one, one.count(viewer) if one.count else None) for one in shown],
        "industries": [(code, industry_name(code)) for code in queries.industries_with_figures()],
        "first_year": min([*years, FIRST_YEAR]),
        "last_year": last,
        "boundary": boundary,
        "may_load": viewer.is_platform and viewer.key_scopes is None,
        "table": _table_behind(request),
    }
    return render(request, "atlas/map.html", context)


def _table_behind(request: HttpRequest) -> Table:
    """Members with their place and agreements: the same figures as a plain table."""
    viewer = viewer_of_page(request)
    partners: dict[int, int] = {}
    for flow in queries.cooperation(timezone.localdate()):
        for member in (flow.first, flow.second):
            partners[member.pk] = partners.get(member.pk, 0) + flow.count
    rows = [
        [
            Cell(members.name_of(member), reverse("members:member", args=[member.slug])),
            Cell(region_name(member.region), reverse("atlas_region", args=[member.region])),
            Cell(member.organisation_count),
            Cell(partners.get(member.pk, 0), f"{reverse('members:agreements')}?member={member.slug}"),
        ]
        for member in members.members(viewer)
    ]
    columns = [
        Column("member", Label("成员", "Member")),
        Column("region", Label("地区", "Region")),
        Column("organisations", Label("单位", "Organisations"), "number"),
        Column("agreements", Label("与其他成员的协议", "Agreements with members"), "number"),
    ]
    return Table(columns, rows, caption=t("成员与合作", "Members and cooperation"), tight=True)


@gzip_page
def data(request: HttpRequest, layer: str) -> HttpResponse:
    """What a layer is drawn from."""
    viewer = viewer_of_page(request)
    found: Layer | None = next((one for one in layers(viewer) if one.key == layer), None)
    if found is None:
        raise NotFound
    content = clusters_of(request.GET.get("industry", "")) if found.form == "clusters" else found.data(viewer)
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


@gzip_page
def boundary_shapes(request: HttpRequest, uid: str) -> HttpResponse:
    """The boundary in force, in GCJ-02."""
    boundary = queries.boundary_in_force()
    if boundary is None or boundary.uid != uid:
        raise NotFound
    shapes = in_gcj02(path_of(boundary.file).read_bytes(), boundary.coordinate_system)
    response = JsonResponse(shapes, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    response["Cache-Control"] = "private, max-age=86400"
    return response


def boundary_page(request: HttpRequest) -> HttpResponse:
    """The platform's administrator loads approved shapes, or takes them away."""
    viewer = viewer_of_page(request)
    demand_boundary(viewer)
    refusal = ""
    if request.method == "POST":
        try:
            _change_boundary(request)
            return HttpResponseRedirect(reverse("atlas_boundary"))
        except Fault as fault:
            refusal = fault.sentence
    context = {
        "tabs": atlas_tabs(request, "atlas"),
        "boundary": queries.boundary_in_force(),
        "refusal": refusal,
        "systems": [(one.value, str(one.label)) for one in CoordinateSystem],
        "posted": request.POST,
        "crumbs": [(t("产业地图", "Atlas"), reverse("atlas")), (t("边界底图", "Boundaries"), "")],
    }
    return render(request, "atlas/boundary.html", context, status=422 if refusal else 200)


def _change_boundary(request: HttpRequest) -> None:
    viewer = viewer_of_page(request)
    if request.POST.get("withdraw"):
        held = queries.boundary_in_force()
        if held is not None:
            actions.withdraw_boundary(actor=viewer, boundary=held)
        return
    file = request.FILES.get("file")
    if file is None:
        raise Fault("missing", "请选择文件。", "Choose a file.", place="file", status=422)
    actions.load_boundary(
        actor=viewer,
        name=request.POST.get("name", ""),
        coordinate_system=request.POST.get("coordinate_system", ""),
        approval_number=request.POST.get("approval_number", ""),
        chunks=file.chunks(),
        file_name=file.name or "boundary.geojson",
    )

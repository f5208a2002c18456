"""What landed, on the map: projects as bubbles, capital from one city to another, relocations. As far as the viewer may see them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from duijie.atlas import queries
from duijie.core import regions
from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.land import queries as land
from duijie.land.models import Relocation
from duijie.web.atlas import layers
from duijie.web.atlas.profiles import REGION_SECTIONS
from duijie.web.kit.names import region_name
from duijie.web.land.projects import project_map
from duijie.web.members.forms import viewer_of_page

MOST = 2000


def projects(viewer: Viewer) -> dict[str, Any]:
    """A bubble for each project in sight, from the year it was signed."""
    rows = land.dots(viewer, land.projects(viewer), limit=MOST)
    signed = {reverse("project", args=[row.uid]): row.signed_on for row in rows}
    return {
        "points": [
            {
                "lon": point.lon, "lat": point.lat, "name": point.name, "value": point.value, "url": point.url,
                "from": day.year if (day := signed.get(point.url)) else None,
            }
            for point in project_map(rows).points
        ]
    }  # fmt: skip


def capital(viewer: Viewer) -> dict[str, Any]:
    """Agreed total investment (10,000 yuan) between the city it came from and the city it went to."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    rows = land.projects(viewer).filter(cancelled_on=None).exclude(origin="").exclude(region="").order_by()
    for row in rows.values("origin", "region").annotate(total=Sum("total_cny_minor")):
        sums[layers.city_of(row["origin"]), layers.city_of(row["region"])] += row["total"] or 0
    return {"flows": _flows({pair: total // 1_000_000 for pair, total in sums.items()}), "directed": True}


def relocations(viewer: Viewer) -> dict[str, Any]:
    """How many projects moved from one city to another."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    seen = land.projects(viewer).values("pk")
    for origin, destination in Relocation.objects.filter(project__in=seen, cancelled_at=None).values_list(
        "origin", "destination"
    ):
        counts[layers.city_of(origin), layers.city_of(destination)] += 1
    return {"flows": _flows(counts), "directed": True}


def _flows(values: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    flows = []
    for (start, end), value in sorted(values.items()):
        ends = queries.centre(start), queries.centre(end)
        if start != end and value and None not in ends:
            address = f"{reverse('projects')}?{urlencode({'origin': start, 'region': end})}"
            flows.append(
                {
                    "from": ends[0],
                    "to": ends[1],
                    "value": value,
                    "name": f"{region_name(start)} → {region_name(end)}",
                    "url": address,
                }
            )
    return flows


def in_region(request: HttpRequest, code: str) -> str:
    """The projects of a region on its page, the largest first."""
    viewer = viewer_of_page(request)
    found = land.projects(viewer, region=code).filter(cancelled_on=None)
    rows = list(found.order_by("-total_cny_minor")[:8])
    if not rows:
        return ""
    totals = found.order_by().aggregate(total=Sum("total_cny_minor"))
    context = {
        "projects": rows,
        "count": found.count(),
        "total": totals["total"] or 0,
        "region": code,
        "name": regions.get(code),
    }
    return render_to_string("atlas/region_projects.html", context, request)


_WAN = Label("万元", "CNY 10,000")
layers.MORE += [
    layers.Layer(
        "projects", Label("签约项目", "Projects"), "dots", 3, projects, _WAN, count=lambda v: land.projects(v).count()
    ),
    layers.Layer("capital", Label("投资流向", "Flows of capital"), "flows", 3, capital, _WAN),
    layers.Layer("relocations", Label("项目转移", "Relocations"), "flows", 4, relocations),
]
REGION_SECTIONS.append(in_region)

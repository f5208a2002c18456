"""What the map shows: its layers, each with the data that it is drawn from. Everything asks the queries for what the viewer may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from duijie.atlas import queries
from duijie.atlas.schemas import PointKind
from duijie.core import regions
from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.members import queries as members
from duijie.members.queries import name_of
from duijie.web.kit.names import region_name


@dataclass(frozen=True)
class Layer:
    """form: dots, flows or clusters. colour: place in the palette of charts. unit: of its values. on: shown at first."""

    key: str
    label: Label
    form: str
    colour: int
    data: Callable[[Viewer], dict[str, Any]]
    unit: Label = Label("个", "items")  # noqa: RUF009
    on: bool = False
    count: Callable[[Viewer], int] | None = None

    @property
    def swatch(self) -> int:
        """The number of its colour among the tokens of charts."""
        return self.colour % 6 + 1


def _members(viewer: Viewer) -> dict[str, Any]:
    points = []
    for member in members.members(viewer):
        place = queries.place_of(member)
        if place is not None:
            address = reverse("members:member", args=[member.slug])
            points.append({"lon": place[0], "lat": place[1], "name": name_of(member), "url": address})
    return {"points": points}


def _organisations(viewer: Viewer) -> dict[str, Any]:
    counted = Counter(members.organisations(viewer, verified=True).order_by().values_list("region", flat=True))
    points = []
    for code, count in sorted(counted.items()):
        centre = queries.centre(code)
        if centre is not None:
            name, address = region_name(code), reverse("atlas_region", args=[code])
            points.append({"lon": centre[0], "lat": centre[1], "name": name, "value": count, "url": address})
    return {"points": points}


def _points(kind: str) -> Callable[[Viewer], dict[str, Any]]:
    def data(viewer: Viewer) -> dict[str, Any]:
        rows = queries.points(kind=kind).order_by("id")
        wanted = ("longitude", "latitude", "name", "opened_year", "closed_year", "uid")
        return {
            "points": [
                {"lon": lon, "lat": lat, "name": name, "from": opened, "to": closed, "url": f"/atlas/points/{uid}/"}
                for lon, lat, name, opened, closed, uid in rows.values_list(*wanted).iterator(chunk_size=5000)
            ]
        }

    return data


def _agreements(viewer: Viewer) -> dict[str, Any]:
    flows = []
    for flow in queries.cooperation(timezone.localdate()):
        ends = queries.place_of(flow.first), queries.place_of(flow.second)
        if None not in ends and ends[0] != ends[1]:
            name = f"{name_of(flow.first)} – {name_of(flow.second)}"
            address = f"{reverse('members:agreements')}?member={flow.first.slug}"
            flows.append({"from": ends[0], "to": ends[1], "value": flow.count, "name": name, "url": address})
    return {"flows": flows, "directed": False}


def clusters_of(industry: str) -> dict[str, Any]:
    """Clusters of one industry in every year, at the centres of their regions."""
    years, found = queries.years(), []
    for year in years:
        for row in queries.clusters(year=year):
            centre = queries.centre(row.region)
            if row.industry == industry and centre is not None:
                found.append(
                    {"lon": centre[0], "lat": centre[1], "name": region_name(row.region), "year": year, "size": row.size,
                     "stars": row.stars, "quotient": row.quotient, "url": reverse("atlas_region", args=[row.region])}
                )  # fmt: skip
    return {"clusters": found, "years": years}


def _nothing(viewer: Viewer) -> dict[str, Any]:
    return clusters_of("")


_BASIC = (
    Layer("members", Label("成员", "Members"), "dots", 0, _members, on=True, count=lambda v: members.members(v).count()),
    Layer(
        "organisations", Label("单位（按地区）", "Organisations by region"), "dots", 1, _organisations, Label("家", "organisations"),
        count=lambda v: members.organisations(v, verified=True).count(),
    ),
    Layer("agreements", Label("合作协议", "Agreements"), "flows", 0, _agreements, Label("份协议", "agreements"), on=True),
    Layer("clusters", Label("产业集群", "Clusters of industries"), "clusters", 2, _nothing, Label("人", "people")),
)  # fmt: skip
# Layers of other parts of the house, added where they exist.
MORE: list[Layer] = []


def layers(viewer: Viewer) -> list[Layer]:
    """Every layer that has something to show."""
    counts = queries.point_counts()
    kinds = [
        Layer(
            f"points-{kind.value}", kind.label, "dots", 3 + place, _points(kind.value),
            count=lambda v, n=counts[kind.value]: n,  # type: ignore[misc]
        )
        for place, kind in enumerate(PointKind) if counts.get(kind.value)
    ]  # fmt: skip
    found = [*_BASIC, *MORE, *kinds]
    return found if queries.years() else [one for one in found if one.form != "clusters"]


def frame(viewer: Viewer) -> list[list[float]]:
    """Upper left and lower right of what the map opens on: all members with a margin, else the basin."""
    places = [place for member in members.members(viewer) if (place := queries.place_of(member)) is not None]
    if not places:
        places = [centre for region in regions.delta_cities() if (centre := region.centre) is not None]
    lon, lat = [p[0] for p in places], [p[1] for p in places]
    return [[min(lon) - 0.8, max(lat) + 0.6], [max(lon) + 0.8, min(lat) - 0.6]]


def city_of(code: str) -> str:
    """The city that a region lies in; a municipality or province stands for itself."""
    line = [region for region in regions.path(code) if region.level in ("city", "province")]
    if not line:
        return code
    municipality = next((r for r in line if r.level == "province" and r.code[:2] in {"11", "12", "31", "50"}), None)
    return municipality.code if municipality else line[-1].code

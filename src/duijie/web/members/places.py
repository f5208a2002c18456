"""Members and partners as dots and lines on the map."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse

from duijie.core import regions
from duijie.core.language import t
from duijie.members.choices import MemberKind
from duijie.members.models import Member
from duijie.members.queries import Graph, name_of
from duijie.web.kit import Flow, MapView, Point


def spot(member: Member) -> tuple[float, float] | None:
    """Where a member stands: its own coordinates, or the centre of its region."""
    if member.longitude is not None and member.latitude is not None:
        return member.longitude, member.latitude
    region = regions.get(member.region)
    return region.centre if region else None


def address_of(member: Member) -> str:
    return reverse("members:member", args=[member.slug])


def map_of_members(members: Iterable[Member]) -> MapView:
    """A dot for each member, as large as its number of verified organisations."""
    points = []
    for member in members:
        place = spot(member)
        if place is not None:
            count = getattr(member, "organisation_count", None)
            points.append(
                Point(name_of(member), place[0], place[1], count, MemberKind.named(member.kind), address_of(member))
            )
    return MapView(t("成员分布", "Where the members are"), points, unit=t("家单位", "organisations"), height=26)


def map_of_graph(graph: Graph, title: str, also: Iterable[Member] = ()) -> MapView:
    """The partner graph on the map: a line for each pair with an agreement, a dot for each party and for `also`.

    Parties without a place are left to the table.
    """
    members = {m.slug: m for m in Member.objects.filter(slug__in=[n.slug for n in graph.nodes if n.slug])}
    members |= {m.slug: m for m in also}
    spots = {f"member:{slug}": spot(member) for slug, member in members.items()}
    points, flows = [], []
    for slug, member in sorted(members.items()):
        place = spots[f"member:{slug}"]
        if place is not None:
            name = member.short_name or name_of(member)
            points.append(Point(name, *place, None, MemberKind.named(member.kind), address_of(member)))
    for edge in graph.edges:
        start, end = spots.get(edge.one.key), spots.get(edge.other.key)
        if start is not None and end is not None:
            first = edge.agreements[0]
            address = reverse("members:agreement", args=[first.uid])
            flows.append(Flow(f"{edge.one.name} — {edge.other.name}", start, end, len(edge.agreements), address))
    return MapView(title, points, flows, unit=t("份协议", "agreements"), as_of=graph.on, height=28)

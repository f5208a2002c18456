"""Reading the map: points, figures of industries with their stars, coverage, flows between members. All of it is public."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from duijie.atlas.models import Boundary, ChainLink, IndustryFigure, MapPoint, PeopleCell
from duijie.core import regions
from duijie.core.errors import NotFound
from duijie.engines.clusters import (
    Chain,
    Coverage,
    Gap,
    Link,
    chain_completeness,
    chain_gaps,
    cluster_stars,
    coverage,
    great_circle_km,
)
from duijie.engines.clusters.chains import Completeness
from duijie.members.models import Member

WALK_METRES = 500


def _within(code: str) -> Q:
    """Rows whose region is `code` or lies in it."""
    inside = [code, *(found.code for found in regions_below(code))]
    return Q(region__in=inside)


def regions_below(code: str) -> Iterable[regions.Region]:
    """Every region inside `code`."""
    for child in regions.children(code):
        yield child
        yield from regions_below(child.code)


def points(*, kind: str = "", region: str = "", member: Member | None = None, text: str = "") -> QuerySet[MapPoint]:
    """Points of the map, by kind, region (and what lies in it), member and words."""
    found = MapPoint.objects.select_related("member").order_by("kind", "name", "uid")
    if kind:
        found = found.filter(kind=kind)
    if region:
        found = found.filter(_within(region))
    if member is not None:
        found = found.filter(member=member)
    if text.strip():
        found = found.filter(name__icontains=text.strip())
    return found


def point(uid: str) -> MapPoint:
    found = MapPoint.objects.select_related("member").filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def point_counts() -> dict[str, int]:
    """How many points there are of each kind."""
    rows = MapPoint.objects.values("kind").annotate(n=Count("id")).values_list("kind", "n")
    return dict(rows)


def boundary_in_force() -> Boundary | None:
    return Boundary.objects.filter(in_force=True).select_related("file").first()


@dataclass(frozen=True)
class ClusterRow:
    """An industry in a region: its size in the year and the stars it earns. quotient: location quotient, 1 = as elsewhere."""

    region: str
    industry: str
    year: int
    size: int
    firms: int | None
    quotient: float
    focus: float
    stars: int
    for_size: bool
    for_specialisation: bool
    for_focus: bool


def years() -> list[int]:
    return list(IndustryFigure.objects.order_by("year").values_list("year", flat=True).distinct())


def industries_with_figures() -> list[str]:
    return list(IndustryFigure.objects.order_by("industry").values_list("industry", flat=True).distinct())


def clusters(*, year: int, size_least: int = 100) -> list[ClusterRow]:
    """Every region and industry with employees in the year, with stars; none is given below `size_least` employees."""
    rows = list(IndustryFigure.objects.filter(year=year, employees__gt=0).order_by("region", "industry"))
    places = sorted({row.region for row in rows})
    names = sorted({row.industry for row in rows})
    if len(places) < 2 or not names:
        return []
    at, of = {code: n for n, code in enumerate(places)}, {code: n for n, code in enumerate(names)}
    table = [[0.0] * len(names) for _ in places]
    for row in rows:
        table[at[row.region]][of[row.industry]] = float(row.employees or 0)
    stars = cluster_stars(table, size_least=size_least)
    found = []
    for row in rows:
        spot = at[row.region], of[row.industry]
        found.append(
            ClusterRow(
                row.region, row.industry, year, row.employees or 0, row.firms, round(float(stars.quotient[spot]), 4),
                round(float(stars.focus[spot]), 6), int(stars.count[spot]), bool(stars.for_size[spot]),
                bool(stars.for_specialisation[spot]), bool(stars.for_focus[spot]),
            )
        )  # fmt: skip
    return sorted(found, key=lambda row: (-row.stars, -row.size, row.region, row.industry))


@dataclass(frozen=True)
class CoverageRow:
    """Coverage of a region by a kind of facility."""

    region: str
    coverage: Coverage


def coverage_of(*, kind: str, reach_metres: int = WALK_METRES, year: int | None = None) -> list[CoverageRow]:
    """For each region that has population cells: the share of people and area within reach of a facility, and facilities per km².

    A facility across the border of a region counts for those who live near it. year: only facilities that stand in that year.
    """
    cells: dict[str, list[tuple[float, float, int, int]]] = defaultdict(list)
    for region, lon, lat, people, area in PeopleCell.objects.values_list(
        "region", "longitude", "latitude", "people", "area_m2"
    ).iterator(chunk_size=5000):
        cells[region].append((lon, lat, people, area))
    standing = points(kind=kind)
    if year is not None:
        standing = standing.filter(Q(opened_year=None) | Q(opened_year__lte=year))
        standing = standing.filter(Q(closed_year=None) | Q(closed_year__gte=year))
    spots = list(standing.order_by().values_list("longitude", "latitude", "region"))
    found = []
    for region in sorted(cells):
        columns = list(zip(*cells[region], strict=True))
        whole = coverage(
            (columns[0], columns[1]),
            columns[2],
            columns[3],
            ([s[0] for s in spots], [s[1] for s in spots]),
            reach_metres,
        )
        own = sum(1 for spot in spots if regions.within(spot[2], region))
        found.append(CoverageRow(region, _counting(whole, own)))
    return found


def _counting(whole: Coverage, facilities: int) -> Coverage:
    """The same coverage, with the facilities that stand in the region itself."""
    return Coverage(facilities, whole.people, whole.covered_people, whole.area_m2, whole.covered_area_m2)


@dataclass(frozen=True)
class Flow:
    """What passes between two members on a day: how many agreements hold between them."""

    first: Member
    second: Member
    count: int


def cooperation(day: dt.date) -> list[Flow]:
    """Pairs of members with agreements that hold on `day`."""
    from duijie.members.models import Agreement

    held = Agreement.objects.filter(valid_from__lte=day).filter(Q(valid_until=None) | Q(valid_until__gte=day))
    pairs: dict[tuple[int, int], int] = defaultdict(int)
    people: dict[int, Member] = {}
    for agreement in held.prefetch_related("parties__member"):
        members = sorted({p.member for p in agreement.parties.all() if p.member is not None}, key=lambda m: m.pk)
        for place, first in enumerate(members):
            for second in members[place + 1 :]:
                pairs[first.pk, second.pk] += 1
                people[first.pk], people[second.pk] = first, second
    rows = [Flow(people[a], people[b], count) for (a, b), count in pairs.items()]
    return sorted(rows, key=lambda flow: (-flow.count, flow.first.slug, flow.second.slug))


def chain_names() -> list[str]:
    return list(ChainLink.objects.order_by("chain").values_list("chain", flat=True).distinct())


@dataclass(frozen=True)
class ChainView:
    """A chain in a year: links, gaps of regions (the largest first), how much of it each region has. Output in yuan."""

    chain: str
    year: int
    links: list[ChainLink]
    gaps: list[Gap]
    completeness: list[Completeness]


def chain_view(*, chain: str, year: int) -> ChainView:
    """Upstream: the users in a region need more than is made there. Downstream: what is made there finds fewer users than elsewhere."""
    rows = list(ChainLink.objects.filter(chain=chain).select_related("member").order_by("supplier", "user"))
    if not rows:
        raise NotFound
    segments = tuple(sorted({code for row in rows for code in (row.supplier, row.user)}))
    table = Chain(segments, tuple(Link(row.supplier, row.user, row.need) for row in rows))
    figures = IndustryFigure.objects.filter(year=year, industry__in=segments, output_minor__gt=0)
    output: dict[str, dict[str, float]] = {}
    for region, industry, fen in figures.values_list("region", "industry", "output_minor"):
        output.setdefault(region, {})[industry] = (fen or 0) / 100
    places = sorted(output)
    if len(places) < 2:
        return ChainView(chain, year, rows, [], [])
    activity = [[output[place].get(segment, 0.0) for segment in segments] for place in places]
    distances = great_circle_km(*zip(*(centre(place) or (0.0, 0.0) for place in places), strict=True))
    gaps = chain_gaps(table, places, activity, distances=distances)
    return ChainView(chain, year, rows, gaps, chain_completeness(table, places, activity))


def chain_link(uid: str) -> ChainLink:
    found = ChainLink.objects.select_related("member").filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def centre(code: str) -> tuple[float, float] | None:
    """Longitude and latitude (GCJ-02) of a region's centre."""
    region = regions.get(code)
    return region.centre if region else None


def place_of(member: Member) -> tuple[float, float] | None:
    """Where a member stands: its own coordinates, else the centre of its region."""
    if member.longitude is not None and member.latitude is not None:
        return float(member.longitude), float(member.latitude)
    return centre(member.region)


def industry_years(industry: str) -> Sequence[IndustryFigure]:
    return list(
        IndustryFigure.objects.filter(industry=industry).select_related("member").order_by("-year", "-employees")
    )


def region_figures(region: str) -> Sequence[IndustryFigure]:
    return list(IndustryFigure.objects.filter(region=region).select_related("member").order_by("-year", "-employees"))

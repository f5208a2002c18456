"""REST of the map: points, population cells, figures of industries, clusters with stars, coverage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from duijie.atlas import actions, queries
from duijie.atlas.models import ChainLink, IndustryFigure, MapPoint, PeopleCell
from duijie.atlas.schemas import ChainLinkRecord, IndustryFigureRecord, MapPointRecord, PeopleCellRecord, PointKind
from duijie.core.access import Viewer
from duijie.core.errors import Fault
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.members.queries import get_member

router = Router(tags=["atlas"])


class MapPointOut(Schema):
    id: str
    member: str
    external_id: str
    kind: str
    name: str
    longitude: float
    latitude: float
    region: str
    industry: str
    size: int | None
    opened_year: int | None
    closed_year: int | None
    version: int


class MapPointPage(Schema):
    total: int
    items: list[MapPointOut]


class AtlasOutcome(Schema):
    """what: created, changed or unchanged."""

    what: str
    id: str
    version: int


class AtlasClusterOut(Schema):
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


class ChainGapOut(Schema):
    region: str
    segment: str
    direction: str
    wanted: float
    there: float
    short: float
    because_of: list[str]
    sources: list[str]


class ServiceCoverageOut(Schema):
    region: str
    facilities: int
    people: int
    covered_people: int
    share_of_people: float | None
    share_of_area: float | None
    per_square_kilometre: float | None


def _viewer(request: HttpRequest) -> Viewer:
    return request.viewer  # type: ignore[attr-defined,no-any-return]


def _point(found: MapPoint) -> dict[str, Any]:
    return {
        "id": found.uid, "member": found.member.slug, "external_id": found.external_id, "kind": found.kind,
        "name": found.name, "longitude": found.longitude, "latitude": found.latitude, "region": found.region,
        "industry": found.industry, "size": found.size, "opened_year": found.opened_year,
        "closed_year": found.closed_year, "version": found.version,
    }  # fmt: skip


def _etag(found: MapPoint | PeopleCell | IndustryFigure | ChainLink) -> str:
    return f'"{found.uid}.{found.version}"'


@router.get("/atlas/points", response={200: MapPointPage, **REFUSALS}, summary="地图点位 Points")
def list_points(
    request: HttpRequest,
    kind: str = "",
    region: str = "",
    q: str = "",
    page: int = Query(1, ge=1, le=10_000),
    page_size: int = Query(100, ge=1, le=1000),
) -> Any:
    """Facilities and firms on the map; coordinates in GCJ-02."""
    found = queries.points(kind=kind, region=region, text=q)
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [_point(one) for one in found[first : first + page_size]]}


def _put(
    request: HttpRequest, slug: str, schema: Any, content: dict[str, Any], write: Callable[..., Any], dry_run: bool
) -> HttpResponse:
    viewer = _viewer(request)
    saved, what = write(
        actor=viewer, member=get_member(viewer, slug), record=parse(schema, content), version=expected_version(request),
        dry_run=dry_run,
    )  # fmt: skip
    content = {"what": what, "id": saved.uid, "version": saved.version}
    return answer(content, status=201 if what == "created" and not dry_run else 200, etag=_etag(saved))


WRITTEN = {200: AtlasOutcome, 201: AtlasOutcome, **REFUSALS}


@router.put(
    "/members/{slug}/map-points/{external_id}",
    response=WRITTEN,
    summary="写入点位 Put a point",
    openapi_extra=body_of(MapPointRecord),
)
@idempotent
def put_point(request: HttpRequest, slug: str, external_id: str, dry_run: bool = False) -> HttpResponse:
    content = json_object(request) | {"external_id": external_id}
    return _put(request, slug, MapPointRecord, content, actions.put_point, dry_run)


@router.put(
    "/members/{slug}/people-cells/{external_id}",
    response=WRITTEN,
    summary="写入人口网格 Put a population cell",
    openapi_extra=body_of(PeopleCellRecord),
)
@idempotent
def put_cell(request: HttpRequest, slug: str, external_id: str, dry_run: bool = False) -> HttpResponse:
    content = json_object(request) | {"external_id": external_id}
    return _put(request, slug, PeopleCellRecord, content, actions.put_cell, dry_run)


@router.put(
    "/members/{slug}/industry-figures",
    response=WRITTEN,
    summary="写入分行业数据 Put a figure of an industry",
    openapi_extra=body_of(IndustryFigureRecord),
)
@idempotent
def put_figure(request: HttpRequest, slug: str, dry_run: bool = False) -> HttpResponse:
    """One figure for a region, an industry and a year."""
    return _put(request, slug, IndustryFigureRecord, json_object(request), actions.put_figure, dry_run)


@router.put(
    "/members/{slug}/chain-links",
    response=WRITTEN,
    summary="写入产业链关系 Put a link of a chain",
    openapi_extra=body_of(ChainLinkRecord),
)
@idempotent
def put_link(request: HttpRequest, slug: str, dry_run: bool = False) -> HttpResponse:
    """One link for a chain, a supplier and a user."""
    return _put(request, slug, ChainLinkRecord, json_object(request), actions.put_link, dry_run)


@router.delete("/atlas/chain-links/{uid}", response={204: None, **REFUSALS}, summary="删除产业链关系 Remove a link")
def remove_link(request: HttpRequest, uid: str) -> Any:
    actions.remove_link(actor=_viewer(request), link=queries.chain_link(uid))
    return 204, None


@router.get("/atlas/chains", response={200: list[str], **REFUSALS}, summary="产业链 Industry chains")
def list_chains(request: HttpRequest) -> Any:
    return queries.chain_names()


@router.get(
    "/atlas/chain-gaps", response={200: list[ChainGapOut], **REFUSALS}, summary="产业链缺口 Gaps of a chain by region"
)
def list_gaps(request: HttpRequest, chain: str, year: int = Query(..., ge=1900, le=2199)) -> Any:
    """What regions lack up and down a chain, the largest gap first; output in yuan."""
    return [vars(gap) | {"short": gap.short} for gap in queries.chain_view(chain=chain, year=year).gaps]


@router.get(
    "/atlas/clusters", response={200: list[AtlasClusterOut], **REFUSALS}, summary="产业集群 Clusters with stars"
)
def list_clusters(request: HttpRequest, year: int = Query(..., ge=1900, le=2199), industry: str = "") -> Any:
    """Location quotient, focus and 0 to 3 stars of every industry in every region of a year."""
    rows = queries.clusters(year=year)
    return [vars(row) for row in rows if not industry or row.industry == industry]


@router.get("/atlas/coverage", response={200: list[ServiceCoverageOut], **REFUSALS}, summary="服务覆盖 Coverage")
def list_coverage(request: HttpRequest, kind: str, reach: int = Query(queries.WALK_METRES, ge=1, le=100_000)) -> Any:
    """Share of people and area within reach (metres) of a facility of `kind`, and facilities per km², by region."""
    if kind not in {one.value for one in PointKind}:
        raise Fault(
            "kind.unknown", f"没有“{kind}”这种设施。", f"There is no facility “{kind}”.", place="kind", status=422
        )
    return [
        {
            "region": row.region, "facilities": row.coverage.facilities, "people": int(row.coverage.people),
            "covered_people": int(row.coverage.covered_people), "share_of_people": row.coverage.share_of_people,
            "share_of_area": row.coverage.share_of_area, "per_square_kilometre": row.coverage.per_square_kilometre,
        }
        for row in queries.coverage_of(kind=kind, reach_metres=reach)
    ]  # fmt: skip

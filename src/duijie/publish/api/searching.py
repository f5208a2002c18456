"""Search over everything, and the searches that a person has saved."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from duijie.core.rest.problems import REFUSALS
from duijie.members.models import Member
from duijie.publish import actions, queries
from duijie.publish.api.shapes import SearchOut, viewer_of
from duijie.publish.kinds import KINDS
from duijie.publish.rules import demand_key
from duijie.publish.search import SearchRequest, search

router = Router(tags=["listings"])


@router.get("/listings", response={200: SearchOut, **REFUSALS}, summary="搜索 Search")
def search_listings(
    request: HttpRequest,
    q: str = "",
    kind: list[str] = Query([]),  # noqa: B008
    member: list[str] = Query([]),  # noqa: B008
    region: list[str] = Query([]),  # noqa: B008
    industry: list[str] = Query([]),  # noqa: B008
    sort: str = "best",
    page: int = Query(1, ge=1, le=500),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    viewer = viewer_of(request)
    demand_key(viewer, "listings:read")
    members = {m.slug: str(m.pk) for m in Member.objects.filter(slug__in=member)} if member else {}
    filters = {
        "kind": tuple(kind) or tuple(KINDS),
        "member": tuple(members.get(slug, "-") for slug in member),
        "regions": tuple(region),
        "industries": tuple(industry),
    }
    filters = {name: values for name, values in filters.items() if values}
    page_found = search(SearchRequest(text=q, filters=filters, sort=sort, page=page, page_size=page_size), viewer)
    seen = queries.listings_by_uid([hit.uid for hit in page_found.hits], viewer)
    return {
        "total": page_found.total,
        "relaxed": page_found.relaxed,
        "items": [queries.as_public_data(x) for x in seen],
        "facets": {n: [{"value": f.value, "count": f.count} for f in fs] for n, fs in page_found.facets.items()},
    }


class SearchIn(Schema):
    name: str
    query: dict[str, Any]
    pace: str = "daily"
    by_mail: bool = True


class SavedOut(Schema):
    id: str
    name: str
    query: dict[str, Any]
    pace: str
    by_mail: bool


def _saved_out(saved: Any) -> dict[str, Any]:
    return {"id": saved.uid, "name": saved.name, "query": saved.query, "pace": saved.pace, "by_mail": saved.by_mail}


@router.get("/searches", response={200: list[SavedOut], **REFUSALS}, summary="我的搜索 Saved searches")
def list_searches(request: HttpRequest) -> Any:
    return [_saved_out(x) for x in queries.saved_searches(viewer_of(request))]


@router.post("/searches", response={201: SavedOut, **REFUSALS}, summary="保存搜索 Save a search")
def save_search(request: HttpRequest, body: SearchIn) -> Any:
    saved = actions.save_search(
        actor=viewer_of(request), name=body.name, query=body.query, pace=body.pace, by_mail=body.by_mail
    )
    return 201, _saved_out(saved)


@router.delete("/searches/{uid}", response={204: None, **REFUSALS}, summary="删除搜索 Delete a saved search")
def delete_search(request: HttpRequest, uid: str) -> Any:
    actions.delete_search(actor=viewer_of(request), uid=uid)
    return 204, None

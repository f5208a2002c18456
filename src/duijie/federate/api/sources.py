"""REST for sources: plugged in, tried out, run, followed item by item."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.federate import actions, queries
from duijie.federate.models import Item, Run, Source
from duijie.federate.rules import demand
from duijie.federate.schemas import SourceRecord
from duijie.members.queries import get_member

router = Router(tags=["sources"])


class SourceOut(Schema):
    """A source; its credential is never shown."""

    id: str
    name: str
    kind: str
    url: str
    member: str
    schedule: str
    listing_kind: str
    publish: bool
    active: bool
    subset: str
    mapping: dict[str, Any]
    has_credential: bool
    failures: int
    due_at: str | None
    version: int


class RunOut(Schema):
    id: str
    source: str
    status: str
    trigger: str
    gathered: int
    created: int
    changed: int
    unchanged: int
    failed: int
    archived: int
    held: int
    error: str | None
    created_at: str
    finished_at: str | None


class ItemOut(Schema):
    id: str
    remote_id: str
    title: str
    url: str
    status: str
    listing: str | None
    log: list[dict[str, Any]]
    changed_at: str


class ItemsOut(Schema):
    total: int
    items: list[ItemOut]


class PreviewOut(Schema):
    items: list[dict[str, Any]]
    names: dict[str, str]


def source_data(row: Source) -> dict[str, Any]:
    return {
        "id": row.uid, "name": row.name, "kind": row.kind, "url": row.url, "member": row.member.slug,
        "schedule": row.schedule, "listing_kind": row.listing_kind, "publish": row.publish, "active": row.active,
        "subset": row.options.get("subset", ""), "mapping": row.mapping, "has_credential": bool(row.credential),
        "failures": row.failures, "due_at": row.due_at.isoformat() if row.due_at else None, "version": row.version,
    }  # fmt: skip


def run_data(row: Run) -> dict[str, Any]:
    names = ("status", "trigger", "gathered", "created", "changed", "unchanged", "failed", "archived", "held")
    return {name: getattr(row, name) for name in names} | {
        "id": row.uid,
        "source": row.source.uid,
        "error": row.error_zh or None,
        "created_at": row.created_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }


def item_data(row: Item) -> dict[str, Any]:
    return {
        "id": row.uid, "remote_id": row.remote_id, "title": row.title, "url": row.url, "status": row.status,
        "listing": row.listing.uid if row.listing else None, "log": row.log, "changed_at": row.changed_at.isoformat(),
    }  # fmt: skip


def _viewer(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]


def _of_key(request: HttpRequest, uid: str) -> Source:
    """A source in sight; an API key sees those of its own member where its scope is for sources."""
    source = queries.get_source(uid, _viewer(request))
    if _viewer(request).key_scopes is not None:
        demand(_viewer(request), "source.write", source.member)
    return source


@router.get("/members/{slug}/sources", response={200: list[SourceOut], **REFUSALS}, summary="来源 Sources")
def list_sources(request: HttpRequest, slug: str) -> Any:
    member = get_member(_viewer(request), slug)
    if _viewer(request).key_scopes is not None:
        demand(_viewer(request), "source.write", member)
    return [source_data(s) for s in queries.sources(_viewer(request), member)]


@router.post(
    "/members/{slug}/sources", response={201: SourceOut, **REFUSALS}, summary="接入来源 Plug in",
    openapi_extra=body_of(SourceRecord),
)  # fmt: skip
@idempotent
def create(request: HttpRequest, slug: str) -> HttpResponse:
    record = parse(SourceRecord, json_object(request))
    member = get_member(_viewer(request), slug)
    source = actions.create_source(actor=_viewer(request), member=member, record=record)
    return answer(source_data(source), status=201, etag=source.etag)


@router.post(
    "/members/{slug}/sources/preview", response={200: PreviewOut, **REFUSALS}, summary="预览 Preview",
    openapi_extra=body_of(SourceRecord),
)  # fmt: skip
def preview(request: HttpRequest, slug: str) -> Any:
    """The first things as they would be written; nothing is kept."""
    demand(_viewer(request), "source.write", get_member(_viewer(request), slug))
    record = parse(SourceRecord, json_object(request))
    found = actions.preview_source(actor=_viewer(request), member=get_member(_viewer(request), slug), record=record)
    items = [
        {
            "remote_id": x.remote_id,
            "title": x.title,
            "url": x.url,
            "fits": x.row is not None,
            "errors": x.faults,
            "data": x.data,
        }
        for x in found.items
    ]
    return {"items": items, "names": found.names}


@router.get("/sources/{uid}", response={200: SourceOut, **REFUSALS}, summary="读取来源 Read one")
def read(request: HttpRequest, uid: str) -> Any:
    source = _of_key(request, uid)
    return answer(source_data(source), etag=source.etag)


@router.put(
    "/sources/{uid}", response={200: SourceOut, **REFUSALS}, summary="修改来源 Change",
    openapi_extra=body_of(SourceRecord),
)  # fmt: skip
@idempotent
def change(request: HttpRequest, uid: str) -> HttpResponse:
    """If-Match: the ETag that was read. An empty credential leaves the one that is kept."""
    source = _of_key(request, uid)
    record = parse(SourceRecord, json_object(request))
    source = actions.change_source(
        actor=_viewer(request), source=source, record=record, expected_version=expected_version(request)
    )
    return answer(source_data(source), etag=source.etag)


@router.delete("/sources/{uid}", response={204: None, **REFUSALS}, summary="移除来源 Take away")
def delete(request: HttpRequest, uid: str, archive: bool = False) -> Any:
    """The listings stay with the member; with `archive` they are archived."""
    actions.delete_source(actor=_viewer(request), source=_of_key(request, uid), archive=archive)
    return 204, None


@router.post("/sources/{uid}/runs", response={202: RunOut, **REFUSALS}, summary="采集 Run")
def run(request: HttpRequest, uid: str, whole: bool = False) -> Any:
    found = actions.start_run(actor=_viewer(request), source=_of_key(request, uid), whole=whole)
    return 202, run_data(found)


@router.get("/sources/{uid}/runs", response={200: list[RunOut], **REFUSALS}, summary="采集记录 Runs")
def list_runs(request: HttpRequest, uid: str) -> Any:
    return [run_data(r) for r in queries.runs(_of_key(request, uid), _viewer(request)).select_related("source")[:100]]


@router.get("/sources/{uid}/items", response={200: ItemsOut, **REFUSALS}, summary="逐条记录 Items")
def list_items(
    request: HttpRequest,
    uid: str,
    status: str = "",
    page: int = Query(1, ge=1, le=100_000),
    page_size: int = Query(50, ge=1, le=500),
) -> Any:
    rows = queries.items(_viewer(request), source=_of_key(request, uid), status=status[:10])
    start = (page - 1) * page_size
    return {"total": rows.count(), "items": [item_data(x) for x in rows[start : start + page_size]]}


@router.post("/items/{uid}/replay", response={200: ItemOut, **REFUSALS}, summary="重放一条 Replay one")
def replay(request: HttpRequest, uid: str) -> Any:
    """Fetch the source anew and write this item again, over what was changed here."""
    item = queries.get_item(uid, _viewer(request))
    return item_data(actions.take_over_item(actor=_viewer(request), item=item))

"""REST for listings: search, read, upsert by the member's own id, life cycle, imports, saved searches, schemas."""

from __future__ import annotations

import json
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import File, Form, Query, Router, Schema, UploadedFile

from duijie.core.errors import Fault, NotFound
from duijie.core.files import path_of
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version, must_be_new
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import describe
from duijie.members.models import Member
from duijie.publish import actions, queries
from duijie.publish.actions import imports
from duijie.publish.kinds import KINDS, ListingDraft, completeness
from duijie.publish.models import ImportBatch
from duijie.publish.rules import demand_key
from duijie.publish.schemas import as_data, resolve_organisation
from duijie.publish.search import SearchRequest, search

router = Router(tags=["listings"])
MOST_IN_BULK = 1000


class ListingOut(Schema):
    """A listing as the caller may see it; fields behind a teaser are absent."""

    id: str
    kind: str
    status: str
    title: str
    member: str
    confidential: bool
    regions: list[str]
    industries: list[str]
    published_at: str | None
    expires_on: str | None
    version: int
    summary: str | None = None
    body: str | None = None
    keywords: list[str] | None = None
    amount: dict[str, Any] | None = None
    stage: str | None = None
    starts_on: str | None = None
    organisation: str | None = None
    organisation_name: str | None = None
    external_id: str | None = None
    visibility: str | None = None
    completeness: int | None = None
    facets: dict[str, Any] | None = None


class FacetOut(Schema):
    value: str
    count: int


class SearchOut(Schema):
    total: int
    relaxed: bool
    items: list[ListingOut]
    facets: dict[str, list[FacetOut]]


class OutcomeOut(Schema):
    what: str
    listing: ListingOut


class ReviewIn(Schema):
    decision: str
    reasons: list[str] = []
    remark: str = ""


class CloseIn(Schema):
    reason: str = ""


def _viewer(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]


def _member(slug: str) -> Member:
    member = Member.objects.filter(slug=slug).first()
    if member is None:
        raise NotFound(f"没有成员“{slug}”。", f"There is no member “{slug}”.")
    return member


def _content(request: HttpRequest) -> Any:
    """The request's JSON body. Refuses what is not JSON, with the place of the fault."""
    try:
        return json.loads(request.body or b"null")
    except (ValueError, RecursionError) as error:
        place = f"{getattr(error, 'lineno', 1)}:{getattr(error, 'colno', 1)}"
        raise Fault("json.unreadable", "请求正文不是 JSON。", "The body is not JSON.", place=place) from None


def _object(content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise Fault("json.not_an_object", "请求正文应为一个 JSON 对象。", "The body must be a JSON object.", status=422)
    return content


def _answer(listing: Any, request: HttpRequest, *, status: int = 200, what: str | None = None) -> HttpResponse:
    seen = queries.get_listing(listing.uid, _viewer(request))
    data = queries.as_public_data(seen)
    content: Any = {"what": what, "listing": data} if what else data
    response = HttpResponse(json.dumps(content, ensure_ascii=False), status=status, content_type="application/json")
    response["ETag"] = seen.record.etag
    return response


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
    viewer = _viewer(request)
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


@router.get("/listings/{uid}", response={200: ListingOut, **REFUSALS}, summary="读取 Read one")
def read_listing(request: HttpRequest, uid: str) -> Any:
    demand_key(_viewer(request), "listings:read")
    return _answer(queries.get_listing(uid, _viewer(request)).record, request)


@router.get(
    "/members/{slug}/listings/{external_id}",
    response={200: ListingOut, **REFUSALS},
    summary="按编号读取 Read by own id",
)
def read_by_external_id(request: HttpRequest, slug: str, external_id: str) -> Any:
    demand_key(_viewer(request), "listings:read")
    seen = queries.get_by_external_id(_member(slug), external_id, _viewer(request))
    return _answer(seen.record, request)


@router.put(
    "/members/{slug}/listings/{external_id}",
    response={200: OutcomeOut, 201: OutcomeOut, **REFUSALS},
    summary="按编号创建或更新 Create or change by own id",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
)
@idempotent
def put_listing(
    request: HttpRequest, slug: str, external_id: str, dry_run: bool = False, publish: bool = True
) -> HttpResponse:
    """The body is a listing (see /kinds). If-Match: the ETag that was read; If-None-Match: * for a new one only."""
    outcome = actions.upsert_listing(
        actor=_viewer(request),
        member=_member(slug),
        external_id=external_id,
        data=_object(_content(request)),
        expected_version=expected_version(request),
        must_be_new=must_be_new(request),
        put_forward=publish,
        dry_run=dry_run,
    )
    status = 201 if outcome.what == "created" and not dry_run else 200
    if dry_run:
        content = {"what": outcome.what, "listing": _dry(outcome.listing)}
        return HttpResponse(json.dumps(content, ensure_ascii=False), status=200, content_type="application/json")
    return _answer(outcome.listing, request, status=status, what=outcome.what)


def _dry(listing: Any) -> dict[str, Any]:
    return queries.as_public_data(queries.SeenListing(listing, True, True, False))


@router.post(
    "/members/{slug}/listings",
    response={201: ListingOut, **REFUSALS},
    summary="发布 Publish",
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}},
)
@idempotent
def post_listing(request: HttpRequest, slug: str, publish: bool = True) -> HttpResponse:
    listing = actions.create_listing(
        actor=_viewer(request), member=_member(slug), data=_object(_content(request)), put_forward=publish
    )
    return _answer(listing, request, status=201)


class BulkRowOut(Schema):
    external_id: str | None
    what: str
    id: str | None = None
    errors: list[dict[str, Any]] = []


class BulkOut(Schema):
    created: int
    changed: int
    unchanged: int
    refused: int
    rows: list[BulkRowOut]


@router.put(
    "/members/{slug}/listings",
    response={200: BulkOut, **REFUSALS},
    summary="批量 Many at once",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "array", "items": {"type": "object"}, "maxItems": MOST_IN_BULK}}
            },
        }
    },
)
@idempotent
def put_many(
    request: HttpRequest, slug: str, all_or_nothing: bool = True, dry_run: bool = False, publish: bool = True
) -> HttpResponse:
    """Up to 1,000 listings, each with its external_id. With all_or_nothing a single fault refuses all, each fault named."""
    from duijie.publish.actions.bulk_api import put_rows

    content = _content(request)
    if not isinstance(content, list) or len(content) > MOST_IN_BULK:
        raise Fault(
            "json.not_a_list",
            f"请求正文应为最多 {MOST_IN_BULK} 条的 JSON 数组。",
            f"The body must be a JSON array of at most {MOST_IN_BULK} listings.",
            status=422,
        )
    report = put_rows(
        actor=_viewer(request),
        member=_member(slug),
        rows=content,
        all_or_nothing=all_or_nothing,
        dry_run=dry_run,
        put_forward=publish,
    )
    return HttpResponse(json.dumps(report, ensure_ascii=False), content_type="application/json")


_LIFE: dict[str, Any] = {
    "submit": actions.submit_listing,
    "publish": actions.publish_listing,
    "renew": actions.renew_listing,
    "archive": actions.archive_listing,
}


def _step(request: HttpRequest, uid: str, verb: str, **given: Any) -> HttpResponse:
    listing = queries.get_listing(uid, _viewer(request)).record
    changed = _LIFE[verb](actor=_viewer(request), listing=listing, **given)
    return _answer(changed, request)


@router.post("/listings/{uid}/submit", response={200: ListingOut, **REFUSALS}, summary="提交审核 Submit")
@idempotent
def submit(request: HttpRequest, uid: str) -> HttpResponse:
    return _step(request, uid, "submit", expected_version=expected_version(request))


@router.post("/listings/{uid}/publish", response={200: ListingOut, **REFUSALS}, summary="发布 Publish")
@idempotent
def publish(request: HttpRequest, uid: str) -> HttpResponse:
    return _step(request, uid, "publish")


@router.post("/listings/{uid}/renew", response={200: ListingOut, **REFUSALS}, summary="续期 Renew")
@idempotent
def renew(request: HttpRequest, uid: str) -> HttpResponse:
    return _step(request, uid, "renew")


@router.post("/listings/{uid}/archive", response={200: ListingOut, **REFUSALS}, summary="归档 Archive")
@idempotent
def archive(request: HttpRequest, uid: str) -> HttpResponse:
    return _step(request, uid, "archive")


@router.post("/listings/{uid}/close", response={200: ListingOut, **REFUSALS}, summary="关闭 Close")
@idempotent
def close(request: HttpRequest, uid: str, body: CloseIn) -> HttpResponse:
    listing = queries.get_listing(uid, _viewer(request)).record
    closed = actions.close_listing(
        actor=_viewer(request), listing=listing, reason=body.reason, expected_version=expected_version(request)
    )
    return _answer(closed, request)


@router.post("/listings/{uid}/review", response={200: ListingOut, **REFUSALS}, summary="审核 Review")
@idempotent
def review(request: HttpRequest, uid: str, body: ReviewIn) -> HttpResponse:
    listing = queries.get_listing(uid, _viewer(request)).record
    decided = actions.review_listing(
        actor=_viewer(request), listing=listing, decision=body.decision, reasons=body.reasons, remark=body.remark
    )
    return _answer(decided, request)


@router.delete("/listings/{uid}", response={204: None, **REFUSALS}, summary="删除草稿 Discard a draft")
def discard(request: HttpRequest, uid: str) -> Any:
    actions.discard_draft(actor=_viewer(request), listing=queries.get_listing(uid, _viewer(request)).record)
    return 204, None


# --- sheets ---------------------------------------------------------------------------------------------------------------
class ImportOut(Schema):
    id: str
    kind: str
    status: str
    rows_total: int
    rows_good: int
    rows_bad: int
    rows_new: int
    rows_changed: int
    rows_same: int
    progress: int | None
    faults: list[dict[str, Any]]
    marked: str | None


def _import_out(batch: ImportBatch) -> dict[str, Any]:
    names = ("kind", "status", "rows_total", "rows_good", "rows_bad", "rows_new", "rows_changed", "rows_same", "faults")
    marked = f"/api/v1/imports/{batch.uid}/marked" if batch.marked_file_id else None
    return {name: getattr(batch, name) for name in names} | {
        "id": batch.uid,
        "progress": batch.job.percent if batch.job else None,
        "marked": marked,
    }


@router.post("/members/{slug}/imports", response={202: ImportOut, **REFUSALS}, summary="导入表格 Import a sheet")
def start_import(
    request: HttpRequest,
    slug: str,
    file: UploadedFile = File(...),  # noqa: B008
    kind: str = Form(...),
    all_or_nothing: bool = Form(True),
    publish: bool = Form(True),
    apply: bool = Form(False),
    organisation: str = Form(""),
) -> Any:
    """The sheet is checked first; with `apply` it is written when nothing stands against it."""
    member = _member(slug)
    batch = imports.start_import(
        actor=_viewer(request),
        member=member,
        kind=kind,
        chunks=file.chunks(),
        name=file.name or "sheet",
        organisation=resolve_organisation(organisation, member),
        all_or_nothing=all_or_nothing,
        publish=publish,
        apply_when_good=apply,
    )
    return 202, _import_out(batch)


@router.get("/imports/{uid}", response={200: ImportOut, **REFUSALS}, summary="导入的进展 How far an import is")
def read_import(request: HttpRequest, uid: str) -> Any:
    return _import_out(imports.get_import(uid, _viewer(request)))


@router.post("/imports/{uid}/apply", response={202: ImportOut, **REFUSALS}, summary="写入 Apply")
def apply_import(request: HttpRequest, uid: str, only_good_rows: bool = False) -> Any:
    batch = imports.get_import(uid, _viewer(request))
    if only_good_rows:
        batch = imports.choose_good_rows(actor=_viewer(request), batch=batch)
    return 202, _import_out(imports.apply_import(actor=_viewer(request), batch=batch))


@router.post("/imports/{uid}/undo", response={202: ImportOut, **REFUSALS}, summary="撤销 Undo")
def undo_import(request: HttpRequest, uid: str) -> Any:
    batch = imports.get_import(uid, _viewer(request))
    return 202, _import_out(imports.undo_import(actor=_viewer(request), batch=batch))


@router.get(
    "/imports/{uid}/marked",
    response={200: Any, **REFUSALS},
    summary="标注副本 The marked copy",
    openapi_extra={
        "responses": {
            200: {
                "description": "OK",
                "content": {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                        "schema": {"type": "string", "format": "binary"}
                    }
                },
            }
        }
    },
)
def marked_copy(request: HttpRequest, uid: str) -> Any:
    batch = imports.get_import(uid, _viewer(request))
    if batch.marked_file is None:
        raise NotFound("没有标注副本：没有发现错误。", "There is no marked copy: no fault was found.")
    return FileResponse(path_of(batch.marked_file).open("rb"), as_attachment=True, filename=batch.marked_file.name)


# --- what a listing holds -------------------------------------------------------------------------------------------------
@router.get("/kinds", response={200: list[dict[str, Any]], **REFUSALS}, summary="类别与字段 Kinds and their fields")
def list_kinds(request: HttpRequest) -> Any:
    def fields(schema: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": d.name,
                "label": {"zh": d.label.zh, "en": d.label.en},
                "kind": d.kind,
                "required": d.required,
                "example": d.said.example,
                "choices": [{"value": c.value, "zh": c.zh, "en": c.en} for c in d.choices],
            }
            for d in describe(schema)
        ]

    return [
        {
            "kind": k.kind,
            "label": {"zh": k.label.zh, "en": k.label.en},
            "side": k.side,
            "common": fields(ListingDraft),
            "facets": fields(k.schema),
        }
        for k in KINDS.values()
    ]


class MissingOut(Schema):
    field: str
    advice: str
    gain: int


class AdviceOut(Schema):
    score: int
    missing: list[MissingOut]


@router.get("/listings/{uid}/completeness", response={200: AdviceOut, **REFUSALS}, summary="还缺什么 What is missing")
def advice(request: HttpRequest, uid: str) -> Any:
    seen = queries.get_listing(uid, _viewer(request))
    if not seen.may_change:
        raise NotFound
    score, missing = completeness(seen.kind, as_data(seen.record))
    return {"score": score, "missing": [{"field": m.name, "advice": str(m.advice), "gain": m.gain} for m in missing]}


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
    return [_saved_out(x) for x in queries.saved_searches(_viewer(request))]


@router.post("/searches", response={201: SavedOut, **REFUSALS}, summary="保存搜索 Save a search")
def save_search(request: HttpRequest, body: SearchIn) -> Any:
    saved = actions.save_search(
        actor=_viewer(request), name=body.name, query=body.query, pace=body.pace, by_mail=body.by_mail
    )
    return 201, _saved_out(saved)


@router.delete("/searches/{uid}", response={204: None, **REFUSALS}, summary="删除搜索 Delete a saved search")
def delete_search(request: HttpRequest, uid: str) -> Any:
    actions.delete_search(actor=_viewer(request), uid=uid)
    return 204, None

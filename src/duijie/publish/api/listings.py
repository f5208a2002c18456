"""Listings one by one: read, publish, upsert by the member's own id; and up to a thousand at once."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from duijie.core.errors import Fault
from duijie.core.rest.bodies import json_content, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version, must_be_new
from duijie.core.rest.problems import REFUSALS
from duijie.publish import actions, queries
from duijie.publish.api.shapes import ListingOut, OutcomeOut, answer, member_named, viewer_of
from duijie.publish.rules import demand_key

MOST_IN_BULK = 1000


router = Router(tags=["listings"])


@router.get("/listings/{uid}", response={200: ListingOut, **REFUSALS}, summary="读取 Read one")
def read_listing(request: HttpRequest, uid: str) -> Any:
    demand_key(viewer_of(request), "listings:read")
    return answer(queries.get_listing(uid, viewer_of(request)).record, request)


@router.delete("/listings/{uid}", response={204: None, **REFUSALS}, summary="删除草稿 Discard a draft")
def discard(request: HttpRequest, uid: str) -> Any:
    # Beside the reading: one address has one router, or the other's methods answer 405.
    actions.discard_draft(actor=viewer_of(request), listing=queries.get_listing(uid, viewer_of(request)).record)
    return 204, None


@router.get(
    "/members/{slug}/listings/{external_id}",
    response={200: ListingOut, **REFUSALS},
    summary="按编号读取 Read by own id",
)
def read_by_external_id(request: HttpRequest, slug: str, external_id: str) -> Any:
    demand_key(viewer_of(request), "listings:read")
    seen = queries.get_by_external_id(member_named(slug), external_id, viewer_of(request))
    return answer(seen.record, request)


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
        actor=viewer_of(request),
        member=member_named(slug),
        external_id=external_id,
        data=json_object(request),
        expected_version=expected_version(request),
        must_be_new=must_be_new(request),
        put_forward=publish,
        dry_run=dry_run,
    )
    status = 201 if outcome.what == "created" and not dry_run else 200
    if dry_run:
        content = {"what": outcome.what, "listing": _dry(outcome.listing)}
        return HttpResponse(json.dumps(content, ensure_ascii=False), status=200, content_type="application/json")
    return answer(outcome.listing, request, status=status, what=outcome.what)


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
        actor=viewer_of(request), member=member_named(slug), data=json_object(request), put_forward=publish
    )
    return answer(listing, request, status=201)


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

    content = json_content(request)
    if not isinstance(content, list) or len(content) > MOST_IN_BULK:
        raise Fault(
            "json.not_a_list",
            f"请求正文应为最多 {MOST_IN_BULK} 条的 JSON 数组。",
            f"The body must be a JSON array of at most {MOST_IN_BULK} listings.",
            status=422,
        )
    report = put_rows(
        actor=viewer_of(request),
        member=member_named(slug),
        rows=content,
        all_or_nothing=all_or_nothing,
        dry_run=dry_run,
        put_forward=publish,
    )
    return HttpResponse(json.dumps(report, ensure_ascii=False), content_type="application/json")

"""REST: exchanges, also by the sender's own external id."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.govern import actions, queries
from duijie.govern.api.shapes import ExchangeOut, ExchangePage, exchange_out
from duijie.govern.schemas import ExchangeRecord
from duijie.members.api.shapes import viewer_of_request
from duijie.members.queries import get_member

router = Router(tags=["exchanges"])


@router.get("/exchanges", response={200: ExchangePage, **REFUSALS}, summary="交流互访 Exchanges")
def list_exchanges(
    request: HttpRequest, member: str = "", kind: str = "", status: str = "", q: str = "", page: int = Query(1, ge=1, le=10_000),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:  # fmt: skip
    viewer = viewer_of_request(request)
    own = get_member(viewer, member) if member else None
    found = queries.exchanges(viewer, member=own, kind=kind, status=status, text=q)
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [exchange_out(x) for x in found[first : first + page_size]]}


@router.get("/exchanges/{uid}", response={200: ExchangeOut, **REFUSALS}, summary="一次交流 One exchange")
def read_exchange(request: HttpRequest, uid: str) -> HttpResponse:
    found = queries.get_exchange(viewer_of_request(request), uid)
    return answer(exchange_out(found), etag=found.etag)


@router.post(
    "/exchanges",
    response={201: ExchangeOut, **REFUSALS},
    summary="登记交流 Record",
    openapi_extra=body_of(ExchangeRecord),
)
@idempotent
def plan(request: HttpRequest) -> HttpResponse:
    made = actions.plan_exchange(actor=viewer_of_request(request), record=parse(ExchangeRecord, json_object(request)))
    return answer(exchange_out(made), status=201, etag=made.etag)


@router.patch(
    "/exchanges/{uid}",
    response={200: ExchangeOut, **REFUSALS},
    summary="修改交流 Change",
    openapi_extra=body_of(ExchangeRecord),
)
@idempotent
def patch(request: HttpRequest, uid: str) -> HttpResponse:
    """Only the fields that are given change. If-Match: the ETag that was read."""
    viewer = viewer_of_request(request)
    found = queries.get_exchange(viewer, uid)
    record = parse(ExchangeRecord, actions.exchange_record_of(found) | json_object(request))
    done = actions.change_exchange(actor=viewer, exchange=found, record=record, version=expected_version(request))
    return answer(exchange_out(done), etag=done.etag)


@router.put(
    "/members/{slug}/exchanges/{external_id}", response={200: ExchangeOut, 201: ExchangeOut, **REFUSALS},
    summary="按编号写入交流 Write by external id", openapi_extra=body_of(ExchangeRecord),
)  # fmt: skip
@idempotent
def put_exchange(request: HttpRequest, slug: str, external_id: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    sender = get_member(viewer, slug)
    record = parse(ExchangeRecord, json_object(request) | {"sender": sender.slug, "external_id": external_id})
    what = actions.upsert_exchange(actor=viewer, record=record)
    found = queries.exchanges(viewer, member=sender).filter(sender=sender, external_id=record.external_id).get()
    return answer(exchange_out(found), status=201 if what == "created" else 200, etag=found.etag)

"""A listing's life: submitted, reviewed, published, renewed, closed, archived, discarded."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.publish import actions, queries
from duijie.publish.api.shapes import ListingOut, answer, viewer_of

router = Router(tags=["listings"])


class ReviewIn(Schema):
    decision: str
    reasons: list[str] = []
    remark: str = ""


class CloseIn(Schema):
    reason: str = ""


_LIFE: dict[str, Any] = {
    "submit": actions.submit_listing,
    "publish": actions.publish_listing,
    "renew": actions.renew_listing,
    "archive": actions.archive_listing,
}


def _step(request: HttpRequest, uid: str, verb: str, **given: Any) -> HttpResponse:
    listing = queries.get_listing(uid, viewer_of(request)).record
    changed = _LIFE[verb](actor=viewer_of(request), listing=listing, **given)
    return answer(changed, request)


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
    listing = queries.get_listing(uid, viewer_of(request)).record
    closed = actions.close_listing(
        actor=viewer_of(request), listing=listing, reason=body.reason, expected_version=expected_version(request)
    )
    return answer(closed, request)


@router.post("/listings/{uid}/review", response={200: ListingOut, **REFUSALS}, summary="审核 Review")
@idempotent
def review(request: HttpRequest, uid: str, body: ReviewIn) -> HttpResponse:
    listing = queries.get_listing(uid, viewer_of(request)).record
    decided = actions.review_listing(
        actor=viewer_of(request), listing=listing, decision=body.decision, reasons=body.reasons, remark=body.remark
    )
    return answer(decided, request)

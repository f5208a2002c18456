"""REST: interest, shown, answered, taken back."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.match import actions, queries
from duijie.match.api.shapes import InterestOut, interest_out, reader, writer
from duijie.match.schemas import DeclineRecord, InterestRecord
from duijie.publish.queries import get_listing

router = Router(tags=["matches"])


class InterestsOut(Schema):
    total: int
    items: list[InterestOut]


@router.get("/interests", response={200: InterestsOut, **REFUSALS}, summary="对接请求 Interests")
def list_interests(
    request: HttpRequest,
    which: Literal["received", "shown"] = "received",
    page: int = Query(1, ge=1, le=500),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    """`received`: those that wait for one's answer, the most urgent first; `shown`: one's own, newest first."""
    viewer = reader(request)
    rows = queries.received_interests(viewer) if which == "received" else queries.shown_interests(viewer)
    start = (page - 1) * page_size
    return {"total": rows.count(), "items": [interest_out(x, viewer) for x in rows[start : start + page_size]]}


@router.get("/interests/{uid}", response={200: InterestOut, **REFUSALS}, summary="一个请求 One interest")
def read_interest(request: HttpRequest, uid: str) -> Any:
    viewer = reader(request)
    return interest_out(queries.get_interest(uid, viewer), viewer)


def _answer(request: HttpRequest, uid: str, status: int = 200) -> HttpResponse:
    viewer = writer(request)
    return answer(interest_out(queries.get_interest(uid, viewer), viewer), status=status)


@router.post(
    "/interests",
    response={201: InterestOut, **REFUSALS},
    summary="感兴趣 Show interest",
    openapi_extra=body_of(InterestRecord),
)
@idempotent
def express(request: HttpRequest) -> HttpResponse:
    """Where the other side has shown interest already both agree at once: `introduction` is set."""
    viewer = writer(request)
    given = parse(InterestRecord, json_object(request))
    made = actions.express_interest(
        actor=viewer,
        to_listing=get_listing(given.to, viewer).record,
        from_listing=get_listing(given.own, viewer).record if given.own else None,
        message=given.message or "",
    )
    # A key has no person behind it: without a listing of one's own only the answer to this request shows the interest.
    return answer(interest_out(made, viewer), status=201)


@router.post("/interests/{uid}/accept", response={200: InterestOut, **REFUSALS}, summary="同意对接 Accept")
@idempotent
def accept(request: HttpRequest, uid: str) -> HttpResponse:
    """Contacts open to both sides, the liaisons are told, an introduction begins."""
    actions.accept_interest(actor=writer(request), interest=queries.get_interest(uid, writer(request)))
    return _answer(request, uid)


@router.post(
    "/interests/{uid}/decline",
    response={200: InterestOut, **REFUSALS},
    summary="婉拒 Decline",
    openapi_extra=body_of(DeclineRecord),
)
@idempotent
def decline(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = writer(request)
    given = parse(DeclineRecord, json_object(request))
    actions.decline_interest(
        actor=viewer,
        interest=queries.get_interest(uid, viewer),
        reasons=given.reasons or [],
        remark=given.remark or "",
    )
    return _answer(request, uid)


@router.post("/interests/{uid}/withdraw", response={200: InterestOut, **REFUSALS}, summary="撤回 Withdraw")
@idempotent
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    actions.withdraw_interest(actor=writer(request), interest=queries.get_interest(uid, writer(request)))
    return _answer(request, uid)

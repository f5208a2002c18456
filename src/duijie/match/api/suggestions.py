"""REST: the match inbox, what one says of a suggestion, and why (not) this one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.errors import NotAllowed
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.match import actions, queries
from duijie.match.api.shapes import SuggestionOut, SuggestionsOut, WhyOut, reader, suggestion_out, why_out, writer
from duijie.match.rules import speaks_for_listing
from duijie.match.schemas import VerdictRecord
from duijie.match.why import explain_pair
from duijie.publish.queries import get_listing

router = Router(tags=["matches"])


@router.get("/matches", response={200: SuggestionsOut, **REFUSALS}, summary="匹配 Matches of one's listings")
def list_suggestions(
    request: HttpRequest,
    listing: str = "",
    grade: list[str] = Query([]),  # noqa: B008
    answered: bool = False,
    page: int = Query(1, ge=1, le=500),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    """Best first. `listing`: for one of one's own only; `answered`: with those that were answered."""
    viewer = reader(request)
    chosen = get_listing(listing, viewer).record if listing else None
    if chosen is not None and not speaks_for_listing(viewer, chosen):
        raise NotAllowed
    rows = queries.suggestions_for(viewer, listing=chosen, grades=grade, include_answered=answered)
    start = (page - 1) * page_size
    shown = queries.page_of_suggestions(rows, viewer, start, start + page_size)
    return {"total": rows.count(), "items": [suggestion_out(one) for one in shown]}


@router.get("/matches/{uid}", response={200: SuggestionOut, **REFUSALS}, summary="一条匹配 One match")
def read_suggestion(request: HttpRequest, uid: str) -> Any:
    return suggestion_out(queries.get_suggestion(uid, reader(request)))


@router.put(
    "/matches/{uid}/verdict",
    response={200: SuggestionOut, **REFUSALS},
    summary="暂不考虑、不合适 Not now, not suitable",
    openapi_extra=body_of(VerdictRecord),
)
@idempotent
def put_verdict(request: HttpRequest, uid: str) -> HttpResponse:
    """Reasons: field, maturity, price, place, time, known, competitor, vague, done, other."""
    viewer = writer(request)
    given = parse(VerdictRecord, json_object(request))
    found = queries.get_suggestion(uid, viewer)
    actions.give_verdict(
        actor=viewer,
        suggestion=found.record,
        side=found.side,
        answer=given.answer,
        reasons=given.reasons or [],
        remark=given.remark or "",
    )
    return answer(suggestion_out(queries.get_suggestion(uid, viewer)))


@router.get("/match/why", response={200: WhyOut, **REFUSALS}, summary="为什么（没有）匹配 Why, or why not")
def read_why(request: HttpRequest, own: str, other: str) -> Any:
    """For one of one's own listings and any listing that one may see; said only from what one may read."""
    return why_out(explain_pair(reader(request), own=own, other=other))

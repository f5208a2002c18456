"""REST: intents, follow-ups, figures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.meet import actions, queries
from duijie.meet.api.shapes import FollowUpOut, IntentOut, event_of, follow_up_out, intent_out, reader, writer
from duijie.meet.schemas import IntentRecord
from duijie.members.api.values import text_of
from duijie.members.places import find_organisation

router = Router()


class IntentPage(Schema):
    total: int
    items: list[IntentOut]


@router.get("/events/{uid}/intents", response={200: IntentPage, **REFUSALS}, summary="意向 Intents")
def list_intents(
    request: HttpRequest, uid: str, page: int = Query(1, ge=1, le=500), page_size: int = Query(50, ge=1, le=200)
) -> Any:
    """All for the planners; else those of one's own side."""
    rows = queries.intents(reader(request), event_of(request, uid))
    start = (page - 1) * page_size
    return {"total": rows.count(), "items": [intent_out(i) for i in rows[start : start + page_size]]}


@router.get("/events/{uid}/intents/{intent}", response={200: IntentOut, **REFUSALS}, summary="一份意向 One intent")
def read_intent(request: HttpRequest, uid: str, intent: str) -> HttpResponse:
    found = queries.get_intent(reader(request), event_of(request, uid), intent)
    return answer(intent_out(found), etag=found.etag)


@router.post(
    "/events/{uid}/intents", response={201: IntentOut, **REFUSALS}, summary="写意向 Propose",
    openapi_extra=body_of(IntentRecord, first="提出方单位 the proposing organisation"),
)  # fmt: skip
@idempotent
def propose(request: HttpRequest, uid: str) -> HttpResponse:
    content = json_object(request)
    first = find_organisation(text_of(content, "first"), place="first")
    record = parse(IntentRecord, {name: value for name, value in content.items() if name != "first"})
    made = actions.propose_intent(
        actor=writer(request), event=event_of(request, uid), organisation=first, record=record
    )
    return answer(intent_out(made), status=201, etag=made.etag)


@router.post("/events/{uid}/intents/{intent}/sign", response={200: IntentOut, **REFUSALS}, summary="签署 Sign")
@idempotent
def sign(request: HttpRequest, uid: str, intent: str) -> HttpResponse:
    found = queries.get_intent(reader(request), event_of(request, uid), intent)
    signed = actions.sign_intent(actor=writer(request), intent=found, version=expected_version(request))
    again = queries.get_intent(reader(request), event_of(request, uid), signed.uid)
    return answer(intent_out(again), etag=again.etag)


@router.get("/follow-ups", response={200: list[FollowUpOut], **REFUSALS}, summary="会后跟进 Follow-ups")
def list_follow_ups(request: HttpRequest) -> Any:
    """What is open for one's own side."""
    return [follow_up_out(f) for f in queries.open_follow_ups(reader(request))[:200]]


@router.get("/events/{uid}/figures", response={200: dict[str, Any], **REFUSALS}, summary="成果 Figures")
def figures(request: HttpRequest, uid: str) -> Any:
    """For the planners."""
    return asdict(queries.figures_of_event(reader(request), event_of(request, uid)))

"""REST: introductions, with contacts for the parties only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.match import actions, queries
from duijie.match.api.shapes import (
    IntroductionOut,
    MessageOut,
    OneIntroductionOut,
    introduction_out,
    message_out,
    reader,
    writer,
)
from duijie.match.models import Introduction
from duijie.match.schemas import EndRecord, MessageRecord, NextStepRecord

router = Router(tags=["matches"])


class IntroductionsOut(Schema):
    total: int
    items: list[IntroductionOut]


@router.get("/introductions", response={200: IntroductionsOut, **REFUSALS}, summary="对接 Introductions")
def list_introductions(
    request: HttpRequest, page: int = Query(1, ge=1, le=500), page_size: int = Query(20, ge=1, le=100)
) -> Any:
    """One's own and those that one accompanies as a liaison, the nearest next step first."""
    rows = queries.introductions_of(reader(request))
    start = (page - 1) * page_size
    return {"total": rows.count(), "items": [introduction_out(x) for x in rows[start : start + page_size]]}


def _etag(row: Introduction) -> str:
    return f'"{row.uid}.{row.version}"'


@router.get("/introductions/{uid}", response={200: OneIntroductionOut, **REFUSALS}, summary="一次对接 One introduction")
def read_introduction(request: HttpRequest, uid: str) -> HttpResponse:
    """With contacts, for the parties only; every reading is put on record."""
    viewer = reader(request)
    row = queries.get_introduction(uid, viewer)
    contacts = [
        {"name": c.name, "title": c.title, "organisation": c.organisation, "phone": c.phone, "email": c.email}
        for c in queries.contacts_of(row, viewer)
    ]
    talk = row.messages.select_related("author", "file").order_by("at")
    content = introduction_out(row) | {"contacts": contacts, "messages": [message_out(m) for m in talk]}
    return answer(content, etag=_etag(row))


@router.post(
    "/introductions/{uid}/messages",
    response={201: MessageOut, **REFUSALS},
    summary="留言 Say something",
    openapi_extra=body_of(MessageRecord),
)
@idempotent
def post_message(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = writer(request)
    given = parse(MessageRecord, json_object(request))
    message = actions.say(actor=viewer, introduction=queries.get_introduction(uid, viewer), text=given.text)
    return answer(message_out(message), status=201)


@router.put(
    "/introductions/{uid}/next-step",
    response={200: IntroductionOut, **REFUSALS},
    summary="下一步 The next step",
    openapi_extra=body_of(NextStepRecord),
)
@idempotent
def put_next_step(request: HttpRequest, uid: str) -> HttpResponse:
    """If-Match: the ETag that was read."""
    viewer = writer(request)
    given = parse(NextStepRecord, json_object(request))
    row = actions.set_next_step(
        actor=viewer,
        introduction=queries.get_introduction(uid, viewer),
        step=given.step or "",
        on=given.on,
        promising=bool(given.promising),
        version=expected_version(request),
    )
    return answer(introduction_out(row), etag=_etag(row))


@router.post(
    "/introductions/{uid}/end",
    response={200: IntroductionOut, **REFUSALS},
    summary="结束 End",
    openapi_extra=body_of(EndRecord),
)
@idempotent
def end(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = writer(request)
    given = parse(EndRecord, json_object(request))
    row = actions.end_introduction(
        actor=viewer,
        introduction=queries.get_introduction(uid, viewer),
        reason=given.reason,
        version=expected_version(request),
    )
    return answer(introduction_out(row), etag=_etag(row))

"""REST: timetables, asked for, changed, published; one's own meetings."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.meet import actions, queries
from duijie.meet.api.shapes import DraftOut, MeetingOut, draft_out, event_of, meeting_out, reader, writer
from duijie.meet.models import Draft, Meeting
from duijie.meet.schemas import ArrangeRecord, DisruptionRecord
from duijie.members.api.values import refuse_unknown, text_of

router = Router()


@router.get("/events/{uid}/drafts", response={200: list[DraftOut], **REFUSALS}, summary="草案 Drafts")
def list_drafts(request: HttpRequest, uid: str, repairs: bool = False) -> Any:
    return [draft_out(d) for d in queries.drafts(reader(request), event_of(request, uid), repairs=repairs)]


def _draft(request: HttpRequest, uid: str, draft: str) -> Draft:
    return queries.get_draft(reader(request), event_of(request, uid), draft)


@router.get("/events/{uid}/drafts/{draft}", response={200: DraftOut, **REFUSALS}, summary="一份草案 One draft")
def read_draft(request: HttpRequest, uid: str, draft: str) -> HttpResponse:
    found = _draft(request, uid, draft)
    return answer(draft_out(found), etag=found.etag)


@router.get(
    "/events/{uid}/drafts/{draft}/meetings",
    response={200: list[MeetingOut], **REFUSALS},
    summary="草案的会面 Its meetings",
)
def list_meetings(request: HttpRequest, uid: str, draft: str) -> Any:
    return [meeting_out(m) for m in queries.draft_meetings(_draft(request, uid, draft))]


@router.post(
    "/events/{uid}/drafts",
    response={202: DraftOut, **REFUSALS},
    summary="编排 Arrange",
    openapi_extra=body_of(ArrangeRecord),
)
@idempotent
def arrange(request: HttpRequest, uid: str, based_on: str = "") -> HttpResponse:
    """Starts the work and answers at once; read the draft until its status is no longer "running"."""
    event = event_of(request, uid)
    base = _draft(request, uid, based_on) if based_on else None
    record = parse(ArrangeRecord, json_object(request))
    made = actions.start_draft(actor=writer(request), event=event, record=record, based_on=base)
    return answer(draft_out(made), status=202, etag=made.etag)


@router.post(
    "/events/{uid}/drafts/{draft}/move", response={200: DraftOut, **REFUSALS}, summary="移动 Move",
    openapi_extra=body_of(meeting="会面编号 its id", slot="时段 slot", place="场地（可不写） place, may be left out"),
)  # fmt: skip
@idempotent
def move(request: HttpRequest, uid: str, draft: str) -> HttpResponse:
    """If-Match: the ETag that was read; of two planners the second is told."""
    found = _draft(request, uid, draft)
    content = json_object(request)
    refuse_unknown(content, "meeting", "slot", "place")
    meeting = (
        Meeting.objects.filter(draft=found, uid=text_of(content, "meeting")).select_related("slot", "place").first()
    )
    if meeting is None:
        from duijie.core.errors import NotFound

        raise NotFound
    actions.move_meeting(
        actor=writer(request), draft=found, meeting=meeting, slot=text_of(content, "slot"), place=text_of(content, "place"),
        version=expected_version(request),
    )  # fmt: skip
    return _again(request, uid, draft)


def _again(request: HttpRequest, uid: str, draft: str) -> HttpResponse:
    found = _draft(request, uid, draft)
    return answer(draft_out(found), etag=found.etag)


@router.post("/events/{uid}/drafts/{draft}/undo", response={200: DraftOut, **REFUSALS}, summary="撤销 Undo")
@idempotent
def undo(request: HttpRequest, uid: str, draft: str) -> HttpResponse:
    actions.undo_step(actor=writer(request), draft=_draft(request, uid, draft), version=expected_version(request))
    return _again(request, uid, draft)


@router.post("/events/{uid}/drafts/{draft}/publish", response={200: DraftOut, **REFUSALS}, summary="发布日程 Publish")
@idempotent
def publish(request: HttpRequest, uid: str, draft: str) -> HttpResponse:
    actions.publish_draft(actor=writer(request), draft=_draft(request, uid, draft), version=expected_version(request))
    return _again(request, uid, draft)


@router.post(
    "/events/{uid}/repairs",
    response={202: DraftOut, **REFUSALS},
    summary="现场调整 Repair",
    openapi_extra=body_of(DisruptionRecord),
)
@idempotent
def propose(request: HttpRequest, uid: str) -> HttpResponse:
    """What would move; nothing moves before it is confirmed."""
    record = parse(DisruptionRecord, json_object(request))
    made = actions.propose_repair(actor=writer(request), event=event_of(request, uid), record=record)
    return answer(draft_out(made), status=202)


@router.post("/events/{uid}/repairs/{draft}/confirm", response={200: DraftOut, **REFUSALS}, summary="确认调整 Confirm")
@idempotent
def confirm(request: HttpRequest, uid: str, draft: str) -> HttpResponse:
    actions.confirm_repair(actor=writer(request), draft=_draft(request, uid, draft))
    return _again(request, uid, draft)


@router.get(
    "/events/{uid}/registrations/{registration}/meetings",
    response={200: list[MeetingOut], **REFUSALS},
    summary="我的日程 Own meetings",
)
def own_meetings(request: HttpRequest, uid: str, registration: str) -> Any:
    viewer, event = reader(request), event_of(request, uid)
    found = queries.get_registration(viewer, event, registration)
    found.event = event
    return [meeting_out(m.meeting) for m in queries.meetings_of_registration(viewer, found)]

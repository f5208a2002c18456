"""REST: what comes before a vote (papers, discussion, amendments) and the council's meetings with their minutes."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, UploadedFile

from duijie.core.errors import Fault, NotFound
from duijie.core.files import download
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.govern import actions, queries
from duijie.govern.api.shapes import MotionOut, motion_out
from duijie.govern.models import Amendment, Contribution, Meeting, MotionPaper
from duijie.govern.schemas import MeetingRecord
from duijie.members.api.shapes import viewer_of_request
from duijie.members.api.values import refuse_unknown, text_of
from duijie.members.queries import get_alliance

router = Router(tags=["council"])


class PaperOut(Schema):
    """number: in the paper's address, /motions/{id}/papers/{number}."""

    number: int
    title: str
    name: str
    bytes: int


class SaidOut(Schema):
    speaker: str
    text: str
    at: str


class AmendmentOut(Schema):
    """before: the wording that an accepted one replaced."""

    id: str
    text: str
    reason: str
    before: str
    proposed_by: str
    status: str


class SessionOut(Schema):
    id: str
    alliance: str
    title: str
    starts_at: str
    place: str
    agenda: str
    held: bool
    chaired_by: str
    present: list[str]
    notes: str
    motions: list[str]
    version: int


def _paper(paper: MotionPaper) -> dict[str, Any]:
    return {"number": paper.pk, "title": paper.title, "name": paper.file.name, "bytes": paper.file.size_bytes}


def _amendment(one: Amendment) -> dict[str, Any]:
    same = ("text", "reason", "before", "proposed_by", "status")
    return {"id": one.uid} | {name: getattr(one, name) for name in same}


def _session(viewer: Any, meeting: Meeting) -> dict[str, Any]:
    same = ("title", "place", "agenda", "held", "chaired_by", "present", "notes", "version")
    on_it = queries.motions(viewer, alliance=meeting.alliance).filter(meeting=meeting)
    return {name: getattr(meeting, name) for name in same} | {
        "id": meeting.uid, "alliance": meeting.alliance.slug, "starts_at": meeting.starts_at.isoformat(),
        "motions": [m.uid for m in on_it],
    }  # fmt: skip


@router.get("/motions/{uid}/papers", response={200: list[PaperOut], **REFUSALS}, summary="议案材料 Papers")
def list_papers(request: HttpRequest, uid: str) -> Any:
    viewer = viewer_of_request(request)
    rows = MotionPaper.objects.visible_to(viewer).filter(motion=queries.get_motion(viewer, uid))
    return [_paper(p) for p in rows.select_related("file").order_by("pk")]


@router.post("/motions/{uid}/papers", response={201: PaperOut, **REFUSALS}, summary="加入材料 Lay a paper")
def add_paper(
    request: HttpRequest,
    uid: str,
    file: UploadedFile = File(...),  # noqa: B008
    title: str = Form(""),
) -> HttpResponse:
    """As a form with a file. Read by the council and nobody else."""
    viewer = viewer_of_request(request)
    made = actions.add_paper(
        actor=viewer, motion=queries.get_motion(viewer, uid), chunks=file.chunks(), name=file.name or "file",
        media_type=file.content_type or "application/octet-stream", title=title,
    )  # fmt: skip
    return answer(_paper(made), status=201)


@router.get("/motions/{uid}/papers/{number}", response={200: None, **REFUSALS}, summary="下载材料 Read a paper")
def read_paper(request: HttpRequest, uid: str, number: int) -> FileResponse:
    viewer = viewer_of_request(request)
    rows = MotionPaper.objects.visible_to(viewer).filter(motion=queries.get_motion(viewer, uid), pk=number)
    found = rows.select_related("file").first()
    if found is None:
        raise NotFound
    return download(found.file)


@router.get("/motions/{uid}/discussion", response={200: list[SaidOut], **REFUSALS}, summary="讨论 Discussion")
def read_discussion(request: HttpRequest, uid: str) -> Any:
    viewer = viewer_of_request(request)
    rows = Contribution.objects.visible_to(viewer).filter(motion=queries.get_motion(viewer, uid)).order_by("pk")
    return [{"speaker": s.speaker, "text": s.text, "at": s.at.isoformat()} for s in rows]


@router.post(
    "/motions/{uid}/discussion", response={201: SaidOut, **REFUSALS}, summary="发表意见 Speak",
    openapi_extra=body_of(text="意见 what is said", in_name_of="以哪个成员的名义，可不填 in whose name; may be left out"),
)  # fmt: skip
@idempotent
def speak(request: HttpRequest, uid: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "text", "in_name_of")
    said = actions.speak(
        actor=viewer, motion=queries.get_motion(viewer, uid), text=_long(content, "text"), in_name_of=text_of(content, "in_name_of")
    )  # fmt: skip
    return answer({"speaker": said.speaker, "text": said.text, "at": said.at.isoformat()}, status=201)


def _long(content: dict[str, Any], name: str) -> str:
    """A text of several lines from a body."""
    text_of(content, name)
    return str(content.get(name) or "")


@router.get("/motions/{uid}/amendments", response={200: list[AmendmentOut], **REFUSALS}, summary="修改意见 Amendments")
def list_amendments(request: HttpRequest, uid: str) -> Any:
    viewer = viewer_of_request(request)
    rows = Amendment.objects.visible_to(viewer).filter(motion=queries.get_motion(viewer, uid)).order_by("pk")
    return [_amendment(a) for a in rows]


@router.post(
    "/motions/{uid}/amendments", response={201: AmendmentOut, **REFUSALS}, summary="提出修改 Amend",
    openapi_extra=body_of(text="修改后的全文 the whole text as amended", reason="理由 why"),
)  # fmt: skip
@idempotent
def amend(request: HttpRequest, uid: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "text", "reason")
    made = actions.propose_amendment(
        actor=viewer, motion=queries.get_motion(viewer, uid), text=_long(content, "text"), reason=text_of(content, "reason")
    )  # fmt: skip
    return answer(_amendment(made), status=201)


@router.post(
    "/motions/{uid}/amendments/{amendment}", response={200: AmendmentOut, **REFUSALS}, summary="采纳或不采纳 Decide an amendment",
    openapi_extra=body_of(accept="true 采纳、false 不采纳 true or false"),
)  # fmt: skip
@idempotent
def decide_amendment(request: HttpRequest, uid: str, amendment: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "accept")
    accept = content.get("accept")
    if not isinstance(accept, bool):
        raise Fault("json.not_boolean", "accept：请写 true 或 false。", "accept: write true or false.", place="accept", status=422)  # fmt: skip
    rows = Amendment.objects.visible_to(viewer).filter(motion=queries.get_motion(viewer, uid), uid=amendment)
    found = rows.select_related("motion").first()
    if found is None:
        raise NotFound
    return answer(_amendment(actions.decide_amendment(actor=viewer, amendment=found, accept=accept)))


@router.post("/motions/{uid}/withdraw", response={200: MotionOut, **REFUSALS}, summary="撤回议案 Withdraw")
@idempotent
def withdraw(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    after = actions.withdraw_motion(
        actor=viewer, motion=queries.get_motion(viewer, uid), version=expected_version(request)
    )
    return answer(motion_out(after), etag=after.etag)


@router.post(
    "/motions/{uid}/agenda", response={200: MotionOut, **REFUSALS}, summary="列入议程 Put on an agenda",
    openapi_extra=body_of(meeting="会议编号，留空改为通讯表决 the meeting; empty: by circulation"),
)  # fmt: skip
@idempotent
def put_on_agenda(request: HttpRequest, uid: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "meeting")
    chosen = text_of(content, "meeting")
    meeting = queries.get_meeting(viewer, chosen) if chosen else None
    after = actions.put_on_agenda(actor=viewer, motion=queries.get_motion(viewer, uid), meeting=meeting)
    return answer(motion_out(after), etag=after.etag)


@router.get(
    "/alliances/{slug}/council-meetings",
    response={200: list[SessionOut], **REFUSALS},
    summary="理事会会议 Meetings of the council",
)
def list_sessions(request: HttpRequest, slug: str) -> Any:
    """Newest first, of a council that the caller sits in."""
    viewer = viewer_of_request(request)
    rows = queries.meetings(viewer, get_alliance(viewer, slug)).select_related("alliance")
    return [_session(viewer, m) for m in rows[:200]]


@router.post(
    "/alliances/{slug}/council-meetings", response={201: SessionOut, **REFUSALS}, summary="召开理事会 Call a meeting",
    openapi_extra=body_of(MeetingRecord),
)  # fmt: skip
@idempotent
def call(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    record = parse(MeetingRecord, json_object(request))
    made = actions.call_meeting(actor=viewer, alliance=get_alliance(viewer, slug), record=record)
    return answer(_session(viewer, made), status=201)


@router.get("/council-meetings/{uid}", response={200: SessionOut, **REFUSALS}, summary="一次会议 One meeting")
def read_session(request: HttpRequest, uid: str) -> Any:
    viewer = viewer_of_request(request)
    return _session(viewer, queries.get_meeting(viewer, uid))


@router.post(
    "/council-meetings/{uid}/minutes", response={200: SessionOut, **REFUSALS}, summary="会议纪要 Write the minutes",
    openapi_extra=body_of(chaired_by="主持人 in the chair", present="到会的人，名字的列表 a list of names", notes="纪要 what was said"),
)  # fmt: skip
@idempotent
def minutes(request: HttpRequest, uid: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "chaired_by", "present", "notes")
    present = content.get("present")
    if not isinstance(present, list) or not all(isinstance(name, str) for name in present):
        raise Fault("minutes.present", "请写明到会的人。", "Say who was there.", place="present", status=422)
    after = actions.write_minutes(
        actor=viewer, meeting=queries.get_meeting(viewer, uid), chaired_by=text_of(content, "chaired_by"), present=present,
        notes=_long(content, "notes"), version=expected_version(request),
    )  # fmt: skip
    return answer(_session(viewer, after))

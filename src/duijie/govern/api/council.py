"""REST: charter, motions, votes, resolutions and duties."""

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
from duijie.govern.api.shapes import (
    CharterOut,
    DutyOut,
    MotionOut,
    MotionPage,
    ResolutionOut,
    ResolutionPage,
    SeatOut,
    VoteOut,
    charter_out,
    duty_out,
    motion_out,
    resolution_out,
)
from duijie.govern.models import Seat
from duijie.govern.schemas import CharterRecord, DutyRecord, MotionRecord
from duijie.members.api.shapes import viewer_of_request
from duijie.members.api.values import day_of, refuse_unknown, text_of
from duijie.members.queries import get_alliance

router = Router(tags=["council"])


@router.get("/alliances/{slug}/charters", response={200: list[CharterOut], **REFUSALS}, summary="章程 Charters")
def list_charters(request: HttpRequest, slug: str) -> Any:
    """Every version, newest first."""
    viewer = viewer_of_request(request)
    return [charter_out(c) for c in queries.charters(viewer, get_alliance(viewer, slug))]


@router.post(
    "/alliances/{slug}/charters", response={201: CharterOut, **REFUSALS}, summary="登记章程 Record a charter",
    openapi_extra=body_of(CharterRecord),
)  # fmt: skip
@idempotent
def adopt_charter(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    record = parse(CharterRecord, json_object(request))
    return answer(
        charter_out(actions.adopt_charter(actor=viewer, alliance=get_alliance(viewer, slug), record=record)), status=201
    )


@router.get("/alliances/{slug}/motions", response={200: MotionPage, **REFUSALS}, summary="议案 Motions")
def list_motions(
    request: HttpRequest, slug: str, status: str = "", q: str = "", page: int = Query(1, ge=1, le=10_000), page_size: int = Query(20, ge=1, le=100)
) -> Any:  # fmt: skip
    """Of a council that the caller sits in; none otherwise."""
    viewer = viewer_of_request(request)
    found = queries.motions(viewer, alliance=get_alliance(viewer, slug), status=status, text=q)
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [motion_out(m) for m in found[first : first + page_size]]}


@router.post(
    "/alliances/{slug}/motions", response={201: MotionOut, **REFUSALS}, summary="提出议案 Propose", openapi_extra=body_of(MotionRecord)
)  # fmt: skip
@idempotent
def propose(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    record = parse(MotionRecord, json_object(request))
    made = actions.propose_motion(actor=viewer, alliance=get_alliance(viewer, slug), record=record)
    return answer(motion_out(made), status=201, etag=made.etag)


@router.get("/motions/{uid}", response={200: MotionOut, **REFUSALS}, summary="一件议案 One motion")
def read_motion(request: HttpRequest, uid: str) -> HttpResponse:
    found = queries.get_motion(viewer_of_request(request), uid)
    return answer(motion_out(found), etag=found.etag)


@router.get("/motions/{uid}/seats", response={200: list[SeatOut], **REFUSALS}, summary="表决权 Seats")
def read_seats(request: HttpRequest, uid: str) -> Any:
    """Who votes with how many votes, and who has voted."""
    viewer = viewer_of_request(request)
    found = queries.get_motion(viewer, uid)
    rows = Seat.objects.visible_to(viewer).filter(motion=found).order_by("pk")
    return [{"seat": s.key, "name": s.name, "votes": s.votes, "voted": s.voted_at is not None} for s in rows]


@router.post(
    "/motions/{uid}/open", response={200: MotionOut, **REFUSALS}, summary="开始表决 Open the vote",
    openapi_extra=body_of(last_day="最后一天 the last day"),
)  # fmt: skip
@idempotent
def open_vote(request: HttpRequest, uid: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "last_day")
    found = queries.get_motion(viewer, uid)
    day = day_of(text_of(content, "last_day"), "last_day")
    actions.open_vote(actor=viewer, motion=found, last_day=day, version=expected_version(request))
    after = queries.get_motion(viewer, uid)
    return answer(motion_out(after), etag=after.etag)


@router.post(
    "/motions/{uid}/votes", response={200: VoteOut, **REFUSALS}, summary="表决 Vote",
    openapi_extra=body_of(seat="席位 m12 或 o5 the seat", choice="yes、no 或 abstain"),
)  # fmt: skip
def vote(request: HttpRequest, uid: str) -> HttpResponse:
    """Not under an Idempotency-Key: its store would keep how somebody voted. Sent again, a secret vote is refused as cast."""
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "seat", "choice")
    found, seat = queries.get_motion(viewer, uid), text_of(content, "seat")
    numbers = actions.cast_vote(actor=viewer, motion=found, seat=seat, choice=text_of(content, "choice"))
    response = answer({"seat": seat, "numbers": numbers})
    response["Cache-Control"] = "no-store"
    return response


@router.post(
    "/motions/{uid}/proxies", response={200: list[SeatOut], **REFUSALS}, summary="委托 Lend a vote",
    openapi_extra=body_of(giver="委托方 the seat that lends", holder="受托方，留空收回 the seat that holds it; empty takes it back"),
)  # fmt: skip
def give_proxy(request: HttpRequest, uid: str) -> Any:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "giver", "holder")
    found, giver, holder = queries.get_motion(viewer, uid), text_of(content, "giver"), text_of(content, "holder")
    if holder:
        actions.give_proxy(actor=viewer, motion=found, giver=giver, holder=holder)
    else:
        actions.take_back_proxy(actor=viewer, motion=found, giver=giver)
    return read_seats(request, uid)


@router.post("/motions/{uid}/close", response={200: MotionOut, **REFUSALS}, summary="结束表决 Close and count")
@idempotent
def close_vote(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    actions.close_vote(actor=viewer, motion=queries.get_motion(viewer, uid))
    after = queries.get_motion(viewer, uid)
    return answer(motion_out(after), etag=after.etag)


@router.get("/alliances/{slug}/resolutions", response={200: ResolutionPage, **REFUSALS}, summary="决议 Resolutions")
def list_resolutions(
    request: HttpRequest, slug: str, q: str = "", page: int = Query(1, ge=1, le=10_000), page_size: int = Query(20, ge=1, le=100)
) -> Any:  # fmt: skip
    viewer = viewer_of_request(request)
    found = queries.resolutions(viewer, alliance=get_alliance(viewer, slug), text=q)
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [resolution_out(r) for r in found[first : first + page_size]]}


@router.get("/resolutions/{uid}", response={200: ResolutionOut, **REFUSALS}, summary="一项决议 One resolution")
def read_resolution(request: HttpRequest, uid: str) -> Any:
    return resolution_out(queries.get_resolution(viewer_of_request(request), uid))


@router.get("/resolutions/{uid}/duties", response={200: list[DutyOut], **REFUSALS}, summary="决议任务 Duties")
def list_duties(request: HttpRequest, uid: str) -> Any:
    viewer = viewer_of_request(request)
    found = queries.get_resolution(viewer, uid)
    return [duty_out(d) for d in queries.duties(viewer).filter(resolution=found)]


@router.post(
    "/resolutions/{uid}/duties", response={201: DutyOut, **REFUSALS}, summary="分派任务 Give a duty", openapi_extra=body_of(DutyRecord)
)  # fmt: skip
@idempotent
def give_duty(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    record = parse(DutyRecord, json_object(request))
    made = actions.give_duty(actor=viewer, resolution=queries.get_resolution(viewer, uid), record=record)
    return answer(duty_out(made), status=201)


@router.post(
    "/duties/{uid}/report", response={200: DutyOut, **REFUSALS}, summary="报告办理情况 Report",
    openapi_extra=body_of(status="open、done 或 dropped", report="情况 what was done"),
)  # fmt: skip
@idempotent
def report_duty(request: HttpRequest, uid: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "status", "report")
    found = queries.get_duty(viewer, uid)
    done = actions.report_duty(
        actor=viewer, duty=found, status=text_of(content, "status"), report=text_of(content, "report")
    )
    return answer(duty_out(done))

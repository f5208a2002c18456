"""REST: trainings, their people and certificates, cases handed over, applications."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.govern import actions, queries
from duijie.govern.schemas import AttendanceRow, TrainingRecord
from duijie.members.api.shapes import viewer_of_request
from duijie.members.api.values import refuse_unknown, text_of
from duijie.members.places import find_member, find_person
from duijie.members.queries import get_alliance

router = Router(tags=["officers"])


class TrainingOut(Schema):
    id: str
    title: str
    held_on: str
    hours: int
    place: str
    attended: int


class CertificateOut(Schema):
    """What anybody may know of a certificate: the surname only."""

    number: str
    surname: str
    training: str
    held_on: str
    hours: int


class CertifiedOut(Schema):
    """How many certificates were given."""

    given: int


class HandoverOut(Schema):
    id: str
    counts: dict[str, int]


@router.get(
    "/alliances/{slug}/trainings", response={200: list[TrainingOut], **REFUSALS}, summary="联络员培训 Trainings"
)
def list_trainings(request: HttpRequest, slug: str) -> Any:
    viewer = viewer_of_request(request)
    return [
        {"id": x.uid, "title": x.title, "held_on": x.held_on.isoformat(), "hours": x.hours, "place": x.place, "attended": x.attended}
        for x in queries.trainings(viewer, get_alliance(viewer, slug))[:500]
    ]  # fmt: skip


@router.post(
    "/alliances/{slug}/trainings", response={201: TrainingOut, **REFUSALS}, summary="登记培训 Record a training",
    openapi_extra=body_of(TrainingRecord),
)  # fmt: skip
@idempotent
def hold(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    made = actions.hold_training(
        actor=viewer, alliance=get_alliance(viewer, slug), record=parse(TrainingRecord, json_object(request))
    )
    content = {
        "id": made.uid,
        "title": made.title,
        "held_on": made.held_on.isoformat(),
        "hours": made.hours,
        "place": made.place,
    }
    return answer(content | {"attended": 0}, status=201)


@router.post(
    "/trainings/{uid}/people",
    response={204: None, **REFUSALS},
    summary="报名和到课 Enrol",
    openapi_extra=body_of(AttendanceRow),
)
def enrol(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    record = parse(AttendanceRow, json_object(request))
    actions.enrol(actor=viewer, training=queries.get_training(viewer, uid), record=record)
    return HttpResponse(status=204)


@router.post(
    "/trainings/{uid}/certificates", response={200: CertifiedOut, **REFUSALS}, summary="发放证书 Give certificates"
)
@idempotent
def certify(request: HttpRequest, uid: str) -> HttpResponse:
    """To everybody who attended and has none yet."""
    viewer = viewer_of_request(request)
    return answer({"given": actions.certify(actor=viewer, training=queries.get_training(viewer, uid))})


@router.get(
    "/certificates/{number}", response={200: CertificateOut, **REFUSALS}, summary="核验证书 Check a certificate"
)
def check(request: HttpRequest, number: str) -> Any:
    place = actions.place_of_certificate(number)
    training = place.training
    return {
        "number": place.certificate, "surname": place.name[:1], "training": training.title, "held_on": training.held_on.isoformat(),
        "hours": training.hours,
    }  # fmt: skip


@router.post(
    "/members/{slug}/hand-over", response={201: HandoverOut, **REFUSALS}, summary="交接工作 Hand cases over",
    openapi_extra=body_of(giver="交出人 from whom", taker="接手人 to whom", note="说明 a note"),
)  # fmt: skip
@idempotent
def hand_over(request: HttpRequest, slug: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "giver", "taker", "note")
    done = actions.hand_over_cases(
        actor=viewer, member=find_member(slug), giver=find_person(text_of(content, "giver"), place="giver"),
        taker=find_person(text_of(content, "taker"), place="taker"), note=text_of(content, "note"),
    )  # fmt: skip
    return answer({"id": done.uid, "counts": done.counts}, status=201)

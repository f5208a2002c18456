"""REST: liaison officers on leave and their substitutes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.api.shapes import viewer_of_request
from duijie.members.models import Absence
from duijie.members.schemas import AbsenceRecord

router = Router(tags=["officers"])


class AbsenceOut(Schema):
    id: str
    person: str
    person_name: str
    substitute: str
    substitute_name: str
    first_day: str
    last_day: str


def absence_out(absence: Absence) -> dict[str, Any]:
    return {
        "id": absence.uid, "person": absence.person.uid, "person_name": absence.person.name,
        "substitute": absence.substitute.uid, "substitute_name": absence.substitute.name,
        "first_day": absence.first_day.isoformat(), "last_day": absence.last_day.isoformat(),
    }  # fmt: skip


@router.get("/absences", response={200: list[AbsenceOut], **REFUSALS}, summary="休假与代理 Absences")
def list_absences(request: HttpRequest, over: bool = False) -> Any:
    """Of the officers that the caller works with. `over`: those that are past too."""
    return [absence_out(a) for a in queries.absences(viewer_of_request(request), over=over)[:500]]


@router.post(
    "/absences", response={201: AbsenceOut, **REFUSALS}, summary="登记休假和代理 Name a substitute",
    openapi_extra=body_of(AbsenceRecord),
)  # fmt: skip
@idempotent
def name_substitute(request: HttpRequest) -> HttpResponse:
    record = parse(AbsenceRecord, json_object(request))
    return answer(absence_out(actions.name_substitute(actor=viewer_of_request(request), record=record)), status=201)


@router.delete("/absences/{uid}", response={204: None, **REFUSALS}, summary="销假 Back again")
def end_absence(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    actions.end_absence(actor=viewer, absence=queries.get_absence(viewer, uid))
    return HttpResponse(status=204)

"""REST: the door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.problems import REFUSALS
from duijie.meet import actions
from duijie.meet.api.shapes import event_of, writer
from duijie.meet.fields import read_instant
from duijie.members.api.values import refuse_unknown, text_of

router = Router()


class CheckInOut(Schema):
    name: str
    organisation: str
    first: bool


@router.post(
    "/events/{uid}/check-ins", response={200: CheckInOut, **REFUSALS}, summary="签到 Check in",
    openapi_extra=body_of(code="胸卡代码 the badge's code", request="设备生成的编号 an id made by the device", at="时间 when"),
)  # fmt: skip
def check_in(request: HttpRequest, uid: str) -> HttpResponse:
    """The same `request` sent twice counts once."""
    content = json_object(request)
    refuse_unknown(content, "code", "request", "at")
    at = text_of(content, "at")
    person, first = actions.check_in(
        actor=writer(request), event=event_of(request, uid), code=text_of(content, "code"),
        request=text_of(content, "request"), at=read_instant(at) if at else None,
    )  # fmt: skip
    return answer({"name": person.name, "organisation": person.registration.organisation.name, "first": first})

"""REST: who comes, and whom they wish to meet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.errors import Fault, NotFound
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.meet import actions, queries
from duijie.meet.api.shapes import (
    RegistrationOut,
    RegistrationPage,
    WishOut,
    event_of,
    reader,
    registration_out,
    wish_out,
    writer,
)
from duijie.meet.models import Wish
from duijie.meet.schemas import RegistrationRecord, WishRecord
from duijie.members.api.values import refuse_unknown, text_of

router = Router()


@router.get("/events/{uid}/registrations", response={200: RegistrationPage, **REFUSALS}, summary="报名 Registrations")
def list_registrations(
    request: HttpRequest,
    uid: str,
    status: str = "",
    page: int = Query(1, ge=1, le=500),
    page_size: int = Query(50, ge=1, le=200),
) -> Any:
    """All, for who helps at the event."""
    rows = queries.registrations(reader(request), event_of(request, uid), status=status)
    start = (page - 1) * page_size
    return {"total": rows.count(), "items": [registration_out(r) for r in rows[start : start + page_size]]}


@router.get(
    "/events/{uid}/registrations/mine",
    response={200: RegistrationPage, **REFUSALS},
    summary="我的报名 Own registrations",
)
def list_own(request: HttpRequest, uid: str) -> Any:
    rows = queries.own_registrations(reader(request), event_of(request, uid))[:200]
    items = [registration_out(r) for r in rows]
    return {"total": len(items), "items": items}


@router.post(
    "/events/{uid}/registrations", response={201: RegistrationOut, **REFUSALS}, summary="报名 Register",
    openapi_extra=body_of(RegistrationRecord),
)  # fmt: skip
@idempotent
def register(request: HttpRequest, uid: str) -> HttpResponse:
    record = parse(RegistrationRecord, json_object(request))
    made = actions.register(actor=writer(request), event=event_of(request, uid), record=record)
    return answer(registration_out(made), status=201, etag=made.etag)


def _own(request: HttpRequest, uid: str, registration: str) -> Any:
    event = event_of(request, uid)
    found = queries.get_registration(reader(request), event, registration)
    found.event = event
    return found


@router.get(
    "/events/{uid}/registrations/{registration}", response={200: RegistrationOut, **REFUSALS}, summary="一个报名 One"
)
def read_registration(request: HttpRequest, uid: str, registration: str) -> HttpResponse:
    found = _own(request, uid, registration)
    return answer(registration_out(found), etag=found.etag)


@router.patch(
    "/events/{uid}/registrations/{registration}", response={200: RegistrationOut, **REFUSALS}, summary="修改 Change",
    openapi_extra=body_of(RegistrationRecord),
)  # fmt: skip
@idempotent
def change(request: HttpRequest, uid: str, registration: str) -> HttpResponse:
    """Only the fields that are given change. If-Match: the ETag that was read."""
    found = _own(request, uid, registration)
    record = parse(RegistrationRecord, queries.registration_values(found) | json_object(request))
    changed = actions.change_registration(
        actor=writer(request), registration=found, record=record, version=expected_version(request)
    )
    return answer(registration_out(changed), etag=changed.etag)


@router.post(
    "/events/{uid}/registrations/{registration}/decide", response={200: RegistrationOut, **REFUSALS}, summary="审核 Decide",
    openapi_extra=body_of(accept="是否通过 true or false", reason="原因 why"),
)  # fmt: skip
@idempotent
def decide(request: HttpRequest, uid: str, registration: str) -> HttpResponse:
    content = json_object(request)
    refuse_unknown(content, "accept", "reason")
    if not isinstance(content.get("accept"), bool):
        raise Fault(
            "bool_type", "accept：这里要写是或否。", "accept: true or false is wanted.", place="accept", status=422
        )
    decided = actions.decide_registration(
        actor=writer(request), registration=_own(request, uid, registration), accept=content["accept"],
        reason=text_of(content, "reason"), version=expected_version(request),
    )  # fmt: skip
    return answer(registration_out(decided), etag=decided.etag)


@router.post(
    "/events/{uid}/registrations/{registration}/withdraw",
    response={200: RegistrationOut, **REFUSALS},
    summary="撤回 Withdraw",
)
@idempotent
def withdraw(request: HttpRequest, uid: str, registration: str) -> HttpResponse:
    gone = actions.withdraw_registration(actor=writer(request), registration=_own(request, uid, registration))
    return answer(registration_out(gone), etag=gone.etag)


@router.get(
    "/events/{uid}/registrations/{registration}/wishes",
    response={200: list[WishOut], **REFUSALS},
    summary="意愿 Wishes",
)
def list_wishes(request: HttpRequest, uid: str, registration: str) -> Any:
    """One's own wishes, and the requests that others made to one; nobody sees a veto against it."""
    lines = queries.partners(reader(request), _own(request, uid, registration))
    found = [w for line in lines for w in (line.mine, line.asked) if w is not None]
    ids = [w.pk for w in found]
    return [wish_out(w) for w in Wish.objects.filter(pk__in=ids).select_related("wisher", "wanted")]


@router.put(
    "/events/{uid}/registrations/{registration}/wishes", response={200: WishOut, **REFUSALS}, summary="填意愿 Make a wish",
    openapi_extra=body_of(WishRecord),
)  # fmt: skip
@idempotent
def put_wish(request: HttpRequest, uid: str, registration: str) -> HttpResponse:
    """`wanted` is a registration's id, or an organisation's id, credit code or name."""
    record = parse(WishRecord, json_object(request))
    made = actions.make_wish(actor=writer(request), wisher=_own(request, uid, registration), record=record)
    return answer(wish_out(made))


@router.post(
    "/events/{uid}/registrations/{registration}/wishes/{wish}/answer", response={200: WishOut, **REFUSALS}, summary="答复 Answer",
    openapi_extra=body_of(accept="是否同意 true or false"),
)  # fmt: skip
@idempotent
def answer_wish(request: HttpRequest, uid: str, registration: str, wish: str) -> HttpResponse:
    content = json_object(request)
    refuse_unknown(content, "accept")
    if not isinstance(content.get("accept"), bool):
        raise Fault(
            "bool_type", "accept：这里要写是或否。", "accept: true or false is wanted.", place="accept", status=422
        )
    asked = _own(request, uid, registration).wished_by.exclude(level="no").filter(uid=wish).first()
    if asked is None:
        raise NotFound
    return answer(wish_out(actions.answer_wish(actor=writer(request), wish=asked, accept=content["accept"])))

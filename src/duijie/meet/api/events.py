"""REST: events, their slots, places and programme."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.errors import Fault
from duijie.core.rest.bodies import answer, body_of, json_content, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import Record, parse
from duijie.meet import actions, queries
from duijie.meet.api.shapes import EventOut, EventOutcome, EventPage, event_of, event_out, reader, writer
from duijie.meet.schemas import EventRecord, PlaceRow, PrecedenceRow, QuotaRow, SessionRow, SlotRow
from duijie.members.queries import get_member

router = Router()


@router.get("/events", response={200: EventPage, **REFUSALS}, summary="活动 Events")
def list_events(
    request: HttpRequest,
    kind: list[str] = Query([]),  # noqa: B008
    when: Literal["", "coming", "past"] = "",
    q: str = "",
    page: int = Query(1, ge=1, le=500),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    found = queries.events(reader(request), queries.EventFilter(kind=tuple(kind), when=when, text=q))
    start = (page - 1) * page_size
    return {"total": found.count(), "items": [event_out(e) for e in found[start : start + page_size]]}


@router.get("/events/{uid}", response={200: EventOut, **REFUSALS}, summary="一个活动 One event")
def read_event(request: HttpRequest, uid: str) -> HttpResponse:
    event = event_of(request, uid)
    return answer(event_out(event), etag=event.etag)


@router.put(
    "/members/{slug}/events/{external_id}",
    response={200: EventOutcome, 201: EventOutcome, **REFUSALS},
    summary="按编号创建或更新 Create or change by own id",
    openapi_extra=body_of(EventRecord),
)
@idempotent
def put_event(request: HttpRequest, slug: str, external_id: str, dry_run: bool = False) -> HttpResponse:
    """If-Match: the ETag that was read. With `dry_run` everything is checked and nothing written."""
    viewer = writer(request)
    event, what = actions.upsert_event(
        actor=viewer, member=get_member(viewer, slug), external_id=external_id, data=json_object(request),
        version=expected_version(request), dry_run=dry_run,
    )  # fmt: skip
    status = 201 if what == "created" and not dry_run else 200
    return answer({"what": what, "event": event_out(event)}, status=status, etag=event.etag)


@router.post("/events/{uid}/publish", response={200: EventOut, **REFUSALS}, summary="发布 Publish")
@idempotent
def publish(request: HttpRequest, uid: str) -> HttpResponse:
    event = actions.publish_event(actor=writer(request), event=event_of(request, uid))
    return answer(event_out(event), etag=event.etag)


@router.post("/events/{uid}/close", response={200: EventOut, **REFUSALS}, summary="结束 Close")
@idempotent
def close(request: HttpRequest, uid: str) -> HttpResponse:
    event = actions.close_event(actor=writer(request), event=event_of(request, uid))
    return answer(event_out(event), etag=event.etag)


def _rows(request: HttpRequest, schema: type[Record], name: str) -> list[Any]:
    content = json_content(request)
    if not isinstance(content, list) or len(content) > 2_000:
        raise Fault("json.not_a_list", "请求正文应为一个 JSON 数组。", "The body must be a JSON array.", status=422)
    return [parse(schema, row, prefix=f"{name}.{n}.") for n, row in enumerate(content)]


_LIST: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}, "maxItems": 2000}}},
    }
}


@router.put(
    "/events/{uid}/slots", response={200: list[dict[str, Any]], **REFUSALS}, summary="时段 Slots", openapi_extra=_LIST
)
@idempotent
def put_slots(request: HttpRequest, uid: str) -> HttpResponse:
    """Replaces all: [{code, starts_at, ends_at, session}]."""
    viewer = writer(request)
    made = actions.set_slots(actor=viewer, event=event_of(request, uid), rows=_rows(request, SlotRow, "slots"))
    return answer(
        [
            {
                "code": s.code,
                "starts_at": s.starts_at.isoformat(),
                "ends_at": s.ends_at.isoformat(),
                "session": s.session,
            }
            for s in made
        ]
    )


@router.put(
    "/events/{uid}/places", response={200: list[dict[str, Any]], **REFUSALS}, summary="场地 Places", openapi_extra=_LIST
)
@idempotent
def put_places(request: HttpRequest, uid: str) -> HttpResponse:
    """Replaces all: [{code, capacity, name, kind, area, closed}]."""
    viewer = writer(request)
    made = actions.set_places(actor=viewer, event=event_of(request, uid), rows=_rows(request, PlaceRow, "places"))
    return answer(
        [{"code": p.code, "capacity": p.capacity, "kind": p.kind, "area": p.area, "closed": p.closed} for p in made]
    )


@router.put(
    "/events/{uid}/programme",
    response={200: list[dict[str, Any]], **REFUSALS},
    summary="议程 Programme",
    openapi_extra=_LIST,
)
@idempotent
def put_programme(request: HttpRequest, uid: str) -> HttpResponse:
    """Replaces all: [{kind, title, starts_at, ends_at, where, speakers}]."""
    viewer = writer(request)
    made = actions.set_programme(
        actor=viewer, event=event_of(request, uid), rows=_rows(request, SessionRow, "sessions")
    )
    return answer(
        [{"kind": s.kind, "title": s.title, "starts_at": s.starts_at.isoformat(), "speakers": s.speakers} for s in made]
    )


@router.put(
    "/events/{uid}/quotas", response={200: list[dict[str, Any]], **REFUSALS}, summary="配额 Quotas", openapi_extra=_LIST
)
@idempotent
def put_quotas(request: HttpRequest, uid: str) -> HttpResponse:
    """Replaces all: [{kind, with_kind, most, fewest}]."""
    viewer = writer(request)
    rows = _rows(request, QuotaRow, "quotas")
    return answer(actions.set_quotas(actor=viewer, event=event_of(request, uid), rows=rows).quotas)


@router.put(
    "/events/{uid}/precedences",
    response={200: list[dict[str, Any]], **REFUSALS},
    summary="先后 Precedences",
    openapi_extra=_LIST,
)
@idempotent
def put_precedences(request: HttpRequest, uid: str) -> HttpResponse:
    """Replaces all: [{first, then}], each a fixed meeting's code or A~B; answered with the meetings' ids."""
    viewer = writer(request)
    rows = _rows(request, PrecedenceRow, "precedences")
    changed = actions.set_precedences(actor=viewer, event=event_of(request, uid), rows=rows)
    return answer([{"first": first, "then": then} for first, then in changed.precedences])

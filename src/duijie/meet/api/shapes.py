"""What the API of events answers, and how records become that."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Schema

from duijie.core.access import Viewer
from duijie.meet import queries
from duijie.meet.models import Draft, Event, FollowUp, Intent, Meeting, Registration, Wish
from duijie.publish.rules import demand_key


def reader(request: HttpRequest) -> Viewer:
    """The viewer, whose key (where it is one) may read events."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if viewer.key_scopes is not None and "events:write" not in viewer.key_scopes:
        demand_key(viewer, "events:read")
    return viewer


def writer(request: HttpRequest) -> Viewer:
    """The viewer, whose key (where it is one) may write events."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    demand_key(viewer, "events:write")
    return viewer


def event_of(request: HttpRequest, uid: str) -> Event:
    return queries.get_event(reader(request), uid)


class EventOut(Schema):
    id: str
    kind: str
    status: str
    visibility: str
    title: str
    title_en: str
    summary: str
    host: str
    alliance: str | None
    starts_on: str
    ends_on: str
    region: str
    venue: str
    address: str
    industries: list[str]
    capacity: int | None
    registration_from: str | None
    registration_until: str | None
    wishes_from: str | None
    wishes_until: str | None
    external_id: str
    version: int


class EventPage(Schema):
    total: int
    items: list[EventOut]


class EventOutcome(Schema):
    what: str
    event: EventOut


def event_out(event: Event) -> dict[str, Any]:
    same = (
        "kind", "status", "visibility", "title", "title_en", "summary", "region", "venue", "address", "industries",
        "capacity", "external_id", "version",
    )  # fmt: skip
    days = ("starts_on", "ends_on", "registration_from", "registration_until", "wishes_from", "wishes_until")
    return {name: getattr(event, name) for name in same} | {
        "id": event.uid,
        "host": event.host_member.slug,
        "alliance": event.alliance.slug if event.alliance else None,
        **{name: _day(getattr(event, name)) for name in days},
    }


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None


class PersonOut(Schema):
    id: str
    name: str
    title: str
    arrived: bool


class RegistrationOut(Schema):
    id: str
    organisation: str
    name: str
    status: str
    kind: str
    brings: str
    seeks: str
    unavailable: list[str]
    representatives: list[PersonOut]
    version: int


class RegistrationPage(Schema):
    total: int
    items: list[RegistrationOut]


def registration_out(registration: Registration) -> dict[str, Any]:
    same = ("status", "kind", "brings", "seeks", "unavailable", "version")
    people = [
        {"id": p.uid, "name": p.name, "title": p.title, "arrived": p.checked_in_at is not None}
        for p in registration.representatives.all()
    ]
    return {name: getattr(registration, name) for name in same} | {
        "id": registration.uid,
        "organisation": registration.organisation.uid,
        "name": registration.organisation.name,
        "representatives": people,
    }


class WishOut(Schema):
    id: str
    wisher: str
    wanted: str
    level: str
    answer: str
    message: str
    expires_on: str | None


def wish_out(wish: Wish) -> dict[str, Any]:
    return {
        "id": wish.uid, "wisher": wish.wisher.uid, "wanted": wish.wanted.uid, "level": wish.level, "answer": wish.answer,
        "message": wish.message, "expires_on": _day(wish.expires_on),
    }  # fmt: skip


class MeetingOut(Schema):
    id: str
    slot: str
    starts_at: str
    ends_at: str
    place: str
    state: str
    locked: bool
    participants: list[str]
    representatives: list[str]


def meeting_out(meeting: Meeting) -> dict[str, Any]:
    parties = list(meeting.parties.all())
    return {
        "id": meeting.uid, "slot": meeting.slot.code, "starts_at": meeting.slot.starts_at.isoformat(),
        "ends_at": meeting.slot.ends_at.isoformat(), "place": meeting.place.code, "state": meeting.state,
        "locked": meeting.locked, "participants": [p.registration.uid for p in parties],
        "representatives": [uid for p in parties for uid in p.representatives],
    }  # fmt: skip


class DraftOut(Schema):
    id: str
    number: int
    name: str
    status: str
    repair: bool
    goals: dict[str, Any]
    meetings: int
    conflict: list[dict[str, str]]
    unserved: list[dict[str, str]]
    changes: dict[str, Any]
    job: str | None
    version: int


def draft_out(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.uid, "number": draft.number, "name": draft.name, "status": draft.status, "repair": draft.is_repair,
        "goals": draft.goals, "meetings": draft.figures.get("meetings", 0), "conflict": draft.conflict,
        "unserved": draft.unserved, "changes": draft.repair, "job": draft.job.uid if draft.job else None,
        "version": draft.version,
    }  # fmt: skip


class IntentOut(Schema):
    id: str
    event: str
    kind: str
    title: str
    summary: str
    first: str
    second: str
    amount_minor: int | None
    currency: str
    status: str
    counts: bool
    upgrade_of: str | None
    effective_on: str | None
    version: int


def intent_out(intent: Intent) -> dict[str, Any]:
    same = ("kind", "title", "summary", "amount_minor", "currency", "status", "counts", "version")
    return {name: getattr(intent, name) for name in same} | {
        "id": intent.uid,
        "event": intent.event.uid,
        "first": intent.first_organisation.uid,
        "second": intent.second_organisation.uid,
        "upgrade_of": intent.upgrade_of.uid if intent.upgrade_of else None,
        "effective_on": _day(intent.effective_on),
    }


class FollowUpOut(Schema):
    id: str
    text: str
    due_on: str
    done: bool
    first: str
    second: str


def follow_up_out(row: FollowUp) -> dict[str, Any]:
    return {
        "id": row.uid, "text": row.text, "due_on": row.due_on.isoformat(), "done": row.done_at is not None,
        "first": row.first_organisation.uid, "second": row.second_organisation.uid,
    }  # fmt: skip

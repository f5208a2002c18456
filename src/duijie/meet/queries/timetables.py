"""Timetables: drafts for planners; of what is published, everybody's own meetings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.meet.models import Draft, Event, Meeting, MeetingParty, Registration, Representative
from duijie.meet.planning.checking import Guest
from duijie.meet.planning.loading import load_day
from duijie.meet.rules import demand_help, demand_plan, may_help, may_speak_for


def drafts(viewer: Viewer, event: Event, *, repairs: bool = False) -> QuerySet[Draft]:
    """The drafts of an event, for its planners; proposals of repair apart."""
    demand_plan(viewer, event)
    return event.drafts.filter(is_repair=repairs).select_related("job", "based_on", "made_by")


def get_draft(viewer: Viewer, event: Event, uid: str) -> Draft:
    """Raises NotAllowed for who does not plan, NotFound."""
    demand_plan(viewer, event)
    found = event.drafts.select_related("event__host_member", "job", "based_on", "made_by").filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def draft_meetings(draft: Draft) -> QuerySet[Meeting]:
    """The meetings of a draft that the caller was given, with everything that is shown of them."""
    parties = MeetingParty.objects.select_related("registration__organisation")
    rows = Meeting.objects.filter(draft=draft).exclude(state=Meeting.State.CANCELLED)
    return rows.select_related("slot", "place").prefetch_related(Prefetch("parties", queryset=parties))


def targets(viewer: Viewer, draft: Draft, meeting: Meeting) -> dict[str, Any]:
    """For a meeting that is being dragged: what each seat would break. {"slots": {slot: level}, "seats": {"slot|place": level}},
    with "" where nothing would."""
    demand_plan(viewer, draft.event)
    day = load_day(draft)
    held = day.meetings.get(meeting.pk)
    if held is None:
        raise NotFound
    seats = {f"{slot}|{place}": day.worst(held, slot, place) for slot in day.times for place in day.tables}
    slots = {}
    for slot in day.times:
        place = day.free_place(held, slot)
        slots[slot] = day.worst(held, slot, place) if place else "block_planning"
    return {"slots": slots, "seats": seats}


def free_then(viewer: Viewer, draft: Draft, slot: str) -> list[Guest]:
    """Who is free then."""
    demand_plan(viewer, draft.event)
    day = load_day(draft)
    if slot not in day.times:
        raise NotFound
    confirmed = set(draft.event.registrations.filter(status="confirmed").values_list("uid", flat=True))
    return [g for g in day.free_in(slot) if g.uid in confirmed]


@dataclass(frozen=True)
class PersonalMeeting:
    """A meeting as one side sees it: with whom, when, where, and how long it is late."""

    meeting: Meeting
    own: Registration
    others: tuple[Registration, ...]
    people: tuple[str, ...]
    own_people: tuple[str, ...]
    delay_minutes: int

    @property
    def with_whom(self) -> str:
        return "、".join(r.organisation.name for r in self.others)


def meetings_of_registration(viewer: Viewer, registration: Registration) -> list[PersonalMeeting]:
    """The published meetings of a participant that the viewer speaks for or helps."""
    if not may_speak_for(viewer, registration) and not may_help(viewer, registration.event):
        raise NotFound
    return _personal(registration, None)


def meetings_of_person(person: Representative) -> list[PersonalMeeting]:
    """The published meetings of one representative, for the holder of the person's secret."""
    return _personal(person.registration, person.uid)


def _personal(registration: Registration, person: str | None) -> list[PersonalMeeting]:
    event = registration.event
    if event.timetable_id is None or not registration.is_in:
        return []
    parties = MeetingParty.objects.select_related("registration__organisation").prefetch_related(
        "registration__representatives"
    )
    rows = Meeting.objects.filter(draft_id=event.timetable_id, parties__registration=registration)
    rows = rows.exclude(state=Meeting.State.CANCELLED).select_related("slot", "place")
    found = []
    now = timezone.now()
    for meeting in rows.prefetch_related(Prefetch("parties", queryset=parties)):
        sides = list(meeting.parties.all())
        mine = next(p for p in sides if p.registration_id == registration.pk)
        if person is not None and person not in mine.representatives and registration.uid not in mine.representatives:
            continue
        names = {p.uid: p.name for side in sides for p in side.registration.representatives.all()}
        found.append(
            PersonalMeeting(
                meeting,
                registration,
                tuple(p.registration for p in sides if p is not mine),
                tuple(names.get(u, "") for p in sides if p is not mine for u in p.representatives if u in names),
                tuple(names[u] for u in mine.representatives if u in names),
                delay_of(meeting, now),
            )
        )
    return found


def delay_of(meeting: Meeting, now: dt.datetime) -> int:
    """Minutes by which a meeting began late, or is late so far."""
    start = meeting.started_at or (now if meeting.state == Meeting.State.PLANNED else None)
    if start is None:
        return 0
    late = int((start - meeting.slot.starts_at).total_seconds() // 60)
    over = meeting.slot.ends_at < now and meeting.started_at is None
    return 0 if over else max(late, 0)


def get_meeting(viewer: Viewer, event: Event, uid: str) -> tuple[Meeting, Registration | None]:
    """A published meeting with the side that the viewer speaks for (None for a helper who speaks for neither). Raises NotFound."""
    rows = Meeting.objects.filter(draft_id=event.timetable_id or 0).select_related("slot", "place", "draft__event")
    found = rows.prefetch_related("parties__registration__organisation", "parties__registration__representatives")
    meeting = found.filter(uid=uid).first()
    if meeting is None:
        raise NotFound
    for party in meeting.parties.all():
        party.registration.event = event
        if may_speak_for(viewer, party.registration):
            return meeting, party.registration
    if not may_help(viewer, event):
        raise NotFound
    return meeting, None


@dataclass(frozen=True)
class BoardLine:
    """A table now: what is on, what comes next, how late it is."""

    place: Any
    now: Meeting | None
    then: Meeting | None
    delay_minutes: int


def board(viewer: Viewer, event: Event, *, now: dt.datetime | None = None) -> tuple[list[BoardLine], dict[str, int]]:
    """Every table of the day as it is now, with counts of arrived people and of meetings by state; for who helps."""
    demand_help(viewer, event)
    now = now or timezone.now()
    people = Representative.objects.filter(registration__event=event, registration__status="confirmed")
    counts = {
        "people": people.count(),
        "arrived": people.filter(checked_in_at__isnull=False).count(),
        "absent": people.filter(absent=True).count(),
        "held": 0, "running": 0, "missed": 0, "planned": 0,
    }  # fmt: skip
    lines: dict[int, list[Meeting]] = {}
    if event.timetable is not None:
        for meeting in draft_meetings(event.timetable):
            counts[meeting.state] = counts.get(meeting.state, 0) + 1
            lines.setdefault(meeting.place_id, []).append(meeting)
    return [_line(place, lines.get(place.pk, []), now) for place in event.places.all() if place.pk in lines], counts


def _line(place: Any, meetings: list[Meeting], now: dt.datetime) -> BoardLine:
    running = next((m for m in meetings if m.state == Meeting.State.RUNNING), None)
    current = running or next(
        (m for m in meetings if m.state == Meeting.State.PLANNED and m.slot.starts_at <= now < m.slot.ends_at), None
    )
    after = [m for m in meetings if m.state == Meeting.State.PLANNED and m is not current and m.slot.ends_at > now]
    return BoardLine(place, current, after[0] if after else None, delay_of(current, now) if current else 0)

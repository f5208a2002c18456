"""The engine's result, kept as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from duijie.engines import timetable as engine
from duijie.meet.models import Draft, Meeting, MeetingParty, Registration


def write_meetings(draft: Draft, meetings: Sequence[engine.Meeting], locked: Sequence[str] = ()) -> list[Meeting]:
    """Make the meetings of a draft, in four queries however many there are."""
    event = draft.event
    slots = {s.code: s for s in event.slots.all()}
    places = {p.code: p for p in event.places.all()}
    registrations = {r.uid: r for r in event.registrations.prefetch_related("representatives")}
    rows = [
        Meeting(
            draft=draft, code=one.id, slot=slots[one.slot], place=places[one.place], worth=one.worth, fixed=one.fixed,
            locked=one.id in set(locked),
        )
        for one in meetings
    ]  # fmt: skip
    Meeting.objects.bulk_create(rows, batch_size=500)
    made = {m.code: m for m in Meeting.objects.filter(draft=draft)}
    parties = []
    for one in meetings:
        for uid in one.participants:
            registration = registrations[uid]
            parties.append(
                MeetingParty(
                    meeting=made[one.id], registration=registration,
                    representatives=_sitting(registration, one.representatives),
                )
            )  # fmt: skip
    MeetingParty.objects.bulk_create(parties, batch_size=500)
    return list(made.values())


def _sitting(registration: Registration, people: Sequence[str]) -> list[str]:
    own = {p.uid for p in registration.representatives.all()} or {registration.uid}
    return [uid for uid in people if uid in own]


def goals_of(goals: Mapping[str, engine.GoalFigures]) -> dict[str, dict[str, Any]]:
    return {
        name: {"value": round(g.value, 3), "bound": round(g.bound, 3), "proof": str(g.proof.value)}
        for name, g in goals.items()
    }


def figures_of(built: engine.Event, timetable: engine.Timetable) -> dict[str, Any]:
    """What is told of a draft beside its goals."""
    loads: dict[str, int] = {p.id: 0 for p in built.participants}
    for one in timetable.meetings:
        for uid in one.participants:
            loads[uid] = loads.get(uid, 0) + 1
    people = [
        {"person": p.person, "participant": p.participant, "meetings": p.meetings, "breaks": p.breaks, "idle": p.idle,
         "changes": p.place_changes, "walking": round(p.walking, 1)}
        for p in timetable.people
    ]  # fmt: skip
    return {
        "meetings": len(timetable.meetings),
        "with_meetings": sum(n > 0 for n in loads.values()),
        "participants": len(loads),
        "most_breaks": timetable.most_breaks,
        "spread": timetable.spread,
        "walking": round(sum(p.walking for p in timetable.people), 1),
        "people": people,
    }


def unserved_of(timetable: engine.Timetable) -> list[dict[str, str]]:
    return [
        {"wisher": u.wisher, "wanted": u.wanted, "level": u.level, "code": u.code, "zh": u.zh, "en": u.en}
        for u in timetable.unserved
    ]

"""A draft as plain data for the checks, in a fixed number of queries."""

from __future__ import annotations

from duijie.meet.models import Draft, Meeting, Registration, Wish
from duijie.meet.planning.building import meetings_of
from duijie.meet.planning.checking import Day, Guest, Held, Table, Time


def held_of(meeting: Meeting) -> Held:
    parties = {p.registration.uid: tuple(p.representatives) for p in meeting.parties.all()}
    return Held(meeting.pk, meeting.code, meeting.slot.code, meeting.place.code, parties, meeting.locked)


def load_day(draft: Draft) -> Day:
    """Slots, places, participants, meetings and vetoes of a draft's event."""
    event = draft.event
    slots = list(event.slots.all())
    rows = event.registrations.select_related("organisation").prefetch_related("representatives")
    vetoes = Wish.objects.filter(wisher__event=event, level=Wish.Level.NO).values_list("wisher__uid", "wanted__uid")
    return Day(
        times={s.code: Time(s.code, n, s.starts_at, s.ends_at) for n, s in enumerate(slots)},
        tables={p.code: Table(p.code, p.capacity, p.kind, p.area, frozenset(p.closed)) for p in event.places.all()},
        guests={r.uid: _guest(r, event.most_meetings) for r in rows},
        meetings={m.pk: held_of(m) for m in meetings_of(draft)},
        vetoes={frozenset(pair) for pair in vetoes},
        walking={(a, b): float(minutes) for a, b, minutes in event.walking},
        levels=event.conflict_levels,
        fairness=event.fairness,
        orders=[(first, then) for first, then in event.precedences],
        quotas=event.quotas,
    )


def _guest(registration: Registration, most_of_event: int | None) -> Guest:
    people = list(registration.representatives.all())
    busy = {p.uid: frozenset(p.unavailable) for p in people}
    busy[registration.uid] = frozenset(registration.unavailable)
    limits = [n for n in (registration.most_meetings, most_of_event) if n is not None]
    return Guest(
        registration.uid,
        registration.organisation.name,
        {p.uid: p.name for p in people},
        busy,
        min(limits) if limits else None,
        tuple(registration.place_kinds),
        registration.kind,
    )

"""The engine's input, built from an event's records. Ids: participants and people by their uid, slots and places by their code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import combinations

from django.db.models import Q

from duijie.engines import timetable as engine
from duijie.match.models import Introduction
from duijie.match.models import Suggestion as ListingSuggestion
from duijie.meet.models import Draft, Event, Meeting, MeetingParty, Registration, Wish
from duijie.publish.models import Listing


def confirmed(event: Event) -> list[Registration]:
    """The participants that the machine arranges, with their people."""
    rows = event.registrations.filter(status=Registration.Status.CONFIRMED).select_related("organisation")
    return list(rows.prefetch_related("representatives").order_by("pk"))


def suggested_pairs(registrations: Collection[Registration]) -> dict[tuple[int, int], float]:
    """Pairs of participants whose listings matching suggests to each other: (smaller pk, larger pk) -> best probability."""
    by_organisation = {r.organisation_id: r.pk for r in registrations}
    rows = Listing.objects.unscoped("suggestions between participants count, whoever may read the listings")
    owner = dict(rows.filter(owner_organisation_id__in=by_organisation).values_list("pk", "owner_organisation_id"))
    found: dict[tuple[int, int], float] = {}
    between = ListingSuggestion.objects.filter(open=True, asking_id__in=owner, giving_id__in=owner)
    for asking, giving, probability in between.values_list("asking_id", "giving_id", "probability"):
        one, other = by_organisation[owner[asking]], by_organisation[owner[giving]]
        if one != other:
            pair = (min(one, other), max(one, other))
            found[pair] = max(found.get(pair, 0.0), probability)
    return found


def met_before(event: Event, registrations: Collection[Registration]) -> set[tuple[int, int]]:
    """Pairs of participants that met at an earlier event, or talk to each other through an introduction."""
    by_organisation = {r.organisation_id: r.pk for r in registrations}
    found: set[tuple[int, int]] = set()
    parties = MeetingParty.objects.filter(
        meeting__state=Meeting.State.HELD, registration__organisation_id__in=by_organisation
    ).exclude(meeting__draft__event=event)
    at: dict[int, set[int]] = defaultdict(set)
    for meeting_id, organisation_id in parties.values_list("meeting_id", "registration__organisation_id"):
        at[meeting_id].add(by_organisation[organisation_id])
    for there in at.values():
        found |= set(combinations(sorted(there), 2))
    talks = Introduction.objects.filter(
        first_organisation_id__in=by_organisation, second_organisation_id__in=by_organisation
    )
    for one, other in talks.values_list("first_organisation_id", "second_organisation_id"):
        pair = sorted((by_organisation[one], by_organisation[other]))
        if pair[0] != pair[1]:
            found.add((pair[0], pair[1]))
    return found


def wishes_that_count(event: Event) -> list[Wish]:
    """Wishes of confirmed participants about each other, without those taken back."""
    in_ = Registration.Status.CONFIRMED
    rows = Wish.objects.filter(wisher__event=event, wisher__status=in_, wanted__status=in_)
    counting = rows.filter(~Q(answer=Wish.Answer.CANCELLED) | Q(level=Wish.Level.NO))
    return list(counting.select_related("wisher", "wanted"))


def locks_of(
    draft: Draft, *, part_slots: Collection[str] = (), part: Collection[str] = ()
) -> list[engine.FixedMeeting]:
    """The meetings of `draft` that stand while it is arranged anew: the locked ones; with a part named, all outside it too."""
    partly = bool(part_slots or part)
    found = []
    for one in meetings_of(draft):
        sides = [p.registration.uid for p in one.parties.all()]
        inside = one.slot.code in part_slots or bool(set(sides) & set(part))
        if one.locked or (partly and not inside):
            people = tuple(uid for p in one.parties.all() for uid in p.representatives)
            people = tuple(uid for uid in people if uid not in sides)
            found.append(engine.FixedMeeting(one.code, tuple(sides), one.slot.code, one.place.code, people))
    return found


def meetings_of(draft: Draft) -> list[Meeting]:
    """The meetings of a draft that are not cancelled, with their parties, slots and places."""
    rows = draft.meetings.exclude(state=Meeting.State.CANCELLED).select_related("slot", "place")
    return list(rows.prefetch_related("parties__registration"))


def engine_meetings(draft: Draft) -> list[engine.Meeting]:
    """The meetings of a draft as the engine knows them."""
    return [
        engine.Meeting(
            one.code,
            tuple(p.registration.uid for p in one.parties.all()),
            tuple(uid for p in one.parties.all() for uid in p.representatives),
            one.slot.code,
            one.place.code,
            one.worth,
            one.fixed,
        )
        for one in meetings_of(draft)
    ]


def build_input(event: Event, locks: Iterable[engine.FixedMeeting] = ()) -> engine.Event:
    """The whole input. A lock overrules its people's own absences: a planner who locks has been warned."""
    registrations = confirmed(event)
    by_pk = {r.pk: r for r in registrations}
    uid = {pk: r.uid for pk, r in by_pk.items()}
    locks = list(locks)
    wishes = tuple(
        engine.Wish(w.wisher.uid, w.wanted.uid, engine.WishLevel(w.level), tuple(w.representatives))
        for w in wishes_that_count(event)
    )
    built = engine.Event(
        slots=tuple(engine.Slot(s.code, s.starts_at, s.ends_at, s.session) for s in event.slots.all()),
        places=tuple(
            engine.Place(p.code, p.capacity, p.name, p.kind, p.area, frozenset(p.closed)) for p in event.places.all()
        ),
        participants=tuple(_participant(r, event) for r in registrations),
        wishes=_still_possible(wishes, registrations),
        suggestions=tuple(
            engine.Suggestion(uid[a], uid[b], round(p, 4))
            for (a, b), p in sorted(suggested_pairs(registrations).items())
        ),
        met_before=tuple((uid[a], uid[b]) for a, b in sorted(met_before(event, registrations))),
        fixed=(*locks, *_fixed(event, {one.id for one in locks}, set(uid))),
        precedences=tuple(engine.Precedence(a, b) for a, b in event.precedences),
        quotas=tuple(
            engine.Quota(q["kind"], q.get("with_kind"), q.get("most"), q.get("fewest") or 0)
            for q in event.quotas
            if {q["kind"], q.get("with_kind") or q["kind"]} <= {r.kind for r in registrations}
        ),
        walking={(a, b): float(minutes) for a, b, minutes in event.walking},
        rules=engine.Rules(event.fairness, event.floor, event.met_before, event.silent),
    )
    return _overruled(built, locks)


def _participant(registration: Registration, event: Event) -> engine.Participant:
    most = [n for n in (registration.most_meetings, event.most_meetings) if n is not None]
    return engine.Participant(
        registration.uid,
        registration.organisation.name,
        registration.kind,
        tuple(
            engine.Representative(p.uid, p.name, frozenset(p.unavailable)) for p in registration.representatives.all()
        ),
        frozenset(registration.unavailable),
        min(most) if most else None,
        tuple(registration.place_kinds),
    )


def _still_possible(wishes: tuple[engine.Wish, ...], registrations: list[Registration]) -> tuple[engine.Wish, ...]:
    """Named people who no longer come are not waited for."""
    people = {p.uid for r in registrations for p in r.representatives.all()}
    return tuple(replace(w, representatives=tuple(p for p in w.representatives if p in people)) for w in wishes)


def _fixed(event: Event, known: set[str], confirmed_ids: set[int]) -> list[engine.FixedMeeting]:
    found = []
    for one in event.fixed.select_related("slot", "place").prefetch_related("registrations"):
        sides = [r for r in one.registrations.all() if r.pk in confirmed_ids]
        if one.code not in known and len(sides) >= 2:
            found.append(
                engine.FixedMeeting(
                    one.code,
                    tuple(r.uid for r in sides),
                    one.slot.code if one.slot else None,
                    one.place.code if one.place else None,
                    tuple(one.representatives),
                )
            )
    return found


def _overruled(built: engine.Event, locks: list[engine.FixedMeeting]) -> engine.Event:
    here: dict[str, set[str]] = defaultdict(set)
    for one in locks:
        for name in (*one.participants, *one.representatives):
            if one.slot:
                here[name].add(one.slot)
    participants = tuple(
        replace(
            p,
            unavailable=p.unavailable - here[p.id],
            representatives=tuple(replace(r, unavailable=r.unavailable - here[r.id]) for r in p.representatives),
        )
        for p in built.participants
    )
    return replace(built, participants=participants)

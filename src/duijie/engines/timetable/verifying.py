"""An independent check of a timetable against its event: it shares nothing with the search but the data."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence

from .event import Event, WishLevel, pair_id
from .result import Meeting


def verify(event: Event, meetings: Sequence[Meeting], *, fairness: bool = True) -> list[str]:
    """Every rule that the meetings break, as sentences; empty where they are sound."""
    slots = {slot.id: slot for slot in event.slots}
    places = {place.id: place for place in event.places}
    owner = {person.id: p for p in event.participants for person in p.people}
    away = {person.id: person.unavailable | p.unavailable for p in event.participants for person in p.people}
    wrong: list[str] = []
    seen_people: Counter[tuple[str, str]] = Counter()
    seen_places: Counter[tuple[str, str]] = Counter()
    for one in meetings:
        place = places[one.place]
        seen_places[one.slot, one.place] += 1
        if len(one.representatives) > place.capacity:
            wrong.append(f"{one.id}: {len(one.representatives)} people at {place.id}")
        if one.slot in place.closed:
            wrong.append(f"{one.id}: {place.id} is closed in {one.slot}")
        for person in one.representatives:
            seen_people[one.slot, person] += 1
            if one.slot in away[person]:
                wrong.append(f"{one.id}: {person} is not available in {one.slot}")
        sitting = {owner[person].id for person in one.representatives}
        if sitting != set(one.participants):
            wrong.append(f"{one.id}: {sorted(sitting)} sit for {sorted(one.participants)}")
        for participant in {owner[person] for person in one.representatives}:
            if participant.place_kinds and place.kind not in participant.place_kinds and not one.fixed:
                wrong.append(f"{one.id}: {participant.id} cannot use {place.id}")
    wrong += [f"{person} twice in {slot}" for (slot, person), count in seen_people.items() if count > 1]
    wrong += [f"{place} twice in {slot}" for (slot, place), count in seen_places.items() if count > 1]
    wrong += _wishes(event, meetings) + _limits(event, meetings)
    order = [slot.id for slot in sorted(slots.values(), key=lambda slot: slot.start)]
    return wrong + _days(event, meetings, order, fairness=fairness)


def _wishes(event: Event, meetings: Sequence[Meeting]) -> list[str]:
    wrong = []
    pairs = Counter(pair_id(*one.participants) for one in meetings if len(one.participants) == 2)
    wrong += [f"{pair} meet {count} times" for pair, count in pairs.items() if count > 1]
    vetoes = {(w.wisher, w.wanted) for w in event.wishes if w.level is WishLevel.NO}
    for one in meetings:
        wrong += [
            f"{one.id}: {a} does not want {b}" for a in one.participants for b in one.participants if (a, b) in vetoes
        ]
    by_id = {one.id: one for one in meetings}
    for fixed in event.fixed:
        held = by_id.get(fixed.id)
        if held is None:
            wrong.append(f"fixed meeting {fixed.id} is not held")
        elif (fixed.slot or held.slot, fixed.place or held.place) != (held.slot, held.place):
            wrong.append(f"fixed meeting {fixed.id} is not in its slot or place")
        elif not set(fixed.representatives) <= set(held.representatives):
            wrong.append(f"fixed meeting {fixed.id} lacks a representative")
    for wish in event.wishes:
        held = by_id.get(pair_id(wish.wisher, wish.wanted))
        if held is not None and not set(wish.representatives) <= set(held.representatives):
            wrong.append(f"{held.id}: lacks a representative that {wish.wisher} names")
    return wrong


def _limits(event: Event, meetings: Sequence[Meeting]) -> list[str]:
    wrong = []
    kind = {participant.id: participant.kind for participant in event.participants}
    partners: dict[str, list[set[str]]] = defaultdict(list)
    for one in meetings:
        for name in one.participants:
            partners[name].append({kind[other] for other in one.participants if other != name})
    for participant in event.participants:
        held = partners[participant.id]
        if participant.most_meetings is not None and len(held) > participant.most_meetings:
            wrong.append(f"{participant.id} has {len(held)} meetings")
        for quota in event.quotas:
            if quota.kind == participant.kind and quota.most is not None:
                count = sum(quota.with_kind is None or quota.with_kind in kinds for kinds in held)
                if count > quota.most:
                    wrong.append(f"{participant.id} has {count} meetings, over the quota of {quota.kind}")
    return wrong


def _days(event: Event, meetings: Sequence[Meeting], order: list[str], *, fairness: bool) -> list[str]:
    wrong = []
    slots = {slot.id: slot for slot in event.slots}
    area = {place.id: place.area for place in event.places}
    position = {slot: number for number, slot in enumerate(order)}
    days: dict[str, list[Meeting]] = {person.id: [] for p in event.participants for person in p.people}
    for one in sorted(meetings, key=lambda one: position[one.slot]):
        for person in one.representatives:
            days[person].append(one)
    breaks = []
    for person, day in days.items():
        breaks.append(sum(position[b.slot] - position[a.slot] > 1 for a, b in itertools.pairwise(day)))
        for a, b in itertools.pairwise(day):
            minutes = (slots[b.slot].start - slots[a.slot].end).total_seconds() / 60
            if a.slot != b.slot and event.minutes(area[a.place], area[b.place]) > max(minutes, 0):
                wrong.append(f"{person} cannot walk from {a.id} to {b.id} in time")
    by_id = {one.id: one for one in meetings}
    for rule in event.precedences:
        if rule.first in by_id and rule.then in by_id:
            first, then = by_id[rule.first], by_id[rule.then]
            if position[first.slot] >= position[then.slot]:
                wrong.append(f"{rule.first} is not before {rule.then}")
    limit = event.rules.fairness
    if fairness and limit is not None and breaks and max(breaks) - min(breaks) > limit:
        wrong.append(f"breaks differ by {max(breaks) - min(breaks)}")
    return wrong

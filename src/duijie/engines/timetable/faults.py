"""Faults of an event that make no sense to solve, each as a sentence with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from .event import Event
from .slot_problem import TimetableInputError


@dataclass(frozen=True)
class Fault:
    """What is wrong. record: the kind of record (slots, places, participants, representatives, wishes, suggestions, fixed,
    precedences, quotas); number: its position from 0; field: the attribute at fault."""

    record: str
    number: int
    field: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


class FaultyEvent(TimetableInputError):
    """An event with faults; `faults` lists all of them."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults[:20]))
        self.faults = faults


def check_event(event: Event) -> None:
    """Raise FaultyEvent where anything is wrong."""
    faults = find_faults(event)
    if faults:
        raise FaultyEvent(faults)


def find_faults(event: Event) -> list[Fault]:
    """Every fault of an event, in the order of its records."""
    return [
        *_slot_faults(event),
        *_place_faults(event),
        *_participant_faults(event),
        *_wish_faults(event),
        *_fixed_faults(event),
        *_other_faults(event),
    ]


def _twice(record: str, ids: Iterable[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, one in enumerate(ids):
        if not one:
            yield Fault(record, number, "id", "缺少编号", "the id is missing")
        elif one in seen:
            yield Fault(record, number, "id", f"编号“{one}”出现两次", f"the id {one!r} appears twice")
        seen.add(one)


def _slot_faults(event: Event) -> Iterator[Fault]:
    if not event.slots:
        yield Fault("slots", 0, "id", "没有时段", "there is no slot")
    yield from _twice("slots", (slot.id for slot in event.slots))
    for number, slot in enumerate(event.slots):
        if slot.end <= slot.start:
            yield Fault(
                "slots", number, "end", f"时段“{slot.id}”在开始前结束", f"slot {slot.id!r} ends before it starts"
            )
    ordered = sorted(enumerate(event.slots), key=lambda item: (item[1].start, item[0]))
    for (_, earlier), (number, later) in pairwise(ordered):
        if later.start < earlier.end:
            yield Fault(
                "slots",
                number,
                "start",
                f"时段“{later.id}”与“{earlier.id}”重叠",
                f"slot {later.id!r} overlaps slot {earlier.id!r}",
            )


def _place_faults(event: Event) -> Iterator[Fault]:
    if not event.places:
        yield Fault("places", 0, "id", "没有场地", "there is no place")
    yield from _twice("places", (place.id for place in event.places))
    slots = {slot.id for slot in event.slots}
    for number, place in enumerate(event.places):
        if place.capacity < 2:
            yield Fault(
                "places",
                number,
                "capacity",
                f"场地“{place.id}”容量为 {place.capacity}, 至少要坐 2 人",
                f"place {place.id!r} seats {place.capacity}; a meeting needs 2",
            )
        yield from _unknown("places", number, "closed", "时段", "slot", place.closed, slots)
    for (area, other), minutes in event.walking.items():
        if minutes < 0:
            yield Fault(
                "walking",
                0,
                "minutes",
                f"“{area}”到“{other}”的步行时间为负",
                f"the walk from {area!r} to {other!r} takes negative time",
            )


def _unknown(
    record: str, number: int, field: str, zh: str, en: str, ids: Iterable[str], known: set[str]
) -> Iterator[Fault]:
    for one in sorted(set(ids) - known):
        yield Fault(record, number, field, f"没有{zh}“{one}”", f"there is no {en} {one!r}")


def _participant_faults(event: Event) -> Iterator[Fault]:
    yield from _twice("participants", (participant.id for participant in event.participants))
    slots = {slot.id for slot in event.slots}
    owner: dict[str, str] = {}
    number = 0
    for position, participant in enumerate(event.participants):
        yield from _unknown("participants", position, "unavailable", "时段", "slot", participant.unavailable, slots)
        if participant.most_meetings is not None and participant.most_meetings < 0:
            yield Fault("participants", position, "most_meetings", "会面上限为负", "the limit of meetings is negative")
        for person in participant.representatives:
            first = owner.setdefault(person.id, participant.id)
            if first != participant.id:
                yield Fault(
                    "representatives",
                    number,
                    "id",
                    f"“{person.name or person.id}”同时属于“{first}”和“{participant.id}”",
                    f"{person.name or person.id!r} belongs to both {first!r} and {participant.id!r}",
                )
            yield from _unknown("representatives", number, "unavailable", "时段", "slot", person.unavailable, slots)
            number += 1
        repeated = [one for one, count in Counter(p.id for p in participant.representatives).items() if count > 1]
        for one in repeated:
            yield Fault(
                "representatives",
                number - 1,
                "id",
                f"代表“{one}”出现两次",
                f"representative {one!r} appears twice",
            )


def _people(event: Event, participants: Iterable[str]) -> set[str]:
    wanted = set(participants)
    return {person.id for one in event.participants if one.id in wanted for person in one.people}


def _wish_faults(event: Event) -> Iterator[Fault]:
    known = {participant.id for participant in event.participants}
    said: dict[tuple[str, str], str] = {}
    for number, wish in enumerate(event.wishes):
        yield from _unknown("wishes", number, "wisher", "单位", "participant", [wish.wisher], known)
        yield from _unknown("wishes", number, "wanted", "单位", "participant", [wish.wanted], known)
        if wish.wisher == wish.wanted:
            yield Fault(
                "wishes", number, "wanted", f"“{wish.wisher}”想见自己", f"{wish.wisher!r} wishes to meet itself"
            )
        before = said.setdefault((wish.wisher, wish.wanted), wish.level.value)
        if before != wish.level.value:
            yield Fault(
                "wishes",
                number,
                "level",
                f"“{wish.wisher}”对“{wish.wanted}”既填了 {before} 又填了 {wish.level.value}",
                f"{wish.wisher!r} says both {before} and {wish.level.value} of {wish.wanted!r}",
            )
        people = _people(event, (wish.wisher, wish.wanted))
        yield from _unknown("wishes", number, "representatives", "代表", "representative", wish.representatives, people)
    for number, one in enumerate(event.suggestions):
        yield from _unknown("suggestions", number, "first", "单位", "participant", [one.first, one.second], known)
        if one.first == one.second:
            yield Fault(
                "suggestions", number, "second", f"“{one.first}”与自己配对", f"{one.first!r} is paired with itself"
            )
        if not 0 <= one.score <= 1:
            yield Fault(
                "suggestions", number, "score", f"分数 {one.score} 不在 0 到 1 之间", f"score {one.score} outside 0..1"
            )


def _fixed_faults(event: Event) -> Iterator[Fault]:
    known = {participant.id for participant in event.participants}
    slots, places = {slot.id for slot in event.slots}, {place.id for place in event.places}
    yield from _twice("fixed", (one.id for one in event.fixed))
    counts: Counter[str] = Counter()
    for number, one in enumerate(event.fixed):
        yield from _unknown("fixed", number, "participants", "单位", "participant", one.participants, known)
        if len(set(one.participants)) != len(one.participants) or len(one.participants) < 2:
            yield Fault(
                "fixed",
                number,
                "participants",
                f"固定会面“{one.id}”需要两家以上不同的单位",
                f"fixed meeting {one.id!r} needs two or more different participants",
            )
        if one.slot is not None:
            yield from _unknown("fixed", number, "slot", "时段", "slot", [one.slot], slots)
        if one.place is not None:
            yield from _unknown("fixed", number, "place", "场地", "place", [one.place], places)
        people = _people(event, one.participants)
        yield from _unknown("fixed", number, "representatives", "代表", "representative", one.representatives, people)
        counts.update(one.participants)
    for number, participant in enumerate(event.participants):
        room = len(event.slots) * len(participant.people)
        if counts[participant.id] > room:
            yield Fault(
                "participants",
                number,
                "id",
                f"“{participant.label}”有 {counts[participant.id]} 场固定会面, 但只有 {room} 个时段可用",
                f"{participant.label!r} has {counts[participant.id]} fixed meetings but room for {room}",
            )


def _other_faults(event: Event) -> Iterator[Fault]:
    known = {participant.id for participant in event.participants}
    kinds = {participant.kind for participant in event.participants}
    for number, pair in enumerate(event.met_before):
        yield from _unknown("met_before", number, "first", "单位", "participant", pair, known)
    for number, quota in enumerate(event.quotas):
        named = [quota.kind] if quota.with_kind is None else [quota.kind, quota.with_kind]
        yield from _unknown("quotas", number, "kind", "类别", "kind", named, kinds)
        if quota.most is not None and quota.most < quota.fewest:
            yield Fault("quotas", number, "most", "上限小于下限", "the most is less than the fewest")
    for number, order in enumerate(event.precedences):
        if order.first == order.then:
            yield Fault("precedences", number, "then", "会面不能先于自己", "a meeting cannot be before itself")

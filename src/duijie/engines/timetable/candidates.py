"""From an event to numbers: people, classes of places, and the meetings that could be held with what each is worth.

Worth counts both sides, in thousandths: a side that says must or want adds 1,000; a side that says nothing adds
`Rules.silent` times the score of matching. Pairs that met before count a part. Served musts are counted apart, before worth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .event import Event, FixedMeeting, Place, WishLevel, pair_id

if TYPE_CHECKING:
    from .result import Meeting

FULL_WORTH = 1_000


@dataclass(frozen=True)
class Candidate:
    """A meeting that could be held.

    parties: participants by index. named: people who must sit there. open_parties: parties of which anybody may come.
    worth: thousandths, both sides. musts: sides that say must. slots: bit mask. classes: place classes it may use.
    required: a fixed meeting. served: the wishes (by index) that it serves.
    """

    id: str
    parties: tuple[int, ...]
    named: tuple[int, ...]
    open_parties: tuple[int, ...]
    worth: int
    musts: int
    slots: int
    classes: tuple[int, ...]
    required: bool
    served: tuple[int, ...]


@dataclass(frozen=True)
class PlaceClass:
    """Places that are alike: same area, kind, capacity and opening. places: indices into the event's places."""

    area: int
    kind: str
    capacity: int
    open_slots: int
    places: tuple[int, ...]


@dataclass(frozen=True)
class Board:
    """The event in indices. Slots are in the order of the day; masks have bit t for slot t.

    people: ids; party_of: the participant of each person; free: the slots each person can come. people_of: by participant.
    reachable[s][t][a]: mask of areas that somebody who is in area a in slot s can be in by slot t. everywhere: all are.
    before: pairs of candidates where the first is earlier.
    """

    event: Event
    slot_ids: tuple[str, ...]
    people: tuple[str, ...]
    party_of: tuple[int, ...]
    people_of: tuple[tuple[int, ...], ...]
    free: tuple[int, ...]
    classes: tuple[PlaceClass, ...]
    areas: tuple[str, ...]
    reachable: tuple[tuple[tuple[int, ...], ...], ...]
    everywhere: bool
    candidates: tuple[Candidate, ...]
    before: tuple[tuple[int, int], ...]

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return len(self.slot_ids)


def build_board(event: Event) -> Board:
    """Number everything of an event. The event must be free of faults (`check_event`)."""
    order = sorted(event.slots, key=lambda slot: slot.start)
    slot_number = {slot.id: number for number, slot in enumerate(order)}
    party_number = {participant.id: number for number, participant in enumerate(event.participants)}
    every = (1 << len(order)) - 1

    def mask(ids: frozenset[str]) -> int:
        return sum(1 << slot_number[one] for one in ids)

    people: list[str] = []
    party_of: list[int] = []
    free: list[int] = []
    people_of: list[tuple[int, ...]] = []
    for number, participant in enumerate(event.participants):
        first = len(people)
        for person in participant.people:
            people.append(person.id)
            party_of.append(number)
            free.append(every & ~mask(participant.unavailable) & ~mask(person.unavailable))
        people_of.append(tuple(range(first, len(people))))
    areas = tuple(sorted({place.area for place in event.places}))
    classes = _classes(event, areas, mask, every)
    candidates = _Candidates(event, slot_number, party_number, people, people_of, free, classes).build()
    known = {candidate.id: number for number, candidate in enumerate(candidates)}
    before = tuple((known[o.first], known[o.then]) for o in event.precedences if o.first in known and o.then in known)
    reachable, everywhere = _reachable(event, areas)
    return Board(
        event,
        tuple(slot.id for slot in order),
        tuple(people),
        tuple(party_of),
        tuple(people_of),
        tuple(free),
        classes,
        areas,
        reachable,
        everywhere,
        candidates,
        before,
    )


def worth_of(event: Event, meetings: Iterable[Meeting]) -> dict[str, float]:
    """What each meeting of a timetable is worth to its sides, by id; `arrange` counts the same."""
    held = tuple(FixedMeeting(one.id, one.participants) for one in meetings)
    candidates = build_board(replace(event, fixed=held, precedences=())).candidates
    return {one.id: one.worth / FULL_WORTH for one in candidates if one.required}


def _classes(
    event: Event, areas: tuple[str, ...], mask: Callable[[frozenset[str]], int], every: int
) -> tuple[PlaceClass, ...]:
    alone = {one.place for one in event.fixed if one.place is not None}
    groups: dict[tuple[int, str, int, int, str], list[int]] = defaultdict(list)

    def key(place: Place) -> tuple[int, str, int, int, str]:
        single = place.id if place.id in alone else ""
        return areas.index(place.area), place.kind, place.capacity, every & ~mask(place.closed), single

    for number, place in enumerate(event.places):
        groups[key(place)].append(number)
    return tuple(PlaceClass(k[0], k[1], k[2], k[3], tuple(places)) for k, places in sorted(groups.items()))


def _reachable(event: Event, areas: tuple[str, ...]) -> tuple[tuple[tuple[tuple[int, ...], ...], ...], bool]:
    order = sorted(event.slots, key=lambda slot: slot.start)
    table = []
    everywhere = True
    for earlier in order:
        row = []
        for later in order:
            minutes = (later.start - earlier.end).total_seconds() / 60
            masks = []
            for area in areas:
                near = sum(1 << n for n, other in enumerate(areas) if event.minutes(area, other) <= max(minutes, 0))
                masks.append(near)
                everywhere &= earlier.start >= later.start or near == (1 << len(areas)) - 1
            row.append(tuple(masks))
        table.append(tuple(row))
    return tuple(table), everywhere


class _Candidates:
    """Collects the pairs that somebody wishes or matching suggests, and the fixed meetings."""

    def __init__(
        self,
        event: Event,
        slot_number: dict[str, int],
        party_number: dict[str, int],
        people: list[str],
        people_of: list[tuple[int, ...]],
        free: list[int],
        classes: tuple[PlaceClass, ...],
    ) -> None:
        self.event, self.slot_number, self.party_number = event, slot_number, party_number
        self.people_of, self.free, self.classes = people_of, free, classes
        self.person_number = {one: number for number, one in enumerate(people)}
        self.wish_of: dict[tuple[str, str], int] = {}
        for number, wish in enumerate(event.wishes):
            self.wish_of.setdefault((wish.wisher, wish.wanted), number)
        self.score = {pair_id(one.first, one.second): one.score for one in event.suggestions}
        self.met = {pair_id(*pair) for pair in event.met_before}

    def build(self) -> tuple[Candidate, ...]:
        found: list[Candidate] = []
        fixed_pairs = set()
        for one in self.event.fixed:
            found.append(self._fixed(one))
            if len(one.participants) == 2:
                fixed_pairs.add(pair_id(*one.participants))
        pairs: dict[str, tuple[str, str]] = {}
        for first, second in self.wish_of:
            pairs[pair_id(first, second)] = (min(first, second), max(first, second))
        for suggested in self.event.suggestions:
            ends = sorted((suggested.first, suggested.second))
            pairs[pair_id(*ends)] = (ends[0], ends[1])
        for name in sorted(set(pairs) - fixed_pairs):
            candidate = self._pair(name, *pairs[name])
            if candidate is not None:
                found.append(candidate)
        return tuple(found)

    def _sides(self, first: str, second: str) -> list[tuple[WishLevel | None, int | None]]:
        sides: list[tuple[WishLevel | None, int | None]] = []
        for side in ((first, second), (second, first)):
            number = self.wish_of.get(side)
            sides.append((None if number is None else self.event.wishes[number].level, number))
        return sides

    def _value(self, name: str, first: str, second: str) -> tuple[int, int, list[int]] | None:
        """Worth, musts and served wishes of a pair; None where it has a veto or nothing speaks for it."""
        sides = self._sides(first, second)
        if any(level is WishLevel.NO for level, _ in sides):
            return None
        served = [number for _, number in sides if number is not None]
        score = self.score.get(name)
        if not served and score is None:
            return None
        if len(served) == 1 and score is None and not self.event.rules.unsuggested:
            return None
        silent = self.event.rules.silent * (score or 0.0)
        worth = sum(1.0 if level is not None else silent for level, _ in sides)
        if name in self.met:
            worth *= self.event.rules.met_before
        musts = sum(level is WishLevel.MUST for level, _ in sides)
        return round(FULL_WORTH * worth), musts, served

    def _pair(self, name: str, first: str, second: str) -> Candidate | None:
        value = self._value(name, first, second)
        if value is None:
            return None
        worth, musts, served = value
        named = {person for number in served for person in self.event.wishes[number].representatives}
        return self._candidate(name, (first, second), tuple(sorted(named)), worth, musts, served)

    def _fixed(self, one: FixedMeeting) -> Candidate:
        worth, musts = 2 * FULL_WORTH, 0
        served: list[int] = []
        if len(one.participants) == 2:
            first, second = sorted(one.participants)
            value = self._value(pair_id(first, second), first, second)
            if value is not None:
                worth, musts, served = value
        return self._candidate(one.id, one.participants, one.representatives, worth, musts, served, fixed=one)

    def _candidate(
        self,
        name: str,
        parties: tuple[str, ...],
        named_ids: tuple[str, ...],
        worth: int,
        musts: int,
        served: list[int],
        fixed: FixedMeeting | None = None,
    ) -> Candidate:
        numbers = tuple(self.party_number[party] for party in parties)
        named = tuple(self.person_number[person] for person in named_ids)
        open_parties = tuple(n for n in numbers if not set(self.people_of[n]) & set(named))
        slots = (1 << len(self.slot_number)) - 1
        for person in named:
            slots &= self.free[person]
        for party in open_parties:
            anybody = 0
            for person in self.people_of[party]:
                anybody |= self.free[person]
            slots &= anybody
        classes = self._usable(numbers, len(named) + len(open_parties), fixed)
        open_slots = 0
        for number in classes:
            open_slots |= self.classes[number].open_slots
        slots &= open_slots
        if fixed is not None and fixed.slot is not None:
            slots &= 1 << self.slot_number[fixed.slot]
        return Candidate(
            name, numbers, named, open_parties, worth, musts, slots, classes, fixed is not None, tuple(served)
        )

    def _usable(self, parties: tuple[int, ...], seats: int, fixed: FixedMeeting | None) -> tuple[int, ...]:
        kinds: set[str] | None = None
        for party in parties:
            own = self.event.participants[party].place_kinds
            if own:
                kinds = set(own) if kinds is None else kinds & set(own)
        usable = []
        for number, one in enumerate(self.classes):
            if fixed is not None and fixed.place is not None:
                if [self.event.places[place].id for place in one.places] == [fixed.place]:
                    usable.append(number)
            elif one.capacity >= seats and (kinds is None or one.kind in kinds):
                usable.append(number)
        return tuple(usable)

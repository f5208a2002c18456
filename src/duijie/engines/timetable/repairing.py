"""Repair on the day: people do not come or come late, a room is closed.

What stands is kept, in its slot and at its table. A meeting that lost only its table gets another in the same slot; one that can
be held at another time moves; whoever loses a meeting is offered another partner in a free slot (a matching with limits by HiGHS, exact
within a work limit), and only then are a few published meetings moved to make room or for fairness, within a budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

from .arrangement import Arrangement, Seat, breaks_of
from .candidates import Board, build_board
from .event import Event, FixedMeeting, Participant, WishLevel
from .local_search import LocalSearch
from .offers import MOVE_SHARE, Offers
from .result import GoalFigures, Meeting, Timetable
from .selection import Row, rows_of
from .slot_problem import Proof
from .solve import add_candidates, finish
from .tables import assign_tables


@dataclass(frozen=True)
class Disruption:
    """What happened. no_shows: participants or representatives. late: the slot from which somebody is there. closed: places.

    from_slot: the first slot that is still to come; None for the whole day.
    """

    no_shows: frozenset[str] = frozenset()
    late: Mapping[str, str] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    from_slot: str | None = None


@dataclass(frozen=True)
class Repaired:
    """The new timetable and what it did to the published one, by meeting id. moved: another slot or another place.

    losers: participants that are there and lost a meeting; helped: those of them that got another; able: those that had another
    mutual wish with a common free slot before anything was given away; left: those not helped that still have one at the end;
    most_helped: while published meetings stay, no repair helps more of the able (None where that was not proven).
    """

    timetable: Timetable
    kept: tuple[str, ...]
    moved: tuple[str, ...]
    cancelled: tuple[str, ...]
    added: tuple[str, ...]
    losers: tuple[str, ...]
    helped: tuple[str, ...]
    able: tuple[str, ...]
    left: tuple[str, ...]
    most_helped: int | None


def disrupted(event: Event, disruption: Disruption) -> Event:
    """The event as it is after the disruption."""
    order = [slot.id for slot in sorted(event.slots, key=lambda slot: slot.start)]
    start = 0 if disruption.from_slot is None else order.index(disruption.from_slot)
    to_come = frozenset(order[start:])

    def away(name: str) -> frozenset[str]:
        if name in disruption.no_shows:
            return to_come
        if name in disruption.late:
            return frozenset(order[: order.index(disruption.late[name])]) & to_come
        return frozenset()

    def changed(participant: Participant) -> Participant:
        people = tuple(replace(p, unavailable=p.unavailable | away(p.id)) for p in participant.representatives)
        return replace(participant, representatives=people, unavailable=participant.unavailable | away(participant.id))

    participants = tuple(changed(participant) for participant in event.participants)
    absent = {p.id for p in participants if all(to_come <= p.unavailable | person.unavailable for person in p.people)}
    places = tuple(
        replace(place, closed=place.closed | to_come) if place.id in disruption.closed else place
        for place in event.places
    )
    fixed = tuple(
        replace(one, place=None) if one.place in disruption.closed else one
        for one in event.fixed
        if not absent & set(one.participants)
    )
    return replace(event, participants=participants, places=places, fixed=fixed)


def repair(event: Event, published: Sequence[Meeting], disruption: Disruption, *, seed: int = 0) -> Repaired:
    """A timetable for the rest of the day that keeps as much as it can of the published one."""
    return _Repair(event, published, disruption, seed).run()


CALM_DEPTH = 2  # meetings pushed one after the other for somebody's fairness
CALM_STEPS = 2_000


class _Repair:
    def __init__(self, event: Event, published: Sequence[Meeting], disruption: Disruption, seed: int) -> None:
        after = _with_foreign(disrupted(event, disruption), published)
        board = build_board(after)
        self.past = 0 if disruption.from_slot is None else (1 << board.slot_ids.index(disruption.from_slot)) - 1
        candidates = tuple(replace(one, slots=one.slots & ~self.past) for one in board.candidates)
        self.board: Board = replace(board, candidates=candidates)
        self.published = {one.id: one for one in published}
        self.number_of = {one.id: number for number, one in enumerate(candidates)}
        self.arrangement = Arrangement(self.board, most_breaks=after.rules.fairness)
        self.search = LocalSearch(
            self.arrangement, lambda n: candidates[n].worth + 1_000_000 * candidates[n].musts, seed=seed
        )
        self.place_number = {place.id: number for number, place in enumerate(after.places)}
        self.class_of = {place: c for c, one in enumerate(board.classes) for place in one.places}
        self.person_number = {person: number for number, person in enumerate(board.people)}
        self.pinned: dict[int, int] = {}
        self.lost: list[str] = []
        self.seed = seed

    def run(self) -> Repaired:
        waiting = [one for one in self.published.values() if not self._keep(one)]
        for one in waiting:
            self._reseat(one)
        losers = self._losers()
        rows = rows_of(self.board)
        offers = Offers(self.arrangement, rows, self.lost, self.published, self._moves, seed=self.seed)
        offers.offer(losers)
        offers.make_room(losers)
        self._calm(offers)
        return self._result(losers, rows, offers)

    # -- what stands ----------------------------------------------------------------------------------------------
    def _keep(self, one: Meeting) -> bool:
        """Seat a published meeting where it was; with another representative of an open party where one is missing."""
        number = self.number_of.get(one.id)
        if number is None:
            return False
        slot = self.board.slot_ids.index(one.slot)
        place = self.place_number[one.place]
        place_class = self.class_of[place]
        people = tuple(self.person_number[person] for person in one.representatives)
        if self.past >> slot & 1:
            self.arrangement.force(number, Seat(slot, place_class, people))
            self.arrangement.movable[number] = False
            self.pinned[number] = place
            return True
        people_now = self._people(number, slot, people)
        if people_now is None or self.arrangement.room[slot][place_class] <= 0:
            return False
        if not self.board.candidates[number].slots >> slot & 1:
            return False
        self.arrangement.force(number, Seat(slot, place_class, people_now))
        self.pinned[number] = place
        return True

    def _people(self, number: int, slot: int, people: tuple[int, ...]) -> tuple[int, ...] | None:
        found: list[int] = []
        for person in people:
            if self.arrangement.can_come([person], slot):
                found.append(person)
                continue
            party = self.board.party_of[person]
            if party not in self.board.candidates[number].open_parties:
                return None
            able = [p for p in self.board.people_of[party] if p not in people and self.arrangement.can_come([p], slot)]
            if not able:
                return None
            found.append(able[0])
        return tuple(found)

    def _reseat(self, one: Meeting) -> None:
        """Another table in the same slot, else another slot, else lost."""
        number = self.number_of.get(one.id)
        if number is not None:
            slot = self.board.slot_ids.index(one.slot)
            if self.arrangement.open_slots(number) >> slot & 1 and self.arrangement.put(number, slot):
                return
            if self.search.seat_best(number):
                if self._unfair(self.arrangement.seats[number].people):
                    self.arrangement.take(number)
                else:
                    return
        self.lost.append(one.id)

    def _unfair(self, people: Sequence[int]) -> bool:
        most = self.arrangement.most_breaks
        return most is not None and any(breaks_of(self.arrangement.mask[p]) > most for p in people)

    def _losers(self) -> Counter[int]:
        """How many meetings each participant lost that can still come."""
        numbers = {participant.id: number for number, participant in enumerate(self.board.event.participants)}
        losers: Counter[int] = Counter()
        to_come = ~self.past
        for name in self.lost:
            for participant in self.published[name].participants:
                party = numbers[participant]
                if any(self.board.free[p] & to_come for p in self.board.people_of[party]):
                    losers[party] += 1
        return losers

    def _moves(self) -> int:
        """Published meetings that are in another slot now."""
        return sum(
            self.board.slot_ids[seat.slot] != self.published[self.board.candidates[n].id].slot
            for n, seat in self.arrangement.seats.items()
            if self.board.candidates[n].id in self.published
        )

    def _calm(self, offers: Offers) -> None:
        """Where a lost meeting left somebody with more breaks than is fair, move one meeting, and what is in its way."""
        ejection = offers.ejection()
        for person in range(len(self.board.people)):
            if not self._unfair([person]):
                continue
            budget = int(MOVE_SHARE * len(self.arrangement.seats)) - self._moves()
            if budget > 0:
                offers.settle(ejection.calm(person, budget, CALM_DEPTH, CALM_STEPS))

    # -- the result -----------------------------------------------------------------------------------------------
    def _result(self, losers: Mapping[int, int], rows: list[Row], offers: Offers) -> Repaired:
        board, arrangement = self.board, self.arrangement
        others = [n for n, c in enumerate(board.candidates) if n not in arrangement.seats and c.worth > 0]
        add_candidates(arrangement, rows, sorted(others, key=lambda n: (-board.candidates[n].worth, n)))
        tables = assign_tables(arrangement, self.pinned)
        timetable = finish(arrangement, tables, _goals(arrangement, tables.changes, tables.bound))
        now = {one.id: one for one in timetable.meetings}
        kept: list[str] = []
        moved: list[str] = []
        for name, old in self.published.items():
            new = now.get(name)
            if new is not None:
                (kept if (new.slot, new.place) == (old.slot, old.place) else moved).append(name)
        added = tuple(name for name in now if name not in self.published)
        with_new = {p for name in added for p in now[name].participants}
        ids = [participant.id for participant in board.event.participants]
        return Repaired(
            timetable,
            tuple(kept),
            tuple(moved),
            tuple(name for name in self.published if name not in now),
            added,
            tuple(ids[p] for p in sorted(losers)),
            tuple(ids[p] for p in sorted(losers) if ids[p] in with_new),
            tuple(ids[p] for p in sorted(offers.able)),
            tuple(ids[p] for p in sorted(offers.left(losers)) if ids[p] not in with_new),
            offers.most_helped,
        )


def _with_foreign(event: Event, published: Sequence[Meeting]) -> Event:
    """Meetings that the planner made by hand, without a wish, stand like all others."""
    known = {one.id for one in build_board(event).candidates} | {one.id for one in event.fixed}
    vetoes = {frozenset((wish.wisher, wish.wanted)) for wish in event.wishes if wish.level is WishLevel.NO}
    present = {participant.id for participant in event.participants}
    foreign = tuple(
        FixedMeeting(one.id, one.participants)
        for one in published
        if one.id not in known
        and set(one.participants) <= present
        and not any(frozenset(pair) in vetoes for pair in combinations(one.participants, 2))
    )
    return replace(event, fixed=event.fixed + foreign)


def _goals(arrangement: Arrangement, changes: int, bound: int) -> dict[str, GoalFigures]:
    board = arrangement.board
    musts = sum(board.candidates[n].musts for n in arrangement.seats)
    worth = sum(board.candidates[n].worth for n in arrangement.seats) / 1_000
    return {
        "musts": GoalFigures(musts, float(sum(c.musts for c in board.candidates)), Proof.BOUND),
        "worth": GoalFigures(worth, sum(c.worth for c in board.candidates) / 1_000, Proof.BOUND),
        "breaks": GoalFigures(arrangement.total_breaks(), 0, Proof.BOUND),
        "idle": GoalFigures(arrangement.total_idle(), 0, Proof.BOUND),
        "place_changes": GoalFigures(changes, bound, Proof.OPTIMAL if changes <= bound else Proof.BOUND),
    }

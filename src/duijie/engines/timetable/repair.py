"""Repair on the day: people do not come or come late, a room is closed.

What stands is kept, in its slot and at its table. A meeting that lost only its table gets another in the same slot; one that can
be held at another time moves; whoever loses a meeting is offered another partner in a free slot (CP-SAT, exact within a work
limit), and only then are a few published meetings moved to make room, within a budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ortools.sat.python import cp_model

from .arrangement import Arrangement, Seat, breaks_of
from .candidates import Board, build_board
from .event import Event, FixedMeeting, Participant
from .local_search import LocalSearch
from .result import GoalFigures, Meeting, Timetable
from .selection import Row, rows_of
from .slot_problem import Proof
from .solve import Limiter, add_candidates, finish
from .tables import assign_tables

MOVE_SHARE = 0.05  # of the meetings that stand, how many may be moved to make room for others
WORK = 1.5  # deterministic seconds of CP-SAT


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
    fixed = tuple(one for one in event.fixed if not absent & set(one.participants))
    return replace(event, participants=participants, places=places, fixed=fixed)


def repair(event: Event, published: Sequence[Meeting], disruption: Disruption, *, seed: int = 0) -> Repaired:
    """A timetable for the rest of the day that keeps as much as it can of the published one."""
    return _Repair(event, published, disruption, seed).run()


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
        self.able: set[int] = set()
        self.most_helped: int | None = None

    def run(self) -> Repaired:
        waiting = [one for one in self.published.values() if not self._keep(one)]
        for one in waiting:
            self._reseat(one)
        losers = self._losers()
        rows = rows_of(self.board)
        helped = self._offer(losers, rows)
        self._make_room({p: n for p, n in losers.items() if p not in helped}, rows)
        self._calm()
        return self._result(losers, rows)

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

    # -- others instead -------------------------------------------------------------------------------------------
    def _options(self, losers: Mapping[int, int]) -> dict[int, list[int]]:
        """The candidates that could help somebody, with the slots they can take as things stand."""
        options = {}
        for number, candidate in enumerate(self.board.candidates):
            if number in self.arrangement.seats or candidate.worth <= 0 or candidate.id in self.lost:
                continue
            if not any(party in losers for party in candidate.parties):
                continue
            slots = self.arrangement.open_slots(number)
            able = [t for t in range(self.board.slots) if slots >> t & 1 and self.arrangement.seat_in(number, t)]
            if able:
                options[number] = able
        return options

    def _offer(self, losers: Mapping[int, int], rows: list[Row]) -> set[int]:
        """Seat other candidates in free slots: as many losers as possible get one, then as many as they lost, then worth."""
        arrangement = self.arrangement
        options = self._options(losers)
        mutual = {
            p for n in options if len(self.board.candidates[n].served) > 1 for p in self.board.candidates[n].parties
        }
        self.able = set(losers) & mutual
        if not options:
            return set()
        chosen = self._choose(options, losers, rows)
        helped: set[int] = set()
        added = []
        for number, slot in chosen:
            if arrangement.put(number, slot) or self.search.seat_best(number):
                added.append(number)
                helped.update(p for p in self.board.candidates[number].parties if p in losers)
        return helped

    def _choose(
        self, options: dict[int, list[int]], losers: Mapping[int, int], rows: list[Row]
    ) -> list[tuple[int, int]]:
        board, arrangement = self.board, self.arrangement
        model = cp_model.CpModel()
        at = {(n, t): model.new_bool_var("") for n, slots in options.items() for t in slots}
        held = {n: sum(at[n, t] for t in slots) for n, slots in options.items()}
        for n in options:
            model.add_at_most_one(at[n, t] for t in options[n])
        by_party: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        by_slot: dict[int, list[cp_model.IntVar]] = {}
        by_person: dict[tuple[int, int], list[cp_model.IntVar]] = {}
        for (n, t), literal in at.items():
            by_slot.setdefault(t, []).append(literal)
            for party in board.candidates[n].parties:
                by_party.setdefault((party, t), []).append(literal)
            for person in board.candidates[n].named:
                by_person.setdefault((person, t), []).append(literal)
        for (party, t), literals in by_party.items():
            model.add(sum(literals) <= sum(arrangement.can_come([p], t) for p in board.people_of[party]))
        for literals in by_person.values():
            model.add_at_most_one(literals)
        for t, literals in by_slot.items():
            model.add(sum(literals) <= sum(arrangement.room[t]))
        for row in rows:
            inside = [held[n] for n in row.candidates if n in held]
            if inside:
                model.add(sum(inside) <= row.bound - sum(n in arrangement.seats for n in row.candidates))
        goal = []
        firsts: list[cp_model.IntVar] = []
        for party, count in losers.items():
            mine = [held[n] for n in options if party in board.candidates[n].parties]
            if mine:
                first, more = model.new_bool_var(""), model.new_int_var(0, count, "")
                model.add(sum(mine) >= first)
                model.add(sum(mine) >= more)
                able = any(len(board.candidates[n].served) > 1 for n in options if party in board.candidates[n].parties)
                # Those with a mutual wish come first, then anybody, then second meetings, then worth.
                goal += [(100_000_000 if able else 1_000_000) * first, 20_000 * more]
                firsts += [first] if able else []
        goal += [(board.candidates[n].worth - 4 * self._charge(n, t)) * literal for (n, t), literal in at.items()]
        model.maximize(sum(goal))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = self.seed
        solver.parameters.max_deterministic_time = WORK
        # The rows are those of a matching: the linear relaxation decides nearly all of it.
        solver.parameters.linearization_level = 2
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return []
        if status == cp_model.OPTIMAL:
            self.most_helped = sum(int(solver.value(one)) for one in firsts)
        chosen = [key for key, literal in at.items() if solver.value(literal)]
        return sorted(chosen, key=lambda key: (-board.candidates[key[0]].worth, key))

    def _charge(self, number: int, slot: int) -> int:
        """What seating a candidate in a slot costs in breaks and idle slots."""
        arrangement = self.arrangement
        seat = arrangement.seat_in(number, slot)
        if seat is None:
            return 0
        bit = 1 << slot
        masks = [arrangement.mask[p] for p in seat.people]
        return sum(arrangement.person_cost(mask | bit) - arrangement.person_cost(mask) for mask in masks)

    def _make_room(self, losers: dict[int, int], rows: list[Row]) -> None:
        """For those not helped yet: move one published meeting of a partner so that another meeting fits."""
        arrangement, board = self.arrangement, self.board
        budget = int(MOVE_SHARE * len(arrangement.seats)) - self._moves()
        limits = Limiter(arrangement, rows)
        offers: dict[int, list[int]] = {}
        for n, c in enumerate(board.candidates):
            if n not in arrangement.seats and c.worth > 0 and c.id not in self.lost:
                for party in c.parties:
                    offers.setdefault(party, []).append(n)
        # Those who have a mutual wish and a free slot in common with somebody come first.
        for party in sorted(losers, key=lambda p: (p not in self.able, p)):
            for number in sorted(offers.get(party, ()), key=lambda n: (-board.candidates[n].worth, n)):
                if budget <= 0:
                    return
                if number in arrangement.seats or not limits.allow(number):
                    continue
                spent = self._swap_in(number)
                if spent is not None:
                    budget -= spent
                    limits.count(number)
                    break

    def _swap_in(self, number: int) -> int | None:
        """Seat a candidate, moving at most one other meeting to another slot; returns how many moved, or None."""
        arrangement, board = self.arrangement, self.board
        candidate = board.candidates[number]
        for slot in range(board.slots):
            if not candidate.slots >> slot & 1:
                continue
            blocked = [p for p in candidate.parties if not self._someone(p, candidate.named, slot)]
            if len(blocked) > 1:
                continue
            moving = [arrangement.meeting_at[p][slot] for p in board.people_of[blocked[0]]] if blocked else [None]
            for other in moving:
                spent = self._try_swap(number, slot, other)
                if spent is not None:
                    return spent
        return None

    def _someone(self, party: int, named: tuple[int, ...], slot: int) -> bool:
        people = self.board.people_of[party]
        wanted = [p for p in people if p in named]
        if wanted:
            return self.arrangement.can_come(wanted, slot)
        return any(self.arrangement.can_come([p], slot) for p in people)

    def _try_swap(self, number: int, slot: int, other: int | None) -> int | None:
        arrangement = self.arrangement
        old: Seat | None = None
        if other is not None:
            if other < 0 or not arrangement.movable[other]:
                return None
            old = arrangement.take(other)
        done = arrangement.put(number, slot) and (other is None or self.search.seat_best(other, within=~(1 << slot)))
        touched = [p for n in (number, other) if n in arrangement.seats for p in arrangement.seats[n].people]  # type: ignore[index]
        if done and not self._unfair(touched):
            return 0 if other is None else 1
        for n in (number, other):
            if n is not None and n in arrangement.seats:
                arrangement.take(n)
        if other is not None and old is not None:
            arrangement.force(other, old)
        return None

    def _moves(self) -> int:
        """Published meetings that are in another slot now."""
        return sum(
            self.board.slot_ids[seat.slot] != self.published[self.board.candidates[n].id].slot
            for n, seat in self.arrangement.seats.items()
            if self.board.candidates[n].id in self.published
        )

    def _calm(self) -> None:
        """Where a lost meeting left somebody with more breaks than is fair, fill the gap or move one meeting."""
        arrangement = self.arrangement
        budget = int(MOVE_SHARE * len(arrangement.seats)) - self._moves()
        for person in range(len(self.board.people)):
            if not self._unfair([person]):
                continue
            for number in [n for n in arrangement.meeting_at[person] if n >= 0]:
                if budget <= 0 or not self._unfair([person]):
                    break
                if not arrangement.movable[number]:
                    continue
                before = arrangement.cost
                old = arrangement.take(number)
                if self.search.seat_best(number) and arrangement.cost < before:
                    budget -= arrangement.seats[number].slot != old.slot
                    continue
                if number in arrangement.seats:
                    arrangement.take(number)
                arrangement.force(number, old)

    def _left(self, losers: Mapping[int, int], rows: list[Row]) -> set[int]:
        """Losers with a mutual wish that still could be held as things stand."""
        limits = Limiter(self.arrangement, rows)
        options = self._options(losers)
        able = [n for n in options if len(self.board.candidates[n].served) > 1 and limits.allow(n)]
        return {p for n in able for p in self.board.candidates[n].parties if p in losers}

    # -- the result -----------------------------------------------------------------------------------------------
    def _result(self, losers: Mapping[int, int], rows: list[Row]) -> Repaired:
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
            tuple(ids[p] for p in sorted(self.able)),
            tuple(ids[p] for p in sorted(self._left(losers, rows)) if ids[p] not in with_new),
            self.most_helped,
        )


def _with_foreign(event: Event, published: Sequence[Meeting]) -> Event:
    """Meetings that the planner made by hand are demands too."""
    known = {one.id for one in build_board(event).candidates} | {one.id for one in event.fixed}
    present = {
        p.id for p in event.participants if any(len(p.unavailable | q.unavailable) < len(event.slots) for q in p.people)
    }
    foreign = tuple(
        FixedMeeting(one.id, one.participants)
        for one in published
        if one.id not in known and set(one.participants) <= present and one.fixed
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

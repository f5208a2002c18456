"""Other partners for those who lost a meeting: first in free slots, then by moving single published meetings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ortools.sat.python import cp_model

from .arrangement import Arrangement, Seat, breaks_of
from .local_search import LocalSearch
from .selection import Row
from .solve import Limiter

MOVE_SHARE = 0.05  # of the meetings that stand, how many may be moved to make room for others
WORK = 1.5  # deterministic seconds of CP-SAT


class Offers:
    """Seats new candidates on an arrangement. lost: ids of meetings that cannot be held; moves: how many published meetings are in
    another slot by now. able and most_helped as in `Repaired`."""

    def __init__(
        self, arrangement: Arrangement, rows: list[Row], lost: Sequence[str], moves: Callable[[], int], *, seed: int
    ) -> None:
        self.arrangement, self.rows, self.lost, self.moves, self.seed = arrangement, rows, set(lost), moves, seed
        self.board = arrangement.board
        self.search = LocalSearch(arrangement, lambda _: 0, seed=seed)
        self.able: set[int] = set()
        self.most_helped: int | None = None

    def unfair(self, people: Sequence[int]) -> bool:
        """Whether any of them has more breaks than fairness allows."""
        most = self.arrangement.most_breaks
        return most is not None and any(breaks_of(self.arrangement.mask[p]) > most for p in people)

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

    def offer(self, losers: Mapping[int, int]) -> set[int]:
        """Seat other candidates in free slots: as many losers as possible get one, then as many as they lost, then worth."""
        arrangement = self.arrangement
        options = self._options(losers)
        mutual = {
            p for n in options if len(self.board.candidates[n].served) > 1 for p in self.board.candidates[n].parties
        }
        self.able = set(losers) & mutual
        if not options:
            return set()
        chosen = self._choose(options, losers)
        helped: set[int] = set()
        added = []
        for number, slot in chosen:
            if arrangement.put(number, slot) or self.search.seat_best(number):
                added.append(number)
                helped.update(p for p in self.board.candidates[number].parties if p in losers)
        return helped

    def _choose(self, options: dict[int, list[int]], losers: Mapping[int, int]) -> list[tuple[int, int]]:
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
        for row in self.rows:
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

    def make_room(self, losers: Mapping[int, int]) -> None:
        """For those not helped yet: move one published meeting of a partner so that another meeting fits."""
        arrangement, board = self.arrangement, self.board
        budget = int(MOVE_SHARE * len(arrangement.seats)) - self.moves()
        limits = Limiter(arrangement, self.rows)
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
        if done and not self.unfair(touched):
            return 0 if other is None else 1
        for n in (number, other):
            if n is not None and n in arrangement.seats:
                arrangement.take(n)
        if other is not None and old is not None:
            arrangement.force(other, old)
        return None

    def left(self, losers: Mapping[int, int]) -> set[int]:
        """Losers with a mutual wish that still could be held as things stand."""
        limits = Limiter(self.arrangement, self.rows)
        options = self._options(losers)
        able = [n for n in options if len(self.board.candidates[n].served) > 1 and limits.allow(n)]
        return {p for n in able for p in self.board.candidates[n].parties if p in losers}

"""Other partners for those who lost a meeting: first in free slots, then by moving a few published meetings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence

from .arrangement import Arrangement, breaks_of
from .ejection import Chain, Ejection
from .local_search import LocalSearch
from .matching import Matching
from .selection import Row
from .solve import Limiter

MOVE_SHARE = 0.05  # of the meetings that stand, how many may be moved to make room for others
MOST_MOVED = 0.08  # and for those who had a mutual wish and a free slot in common
DEPTH = 3  # meetings pushed one after the other, for these
STEPS = 4_000  # seats tried for one participant


class Offers:
    """Seats new candidates on an arrangement. lost: ids of meetings that cannot be held; published: ids of all that were published;
    moves: how many of these are in another slot by now. able and most_helped as in `Repaired`; helps: new meetings by participant."""

    def __init__(
        self,
        arrangement: Arrangement,
        rows: list[Row],
        lost: Sequence[str],
        published: Collection[str],
        moves: Callable[[], int],
        *,
        seed: int,
    ) -> None:
        self.arrangement, self.rows, self.lost, self.published, self.moves = (
            arrangement,
            rows,
            set(lost),
            published,
            moves,
        )
        self.board = arrangement.board
        self.added: set[int] = set()
        self.helps: Counter[int] = Counter()
        self.search = LocalSearch(arrangement, lambda _: 0, seed=seed)
        self.able: set[int] = set()
        self.most_helped: int | None = None

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

    def offer(self, losers: Mapping[int, int]) -> None:
        """Seat other candidates in free slots: as many losers as possible get one, then as many as they lost, then worth."""
        options = self._options(losers)
        mutual = {
            p for n in options if len(self.board.candidates[n].served) > 1 for p in self.board.candidates[n].parties
        }
        self.able = set(losers) & mutual
        if not options:
            return
        for number, slot in self._choose(options, losers):
            if self._seat(number, 1 << slot) or self._seat(number, -1):
                self._count(number)

    def _seat(self, number: int, within: int) -> bool:
        """Seat a candidate in one of the slots, unless somebody would have more breaks than is fair and than there are now."""
        arrangement = self.arrangement
        before = list(arrangement.mask)
        if not self.search.seat_best(number, within=within):
            return False
        most = arrangement.most_breaks
        people = arrangement.seats[number].people
        if most is None or all(breaks_of(arrangement.mask[p]) <= max(most, breaks_of(before[p])) for p in people):
            return True
        arrangement.take(number)
        return False

    def _choose(self, options: dict[int, list[int]], losers: Mapping[int, int]) -> list[tuple[int, int]]:
        """Which candidates in which slots: as many losers as possible get one, those with a mutual wish before others; then second
        meetings and worth. Tables are counted by slot; walking is looked at when they are seated."""
        board = self.board
        model = Matching([(n, t) for n, slots in options.items() for t in slots])
        self._limits(model, options)
        able: list[int] = []
        others: list[int] = []
        more: list[int] = []
        for party, count in losers.items():
            mine = [n for n in options if party in board.candidates[n].parties]
            if not mine:
                continue
            gets = [key for n in mine for key in model.of(n)]
            mutual = any(len(board.candidates[n].served) > 1 for n in mine)
            (able if mutual else others).append(model.counter(gets, 1))
            more.append(model.counter(gets, count))
        first = model.maximise({**dict.fromkeys(others, 1.0), **dict.fromkeys(able, float(len(losers) + 1))}, hold=True)
        if first is None:
            return []
        if first.proven:
            self.most_helped = sum(round(first.values[column]) for column in able)
        worth = dict.fromkeys(more, 20.0)
        for (n, t), column in model.columns.items():
            worth[column] = (board.candidates[n].worth - 4 * self._charge(n, t)) / 1_000
        found = model.maximise(worth) or first
        chosen = [key for key, column in model.columns.items() if found.values[column] > 0.5]
        return sorted(chosen, key=lambda key: (-board.candidates[key[0]].worth, key))

    def _limits(self, model: Matching, options: dict[int, list[int]]) -> None:
        """One slot for each candidate; no more in a slot than people and tables are free; numbers of meetings."""
        board, arrangement = self.board, self.arrangement
        by_party: dict[tuple[int, int], list[int]] = {}
        by_person: dict[tuple[int, int], list[int]] = {}
        by_slot: dict[int, list[int]] = {}
        for (n, t), column in model.columns.items():
            by_slot.setdefault(t, []).append(column)
            for party in board.candidates[n].parties:
                by_party.setdefault((party, t), []).append(column)
            for person in board.candidates[n].named:
                by_person.setdefault((person, t), []).append(column)
        for n in options:
            model.at_most(model.of(n), 1)
        for (party, t), columns in by_party.items():
            model.at_most(columns, sum(arrangement.can_come([p], t) for p in board.people_of[party]))
        for columns in by_person.values():
            model.at_most(columns, 1)
        for t, columns in by_slot.items():
            model.at_most(columns, sum(arrangement.room[t]))
        for row in self.rows:
            inside = [column for n in row.candidates if n in options for column in model.of(n)]
            if inside:
                model.at_most(inside, row.bound - sum(n in arrangement.seats for n in row.candidates))

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
        """For those not helped yet: move published meetings, few and within the budget, so that another meeting fits.

        Those who have a mutual wish and a free slot in common with somebody come first, and for them chains may be longer.
        """
        board, seats = self.board, self.arrangement.seats
        ejection = self.ejection()
        limits = Limiter(self.arrangement, self.rows)
        offers: dict[int, list[int]] = {}
        for n, c in enumerate(board.candidates):
            if n not in seats and c.worth > 0 and c.id not in self.lost:
                for party in c.parties:
                    offers.setdefault(party, []).append(n)
        waiting = [p for p in losers if not self.helps[p]]
        for party in sorted(waiting, key=lambda p: (p not in self.able, p)):
            share, depth = (MOST_MOVED, DEPTH) if party in self.able else (MOVE_SHARE, 1)
            budget = int(share * len(seats)) - self.moves()
            steps = STEPS
            for number in sorted(offers.get(party, ()), key=lambda n: (-board.candidates[n].worth, n)):
                if budget < 0 or steps <= 0:
                    break
                if number in seats or not limits.allow(number):
                    continue
                chain = ejection.seat(number, budget, depth, steps)
                steps -= ejection.steps
                if chain is not None:
                    self._count(number)
                    limits.count(number)
                    for given_up in chain.given_up:
                        limits.count(given_up, -1)
                    self.settle(chain)
                    break

    def ejection(self) -> Ejection:
        """Moves on the arrangement that know what was published and what was only offered."""
        return Ejection(self.arrangement, lambda n: self.board.candidates[n].id in self.published, self._spare)

    def settle(self, chain: Chain | None) -> None:
        """Count no longer what a chain gave up."""
        for number in chain.given_up if chain is not None else ():
            self._count(number, -1)

    def _count(self, number: int, change: int = 1) -> None:
        """A new meeting is there (or no longer)."""
        (self.added.add if change > 0 else self.added.discard)(number)
        for party in self.board.candidates[number].parties:
            self.helps[party] += change

    def _spare(self, number: int) -> bool:
        """Whether a meeting was only offered, and leaves nobody without."""
        return number in self.added and all(self.helps[party] > 1 for party in self.board.candidates[number].parties)

    def left(self, losers: Mapping[int, int]) -> set[int]:
        """Losers with a mutual wish that still could be held as things stand."""
        limits = Limiter(self.arrangement, self.rows)
        options = self._options(losers)
        able = [n for n in options if len(self.board.candidates[n].served) > 1 and limits.allow(n)]
        return {p for n in able for p in self.board.candidates[n].parties if p in losers}

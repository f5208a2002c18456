"""Room for a meeting by moving others: chains of ejections, a few meetings deep, within a number of published meetings.

A meeting is put where somebody or the last table is taken; what stood there looks for another slot, and may itself push one more
away. What was only just offered to somebody may be given up where nobody needs it. The search is bounded in depth and in steps, so that
it is deterministic; whatever does not end well is taken back.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .arrangement import Arrangement, Seat, breaks_of


@dataclass(frozen=True)
class Chain:
    """What it took to seat a meeting: published meetings that moved, and offers that were given up."""

    moved: tuple[int, ...] = ()
    given_up: tuple[int, ...] = ()


class Ejection:
    """Seats meetings on an arrangement. published: what counts as moved; spare: whether a meeting may be given up."""

    def __init__(
        self, arrangement: Arrangement, published: Callable[[int], bool], spare: Callable[[int], bool]
    ) -> None:
        self.arrangement, self.published, self.spare = arrangement, published, spare
        self.steps = 0  # seats tried for the last meeting
        self._most = 0
        self._trail: list[
            tuple[int, Seat, bool]
        ] = []  # meeting, seat, whether it was put there (else taken from there)
        self._breaks: dict[int, int] = {}

    def seat(self, number: int, budget: int, depth: int, steps: int) -> Chain | None:
        """Seat a meeting, moving at most `budget` published ones in a chain as short as there is and no longer than `depth`; None
        where none was found within `steps`."""
        self.steps, self._most = 0, steps
        for length in range(depth + 1):
            self._trail, self._breaks = [], {}
            if self._seat(number, length, frozenset({number})):
                chain = self._chain()
                if len(chain.moved) <= budget:
                    return chain
            self._undo(0)
        return None

    def calm(self, person: int, budget: int, depth: int, steps: int) -> Chain | None:
        """Move one of somebody's meetings, and what is in its way, so that the person has no more breaks than is fair."""
        self.steps, self._most = 0, steps
        most = self.arrangement.most_breaks or 0
        own = [n for n in self.arrangement.meeting_at[person] if n >= 0 and self.arrangement.movable[n]]
        for length in range(depth + 1):
            for number in own:
                self._trail, self._breaks = [], {person: most}  # what the person had before excuses nothing
                self._take(number)
                if self._seat(number, length, frozenset({number})):
                    chain = self._chain()
                    if len(chain.moved) <= budget:
                        return chain
                self._undo(0)
        return None

    def _chain(self) -> Chain:
        touched = {n for n, _, _ in self._trail}
        seats = self.arrangement.seats
        first = {n: seat for n, seat, _ in reversed(self._trail)}
        moved = [n for n in touched if n in seats and seats[n].slot != first[n].slot and self.published(n)]
        return Chain(tuple(sorted(moved)), tuple(sorted(n for n in touched if n not in seats)))

    def _seat(self, number: int, depth: int, taken: frozenset[int]) -> bool:
        arrangement = self.arrangement
        allowed = arrangement.board.candidates[number].slots
        slots = [slot for slot in range(arrangement.board.slots) if allowed >> slot & 1]
        ways = [(blockers, slot) for slot in slots for blockers in self._blockers(number, slot, taken)]
        for blockers, slot in sorted(ways, key=lambda way: (len(way[0]), way[1])):
            if len(blockers) > depth or self.steps > self._most:
                return False
            self.steps += 1
            mark = len(self._trail)
            for blocker in blockers:
                self._take(blocker)
            inside = taken | set(blockers)
            if (
                self._put(number, slot)
                and all(self.spare(blocker) or self._seat(blocker, depth - 1, inside) for blocker in blockers)
                and self._fair()
            ):
                return True
            self._undo(mark)
        return False

    def _blockers(self, number: int, slot: int, taken: frozenset[int]) -> Iterator[tuple[int, ...]]:
        """Sets of meetings, one for each side at most, whose going would free the people of a meeting in a slot."""
        arrangement, board = self.arrangement, self.arrangement.board
        candidate = board.candidates[number]
        groups = [(p,) for p in candidate.named] + [board.people_of[party] for party in candidate.open_parties]
        choices: list[list[int]] = []
        for group in groups:
            able = [p for p in group if board.free[p] >> slot & 1]
            if not able:
                return
            if any(not arrangement.mask[p] >> slot & 1 for p in able):
                continue
            meetings = [arrangement.meeting_at[p][slot] for p in able]
            choices.append([n for n in meetings if arrangement.movable[n] and n not in taken])
        for blockers in itertools.product(*choices):
            yield tuple(sorted(set(blockers)))

    def _put(self, number: int, slot: int) -> bool:
        seat = self.arrangement.seat_in(number, slot)
        if seat is None:
            return False
        self._watch(seat)
        self.arrangement.force(number, seat)
        self._trail.append((number, seat, True))
        return True

    def _take(self, number: int) -> None:
        self._watch(self.arrangement.seats[number])
        self._trail.append((number, self.arrangement.take(number), False))

    def _watch(self, seat: Seat) -> None:
        for person in seat.people:
            self._breaks.setdefault(person, breaks_of(self.arrangement.mask[person]))

    def _fair(self) -> bool:
        """Nobody who was touched has more breaks than is fair, unless that many were there before."""
        most, mask = self.arrangement.most_breaks, self.arrangement.mask
        if most is None:
            return True
        return all(breaks_of(mask[person]) <= max(most, before) for person, before in self._breaks.items())

    def _undo(self, mark: int) -> None:
        while len(self._trail) > mark:
            number, seat, was_put = self._trail.pop()
            if was_put:
                self.arrangement.take(number)
            else:
                self.arrangement.force(number, seat)

"""Local search over an arrangement: seats what has none, then lowers breaks and idle slots.

Moves: another slot for one meeting; a Kempe chain, which swaps two slots along the people that meetings share and so never
makes a clash; ejection of a meeting that finds another seat, or of one that is worth less. Accepted as in simulated annealing. The work
is counted in steps, so that the same seed gives the same result.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable

from .arrangement import Arrangement, Seat

LONGEST_CHAIN = 60


class LocalSearch:
    """Improves an arrangement in place. value: what seating a candidate is worth, in units of the arrangement's cost."""

    def __init__(self, arrangement: Arrangement, value: Callable[[int], int], *, seed: int = 0) -> None:
        self.arrangement = arrangement
        self.value = value
        self.random = random.Random(seed)
        self.numbers: list[int] = []  # what the current annealing may move

    def slots_in(self, mask: int) -> list[int]:
        """The slots of a mask in random order."""
        slots = []
        while mask:
            low = mask & -mask
            slots.append(low.bit_length() - 1)
            mask ^= low
        self.random.shuffle(slots)
        return slots

    # -- seating --------------------------------------------------------------------------------------------------
    def seat_best(self, number: int, *, within: int = -1) -> bool:
        """Seat a candidate in the slot that costs least."""
        arrangement = self.arrangement
        best: Seat | None = None
        best_cost = 1 << 60
        for slot in self.slots_in(arrangement.open_slots(number) & within):
            seat = arrangement.seat_in(number, slot)
            if seat is None:
                continue
            bit = 1 << slot
            cost = sum(
                arrangement.person_cost(arrangement.mask[p] | bit) - arrangement.person_cost(arrangement.mask[p])
                for p in seat.people
            )
            if cost < best_cost:
                best, best_cost = seat, cost
        if best is None:
            return False
        arrangement.force(number, best)
        return True

    def seat_by_chain(self, number: int, tries: int = 4) -> bool:
        """Seat a candidate by moving what stands in its way to another slot."""
        arrangement = self.arrangement
        slots = self.slots_in(arrangement.board.candidates[number].slots)
        for slot in slots[:tries]:
            undo: list[tuple[int, Seat]] = []
            if self._clear(number, slot, undo) and arrangement.put(number, slot):
                moved = [n for n, _ in undo]
                if all(self.seat_best(n, within=~(1 << slot)) for n in moved):
                    return True
            self._restore(number, undo)
        return False

    def _clear(self, number: int, slot: int, undo: list[tuple[int, Seat]]) -> bool:
        """Take out what keeps a candidate from a slot: its people's meetings, or one that holds a place."""
        arrangement = self.arrangement
        candidate = arrangement.board.candidates[number]
        for group in [(p,) for p in candidate.named] + [arrangement.board.people_of[q] for q in candidate.open_parties]:
            able = [p for p in group if arrangement.board.free[p] >> slot & 1]
            if not able:
                return False
            if any(not arrangement.mask[p] >> slot & 1 for p in able):
                continue
            blocking = arrangement.meeting_at[self.random.choice(able)][slot]
            if not arrangement.movable[blocking]:
                return False
            undo.append((blocking, arrangement.take(blocking)))
        if all(arrangement.room[slot][c] <= 0 for c in candidate.classes):
            sitting = [
                n
                for n, seat in arrangement.seats.items()
                if seat.slot == slot and seat.place_class in candidate.classes and arrangement.movable[n]
            ]
            if not sitting:
                return False
            leaving = self.random.choice(sitting)
            undo.append((leaving, arrangement.take(leaving)))
        return len(undo) <= 3

    def _restore(self, number: int | None, undo: Iterable[tuple[int, Seat]]) -> None:
        arrangement = self.arrangement
        if number is not None and number in arrangement.seats:
            arrangement.take(number)
        undo = list(undo)
        for n, _ in undo:
            if n in arrangement.seats:
                arrangement.take(n)
        for n, seat in undo:
            arrangement.force(n, seat)

    def seat_by_ejection(self, number: int, tries: int = 3) -> list[int] | None:
        """Seat a candidate in place of ones that are together worth less; returns those, or None where it is not worth it."""
        arrangement = self.arrangement
        for slot in self.slots_in(arrangement.board.candidates[number].slots)[:tries]:
            undo: list[tuple[int, Seat]] = []
            before = arrangement.cost
            if self._clear(number, slot, undo) and arrangement.put(number, slot):
                out = [n for n, _ in undo if not self.seat_best(n)]
                gain = self.value(number) - sum(self.value(n) for n in out) - (arrangement.cost - before)
                if gain > 0:
                    return out
            self._restore(number, undo)
        return None

    def seat_all(self, numbers: Iterable[int], *, rounds: int = 6) -> list[int]:
        """Seat as many as possible of the candidates, the first ones first; returns those without a seat."""
        left = [n for n in numbers if n not in self.arrangement.seats]
        left = [n for n in left if not self.seat_best(n)]
        for _ in range(rounds):
            before = list(left)
            left = [n for n in left if not (self.seat_best(n) or self.seat_by_chain(n, 6))]
            queue, left = left, []
            for n in queue:
                out = self.seat_by_ejection(n)
                left += [n] if out is None else out
            if not left or left == before:
                break
        return left

    # -- improving ------------------------------------------------------------------------------------------------
    def anneal(
        self, steps: int, *, hot: float = 12.0, cold: float = 0.5, stop: Callable[[], bool] | None = None
    ) -> None:
        """Lower the cost of what is seated; takes `steps` moves unless stopped."""
        arrangement = self.arrangement
        numbers = self.numbers = [n for n in arrangement.seats if arrangement.movable[n]]
        if not numbers:
            return
        draw = self.random
        for step in range(steps):
            if step % 2_048 == 0:
                heat = hot * (cold / hot) ** (step / steps)
                if stop is not None and stop():
                    return
            number = numbers[int(draw.random() * len(numbers))]
            allowance = -heat * math.log(1.0 - draw.random())
            if step & 3 == 0:
                self._swap_chain(number, allowance)
            else:
                self._move(number, allowance)

    def _move(self, number: int, allowance: float) -> None:
        arrangement = self.arrangement
        slots = arrangement.open_slots(number)
        if not slots:
            self._swap_chain(number, allowance)
            return
        picked = self._pick(slots)
        if not any(arrangement.room[picked]):
            self._swap_chain(number, allowance, picked)
            return
        before = arrangement.cost
        old = arrangement.take(number)
        if not arrangement.put(number, picked):
            arrangement.force(number, old)
        elif arrangement.cost - before > allowance:
            arrangement.take(number)
            arrangement.force(number, old)

    def _pick(self, mask: int) -> int:
        skip = int(self.random.random() * mask.bit_count())
        for _ in range(skip):
            mask &= mask - 1
        return (mask & -mask).bit_length() - 1

    def _swap_chain(self, number: int, allowance: float, there: int | None = None) -> None:
        """Exchange two slots for a meeting and all that hang on it; where the other slot is full, for one more from there."""
        arrangement = self.arrangement
        here = arrangement.seats[number].slot
        if there is None:
            slots = arrangement.board.candidates[number].slots & ~(1 << here)
            if not slots:
                return
            there = self._pick(slots)
        chain = self._chain(number, here, there)
        if chain is None:
            return
        coming = sum(arrangement.seats[n].slot == here for n in chain)
        if 2 * coming > len(chain) and sum(arrangement.room[there]) < 2 * coming - len(chain):
            chain = self._balanced(chain, here, there)
            if chain is None:
                return
        before = arrangement.cost
        undo = [(n, arrangement.take(n)) for n in chain]
        for n, seat in undo:
            target = there if seat.slot == here else here
            if not arrangement.can_come(seat.people, target) or not arrangement.put(n, target, seat.people):
                self._restore(None, undo)
                return
        if arrangement.cost - before > allowance:
            self._restore(None, undo)

    def _balanced(self, chain: list[int], here: int, there: int) -> list[int] | None:
        """The chain with another one from the full slot, which makes room."""
        seats = self.arrangement.seats
        for _ in range(3 * self.arrangement.board.slots):
            other = self.numbers[int(self.random.random() * len(self.numbers))]
            if seats[other].slot == there and other not in chain:
                back = self._chain(other, there, here)
                return None if back is None else sorted({*chain, *back})
        return None

    def _chain(self, number: int, here: int, there: int) -> list[int] | None:
        """The meetings that must change places between two slots when one does."""
        arrangement = self.arrangement
        chain, queue = {number}, [number]
        while queue:
            n = queue.pop()
            seat = arrangement.seats[n]
            target = there if seat.slot == here else here
            if not arrangement.movable[n] or not arrangement.board.candidates[n].slots >> target & 1:
                return None
            for person in seat.people:
                other = arrangement.meeting_at[person][target]
                if other >= 0 and other not in chain:
                    chain.add(other)
                    queue.append(other)
                    if len(chain) > LONGEST_CHAIN:
                        return None
        return sorted(chain)

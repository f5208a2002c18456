"""A timetable in the making: who sits where and when, kept free of clashes by every operation.

Times are bit masks per person, so that the breaks of a person are a few machine operations: the runs of set bits, less one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .candidates import Board

BREAK_COST = 20
IDLE_COST = 1
UNFAIR_COST = 400


def breaks_of(mask: int) -> int:
    """Breaks of a person who is busy in the slots of the mask."""
    return max((mask & ~(mask << 1)).bit_count() - 1, 0)


def idle_of(mask: int) -> int:
    """Idle slots of a person who is busy in the slots of the mask."""
    return mask.bit_length() - (mask & -mask).bit_length() + 1 - mask.bit_count() if mask else 0


@dataclass(frozen=True)
class Seat:
    """Where and when a candidate is held, and by which people."""

    slot: int
    place_class: int
    people: tuple[int, ...]


class Arrangement:
    """Seats of candidates on a board. most_breaks: what fairness allows each person, None for anything.

    cost: breaks and idle slots of all people, weighted, with a heavy charge for breaks beyond `most_breaks`.
    """

    def __init__(self, board: Board, *, most_breaks: int | None = None) -> None:
        self.board = board
        self.most_breaks = most_breaks
        self.seats: dict[int, Seat] = {}
        self.mask = [0] * len(board.people)
        self.meeting_at = [[-1] * board.slots for _ in board.people]
        self.room = [
            [len(one.places) if one.open_slots >> slot & 1 else 0 for one in board.classes]
            for slot in range(board.slots)
        ]
        self.movable = [True] * len(board.candidates)
        self.cost = 0
        self._costs: dict[int, int] = {0: 0}
        self._settled, self._choices = self._people_choices()
        self._order: dict[int, list[tuple[int, bool]]] = {}
        for first, then in board.before:
            self._order.setdefault(first, []).append((then, True))
            self._order.setdefault(then, []).append((first, False))
        self._single_class = [c.classes[0] if len(c.classes) == 1 else -1 for c in board.candidates]

    def _people_choices(self) -> tuple[list[tuple[int, ...]], list[list[tuple[int, ...]]]]:
        settled, choices = [], []
        for candidate in self.board.candidates:
            groups = [self.board.people_of[party] for party in candidate.open_parties]
            settled.append(candidate.named + tuple(group[0] for group in groups if len(group) == 1))
            choices.append([group for group in groups if len(group) > 1])
        return settled, choices

    def copy(self) -> Arrangement:
        """An independent arrangement with the same seats and locks."""
        other = Arrangement(self.board, most_breaks=self.most_breaks)
        for number, seat in self.seats.items():
            other.force(number, seat)
        other.movable = list(self.movable)
        return other

    # -- costs ----------------------------------------------------------------------------------------------------
    def person_cost(self, mask: int) -> int:
        """What the busy slots of one person cost."""
        known = self._costs.get(mask)
        if known is None:
            breaks = breaks_of(mask)
            known = BREAK_COST * breaks + IDLE_COST * idle_of(mask)
            if self.most_breaks is not None and breaks > self.most_breaks:
                known += UNFAIR_COST * (breaks - self.most_breaks)
            self._costs[mask] = known
        return known

    def total_breaks(self) -> int:
        """Breaks of all people."""
        return sum(breaks_of(mask) for mask in self.mask)

    def total_idle(self) -> int:
        """Idle slots of all people."""
        return sum(idle_of(mask) for mask in self.mask)

    # -- seats ----------------------------------------------------------------------------------------------------
    def force(self, number: int, seat: Seat) -> None:
        """Seat a candidate without asking."""
        bit = 1 << seat.slot
        for person in seat.people:
            mask = self.mask[person]
            self.cost += self.person_cost(mask | bit) - self.person_cost(mask)
            self.mask[person] = mask | bit
            self.meeting_at[person][seat.slot] = number
        self.room[seat.slot][seat.place_class] -= 1
        self.seats[number] = seat

    def take(self, number: int) -> Seat:
        """Remove a candidate's seat and return it."""
        seat = self.seats.pop(number)
        bit = 1 << seat.slot
        for person in seat.people:
            mask = self.mask[person]
            self.cost += self.person_cost(mask & ~bit) - self.person_cost(mask)
            self.mask[person] = mask & ~bit
            self.meeting_at[person][seat.slot] = -1
        self.room[seat.slot][seat.place_class] += 1
        return seat

    def open_slots(self, number: int) -> int:
        """Mask of slots in which enough of its people are free; places and walking are not looked at."""
        board, mask = self.board, self.mask
        slots = board.candidates[number].slots
        for person in self._settled[number]:
            slots &= ~mask[person]
        for group in self._choices[number]:
            anybody = 0
            for person in group:
                anybody |= board.free[person] & ~mask[person]
            slots &= anybody
        # People of single-representative parties are free where the candidate's mask says so.
        return slots

    def seat_in(self, number: int, slot: int, people: tuple[int, ...] | None = None) -> Seat | None:
        """The best seat for a candidate in a slot, or None. people: keep to these."""
        if people is None:
            people = self._best_people(number, slot)
            if people is None:
                return None
        if number in self._order and not self._in_order(number, slot):
            return None
        place_class = self._best_class(number, slot, people)
        return None if place_class is None else Seat(slot, place_class, people)

    def put(self, number: int, slot: int, people: tuple[int, ...] | None = None) -> bool:
        """Seat a candidate in a slot where that is possible."""
        seat = self.seat_in(number, slot, people)
        if seat is None:
            return False
        self.force(number, seat)
        return True

    def can_come(self, people: Iterable[int], slot: int) -> bool:
        """Whether all are available and not busy in a slot."""
        return all(self.board.free[p] >> slot & 1 and not self.mask[p] >> slot & 1 for p in people)

    def _best_people(self, number: int, slot: int) -> tuple[int, ...] | None:
        settled = self._settled[number]
        bit = 1 << slot
        for person in settled:
            if self.mask[person] & bit or not self.board.free[person] & bit:
                return None
        if not self._choices[number]:
            return settled
        chosen = list(settled)
        for group in self._choices[number]:
            able = [p for p in group if self.board.free[p] & bit and not self.mask[p] & bit]
            if not able:
                return None
            chosen.append(
                min(able, key=lambda p: (self.person_cost(self.mask[p] | bit) - self.person_cost(self.mask[p]), p))
            )
        return tuple(chosen)

    def _in_order(self, number: int, slot: int) -> bool:
        for other, later in self._order[number]:
            seat = self.seats.get(other)
            if seat is not None and (seat.slot <= slot if later else seat.slot >= slot):
                return False
        return True

    def _best_class(self, number: int, slot: int, people: tuple[int, ...]) -> int | None:
        room = self.room[slot]
        single = self._single_class[number]
        if single >= 0 and self.board.everywhere:
            return single if room[single] > 0 else None
        best, best_moves = None, 1 << 30
        neighbours = self._neighbours(slot, people)
        for place_class in self.board.candidates[number].classes:
            if room[place_class] <= 0:
                continue
            area = self.board.classes[place_class].area
            if not all(self._walkable(other, slot, area) for other in neighbours):
                continue
            moves = sum(self.board.classes[seat.place_class].area != area for seat in neighbours)
            if moves < best_moves:
                best, best_moves = place_class, moves
        return best

    def _neighbours(self, slot: int, people: tuple[int, ...]) -> list[Seat]:
        found = []
        for person in people:
            mask = self.mask[person]
            past, future = mask & ((1 << slot) - 1), mask >> (slot + 1)
            if past:
                found.append(self.seats[self.meeting_at[person][past.bit_length() - 1]])
            if future:
                found.append(self.seats[self.meeting_at[person][slot + (future & -future).bit_length()]])
        return found

    def _walkable(self, other: Seat, slot: int, area: int) -> bool:
        there = self.board.classes[other.place_class].area
        if there == area:
            return True
        if other.slot < slot:
            return bool(self.board.reachable[other.slot][slot][there] >> area & 1)
        return bool(self.board.reachable[slot][other.slot][area] >> there & 1)

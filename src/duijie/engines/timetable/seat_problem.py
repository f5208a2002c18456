"""The seat problem: a slot, a class of places and the people for every meeting, exactly.

What the slot problem leaves out: places of several kinds and areas with walking between them, and organisations of which
anybody may come. People who are named carry over as they are; of an open party one person is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .arrangement import Arrangement, Seat, breaks_of, idle_of
from .candidates import Board
from .slot_problem import BreakModel, Figures

if TYPE_CHECKING:
    from .seat_cnf import SeatEncoding


@dataclass(frozen=True)
class SeatMeeting:
    """settled: people who surely come; groups: of each, one comes; slots and classes: what it may use. optional: it may be
    left out."""

    settled: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]
    slots: tuple[int, ...]
    classes: tuple[int, ...]
    optional: bool = False


@dataclass(frozen=True)
class SeatProblem:
    """free: mask of slots per person. capacity[t][u]: places of class u in slot t. areas: of each class.

    reachable as on the board, or None where everywhere is. before: pairs of meetings. fairness, most_breaks: as in SlotProblem.
    """

    people: int
    slots: int
    free: tuple[int, ...]
    meetings: tuple[SeatMeeting, ...]
    capacity: tuple[tuple[int, ...], ...]
    areas: tuple[int, ...]
    reachable: tuple[tuple[tuple[int, ...], ...], ...] | None = None
    before: tuple[tuple[int, int], ...] = ()
    fairness: int | None = 2
    most_breaks: int | None = None

    def encode(self, model: BreakModel) -> SeatEncoding:
        """The problem as clauses."""
        from .seat_cnf import SeatEncoding

        return SeatEncoding(self, model=model)

    def measure(self, schedule: Sequence[Seat]) -> Figures:
        """Breaks and idle slots of each person."""
        masks = [0] * self.people
        for seat in schedule:
            for person in seat.people:
                if person >= 0:
                    masks[person] |= 1 << seat.slot
        return Figures(tuple(map(breaks_of, masks)), tuple(map(idle_of, masks)))


def bits(mask: int) -> tuple[int, ...]:
    """The positions of the set bits, ascending."""
    return tuple(n for n in range(mask.bit_length()) if mask >> n & 1)


def whole_problem(board: Board, chosen: Sequence[int], *, fairness: int | None, optional: bool = False) -> SeatProblem:
    """The seat problem of all chosen candidates. optional: those that are not required may be left out."""
    number_of = {candidate: number for number, candidate in enumerate(chosen)}
    meetings = []
    for number in chosen:
        candidate = board.candidates[number]
        groups = [board.people_of[party] for party in candidate.open_parties]
        settled = candidate.named + tuple(group[0] for group in groups if len(group) == 1)
        meetings.append(
            SeatMeeting(
                settled,
                tuple(g for g in groups if len(g) > 1),
                bits(candidate.slots),
                candidate.classes,
                optional and not candidate.required,
            )
        )
    return SeatProblem(
        people=len(board.people),
        slots=board.slots,
        free=board.free,
        meetings=tuple(meetings),
        capacity=tuple(
            tuple(len(one.places) * (one.open_slots >> slot & 1) for one in board.classes)
            for slot in range(board.slots)
        ),
        areas=tuple(one.area for one in board.classes),
        reachable=None if board.everywhere else board.reachable,
        before=tuple((number_of[a], number_of[b]) for a, b in board.before if a in number_of and b in number_of),
        fairness=fairness,
    )


def part_problem(arrangement: Arrangement, loose: Sequence[int]) -> tuple[SeatProblem, list[int]]:
    """The seat problem of some seated candidates while all others stay; also the number of each person in it.

    Meetings that stay are carried along, with one choice each, where they involve the same people: they make breaks.
    """
    board = arrangement.board
    people: list[int] = []
    position: dict[int, int] = {}
    for number in loose:
        candidate = board.candidates[number]
        groups = [board.people_of[party] for party in candidate.open_parties]
        for person in [*candidate.named, *(p for group in groups for p in group)]:
            if person not in position:
                position[person] = len(people)
                people.append(person)
    moving = set(loose)
    capacity = [list(row) for row in arrangement.room]
    meetings = []
    for number in loose:
        candidate, seat = board.candidates[number], arrangement.seats[number]
        capacity[seat.slot][seat.place_class] += 1
        groups = [tuple(position[p] for p in board.people_of[party]) for party in candidate.open_parties]
        settled = tuple(position[p] for p in candidate.named) + tuple(g[0] for g in groups if len(g) == 1)
        slots = _between(arrangement, number, moving, candidate.slots)
        meetings.append(SeatMeeting(settled, tuple(g for g in groups if len(g) > 1), bits(slots), candidate.classes))
    staying = {n for p in people for n in arrangement.meeting_at[p] if n >= 0} - moving
    for number in sorted(staying):
        seat = arrangement.seats[number]
        capacity[seat.slot][seat.place_class] += 1
        inside = tuple(position[p] for p in seat.people if p in position)
        meetings.append(SeatMeeting(inside, (), (seat.slot,), (seat.place_class,)))
    order = {number: n for n, number in enumerate(loose)}
    problem = SeatProblem(
        people=len(people),
        slots=board.slots,
        free=tuple(board.free[p] for p in people),
        meetings=tuple(meetings),
        capacity=tuple(map(tuple, capacity)),
        areas=tuple(one.area for one in board.classes),
        reachable=None if board.everywhere else board.reachable,
        before=tuple((order[a], order[b]) for a, b in board.before if a in order and b in order),
        fairness=None,
        most_breaks=arrangement.most_breaks,
    )
    return problem, people


def _between(arrangement: Arrangement, number: int, moving: set[int], slots: int) -> int:
    """The slots that precedences to meetings that stay leave open."""
    for first, then in arrangement.board.before:
        if first == number and then not in moving and then in arrangement.seats:
            slots &= (1 << arrangement.seats[then].slot) - 1
        if then == number and first not in moving and first in arrangement.seats:
            slots &= ~((2 << arrangement.seats[first].slot) - 1)
    return slots

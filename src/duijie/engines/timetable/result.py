"""What comes out: meetings, proven goals, figures per person, and a reason for each wish that is not served."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field

from .arrangement import Arrangement, breaks_of, idle_of
from .candidates import Board
from .slot_problem import Proof
from .tables import Tables


@dataclass(frozen=True)
class Meeting:
    """A meeting of the timetable; all ids as in the event. worth: both sides, 2.0 where both wish it."""

    id: str
    participants: tuple[str, ...]
    representatives: tuple[str, ...]
    slot: str
    place: str
    worth: float = 0.0
    fixed: bool = False


@dataclass(frozen=True)
class GoalFigures:
    """One goal. bound: nothing exceeds it (falls below it, for breaks, idle slots and changes of place)."""

    value: float
    bound: float
    proof: Proof


@dataclass(frozen=True)
class PersonFigures:
    """One representative's day. walking: minutes between areas."""

    person: str
    participant: str
    meetings: int
    breaks: int
    idle: int
    place_changes: int
    walking: float


@dataclass(frozen=True)
class Unserved:
    """A wish that is not served, and why. code: veto, no_common_slot, no_place, full, other_full, quota, tables, fairness,
    unsuggested, worth."""

    wisher: str
    wanted: str
    level: str
    code: str
    zh: str
    en: str


@dataclass(frozen=True)
class Timetable:
    """A result. goals, in order of weight: musts, floor, worth, breaks, idle, place_changes. conflict: where the input cannot
    be satisfied, a smallest conflicting set as (Chinese, English) sentences; then there are no meetings."""

    meetings: tuple[Meeting, ...]
    goals: Mapping[str, GoalFigures] = field(default_factory=dict)
    people: tuple[PersonFigures, ...] = ()
    unserved: tuple[Unserved, ...] = ()
    conflict: tuple[tuple[str, str], ...] = ()
    most_breaks: int = 0
    spread: int = 0

    @property
    def feasible(self) -> bool:
        """Whether there is a timetable."""
        return not self.conflict


def meetings_of(arrangement: Arrangement, tables: Tables) -> tuple[Meeting, ...]:
    """The seated candidates as meetings, by time and place."""
    board = arrangement.board
    event = board.event
    found = []
    for number, seat in sorted(
        arrangement.seats.items(), key=lambda item: (item[1].slot, tables.place[item[0]], item[0])
    ):
        candidate = board.candidates[number]
        found.append(
            Meeting(
                candidate.id,
                tuple(event.participants[p].id for p in candidate.parties),
                tuple(board.people[p] for p in seat.people),
                board.slot_ids[seat.slot],
                event.places[tables.place[number]].id,
                candidate.worth / 1_000,
                candidate.required,
            )
        )
    return tuple(found)


def people_figures(arrangement: Arrangement, tables: Tables) -> tuple[PersonFigures, ...]:
    """The figures of every person."""
    board, event = arrangement.board, arrangement.board.event
    found = []
    for person, row in enumerate(arrangement.meeting_at):
        numbers = [n for n in row if n >= 0]
        ways = [(tables.place[a], tables.place[b]) for a, b in itertools.pairwise(numbers)]
        mask = arrangement.mask[person]
        found.append(
            PersonFigures(
                board.people[person],
                event.participants[board.party_of[person]].id,
                len(numbers),
                breaks_of(mask),
                idle_of(mask),
                sum(a != b for a, b in ways),
                sum(event.minutes(event.places[a].area, event.places[b].area) for a, b in ways),
            )
        )
    return tuple(found)


def break_bound(board: Board, seated: list[int]) -> int:
    """Breaks that availability alone forces on people who come to a settled set of meetings."""
    loads = [0] * len(board.people)
    for number in seated:
        candidate = board.candidates[number]
        groups = [board.people_of[party] for party in candidate.open_parties]
        for person in candidate.named + tuple(group[0] for group in groups if len(group) == 1):
            loads[person] += 1
    total = 0
    for person, load in enumerate(loads):
        runs = sorted((len(run) for run in f"{board.free[person]:b}".split("0") if run), reverse=True)
        needed = 0
        while load > 0 and needed < len(runs):
            load -= runs[needed]
            needed += 1
        total += max(needed - 1, 0)
    return total

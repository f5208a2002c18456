"""The core problem: give every meeting a slot.

Everything bigger (places, wishes, representatives) is reduced to this or built around it. A *break* is a maximal run of
free slots between two meetings of one participant, as in "Constraint solving approaches to the
business-to-business meeting scheduling problem" (Bofill, Coll, Garcia, Giráldez-Cru, Pesant, Suy, Villaret, JAIR 2022); an *idle slot* is one free slot of such a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .slot_cnf import SlotEncoding


class TimetableInputError(ValueError):
    """The input says something that cannot be meant; the message names the place of the fault."""


class Proof(StrEnum):
    """How much is known about a result."""

    OPTIMAL = "optimal"
    BOUND = "bound"  # a timetable and a proven bound that does not meet it
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"  # stopped before a timetable or a proof was found


class BreakModel(StrEnum):
    """How clauses recognise a break. Both are exact; they search differently, which a portfolio uses."""

    HOLE = "hole"  # free now, busy next, and busy some time before
    START = "start"  # one break less than runs of busy slots


@dataclass(frozen=True)
class SlotProblem:
    """Meetings that want a slot each.

    participants: how many there are; indices run from 0.
    slots: how many there are, in the order of the day.
    meetings: the participants of each meeting (two or more, distinct).
    allowed: the slots each meeting may take, ascending.
    capacity: tables per slot.
    before: pairs (a, b): meeting a takes an earlier slot than meeting b.
    fairness: greatest difference between two participants' numbers of breaks; None leaves it free.
    most_breaks: greatest number of breaks of any participant; None leaves it free.
    """

    participants: int
    slots: int
    meetings: tuple[tuple[int, ...], ...]
    allowed: tuple[tuple[int, ...], ...]
    capacity: tuple[int, ...]
    before: tuple[tuple[int, int], ...] = ()
    fairness: int | None = 2
    most_breaks: int | None = None

    def __post_init__(self) -> None:
        if len(self.allowed) != len(self.meetings):
            raise TimetableInputError(f"{len(self.meetings)} meetings but {len(self.allowed)} lists of allowed slots")
        if len(self.capacity) != self.slots:
            raise TimetableInputError(f"{self.slots} slots but {len(self.capacity)} capacities")
        for number, members in enumerate(self.meetings):
            if len(set(members)) != len(members):
                raise TimetableInputError(f"meeting {number + 1}: a participant would meet itself")

    def meetings_of(self) -> list[list[int]]:
        """The meetings of each participant."""
        found: list[list[int]] = [[] for _ in range(self.participants)]
        for number, members in enumerate(self.meetings):
            for participant in members:
                found[participant].append(number)
        return found

    def encode(self, model: BreakModel) -> SlotEncoding:
        """The problem as clauses."""
        from .slot_cnf import SlotEncoding

        return SlotEncoding(self, model=model)

    def measure(self, schedule: Sequence[int]) -> Figures:
        """Breaks and idle slots of each participant under a schedule (the slot of each meeting)."""
        return figures(self, schedule)


@dataclass(frozen=True)
class Figures:
    """What a timetable costs each participant."""

    breaks: tuple[int, ...]
    idle: tuple[int, ...]

    @property
    def total_breaks(self) -> int:
        """Breaks of all participants together: the published objective."""
        return sum(self.breaks)

    @property
    def total_idle(self) -> int:
        """Idle slots of all participants together."""
        return sum(self.idle)

    @property
    def spread(self) -> int:
        """Difference between the most and the fewest breaks of a participant."""
        return max(self.breaks, default=0) - min(self.breaks, default=0)


def gaps(slots: Sequence[int]) -> list[int]:
    """Lengths of the runs of free slots between the given busy slots; [1, 2, 5] gives [2]."""
    ordered = sorted(slots)
    return [later - earlier - 1 for earlier, later in pairwise(ordered) if later - earlier > 1]


def figures(problem: SlotProblem, schedule: Sequence[int]) -> Figures:
    """Breaks and idle slots of each participant under a schedule (the slot of each meeting)."""
    busy: list[list[int]] = [[] for _ in range(problem.participants)]
    for members, slot in zip(problem.meetings, schedule, strict=True):
        for participant in members:
            busy[participant].append(slot)
    runs = [gaps(slots) for slots in busy]
    return Figures(tuple(len(run) for run in runs), tuple(sum(run) for run in runs))


def violations(problem: SlotProblem, schedule: Sequence[int]) -> list[str]:
    """Every rule a schedule breaks, as sentences; empty where it is valid."""
    if len(schedule) != len(problem.meetings):
        return [f"{len(schedule)} slots for {len(problem.meetings)} meetings"]
    wrong: list[str] = []
    used = [0] * problem.slots
    taken: set[tuple[int, int]] = set()
    for number, (members, slot) in enumerate(zip(problem.meetings, schedule, strict=True)):
        if slot not in problem.allowed[number]:
            wrong.append(f"meeting {number} may not be in slot {slot}")
            continue
        used[slot] += 1
        for participant in members:
            if (participant, slot) in taken:
                wrong.append(f"participant {participant} twice in slot {slot}")
            taken.add((participant, slot))
    wrong += [f"slot {slot}: {count} tables" for slot, count in enumerate(used) if count > problem.capacity[slot]]
    wrong += [f"meeting {b} not after {a}" for a, b in problem.before if schedule[a] >= schedule[b]]
    if wrong:
        return wrong
    result = figures(problem, schedule)
    if problem.fairness is not None and result.spread > problem.fairness:
        wrong.append(f"breaks differ by {result.spread}")
    if problem.most_breaks is not None and max(result.breaks, default=0) > problem.most_breaks:
        wrong.append(f"a participant has {max(result.breaks)} breaks")
    return wrong

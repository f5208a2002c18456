"""One SAT solver that answers "is there a timetable with at most k breaks (or idle slots)?", in slices of conflicts.

The bound is an assumption on a totalizer, so that everything learnt for one bound serves for the next. A slice ends
after a given number of conflicts, which keeps the search deterministic, and stoppable between two slices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from pysat.card import ITotalizer
from pysat.solvers import Cadical195

from .slot_problem import BreakModel, Figures

UNLIMITED = 2_000_000_000  # conflicts


class Goal(StrEnum):
    """What the bound counts."""

    BREAKS = "breaks"
    IDLE = "idle"


class Encoding(Protocol):
    """What a bound search needs of an encoding. place: a variable per choice, for preferring a known schedule."""

    clauses: list[list[int]]
    top: int

    def break_literals(self) -> list[int]: ...
    def idle_literals(self) -> list[int]: ...
    def at_most(self, literals: Sequence[int], bound: int) -> None: ...
    def schedule(self, model: Sequence[int]) -> list[Any]: ...
    def choices(self, schedule: Sequence[Any]) -> list[int]: ...


class Problem(Protocol):
    """A problem that can be encoded and whose schedules can be measured."""

    def encode(self, model: BreakModel) -> Encoding: ...
    def measure(self, schedule: Sequence[Any]) -> Figures: ...


@dataclass(frozen=True)
class Answer:
    """Of one slice. holds: yes, no, or None where the slice ended first. schedule: with a yes."""

    holds: bool | None
    schedule: list[Any] | None
    conflicts: int


class BoundSearch:
    """A solver over one encoding.

    breaks_at_most: a hard limit beside the goal that is being minimised. highest: bounds from here on need not be told apart (a
    schedule with so much is known), which keeps the counter small; may be set until the first bound is asked.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        goal: Goal = Goal.BREAKS,
        model: BreakModel = BreakModel.HOLE,
        breaks_at_most: int | None = None,
        highest: int | None = None,
        seed: int = 0,
    ) -> None:
        self.highest = highest
        self._encoding = problem.encode(model)
        self._literals = self._encoding.break_literals() if goal is Goal.BREAKS else self._encoding.idle_literals()
        if breaks_at_most is not None:
            self._limit_breaks(breaks_at_most)
        self._solver = Cadical195()
        self._solver.configure({"seed": seed})
        for clause in self._encoding.clauses:
            self._solver.add_clause(clause)
        self._impossible = any(not clause for clause in self._encoding.clauses)
        self._totals: list[int] = []
        self._conflicts = 0

    def _limit_breaks(self, limit: int) -> None:
        literals = self._encoding.break_literals()
        if limit < len(literals):
            self._encoding.at_most(literals, limit)

    def _total_literal(self, bound: int) -> int | None:
        """The literal "the goal exceeds bound"; None where it cannot."""
        if bound >= len(self._literals):
            return None
        if not self._totals:
            most = len(self._literals) - 1 if self.highest is None else min(self.highest, len(self._literals) - 1)
            totalizer = ITotalizer(lits=self._literals, ubound=max(most, bound), top_id=self._encoding.top)
            self._encoding.top = max(self._encoding.top, totalizer.top_id)
            for clause in totalizer.cnf.clauses:
                self._solver.add_clause(clause)
            self._totals = list(totalizer.rhs)
            totalizer.delete()
        return self._totals[bound] if bound < len(self._totals) else None

    def ask(self, bound: int | None, conflicts: int) -> Answer:
        """Search for at most `conflicts` conflicts for a timetable with at most `bound` of the goal (None: any)."""
        if self._impossible or (bound is not None and bound < 0):
            return Answer(False, None, 0)
        exceeds = None if bound is None else self._total_literal(bound)
        self._solver.conf_budget(conflicts)
        holds = self._solver.solve_limited(assumptions=[] if exceeds is None else [-exceeds])
        spent = int(self._solver.accum_stats()["conflicts"]) - self._conflicts
        self._conflicts += spent
        if holds is False and exceeds is not None:
            self._solver.add_clause([exceeds])
        schedule = self._encoding.schedule(self._solver.get_model()) if holds else None
        return Answer(holds, schedule, spent)

    def prefer(self, schedule: Sequence[Any]) -> None:
        """Search near a known schedule first."""
        self._solver.set_phases(self._encoding.choices(schedule))

    def close(self) -> None:
        """Free the solver's memory."""
        self._solver.delete()

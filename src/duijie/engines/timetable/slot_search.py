"""Fewest breaks, then fewest idle slots, with proof: a ladder of bounds.

"At most k?" is asked for ascending k until the answer is yes; every no is a proven bound. Where that is hard, two processes
share the ladder: one asks the bounds of one parity, the other the rest, so that the refutation of k - 1 and the search for a
timetable with k run side by side. Each works through its own fixed sequence and the outcome is decided by one yes and the
no below it, so that it does not depend on which process runs faster: the same seed and work limit give the same timetable.
"""

from __future__ import annotations

import selectors
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .bound_search import Answer, BoundSearch, Goal, Problem
from .bound_worker import RemoteClimb
from .slot_problem import BreakModel, Figures, Proof

EASY = 5_000  # conflicts before help is called; about half a second
LONGEST = 80_000  # conflicts in one slice of a lone solver; a slice cannot be interrupted
POLL_SECONDS = 0.2
PORTFOLIO = (BreakModel.HOLE, BreakModel.HOLE)


@dataclass(frozen=True)
class Progress:
    """What is known while the search runs: the best schedule so far, its value, and the proven bound."""

    stage: str
    value: int | None
    bound: int
    conflicts: int
    schedule: tuple[Any, ...] | None = None


@dataclass(frozen=True)
class Limits:
    """When to stop. conflicts: per stage and process, deterministic. seconds: wall clock, for interactive use.

    workers: 1 or 2 processes. progress: told after every slice. stop: asked often.
    """

    conflicts: int | None = None
    seconds: float | None = None
    workers: int = 2
    seed: int = 0
    progress: Callable[[Progress], None] | None = None
    stop: Callable[[], bool] | None = None


@dataclass(frozen=True)
class SlotResult:
    """A schedule (the slot of each meeting; None where there is none) with what was proven.

    break_bound, idle_bound: no valid schedule has fewer breaks; no schedule with so few breaks has fewer idle slots.
    proof, idle_proof: whether the schedule meets them. idle_proof is UNKNOWN where idle slots were not asked for.
    """

    schedule: tuple[Any, ...] | None
    figures: Figures | None
    proof: Proof
    break_bound: int
    idle_proof: Proof = Proof.UNKNOWN
    idle_bound: int = 0
    conflicts: int = 0


class _Ladder:
    """The climb for one goal."""

    def __init__(
        self, problem: Problem, goal: Goal, limits: Limits, *, bound: int = 0, breaks_at_most: int | None = None
    ) -> None:
        self.problem, self.goal, self.limits, self.breaks_at_most = problem, goal, limits, breaks_at_most
        self.bound = bound
        self.best: list[Any] | None = None
        self.value: int | None = None
        self.impossible = False
        self.spent = 0
        self._end = None if limits.seconds is None else time.monotonic() + limits.seconds

    def keep(self, schedule: Sequence[Any]) -> None:
        """Take a schedule where it is better than the best."""
        result = self.problem.measure(schedule)
        value = result.total_breaks if self.goal is Goal.BREAKS else result.total_idle
        if self.value is None or value < self.value:
            self.best, self.value = list(schedule), value

    def take(self, answer: Answer, bound: int | None) -> None:
        """Learn from a slice's answer about a bound."""
        if answer.schedule is not None:
            self.keep(answer.schedule)
        elif answer.holds is False and bound is None:
            self.impossible = True
        elif answer.holds is False and bound is not None:
            self.bound = max(self.bound, bound + 1)

    @property
    def done(self) -> bool:
        return self.impossible or (self.value is not None and self.value <= self.bound)

    def stopped(self, *, conflicts: bool = True) -> bool:
        """Report, then say whether a limit or the caller ends the climb here."""
        limits = self.limits
        if limits.progress:
            best = None if self.best is None else tuple(self.best)
            limits.progress(Progress(self.goal.value, self.value, self.bound, self.spent, best))
        return (
            (conflicts and limits.conflicts is not None and self.spent >= limits.conflicts)
            or (self._end is not None and time.monotonic() >= self._end)
            or bool(limits.stop and limits.stop())
        )

    def climb(self) -> None:
        """Until optimal, impossible or stopped: alone while it is easy, then as a portfolio."""
        search = BoundSearch(self.problem, goal=self.goal, breaks_at_most=self.breaks_at_most, seed=self.limits.seed)
        portfolio = self.limits.workers > 1
        size = EASY
        try:
            while not self.done and not (portfolio and self.spent >= EASY and self.best is not None):
                asked = None if self.best is None else self.bound
                search.highest = self.value
                answer = search.ask(asked, self._slice(size))
                self.spent += answer.conflicts
                self.take(answer, asked)
                size = min(2 * size, LONGEST) if answer.holds is None else EASY
                if not self.done and self.stopped():
                    break
        finally:
            search.close()
        if not self.done and portfolio and not self.stopped():
            self._climb_together()
        if not self.done and not self.stopped(conflicts=False):
            self._descend()

    def _descend(self) -> None:
        """Where the climb ended at its limit: halve the distance from the best schedule to the bound, a little work each time."""
        search = BoundSearch(
            self.problem,
            goal=self.goal,
            breaks_at_most=self.breaks_at_most,
            highest=self.value,
            seed=self.limits.seed,
        )
        hard = self.bound  # below this nothing was found with so little work
        try:
            while self.value is not None and hard < self.value and not self.done:
                asked = (hard + self.value - 1) // 2
                answer = search.ask(asked, EASY)
                self.spent += answer.conflicts
                self.take(answer, asked)
                if answer.schedule is None:
                    hard = asked + 1
                if not self.done and self.stopped(conflicts=False):
                    return
        finally:
            search.close()

    def _slice(self, size: int) -> int:
        limit = self.limits.conflicts
        return size if limit is None else max(1, min(size, limit - self.spent))

    def _climb_together(self) -> None:
        """Two processes, one on the even and one on the odd bounds; decided by a yes at k and a no at k - 1."""
        left = None if self.limits.conflicts is None else self.limits.conflicts - self.spent
        climbs = [
            RemoteClimb(
                self.problem,
                goal=self.goal,
                model=model,
                first=self.bound + number,
                conflicts=left,
                breaks_at_most=self.breaks_at_most,
                highest=self.value,
                seed=self.limits.seed + number,
            )
            for number, model in enumerate(PORTFOLIO)
        ]
        try:
            with selectors.DefaultSelector() as selector:
                for climb in climbs:
                    selector.register(climb.output, selectors.EVENT_READ, climb)
                while not self.done and selector.get_map():
                    for key, _ in selector.select(timeout=POLL_SECONDS):
                        for bound, answer in key.data.answers():
                            self.spent += answer.conflicts
                            self.take(answer, bound)
                            if answer.holds is not False:
                                selector.unregister(key.fileobj)
                    if not self.done and self.stopped(conflicts=False):
                        return
        finally:
            for climb in climbs:
                climb.close()


def solve_slots(
    problem: Problem, limits: Limits | None = None, *, idle: bool = False, start: Sequence[Any] | None = None
) -> SlotResult:
    """A schedule with the fewest breaks; with `idle`, one with the fewest idle slots among those.

    start: a valid schedule to begin with; where a limit ends the search, the result is never worse.
    """
    limits = limits or Limits()
    ladder = _Ladder(problem, Goal.BREAKS, limits)
    if start is not None:
        ladder.keep(start)
    ladder.climb()
    if ladder.impossible:
        return SlotResult(None, None, Proof.INFEASIBLE, 0, conflicts=ladder.spent)
    if ladder.best is None:
        return SlotResult(None, None, Proof.UNKNOWN, ladder.bound, conflicts=ladder.spent)
    proof = Proof.OPTIMAL if ladder.done else Proof.BOUND
    best, spent = ladder.best, ladder.spent
    if not idle:
        return SlotResult(tuple(best), problem.measure(best), proof, ladder.bound, conflicts=spent)
    second = _Ladder(problem, Goal.IDLE, limits, bound=ladder.bound, breaks_at_most=ladder.value)
    second.keep(best)
    second.climb()
    assert second.best is not None
    return SlotResult(
        tuple(second.best),
        problem.measure(second.best),
        proof,
        ladder.bound,
        Proof.OPTIMAL if second.done else Proof.BOUND,
        second.bound,
        spent + second.spent,
    )

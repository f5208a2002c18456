"""Which meetings: served musts first, then a floor for the worst-off, then the total worth of both sides.

A relaxation in time (nobody has more meetings than slots, no more are held than tables stand), so that its optimum bounds every
timetable from above. Stages are solved in order, each with the earlier ones held. The rows are those of a matching with limits, so
that HiGHS finds the integer optimum at or near the root; its linear relaxation is the stated bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

from .candidates import Board


@dataclass(frozen=True)
class Row:
    """At most `bound` of these candidates."""

    candidates: tuple[int, ...]
    bound: int


@dataclass(frozen=True)
class Stage:
    """One goal: what was reached, what no selection exceeds (linear relaxation), and whether the integer optimum is proven."""

    name: str
    value: int
    bound: float
    optimal: bool


@dataclass(frozen=True)
class Selection:
    """The selected candidates, ascending, and the stages musts, floor, worth. feasible: fixed meetings alone fit the rows."""

    chosen: tuple[int, ...]
    stages: tuple[Stage, ...]
    feasible: bool = True

    def stage(self, name: str) -> Stage:
        """The stage of a name."""
        return next(stage for stage in self.stages if stage.name == name)


def rows_of(board: Board) -> list[Row]:
    """What any timetable respects: time of people and organisations, places, quotas."""
    rows: list[Row] = []
    of_party: list[list[int]] = [[] for _ in board.event.participants]
    of_person: dict[int, list[int]] = {}
    for number, candidate in enumerate(board.candidates):
        for party in candidate.parties:
            of_party[party].append(number)
        for person in candidate.named:
            of_person.setdefault(person, []).append(number)
    for party, members in enumerate(of_party):
        seats = sum(board.free[person].bit_count() for person in board.people_of[party])
        limit = board.event.participants[party].most_meetings
        rows.append(Row(tuple(members), seats if limit is None else min(seats, limit)))
    rows += [Row(tuple(members), board.free[person].bit_count()) for person, members in sorted(of_person.items())]
    rows += _place_rows(board)
    rows += _quota_rows(board, of_party)
    # A candidate that fits nowhere is out from the start.
    rows += [Row((n,), 0) for n, c in enumerate(board.candidates) if not c.slots or not c.classes]
    return [row for row in rows if len(row.candidates) > row.bound]


def _place_rows(board: Board) -> list[Row]:
    rows = []
    for usable in sorted({candidate.classes for candidate in board.candidates} | {tuple(range(len(board.classes)))}):
        inside = set(usable)
        members = tuple(n for n, c in enumerate(board.candidates) if set(c.classes) <= inside)
        seats = sum(board.classes[c].open_slots.bit_count() * len(board.classes[c].places) for c in usable)
        rows.append(Row(members, seats))
    return rows


def quota_members(board: Board, party: int, with_kind: str | None, members: list[int]) -> list[int]:
    """The candidates of a participant that count for a quota."""
    if with_kind is None:
        return members
    people = board.event.participants
    return [n for n in members if any(p != party and people[p].kind == with_kind for p in board.candidates[n].parties)]


def _quota_rows(board: Board, of_party: list[list[int]]) -> list[Row]:
    rows = []
    for quota in board.event.quotas:
        if quota.most is None:
            continue
        for party, participant in enumerate(board.event.participants):
            if participant.kind == quota.kind:
                rows.append(Row(tuple(quota_members(board, party, quota.with_kind, of_party[party])), quota.most))
    return rows


def floors_of(board: Board) -> list[Row]:
    """What each participant should have at least: `bound` of these candidates, as far as there are any."""
    of_party: list[list[int]] = [[] for _ in board.event.participants]
    for number, candidate in enumerate(board.candidates):
        for party in candidate.parties:
            of_party[party].append(number)
    floors = [Row(tuple(m), min(board.event.rules.floor, len(m))) for m in of_party]
    for quota in board.event.quotas:
        for party, participant in enumerate(board.event.participants):
            if participant.kind == quota.kind and quota.fewest:
                members = quota_members(board, party, quota.with_kind, of_party[party])
                floors.append(Row(tuple(members), min(quota.fewest, len(members))))
    return [floor for floor in floors if floor.bound > 0]


class _Linear:
    """The linear relaxation. Columns: candidates, then one per floor (how much of it is met)."""

    def __init__(self, board: Board, rows: list[Row], floors: list[Row]) -> None:
        self.size = len(board.candidates) + len(floors)
        entries: list[tuple[int, int, float]] = []
        bounds: list[float] = []
        for row in rows:
            entries += [(len(bounds), n, 1.0) for n in row.candidates]
            bounds.append(row.bound)
        for number, floor in enumerate(floors):
            entries += [(len(bounds), n, -1.0) for n in floor.candidates]
            entries.append((len(bounds), len(board.candidates) + number, 1.0))
            bounds.append(0.0)
        self.entries, self.bounds = entries, bounds
        self.limits = [(1.0 if c.required else 0.0, 1.0) for c in board.candidates]
        self.limits += [(0.0, float(floor.bound)) for floor in floors]

    def _matrix(self) -> csr_matrix:
        columns = ([e[2] for e in self.entries], ([e[0] for e in self.entries], [e[1] for e in self.entries]))
        return csr_matrix(columns, shape=(max(len(self.bounds), 1), self.size))

    def maximise(self, goal: NDArray[np.float64]) -> float | None:
        """The greatest value of a goal in the relaxation; None where nothing is feasible."""
        matrix = self._matrix()
        result = linprog(-goal, A_ub=matrix, b_ub=self.bounds or [0.0], bounds=self.limits, method="highs")
        return None if result.status != 0 else float(-result.fun)

    def integers(self, goal: NDArray[np.float64], nodes: int) -> tuple[list[int], bool] | None:
        """The best whole-numbered point found, and whether it is proven best; None where there is none."""
        result = milp(
            -goal,
            integrality=np.ones(self.size),
            bounds=Bounds([low for low, _ in self.limits], [high for _, high in self.limits]),
            constraints=LinearConstraint(self._matrix(), -np.inf, self.bounds or [0.0]),
            options={"node_limit": nodes, "mip_rel_gap": 1e-7},
        )
        if result.x is None:
            return None
        return [round(value) for value in result.x], result.status == 0

    def hold(self, goal: NDArray[np.float64], value: float) -> None:
        """From now on the goal is at least the value."""
        height = len(self.bounds)
        self.entries += [(height, int(n), -float(goal[n])) for n in np.flatnonzero(goal)]
        self.bounds.append(-value)


def select(board: Board, *, nodes: int = 2_000) -> Selection:
    """Choose the meetings. nodes: work limit of each stage, in branch-and-bound nodes."""
    floors = floors_of(board)
    linear = _Linear(board, rows_of(board), floors)
    columns = len(board.candidates)
    stages: list[Stage] = []
    chosen: list[int] = []
    for name, goal in _goals(board, floors):
        if not columns:
            stages.append(Stage(name, 0, 0.0, True))
            continue
        bound = linear.maximise(goal)
        found = linear.integers(goal, nodes) if bound is not None else None
        if bound is None or found is None:
            return Selection((), (), feasible=False)
        values, proven = found
        value = int(sum(int(goal[n]) * values[n] for n in range(len(values))))
        stages.append(Stage(name, value, bound, proven or value >= bound - 1e-6))
        linear.hold(goal, value)
        chosen = [n for n in range(columns) if values[n]]
    return Selection(tuple(chosen), tuple(stages))


def _goals(board: Board, floors: list[Row]) -> list[tuple[str, NDArray[np.float64]]]:
    size = len(board.candidates) + len(floors)
    musts, floor, worth = np.zeros(size), np.zeros(size), np.zeros(size)
    for number, candidate in enumerate(board.candidates):
        musts[number], worth[number] = candidate.musts, candidate.worth
    floor[len(board.candidates) :] = 1.0
    return [("musts", musts), ("floor", floor), ("worth", worth)]

"""Which meetings: served musts first, then a floor for the worst-off, then the total worth of both sides.

A relaxation in time (nobody has more meetings than slots, no more are held than tables stand), so that its optimum bounds every
timetable from above. Stages are solved in order, each with the earlier ones held: HiGHS gives the bound of the linear
relaxation, CP-SAT an integer selection, within a deterministic work limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.optimize import linprog
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

    def maximise(self, goal: NDArray[np.float64]) -> float | None:
        """The greatest value of a goal; None where nothing is feasible."""
        height = len(self.bounds)
        matrix = csr_matrix(
            ([e[2] for e in self.entries], ([e[0] for e in self.entries], [e[1] for e in self.entries])),
            shape=(max(height, 1), self.size),
        )
        result = linprog(-goal, A_ub=matrix, b_ub=self.bounds or [0.0], bounds=self.limits, method="highs")
        return None if result.status != 0 else float(-result.fun)

    def hold(self, goal: NDArray[np.float64], value: float) -> None:
        """From now on the goal is at least the value."""
        height = len(self.bounds)
        self.entries += [(height, int(n), -float(goal[n])) for n in np.flatnonzero(goal)]
        self.bounds.append(-value)


def select(
    board: Board, *, tables_share: float = 1.0, work: float = 20.0, seed: int = 0, allowed: set[int] | None = None
) -> Selection:
    """Choose the meetings. tables_share: part of all table-slots to plan with (less leaves the timetable some air).

    work: CP-SAT's deterministic time per stage, about seconds. allowed: only these candidates (fixed ones always).
    """
    rows, floors = rows_of(board), floors_of(board)
    if allowed is not None:
        rows += [Row((n,), 0) for n, c in enumerate(board.candidates) if n not in allowed and not c.required]
    columns = len(board.candidates)
    linear = _Linear(board, rows, floors)
    goals = _goals(board, floors)
    whole = sum(one.open_slots.bit_count() * len(one.places) for one in board.classes)
    planned = [*rows, Row(tuple(range(columns)), int(whole * tables_share))] if tables_share < 1 else rows
    model, chosen, met = _model(board, planned, floors)
    stages: list[Stage] = []
    picked: list[int] = []
    hint: list[int] | None = None
    for name, goal in goals:
        bound = linear.maximise(goal) if columns else 0.0
        if bound is None:
            return Selection((), (), feasible=False)
        terms = [int(goal[n]) * one for n, one in enumerate([*chosen, *met]) if goal[n]]
        model.clear_objective()
        model.maximize(sum(terms))
        status, values = _solve(model, [*chosen, *met], hint, work, seed)
        if values is None:
            return Selection((), (), feasible=status != cp_model.INFEASIBLE)
        hint = values
        value = int(sum(int(goal[n]) * values[n] for n in range(len(values))))
        optimal = status == cp_model.OPTIMAL or value >= bound - 1e-6
        stages.append(Stage(name, value, bound, optimal))
        model.add(sum(terms) >= value)
        linear.hold(goal, value)
        picked = [n for n in range(columns) if values[n]]
    return Selection(tuple(picked), tuple(stages))


def _goals(board: Board, floors: list[Row]) -> list[tuple[str, NDArray[np.float64]]]:
    size = len(board.candidates) + len(floors)
    musts, floor, worth = np.zeros(size), np.zeros(size), np.zeros(size)
    for number, candidate in enumerate(board.candidates):
        musts[number], worth[number] = candidate.musts, candidate.worth
    floor[len(board.candidates) :] = 1.0
    return [("musts", musts), ("floor", floor), ("worth", worth)]


def _model(
    board: Board, rows: list[Row], floors: list[Row]
) -> tuple[cp_model.CpModel, list[cp_model.IntVar], list[cp_model.IntVar]]:
    model = cp_model.CpModel()
    chosen = [model.new_bool_var(f"c{n}") for n in range(len(board.candidates))]
    met = [model.new_int_var(0, floor.bound, f"f{n}") for n, floor in enumerate(floors)]
    for row in rows:
        model.add(sum(chosen[n] for n in row.candidates) <= row.bound)
    for one, floor in zip(met, floors, strict=True):
        model.add(one <= sum(chosen[n] for n in floor.candidates))
    for number, candidate in enumerate(board.candidates):
        if candidate.required:
            model.add(chosen[number] == 1)
    return model, chosen, met


def _solve(
    model: cp_model.CpModel, variables: list[cp_model.IntVar], hint: list[int] | None, work: float, seed: int
) -> tuple[cp_model.CpSolverStatus, list[int] | None]:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work
    solver.parameters.linearization_level = 2  # nearly a matching, which the linear relaxation decides
    model.clear_hints()
    if hint is not None:
        for variable, value in zip(variables, hint, strict=True):
            model.add_hint(variable, value)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return status, None
    return status, [int(solver.value(variable)) for variable in variables]

"""Which meetings, when and where, in one exact model: for small events whose best selection finds no timetable.

The clauses of the seat problem, with meetings that may be left out, go to CP-SAT together with the limits on numbers; the goals are
maximised in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from .arrangement import Arrangement, Seat
from .seat_cnf import SeatEncoding
from .seat_problem import whole_problem
from .selection import Row, floors_of

LARGEST = 2_500  # candidates times slots
WORK = 15.0  # deterministic seconds for each goal


@dataclass(frozen=True)
class Joint:
    """The chosen candidates with their seats; bounds of musts, floor and worth (each given that the earlier ones are as here)."""

    seats: dict[int, Seat]
    bounds: dict[str, float]


def choose_jointly(arrangement: Arrangement, rows: list[Row], *, seed: int = 0) -> Joint | None:
    """Solve the joint model, starting from what is seated; None where the event is too large or nothing better is known."""
    board = arrangement.board
    numbers = [n for n, c in enumerate(board.candidates) if c.slots and c.classes]
    if sum(board.candidates[n].slots.bit_count() for n in numbers) > LARGEST:
        return None
    problem = whole_problem(board, numbers, fairness=board.event.rules.fairness, optional=True)
    encoding = SeatEncoding(problem)
    model = cp_model.CpModel()
    literals = [model.new_bool_var("") for _ in range(encoding.top)]

    def literal(code: int) -> Any:
        variable = literals[abs(code) - 1]
        return variable if code > 0 else variable.negated()

    for clause in encoding.clauses:
        model.add_bool_or([literal(code) for code in clause])
    held: dict[int, Any] = {
        number: sum(literals[encoding.at[m, t] - 1] for t in problem.meetings[m].slots)
        for m, number in enumerate(numbers)
    }
    for row in rows:
        inside = [held[n] for n in row.candidates if n in held]
        if inside:
            model.add(sum(inside) <= row.bound)
    _hint(model, encoding, literals, arrangement, numbers)
    return _maximise(model, encoding, literals, held, arrangement, numbers, seed)


def _hint(
    model: cp_model.CpModel,
    encoding: SeatEncoding,
    literals: list[cp_model.IntVar],
    arrangement: Arrangement,
    numbers: list[int],
) -> None:
    for (m, slot), code in encoding.at.items():
        seat = arrangement.seats.get(numbers[m])
        model.add_hint(literals[code - 1], seat is not None and seat.slot == slot)


def _maximise(
    model: cp_model.CpModel,
    encoding: SeatEncoding,
    literals: list[cp_model.IntVar],
    held: dict[int, Any],
    arrangement: Arrangement,
    numbers: list[int],
    seed: int,
) -> Joint | None:
    candidates = arrangement.board.candidates
    floors = []
    for floor in floors_of(arrangement.board):
        met = model.new_int_var(0, floor.bound, "")
        model.add(met <= sum(held[n] for n in floor.candidates if n in held))
        floors.append(met)
    goals = [
        ("musts", sum(candidates[n].musts * one for n, one in held.items())),
        ("floor", sum(floors)),
        ("worth", sum(candidates[n].worth * one for n, one in held.items())),
    ]
    bounds: dict[str, float] = {}
    values: list[int] | None = None
    for name, goal in goals:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_deterministic_time = WORK
        model.maximize(goal)
        if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        bounds[name] = solver.best_objective_bound
        values = [1 if solver.boolean_value(one) else -1 for one in literals]
        model.add(goal >= round(solver.objective_value))
    assert values is not None
    seats = encoding.seats(values)
    return Joint({number: seat for number, seat in zip(numbers, seats, strict=True) if seat is not None}, bounds)

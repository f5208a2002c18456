"""A checker and a second solver that share no code with the engine."""

from __future__ import annotations

from pysat.card import CardEnc, EncType
from pysat.formula import IDPool
from pysat.solvers import Glucose4

from duijie.engines.timetable import SlotProblem


def check(problem: SlotProblem, schedule: list[int], fairness: int) -> tuple[int, int]:
    """Breaks and idle slots of a schedule; raises AssertionError with the rule it breaks."""
    assert len(schedule) == len(problem.meetings)
    rows = [["."] * problem.slots for _ in range(problem.participants)]
    for number, (members, slot) in enumerate(zip(problem.meetings, schedule, strict=True)):
        assert slot in problem.allowed[number], f"meeting {number} in slot {slot}"
        for participant in members:
            assert rows[participant][slot] == ".", f"participant {participant} twice in slot {slot}"
            rows[participant][slot] = "#"
    for slot, tables in enumerate(problem.capacity):
        assert schedule.count(slot) <= tables, f"slot {slot} full"
    for first, second in problem.before:
        assert schedule[first] < schedule[second], f"meeting {first} not before {second}"
    runs = [[run for run in "".join(row).strip(".").split("#") if run] for row in rows]
    breaks = [len(run) for run in runs]
    assert max(breaks) - min(breaks) <= fairness
    return sum(breaks), sum(len(part) for run in runs for part in run)


class _Formula:
    """Clauses with fresh variables and totalizer cardinalities."""

    def __init__(self) -> None:
        self.pool = IDPool()
        self.clauses: list[list[int]] = []

    def new(self) -> int:
        return int(self.pool.id(("fresh", self.pool.top + 1)))

    def at_most(self, literals: list[int], bound: int) -> None:
        if bound < len(literals):
            self.clauses += CardEnc.atmost(literals, bound, vpool=self.pool, encoding=EncType.kmtotalizer).clauses

    def exactly(self, literals: list[int], bound: int) -> None:
        self.clauses += CardEnc.equals(literals, bound, vpool=self.pool, encoding=EncType.totalizer).clauses


def another_solver_finds(problem: SlotProblem, fairness: int, most_breaks: int) -> bool:
    """Whether Glucose finds a schedule of meetings of two with at most so many breaks; a complete decision.

    Another encoding than the engine's: tables are counted as half the busy participants, breaks as starts of runs. With
    fewer breaks than participants somebody has none, so that fairness is a limit on each.
    """
    assert most_breaks < problem.participants and all(len(members) == 2 for members in problem.meetings)
    formula = _Formula()
    at = {(m, t): formula.new() for m, slots in enumerate(problem.allowed) for t in slots}
    for meeting, slots in enumerate(problem.allowed):
        if not slots:
            return False
        formula.exactly([at[meeting, slot] for slot in slots], 1)
    for first, second in problem.before:
        for late in problem.allowed[second]:
            earlier = [at[first, slot] for slot in problem.allowed[first] if slot < late]
            formula.clauses.append([-at[second, late], *earlier])
    busy_in: list[list[int]] = [[] for _ in range(problem.slots)]
    all_starts: list[int] = []
    active = 0
    for participant in range(problem.participants):
        mine = [m for m, members in enumerate(problem.meetings) if participant in members]
        if not mine:
            continue
        active += 1
        busy, starts = [], []
        for slot in range(problem.slots):
            here = [at[m, slot] for m in mine if (m, slot) in at]
            literal = formula.new()
            formula.at_most(here, 1)
            formula.clauses += [[-one, literal] for one in here] + [[-literal, *here]]
            start = formula.new()
            formula.clauses.append([-literal, start, *busy[-1:]])
            busy.append(literal)
            starts.append(start)
            busy_in[slot].append(literal)
        formula.exactly(busy, len(mine))
        formula.at_most(starts, fairness + 1)
        formula.clauses.append(starts)
        all_starts += starts
    for slot, tables in enumerate(problem.capacity):
        formula.at_most(busy_in[slot], 2 * tables)
    formula.at_most(all_starts, active + most_breaks)
    with Glucose4(bootstrap_with=formula.clauses) as solver:
        return bool(solver.solve())

"""The ladder of bounds: progress, stopping, limits, drawn problems against trying everything."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.engines.timetable import Limits, Progress, Proof, SlotProblem, figures, solve_slots, violations

PAIRS = [(a, b) for a in range(4) for b in range(a + 1, 4)]


@st.composite
def problems(draw: st.DrawFn) -> SlotProblem:
    """Up to four meetings of four participants in up to four slots."""
    slots = draw(st.integers(1, 4))
    meetings = tuple(draw(st.lists(st.sampled_from(PAIRS), min_size=1, max_size=4)))
    some = st.lists(st.sampled_from(range(slots)), min_size=1, unique=True).map(lambda found: tuple(sorted(found)))
    before = ((0, len(meetings) - 1),) if len(meetings) > 1 and draw(st.booleans()) else ()
    return SlotProblem(
        participants=4,
        slots=slots,
        meetings=meetings,
        allowed=tuple(draw(some) for _ in meetings),
        capacity=tuple(draw(st.integers(0, 2)) for _ in range(slots)),
        before=before,
        fairness=draw(st.sampled_from([None, 0, 1, 2])),
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(problems())
def test_the_proof_agrees_with_trying_everything(problem: SlotProblem) -> None:
    valid = [figures(problem, choice) for choice in product(*problem.allowed) if not violations(problem, choice)]
    result = solve_slots(problem, Limits(workers=1), idle=True)
    if not valid:
        assert result.proof is Proof.INFEASIBLE and result.schedule is None
        return
    breaks = min(one.total_breaks for one in valid)
    idle = min(one.total_idle for one in valid if one.total_breaks == breaks)
    assert result.schedule is not None and violations(problem, result.schedule) == []
    assert (result.proof, result.idle_proof) == (Proof.OPTIMAL, Proof.OPTIMAL)
    assert (result.break_bound, result.idle_bound) == (breaks, idle)
    assert figures(problem, result.schedule) == result.figures


def day(people: int, slots: int) -> SlotProblem:
    """Everybody meets everybody."""
    meetings = tuple((a, b) for a in range(people) for b in range(a + 1, people))
    every = tuple(range(slots))
    return SlotProblem(people, slots, meetings, (every,) * len(meetings), (people // 3,) * slots)


def test_progress_never_gets_worse_and_stopping_keeps_the_best() -> None:
    seen: list[Progress] = []
    result = solve_slots(day(9, 13), Limits(workers=1, conflicts=20_000, progress=seen.append), idle=True)
    breaks = [one for one in seen if one.stage == "breaks"]
    assert [one.bound for one in breaks] == sorted(one.bound for one in breaks)
    values = [one.value for one in breaks if one.value is not None]
    assert values == sorted(values, reverse=True)
    assert result.schedule is not None
    stopped = solve_slots(day(9, 13), Limits(workers=1, stop=lambda: True))
    assert stopped.proof in (Proof.BOUND, Proof.OPTIMAL, Proof.UNKNOWN)
    if stopped.schedule is not None:
        assert violations(day(9, 13), stopped.schedule) == []


def test_a_known_schedule_is_never_made_worse() -> None:
    problem = day(6, 9)
    start = solve_slots(problem, Limits(workers=1)).schedule
    assert start is not None
    again = solve_slots(problem, Limits(workers=1, conflicts=1), start=start)
    assert again.figures is not None
    assert again.figures.total_breaks <= figures(problem, start).total_breaks

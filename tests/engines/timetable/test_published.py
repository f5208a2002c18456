"""The reader of published instances, and the published optima."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from duijie.engines.timetable import (
    Limits,
    Proof,
    PublishedInstance,
    TimetableInputError,
    read_published,
    read_published_file,
    solve_slots,
)
from tests.engines.timetable.second_opinion import another_solver_finds, check

SMALL = """
nBusiness = 3; nMeetings = 3;
nTables = 2; nTotalSlots = 4;nMorningSlots = 2;
requested = [|1, 2,1,
|1, 3,2,
|2,3 , 3|];
"""


def test_a_file_without_optional_blocks_is_read() -> None:
    problem = read_published(SMALL).problem
    assert problem.meetings == ((0, 1), (0, 2), (1, 2))
    assert problem.allowed == ((0, 1), (2, 3), (0, 1, 2, 3))
    assert problem.capacity == (2, 2, 2, 2)
    assert problem.before == ()


def test_optional_blocks_are_read_under_either_name_and_any_spacing() -> None:
    text = SMALL + "forbidden=[ {1} ,{},\n{3..4}];fixat = [0,0 ,2] ; % a remark\nprecedences = [{0},{1},{}];"
    problem = read_published(text).problem
    assert problem.allowed == ((1,), (), (1,))
    assert problem.before == ((0, 1),)


def test_arrays_with_index_sets_are_read() -> None:
    text = SMALL.replace("[|1, 2,1,\n|1, 3,2,\n|2,3 , 3|]", "array2d(1..3, 1..3, [1,2,1, 1,3,2, 2,3,3])")
    assert read_published(text).problem.meetings == ((0, 1), (0, 2), (1, 2))
    assert read_published(SMALL + "fixed = array1d(1..3, [0,0,1]);").problem.allowed[2] == (0,)


def test_a_block_of_the_wrong_length_is_left_aside_and_said() -> None:
    instance = read_published(SMALL + "fixed = [1,2];")
    assert instance.problem.allowed[0] == (0, 1)
    assert instance.notes == ("fixed: 2 entries for 3 meetings; left aside",)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (("nTables = 2;", ""), "nTables is missing"),
        (("nMeetings = 3", "nMeetings = 4"), "requested: 9 numbers, but 4 meetings need 12"),
        (("|1, 3,2", "|1, 5,2"), "requested: meeting 2 names a participant outside 1..3"),
        (("|1, 3,2", "|1, 3,7"), "requested: meeting 2 has session 7; 1, 2 or 3 is known"),
        (("|1, 3,2", "|1, 1,2"), "meeting 2: a participant would meet itself"),
    ],
)
def test_damage_is_told_with_its_place(damage: tuple[str, str], message: str) -> None:
    with pytest.raises(TimetableInputError) as caught:
        read_published(SMALL.replace(*damage))
    assert str(caught.value) == message


def test_the_small_instance_is_solved() -> None:
    problem = read_published(SMALL).problem
    result = solve_slots(problem, Limits(workers=1), idle=True)
    assert result.schedule is not None
    assert (result.proof, result.idle_proof) == (Proof.OPTIMAL, Proof.OPTIMAL)
    assert check(problem, list(result.schedule), 2) == (1, 1)
    assert another_solver_finds(problem, 2, 1) is True
    assert another_solver_finds(problem, 2, 0) is False


SAMPLE = [
    "tic-12.original", "tic-12.fixed020-Forb", "tic-12.forb0003", "tic-13crafb.fixed040-Forb", "tic-14crafc.fixed020-Forb",
    "forumt-14.original", "forumt-14crafd.prec25", "forumt-14crafd.forb0007", "forum-13.fixed020-Forb", "forum-13.prec25",
    "ticf-13crafc.fixed040-Forb", "forum-13crafb.prec15",
]  # fmt: skip
COLUMNS = {"original": "d2_original", "forb0003": "forb0.3", "forb0007": "forb0.7", "fixed020-Forb": "fixed20",
           "fixed040-Forb": "fixed40", "prec15": "prec15", "prec25": "prec25"}  # fmt: skip


def reference_instance(name: str, fairness: int = 2) -> tuple[PublishedInstance, dict[str, str]]:
    folder = Path(os.environ["DUIJIE_REFERENCE_DATA"]) / "timetable"
    with (folder / "published_optima.csv").open(encoding="utf-8") as source:
        published = {row["instance"]: row for row in csv.DictReader(source)}
    instance = read_published_file(folder / "instances" / f"{name}.dzn", fairness=fairness)
    return instance, published[name.rsplit(".", 1)[0]]


@pytest.mark.reference
@pytest.mark.parametrize("name", SAMPLE)
def test_published_optimum_is_proven(name: str) -> None:
    instance, published = reference_instance(name)
    expected = published[COLUMNS[name.rsplit(".", 1)[1]]]
    result = solve_slots(instance.problem, Limits(workers=1))
    if expected == "UNSAT":
        assert result.proof is Proof.INFEASIBLE
        return
    assert result.proof is Proof.OPTIMAL
    assert result.schedule is not None
    assert check(instance.problem, list(result.schedule), 2)[0] == int(expected)


@pytest.mark.reference
@pytest.mark.parametrize("fairness", [0, 1, 3])
@pytest.mark.parametrize("name", ["tic-12", "forumt-14", "forumt-14crafd", "tic-13crafb"])
def test_other_fairness_bounds(name: str, fairness: int) -> None:
    instance, published = reference_instance(f"{name}.original", fairness)
    result = solve_slots(instance.problem, Limits(workers=1))
    expected = published[f"d{fairness}_original"]
    if expected == "UNSAT":
        assert result.proof is Proof.INFEASIBLE
    else:
        assert check(instance.problem, list(result.schedule or ()), fairness)[0] == int(expected)


@pytest.mark.reference
@pytest.mark.parametrize(
    "name",
    [
        "tic-12.fixed020-Forb", "tic-13crafb.fixed020-Forb", "tic-13crafb.fixed040-Forb", "tic-14crafa.fixed020-Forb",
        "tic-14crafc.fixed020-Forb", "forumt-14.original", "forumt-14crafd.original", "forumt-14.fixed020-Forb",
        "forum-13.fixed040-Forb",
    ],
)  # fmt: skip
def test_a_second_solver_finds_no_schedule_with_one_break_fewer(name: str) -> None:
    instance, published = reference_instance(name)
    optimum = int(published[COLUMNS[name.rsplit(".", 1)[1]]])
    assert another_solver_finds(instance.problem, 2, optimum) is True
    assert another_solver_finds(instance.problem, 2, optimum - 1) is False


@pytest.mark.reference
@pytest.mark.parametrize("name", ["tic-12.forb0003", "forum-13.prec25", "forum-13crafb.prec15"])
def test_a_second_solver_agrees_that_nothing_fits(name: str) -> None:
    instance, _ = reference_instance(name)
    assert another_solver_finds(instance.problem, 2, instance.problem.participants - 1) is False


@pytest.mark.reference
def test_the_portfolio_gives_the_same_timetable_twice() -> None:
    instance, _ = reference_instance("ticf-13crafc.forb0003")
    first, second = (solve_slots(instance.problem, Limits(workers=2)) for _ in range(2))
    assert first.figures is not None and first.figures.total_breaks == 1
    assert first.schedule == second.schedule


@pytest.mark.reference
def test_a_work_limit_ends_with_a_schedule_and_a_bound_and_repeats() -> None:
    instance, _ = reference_instance("forumt-14.fixed020-Forb")
    limits = Limits(conflicts=600, workers=1)
    first, second = (solve_slots(instance.problem, limits, idle=True) for _ in range(2))
    assert first == second
    assert first.schedule is not None and first.figures is not None
    assert first.break_bound <= 7 <= first.figures.total_breaks
    assert check(instance.problem, list(first.schedule), 2) == (first.figures.total_breaks, first.figures.total_idle)

"""The fair turn: its laws for any candidates, wishes, exclusions, comings and goings; its results by hand."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.engines.rota import NobodyLeft, fair_turn

NAMES = "ABCDEFG"


def hosts(turns: list[object]) -> str:
    return "".join(turn.host for turn in turns)  # type: ignore[attr-defined]


def test_turns_repeat_in_the_given_order_without_wishes() -> None:
    assert hosts(fair_turn("ABC", 7)) == "ABCABCA"


def test_wishes_decide_the_first_order_and_so_all_rounds() -> None:
    wishes = {"C": frozenset({0, 3}), "A": frozenset({2})}
    assert hosts(fair_turn("ABC", 6, wishes=wishes)) == "CBACBA"


def test_who_is_passed_over_keeps_its_place_and_the_round_says_why() -> None:
    turns = fair_turn("ABC", 6, excluded={("B", 1): "大会", ("B", 4): "大会"}, hosted="ABC")
    assert hosts(turns) == "ACBACB"
    assert turns[1].passed == (("B", "大会"),)
    assert [turn.passed for turn in turns[2:]] == [(), (), (), ()]


def test_history_and_settled_rounds_count_as_turns() -> None:
    assert hosts(fair_turn("ABC", 4, hosted="AB")) == "CABC"
    turns = fair_turn("ABC", 5, fixed={1: "A"})
    assert (hosts(turns), turns[1].by_hand) == ("AABCA", True)
    assert hosts(fair_turn("ABC", 4, fixed={0: "C"})) == "CABC"


def test_who_joins_queues_at_the_end_and_who_leaves_is_gone() -> None:
    assert hosts(fair_turn("ABC", 6, joins={"C": 2})) == "ABABCA"
    assert hosts(fair_turn("ABC", 6, leaves={"B": 2})) == "ABCACA"


def test_everybody_excluded_is_refused_with_the_round() -> None:
    with pytest.raises(NobodyLeft) as refused:
        fair_turn("AB", 4, excluded={("A", 2): "x", ("B", 2): "y"})
    assert refused.value.round_number == 2


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[str], int, dict[str, object]]:
    names = list(NAMES[: draw(st.integers(1, 7))])
    rounds = draw(st.integers(1, 30))
    some = st.sampled_from(names)
    number = st.integers(0, rounds - 1)
    excluded = draw(st.dictionaries(st.tuples(some, number), st.just("原因"), max_size=25))
    more = {
        "wishes": draw(st.dictionaries(some, st.frozensets(number, max_size=4), max_size=4)),
        "excluded": excluded,
        "joins": draw(st.dictionaries(some, number, max_size=3)),
        "leaves": draw(st.dictionaries(some, number, max_size=2)),
        "fixed": draw(st.dictionaries(number, some, max_size=3)),
        "hosted": draw(st.lists(some, max_size=10)),
    }
    return names, rounds, more


@settings(max_examples=300)
@given(situations())
def test_over_any_rounds_hosts_differ_by_at_most_one_unless_a_reason_is_stated(
    situation: tuple[list[str], int, dict[str, object]],
) -> None:
    names, rounds, more = situation
    try:
        turns = fair_turn(names, rounds, **more)  # type: ignore[arg-type]
    except NobodyLeft:
        return
    assert [turn.round_number for turn in turns] == list(range(rounds))
    assert turns == fair_turn(names, rounds, **more)  # type: ignore[arg-type]
    row = hosts(turns)
    excluded, joins, leaves = more["excluded"], more["joins"], more["leaves"]

    def free(name: str, start: int, stop: int) -> bool:
        """Took part from `start` to `stop`, never excluded there, and no hand set a round for it there."""
        here = joins.get(name, 0) <= start and leaves.get(name, rounds) >= stop  # type: ignore[attr-defined]
        touched = any((name, n) in excluded for n in range(start, stop))  # type: ignore[operator]
        return here and not touched and not any(turns[n].by_hand and row[n] == name for n in range(start, stop))

    for start in range(rounds):
        for stop in range(start + 1, rounds + 1):
            counts = {n: row[start:stop].count(n) for n in names if free(n, start, stop)}
            for one, other in combinations(counts, 2):
                assert abs(counts[one] - counts[other]) <= 1, (row, start, stop, one, other)


@settings(max_examples=100)
@given(situations())
def test_nobody_hosts_when_excluded_or_away_and_each_exception_is_named(
    situation: tuple[list[str], int, dict[str, object]],
) -> None:
    names, rounds, more = situation
    try:
        turns = fair_turn(names, rounds, **more)  # type: ignore[arg-type]
    except NobodyLeft as nobody:
        gone = [n for n in names if (n, nobody.round_number) in more["excluded"]]  # type: ignore[operator]
        away = [n for n in names if more["joins"].get(n, 0) > nobody.round_number]  # type: ignore[attr-defined]
        left = [n for n in names if more["leaves"].get(n, rounds) <= nobody.round_number]  # type: ignore[attr-defined]
        assert set(gone) | set(away) | set(left) == set(names)
        return
    for turn in turns:
        if turn.by_hand:
            assert more["fixed"][turn.round_number] == turn.host  # type: ignore[index]
            continue
        assert (turn.host, turn.round_number) not in more["excluded"]  # type: ignore[operator]
        assert more["joins"].get(turn.host, 0) <= turn.round_number < more["leaves"].get(turn.host, rounds)  # type: ignore[attr-defined]
        assert all(reason == more["excluded"][name, turn.round_number] for name, reason in turn.passed)  # type: ignore[index]

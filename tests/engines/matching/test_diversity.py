"""Laws of the diversified first places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.matching.diversity import WINDOW, diverse_order, diversify, likeness

scores_of = st.lists(st.floats(0, 1), max_size=25)


def by_parity(i: int, j: int) -> float:
    return float(i % 2 == j % 2)


@given(scores_of, st.floats(0, 0.5), st.integers(0, 5))
def test_nothing_is_lost_the_best_stays_first_and_the_loss_is_bounded(
    scores: list[float], tolerance: float, patience: int
) -> None:
    order = diversify(scores, by_parity, tolerance=tolerance, patience=patience)
    assert sorted(order) == list(range(len(scores)))
    if scores:
        assert scores[order[0]] == max(scores)
    for place in range(min(10, len(order))):
        assert scores[order[place]] >= max(scores[i] for i in order[place:]) - tolerance


@given(scores_of, st.integers(0, 5))
def test_nobody_waits_long(scores: list[float], patience: int) -> None:
    order = diversify(scores, by_parity, tolerance=1.0, patience=patience, places=len(scores))
    by_score = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    for rank, i in enumerate(by_score):
        # Passed over `patience` times, it still waits at most for those before it that are overdue as well.
        assert order.index(i) <= rank + patience + rank * patience


@given(scores_of)
def test_without_tolerance_the_order_of_scores_stands_up_to_ties(scores: list[float]) -> None:
    order = diversify(scores, by_parity, tolerance=0)
    assert [scores[i] for i in order] == sorted(scores, reverse=True)


def test_a_near_copy_gives_way_to_something_new() -> None:
    assert diversify([0.90, 0.89, 0.85], lambda i, j: float({i, j} == {0, 1})) == [0, 2, 1]
    # The same copy keeps its place where the other candidate is much worse.
    assert diversify([0.90, 0.89, 0.50], lambda i, j: float({i, j} == {0, 1})) == [0, 1, 2]


def test_an_owner_takes_at_most_so_many_places_while_others_wait() -> None:
    scores = [0.9, 0.8, 0.7, 0.6, 0.5]
    owners = ["a", "a", "a", "b", "a"]
    order = diversify(scores, lambda i, j: 0.0, places=4, owners=owners, most_per_owner=2)
    assert order == [0, 1, 3, 2, 4]


def test_titles_are_alike_by_their_pairs_of_characters() -> None:
    assert likeness("压铸件气孔检测", "压铸件气孔检测") == 1
    assert likeness("压铸件气孔检测", "压铸件气孔检测系统") == 0.75
    assert likeness("压铸件", "茶叶烘干") == 0
    assert likeness("", "") == 1
    assert likeness("", "压铸") == 0


def test_copies_and_a_fourth_of_one_owner_give_way_only_within_one_list() -> None:
    titles = ["气孔在线检测", "气孔在线检测", "铸件X光探伤", "模具温控"]
    nobody: list[object] = [None] * 4
    assert diverse_order([0.9, 0.89, 0.88, 0.87], titles, nobody) == [0, 2, 3, 1]
    assert diverse_order([0.9, 0.89, 0.88, 0.87], titles, nobody, ["a", "b", "a", "a"]) == [0, 1, 2, 3]
    assert diverse_order([0.9, 0.8, 0.7, 0.6], titles, nobody) == [0, 1, 2, 3]  # much worse ones do not go before it
    five = ["甲乙", "丙丁", "戊己", "庚辛", "壬癸"]
    assert diverse_order([0.9, 0.8, 0.7, 0.6, 0.5], five, ["x", "x", "x", "x", "y"]) == [0, 1, 2, 4, 3]


def test_those_after_the_window_keep_their_places() -> None:
    size = WINDOW + 5
    order = diverse_order([0.5] * size, [f"{i}号设备" for i in range(size)], [None] * size)
    assert order[WINDOW:] == list(range(WINDOW, size))
    assert sorted(order) == list(range(size))

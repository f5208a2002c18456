"""Laws of the diversified first places."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.matching.diversity import diversify

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

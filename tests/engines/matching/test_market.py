"""Laws of fusing and balancing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from duijie.engines.matching.market import balance, first_places, fuse

PROBABILITIES = st.floats(0, 1)


def dense(scores: np.ndarray, need_capacity: float = 1.0, offer_capacity: float = 1.0, **options: float):
    needs, offers = np.indices(scores.shape)
    return balance(
        needs.ravel(),
        offers.ravel(),
        scores.ravel(),
        need_capacity=np.full(scores.shape[0], need_capacity),
        offer_capacity=np.full(scores.shape[1], offer_capacity),
        tolerance=1e-10,
        max_rounds=20_000,
        **options,
    )


@given(PROBABILITIES, PROBABILITIES)
def test_means_lie_between_both_sides_and_do_not_depend_on_who_is_first(p: float, q: float) -> None:
    values = {}
    for mean in ("geometric", "harmonic", "arithmetic", "minimum"):
        values[mean] = float(fuse(p, q, mean))
        assert values[mean] == float(fuse(q, p, mean))
        assert min(p, q) - 1e-12 <= values[mean] <= max(p, q) + 1e-12
    assert values["minimum"] <= values["harmonic"] + 1e-12
    assert values["harmonic"] <= values["geometric"] + 1e-9
    assert values["geometric"] <= values["arithmetic"] + 1e-9


def test_a_side_that_never_agrees_leaves_nothing() -> None:
    assert fuse([0.0, 0.9], [1.0, 0.4]).tolist() == [0.0, pytest.approx(0.6)]
    assert fuse(0.0, 0.0, "harmonic") == 0


matrices = arrays.arrays(float, arrays.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(0.05, 1))


@settings(deadline=None, max_examples=60)
@given(matrices, st.floats(0.5, 4), st.floats(0.5, 4))
def test_nobody_gets_more_than_capacity_and_what_is_free_is_accounted_for(
    scores: np.ndarray, need_capacity: float, offer_capacity: float
) -> None:
    result = dense(scores, need_capacity, offer_capacity, temperature=0.5)
    flow = result.matches.reshape(scores.shape)
    np.testing.assert_allclose(flow.sum(axis=1) + result.need_free * need_capacity, need_capacity, rtol=1e-6)
    np.testing.assert_allclose(flow.sum(axis=0) + result.offer_free * offer_capacity, offer_capacity, rtol=1e-6)
    assert result.residual <= 1e-10


@settings(deadline=None, max_examples=60)
@given(matrices)
def test_both_sides_exchanged_give_the_same_flow(scores: np.ndarray) -> None:
    there = dense(scores, 2.0, 3.0, temperature=0.5).matches.reshape(scores.shape)
    back = dense(scores.T, 3.0, 2.0, temperature=0.5).matches.reshape(scores.T.shape)
    np.testing.assert_allclose(there, back.T, rtol=1e-5)


@settings(deadline=None, max_examples=30)
@given(arrays.arrays(float, (5, 5), elements=st.floats(0.05, 1)))
def test_a_symmetric_market_has_a_symmetric_flow(scores: np.ndarray) -> None:
    flow = dense((scores + scores.T) / 2, temperature=0.5).matches.reshape(5, 5)
    np.testing.assert_allclose(flow, flow.T, rtol=1e-5)


def test_the_order_of_the_pairs_does_not_matter_and_nothing_is_random() -> None:
    generator = np.random.default_rng(4)
    keys = generator.permutation(40 * 30)[:500]
    scores = generator.random(500)
    capacities = {"need_capacity": np.full(40, 2.0), "offer_capacity": np.full(30, 3.0)}
    first = balance(keys // 30, keys % 30, scores, **capacities)
    again = balance(keys // 30, keys % 30, scores, **capacities)
    assert np.array_equal(first.scores, again.scores)
    shuffled = generator.permutation(500)
    moved = balance(keys[shuffled] // 30, keys[shuffled] % 30, scores[shuffled], **capacities)
    assert np.array_equal(first.scores[shuffled], moved.scores)


def test_a_crowded_offer_gives_way_to_a_free_one_of_nearly_the_same_score() -> None:
    # Everybody likes offer 0 a little better; the last need is liked by it best and keeps it.
    scores = np.array([[0.62, 0.60], [0.62, 0.10], [0.62, 0.10], [0.90, 0.10]])
    ordered = dense(scores).scores.reshape(scores.shape)
    assert ordered[0, 1] > ordered[0, 0]
    assert np.argmax(ordered[:, 0]) == 3


def test_parties_without_candidates_stay_wholly_free() -> None:
    result = balance([0], [0], [0.5], need_capacity=[1, 1], offer_capacity=[1, 1, 1])
    assert result.need_free[1] == 1
    assert result.offer_free[1:].tolist() == [1, 1]


def test_scores_of_nought_and_an_empty_market() -> None:
    result = balance([0, 0], [0, 1], [0.0, 0.5], need_capacity=[1], offer_capacity=[1, 1])
    assert np.all(np.isfinite(result.scores))
    assert result.scores[1] > result.scores[0]
    assert balance([], [], [], need_capacity=[1], offer_capacity=[1]).scores.size == 0


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (([0], [0, 1], [0.5]), "differ in number"),
        (([1], [0], [0.5]), "no capacity"),
        (([0], [0], [1.5]), "between 0 and 1"),
        (([0, 0], [0, 0], [0.5, 0.5]), "stands twice"),
    ],
)
def test_impossible_markets_are_refused(pairs: tuple[list[int], list[int], list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        balance(*pairs, need_capacity=[1], offer_capacity=[1, 1])


def test_capacity_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        balance([0], [0], [0.5], need_capacity=[0], offer_capacity=[1])


def test_first_places_cut_each_list_and_break_ties_by_the_other_party() -> None:
    starts, pairs = first_places([1, 1, 0, 1], [7, 5, 9, 6], [0.5, 0.5, 0.1, 0.9], 2)
    assert starts.tolist() == [0, 1, 3]
    assert pairs.tolist() == [2, 3, 1]

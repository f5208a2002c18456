"""Location quotients, specialisation, concentration, stars, relatedness."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from duijie.engines.clusters import (
    cluster_stars,
    coherence,
    colocation,
    ellison_glaeser,
    excess_activity,
    herfindahl,
    hoover,
    industry_shares,
    krugman_between,
    krugman_specialisation,
    location_quotient,
    locational_gini,
    proximity,
    proximity_adjusted_location_quotient,
    region_shares,
    related_groups,
    standardised_location_quotient,
    symmetric_location_quotient,
    traded_industries,
)
from duijie.engines.composite.errors import CompositeError

TABLE = np.array([[40.0, 10], [10, 40]])
activities = arrays(float, (5, 4), elements=st.floats(0.5, 1000))


@given(activities)
def test_quotients_average_to_one_by_weight(activity: np.ndarray) -> None:
    weights = activity.sum(axis=1) / activity.sum()
    np.testing.assert_allclose((location_quotient(activity) * weights[:, None]).sum(axis=0), 1)


@given(activities, st.floats(0.01, 100))
def test_quotients_do_not_depend_on_the_unit(activity: np.ndarray, scale: float) -> None:
    for measure in (location_quotient, symmetric_location_quotient, locational_gini, hoover, krugman_specialisation):
        np.testing.assert_allclose(measure(activity * scale), measure(activity), rtol=1e-7, atol=1e-9)


@given(activities)
def test_bounds(activity: np.ndarray) -> None:
    assert ((krugman_specialisation(activity) >= 0) & (krugman_specialisation(activity) <= 2)).all()
    assert ((locational_gini(activity) >= -1e-12) & (locational_gini(activity) < 1)).all()
    assert ((hoover(activity) >= 0) & (hoover(activity) < 1)).all()
    squares = herfindahl(region_shares(activity), normalised=True)
    assert ((squares >= -1e-12) & (squares <= 1 + 1e-12)).all()
    np.testing.assert_allclose(excess_activity(activity).sum(axis=0), 0, atol=1e-8)


def test_values_worked_by_hand() -> None:
    assert location_quotient(TABLE).tolist() == [[1.6, 0.4], [0.4, 1.6]]
    assert krugman_specialisation(TABLE).tolist() == pytest.approx([1.2, 1.2])
    assert krugman_between(TABLE)[0].tolist() == pytest.approx([0, 1.2])
    assert herfindahl(industry_shares(TABLE), axis=0).tolist() == pytest.approx([0.68, 0.68])
    assert locational_gini(TABLE).tolist() == pytest.approx([0.3, 0.3])
    assert hoover(TABLE).tolist() == pytest.approx([0.3, 0.3])
    # G = 2 * 0.3² = 0.18, 1 - Σx² = 0.5; with H = 0.1: (0.18 - 0.05) / (0.5 * 0.9)
    assert ellison_glaeser(TABLE, [0.1, 0.1]).tolist() == pytest.approx([0.13 / 0.45] * 2)


def test_an_industry_spread_like_all_others_is_not_concentrated() -> None:
    alike = np.outer([1.0, 2, 7], [3.0, 5])
    np.testing.assert_allclose(location_quotient(alike), 1)
    np.testing.assert_allclose(locational_gini(alike), 0, atol=1e-12)
    np.testing.assert_allclose(krugman_specialisation(alike), 0, atol=1e-12)


def test_a_small_remote_place_loses_its_height_when_its_surroundings_count() -> None:
    activity = np.array([[2.0, 1], [1, 300], [200, 300], [180, 300]])
    far = np.array([[0.0, 5, 900, 900], [5, 0, 900, 900], [900, 900, 0, 10], [900, 900, 10, 0]])
    plain = location_quotient(activity)[:, 0]
    adjusted = proximity_adjusted_location_quotient(activity, far, reach=50)[:, 0]
    assert plain[0] == plain.max()
    assert adjusted[0] < 0.1 and adjusted[2] > 1 and adjusted[3] > 1


def test_the_standardised_quotient_has_mean_nought_and_spread_one() -> None:
    found = standardised_location_quotient(np.array([[5.0, 1], [3, 9], [0, 2], [7, 4]]))
    assert np.isnan(found[2, 0])
    known = found[[0, 1, 3], 0]
    assert known.mean() == pytest.approx(0) and known.std(ddof=1) == pytest.approx(1)


def test_stars() -> None:
    activity = np.full((20, 3), 40.0)
    activity[:, 0] = 10
    activity[0] = [500, 10, 10]
    activity[1] = [60, 1, 1]
    activity[2] = [3, 0, 0]
    stars = cluster_stars(activity, size_least=5)
    assert stars.count[0, 0] == 2  # largest, specialised; two smaller places are more focused
    assert (stars.for_size[:, 0].nonzero()[0]).tolist() == [0, 1]
    assert stars.for_specialisation[:2, 0].tolist() == [True, True]
    assert stars.for_focus[1, 0] and not stars.for_focus[2, 0], "the place of three gets no star for all its focus"
    assert stars.count[2, 0] == 0


def test_related_industries_are_grouped() -> None:
    generator = np.random.default_rng(3)
    base = generator.lognormal(3, 1, (40, 2))
    activity = base[:, [0, 0, 0, 1, 1]] * generator.lognormal(0, 0.1, (40, 5))
    similar = colocation(activity)
    assert related_groups(similar, 2) == [(0, 1, 2), (3, 4)]
    for within, between in coherence(similar, related_groups(similar, 2)):
        assert within > between
    near = proximity(activity)
    np.testing.assert_allclose(near, near.T)
    assert near[0, 1] > near[0, 3]


def test_traded_industries_are_those_unevenly_spread() -> None:
    activity = np.array([[90.0, 30, 28], [5, 30, 31], [5, 30, 29]])
    assert traded_industries(activity).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: location_quotient([[1.0, -1]]), "zero or more"),
        (lambda: location_quotient([[1.0, np.nan]]), "zero or more"),
        (lambda: location_quotient([[0.0, 0]]), "no activity"),
        (lambda: krugman_specialisation([[1.0, 2]]), "only 1 regions"),
        (lambda: ellison_glaeser(TABLE, [1.0, 0.1]), "between 0 and 1"),
        (lambda: proximity_adjusted_location_quotient(TABLE, [[0.0]], 1), "does not fit"),
        (lambda: related_groups(np.eye(3), 9), "outside 1 to 3"),
    ],
)
def test_refusals(call: object, sentence: str) -> None:
    assert callable(call)
    with pytest.raises(CompositeError, match=sentence):
        call()

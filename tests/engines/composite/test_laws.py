"""Laws that hold whatever the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from duijie.engines.composite import CompositeError, decompose_change, decompose_gap, replay, to_json
from duijie.engines.composite.export import panel_document, panel_from_document
from duijie.engines.composite.methods.imputation import constant, latest, linear
from duijie.engines.composite.methods.means import MEANS
from tests.engines.composite.small import built, panel, sample, specification

# Values with two decimals: neighbours that differ in the sixteenth digit have no order to speak of.
tables = arrays(np.int64, (6, 4), elements=st.integers(1, 10_000)).map(lambda table: table / 100)
spread = tables.filter(lambda table: bool((np.ptp(table, axis=0) > 0).all()))
INVARIANT = ["min_max", "z_score", "distance_to_max", "rank", "borda", "percentile_rank", "percentile"]
MEAN_NAMES = ["arithmetic", "geometric", "harmonic", "generalised", "minimum", "maximum", "median", "sum"]


@given(spread, st.sampled_from(INVARIANT), st.floats(0.01, 100), st.floats(-50, 50))
def test_scale_and_shift_change_nothing_where_the_method_says_so(
    values: np.ndarray, method: str, scale: float, shift: float
) -> None:
    steps: list[Any] = [{"normalise": {"method": method}}, {"aggregate": {}}]
    moved = (
        built(np.round(values * scale + shift, 9), steps)
        if method in ("rank", "borda")
        else built(values * scale + shift, steps)
    )
    np.testing.assert_allclose(moved.scores(), built(values, steps).scores(), atol=1e-6)


@given(spread, st.sampled_from(["ratio_to_mean", "fraction_of_best", "share"]), st.floats(0.01, 100))
def test_ratios_do_not_depend_on_the_unit(values: np.ndarray, method: str, scale: float) -> None:
    steps: list[Any] = [{"normalise": {"method": method}}, {"aggregate": {}}]
    np.testing.assert_allclose(built(values * scale, steps).scores(), built(values, steps).scores(), rtol=1e-9)


GOALPOSTS = {"normalise": {"method": "goalposts", "low": 0.001, "high": 200, "lower": 1, "truncate": False}}


@given(spread, st.sampled_from(MEAN_NAMES), st.integers(0, 3), st.integers(0, 5), st.floats(0.01, 50))
def test_better_on_one_indicator_is_never_worse_in_all(
    values: np.ndarray, method: str, column: int, row: int, step: float
) -> None:
    steps: list[Any] = [GOALPOSTS, {"aggregate": {"method": method, "power": 3}}]
    better = values.copy()
    better[row, column] = max(0.01, better[row, column] + (step if column != 2 else -step))
    assert built(better, steps).scores()[row] >= built(values, steps).scores()[row] - 1e-9


@given(
    spread,
    st.permutations(range(6)),
    st.sampled_from(["arithmetic", "geometric", "copeland", "borda", "benefit_of_the_doubt"]),
)
@settings(max_examples=40)
def test_the_order_of_units_does_not_matter(values: np.ndarray, order: list[int], method: str) -> None:
    steps: list[Any] = [{"normalise": {"lower": 1}}, {"aggregate": {"method": method}}]
    plain, mixed = built(values, steps), built(values[order], steps)
    np.testing.assert_allclose(mixed.scores(), plain.scores()[order], rtol=1e-9)


@given(tables, st.sampled_from(sorted(MEANS)))
def test_a_mean_lies_between_its_children_and_keeps_equal_ones(values: np.ndarray, method: str) -> None:
    weights = np.array([1.0, 2, 3, 0.5])
    if method in ("sum", "mazziotta_pareto", "mazziotta_pareto_plus"):
        return
    found = MEANS[method](values, weights, 2.0)
    assert (found >= values.min(axis=1) * (1 - 1e-9)).all() and (found <= values.max(axis=1) * (1 + 1e-9)).all()
    same = np.repeat(values[:, :1], 4, axis=1)
    np.testing.assert_allclose(MEANS[method](same, weights, 2.0), same[:, 0])


@given(tables)
def test_means_stand_in_their_order_and_imbalance_is_punished(values: np.ndarray) -> None:
    weights = np.ones(4)
    harmonic, geometric, arithmetic = (
        MEANS[name](values, weights, None) for name in ("harmonic", "geometric", "arithmetic")
    )
    assert (harmonic <= geometric * (1 + 1e-9)).all() and (geometric <= arithmetic * (1 + 1e-9)).all()
    np.testing.assert_allclose(MEANS["generalised"](values, weights, -1.0), harmonic)
    punished, rewarded = (MEANS[name](values, weights, None) for name in ("mazziotta_pareto", "mazziotta_pareto_plus"))
    assert (punished <= arithmetic + 1e-9).all() and (rewarded >= arithmetic - 1e-9).all()
    np.testing.assert_allclose(punished + rewarded, 2 * arithmetic)


DECOMPOSABLE = sorted(MEANS)


@given(
    arrays(np.int64, (4, 4), elements=st.integers(1, 10_000)).map(lambda table: table / 100),
    st.sampled_from(DECOMPOSABLE),
    st.sampled_from(DECOMPOSABLE),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=4),
)
def test_contributions_sum_to_the_change(
    values: np.ndarray, lower: str, upper: str, gaps: list[tuple[int, int]]
) -> None:
    holed = values.copy()
    for row, column in gaps:
        if np.isnan(holed[row]).sum() < 2:
            holed[row, column] = np.nan
    if bool(np.isnan(holed).all(axis=0).any()):
        holed = values
    steps: list[Any] = [GOALPOSTS, {"aggregate": {"method": lower, "power": -2, "by_level": {"3": {"method": upper}}}}]
    try:
        index = built(holed, steps, periods=2)
    except CompositeError as fault:  # a penalised mean may turn negative, which a power mean above it cannot take
        assert "mazziotta" in lower and fault.code in ("geometric_not_positive", "harmonic_not_positive")
        return
    for unit in ("u0", "u1"):
        found = decompose_change(index, unit, "2020", "2021")
        size = max(abs(found.before), abs(found.after), 1.0)
        assert sum(leaf.contribution for leaf in found.leaves) == pytest.approx(found.change, abs=1e-7 * size)
    gap = decompose_gap(index, "u0", "u1", "2021")
    assert sum(leaf.contribution for leaf in gap.leaves) == pytest.approx(
        gap.change, abs=1e-7 * max(abs(gap.after), 1.0)
    )


def test_the_contribution_of_an_arithmetic_index_is_weight_times_change() -> None:
    index = built(sample(4), [GOALPOSTS, {"aggregate": {}}], periods=2)
    found = decompose_change(index, "u0", "2020", "2021")
    shares = {"a": 0.6 * 2 / 3, "b": 0.6 / 3, "c": 0.4 * 2 / 3, "d": 0.4 / 3}
    for leaf in found.leaves:
        assert leaf.contribution == pytest.approx(shares[leaf.code] * (leaf.after - leaf.before))
    nodes = {node.code: node.contribution for node in found.nodes}
    assert nodes["left"] + nodes["right"] == pytest.approx(nodes["top"]) == pytest.approx(found.change)


@given(spread, st.integers(0, 2**32))
@settings(max_examples=20)
def test_a_replay_gives_the_same_bytes(values: np.ndarray, seed: int) -> None:
    steps: list[Any] = [
        {"impute": {"method": "median"}},
        {"treat": {"winsorise_max": 1}},
        {"normalise": {"lower": 1, "over": "period"}},
        {"weigh": {"method": "entropy", "name": "w"}},
        {"aggregate": {"weights": "w", "method": "geometric"}},
        {"adjust": {"columns": ["top"], "round": 6}},
    ]
    index = built(np.vstack([values, values[::-1] + 1]), steps, periods=2)
    carried = panel_from_document(panel_document(index.raw))
    assert to_json(replay(index.log_document(), carried)) == to_json(index)


cubes = arrays(float, (3, 5, 2), elements=st.one_of(st.floats(-100, 100), st.just(float("nan"))))


@given(cubes)
def test_imputation_over_time_keeps_what_is_known(cube: np.ndarray) -> None:
    times = np.array([2018.0, 2019, 2021, 2022, 2025])
    known = ~np.isnan(cube)
    for filled in (latest(cube, None), constant(cube), linear(cube, times, "constant")[0]):
        np.testing.assert_array_equal(filled[known], cube[known])
    for filled in (constant(cube), linear(cube, times, "constant")[0]):
        some = known.any(axis=1)
        assert not np.isnan(filled.transpose(0, 2, 1)[some]).any()
        low, high = np.nanmin(np.where(known, cube, np.inf), axis=1), np.nanmax(np.where(known, cube, -np.inf), axis=1)
        inside = (filled >= low[:, None] - 1e-9) & (filled <= high[:, None] + 1e-9)
        assert inside.transpose(0, 2, 1)[some].all()


def test_the_panel_does_not_depend_on_the_order_of_rows() -> None:
    values = sample(12)
    there = panel(values, 2)
    assert there.periods == ("2020",) * 6 + ("2021",) * 6
    assert specification([{"aggregate": {}}]).framework.nodes == ("left", "right", "top")

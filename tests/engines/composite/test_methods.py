"""The methods on small tables worked by hand or checked against their own definition."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from duijie.engines.composite import CompositeError, Index, build, make_panel, read_specification
from duijie.engines.composite.formula import Formula
from duijie.engines.composite.methods.frontier import benefit_of_the_doubt
from duijie.engines.composite.methods.means import MEANS
from duijie.engines.composite.methods.moments import kurtosis, shapes, skewness
from duijie.engines.composite.methods.outliers import Limits, box_cox_power, treat
from duijie.engines.composite.methods.outranking import ideal_solution, kemeny_orders
from duijie.engines.composite.methods.weighting import (
    critic_weights,
    entropy_weights,
    hierarchy_weights,
    nelder_mead,
    variation_weights,
)
from tests.engines.composite.small import built, sample


def one_column(values: list[float], settings: dict[str, Any], direction: int = 1, **element: Any) -> list[float]:
    """Scores of a single indicator after one normalising step."""
    document = {
        "indicators": [{"code": "a", "direction": direction} | element],
        "steps": [{"normalise": settings}, {"aggregate": {}}],
    }
    units = [f"u{at}" for at in range(len(values))]
    found = build(read_specification(document), make_panel(units, {"a": values}))
    return [round(float(value), 9) for value in found.panels["normalised"].column("a")]


NORMALISED: list[tuple[dict[str, Any], list[float], list[float]]] = [
    ({}, [0, 25, 75, 100], [100, 75, 25, 0]),
    ({"lower": 60, "upper": 100}, [60, 70, 90, 100], [100, 90, 70, 60]),
    ({"method": "distance_to_max"}, [0, 0.25, 0.75, 1], [1, 0.75, 0.25, 0]),
    ({"method": "goalposts", "low": 3, "high": 4}, [0, 0, 100, 100], [100, 100, 0, 0]),
    ({"method": "scaled", "low": 3, "high": 4}, [-200, -100, 100, 200], [300, 200, 0, -100]),
    ({"method": "goalposts", "low_percentile": 0, "high_percentile": 100}, [0, 25, 75, 100], [100, 75, 25, 0]),
    ({"method": "distance_to_target", "target": 3}, [0, 0.5, 1.5, 2], [2, 1.5, 0.5, 0]),
    ({"method": "distance_to_target", "target": 3, "cap": True}, [0, 0.5, 1, 1], [1, 1, 0.5, 0]),
    ({"method": "distance_to_reference", "unit": "u2"}, [0, 0.333333333, 1, 1.333333333], [4, 3, 1, 0]),
    ({"method": "fraction_of_best"}, [0.2, 0.4, 0.8, 1], [1, 0.5, 0.25, 0.2]),
    ({"method": "ratio_to_worst"}, [1, 2, 4, 5], [5, 2.5, 1.25, 1]),
    ({"method": "ratio_to_mean", "scale": 100}, [33.333333333, 66.666666667, 133.333333333, 166.666666667], [300, 150, 75, 60]),
    ({"method": "difference_to_mean"}, [-0.666666667, -0.333333333, 0.333333333, 0.666666667], [0.666666667, 0.333333333, -0.333333333, -0.666666667]),
    ({"method": "above_below_mean", "margin": 0.5}, [-1, 0, 0, 1], [1, 0, 0, -1]),
    ({"method": "share"}, [0.083333333, 0.166666667, 0.333333333, 0.416666667], [12, 6, 3, 2.4]),
    ({"method": "rank"}, [1, 2, 3, 4], [4, 3, 2, 1]),
    ({"method": "borda"}, [0, 1, 2, 3], [3, 2, 1, 0]),
    ({"method": "percentile_rank", "scale": 3}, [0, 1, 2, 3], [3, 2, 1, 0]),
    ({"method": "percentile"}, [0.25, 0.5, 0.75, 1], [1, 0.75, 0.5, 0.25]),
    ({"method": "categories", "edges": [50], "marks": [0, 1]}, [0, 0, 1, 1], [1, 1, 0, 0]),
    ({"method": "categories", "by": "value", "edges": [1.5, 4.5], "marks": [1, 2, 3]}, [1, 2, 2, 3], [3, 2, 2, 1]),
    ({"method": "centred"}, [70, 85, 115, 130], [130, 115, 85, 70]),
    ({"method": "normal_percentile", "scale": 100}, [13.666083915, 29.194121039, 70.805878961, 86.333916085], [86.333916085, 70.805878961, 29.194121039, 13.666083915]),
    ({"method": "z_score", "population": True, "mean": 100, "sd": 10}, [87.350889359, 93.67544468, 106.32455532, 112.649110641], [112.649110641, 106.32455532, 93.67544468, 87.350889359]),
    ({"method": "none"}, [1, 2, 4, 5], [-1, -2, -4, -5]),
    ({"method": "none", "clip": [2, 4]}, [2, 2, 4, 4], [2, 2, 2, 2]),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "higher", "lower"), NORMALISED)
def test_normalisers_and_their_directions(settings: dict[str, Any], higher: list[float], lower: list[float]) -> None:
    assert one_column([1, 2, 4, 5], settings) == higher
    assert one_column([1, 2, 4, 5], settings, direction=-1) == lower


def test_goalposts_and_targets_are_in_the_indicators_own_unit() -> None:
    assert one_column([1, 2, 4, 5], {"method": "goalposts"}, -1, goalposts=[2, 4]) == [100, 100, 0, 0]
    assert one_column([1, 2, 4, 5], {"method": "distance_to_target"}, -1, target=3) == [2, 1.5, 0.5, 0]
    assert one_column([10, 1000], {"method": "log_goalposts"}, goalposts=[1, 10_000]) == [25, 75]


def test_an_indicator_of_its_own_takes_the_rest_from_the_step() -> None:
    document = {
        "indicators": [{"code": "a", "goalposts": [0, 10]}, {"code": "b", "goalposts": [1, 100]}],
        "steps": [
            {"normalise": {"method": "goalposts", "upper": 1, "each": {"b": {"method": "log_goalposts"}}}},
            {"aggregate": {}},
        ],
    }
    index = build(read_specification(document), make_panel(["x", "y"], {"a": [5.0, 10], "b": [10.0, 1000]}))
    assert index.panels["normalised"].values.tolist() == [[0.5, 0.5], [1, 1]]


@given(arrays(float, 30, elements=st.floats(-100, 100)).filter(lambda column: float(column.std()) > 0.1))
def test_skewness_and_kurtosis_are_the_corrected_ones(column: np.ndarray) -> None:
    assert skewness(column) == pytest.approx(stats.skew(column, bias=False), abs=1e-9)
    assert kurtosis(column) == pytest.approx(stats.kurtosis(column, bias=False), abs=1e-8)
    holed = np.append(column, np.nan)
    together = shapes(np.column_stack([holed, np.append(np.nan, column)]))
    assert together[0].tolist() == pytest.approx([skewness(column)] * 2, abs=1e-9)
    assert together[1].tolist() == pytest.approx([kurtosis(column)] * 2, abs=1e-8)


def spiked(*extremes: float) -> np.ndarray:
    return np.concatenate([np.linspace(0, 1, 30), extremes])


def test_winsorising_pulls_points_in_until_the_column_passes() -> None:
    one = treat(spiked(50), Limits(), "")
    assert (one.winsorised, one.transform, one.passed) == (1, "none", True)
    assert one.recipe.apply(np.array([0.5, 50]), "").tolist() == [0.5, 1]
    low = treat(-spiked(50), Limits(), "")
    assert low.recipe.apply(np.array([-50.0]), "").tolist() == [-1]
    assert treat(spiked(), Limits(), "").passed_untreated
    tied = treat(spiked(50, 50), Limits(points_max=1), "")
    assert tied.winsorised == 2


@pytest.mark.parametrize("then", ["log_shifted", "log_shifted_signed", "log_plus_one", "log_gii", "box_cox"])
def test_what_does_not_pass_is_transformed_from_the_original(then: str) -> None:
    column = np.exp(np.linspace(0, 12, 40))
    found = treat(column, Limits(points_max=1, then=then), "")
    assert found.transform == then and found.winsorised == 0
    changed = found.recipe.apply(column, "")
    assert (np.diff(changed) > 0).all(), "the order of units is kept"
    assert abs(skewness(changed)) < abs(skewness(column))
    combined = treat(column, Limits(points_max=1, then=then, combine=True), "")
    assert combined.winsorised == 1 and combined.recipe.apply(column, "")[-1] == combined.recipe.apply(column, "")[-2]


def test_a_low_tail_is_turned_before_the_logarithm() -> None:
    column = -np.exp(np.linspace(0, 12, 40))
    found = treat(column, Limits(points_max=0, then="log_shifted_signed"), "")
    changed = found.recipe.apply(column, "")
    assert (np.diff(changed) < 0).all() and abs(skewness(changed)) < 2


def test_the_power_of_box_and_cox_is_the_likeliest() -> None:
    column = np.random.default_rng(0).lognormal(0, 1, 400)
    assert box_cox_power(column) == pytest.approx(
        stats.boxcox_normmax(column - column.min() + 1, method="mle"), abs=1e-3
    )


def test_columns_are_cut_at_two_percentiles_if_asked() -> None:
    column = np.arange(101.0)
    found = treat(column, Limits(percentiles=(10, 95)), "")
    assert (found.winsorised, found.recipe.low, found.recipe.high) == (15, 10, 95)
    steps: list[Any] = [{"treat": {"percentiles": [0, 50]}}, {"normalise": {}}, {"aggregate": {}}]
    values = sample(9)
    treated = built(values, steps).panels["treated"]
    assert treated.column("a").max() == np.median(values[:, 0])
    with pytest.raises(CompositeError, match="percentiles: the lower bound"):
        built(values, [{"treat": {"percentiles": [60, 50]}}, *steps[1:]])


def test_the_ideal_solution_is_one_and_its_opposite_nought() -> None:
    values = np.array([[1.0, 1], [9, 9], [5, 5], [9, 1]])
    found = ideal_solution(values, np.array([1.0, 1]))
    assert found.tolist() == pytest.approx([0, 1, 0.5, 0.5])
    index = built(sample(8), [{"normalise": {}}, {"aggregate": {"method": "topsis"}}])
    assert ((index.scores() >= 0) & (index.scores() <= 1)).all()
    weights = built(
        sample(30),
        [{"normalise": {}}, {"weigh": {"method": "pca", "negative": "square"}}, {"aggregate": {"weights": "pca"}}],
    )
    assert weights.weight_sets["pca"]["a"] + weights.weight_sets["pca"]["b"] == pytest.approx(1)


def test_a_centre_in_the_reference_year() -> None:
    values = sample(12)
    steps: list[Any] = [
        {"normalise": {"method": "centred", "over": "all"}},
        {"aggregate": {"method": "mazziotta_pareto"}},
    ]
    found = built(values, steps, periods=2, reference_period="2020").panels["normalised"]
    assert found.column("a")[:6].mean() == pytest.approx(100)
    assert np.ptp(found.column("a")) == pytest.approx(60)


def test_treatment_on_a_reference_year_is_applied_to_others() -> None:
    values = np.column_stack([np.concatenate([spiked(50), spiked(3)])] * 4) + 1
    steps: list[Any] = [{"treat": {}}, {"normalise": {}}, {"aggregate": {}}]
    found = built(values, steps, periods=2, reference_period="2020").panels["treated"].column("a")
    assert found[30] == 2 and found[61] == 2


def test_weights_from_data() -> None:
    # The first column tells units apart, the second does not.
    values = np.array([[1.0, 5, 2], [9, 5.1, 4], [1, 5, 9], [8, 5.1, 3]])
    for weigh in (entropy_weights, variation_weights):
        found = weigh(values, "")
        assert found.sum() == pytest.approx(1) and found[0] > found[2] > found[1]
    assert variation_weights(values, "")[0] == pytest.approx(
        (values.std(axis=0, ddof=1) / values.mean(axis=0))[0] / (values.std(axis=0, ddof=1) / values.mean(axis=0)).sum()
    )
    assert critic_weights(values, "").sum() == pytest.approx(1)
    with pytest.raises(CompositeError, match="zero or more"):
        entropy_weights(-values, "")


def test_a_consistent_matrix_gives_its_weights_back() -> None:
    weights = np.array([0.5, 0.3, 0.2])
    found = hierarchy_weights(weights[:, None] / weights[None, :], "")
    np.testing.assert_allclose(found.weights, weights)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(hierarchy_weights(weights[:, None] / weights[None, :], "", "row_means").weights, weights)
    with pytest.raises(CompositeError, match="row 1, column 2"):
        hierarchy_weights(np.array([[1.0, 2], [2, 1]]), "")


def weighed(settings: dict[str, Any]) -> Index:
    steps: list[Any] = [{"normalise": {"lower": 1}}, {"weigh": settings}, {"aggregate": {"weights": "w"}}]
    return built(sample(10), steps)


def test_judgements_of_experts_reach_the_aggregation() -> None:
    judged = weighed(
        {"method": "ahp", "name": "w", "judgements": {"top": [[1, 3], ["1/3", 1]], "left": [[1, 2], [0.5, 1]]}}
    )
    assert judged.weight_sets["w"] == pytest.approx({"left": 0.75, "right": 0.25, "a": 2 / 3, "b": 1 / 3})
    np.testing.assert_allclose(
        judged.scores(), judged.final.column("left") * 0.75 + judged.final.column("right") * 0.25
    )
    spent = weighed(
        {
            "method": "budget",
            "name": "w",
            "allocations": {"A": {"left": 70, "right": 30}, "B": {"left": 50, "right": 50}},
        }
    )
    assert spent.weight_sets["w"] == pytest.approx({"left": 0.6, "right": 0.4})
    assert spent.log[1].report["detail"]["spread"]["left"] == pytest.approx(np.std([0.7, 0.5], ddof=1))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"method": "ahp", "name": "w", "judgements": {"top": [[1, 9], ["1/x", 1]]}}, "positive number or a fraction"),
        ({"method": "ahp", "name": "w", "judgements": {"top": [[1]]}}, "2 by 2: left, right"),
        ({"method": "ahp", "name": "w", "judgements": {"a": [[1]]}}, "no code a"),
        ({"method": "budget", "name": "w", "allocations": {"A": {"left": 70, "right": 20}}}, "budget is 100"),
        ({"method": "budget", "name": "w", "allocations": {"A": {"left": 110, "right": -10}}}, "negative number of points"),
        ({"method": "budget", "name": "w", "allocations": {"A": {"left": 100}, "B": {"right": 100}}}, "same elements"),
        ({"method": "optimised", "name": "w", "level": 2, "evaluations_max": 4, "tolerance": 0}, "did not settle"),
    ],
)  # fmt: skip
def test_bad_judgements(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CompositeError, match=sentence):
        weighed(settings)


def test_inconsistent_judgements_are_refused() -> None:
    circle = [[1, 9, "1/9"], ["1/9", 1, 9], [9, "1/9", 1]]
    document = {
        "indicators": [{"code": code} for code in "abc"],
        "steps": [{"weigh": {"method": "ahp", "judgements": {"index": circle}}}, {"aggregate": {"weights": "ahp"}}],
    }
    panel = make_panel(["x", "y"], {code: [1.0, 2] for code in "abc"})
    with pytest.raises(CompositeError, match="consistency ratio"):
        build(read_specification(document), panel)


def test_components_of_either_sign_have_to_be_dealt_with() -> None:
    generator = np.random.default_rng(1)
    base = generator.normal(size=30)
    values = np.column_stack(
        [base + generator.normal(0, 0.2, 30), -base + generator.normal(0, 0.2, 30), *generator.normal(size=(2, 30))]
    )
    steps: list[Any] = [
        {"normalise": {}},
        {"weigh": {"method": "pca", "nodes": ["left"]}},
        {"aggregate": {"weights": "pca"}},
    ]
    with pytest.raises(CompositeError, match="is negative"):
        built(values, steps)
    steps[1]["weigh"]["negative"] = "zero"
    assert min(built(values, steps).weight_sets["pca"].values()) == 0


def test_balanced_weights_make_parts_count_alike() -> None:
    weigh = {"weigh": {"method": "optimised", "name": "w", "level": 2}}
    index = built(sample(40, 3), [{"normalise": {}}, weigh, {"aggregate": {"weights": "w"}}])
    correlations = index.log[1].report["detail"]["correlations"]
    assert correlations["left"] == pytest.approx(correlations["right"], abs=1e-3)


@pytest.mark.parametrize(
    ("target", "code"),
    [({"left": 1}, "setting_missing"), ({"left": 1, "right": 1, "a": 1}, "target_of_another_level")],
)
def test_a_target_names_each_element_of_its_level_and_no_other(target: dict[str, float], code: str) -> None:
    weigh = {"weigh": {"method": "optimised", "name": "w", "level": 2, "target": target}}
    with pytest.raises(CompositeError) as refused:
        built(sample(), [{"normalise": {}}, weigh, {"aggregate": {"weights": "w"}}])
    assert (refused.value.code, refused.value.place) == (code, "steps[1].weigh.target")


def test_above_and_below_need_a_positive_mean_and_a_power_mean_its_power() -> None:
    with pytest.raises(CompositeError) as refused:
        one_column([-1, 0, 1], {"method": "above_below_mean"})
    assert refused.value.code == "ratio_not_positive"
    with pytest.raises(CompositeError) as refused:
        MEANS["generalised"](np.ones((2, 2)), np.ones(2), None)
    assert refused.value.code == "setting_missing"


def test_nelder_and_mead_find_the_bottom() -> None:
    point, value, _, settled = nelder_mead(
        lambda x: float((x[0] - 2) ** 2 + 3 * (x[1] + 1) ** 2), np.array([1.0, 1]), 1e-14
    )
    assert settled and point.tolist() == pytest.approx([2, -1], abs=1e-5) and value < 1e-9


@given(arrays(np.int64, (6, 3), elements=st.integers(1, 1000)))
@settings(max_examples=25)
def test_nobody_is_better_than_the_frontier_and_bounds_only_lower_scores(table: np.ndarray) -> None:
    values = table.astype(float)
    free, weights = benefit_of_the_doubt(values, "")
    assert free.max() == pytest.approx(1) and (free <= 1 + 1e-9).all()
    np.testing.assert_allclose((values * weights).sum(axis=1), free, atol=1e-7)
    assert ((values @ weights.T) <= 1 + 1e-7).all()
    bound, held = benefit_of_the_doubt(values, "", share_low=0.2, share_high=0.5)
    assert (bound <= free + 1e-7).all()
    shares = values * held / (values * held).sum(axis=1, keepdims=True)
    assert (shares >= 0.2 - 1e-6).all() and (shares <= 0.5 + 1e-6).all()


def test_bounds_that_cannot_be_met() -> None:
    with pytest.raises(CompositeError, match="share bounds cannot be met"):
        benefit_of_the_doubt(np.ones((2, 3)), "", share_low=0.5)
    with pytest.raises(CompositeError, match="complete data"):
        benefit_of_the_doubt(np.array([[1.0, np.nan]]), "")


def test_kemeny_by_subsets_agrees_with_trying_every_order() -> None:
    generator = np.random.default_rng(4)
    for _ in range(2):
        table = generator.random((7, 7))
        best, orders = kemeny_orders(table)
        wide = np.zeros((8, 8))
        wide[:7, :7] = table
        wide[:7, 7] = 10  # everybody beats the eighth, which must come last
        more, found = kemeny_orders(wide)
        assert more == pytest.approx(best + 70) and found[0][:7] in orders and found[0][7] == 7
    with pytest.raises(CompositeError, match="up to 15"):
        kemeny_orders(np.ones((16, 16)))


def test_a_penalty_for_imbalance() -> None:
    steps: list[Any] = [
        {"normalise": {"method": "none", "columns": ["a", "b"]}},
        {"aggregate": {"method": "mazziotta_pareto", "weights": "equal"}},
    ]
    index = built(np.array([[90.0, 110, 100, 100], [100, 100, 100, 100]]), steps)
    assert index.final.column("left").tolist() == [100 - 100 / 100, 100]


def test_the_threshold_of_data() -> None:
    values = np.array([[1.0, np.nan, 2, 3], [4, 5, 6, 7], [7, 8, 1, 2]])
    gaps = [{"normalise": {}}, {"aggregate": {"threshold": 0.6}}]
    found = built(values, gaps).final
    assert np.isnan(found.column("left")[0]) and np.isnan(found.column("top")[0])
    assert not np.isnan(built(values, [{"normalise": {}}, {"aggregate": {"threshold": 0.5}}]).scores()).any()
    index = built(values, gaps)
    np.testing.assert_array_equal(
        index.ranks(), [np.nan, 2, 1] if index.scores()[2] > index.scores()[1] else [np.nan, 1, 2]
    )


def test_several_stages() -> None:
    steps: list[Any] = [
        {"normalise": {"method": "z_score"}},
        {"aggregate": {"levels": [2]}},
        {"normalise": {"level": 2, "lower": 1, "as": "pillars"}},
        {"aggregate": {"levels": [3], "method": "geometric"}},
        {"derive": {"formulas": {"spread": "left - right"}}},
        {"adjust": {"columns": ["top"], "multiply": 10, "round": 1}},
    ]
    index = built(sample(9), steps)
    assert [entry.writes for entry in index.log] == [
        "normalised",
        "aggregated",
        "pillars",
        "aggregated_2",
        "derived",
        "adjusted",
    ]
    pillars = index.panels["pillars"].block(["left", "right"])
    assert pillars.min(axis=0).tolist() == [1, 1] and pillars.max(axis=0).tolist() == [100, 100]
    np.testing.assert_array_equal(index.scores(), np.round(pillars[:, 0] ** 0.6 * pillars[:, 1] ** 0.4 * 10, 1))
    np.testing.assert_allclose(index.final.column("spread"), pillars[:, 0] - pillars[:, 1])


def test_the_lowest_comes_first_in_an_index_of_risks() -> None:
    document = {
        "indicators": [{"code": "a"}, {"code": "b"}],
        "results": {"order": "lowest_first"},
        "steps": [{"normalise": {"method": "none"}}, {"aggregate": {}}],
    }
    index = build(read_specification(document), make_panel(["x", "y", "z"], {"a": [3.0, 1, 2], "b": [3.0, 1, 2]}))
    assert index.ranks().tolist() == [3, 1, 2]


def test_screening_by_groups_units_and_by_name() -> None:
    values = sample(6)
    values[0, :2] = np.nan
    values[1, 0] = np.nan
    finish: list[Any] = [{"normalise": {}}, {"aggregate": {}}]
    assert built(values, [{"screen": {"availability": 0.75}}, *finish]).final.units == ("u1", "u2", "u3", "u4", "u5")
    grouped = built(values, [{"screen": {"availability": 0, "group_availability": 0.6}}, *finish])
    assert grouped.final.units == ("u2", "u3", "u4", "u5")
    named = built(values, [{"screen": {"availability": 1, "include": ["u0"], "exclude": ["u5"]}}, *finish])
    assert named.final.units == ("u0", "u2", "u3", "u4")
    assert named.log[0].report["removed"] == ["u1", "u5"]
    years = np.vstack([values, sample(6)])
    whole = built(years, [{"screen": {"availability": 0.8, "by": "unit"}}, *finish], periods=2)
    assert whole.final.size == 10 and "u0" not in whole.final.units


def test_formulas_read_columns_by_any_name() -> None:
    columns = {"gdp": np.array([10.0, np.nan]), "1.2 人口": np.array([2.0, 4])}
    formula = Formula("log(gdp / `1.2 人口`) + minimum(gdp, 3) ** 2", "")
    assert formula.names == ("gdp", "1.2 人口")
    found = formula.evaluate(columns)
    assert found[0] == pytest.approx(np.log(5) + 9) and np.isnan(found[1])

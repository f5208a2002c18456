"""Uncertainty and sensitivity: published replications, the Ishigami function, and what a run must keep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from duijie.engines.composite import CompositeError, Plan, Stopped, Uncertainty, build, read_plan, run_uncertainty
from duijie.engines.composite.methods.moments import ranks_descending
from duijie.engines.composite.uncertainty import Input, estimate, saltelli_design
from duijie.engines.composite.uncertainty.replications import rank_statistics
from duijie.engines.composite.uncertainty.tables import uncertainty_document, uncertainty_tables
from tests.engines.composite.published import asem, matrix, records
from tests.engines.composite.small import panel, sample, specification

SCALES = [{"method": "min_max", "lower": 1, "upper": 100}, {"method": "z_score", "mean": 10, "sd": 2}]
MEANS = [{"method": "arithmetic"}, {"method": "geometric"}]


def edges(count: int) -> tuple[float, ...]:
    return tuple(at / count for at in range(1, count))


@pytest.fixture
def folder(reference: Path) -> Path:
    return reference / "composite" / "coinr_asem"


@pytest.mark.reference
def test_a_hundred_and_eighty_published_replications(folder: Path) -> None:
    stored = folder / "sensitivity"
    sets: dict[int, dict[str, float]] = {}
    for row in records(stored / "asem_SA_weight_sets.csv"):
        sets.setdefault(int(row["weight_set"]), {})[row["iCode"]] = float(row["Weight"])
    inputs = (
        Input("Winmax", "at", "treat.winsorise_max", choices=(1, 2, 3, 4, 5), edges=edges(5)),
        Input("Normalisation", "at", "normalise", choices=tuple(SCALES), edges=edges(2)),
        Input("Weights", "noise", choices=tuple(sets.values()), edges=edges(len(sets))),
        Input("Aggregation", "at", "aggregate", choices=tuple(MEANS), edges=edges(2)),
    )
    points = []
    for row in records(stored / "asem_SA_N30_parameters.csv"):
        picks = (
            (int(row["winmax"]) - 1, 5),
            (["n_minmax", "n_zscore"].index(row["norm"]), 2),
            (int(row["weight_set"]) - 1, len(sets)),
            (["a_amean", "a_gmean"].index(row["f_ag"]), 2),
        )
        points.append([(pick + 0.5) / count for pick, count in picks])
    found = run_uncertainty(*asem(folder), Plan(inputs, 30, "sobol", "random", 1, 50, None), points=np.array(points))
    units, columns, scores = matrix(stored / "asem_SA_N30_scores.csv")
    order = [units.index(unit) for unit in found.units]
    assert found.scores.shape == (180, 51) and len(columns) == 181
    np.testing.assert_allclose(found.scores.T, scores[order, 1:], rtol=1e-9)
    _, _, ranks = matrix(stored / "asem_SA_N30_ranks.csv")
    assert (ranks[order, 1:] == found.ranks.T).all()
    _, names, expected = matrix(stored / "asem_SA_N30_rankstats.csv")
    for name, column in zip(names, expected[order].T, strict=True):
        np.testing.assert_allclose(found.rank_statistics()[name.lower()], column, atol=1e-9)
    indices = found.sensitivity()
    for at, row in enumerate(records(stored / "asem_SA_N30_sensitivity.csv")):
        assert indices.names[at] == row["Variable"]
        assert indices.first[at] == pytest.approx(float(row["Si"]), rel=1e-9)
        assert indices.total[at] == pytest.approx(float(row["STi"]), rel=1e-9)
        assert indices.total_low[at] < indices.total[at] < indices.total_high[at]


@pytest.mark.reference
@pytest.mark.parametrize(("name", "free"), [("UA", 100), ("SA", 200)])
def test_published_ranks_and_their_statistics(folder: Path, name: str, free: int) -> None:
    _, _, scores = matrix(folder / "sensitivity" / f"vignette_{name}_results_Scores.csv")
    _, _, ranks = matrix(folder / "sensitivity" / f"vignette_{name}_results_Ranks.csv")
    assert (ranks_descending(scores, axis=0) == ranks).all()
    _, names, expected = matrix(folder / "sensitivity" / f"vignette_{name}_results_RankStats.csv")
    found = rank_statistics(ranks[:, 0], ranks[:, 1 : free + 1].T)
    for column, values in zip(names, expected.T, strict=True):
        np.testing.assert_allclose(found[column.lower()], values, atol=1e-9)


@pytest.mark.reference
def test_published_sensitivity_from_published_ranks(folder: Path) -> None:
    _, _, ranks = matrix(folder / "sensitivity" / "vignette_SA_results_Ranks.csv")
    shift = np.abs(ranks[:, 1:] - ranks[:, :1]).mean(axis=0)
    rows = records(folder / "sensitivity" / "vignette_SA_results_Sensitivity.csv")
    found = estimate(shift, [row["Variable"] for row in rows])
    np.testing.assert_allclose(found.first, [float(row["Si"]) for row in rows], rtol=1e-9)
    np.testing.assert_allclose(found.total, [float(row["STi"]) for row in rows], rtol=1e-9)


@pytest.mark.reference
def test_the_ishigami_function(folder: Path) -> None:
    stored = folder / "sensitivity"
    output = np.array([float(row["y"]) for row in records(stored / "ishigami_sample_N2000_d3.csv")])
    found = estimate(output, ["V1", "V2", "V3"], bootstrap=50)
    assert found.variance == pytest.approx(float(records(stored / "ishigami_variance.csv")[0]["Variance"]), rel=1e-12)
    for at, row in enumerate(records(stored / "ishigami_SA_estimate.csv")):
        assert found.first[at] == pytest.approx(float(row["Si"]), rel=1e-9)
        assert found.total[at] == pytest.approx(float(row["STi"]), rel=1e-9)


def test_the_design_finds_the_shares_of_a_function_known_by_heart() -> None:
    points = saltelli_design(2048, 3, seed=3, sequence="quasi") * 2 * np.pi - np.pi
    assert points.shape == (2048 * 5, 3)
    output = np.sin(points[:, 0]) + 7 * np.sin(points[:, 1]) ** 2 + 0.1 * points[:, 2] ** 4 * np.sin(points[:, 0])
    found = estimate(output, ["x", "y", "z"])
    np.testing.assert_allclose(found.first, [0.3139, 0.4424, 0.0], atol=0.02)
    np.testing.assert_allclose(found.total, [0.5576, 0.4424, 0.2437], atol=0.02)


CHAIN: list[Any] = [{"treat": {"winsorise_max": 2}}, {"normalise": {"lower": 1}}, {"aggregate": {}}]
INPUTS: list[dict[str, Any]] = [
    {"name": "points", "at": "treat.winsorise_max", "choices": [0, 1, 2]},
    {"name": "scale", "at": "normalise", "choices": SCALES, "probabilities": [0.75, 0.25]},
    {"name": "mean", "at": "aggregate.method", "choices": ["arithmetic", "geometric"]},
    {"name": "weights", "noise": {"levels": {"2": 0.3}}, "sets": 40},
    {"name": "share of left", "weight": "left", "range": [2, 4]},
    {"name": "without", "drop": ["a", "d"]},
]


def run(inputs: list[dict[str, Any]], values: np.ndarray | None = None, **more: Any) -> Uncertainty:
    section = {"replications": 60, "seed": 5, "inputs": inputs} | more
    steps = more.pop("steps", CHAIN)
    section.pop("steps", None)
    spec = specification(steps, uncertainty=section)
    return run_uncertainty(spec, panel(sample(12) if values is None else values), read_plan(section, spec))


def test_every_replication_can_be_built_again_from_its_parameters() -> None:
    found = run(INPUTS)
    assert found.runs == 60
    plain = panel(sample(12))
    for number in (0, 7, 31, 59):
        chosen = found.parameters[number]
        weights = {"left": chosen["share of left"]}
        weights = dict(found.drawn["weights"][chosen["weights"] - 1]) | weights
        if chosen["without"]:
            weights[chosen["without"]] = 0.0
        steps = [
            {"treat": {"winsorise_max": chosen["points"]}},
            {"normalise": chosen["scale"]},
            {"aggregate": {"method": chosen["mean"], "weights": "w"}},
        ]
        again = build(specification(steps, weights={"w": weights}), plain)
        np.testing.assert_allclose(found.scores[number], again.scores(), rtol=1e-12)


def test_a_seed_decides_everything() -> None:
    assert run(INPUTS).scores.tolist() == run(INPUTS).scores.tolist()
    assert run(INPUTS).scores.tolist() != run(INPUTS, seed=6).scores.tolist()


def test_probabilities_are_kept() -> None:
    found = run(INPUTS, replications=2000)
    share = np.mean([parameters["scale"]["method"] == "z_score" for parameters in found.parameters])
    assert share == pytest.approx(0.25, abs=0.03)


def test_chains_that_go_on_after_the_aggregation_agree_with_those_that_do_not() -> None:
    longer = [*CHAIN, {"adjust": {"columns": ["top"], "multiply": 2}}]
    np.testing.assert_allclose(run(INPUTS, steps=longer).scores, 2 * run(INPUTS).scores, rtol=1e-12)


def test_noise_in_the_data_and_methods_that_compare_units() -> None:
    noisy = run([{"name": "data", "data_noise": {"relative": 0.2}, "sets": 7}, INPUTS[3]])
    assert len({tuple(scores) for scores in noisy.scores}) > 40
    assert {parameters["data"] for parameters in noisy.parameters} <= set(range(1, 8))
    copeland = run([INPUTS[3]], steps=[{"normalise": {}}, {"aggregate": {"by_level": {"3": "copeland"}}}])
    assert set(np.unique(copeland.scores) % 1) == {0.0}


def test_how_often_one_stays_ahead_of_another() -> None:
    values = sample(6)
    values[0], values[1] = values.max(axis=0) * 2, values.min(axis=0) / 2
    values[0, 2], values[1, 2] = values[:, 2].min() / 2, values[:, 2].max() * 2
    found = run(INPUTS[3:], values)
    ahead = found.ahead()
    assert ahead[0, 1:].tolist() == [1] * 5 and ahead[1].tolist() == [0, 0.5, 0, 0, 0, 0]
    np.testing.assert_allclose(ahead + ahead.T, 1)
    assert found.top(1).tolist()[0] == 1 and found.top(6).tolist() == [1] * 6


def test_a_step_left_out_another_reference_year_and_named_weights() -> None:
    values = sample(20)
    values[4, 1] = np.nan
    inputs = [
        {"name": "filled", "at": "impute.enabled", "choices": [True, False]},
        {"name": "year", "at": "reference_period", "choices": [2020, 2021]},
        {"name": "weights", "at": "aggregate.weights", "choices": ["framework", "equal"]},
    ]
    steps: list[Any] = [{"impute": {"method": "constant"}}, {"normalise": {}}, {"aggregate": {}}]
    spec = specification(steps, reference_period=2020)
    data = panel(values, 2)
    plan = read_plan({"replications": 40, "period": 2020, "inputs": inputs}, spec)
    found = run_uncertainty(spec, data, plan)
    for number in range(8):
        chosen = found.parameters[number]
        impute = {"impute": {"method": "constant", "enabled": chosen["filled"]}}
        again = specification(
            [impute, {"normalise": {}}, {"aggregate": {"weights": chosen["weights"]}}], reference_period=chosen["year"]
        )
        index = build(again, data)
        np.testing.assert_allclose(found.scores[number], index.scores()[index.final.rows_of("2020")], rtol=1e-12)
    assert len({tuple(np.round(scores, 9)) for scores in found.scores}) == 8


def test_a_unit_that_never_has_a_score_has_no_rank() -> None:
    values = sample(8)
    values[3] = np.nan
    found = run(INPUTS[1:4], values)
    assert np.isnan(found.rank_statistics()["mean"][3]) and not np.isnan(found.rank_statistics()["mean"][:3]).any()
    assert uncertainty_tables(found)["intervals"].rows[-1][:3] == ("u3", None, None)


def test_sensitivity_of_ranks_and_of_one_unit() -> None:
    found = run(INPUTS[:4], design="sobol", replications=32, bootstrap=20)
    assert found.runs == 32 * 6
    indices = found.sensitivity()
    assert indices.names == ("points", "scale", "mean", "weights")
    assert (indices.total >= 0).all()
    tables = uncertainty_tables(found)
    assert tables["replications"].header[:6] == ("replication", "points", "scale", "mean", "weights", "mean_rank_shift")
    assert len(tables["replications"].rows) == 192
    assert len(tables["drawn weights"].rows) == 40 * 2
    assert uncertainty_document(found)["sensitivity"]["header"][0] == "input"
    # The output of one unit rests on the same runs.
    moving = [unit for at, unit in enumerate(found.units) if np.ptp(found.ranks[:64, at]) > 0]
    assert found.sensitivity(moving[0]).variance > 0


def test_ranks_that_nothing_moves_are_told_to_be_steady() -> None:
    ordered = np.arange(1.0, 9.0)[:, None] * np.ones(sample(8).shape[1])
    found = run(INPUTS[:2], ordered, design="sobol", replications=16, bootstrap=10)
    assert found.steady and uncertainty_document(found)["sensitivity"]["rows"] == []
    assert uncertainty_document(found)["steady"] is True
    np.testing.assert_array_equal(found.rank_statistics()["q5"], found.rank_statistics()["q95"])
    with pytest.raises(CompositeError, match="no replication changes any rank"):
        found.sensitivity()
    assert not run(INPUTS[:4], design="sobol", replications=32, bootstrap=20).steady


def test_progress_is_told_and_a_stop_is_heard() -> None:
    section = {"replications": 50, "inputs": INPUTS}
    spec = specification(CHAIN, uncertainty=section)
    told: list[tuple[int, int]] = []
    run_uncertainty(
        spec, panel(sample(12)), read_plan(section, spec), progress=lambda done, total: told.append((done, total))
    )
    assert told[-1] == (50, 50) and [done for done, _ in told] == sorted(done for done, _ in told)
    with pytest.raises(Stopped) as stopped:
        run_uncertainty(spec, panel(sample(12)), read_plan(section, spec), stop=lambda: len(told) > 0)
    assert (stopped.value.done, stopped.value.total) == (0, 50)


def test_a_replication_that_cannot_be_made_is_refused_and_named() -> None:
    inputs = [{"name": "mean", "at": "aggregate.method", "choices": ["arithmetic", "geometric"]}]
    with pytest.raises(CompositeError) as fault:
        run(inputs, steps=[{"normalise": {"lower": 0}}, {"aggregate": {}}])
    assert fault.value.code == "geometric_not_positive"
    assert fault.value.place.startswith("replication ") and '"mean": "geometric"' in fault.value.place


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ([], "no uncertain inputs"),
        ([{"name": "x"}], "exactly one of"),
        ([{"at": "treat", "drop": ["a"]}], "exactly one of"),
        ([INPUTS[0], INPUTS[0]], "occurs twice"),
        ([{"at": "treat.x", "choices": [1], "probabilities": [0.5]}], "must sum to 1"),
        ([{"weight": "zzz", "range": [1, 2]}], "no code zzz"),
        ([{"weight": "left", "range": [2, 1]}], "not below"),
        ([{"weight_sets": ["framework", "other"]}], "no weight set other"),
        ([{"noise": {"levels": {"9": 0.1}}}], "no level 9"),
        ([{"at": "impute.method", "choices": ["mean", "median"]}], "no impute.method"),
        ([{"at": "treat.winsorise_mx", "choices": [1, 2]}], "no setting winsorise_mx"),
    ],
)
def test_bad_inputs(inputs: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(CompositeError, match=sentence):
        run(inputs)


def test_a_sensitivity_analysis_needs_two_inputs_and_something_that_moves() -> None:
    with pytest.raises(CompositeError, match="at least two"):
        run(INPUTS[:1], design="sobol")
    still = [{"name": f"w{at}", "noise": {"levels": {"2": 0}}} for at in range(2)]
    with pytest.raises(CompositeError, match="no variance"):
        run(still, design="sobol").sensitivity()

"""The connectivity index of 51 countries, as published with the best toolbox there is, reproduced step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from duijie.engines.composite.methods.components import cronbach_alpha, principal_components
from duijie.engines.composite.methods.outranking import copeland, dominance, outranking_matrix
from duijie.engines.composite.results import (
    effective_weights,
    ranks_table,
    results_table,
    strengths_and_weaknesses,
    unit_profile,
)
from tests.engines.composite.published import CHAIN, asem_index, assert_same, matrix, number, records

pytestmark = pytest.mark.reference
TO_NORMALISED = CHAIN[:5]


@pytest.fixture
def folder(reference: Path) -> Path:
    return reference / "composite" / "coinr_asem"


def test_every_step_of_the_chain(folder: Path) -> None:
    index = asem_index(folder)
    for name in ("Raw", "Denominated", "Imputed", "Screened", "Treated", "Normalised", "Aggregated"):
        cells = assert_same(index.panels[name.lower()], folder / "expected" / f"example_coin_{name}.csv")
    assert cells == 3060


def test_the_treatment_tells_its_story(folder: Path) -> None:
    report = asem_index(folder).log[3].report["columns"]
    for row in records(folder / "expected" / "example_coin_treat_details.csv"):
        found = report[f"{row['iCode']} / 2018"]
        assert found["passed_untreated"] == (row["check_SkewKurt0.Pass"] == "TRUE")
        assert found["skewness"][0] == pytest.approx(float(row["check_SkewKurt0.Skew"]), rel=1e-9)
        assert found["kurtosis"][0] == pytest.approx(float(row["check_SkewKurt0.Kurt"]), rel=1e-9)
        if row["winsorise.nwin"] not in ("", "NA"):
            assert found["winsorised"] == int(row["winsorise.nwin"])


def test_the_treatment_of_raw_data_includes_logarithms(folder: Path) -> None:
    index = asem_index(folder, [{"treat": {}}, {"normalise": {}}, {"aggregate": {}}])
    assert_same(index.panels["treated"], folder / "expected" / "treat_default_raw_data.csv")


def test_the_variant_that_screens_before_it_imputes(folder: Path) -> None:
    impute = {"impute": {"method": "group_mean", "group": "EurAsia_group"}}
    steps = [CHAIN[0], CHAIN[2], impute, {"treat": {"from": "screened"}}, {"normalise": {}}, {"aggregate": {}}]
    index = asem_index(folder, steps)
    assert index.final.size == 46
    assert_same(index.final, folder / "expected" / "overview_vignette_results_aggs_full.csv")


def test_the_results_table_and_its_ranks(folder: Path) -> None:
    index = asem_index(folder)
    expected = records(folder / "expected" / "example_coin_results_aggs_full.csv")
    table = results_table(index)
    assert table.column("unit") == [row["uCode"] for row in expected]
    assert table.column("rank") == [int(row["Rank"]) for row in expected]
    ranks = {row[0]: dict(zip(ranks_table(index).header, row, strict=True)) for row in ranks_table(index).rows}
    for row in records(folder / "expected" / "example_coin_results_aggs_ranks.csv"):
        assert {code: ranks[row["uCode"]][code] for code in row if code != "uCode"} == {
            code: int(cell) for code, cell in row.items() if code != "uCode"
        }
    within = ranks_table(index, group="GDP_group")
    found = {row[0]: dict(zip(within.header, row, strict=True)) for row in within.rows}
    for row in records(folder / "expected" / "example_coin_results_groupranks_GDP.csv"):
        assert {code: str(found[row["uCode"]][code]) for code in row if code != "uCode"} == {
            code: cell for code, cell in row.items() if code != "uCode"
        }


def test_other_weights(folder: Path) -> None:
    steps = [*TO_NORMALISED, {"aggregate": {"weights": "other"}}]
    index = asem_index(folder, steps, weights={"other": {"Conn": 0.3, "Sust": 0.7}})
    assert_same(index.final, folder / "expected" / "example_coin_results_w_Conn03_Sust07.csv")


NORMALISERS: list[tuple[str, dict[str, Any]]] = [
    ("Treated_minmax_0_100", {}),
    ("Treated_minmax_1_100", {"lower": 1}),
    ("Treated_zscore_0_1", {"method": "z_score"}),
    ("Treated_zscore_10_2", {"method": "z_score", "mean": 10, "sd": 2}),
    ("Treated_dist2max", {"method": "distance_to_max"}),
    ("Treated_rank", {"method": "rank"}),
    ("Treated_prank", {"method": "percentile_rank"}),
    ("Treated_borda", {"method": "borda"}),
]


@pytest.mark.parametrize(("name", "settings"), NORMALISERS)
def test_normalisers(folder: Path, name: str, settings: dict[str, Any]) -> None:
    index = asem_index(folder, [*CHAIN[:4], {"normalise": settings}, {"aggregate": {}}])
    assert assert_same(index.panels["normalised"], folder / "expected_normalise" / f"{name}.csv") == 51 * 49


def test_targets_in_the_indicators_own_units(folder: Path) -> None:
    steps = [{"normalise": {"method": "distance_to_target", "cap": True}}, {"aggregate": {}}]
    index = asem_index(folder, steps)
    assert_same(index.panels["normalised"], folder / "expected_normalise" / "Raw_dist2targ_capped_iMeta.csv")


def test_goalposts_in_the_indicators_own_units(folder: Path) -> None:
    raw = asem_index(folder).raw
    each = {}
    for code in matrix(folder / "expected" / "example_coin_Raw.csv")[1]:
        column = raw.column(code)
        low, high = float(np.nanmin(column)), float(np.nanmax(column))
        margin = 0.05 * (high - low)
        each[code] = {"low": low + margin, "high": high - margin, "upper": 1}
    steps = [{"normalise": {"method": "goalposts", "each": each}}, {"aggregate": {}}]
    index = asem_index(folder, steps)
    assert_same(index.panels["normalised"], folder / "expected_normalise" / "Raw_goalposts_5pct_iMeta.csv")


@pytest.mark.parametrize(
    ("name", "method"), [("Treated_fracmax", "fraction_of_best"), ("Treated_scaled_0_100", "scaled")]
)
def test_two_normalisers_agree_where_higher_is_better(folder: Path, name: str, method: str) -> None:
    # For lower-is-better columns the published table multiplies by -1 and then divides by zero or leaves a negative scale.
    index = asem_index(folder)
    columns = [code for code in index.framework.indicators if index.framework[code].direction == 1]
    settings: dict[str, Any] = {"method": method, "columns": columns}
    if method == "scaled":
        settings |= {"low": 0, "high": 100}
    index = asem_index(folder, [*CHAIN[:4], {"normalise": settings}, {"aggregate": {}}])
    assert_same(index.panels["normalised"], folder / "expected_normalise" / f"{name}.csv", columns=columns)


def test_distance_to_a_reference_unit_where_it_has_a_meaning(folder: Path) -> None:
    _, codes, expected = matrix(folder / "expected_normalise" / "Treated_dist2ref_1.csv")
    columns = [code for code, column in zip(codes, expected.T, strict=True) if bool(np.isfinite(column).all())]
    assert len(columns) == 45
    settings = {"method": "distance_to_reference", "unit": "AUS", "columns": columns}
    index = asem_index(folder, [*CHAIN[:4], {"normalise": settings}, {"aggregate": {}}])
    assert_same(index.panels["normalised"], folder / "expected_normalise" / "Treated_dist2ref_1.csv", columns=columns)


AGGREGATIONS: list[tuple[str, dict[str, Any]]] = [
    ("minmax1_100_a_amean", {}),
    ("minmax1_100_a_gmean", {"method": "geometric"}),
    ("minmax1_100_a_hmean", {"method": "harmonic"}),
    ("minmax1_100_a_genmean_p-2", {"method": "generalised", "power": -2}),
    ("minmax1_100_amean_gmean_amean", {"by_level": {"3": "geometric"}}),
    ("minmax1_100_amean_amean_copeland", {"by_level": {"4": "copeland"}}),
    ("minmax1_100_copeland_all_levels", {"method": "copeland"}),
]


@pytest.mark.parametrize(("name", "settings"), AGGREGATIONS)
def test_aggregations(folder: Path, name: str, settings: dict[str, Any]) -> None:
    index = asem_index(folder, [*CHAIN[:4], {"normalise": {"lower": 1}}, {"aggregate": settings}])
    assert assert_same(index.final, folder / "expected_aggregate" / f"{name}.csv") == 3060


def test_outranking_of_the_pillars(folder: Path) -> None:
    index = asem_index(folder, [*CHAIN[:4], {"normalise": {"lower": 1}}, {"aggregate": {}}])
    pillars = index.framework.at_level(2)
    found = outranking_matrix(index.final.block(pillars), np.ones(8))
    expected = np.array(
        [
            [number(c) for c in r.values()]
            for r in records(folder / "expected_aggregate" / "outrank_8_pillars_weighted.csv")
        ]
    )
    order = [
        index.final.units.index(unit) for unit in matrix(folder / "expected_aggregate" / "minmax1_100_a_amean.csv")[0]
    ]
    np.testing.assert_allclose(found[np.ix_(order, order)], expected, atol=1e-9)
    units, _, points = matrix(folder / "expected_aggregate" / "copeland_on_8_pillars_weighted.csv")
    assert copeland(found)[[index.final.units.index(unit) for unit in units]].tolist() == points[:, 0].tolist()
    pairs, share = dominance(found)
    assert share == pairs / 1275


IMPUTATIONS: list[tuple[str, dict[str, Any]]] = [
    ("impute_raw_i_mean", {"method": "mean"}),
    ("impute_raw_i_median", {"method": "median"}),
    ("impute_raw_i_mean_grp_GDP_group", {"method": "group_mean", "group": "GDP_group"}),
    ("impute_raw_i_median_grp_EurAsia_group", {"method": "group_median", "group": "EurAsia_group"}),
    ("impute_raw_rowmean_withinpillar", {"method": "row_mean"}),
]


@pytest.mark.parametrize(("name", "settings"), IMPUTATIONS)
def test_imputations(folder: Path, name: str, settings: dict[str, Any]) -> None:
    index = asem_index(folder, [{"impute": settings}, {"normalise": {}}, {"aggregate": {}}])
    assert_same(index.panels["imputed"], folder / "expected" / f"{name}.csv")


@pytest.mark.parametrize(("aim", "level"), [("balance", 2), ("balance", 3), ("infomax", 2)])
def test_optimised_weights_at_the_published_tolerance(folder: Path, aim: str, level: int) -> None:
    weigh = {"weigh": {"method": "optimised", "aim": aim, "level": level, "tolerance": 0.1}}
    index = asem_index(folder, [*TO_NORMALISED, weigh, {"aggregate": {"weights": "optimised"}}])
    for row in records(folder / "expected" / f"opt_weights_{aim}_L{level}.csv"):
        if int(row["Level"]) == level:
            assert index.weight_sets["optimised"][row["iCode"]] == pytest.approx(float(row["Weight"]), rel=1e-9)


def test_weights_from_components(folder: Path) -> None:
    index = asem_index(folder)
    expected = {row["iCode"]: float(row["Weight"]) for row in records(folder / "expected" / "pca_weights_agg_L2.csv")}
    for parent in ("Conn", "Sust"):
        members = index.framework.children[parent]
        found = principal_components(index.final.block(members)).rotation[:, 0]
        published = np.array([expected[code] for code in members])
        # The sign of a component is free.
        np.testing.assert_allclose(found * np.sign(found[0] * published[0]), published, atol=1e-9)


@pytest.mark.parametrize("pillar", ["Environ", "Social", "SusEcFin"])
def test_components_of_raw_data(folder: Path, pillar: str) -> None:
    index = asem_index(folder)
    codes, components, rotation = matrix(folder / "expected" / f"pca_rotation_raw_{pillar}.csv", key="iCode")
    found = principal_components(index.raw.block(codes))
    signs = np.sign((found.rotation * rotation).sum(axis=0))
    np.testing.assert_allclose(found.rotation * signs, rotation, atol=1e-9)
    _, _, importance = matrix(folder / "expected" / f"pca_importance_raw_{pillar}.csv", key="stat")
    np.testing.assert_allclose(found.deviations, importance[0], rtol=1e-9)
    np.testing.assert_allclose(found.shares, importance[1], atol=5e-6)
    assert len(components) == len(codes)


def test_cronbach(folder: Path) -> None:
    index = asem_index(folder)
    for row in records(folder / "expected" / "cronbach_by_pillar.csv"):
        members = index.framework.children[row["pillar"]]
        assert cronbach_alpha(index.raw.block(members)) == pytest.approx(float(row["alpha_raw"]), rel=1e-9)
        assert cronbach_alpha(index.normalised().block(members)) == pytest.approx(
            float(row["alpha_normalised"]), rel=1e-9
        )


def test_effective_weights(folder: Path) -> None:
    index = asem_index(folder)
    found = effective_weights(index.framework, index.used_weights())
    expected = {row["iCode"]: float(row["EffWeight"]) for row in records(folder / "expected" / "eff_weights.csv")}
    assert found == pytest.approx(expected, rel=1e-12)


def test_a_units_profile(folder: Path) -> None:
    index = asem_index(folder)
    lines = {line.code: line for line in unit_profile(index, "IND").lines}
    for row in records(folder / "expected" / "unit_summary_IND.csv"):
        assert round(lines[row["Code"]].score, 2) == float(row["Score"])
        assert lines[row["Code"]].rank == int(row["Rank"])


def test_strengths_and_weaknesses(folder: Path) -> None:
    strengths, weaknesses = strengths_and_weaknesses(asem_index(folder), "ESP")
    for name, found in (("strengths", strengths), ("weaknesses", weaknesses)):
        expected = [(row["Code"], int(row["Rank"])) for row in records(folder / "expected" / f"{name}_ESP.csv")]
        assert sorted((standing.code, standing.rank) for standing in found) == sorted(expected)

"""Statistics, correlations, removal of parts, comparison, what-if."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from duijie.engines.composite import CompositeError, compare, compare_many, unit_profile, what_if
from duijie.engines.composite.analysis.correlation import correlate, correlation, flagged, with_ancestors, within_groups
from duijie.engines.composite.analysis.removal import remove_elements
from duijie.engines.composite.analysis.statistics import column_statistics, completeness
from tests.engines.composite.published import CHAIN, asem_index, matrix, number, records
from tests.engines.composite.small import built, panel, sample, specification

STEPS = [{"normalise": {}}, {"aggregate": {}}]


@pytest.fixture
def folder(reference: Path) -> Path:
    return reference / "composite" / "coinr_asem" / "expected"


@pytest.mark.reference
@pytest.mark.parametrize(("name", "dataset"), [("raw", "raw"), ("treated", "treated")])
def test_statistics_with_flags(folder: Path, name: str, dataset: str) -> None:
    index = asem_index(folder.parent)
    rows = records(folder / f"stats_{name}_full.csv")
    found = column_statistics(index.panels[dataset], [row["iCode"] for row in rows])
    fields = {
        "Min": "minimum", "Max": "maximum", "Mean": "mean", "Median": "median", "Std": "deviation", "Skew": "skewness",
        "Kurt": "kurtosis", "N.Avail": "available", "N.NonZero": "non_zero", "N.Unique": "unique", "N.Same": "same",
        "Frc.Avail": "share_available", "Frc.NonZero": "share_non_zero", "Frc.Unique": "share_unique", "Frc.Same": "share_same",
    }  # fmt: skip
    flags = {
        "Flag.Avail": "available",
        "Flag.NonZero": "non_zero",
        "Flag.Unique": "unique",
        "Flag.SkewKurt": "outliers",
    }
    for row, statistics in zip(rows, found, strict=True):
        for column, field in fields.items():
            assert getattr(statistics, field) == pytest.approx(float(row[column]), rel=1e-9)
        assert {flag for column, flag in flags.items() if row[column] != "ok"} == set(statistics.flags)


@pytest.mark.reference
def test_availability(folder: Path) -> None:
    index = asem_index(folder.parent)
    found = {row.unit: row for row in completeness(index.raw, index.framework)}
    for row in records(folder / "data_avail_summary.csv"):
        line = found[row["uCode"]]
        assert (line.missing, line.zeros) == (int(row["N_missing"]), int(row["N_zero"]))
        assert (line.share_available, line.share_non_zero) == (
            float(row["Dat_Avail"]),
            pytest.approx(float(row["Non_Zero"])),
        )
    for row in records(folder / "data_avail_bygroup.csv"):
        for node, cell in row.items():
            if node != "uCode":
                assert found[row["uCode"]].by_node[node] == pytest.approx(float(cell))
    by_unit = {row["uCode"]: row["Included"] for row in records(folder / "example_coin_screen_summary.csv")}
    assert set(by_unit.values()) == {"TRUE"} and set(by_unit) == set(index.panels["screened"].units)


@pytest.mark.reference
@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_correlations_of_indicators_with_pillars(folder: Path, method: str) -> None:
    panel = asem_index(folder.parent).final
    for row in records(folder / f"corr_L1_L2_{method}.csv"):
        found, _ = correlation(panel.column(row["Var1"]), panel.column(row["Var2"]), method)
        assert found == pytest.approx(float(row["Correlation"]), abs=1e-9)


@pytest.mark.reference
def test_correlations_that_are_not_significant_are_told_by_their_p_value(folder: Path) -> None:
    panel = asem_index(folder.parent).raw
    for row in records(folder / "corr_Environ_raw_p005.csv"):
        found, p_value = correlation(panel.column(row["Var1"]), panel.column(row["Var2"]))
        expected = number(row["Correlation"])
        assert (p_value > 0.05) == np.isnan(expected)
        if not np.isnan(expected):
            assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.reference
def test_flags_of_correlation_within_groups(folder: Path) -> None:
    index = asem_index(folder.parent)
    pairs = within_groups(index.normalised(), index.framework)
    for name, kind in (("corr_flags_norm_high075_lev2", "redundant"), ("corr_flags_norm_low-05_lev2", "conflicting")):
        expected = {
            (row["Group"], frozenset((row["Ind1"], row["Ind2"])), float(row["Corr"]))
            for row in records(folder / f"{name}.csv")
        }
        found = {
            (pair.group, frozenset((pair.first, pair.second)), round(pair.coefficient, 3))
            for pair, why in flagged(pairs, high=0.75, low=-0.5)
            if why == kind
        }
        assert found == expected


@pytest.mark.reference
def test_correlations_with_denominators(folder: Path) -> None:
    index = asem_index(folder.parent)
    denominators = ("Area", "Energy", "GDP", "Population")
    pairs = correlate(index.raw, index.framework.indicators, denominators)
    found = {(pair.first, pair.second, round(pair.coefficient, 2)) for pair in pairs if abs(pair.coefficient) > 0.7}
    rows = records(folder / "denom_corr_raw_07.csv")
    assert found == {(row["Ind"], row["Denom"], float(row["Corr"])) for row in rows}


@pytest.mark.reference
def test_leaving_out_each_pillar(folder: Path) -> None:
    found = remove_elements(asem_index(folder.parent), 2)
    units, columns, ranks = matrix(folder / "remove_elements_L2_ranks.csv")
    order = [units.index(unit) for unit in found.units]
    assert found.nominal_ranks.tolist() == ranks[order, 0].tolist()
    for at, element in enumerate(found.elements):
        assert found.ranks[at].tolist() == ranks[order, columns.index(element)].tolist()
    shifts = {row["el"]: float(row["MeanAbsDiff"]) for row in records(folder / "remove_elements_L2_meanabsdiff.csv")}
    for element, shift in found.mean_shift().items():
        assert shift == pytest.approx(shifts[element], rel=1e-9)


@pytest.mark.reference
def test_comparing_two_variants(folder: Path) -> None:
    plain = asem_index(folder.parent)
    other = asem_index(folder.parent, [*CHAIN[:4], {"normalise": {"lower": 1}}, {"aggregate": {"method": "geometric"}}])
    found = compare(plain, other)
    assert found.rank_correlation() > 0.9 and found.mean_shift() > 0
    assert found.ranks[0].tolist() == plain.ranks().tolist()
    many = compare_many({"plain": plain, "other": other, "again": plain}, code="Conn")
    assert many.scores.shape == (3, 51) and many.scores[0].tolist() == many.scores[2].tolist()


def test_leaving_out_an_only_child_leaves_out_its_parent() -> None:
    values = sample(8)
    index = built(values, STEPS)
    found = remove_elements(index, 1)
    assert found.elements == ("a", "b", "c", "d")
    lonely = built(values, [{"normalise": {}}, {"aggregate": {"weights": "w"}}], weights={"w": {"b": 0}})
    without = remove_elements(lonely, 1)
    np.testing.assert_allclose(without.scores[0], lonely.final.column("right"))


def test_correlations_with_ancestors() -> None:
    index = built(sample(12), STEPS)
    pairs = {(pair.first, pair.second): pair.coefficient for pair in with_ancestors(index.final, index.framework)}
    assert set(pairs) == {
        (c, p) for c, node in zip("abcd", ["left", "left", "right", "right"], strict=True) for p in (node, "top")
    }
    assert pairs[("a", "left")] > 0.5


def test_what_if_a_value_a_weight_or_a_method_were_other() -> None:
    spec, data = specification(STEPS), panel(sample(6))
    same = what_if(spec, data)
    assert same.comparison.mean_shift() == 0
    best = what_if(spec, data, values={("u3", "", "a"): 1e6, ("u3", "", "b"): 1e6, ("u3", "", "d"): 1e6})
    assert best.comparison.ranks[1][best.comparison.units.index("u3")] == 1
    only = what_if(spec, data, weights={"right": 0})
    np.testing.assert_allclose(only.after.scores(), only.after.final.column("left"))
    ranked = what_if(spec, data, settings={"normalise.method": "rank"})
    assert ranked.after.panels["normalised"].values[:, :4].max() == 6
    with pytest.raises(CompositeError, match="no unit u9"):
        what_if(spec, data, values={("u9", "", "a"): 1})
    with pytest.raises(CompositeError, match="no code z"):
        what_if(spec, data, weights={"z": 1})


def test_the_shares_of_a_profile_sum_to_the_score() -> None:
    index = built(sample(6), STEPS)
    found = unit_profile(index, "u2")
    shares = {line.code: line.share for line in found.lines}
    assert sum(shares[code] or 0 for code in "abcd") == pytest.approx(found.lines[0].score)
    assert len(found.peers) == 3 and "u2" not in found.peers
    geometric = built(sample(6), [{"normalise": {"lower": 1}}, {"aggregate": {"method": "geometric"}}])
    assert {line.share for line in unit_profile(geometric, "u2").lines} == {None}

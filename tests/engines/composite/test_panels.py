"""Panels: five years of the connectivity data, imputation over time, one reference year, trends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from duijie.engines.composite.analysis.trends import compound_growth, relative_change, trends
from duijie.engines.composite.build import build
from duijie.engines.composite.errors import CompositeError
from duijie.engines.composite.panel import Panel, make_panel, period_position
from duijie.engines.composite.specification import read_specification
from tests.engines.composite.published import asem, matrix, number, records

PANEL: list[Any] = [
    {"screen": {"availability": 0.9}},
    {"treat": {"over": "period"}},
    {"normalise": {"over": "all"}},
    {"aggregate": {}},
]


@pytest.fixture
def folder(reference: Path) -> Path:
    return reference / "composite" / "coinr_asem"


@pytest.mark.reference
def test_five_years_on_one_scale(folder: Path) -> None:
    index = build(*asem(folder, PANEL, "ASEM_iData_p.csv"))
    cells = 0
    for year in ("2018", "2019", "2020", "2021", "2022"):
        path = folder / "purse" / f"results_aggs_{year}.csv"
        units, codes, expected = matrix(path)
        row_of = {index.final.units[row]: int(row) for row in index.final.rows_of(year)}
        assert set(units) == set(row_of)
        rows = [row_of[unit] for unit in units]
        np.testing.assert_allclose(index.final.block(codes)[rows], expected, rtol=1e-9, atol=1e-9)
        assert index.ranks()[rows].tolist() == [float(row["Rank"]) for row in records(path)]
        cells += expected.size
    assert cells == 5 * 46 * 11


@pytest.mark.reference
@pytest.mark.parametrize("name", ["latest", "constant", "linear", "linear-constant"])
def test_imputation_over_time(folder: Path, name: str) -> None:
    rows = records(folder / "purse" / "impute_panel_input.csv")
    codes = [code for code in rows[0] if code not in ("uCode", "Time")]
    panel = make_panel(
        [row["uCode"] for row in rows],
        {code: [number(row[code]) for row in rows] for code in codes},
        periods=[row["Time"] for row in rows],
    )
    document = {"indicators": [{"code": code} for code in codes]}
    steps = [{"impute": {"method": name.replace("-", "_")}}, {"normalise": {}}, {"aggregate": {}}]
    found = build(read_specification(document | {"steps": steps}), panel).panels["imputed"]
    at = {(unit, period): row for row, (unit, period) in enumerate(zip(found.units, found.periods, strict=True))}
    for row in records(folder / "purse" / f"impute_panel_{name}.csv"):
        values = found.values[at[(row["uCode"], row["Time"])]]
        np.testing.assert_allclose(values, [number(row[code]) for code in codes], rtol=1e-12)


@pytest.mark.reference
def test_trends_of_the_last_three_years(folder: Path) -> None:
    _, panel = asem(folder, PANEL, "ASEM_iData_p.csv")
    found = {trend.unit: trend for trend in trends(panel, ["LPI"], latest=3)}
    for row in records(folder / "purse" / "trends_LPI_latest3.csv"):
        trend = found[row["Trends.uCode"]]
        assert trend.value == pytest.approx(number(row["Trends.CAGR"]), rel=1e-9, nan_ok=True)
        assert (trend.first, trend.last) == (row["Trends.t_first_use_latest"], row["Trends.t_latest"])


def small() -> Panel:
    columns = {"a": [1.0, 3, 2, 4, 9, 6], "b": [5.0, 4, 3, 5, 8, 2]}
    return make_panel(list("xyzxyz"), columns, periods=["2020"] * 3 + ["2021"] * 3)


def built(steps: list[Any], **more: Any) -> Any:
    document = {"indicators": [{"code": "a"}, {"code": "b", "direction": -1}], "steps": steps}
    return build(read_specification(document | more), small())


def test_one_reference_year_is_the_measure_of_all_others() -> None:
    index = built([{"normalise": {}}, {"aggregate": {}}], reference_period=2020)
    assert index.panels["normalised"].column("a").tolist() == [0, 100, 50, 150, 400, 250]
    assert index.panels["normalised"].column("b").tolist() == [0, 50, 100, 0, -150, 150]
    alone = built([{"normalise": {"over": "period"}}, {"aggregate": {}}])
    assert alone.panels["normalised"].column("a").tolist() == [0, 100, 50, 0, 100, 40]


def test_a_value_over_its_own_base_year() -> None:
    index = built([{"normalise": {"method": "ratio_to_base", "base": "2020"}}, {"aggregate": {}}])
    assert index.panels["normalised"].column("a").tolist() == [100, 100, 100, 400, 300, 300]
    assert index.panels["normalised"].column("b").tolist() == [100, 100, 100, 100, 50, 150]


def test_ranks_are_within_the_year() -> None:
    index = built([{"normalise": {}}, {"aggregate": {}}])
    assert index.ranks().tolist() == [3, 2, 1, 3, 2, 1]


def test_ranks_cannot_be_measured_on_another_year() -> None:
    with pytest.raises(CompositeError, match="side by side"):
        built([{"normalise": {"method": "rank", "over": "reference"}}, {"aggregate": {}}], reference_period=2020)


def test_the_latest_value_may_be_too_old() -> None:
    panel = make_panel(
        list("xxxx"), {"a": [1, np.nan, np.nan, np.nan], "b": [1.0, 2, 3, 4]}, periods=["1", "2", "3", "4"]
    )
    document = {"indicators": [{"code": "a"}, {"code": "b"}]}
    steps = [{"impute": {"method": "latest", "max_back": 2}}, {"normalise": {"columns": ["b"]}}, {"aggregate": {}}]
    filled = build(read_specification(document | {"steps": steps}), panel).panels["imputed"].column("a")
    np.testing.assert_array_equal(filled, [1, 1, 1, np.nan])


@pytest.mark.parametrize(
    ("period", "position"),
    [
        ("2021", 2021),
        ("2021年", 2021),
        ("2021Q3", 2021.5),
        ("2021-Q3", 2021.5),
        ("2021H2", 2021.5),
        ("2021-07", 2021.5),
    ],
)
def test_periods_have_a_place_in_time(period: str, position: float) -> None:
    assert period_position(period) == position


def test_growth_and_relative_change() -> None:
    times = np.array([2018.0, 2019, 2020])
    assert compound_growth(times, np.array([100.0, np.nan, 121])) == pytest.approx(0.1)
    assert relative_change(times, np.array([100.0, 110, 120])) == pytest.approx(10)
    assert np.isnan(compound_growth(times, np.array([np.nan, np.nan, 121])))
    assert compound_growth(times, np.array([5.0, 7, 5])) == 0

"""Index numbers against published series, and the laws they owe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from duijie.engines.composite.errors import CompositeError
from duijie.engines.composite.numbers import (
    METHODS,
    SPLICES,
    Deals,
    Items,
    bilateral,
    chained,
    change,
    composite,
    deal_index,
    fixed_base,
    geks,
    mean_rise,
    on_base_mean,
    period_on_period,
    rebase,
    rolling_mean,
    rolling_sum,
    size_bands,
    splice,
    sub_indices,
    winsorised,
)
from tests.engines.composite.published import records

NAMES = {
    "satovartia": "sato_vartia",
    "geomLaspeyres": "geometric_laspeyres",
    "geomPaasche": "geometric_paasche",
    "marshalledgeworth": "marshall_edgeworth",
    "tpd": "time_product_dummy_adjusted",
    "gk": "geary_khamis",
}
FORMS = {"fixedbase": fixed_base, "chained": chained, "pop": period_on_period}
JOINS = {"wisp": "window_published", "hasp": "half_published", "mean_pub": "mean_published"}


def published_items(folder: Path) -> Items:
    rows = records(folder / "CES_sigma_2.csv")
    tables = {}
    for column in ("prices", "quantities"):
        table = np.full((12, 4), np.nan)
        for row in rows:
            table[int(row["time"]) - 1, int(row["prodID"]) - 1] = float(row[column])
        tables[column] = table
    return Items(tables["prices"], tables["quantities"])


@pytest.mark.reference
@pytest.mark.parametrize("form", list(FORMS))
def test_twenty_two_methods_as_published(reference: Path, form: str) -> None:
    folder = reference / "composite" / "price_index"
    items = published_items(folder)
    rows = records(folder / f"CES_price_{form}.csv")
    for column in rows[0]:
        if column != "time":
            found = FORMS[form](items, NAMES.get(column, column), elasticity=2)
            np.testing.assert_allclose(found, [float(row[column]) for row in rows], rtol=1e-12)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("file", "exchanged"), [("package_testdata_bilateral", False), ("package_testdata_bilateral_quantity", True)]
)
def test_price_and_quantity_indices_to_the_printed_digits(reference: Path, file: str, exchanged: bool) -> None:
    folder = reference / "composite" / "price_index"
    items = published_items(folder).exchanged() if exchanged else published_items(folder)
    expected: dict[str, list[float]] = {}
    for row in records(folder / f"{file}.csv"):
        expected.setdefault(row["key"], []).append(float(row["value"]))
    assert len(expected) == 66
    for key, series in expected.items():
        method, form = key.split("_")
        np.testing.assert_allclose(FORMS[form](items, NAMES.get(method, method), elasticity=2), series, rtol=1e-6)


@pytest.mark.reference
@pytest.mark.parametrize("form", ["fixedbase", "chained"])
def test_quantity_indices(reference: Path, form: str) -> None:
    folder = reference / "composite" / "price_index"
    items = published_items(folder).exchanged()
    rows = records(folder / f"CES_quantity_{form}.csv")
    for method in ("laspeyres", "paasche", "fisher", "tornqvist"):
        np.testing.assert_allclose(FORMS[form](items, method), [float(row[method]) for row in rows], rtol=1e-12)


@pytest.mark.reference
def test_geks_over_the_whole_window(reference: Path) -> None:
    folder = reference / "composite" / "price_index"
    rows = records(folder / "CES_GEKS_window12.csv")
    for method in ("tornqvist", "fisher", "walsh", "jevons"):
        expected = [float(row[method]) for row in rows]
        np.testing.assert_allclose(geks(published_items(folder), method), expected, rtol=1e-12)


@pytest.mark.reference
def test_geks_with_every_splice(reference: Path) -> None:
    folder = reference / "composite" / "price_index"
    items = published_items(folder)
    rows = records(folder / "CES_GEKS_tornqvist_window10_splices.csv")
    for column in rows[0]:
        if column != "time":
            found = geks(items, "tornqvist", window=10, splice=JOINS.get(column, column))
            np.testing.assert_allclose(found, [float(row[column]) for row in rows], rtol=1e-12)
    expected: dict[str, list[float]] = {}
    for row in records(folder / "package_testdata_geks.csv"):
        expected.setdefault(row["key"], []).append(float(row["value"]))
    for key, series in expected.items():
        name = JOINS.get(key, key)
        if name in SPLICES:
            np.testing.assert_allclose(geks(items, "tornqvist", window=11, splice=name), series, rtol=1e-12)
        elif key != "tpd":
            np.testing.assert_allclose(geks(items, key), series, rtol=1e-12)


def positive(periods: int) -> st.SearchStrategy[np.ndarray]:
    return arrays(float, (periods, 4), elements=st.floats(0.1, 50))


@given(positive(3), positive(3))
def test_laws_of_fisher(prices: np.ndarray, quantities: np.ndarray) -> None:
    items = Items(prices, quantities)
    forward, back = bilateral(items, "fisher", 0, 1), bilateral(items, "fisher", 1, 0)
    assert forward * back == pytest.approx(1)
    assert forward * bilateral(items.exchanged(), "fisher", 0, 1) == pytest.approx(items.value(0, 1))
    assert min(prices[1] / prices[0]) * (1 - 1e-12) <= forward <= max(prices[1] / prices[0]) * (1 + 1e-12)


@given(positive(2), positive(2), st.sampled_from(sorted(METHODS)), st.floats(0.1, 10))
def test_every_method_is_proportional_when_all_prices_move_alike(
    prices: np.ndarray, quantities: np.ndarray, method: str, factor: float
) -> None:
    alike = Items(np.array([prices[0], prices[0] * factor]), quantities)
    if method == "stuvel":  # keeps the value ratio instead, and is proportional only with the quantities unchanged
        alike = Items(alike.prices, np.array([quantities[0], quantities[0]]))
    assert bilateral(alike, method, 0, 1, elasticity=2) == pytest.approx(factor)


@given(positive(4), positive(4), st.sampled_from(["fisher", "tornqvist", "walsh"]))
def test_geks_is_transitive(prices: np.ndarray, quantities: np.ndarray, method: str) -> None:
    whole = geks(Items(prices, quantities), method)
    turned = geks(Items(prices[::-1], quantities[::-1]), method)
    np.testing.assert_allclose(whole / whole[-1], turned[::-1], rtol=1e-9)


def test_items_that_are_not_there_in_both_periods_are_left_out() -> None:
    gap = np.nan
    items = Items(np.array([[1.0, 2.0, gap], [2.0, gap, 5.0]]), np.array([[1.0, 1.0, gap], [1.0, gap, 9.0]]))
    assert bilateral(items, "fisher", 0, 1) == 2
    with pytest.raises(CompositeError, match="no item in common"):
        bilateral(Items(np.array([[1.0, gap], [gap, 1.0]]), np.ones((2, 2))), "fisher", 0, 1)
    with pytest.raises(CompositeError, match="must be positive"):
        Items(np.array([[0.0]]), np.array([[1.0]]))


def deals() -> Deals:
    periods = ["2024Q1", "2024Q1", "2024Q2", "2024Q2", "2024Q3", "2024Q4", "2025Q1", "2025Q1", "2025Q1"]
    amounts = np.array([4.0, 10, 6, 8, 12, 8, 9, 30, 6])
    region = ["a", "b", "a", "b", "a", "b", "a", "b", "b"]
    return Deals(tuple(periods), amounts, {"region": tuple(region), "size": size_bands(amounts, [8])})


def test_counts_and_amounts_on_the_mean_of_a_year() -> None:
    found = deal_index(deals(), ["2024Q1", "2024Q2", "2024Q3", "2024Q4"])
    assert found.periods == ("2024Q1", "2024Q2", "2024Q3", "2024Q4", "2025Q1")
    assert found.counts.tolist() == [2, 2, 1, 1, 3]
    np.testing.assert_allclose(found.count_index, np.array([2, 2, 1, 1, 3]) / 1.5 * 100)
    np.testing.assert_allclose(found.amount_index, np.array([14, 14, 12, 8, 45]) / 12 * 100)
    assert found.count_index[:4].mean() == pytest.approx(100)


def test_price_times_quantity_is_the_amount() -> None:
    found = deal_index(deals(), ["2024Q1"], bands="size", points=1)
    assert found.price_index is not None and found.quantity_index is not None and found.value_index is not None
    full = [0, 1, 4]  # periods with deals in both bands: only there are all deals matched
    np.testing.assert_allclose((found.price_index * found.quantity_index)[full], found.value_index[full])
    np.testing.assert_allclose(found.value_index, found.amounts / found.amounts[0])


def test_a_giant_deal_is_pulled_down_and_counted() -> None:
    many = Deals(("2024",) * 100, np.array([*range(1, 100), 5000.0]))
    tame, count = winsorised(many, 0.99)
    assert count == 1
    assert tame.amounts.max() == pytest.approx(np.quantile(many.amounts, 0.99))
    assert deal_index(many, ["2024"], winsorise=0.99).winsorised == 1


def test_sub_indices_by_region() -> None:
    found = sub_indices(deals(), "region", ["2024Q1"])
    assert found["a"].counts.tolist() == [1, 1, 1, 0, 1]
    assert found["b"].amount_index.tolist() == [100, 80, 0, 80, 360]


def test_series_are_rebased_spliced_rolled_and_joined() -> None:
    series = np.array([80.0, 100.0, 120.0, 150.0])
    assert on_base_mean(series, [0, 1, 2]).tolist() == [80, 100, 120, 150]
    assert rebase(series, [3]).tolist()[-1] == 100
    assert splice({"2019": 90.0, "2020": 100.0}, {"2020": 50.0, "2021": 55.0}) == {
        "2019": 45.0,
        "2020": 50.0,
        "2021": 55.0,
    }
    assert rolling_mean(series, 2).tolist()[1:] == [90, 110, 135]
    assert rolling_sum(series, 4).tolist()[-1] == 450
    both = {"securities": np.array([100.0, 200]), "property": np.array([100.0, 150])}
    assert composite(both, {"securities": 3, "property": 1}).tolist() == [100, 187.5]
    points, percent = change(np.array([127.9, 129.5]))
    assert (round(points[1], 1), round(percent[1], 2)) == (1.6, 1.25)
    assert mean_rise(np.array([100.0, 110.0, 121.0]), 0, 2) == (10.5, pytest.approx(10))


@pytest.mark.reference
def test_a_published_average_rise_is_in_points(reference: Path) -> None:
    facts = {
        (row["index"], row["period"], row["item"]): row["value"]
        for row in records(reference / "composite" / "cn_indices" / "published_facts.csv")
    }
    name = "长三角区域发展指数"
    start = float(facts[(name, "2015", "base")])
    end = float(facts[(name, "2022", "index (as published Dec 2023)")])
    stated = float(facts[(name, "2022", "annual average rise since 2015")])
    points, percent = mean_rise(np.array([start, *[np.nan] * 6, end]), 0, 7)
    assert round(points, 1) == stated
    assert round(percent, 1) != stated


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: on_base_mean(np.array([0.0, 1.0]), [0]), "mean of the base period is zero"),
        (lambda: on_base_mean(np.array([np.nan, 1.0]), [0]), "base period has no data"),
        (lambda: splice({"2019": 1.0}, {"2020": 1.0}), "share no period"),
        (lambda: composite({"a": np.ones(2)}, {"a": 0}), "weights sum to zero"),
        (lambda: composite({"a": np.array([1.0, np.nan])}, {"a": 1}), "gap here"),
        (lambda: geks(Items(np.ones((3, 1)), np.ones((3, 1))), "fisher", window=5), "outside 2 to 3"),
        (lambda: deal_index(deals(), ["2023"]), "no period 2023"),
        (lambda: Deals(("2024",), np.array([-1.0])), "must be zero or more"),
        (lambda: bilateral(Items(np.ones((2, 1)), np.ones((2, 1))), "fischer", 0, 1), "cannot be fischer"),
    ],
)
def test_refusals(call: object, sentence: str) -> None:
    assert callable(call)
    with pytest.raises(CompositeError, match=sentence):
        call()

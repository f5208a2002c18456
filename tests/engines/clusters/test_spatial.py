"""Association of neighbours and clusters of firms on planted patterns."""

from __future__ import annotations

import numpy as np
import pytest

from duijie.engines.clusters import (
    dense_groups,
    getis_ord,
    great_circle_km,
    local_moran,
    moran,
    nearest_neighbours,
    neighbours_within,
    scan_hotspots,
)
from duijie.engines.composite.errors import CompositeError


def grid() -> tuple[np.ndarray, np.ndarray]:
    lon, lat = np.meshgrid(np.arange(8) * 0.1 + 120, np.arange(8) * 0.1 + 30)
    return lon.ravel(), lat.ravel()


def test_distances_on_the_sphere() -> None:
    found = great_circle_km([121.47, 118.79], [31.23, 32.06])  # Shanghai, Nanjing
    assert found[0, 1] == pytest.approx(270, abs=3)
    assert found[0, 0] == 0


def test_like_near_like_and_unlike() -> None:
    lon, lat = grid()
    near = nearest_neighbours(great_circle_km(lon, lat), 4)
    slope = moran(lon + lat, near)
    assert slope.statistic > 0.7 and slope.p_permuted == 0.001 and slope.p_value < 1e-6
    board = moran((np.arange(64) // 8 + np.arange(64)) % 2, neighbours_within(great_circle_km(lon, lat), 11.5))
    assert board.statistic < -0.9
    assert slope.expected == pytest.approx(-1 / 63)


def test_moran_is_the_formula_and_the_seed_decides() -> None:
    generator = np.random.default_rng(5)
    values = generator.normal(size=64)
    near = nearest_neighbours(great_circle_km(*grid()), 3)
    centred = values - values.mean()
    assert moran(values, near).statistic == pytest.approx(centred @ near.rows_of_one @ centred / (centred @ centred))
    assert moran(values, near, seed=4) == moran(values, near, seed=4)


def test_hot_corner_and_cold_corner() -> None:
    lon, lat = grid()
    values = np.random.default_rng(1).normal(10, 0.5, 64)
    hot, cold = (lon < 120.25) & (lat < 30.25), (lon > 120.45) & (lat > 30.45)
    values[hot] += 8
    values[cold] -= 5
    near = neighbours_within(great_circle_km(lon, lat), 15)
    stars = getis_ord(values, near, seed=1)
    assert {stars.kind[at] for at in np.flatnonzero(hot)} == {"hot"}
    assert "hot" not in {stars.kind[at] for at in np.flatnonzero(cold)}
    assert stars.statistic[0] > 1.96
    local = local_moran(values, near, seed=1)
    assert local.kind[0] == "high-high" and local.kind[-1] == "low-low"
    assert local.kind == local_moran(values, near, seed=1).kind


def test_a_place_without_neighbours_is_refused() -> None:
    with pytest.raises(CompositeError, match="no neighbour"):
        neighbours_within(great_circle_km([120, 120.01, 125], [30, 30, 30]), 5)
    near = nearest_neighbours(great_circle_km([120, 121, 122], [30, 30, 30]), 1)
    with pytest.raises(CompositeError, match="only one value"):
        moran([1, 1, 1], near)
    with pytest.raises(CompositeError, match="gap"):
        moran([1, np.nan, 2], near)


def firms() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A town of all industries, a district of one, and stragglers."""
    generator = np.random.default_rng(2)
    town = generator.normal([120.0, 30.0], 0.01, (120, 2))
    district = generator.normal([120.5, 30.3], 0.01, (40, 2))
    stray = generator.uniform([119, 29], [122, 32], (40, 2))
    points = np.vstack([town, district, stray])
    industry = np.zeros(200, dtype=bool)
    industry[np.arange(0, 120, 6)] = True
    industry[120:160] = generator.random(40) < 0.8
    industry[160::5] = True
    return points[:, 0], points[:, 1], industry


def test_dense_groups_are_found_and_stragglers_left_out() -> None:
    lon, lat, _ = firms()
    groups = dense_groups(lon, lat, reach_km=1.5, members_least=5)
    assert len(groups) == 2
    assert set(groups[0].members) <= set(range(120)) and len(groups[0].members) > 110
    assert set(groups[1].members) <= set(range(120, 160)) and len(groups[1].members) > 35
    assert groups[1].longitude == pytest.approx(120.5, abs=0.01)
    assert groups[0].radius_km < 6
    assert dense_groups(lon, lat, reach_km=1.5, members_least=5000) == []


def test_the_district_is_a_hotspot_and_the_town_is_not() -> None:
    lon, lat, industry = firms()
    found = scan_hotspots(lon, lat, industry.tolist(), seed=1)
    assert len(found) == 1
    assert set(found[0].members) <= set(range(120, 160)) and found[0].cases > 2 * found[0].expected
    assert found[0].p_value == 0.005


def test_no_hotspot_where_there_is_none() -> None:
    lon, lat, _ = firms()
    evenly = np.arange(200) % 5 == 0
    assert scan_hotspots(lon, lat, evenly.tolist(), seed=1) == []

"""Coordinates, coverage and tiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.clusters.coordinates import SYSTEMS, from_gcj02, to_gcj02
from duijie.engines.clusters.coverage import EARTH_METRES, coverage, within_reach
from duijie.engines.clusters.tiles import tile_positions

# (WGS-84 longitude, latitude, GCJ-02 longitude, latitude) of points that map libraries publish as their test values.
PUBLISHED = [
    (121.5272106, 31.1774276, 121.531541859215, 31.17530398364597),
    (113.912316, 22.543847, 113.9171764808363, 22.540796131694766),
    (116.377817, 39.911954, 116.38404722455657, 39.91334545536069),
]
CHINA = st.tuples(st.floats(98, 122), st.floats(22, 42))


@pytest.mark.parametrize(("lon", "lat", "east", "north"), PUBLISHED)
def test_published_points(lon: float, lat: float, east: float, north: float) -> None:
    found = to_gcj02(lon, lat, "WGS-84")
    assert np.allclose(found, (east, north), rtol=0, atol=1e-9)


@given(CHINA, st.sampled_from(SYSTEMS))
def test_there_and_back(place: tuple[float, float], system: str) -> None:
    there = from_gcj02(*place, system)
    assert np.allclose(to_gcj02(*there, system), place, rtol=0, atol=1e-7)  # a centimetre


def test_outside_the_country_nothing_moves_and_unknown_systems_are_refused() -> None:
    assert to_gcj02(2.35, 48.85, "WGS-84") == (2.35, 48.85)
    with pytest.raises(ValueError, match="unknown coordinate system"):
        to_gcj02(120, 30, "CGCS")


def test_reach_is_exact_on_the_sphere() -> None:
    degree = np.degrees(500 / EARTH_METRES)  # 500 m of latitude
    cells = ([120.0, 120.0], [30.0 + degree * 0.999, 30.0 + degree * 1.001])
    assert within_reach(cells, ([120.0], [30.0]), 500).tolist() == [True, False]


def test_coverage_counts_people_area_and_density() -> None:
    found = coverage(([120.0, 121.0], [30.0, 30.0]), [300, 100], [1e6, 3e6], ([120.001, 120.002], [30.0, 30.0]), 500)
    assert (found.share_of_people, found.share_of_area, found.per_square_kilometre) == (0.75, 0.25, 0.5)


def test_nothing_near_nothing() -> None:
    empty = coverage(([], []), [], [], ([120.0], [30.0]), 500)
    assert (empty.share_of_people, empty.share_of_area, empty.per_square_kilometre) == (None, None, None)
    assert within_reach(([120.0], [30.0]), ([], []), 500).tolist() == [False]
    with pytest.raises(ValueError, match="more than 0"):
        within_reach(([120.0], [30.0]), ([120.0], [30.0]), 0)


@given(st.lists(CHINA, min_size=1, max_size=40))
def test_a_wider_reach_never_covers_less(places: list[tuple[float, float]]) -> None:
    lon, lat = np.array(places).T
    near = within_reach((lon, lat), ([110.0], [31.0]), 100_000)
    far = within_reach((lon, lat), ([110.0], [31.0]), 400_000)
    assert not (near & ~far).any()


@given(st.lists(CHINA, min_size=1, max_size=50, unique=True))
def test_every_region_has_a_tile_of_its_own(places: list[tuple[float, float]]) -> None:
    lon, lat = np.array(places).T
    tiles, columns, rows = tile_positions(lon, lat)
    assert len(set(tiles)) == len(places)
    assert all(0 <= x < columns and 0 <= y < rows for x, y in tiles)
    assert tile_positions(lon, lat) == (tiles, columns, rows)


def test_tiles_keep_west_left_of_east_and_north_above_south() -> None:
    tiles, columns, rows = tile_positions([118, 120, 118, 120], [32, 32, 30, 30], spare=1)
    assert (tiles, columns, rows) == ([(0, 0), (1, 0), (0, 1), (1, 1)], 2, 2)

"""Coordinate systems of Chinese maps: WGS-84 (satellites, most open data), GCJ-02 (maps published in China), BD-09 (Baidu).

The published approximation of the offset is used, as every map service does; its inverse is found by fixed-point iteration and
is exact to about a centimetre. Outside the country's frame the systems are the same.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
SYSTEMS = ("WGS-84", "GCJ-02", "BD-09")
_AXIS_METRES, _ECCENTRICITY_SQUARED = 6378245.0, 0.00669342162296594323
_BAIDU = np.pi * 3000.0 / 180.0


def to_gcj02(longitudes: npt.ArrayLike, latitudes: npt.ArrayLike, system: str) -> tuple[Floats, Floats]:
    """Degrees of `system` as degrees of GCJ-02; arrays of the same shape. Raises ValueError for an unknown system."""
    lon, lat = _degrees(longitudes), _degrees(latitudes)
    if system == "GCJ-02":
        return lon, lat
    if system == "WGS-84":
        east, north = _offset(lon, lat)
        return lon + east, lat + north
    if system == "BD-09":
        return _from_baidu(lon, lat)
    raise ValueError(f"unknown coordinate system {system!r}; one of {', '.join(SYSTEMS)}")


def from_gcj02(longitudes: npt.ArrayLike, latitudes: npt.ArrayLike, system: str) -> tuple[Floats, Floats]:
    """Degrees of GCJ-02 as degrees of `system`; the inverse of `to_gcj02`."""
    lon, lat = _degrees(longitudes), _degrees(latitudes)
    if system == "GCJ-02":
        return lon, lat
    if system not in SYSTEMS:
        raise ValueError(f"unknown coordinate system {system!r}; one of {', '.join(SYSTEMS)}")
    found_lon, found_lat = lon.copy(), lat.copy()
    for _ in range(12):
        there_lon, there_lat = to_gcj02(found_lon, found_lat, system)
        found_lon, found_lat = found_lon - (there_lon - lon), found_lat - (there_lat - lat)
    return found_lon, found_lat


def _degrees(values: npt.ArrayLike) -> Floats:
    return np.asarray(values, dtype=np.float64)


def _offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """How far GCJ-02 lies east and north of WGS-84, in degrees; nothing outside the country's frame."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20.0 * np.sin(6 * np.pi * x) + 20.0 * np.sin(2 * np.pi * x)) * 2 / 3
    north = -100.0 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160.0 * np.sin(np.pi * y / 12) + 320.0 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300.0 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150.0 * np.sin(np.pi * x / 12) + 300.0 * np.sin(np.pi * x / 30)) * 2 / 3
    radians = np.radians(lat)
    magic = 1 - _ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    north *= 180.0 / ((_AXIS_METRES * (1 - _ECCENTRICITY_SQUARED)) / magic**1.5 * np.pi)
    east *= 180.0 / (_AXIS_METRES / np.sqrt(magic) * np.cos(radians) * np.pi)
    inside = (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)
    return np.where(inside, east, 0.0), np.where(inside, north, 0.0)


def _from_baidu(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 0.0065, lat - 0.006
    length = np.hypot(x, y) - 0.00002 * np.sin(y * _BAIDU)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * _BAIDU)
    return length * np.cos(angle), length * np.sin(angle)

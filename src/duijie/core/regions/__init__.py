"""Places: provinces, cities, counties (GB/T 2260), national zones and groups of provinces; see docs/reference-data.md."""

from __future__ import annotations

from duijie.core.regions.names import short_name
from duijie.core.regions.search import candidates, complete, find, mentioned, resolve, suggest
from duijie.core.regions.table import (
    BASIN_CODE,
    COUNTRY_CODE,
    DELTA_CODE,
    Level,
    Region,
    ancestry,
    children,
    delta_cities,
    full_name,
    load,
    path,
    provinces,
    within,
)


def get(code: str) -> Region | None:
    """The place with this code, or None."""
    return load().get(code)


__all__ = [
    "BASIN_CODE",
    "COUNTRY_CODE",
    "DELTA_CODE",
    "Level",
    "Region",
    "ancestry",
    "candidates",
    "children",
    "complete",
    "delta_cities",
    "find",
    "full_name",
    "get",
    "load",
    "mentioned",
    "path",
    "provinces",
    "resolve",
    "short_name",
    "suggest",
    "within",
]

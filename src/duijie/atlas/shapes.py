"""Reading the operator's GeoJSON: checked when it is loaded, in GCJ-02 when it is served."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np

from duijie.core.errors import Fault
from duijie.engines.clusters import to_gcj02


def _features(raw: bytes) -> list[dict[str, Any]]:
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Fault(
            "boundary.unreadable", "文件不是 GeoJSON。", "The file is not GeoJSON.", status=422,
            place=f"{getattr(error, 'lineno', 1)}:{getattr(error, 'colno', 1)}",
        ) from None  # fmt: skip
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not features:
        raise Fault("boundary.empty", "文件里没有任何区域。", "The file holds no areas.", place="features", status=422)
    return features


def count_shapes(raw: bytes) -> int:
    """How many areas a GeoJSON file holds. Raises Fault naming the first feature that is no area or lies off the earth."""
    features = _features(raw)
    for number, feature in enumerate(features):
        place = f"features[{number}]"
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
            raise Fault(
                "boundary.not_an_area",
                "只能是面（Polygon、MultiPolygon）。",
                "Only Polygon and MultiPolygon.",
                place=place,
                status=422,
            )
        try:
            for ring in _rings(geometry):
                points = np.array([point[:2] for point in ring], dtype=float)
                if points.shape[0] < 4 or not (np.abs(points) <= [180, 90]).all():
                    raise ValueError("not degrees")
        except (ValueError, TypeError, IndexError):
            raise Fault(
                "boundary.coordinates", "坐标应为经纬度（度），每圈至少四个点。",
                "Coordinates are degrees, at least four points to a ring.", place=place, status=422,
            ) from None  # fmt: skip
    return len(features)


def _rings(geometry: dict[str, Any]) -> Iterator[list[Any]]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon


def in_gcj02(raw: bytes, system: str) -> dict[str, Any]:
    """The file's areas with their names, every point in GCJ-02 to six decimals."""
    found = []
    for feature in _features(raw):
        geometry, properties = feature["geometry"], feature.get("properties") or {}
        for ring in _rings(geometry):
            points = np.array([point[:2] for point in ring], dtype=float)
            lon, lat = to_gcj02(points[:, 0], points[:, 1], system)
            ring[:] = np.column_stack([lon, lat]).round(6).tolist()
        name = str(properties.get("name") or properties.get("NAME") or "")
        found.append({"type": "Feature", "properties": {"name": name}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": found}

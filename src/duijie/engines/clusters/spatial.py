"""Spatial association of regions: Moran's I, local Moran (LISA), Getis and Ord's G*, through esda and libpysal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Floats

EARTH_RADIUS_KM = 6371.0088
QUADRANTS = ("", "high-high", "low-high", "low-low", "high-low")


def great_circle_km(longitudes: npt.ArrayLike, latitudes: npt.ArrayLike) -> Floats:
    """(points, points) distances in kilometres on the sphere, from degrees."""
    lon, lat = np.radians(np.asarray(longitudes, dtype=float)), np.radians(np.asarray(latitudes, dtype=float))
    if bool(np.isnan(lon).any()) or bool(np.isnan(lat).any()) or bool((np.abs(lat) > np.pi / 2).any()):
        refuse("coordinates", "points")
    half = (
        np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
        + np.cos(lat)[:, None] * np.cos(lat)[None, :] * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))), dtype=float)


@dataclass(frozen=True)
class Neighbours:
    """Who is near whom: (places, places), zero on the diagonal, not yet brought to rows of one."""

    weights: Floats

    def __post_init__(self) -> None:
        alone = np.flatnonzero(self.weights.sum(axis=1) == 0)
        if len(alone):
            refuse("island", f"place {int(alone[0]) + 1}", count=len(alone))

    @property
    def rows_of_one(self) -> Floats:
        """Each row summing to one."""
        return np.asarray(self.weights / self.weights.sum(axis=1, keepdims=True), dtype=float)

    def as_libpysal(self) -> Any:
        """The same as a libpysal W."""
        from libpysal.weights import W

        near = {row: np.flatnonzero(line).tolist() for row, line in enumerate(self.weights)}
        return W(
            near, {row: self.weights[row, columns].tolist() for row, columns in near.items()}, silence_warnings=True
        )


def nearest_neighbours(distances: Floats, count: int) -> Neighbours:
    """Each place's nearest others, equally."""
    places = len(distances)
    if not 1 <= count < places:
        refuse("setting_out_of_range", "neighbours", name="count", found=count, low=1, high=places - 1)
    apart = distances + np.where(np.eye(places, dtype=bool), np.inf, 0.0)
    chosen = np.argsort(apart, axis=1, kind="stable")[:, :count]
    weights = np.zeros((places, places))
    np.put_along_axis(weights, chosen, 1.0, axis=1)
    return Neighbours(weights)


def neighbours_within(distances: Floats, reach: float, *, decay: bool = False) -> Neighbours:
    """Others within `reach`, equally or by the inverse of their distance.

    Raises:
        CompositeError: a place with nobody within reach.
    """
    near = (distances <= reach) & ~np.eye(len(distances), dtype=bool)
    with np.errstate(divide="ignore"):
        strength = 1 / np.maximum(distances, 1e-9) if decay else np.ones_like(distances)
    return Neighbours(np.where(near, strength, 0.0))


@dataclass(frozen=True)
class Association:
    """Moran's I: the statistic, its expectation under no association, z and p (normality), p by permutation."""

    statistic: float
    expected: float
    z_value: float
    p_value: float
    p_permuted: float


def _values(values: npt.ArrayLike, neighbours: Neighbours) -> Floats:
    found = np.asarray(values, dtype=float)
    if found.shape != (len(neighbours.weights),):
        refuse("values_shape", "values", count=len(neighbours.weights), found=found.shape)
    if bool(np.isnan(found).any()):
        refuse("series_gap", f"values [{int(np.flatnonzero(np.isnan(found))[0]) + 1}]")
    if found.min() == found.max():
        refuse("one_value", "values", value=float(found[0]))
    return found


def moran(values: npt.ArrayLike, neighbours: Neighbours, *, permutations: int = 999, seed: int = 0) -> Association:
    """Global Moran's I with row-standardised weights; positive where like is near like."""
    from esda import Moran

    known = _values(values, neighbours)
    # esda draws from numpy's global generator; the permutations are drawn here instead, from a seed.
    found = Moran(known, neighbours.as_libpysal(), permutations=0)
    generator = np.random.default_rng(seed)
    centred = known - known.mean()
    shuffled = generator.permuted(np.broadcast_to(centred, (permutations, len(centred))), axis=1)
    drawn = ((shuffled @ neighbours.rows_of_one.T) * shuffled).sum(axis=1) / (centred**2).sum()
    larger = int((drawn >= found.I).sum())
    extreme = min(larger, permutations - larger)
    p_permuted = (extreme + 1) / (permutations + 1) if permutations else float("nan")
    return Association(float(found.I), float(found.EI), float(found.z_norm), float(found.p_norm), p_permuted)


@dataclass(frozen=True)
class LocalAssociation:
    """Per place: the statistic, p by permutation, and the kind of cluster it is part of ("" where not significant)."""

    statistic: Floats
    p_value: Floats
    kind: tuple[str, ...]


def _permuted(values: Floats, weights: Floats, signs: Floats, permutations: int, seed: int) -> Floats:
    """Pseudo p-values of each place's sum over neighbours, its own value held and the others shuffled (Anselin 1995).

    One set of draws serves all places, as is usual; done here because esda compiles its own for half a minute on first use.
    """
    generator = np.random.default_rng(seed)
    places, most = len(values), int((weights > 0).sum(axis=1).max())
    drawn = np.array([generator.permutation(places - 1)[:most] for _ in range(permutations)])
    found = np.empty(places)
    for place in range(places):
        near = np.flatnonzero(weights[place] > 0)
        own = weights[place, near]
        others = np.delete(values, place)
        shuffled = (others[drawn[:, : len(near)]] * own).sum(axis=1) * signs[place]
        larger = int((shuffled >= float((values[near] * own).sum()) * signs[place]).sum())
        found[place] = (min(larger, permutations - larger) + 1) / (permutations + 1)
    return found


def local_moran(
    values: npt.ArrayLike, neighbours: Neighbours, *, permutations: int = 999, seed: int = 0, significance: float = 0.05
) -> LocalAssociation:
    """Local Moran (Anselin 1995): high among high, low among low, and the two kinds of outlier."""
    from esda import Moran_Local

    known = _values(values, neighbours)
    found = Moran_Local(known, neighbours.as_libpysal(), permutations=0)
    centred = known - known.mean()
    p_values = _permuted(centred, neighbours.rows_of_one, np.sign(centred), permutations, seed)
    kinds = tuple(QUADRANTS[int(q)] if p <= significance else "" for q, p in zip(found.q, p_values, strict=True))
    return LocalAssociation(np.asarray(found.Is, dtype=float), p_values, kinds)


def getis_ord(
    values: npt.ArrayLike, neighbours: Neighbours, *, permutations: int = 999, seed: int = 0, significance: float = 0.05
) -> LocalAssociation:
    """Getis and Ord's G* as z values: hot spots and cold spots, the place itself included, neighbours counted equally."""
    from esda import G_Local

    known = _values(values, neighbours)
    near = Neighbours((neighbours.weights > 0).astype(float))
    found = G_Local(known, near.as_libpysal(), transform="B", permutations=0, star=True)
    scores = np.asarray(found.Zs, dtype=float)
    p_values = _permuted(known, near.weights, np.ones(len(known)), permutations, seed)
    kinds = tuple(
        ("hot" if z > 0 else "cold") if p <= significance else "" for z, p in zip(scores, p_values, strict=True)
    )
    return LocalAssociation(scores, p_values, kinds)

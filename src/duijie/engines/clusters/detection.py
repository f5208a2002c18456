"""Spatial clusters of firms found from their coordinates: dense groups, and places with more of an industry than chance gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duijie.engines.clusters.spatial import EARTH_RADIUS_KM, great_circle_km
from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Floats


@dataclass(frozen=True)
class Group:
    """One dense group: its firms (positions), centre in degrees, the distance of the farthest from it, and its total weight."""

    members: tuple[int, ...]
    longitude: float
    latitude: float
    radius_km: float
    weight: float


def dense_groups(
    longitudes: npt.ArrayLike,
    latitudes: npt.ArrayLike,
    *,
    reach_km: float,
    members_least: int = 5,
    weights: npt.ArrayLike | None = None,
) -> list[Group]:
    """Groups in which every core firm has `members_least` firms (or that much weight) within `reach_km`, by DBSCAN on the sphere.

    Ester, Kriegel, Sander, Xu 1996. Largest weight first; firms in no group are left out.
    """
    from sklearn.cluster import DBSCAN

    lon, lat = np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float)
    if lon.shape != lat.shape or bool(np.isnan(lon).any()) or bool(np.isnan(lat).any()):
        refuse("coordinates", "firms")
    if not reach_km > 0:
        refuse("distance_value", "reach_km", value=reach_km)
    heavy = np.ones(len(lon)) if weights is None else np.asarray(weights, dtype=float)
    points = np.radians(np.column_stack([lat, lon]))
    fitted = DBSCAN(
        eps=reach_km / EARTH_RADIUS_KM, min_samples=members_least, metric="haversine", algorithm="ball_tree"
    ).fit(points, sample_weight=heavy)
    groups = [
        _group(lon, lat, heavy, np.flatnonzero(fitted.labels_ == label)) for label in sorted({*fitted.labels_} - {-1})
    ]
    return sorted(groups, key=lambda group: (-group.weight, group.members[0]))


def _group(lon: Floats, lat: Floats, heavy: Floats, members: npt.NDArray[np.intp]) -> Group:
    share = heavy[members] / heavy[members].sum()
    centre_lon, centre_lat = float((lon[members] * share).sum()), float((lat[members] * share).sum())
    ends = great_circle_km([centre_lon, *lon[members]], [centre_lat, *lat[members]])
    return Group(
        tuple(int(at) for at in members), centre_lon, centre_lat, float(ends[0, 1:].max()), float(heavy[members].sum())
    )


@dataclass(frozen=True)
class Hotspot:
    """A circle with more of an industry than chance gives: cases inside, expected cases, likelihood ratio, p by permutation."""

    centre: int
    radius_km: float
    members: tuple[int, ...]
    cases: int
    expected: float
    likelihood: float
    p_value: float


def scan_hotspots(
    longitudes: npt.ArrayLike,
    latitudes: npt.ArrayLike,
    in_industry: Sequence[bool],
    *,
    share_most: float = 0.25,
    permutations: int = 199,
    seed: int = 0,
    significance: float = 0.05,
) -> list[Hotspot]:
    """Circles around each firm in which an industry's share of all firms is higher than outside (Kulldorff 1997, Bernoulli).

    All firms are the ground against which the industry is seen, so that a town centre is no hotspot merely for being full. Circles hold at
    most `share_most` of all firms; of those that overlap only the most likely is kept.
    """
    cases = np.asarray(in_industry, dtype=bool)
    distances = great_circle_km(longitudes, latitudes)
    if len(cases) != len(distances):
        refuse("values_shape", "in_industry", count=len(distances), found=(len(cases),))
    if not 0 < cases.sum() < len(cases):
        refuse("one_value", "in_industry", value=float(cases[0]) if len(cases) else 0.0)
    largest = max(2, int(len(cases) * share_most))
    order = np.argsort(distances, axis=1, kind="stable")[:, :largest]
    observed = _likelihoods(order, cases)
    generator = np.random.default_rng(seed)
    drawn = np.array([float(_likelihoods(order, generator.permutation(cases)).max()) for _ in range(permutations)])
    found: list[Hotspot] = []
    taken: set[int] = set()
    total, everyone = int(cases.sum()), len(cases)
    for flat in np.argsort(-observed, axis=None, kind="stable"):
        centre, size = (int(at) for at in np.unravel_index(flat, observed.shape))
        ratio = float(observed[centre, size])
        p_value = (int((drawn >= ratio).sum()) + 1) / (permutations + 1)
        if ratio <= 0 or p_value > significance:
            break
        members = tuple(int(at) for at in order[centre, : size + 1])
        if taken & set(members):
            continue
        taken |= set(members)
        inside = int(cases[list(members)].sum())
        radius = float(distances[centre, members[-1]])
        found.append(Hotspot(centre, radius, members, inside, len(members) * total / everyone, ratio, p_value))
    return found


def _likelihoods(order: npt.NDArray[np.intp], cases: npt.NDArray[np.bool_]) -> Floats:
    """(centres, sizes): log likelihood ratio of the circle of the nearest 1, 2, 3... firms; 0 where inside is no denser."""
    total, everyone = float(cases.sum()), float(len(cases))
    inside = np.cumsum(cases[order], axis=1).astype(float)
    size = np.arange(1, order.shape[1] + 1, dtype=float)[None, :]
    outside, rest = total - inside, everyone - size

    def term(part: Floats, whole: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(part > 0, part * np.log(part / whole), 0.0)

    full = term(inside, size) + term(size - inside, size) + term(outside, rest) + term(rest - outside, rest)
    null = total * np.log(total / everyone) + (everyone - total) * np.log((everyone - total) / everyone)
    return np.asarray(np.where(inside / size > outside / rest, full - null, 0.0), dtype=float)

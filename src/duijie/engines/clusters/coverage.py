"""Who lives near what: the share of people, or of area, within a walk of a facility, from point and population tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

EARTH_METRES = 6_371_008.8
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Coverage:
    """people, area_m2: of all cells; covered_people, covered_area_m2: of those whose centre lies within reach of a facility."""

    facilities: int
    people: float
    covered_people: float
    area_m2: float
    covered_area_m2: float

    @property
    def share_of_people(self) -> float | None:
        return self.covered_people / self.people if self.people else None

    @property
    def share_of_area(self) -> float | None:
        return self.covered_area_m2 / self.area_m2 if self.area_m2 else None

    @property
    def per_square_kilometre(self) -> float | None:
        return self.facilities / (self.area_m2 / 1e6) if self.area_m2 else None


def within_reach(
    cells: tuple[npt.ArrayLike, npt.ArrayLike], facilities: tuple[npt.ArrayLike, npt.ArrayLike], reach_metres: float
) -> npt.NDArray[np.bool_]:
    """For each cell (longitudes, latitudes in degrees) whether a facility lies within `reach_metres` as the crow flies.

    Exact on the sphere: the chord of the great circle is compared. Raises ValueError where reach_metres is not positive.
    """
    if not reach_metres > 0:
        raise ValueError("the reach must be more than 0 metres")
    here, there = _on_sphere(*cells), _on_sphere(*facilities)
    if not len(here) or not len(there):
        return np.zeros(len(here), dtype=bool)
    chord = 2 * np.sin(min(reach_metres / (2 * EARTH_METRES), np.pi / 2))
    distance, _ = scipy.spatial.cKDTree(there).query(here, distance_upper_bound=chord * (1 + 1e-12))
    return np.asarray(np.isfinite(distance))


def coverage(
    cells: tuple[npt.ArrayLike, npt.ArrayLike],
    people: npt.ArrayLike,
    area_m2: npt.ArrayLike,
    facilities: tuple[npt.ArrayLike, npt.ArrayLike],
    reach_metres: float,
) -> Coverage:
    """People and area within reach. A cell counts whole by its centre, so cells should be small against the reach."""
    heads, ground = np.asarray(people, dtype=float), np.asarray(area_m2, dtype=float)
    near = within_reach(cells, facilities, reach_metres)
    return Coverage(
        facilities=len(np.atleast_1d(np.asarray(facilities[0], dtype=float))),
        people=float(heads.sum()),
        covered_people=float(heads[near].sum()),
        area_m2=float(ground.sum()),
        covered_area_m2=float(ground[near].sum()),
    )


def _on_sphere(longitudes: npt.ArrayLike, latitudes: npt.ArrayLike) -> Floats:
    lon, lat = np.radians(np.asarray(longitudes, dtype=float)), np.radians(np.asarray(latitudes, dtype=float))
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])

"""A tile cartogram: each region one tile of the same size, as near to its true place as a grid without gaps of rank allows.

Small regions are as easy to see as large ones, and no boundary is drawn. The assignment minimises the summed squared distance
between true and given places (Hungarian method), so it is the best there is for its grid, and always the same.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import scipy


def tile_positions(
    longitudes: npt.ArrayLike, latitudes: npt.ArrayLike, *, spare: float = 1.5
) -> tuple[list[tuple[int, int]], int, int]:
    """(column, row) of each region from the upper left, and the numbers of columns and rows.

    spare: how many cells the grid has for each region, at least 1. Empty outer rows and columns are cut off.
    """
    lon, lat = np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float)
    count = len(lon)
    if count == 0:
        return [], 0, 0
    east, north = lon * math.cos(math.radians(float(lat.mean()))), lat
    width, height = max(float(np.ptp(east)), 1e-9), max(float(np.ptp(north)), 1e-9)
    columns = max(1, min(count, round(math.sqrt(count * max(spare, 1.0) * width / height))))
    rows = max(1, math.ceil(count * max(spare, 1.0) / columns))
    x = (east - east.min()) / width * (columns - 1)
    y = (north.max() - north) / height * (rows - 1)
    cell_x, cell_y = np.meshgrid(np.arange(columns), np.arange(rows))
    cost = (x[:, None] - cell_x.ravel()) ** 2 + (y[:, None] - cell_y.ravel()) ** 2
    _, chosen = scipy.optimize.linear_sum_assignment(cost)
    at_x, at_y = cell_x.ravel()[chosen], cell_y.ravel()[chosen]
    at_x, at_y = at_x - at_x.min(), at_y - at_y.min()
    places = [(int(a), int(b)) for a, b in zip(at_x, at_y, strict=True)]
    return places, int(at_x.max()) + 1, int(at_y.max()) + 1

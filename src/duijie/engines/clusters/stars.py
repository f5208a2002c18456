"""Stars for size, specialisation and focus, as the European cluster observatories give them, with the absolute size beside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duijie.engines.clusters.concentration import checked, location_quotient, region_shares
from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Floats


@dataclass(frozen=True)
class Stars:
    """Per region and industry: what was measured, which stars it earns, and how many."""

    activity: Floats
    quotient: Floats
    focus: Floats
    for_size: npt.NDArray[np.bool_]
    for_specialisation: npt.NDArray[np.bool_]
    for_focus: npt.NDArray[np.bool_]

    @property
    def count(self) -> npt.NDArray[np.int64]:
        """0 to 3 stars."""
        total: npt.NDArray[np.int64] = (
            self.for_size.astype(np.int64) + self.for_specialisation.astype(np.int64) + self.for_focus.astype(np.int64)
        )
        return total


def cluster_stars(
    activity: npt.ArrayLike,
    *,
    top_share: float = 0.10,
    quotient_least: float = 2.0,
    size_least: float = 0.0,
    quotient: npt.ArrayLike | None = None,
) -> Stars:
    """Stars of every region in every industry.

    Args:
        top_share: the size star goes to the largest tenth of regions in an industry, the focus star to the tenth for whom the industry
            is the largest part of what they have; at least one region, ties included, never a region without the industry.
        quotient_least: location quotient from which a region is called specialised.
        size_least: below this size no star is given at all: small remote places score high on a quotient.
        quotient: another quotient to judge by, such as the proximity-adjusted one.
    """
    table = checked(activity)
    if not 0 < top_share <= 1:
        refuse("setting_out_of_range", "stars", name="top_share", found=top_share, low=0, high=1)
    measured = location_quotient(table) if quotient is None else np.asarray(quotient, dtype=float)
    focus = region_shares(table)
    there = (table > 0) & (table >= size_least)
    return Stars(
        activity=table,
        quotient=measured,
        focus=focus,
        for_size=_top(table, top_share) & there,
        for_specialisation=(np.nan_to_num(measured) >= quotient_least) & there,
        for_focus=_top(np.nan_to_num(focus), top_share) & there,
    )


def _top(values: Floats, share: float) -> npt.NDArray[np.bool_]:
    """The highest values of each column, as many as the share of rows allows (rounded up), ties at the edge included."""
    places = max(1, int(np.ceil(share * len(values) - 1e-9)))
    edge = np.sort(values, axis=0)[::-1][places - 1]
    found: npt.NDArray[np.bool_] = values >= edge
    return found

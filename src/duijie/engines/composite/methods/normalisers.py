"""Bring indicators to one scale on which higher is better. Directions are applied here and nowhere else.

Each normaliser takes `measure` (the rows its constants come from) and `values` (the rows to change), both (rows, columns), and the
columns' elements; goalposts and targets are in the indicator's own unit, whichever way it points.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.framework import Element
from duijie.engines.composite.methods.moments import ranks_ascending
from duijie.engines.composite.panel import Floats


@dataclass(frozen=True)
class Columns:
    """What a normaliser works on."""

    measure: Floats
    values: Floats
    elements: tuple[Element, ...]
    arguments: Mapping[str, Any]
    place: str
    reference_row: int | None = None
    centre: Floats | None = None

    @property
    def signs(self) -> Floats:
        """+1 or -1 per column."""
        return np.array([element.direction for element in self.elements], dtype=float)

    def refuse_where(self, wrong: Any, code: str, **values: object) -> None:
        """Refuse the first column for which `wrong` holds."""
        for at in np.flatnonzero(np.asarray(wrong)):
            details = {name: found[at] if isinstance(found, np.ndarray) else found for name, found in values.items()}
            refuse(code, f"{self.place} {self.elements[at].code}", **details)

    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper goalposts: the step's, a percentile of the measure, else the element's own."""
        lows = self._post("low", [element.lower for element in self.elements])
        highs = self._post("high", [element.upper for element in self.elements])
        self.refuse_where(np.isnan(lows) | np.isnan(highs), "goalposts_missing")
        self.refuse_where(lows == highs, "goalposts_equal", value=lows)
        return lows, highs

    def _post(self, name: str, own: Sequence[float | None]) -> Floats:
        percentile = self.arguments.get(f"{name}_percentile")
        if percentile is not None:
            return np.asarray(np.nanpercentile(self.measure, percentile, axis=0), dtype=float)
        stated = self.arguments.get(name)
        return np.array(
            [np.nan if value is None else value for value in (own if stated is None else [stated] * len(own))]
        )


def _spread(columns: Columns) -> tuple[Floats, Floats]:
    flipped = columns.measure * columns.signs
    low, high = np.nanmin(flipped, axis=0), np.nanmax(flipped, axis=0)
    columns.refuse_where(low == high, "one_value", value=np.abs(low))
    return low, high


def _min_max(columns: Columns) -> Floats:
    low, high = _spread(columns)
    lower, upper = columns.arguments["lower"], columns.arguments["upper"]
    scores = columns.values * columns.signs  # then in place: a large panel is bound by memory, not by arithmetic
    scores -= low
    scores /= high - low
    scores *= upper - lower
    scores += lower
    return scores


def _z_score(columns: Columns) -> Floats:
    _spread(columns)
    flipped = columns.measure * columns.signs
    mean, spread = (
        np.nanmean(flipped, axis=0),
        np.nanstd(flipped, axis=0, ddof=0 if columns.arguments["population"] else 1),
    )
    return (columns.values * columns.signs - mean) / spread * columns.arguments["sd"] + columns.arguments["mean"]


def _normal_percentile(columns: Columns) -> Floats:
    """The share of a normal distribution below the value's z-score."""
    _spread(columns)
    flipped = columns.measure * columns.signs
    mean, spread = np.nanmean(flipped, axis=0), np.nanstd(flipped, axis=0, ddof=1)
    return np.asarray(
        scipy.special.ndtr((columns.values * columns.signs - mean) / spread) * columns.arguments["scale"], dtype=float
    )


def _centred(columns: Columns) -> Floats:
    """The centre is half way between `lower` and `upper`, the measure's range their distance (Mazziotta, Pareto 2016)."""
    low, high = _spread(columns)
    assert columns.centre is not None
    columns.refuse_where(np.isnan(columns.centre), "all_missing")
    lower, upper = columns.arguments["lower"], columns.arguments["upper"]
    offset = (columns.values - columns.centre) * columns.signs / (high - low)
    return offset * (upper - lower) + (lower + upper) / 2


def _goalposts(columns: Columns) -> Floats:
    low, high = columns.bounds()
    return _between(columns, columns.values, low, high)


def _between(columns: Columns, values: Floats, low: Floats, high: Floats) -> Floats:
    share = np.where(columns.signs > 0, (values - low) / (high - low), (high - values) / (high - low))
    if columns.arguments["truncate"]:
        share = np.clip(share, 0, 1)
    lower, upper = columns.arguments["lower"], columns.arguments["upper"]
    return share * (upper - lower) + lower


def _log_goalposts(columns: Columns) -> Floats:
    low, high = columns.bounds()
    columns.refuse_where((low <= 0) | (high <= 0), "log_not_positive", value=np.minimum(low, high))
    lowest = np.nanmin(columns.values, axis=0)
    columns.refuse_where(lowest <= 0, "log_not_positive", value=lowest)
    return _between(columns, np.log(columns.values), np.log(low), np.log(high))


def _distance_to_max(columns: Columns) -> Floats:
    low, high = _spread(columns)
    return (1 - (high - columns.values * columns.signs) / (high - low)) * columns.arguments["scale"]


def _distance_to_reference(columns: Columns) -> Floats:
    if columns.reference_row is None:
        refuse("reference_unit_missing", columns.place)
    low, _ = _spread(columns)
    reference = columns.measure[columns.reference_row] * columns.signs
    columns.refuse_where(np.isnan(reference), "reference_value_missing")
    columns.refuse_where(reference == low, "reference_is_lowest")
    share = 1 - (reference - columns.values * columns.signs) / (reference - low)
    return (np.minimum(share, 1) if columns.arguments["cap"] else share) * columns.arguments["scale"]


def _distance_to_target(columns: Columns) -> Floats:
    stated = columns.arguments.get("target")
    targets = np.array(
        [np.nan if (v := stated if stated is not None else e.target) is None else v for e in columns.elements]
    )
    columns.refuse_where(np.isnan(targets), "target_missing")
    flipped = columns.measure * columns.signs
    low = np.nanmin(flipped, axis=0)
    columns.refuse_where(targets * columns.signs <= low, "target_below_lowest", target=targets)
    share = (columns.values * columns.signs - low) / (targets * columns.signs - low)
    return (np.minimum(share, 1) if columns.arguments["cap"] else share) * columns.arguments["scale"]


def _ratio(columns: Columns, yardstick: Floats) -> Floats:
    """Value over yardstick, or yardstick over value where lower is better, so that higher is better in both."""
    columns.refuse_where(yardstick <= 0, "ratio_not_positive", value=yardstick)
    inverted = columns.signs < 0
    lowest = np.nanmin(columns.values, axis=0)
    columns.refuse_where(inverted & (lowest <= 0), "ratio_not_positive", value=lowest)
    with np.errstate(divide="ignore"):
        share = np.where(inverted, yardstick / columns.values, columns.values / yardstick)
    return share * columns.arguments["scale"]


def _best(columns: Columns) -> Floats:
    return np.where(columns.signs > 0, np.nanmax(columns.measure, axis=0), np.nanmin(columns.measure, axis=0))


def _worst(columns: Columns) -> Floats:
    return np.where(columns.signs > 0, np.nanmin(columns.measure, axis=0), np.nanmax(columns.measure, axis=0))


def _fraction_of_best(columns: Columns) -> Floats:
    return _ratio(columns, _best(columns))


def _ratio_to_worst(columns: Columns) -> Floats:
    return _ratio(columns, _worst(columns))


def _ratio_to_mean(columns: Columns) -> Floats:
    return _ratio(columns, np.nanmean(columns.measure, axis=0))


def _difference(columns: Columns, yardstick: Floats) -> Floats:
    columns.refuse_where(yardstick <= 0, "ratio_not_positive", value=yardstick)
    return columns.signs * (columns.values - yardstick) / yardstick * columns.arguments["scale"]


def _difference_to_mean(columns: Columns) -> Floats:
    return _difference(columns, np.nanmean(columns.measure, axis=0))


def _difference_to_worst(columns: Columns) -> Floats:
    return _difference(columns, _worst(columns))


def _above_below_mean(columns: Columns) -> Floats:
    mean = np.nanmean(columns.measure, axis=0)
    columns.refuse_where(mean <= 0, "ratio_not_positive", value=mean)
    share = columns.values / mean
    margin = columns.arguments["margin"]
    marks = np.where(share > 1 + margin, 1.0, np.where(share < 1 - margin, -1.0, 0.0))
    return np.where(np.isnan(share), np.nan, marks * columns.signs)


def _rank(columns: Columns) -> Floats:
    return ranks_ascending(columns.values * columns.signs, columns.arguments["ties"])


def _borda(columns: Columns) -> Floats:
    return _rank(columns) - 1


def _percentile_rank(columns: Columns) -> Floats:
    count = (~np.isnan(columns.values)).sum(axis=0)
    columns.refuse_where(count < 2, "one_value", value=np.nanmax(columns.values, axis=0))
    return (_rank(columns) - 1) / (count - 1) * columns.arguments["scale"]


def _percentile(columns: Columns) -> Floats:
    return _rank(columns) / (~np.isnan(columns.values)).sum(axis=0) * columns.arguments["scale"]


def _categories(columns: Columns) -> Floats:
    edges, marks = np.array(columns.arguments["edges"]), np.array(columns.arguments["marks"])
    flipped = columns.values * columns.signs
    found = np.full_like(flipped, np.nan)
    for at in range(flipped.shape[1]):
        if columns.arguments["by"] == "percentile":
            own = np.nanpercentile(columns.measure[:, at] * columns.signs[at], edges)
        else:
            own = np.sort(edges * columns.signs[at])
        found[:, at] = marks[np.searchsorted(own, flipped[:, at], side="right")]
    found[np.isnan(flipped)] = np.nan
    return found


def _scaled(columns: Columns) -> Floats:
    return _goalposts(columns)


def _share(columns: Columns) -> Floats:
    return _ratio(columns, np.nansum(columns.measure, axis=0))


def _none(columns: Columns) -> Floats:
    return columns.values * columns.signs


NORMALISERS: dict[str, Callable[[Columns], Floats]] = {
    "min_max": _min_max,
    "z_score": _z_score,
    "normal_percentile": _normal_percentile,
    "centred": _centred,
    "goalposts": _goalposts,
    "log_goalposts": _log_goalposts,
    "scaled": _scaled,
    "distance_to_max": _distance_to_max,
    "distance_to_reference": _distance_to_reference,
    "distance_to_target": _distance_to_target,
    "fraction_of_best": _fraction_of_best,
    "ratio_to_mean": _ratio_to_mean,
    "ratio_to_worst": _ratio_to_worst,
    "difference_to_mean": _difference_to_mean,
    "difference_to_worst": _difference_to_worst,
    "above_below_mean": _above_below_mean,
    "share": _share,
    "rank": _rank,
    "borda": _borda,
    "percentile_rank": _percentile_rank,
    "percentile": _percentile,
    "categories": _categories,
    "none": _none,
}

# Methods that compare a row with the rows beside it: they have no meaning outside the rows they were measured on.
WITHIN_ROWS = {"rank", "borda", "percentile_rank", "percentile"}


def normalise(columns: Columns, method: str) -> Floats:
    """Apply a normaliser.

    Raises:
        CompositeError: a column of one value, all missing, a ratio or logarithm of what is not positive, no goalposts...
    """
    columns.refuse_where(np.isnan(columns.measure).all(axis=0), "all_missing")
    return NORMALISERS[method](columns)

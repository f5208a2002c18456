"""Treatment of outliers in two stages: winsorise up to a number of points, else transform the original column.

A treatment is fitted on some rows and kept as a `Recipe` that can be applied to others: winsorising is exactly a clip to two
values, a transform is a formula with its constants. The order of things follows the usage of the European Commission's
COIN tool (skewness and kurtosis thresholds of Groeneveld and Meeden; winsorise the most extreme value to the next one).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.methods.moments import shape, skewness
from duijie.engines.composite.panel import Floats

TRANSFORMS = ("log_shifted", "log_shifted_signed", "log_plus_one", "log_gii", "log", "box_cox", "none")


@dataclass(frozen=True)
class Recipe:
    """What is done to a column: `kind` none, clip or a transform, with its constants; `first` is done before it."""

    kind: str
    low: float = float("nan")
    high: float = float("nan")
    power: float = float("nan")
    first: Recipe | None = None

    def apply(self, column: Floats, place: str) -> Floats:
        """The treated column; refused where a logarithm would need a positive number."""
        if self.first is not None:
            column = self.first.apply(column, place)
        if self.kind == "none":
            return column
        if self.kind == "clip":
            return np.clip(column, self.low, self.high)
        spread = self.high - self.low
        if self.kind == "log_shifted_signed_low":
            return -_log(self.high + 0.01 * spread - column, place)
        if self.kind == "log_shifted":
            return _log(column - self.low + 0.01 * spread, place)
        if self.kind == "log_plus_one":
            return _log(column - self.low + 1, place)
        if self.kind == "log_gii":
            return _log((self.high - 1) * (column - self.low) / spread + 1, place)
        if self.kind == "log":
            return _log(column, place)
        logs = _log(column - self.low + 1, place)
        # expm1 keeps its digits for powers close to zero, where x**power - 1 would lose them all.
        return logs if self.power == 0 else np.expm1(self.power * logs) / self.power


@dataclass(frozen=True)
class Treatment:
    """A column's recipe and the story of it, as it goes into the log and the flags."""

    recipe: Recipe
    passed_untreated: bool
    winsorised: int
    transform: str
    passed: bool
    skewness: tuple[float, ...]
    kurtosis: tuple[float, ...]

    def report(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "passed_untreated": self.passed_untreated,
            "winsorised": self.winsorised,
            "transform": self.transform,
            "passed": self.passed,
            "skewness": list(self.skewness),
            "kurtosis": list(self.kurtosis),
            "clip": [self.recipe.low, self.recipe.high] if self.recipe.kind == "clip" else None,
        }


def _log(column: Floats, place: str) -> Floats:
    if bool((column <= 0).any()):
        refuse("log_not_positive", place, value=float(np.nanmin(column)))
    return np.log(column)


def box_cox_power(column: Floats) -> float:
    """The power that makes the shifted column most nearly normal (maximum likelihood, Box and Cox 1964), in [-3, 3]."""
    known = column[~np.isnan(column)]
    shifted = known - known.min() + 1
    logs = np.log(shifted)

    def minus_likelihood(power: float) -> float:
        changed = logs if power == 0 else np.expm1(power * logs) / power
        return float(0.5 * len(shifted) * np.log(changed.var()) - (power - 1) * logs.sum())

    return float(scipy.optimize.minimize_scalar(minus_likelihood, bounds=(-3, 3), method="bounded").x)


def passes(known: Floats, skew_limit: float, kurtosis_limit: float) -> tuple[bool, float, float]:
    """Whether |skewness| or kurtosis keeps within its limit, and both figures (fewer than 4 values pass); no gaps."""
    return _within(*shape(known), skew_limit, kurtosis_limit)


def _within(skew: float, kurt: float, skew_limit: float, kurtosis_limit: float) -> tuple[bool, float, float]:
    if np.isnan(skew) or np.isnan(kurt):
        return True, skew, kurt
    return abs(skew) < skew_limit or kurt < kurtosis_limit, skew, kurt


def winsorise(
    column: Floats, skew_limit: float, kurtosis_limit: float, points_max: int | None, force: bool = False
) -> tuple[Recipe, int]:
    """Pull the most extreme value to the next one until the column passes or `points_max` points were changed.

    Ties count as many points as they are, so the last step may exceed the limit by a tie.
    """
    changed = np.sort(column[~np.isnan(column)])
    highest = lowest = 0
    while points_max is None or highest + lowest < points_max:
        good, skew, _ = passes(changed, skew_limit, kurtosis_limit)
        if good and not force:
            break
        if changed[0] == changed[-1]:
            break
        if skew >= 0:
            highest = int((changed == changed[-1]).sum())
            changed[-highest:] = changed[-highest - 1]
        else:
            lowest = int((changed == changed[0]).sum())
            changed[:lowest] = changed[lowest]
    if highest + lowest == 0:
        return Recipe("none"), 0
    return Recipe("clip", float(changed[0]), float(changed[-1])), highest + lowest


def transform(column: Floats, kind: str, power: float | None) -> Recipe:
    """The recipe of a transform, its constants taken from the column."""
    low, high = float(np.nanmin(column)), float(np.nanmax(column))
    if kind == "log_shifted_signed":
        signed = skewness(column) <= 0
        return Recipe("log_shifted_signed_low" if signed else "log_shifted", low, high)
    if kind == "box_cox":
        return Recipe(kind, low, high, box_cox_power(column) if power is None else power)
    return Recipe(kind, low, high)


@dataclass(frozen=True)
class Limits:
    """Settings of the two stages."""

    skewness: float = 2.0
    kurtosis: float = 3.5
    winsorise: bool = True
    points_max: int | None = 5
    force: bool = False
    then: str = "log_shifted"
    box_cox_power: float | None = None
    combine: bool = False
    percentiles: tuple[float, float] | None = None


def treat(column: Floats, limits: Limits, place: str, measured: tuple[float, float] | None = None) -> Treatment:
    """Both stages on one column (1-d, gaps allowed); `measured` are its skewness and kurtosis if known already."""
    known = column[~np.isnan(column)]
    if limits.percentiles is not None:
        return _clipped(known, limits, measured or shape(known))
    good, skew, kurt = _within(*(measured or shape(known)), limits.skewness, limits.kurtosis)
    skews, kurts, untreated = [skew], [kurt], good
    recipe, points, name = Recipe("none"), 0, "none"
    if limits.winsorise and (not good or limits.force):
        recipe, points = winsorise(known, limits.skewness, limits.kurtosis, limits.points_max, limits.force)
        good, skew, kurt = passes(recipe.apply(known, place), limits.skewness, limits.kurtosis)
        skews.append(skew)
        kurts.append(kurt)
    if not good and limits.then != "none":
        start = recipe.apply(known, place) if limits.combine else known
        changed, name = transform(start, limits.then, limits.box_cox_power), limits.then
        recipe = replace(changed, first=recipe) if limits.combine else changed
        points = points if limits.combine else 0
        good, skew, kurt = passes(recipe.apply(known, place), limits.skewness, limits.kurtosis)
        skews.append(skew)
        kurts.append(kurt)
    return Treatment(recipe, untreated, points, name, good, tuple(skews), tuple(kurts))


def _clipped(known: Floats, limits: Limits, measured: tuple[float, float]) -> Treatment:
    """Every column cut at two percentiles, whatever its shape."""
    assert limits.percentiles is not None
    untreated, skew, kurt = _within(*measured, limits.skewness, limits.kurtosis)
    low, high = (float(edge) for edge in np.percentile(known, limits.percentiles))
    recipe = Recipe("clip", low, high)
    points = int(((known < low) | (known > high)).sum())
    good, after, flat = passes(recipe.apply(known, ""), limits.skewness, limits.kurtosis)
    return Treatment(recipe, untreated, points, "none", good, (skew, after), (kurt, flat))

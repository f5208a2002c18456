"""Fill gaps: from the column, from the unit's group, from the unit's own row, from the unit's own past and future."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from duijie.engines.composite.panel import Floats


def fill_columns(values: Floats, centre: str) -> Floats:
    """Gaps of each column of (rows, columns) become its mean or median; an empty column stays empty."""
    empty = np.isnan(values).all(axis=0)
    safe = np.where(empty, 0.0, values)
    middle = np.nanmean(safe, axis=0) if centre == "mean" else np.nanmedian(safe, axis=0)
    return np.where(np.isnan(values) & ~empty, middle, values)


def fill_by_group(values: Floats, labels: Sequence[str | None], centre: str) -> Floats:
    """As `fill_columns` within each group; rows without a label stay as they are."""
    found = values.copy()
    known = np.array([label if label is not None else "" for label in labels])
    stated = np.array([label is not None for label in labels])
    for label in dict.fromkeys(label for label in labels if label is not None):
        rows = np.flatnonzero((known == label) & stated)
        found[rows] = fill_columns(values[rows], centre)
    return found


def fill_rows(values: Floats, signs: Floats, centre: str) -> Floats:
    """Gaps of a row become the mean or median of its other columns after each column was brought to 0..1.

    Columns of one value cannot be brought to a scale: they neither give nor take. Returns values on the old scales.
    """
    flipped = values * signs
    gaps = np.isnan(flipped)
    low, high = np.where(gaps, np.inf, flipped).min(axis=0), np.where(gaps, -np.inf, flipped).max(axis=0)
    usable = high > low
    unit_scale = (flipped[:, usable] - low[usable]) / (high - low)[usable]
    some = ~np.isnan(unit_scale).all(axis=1)
    middle = np.full(len(values), np.nan)
    pick = np.nanmean if centre == "mean" else np.nanmedian
    middle[some] = pick(unit_scale[some], axis=1)
    back = (middle[:, None] * (high - low)[usable] + low[usable]) * signs[usable]
    found = values.copy()
    found[:, usable] = np.where(np.isnan(values[:, usable]), back, values[:, usable])
    return found


def latest(cube: Floats, max_back: int | None) -> Floats:
    """(units, periods, columns): gaps take the unit's last known value, at most `max_back` periods old."""
    found = cube.copy()
    age = np.zeros(cube[:, 0].shape)
    last = cube[:, 0].copy()
    for period in range(1, cube.shape[1]):
        current = cube[:, period]
        gaps = np.isnan(current)
        age = np.where(gaps, age + 1, 0)
        last = np.where(gaps, last, current)
        usable = gaps if max_back is None else gaps & (age <= max_back)
        found[:, period] = np.where(usable, last, current)
    return found


def _neighbours(cube: Floats) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positions of the last known period at or before each cell, and the next at or after (-1 and P where none)."""
    periods = cube.shape[1]
    known = ~np.isnan(cube)
    steps = np.arange(periods, dtype=np.int32)[None, :, None]
    before = np.maximum.accumulate(np.where(known, steps, np.int32(-1)), axis=1)
    after = np.minimum.accumulate(np.where(known, steps, np.int32(periods))[:, ::-1], axis=1)[:, ::-1]
    return known, before, after


def constant(cube: Floats) -> Floats:
    """Gaps take the last known value, and the first known one before that (both ends are held)."""
    _, before, after = _neighbours(cube)
    chosen = np.where(before >= 0, before, after)
    return _taken(cube, chosen)


def linear(cube: Floats, positions: Floats, single: str = "refuse") -> tuple[Floats, np.ndarray]:
    """Gaps are read off the straight line between their neighbours in time; the ends are held.

    Returns the filled cube and, as (units, columns), the series with one known value only, which have no line: with
    `single="constant"` they are held, otherwise left as they were.
    """
    known, before, after = _neighbours(cube)
    lone = known.sum(axis=1) == 1
    unit, period, column = np.nonzero(~known)
    if single != "constant":
        has_line = ~lone[unit, column]
        unit, period, column = unit[has_line], period[has_line], column[has_line]
    low, high = before[unit, period, column], after[unit, period, column]
    some = (low >= 0) | (high < cube.shape[1])
    unit, period, column, low, high = unit[some], period[some], column[some], low[some], high[some]
    low, high = np.where(low >= 0, low, high), np.where(high < cube.shape[1], high, low)
    start, end = cube[unit, low, column], cube[unit, high, column]
    span = positions[high] - positions[low]
    share = np.where(span > 0, (positions[period] - positions[low]) / np.where(span > 0, span, 1), 0.0)
    line = cube.copy()
    line[unit, period, column] = start + (end - start) * share
    return line, lone


def _taken(cube: Floats, positions: np.ndarray) -> Floats:
    inside = (positions >= 0) & (positions < cube.shape[1])
    taken = np.take_along_axis(cube, np.clip(positions, 0, cube.shape[1] - 1), axis=1)
    return np.where(inside, taken, np.nan)

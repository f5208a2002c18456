"""Skewness, kurtosis and ranks of columns with gaps."""

from __future__ import annotations

import math

import numpy as np
import scipy

from duijie.engines.composite.panel import Floats


def shape(known: Floats) -> tuple[float, float]:
    """Sample-corrected skewness and excess kurtosis (type 2, as in SAS and Excel) of a 1-d array without gaps.

    NaN for a single value repeated, for fewer than 3 values (skewness) and fewer than 4 (kurtosis).
    """
    count = len(known)
    if count < 3:
        return float("nan"), float("nan")
    total = np.add.reduce  # what sum() calls; this runs thousands of times on short columns
    centred = known - total(known) / count
    squares = centred * centred
    second = float(total(squares))
    if second == 0 or (known[0] == known[-1] and known.min() == known.max()):
        return float("nan"), float("nan")
    third, fourth = float(total(squares * centred)), float(total(squares * squares))
    skew = math.sqrt(count) * third / second**1.5 * math.sqrt(count * (count - 1)) / (count - 2)
    if count < 4:
        return skew, float("nan")
    plain = count * fourth / second**2
    return skew, ((count + 1) * (plain - 3) + 6) * (count - 1) / ((count - 2) * (count - 3))


def shapes(block: Floats) -> tuple[Floats, Floats]:
    """`shape` of every column of (rows, columns) at once, gaps left out."""
    gaps = np.isnan(block)
    count = (~gaps).sum(axis=0).astype(float)
    with np.errstate(all="ignore"):
        known = np.where(gaps, 0.0, block)
        centred = np.where(gaps, 0.0, block - known.sum(axis=0) / count)
        squares = centred * centred
        second, third = squares.sum(axis=0), (squares * centred).sum(axis=0)
        skew = np.sqrt(count) * third / second**1.5 * np.sqrt(count * (count - 1)) / (count - 2)
        plain = count * (squares * squares).sum(axis=0) / second**2
        kurt = ((count + 1) * (plain - 3) + 6) * (count - 1) / ((count - 2) * (count - 3))
        low, high = np.where(gaps, np.inf, block).min(axis=0), np.where(gaps, -np.inf, block).max(axis=0)
    one_value = ~(low < high)
    return np.where((count < 3) | one_value, np.nan, skew), np.where((count < 4) | one_value, np.nan, kurt)


def skewness(column: Floats) -> float:
    """Skewness of a column, gaps left out."""
    return shape(column[~np.isnan(column)])[0]


def kurtosis(column: Floats) -> float:
    """Excess kurtosis of a column, gaps left out."""
    return shape(column[~np.isnan(column)])[1]


def ranks_ascending(values: Floats, ties: str = "min") -> Floats:
    """Ranks of each column, 1 for the smallest; gaps stay gaps. `ties` as in scipy: min, max, average, dense."""
    found = np.array(scipy.stats.rankdata(values, method=ties, axis=0, nan_policy="omit"), dtype=float)
    found[np.isnan(values)] = np.nan
    return found


def ranks_descending(scores: Floats, axis: int = -1) -> Floats:
    """Ranks along an axis, 1 for the highest, ties share the best rank, gaps stay gaps."""
    if not np.isnan(scores).any():
        return np.array(scipy.stats.rankdata(-scores, method="min", axis=axis), dtype=float)
    found = np.array(scipy.stats.rankdata(-scores, method="min", axis=axis, nan_policy="omit"), dtype=float)
    found[np.isnan(scores)] = np.nan
    return found

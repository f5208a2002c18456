"""Skewness, kurtosis and ranks of columns with gaps."""

from __future__ import annotations

import numpy as np
from scipy import stats

from duijie.engines.composite.panel import Floats


def skewness(values: Floats) -> Floats:
    """Sample-corrected skewness (type 2, as in SAS and Excel) of each column of (rows, columns); NaN below 3 values."""
    count = (~np.isnan(values)).sum(axis=0).astype(float)
    with np.errstate(all="ignore"):
        centred = values - np.nansum(values, axis=0) / count
        second, third = np.nansum(centred**2, axis=0), np.nansum(centred**3, axis=0)
        plain = np.sqrt(count) * third / second**1.5
        found = plain * np.sqrt(count * (count - 1)) / (count - 2)
    return np.where((count >= 3) & (second > 0), found, np.nan)


def kurtosis(values: Floats) -> Floats:
    """Sample-corrected excess kurtosis (type 2) of each column; NaN below 4 values."""
    count = (~np.isnan(values)).sum(axis=0).astype(float)
    with np.errstate(all="ignore"):
        centred = values - np.nansum(values, axis=0) / count
        second, fourth = np.nansum(centred**2, axis=0), np.nansum(centred**4, axis=0)
        plain = count * fourth / second**2
        found = ((count + 1) * (plain - 3) + 6) * (count - 1) / ((count - 2) * (count - 3))
    return np.where((count >= 4) & (second > 0), found, np.nan)


def ranks_ascending(values: Floats, ties: str = "min") -> Floats:
    """Ranks of each column, 1 for the smallest; gaps stay gaps. `ties` as in scipy: min, max, average, dense."""
    found = np.array(stats.rankdata(values, method=ties, axis=0, nan_policy="omit"), dtype=float)
    found[np.isnan(values)] = np.nan
    return found


def ranks_descending(scores: Floats, axis: int = -1) -> Floats:
    """Ranks along an axis, 1 for the highest, ties share the best rank, gaps stay gaps."""
    if not np.isnan(scores).any():
        return np.array(stats.rankdata(-scores, method="min", axis=axis), dtype=float)
    found = np.array(stats.rankdata(-scores, method="min", axis=axis, nan_policy="omit"), dtype=float)
    found[np.isnan(scores)] = np.nan
    return found

"""Statistics of columns with flags, and how complete the data are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from duijie.engines.composite.framework import Framework
from duijie.engines.composite.methods.moments import kurtosis, skewness
from duijie.engines.composite.panel import Panel


@dataclass(frozen=True)
class Limits:
    """Where a figure becomes a flag: shares of all rows, and the shape of the distribution."""

    skewness: float = 2.0
    kurtosis: float = 3.5
    available: float = 0.65
    non_zero: float = 0.5
    unique: float = 0.5


@dataclass(frozen=True)
class ColumnStatistics:
    """One column. Shares of non-zero, unique and same values are of the values there are; flags name what is odd."""

    code: str
    minimum: float
    maximum: float
    mean: float
    median: float
    deviation: float
    skewness: float
    kurtosis: float
    available: int
    non_zero: int
    unique: int
    same: int
    share_available: float
    share_non_zero: float
    share_unique: float
    share_same: float
    flags: tuple[str, ...]


def column_statistics(panel: Panel, codes: Sequence[str], limits: Limits | None = None) -> list[ColumnStatistics]:
    """Statistics of each column over all rows of the panel; a column without values has NaN and the flag "available"."""
    limits = limits or Limits()
    return [_one(panel, code, limits) for code in codes]


def _one(panel: Panel, code: str, limits: Limits) -> ColumnStatistics:
    column = panel.column(code)
    known = column[~np.isnan(column)]
    count = len(known)
    if count == 0:
        gap = float("nan")
        return ColumnStatistics(code, gap, gap, gap, gap, gap, gap, gap, 0, 0, 0, 0, 0.0, gap, gap, gap, ("available",))
    counts = np.unique(known, return_counts=True)[1]
    non_zero, unique, same = int((known != 0).sum()), len(counts), int(counts.max())
    skew, kurt = skewness(known), kurtosis(known)
    flags = [
        ("available", count / panel.size < limits.available),
        ("non_zero", non_zero / panel.size < limits.non_zero),
        ("unique", unique / panel.size < limits.unique),
        ("outliers", abs(skew) > limits.skewness and kurt > limits.kurtosis),
    ]
    return ColumnStatistics(
        code=code,
        minimum=float(known.min()),
        maximum=float(known.max()),
        mean=float(known.mean()),
        median=float(np.median(known)),
        deviation=float(known.std(ddof=1)) if count > 1 else float("nan"),
        skewness=skew,
        kurtosis=kurt,
        available=count,
        non_zero=non_zero,
        unique=unique,
        same=same,
        share_available=count / panel.size,
        share_non_zero=non_zero / count,
        share_unique=unique / count,
        share_same=same / count,
        flags=tuple(name for name, raised in flags if raised),
    )


@dataclass(frozen=True)
class Completeness:
    """One row: how many values are missing or zero, and the share available in all and under each node."""

    unit: str
    period: str
    missing: int
    zeros: int
    share_available: float
    share_non_zero: float
    by_node: dict[str, float]


def completeness(panel: Panel, framework: Framework) -> list[Completeness]:
    """Data availability of each row, overall and by node."""
    codes = [code for code in framework.indicators if code in panel.columns]
    gaps = np.isnan(panel.block(codes))
    zeros = panel.block(codes) == 0
    at = {code: position for position, code in enumerate(codes)}
    leaves = {node: [at[leaf] for leaf in framework.leaves(node) if leaf in at] for node in framework.nodes}
    found: list[Completeness] = []
    for row in range(panel.size):
        missing, zero = int(gaps[row].sum()), int(zeros[row].sum())
        known = len(codes) - missing
        by_node = {node: 1 - float(gaps[row, members].mean()) for node, members in leaves.items() if members}
        non_zero = 1 - zero / known if known else float("nan")
        found.append(
            Completeness(
                panel.units[row], panel.periods[row], missing, zero, 1 - missing / len(codes), non_zero, by_node
            )
        )
    return found

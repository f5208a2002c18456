"""Correlations with p-values, between columns, levels and groups of the framework."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from duijie.engines.composite.framework import Framework
from duijie.engines.composite.panel import Floats, Panel

METHODS = ("pearson", "spearman", "kendall")


def correlation(first: Floats, second: Floats, method: str = "pearson") -> tuple[float, float]:
    """Correlation and two-sided p-value over the rows that have both values; NaN where it has no meaning."""
    both = ~np.isnan(first) & ~np.isnan(second)
    a, b = first[both], second[both]
    if len(a) < 3 or a.min() == a.max() or b.min() == b.max():
        return float("nan"), float("nan")
    if method == "kendall":
        found = scipy.stats.kendalltau(a, b)
        return float(found.statistic), float(found.pvalue)
    if method == "spearman":
        a, b = scipy.stats.rankdata(a), scipy.stats.rankdata(b)
    coefficient = float(np.clip(_pearson(a, b), -1, 1))
    freedom = len(a) - 2
    if abs(coefficient) == 1:
        return coefficient, 0.0
    t_value = coefficient * np.sqrt(freedom / (1 - coefficient**2))
    return coefficient, float(2 * scipy.stats.t.sf(abs(t_value), freedom))


def _pearson(a: Floats, b: Floats) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum()))


@dataclass(frozen=True)
class Pair:
    """Two columns, how they go together, and the node they share (when grouped)."""

    first: str
    second: str
    coefficient: float
    p_value: float
    group: str | None = None


def correlate(
    panel: Panel, first: Sequence[str], second: Sequence[str] | None = None, method: str = "pearson"
) -> list[Pair]:
    """Every pair of `first` with `second` (with itself by default, each pair once)."""
    pairs: list[Pair] = []
    for at, one in enumerate(first):
        for other in first[at + 1 :] if second is None else second:
            pairs.append(Pair(one, other, *correlation(panel.column(one), panel.column(other), method)))
    return pairs


def within_groups(panel: Panel, framework: Framework, group_level: int = 2, method: str = "pearson") -> list[Pair]:
    """Pairs of indicators that share a node at `group_level`."""
    found: list[Pair] = []
    for node in framework.at_level(group_level):
        leaves = [code for code in framework.leaves(node) if code in panel.columns]
        found += [
            Pair(pair.first, pair.second, pair.coefficient, pair.p_value, node)
            for pair in correlate(panel, leaves, method=method)
        ]
    return found


def with_ancestors(panel: Panel, framework: Framework, level: int = 1, method: str = "pearson") -> list[Pair]:
    """Each element of a level with its parent, its parent's parent, and so on."""
    found: list[Pair] = []
    for code in framework.at_level(level):
        parent = framework[code].parent
        while parent is not None:
            coefficient, p_value = correlation(panel.column(code), panel.column(parent), method)
            found.append(Pair(code, parent, coefficient, p_value))
            parent = framework[parent].parent
    return found


def flagged(pairs: Sequence[Pair], *, high: float = 0.9, low: float = -0.4) -> list[tuple[Pair, str]]:
    """Pairs above `high` (they say the same twice) and below `low` (they pull against each other)."""
    found = [(pair, "redundant") for pair in pairs if pair.coefficient > high]
    return found + [(pair, "conflicting") for pair in pairs if pair.coefficient < low]

"""Two or more versions of an index side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from duijie.engines.composite.analysis.correlation import correlation
from duijie.engines.composite.build import Index
from duijie.engines.composite.errors import refuse
from duijie.engines.composite.methods.moments import ranks_descending
from duijie.engines.composite.panel import Floats
from duijie.engines.composite.results import latest_period


@dataclass(frozen=True)
class Comparison:
    """Units that either version has, with both scores and ranks (NaN where a version lacks the unit)."""

    code: str
    period: str
    units: tuple[str, ...]
    scores: Floats
    ranks: Floats

    @property
    def rank_changes(self) -> Floats:
        """Rank before less rank after: positive is a rise."""
        return self.ranks[0] - self.ranks[1]

    @property
    def score_changes(self) -> Floats:
        """Score after less score before."""
        return self.scores[1] - self.scores[0]

    def rank_correlation(self) -> float:
        """Spearman's correlation of the two orders."""
        return correlation(self.ranks[0], self.ranks[1], "spearman")[0]

    def mean_shift(self) -> float:
        """Mean absolute change of rank."""
        shared = np.abs(self.rank_changes[~np.isnan(self.rank_changes)])
        return float(shared.mean()) if len(shared) else float("nan")


def compare(before: Index, after: Index, *, code: str | None = None, period: str | None = None) -> Comparison:
    """Compare an element (by default the result) of two indices in one period."""
    return compare_many({"before": before, "after": after}, code=code, period=period)


def compare_many(indices: Mapping[str, Index], *, code: str | None = None, period: str | None = None) -> Comparison:
    """Compare an element of several indices; scores and ranks are (indices, units), the first being the base."""
    if not indices:
        refuse("setting_missing", "comparison", name="indices")
    first = next(iter(indices.values()))
    chosen = code or first.framework.result
    label = latest_period(first.final, period)
    found: dict[str, list[float]] = {}
    for at, index in enumerate(indices.values()):
        column = index.final.column(chosen)
        for row in index.final.rows_of(label):
            found.setdefault(index.final.units[row], [np.nan] * len(indices))[at] = float(column[row])
    scores = np.array(list(found.values())).T
    # Only the result may be better when lower; parts are always better when higher.
    sign = first.sign if chosen == first.framework.result else 1
    return Comparison(chosen, label, tuple(found), scores, ranks_descending(scores * sign, axis=1))

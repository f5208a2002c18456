"""Who is shown: how evenly the first places of all needs are spread over the offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Exposure:
    """Spread of the first `k` places. `gini` is 0 when every offer is shown equally often, near 1 when a few get all.

    `offers` is the number that could be shown, `shown` those that ever are; `top_share` is the part of all places that
    the most shown hundredth of the offers takes (at least one offer); `most_shown` lists (offer, times).
    """

    k: int
    offers: int
    shown: int
    share_shown: float
    places: int
    gini: float
    top_share: float
    most_shown: tuple[tuple[str, int], ...]


def gini(counts: Sequence[int] | np.ndarray) -> float:
    """Gini coefficient of non-negative counts; 0 where there is nothing to share."""
    ordered = np.sort(np.asarray(counts, dtype=float))
    total = ordered.sum()
    if not total:
        return 0.0
    size = len(ordered)
    # Each place weighs how far it stands from the middle: equal counts cancel to exactly 0.
    return float(((2 * np.arange(1, size + 1) - size - 1) * ordered).sum() / (size * total))


def exposure(times_shown: Mapping[str, int], offers: int, k: int, listed: int = 10) -> Exposure:
    """Exposure from offer -> times among a need's first k; `offers` is the size of the whole pool."""
    counts = np.zeros(max(offers, len(times_shown)), dtype=np.int64)
    counts[: len(times_shown)] = list(times_shown.values())
    places = int(counts.sum())
    top = np.sort(counts)[::-1][: max(1, len(counts) // 100)].sum() if len(counts) else 0
    most = sorted(times_shown.items(), key=lambda item: (-item[1], item[0]))[:listed]
    return Exposure(
        k=k,
        offers=len(counts),
        shown=len(times_shown),
        share_shown=len(times_shown) / len(counts) if len(counts) else 0.0,
        places=places,
        gini=gini(counts) if len(counts) else 0.0,
        top_share=float(top / places) if places else 0.0,
        most_shown=tuple(most),
    )

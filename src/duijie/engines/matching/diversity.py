"""A need's first places without near-copies of one another, and without burying the best.

Maximal marginal relevance (Carbonell and Goldstein 1998) trades relevance for novelty without a bound. Here the trade is
bounded three ways, so that a list can be explained: the best candidate stays first; a place goes only to a candidate
whose score is within `tolerance` of the best one still waiting; and a candidate that was passed over `patience` times
takes the next place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

Similarity = Callable[[int, int], float]


def diversify(
    scores: Sequence[float],
    similarity: Similarity,
    *,
    places: int = 10,
    tolerance: float = 0.1,
    patience: int = 3,
    owners: Sequence[object] | None = None,
    most_per_owner: int | None = None,
) -> list[int]:
    """Reorder candidates: the first `places` diversified, the rest by score. Returns candidate positions, best first.

    `scores` are on one scale for the need (probabilities, say) and `tolerance` is on that scale; `similarity(i, j)` is
    0 (nothing in common) to 1 (the same). With `owners` and `most_per_owner` an owner takes at most that many of the
    first places as long as others are waiting. Equal scores keep the given order.
    """
    waiting = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    nearest = dict.fromkeys(waiting, 0.0)
    passed: Counter[int] = Counter()
    taken: Counter[object] = Counter()
    chosen: list[int] = []
    while waiting and len(chosen) < places:
        open_ones = waiting
        if owners is not None and most_per_owner is not None:
            open_ones = [i for i in waiting if taken[owners[i]] < most_per_owner] or waiting
        best = open_ones[0]
        close = [i for i in open_ones if scores[i] >= scores[best] - tolerance]
        overdue = [i for i in close if passed[i] >= patience]
        pick = overdue[0] if overdue else min(close, key=lambda i: (nearest[i], -scores[i], i))
        if not chosen:
            pick = best
        for i in open_ones:
            if i == pick:
                break
            passed[i] += 1
        waiting.remove(pick)
        chosen.append(pick)
        if owners is not None:
            taken[owners[pick]] += 1
        for i in waiting:
            nearest[i] = max(nearest[i], similarity(pick, i))
    return chosen + waiting

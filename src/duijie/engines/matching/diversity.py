"""A need's first places without near-copies of one another, and without burying the best.

Maximal marginal relevance (Carbonell and Goldstein 1998) trades relevance for novelty without a bound. Here the trade is
bounded three ways, so that a list can be explained: the best candidate stays first; a place goes only to a candidate
whose score is within `tolerance` of the best one still waiting; and a candidate that was passed over `patience` times
takes the next place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from duijie.engines.matching.signature import TWO, gram_ids, units_of
from duijie.engines.matching.text import normalise

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


PLACES = 10
WINDOW = 30
"""How many of the first candidates compete for the first places."""
TOLERANCE = 0.05
COPY = 0.6
"""Titles that share this much of their pairs of characters are near-copies; less than that is no reason to pass one over."""
MOST_PER_OWNER = 3


def likeness(one: str, other: str) -> float:
    """How much two titles share: pairs of characters in common over all of them, 0 to 1."""
    mine, theirs = (np.unique(gram_ids(units_of(normalise(text[:200])), TWO)) for text in (one, other))
    together = np.union1d(mine, theirs).size
    return np.intersect1d(mine, theirs).size / together if together else float(one == other)


def diverse_order(
    scores: Sequence[float], titles: Sequence[str], owners: Sequence[Hashable], lists: Sequence[Hashable] | None = None
) -> list[int]:
    """Positions of candidates as they should be listed: near-copies and a fourth of one owner give way in the first places.

    Parallel lists, best first: a probability, a title, an owner (None for nobody known), and for which list each is meant: what is
    found for two different needs does not compete. Those after the first WINDOW keep their places.
    """
    size = min(len(scores), WINDOW)
    meant = lists or [None] * len(scores)

    def similar(i: int, j: int) -> float:
        found = likeness(titles[i], titles[j]) if meant[i] == meant[j] else 0.0
        return found if found >= COPY else 0.0

    keys = [(meant[i], owners[i]) if owners[i] is not None else (i,) for i in range(size)]
    order = diversify(
        scores[:size], similar, places=PLACES, tolerance=TOLERANCE, owners=keys, most_per_owner=MOST_PER_OWNER
    )
    return [*order, *range(size, len(scores))]

"""Exposure over the whole exchange: both directions of each open suggestion fused, popular parties priced (engines/matching/market).

A suggestion's worth is its fused chance times what is free of either party: fused x (free of asking x free of giving) to the
power of temperature / 2, which orders every list as the flow of the balanced market does and stays on the scale of a chance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from duijie.engines.matching.market import TEMPERATURE, balance, fuse
from duijie.match.models import Suggestion

CAPACITY = 3.0  # conversations that a listing can well follow at a time
SMALLEST_CHANGE = 1e-6
BATCH = 2000


def worths(asking: Sequence[int], giving: Sequence[int], fused: Sequence[float]) -> list[float]:
    """The worth of each pair, given as parallel lists: id of the asking listing, id of the giving one, fused chance 0 to 1."""
    needs, rows = np.unique(np.asarray(asking, dtype=np.int64), return_inverse=True)
    offers, columns = np.unique(np.asarray(giving, dtype=np.int64), return_inverse=True)
    values = np.asarray(fused, dtype=float)
    found = balance(
        rows,
        columns,
        values,
        need_capacity=np.full(len(needs), CAPACITY),
        offer_capacity=np.full(len(offers), CAPACITY),
    )
    free = found.need_free[rows] * found.offer_free[columns]
    return [float(worth) for worth in values * free ** (TEMPERATURE / 2)]


def balance_suggestions() -> int:
    """Write the worth of every open suggestion; returns how many changed."""
    rows = list(
        Suggestion.objects.filter(open=True)
        .order_by("asking_id", "giving_id")
        .only("pk", "asking_id", "giving_id", "probability", "liking_of_asking", "liking_of_giving", "worth")
    )
    if not rows:
        return 0
    ours = [r.probability if r.liking_of_asking is None else r.liking_of_asking for r in rows]
    theirs = [r.probability if r.liking_of_giving is None else r.liking_of_giving for r in rows]
    fused = fuse(ours, theirs)
    changed = []
    for row, worth in zip(
        rows, worths([r.asking_id for r in rows], [r.giving_id for r in rows], list(fused)), strict=True
    ):
        if abs(row.worth - worth) > SMALLEST_CHANGE:
            row.worth = worth
            changed.append(row)
    Suggestion.objects.bulk_update(changed, ["worth"], batch_size=BATCH)
    return len(changed)

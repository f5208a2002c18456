"""GEKS: bilateral index numbers made transitive over a window, and spliced as the window rolls on."""

from __future__ import annotations

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.numbers.bilateral import Items, bilateral
from duijie.engines.composite.panel import Floats

SPLICES = ("movement", "window", "half", "mean", "window_published", "half_published", "mean_published")


def geks_window(items: Items, method: str, start: int, end: int) -> Floats:
    """GEKS of periods start..end-1 on the first of them: geometric mean over all routes through a third period.

    Gini 1931, Eltető and Köves 1964, Szulc 1964; with Törnqvist this is CCDI.
    """
    size = end - start
    table = np.ones((size, size))
    for first in range(size):
        for second in range(first + 1, size):
            number = bilateral(items, method, start + first, start + second)
            # Superlative numbers pass time reversal, so that one of the two is enough; others are taken both ways.
            table[first, second] = number
            table[second, first] = bilateral(items, method, start + second, start + first)
    logs = np.log(table)
    # index from 0 to t: mean over l of P(0, l) P(l, t)
    route = logs[0][:, None] + logs
    found: Floats = np.exp(route.mean(axis=0))
    return found / found[0]


def geks(items: Items, method: str, *, window: int | None = None, splice: str = "movement") -> Floats:
    """GEKS over a rolling window, 1 in the first period.

    Args:
        method: a bilateral method, as a rule fisher, tornqvist, walsh or jevons.
        window: number of periods; by default all of them at once.
        splice: how a new window is joined: on its last movement, on the period where it begins ("window"), on its middle
            ("half"), on all overlapping periods ("mean"); the "published" ones join on the series published so far.

    Raises:
        CompositeError: a window of fewer than two periods or more than there are, or an unknown splice.
    """
    size = items.periods if window is None else window
    if not 2 <= size <= items.periods:
        refuse("setting_out_of_range", "geks", name="window", found=size, low=2, high=items.periods)
    if splice not in SPLICES:
        refuse("setting_not_known", "geks", name="splice", found=splice, known=", ".join(SPLICES))
    published = list(geks_window(items, method, 0, size))
    before = np.array(published)
    for last in range(size, items.periods):
        fresh = geks_window(items, method, last - size + 1, last + 1)
        published.append(_joined(np.array(published), before, fresh, splice, size))
        before = fresh
    return np.array(published)


def _joined(published: Floats, before: Floats, fresh: Floats, splice: str, size: int) -> float:
    """The new period's number. `before[1:]` and `fresh[:-1]` are the same periods, and so are the last of `published`."""
    overlap = published[-(size - 1) :]
    # What the old window says of the last published period relative to each overlapping one.
    old = before[-1] / before[1:]
    new = fresh[-1] / fresh[:-1]
    if splice == "movement":
        return float(published[-1] * new[-1])
    linked = overlap * new if splice.endswith("published") else published[-1] / old * new
    if splice.startswith("window"):
        return float(linked[0])
    if splice.startswith("half"):
        return float(linked[(size - 1) // 2])
    return float(np.exp(np.log(linked).mean()))

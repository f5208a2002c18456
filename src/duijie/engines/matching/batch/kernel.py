"""The inner loops, compiled: score a block of needs against all tiles and keep the best of each need.

Products are added in one fixed order, without fused or reordered arithmetic, so every machine and every number of workers
gets the same bits. Against a general sparse product the gain comes from running scores that stay in the cache, from lists
with 6 bytes an entry, and from comparing a whole stretch of scores with the worst kept one at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

STRETCH = 512


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Machine code without the interpreter's lock, kept on disk for the next process."""
    try:
        return njit(nogil=True, cache=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:
        # Neither the package's folder nor a home folder can be written: every process compiles for itself.
        return njit(nogil=True)(function)  # type: ignore[no-any-return]


@compiled
def _add_list(scores, places, values, weight, start, end):  # type: ignore[no-untyped-def]
    # Unsigned positions spare a test for negative ones at each access.
    for position in range(np.uint64(start), np.uint64(end)):
        scores[places[position]] += weight * values[position]


@compiled
def _add_column(scores, column, weight):  # type: ignore[no-untyped-def]
    for offset in range(len(scores)):
        scores[offset] += weight * column[offset]


@compiled
def _above(scores, floor):  # type: ignore[no-untyped-def]
    count = np.int32(0)
    for offset in range(len(scores)):
        count += np.int32(scores[offset] > floor)
    return count


@compiled
def _worse(score, offer, other_score, other_offer):  # type: ignore[no-untyped-def]
    return score < other_score or (score == other_score and offer > other_offer)


@compiled
def _push(kept_scores, kept_offers, count, score, offer):  # type: ignore[no-untyped-def]
    """Put one more into a heap with the worst on top (the lower score, then the later offer); returns the new count."""
    size = len(kept_scores)
    if count < size:
        place = count
        while place > 0:
            parent = (place - 1) >> 1
            if not _worse(score, offer, kept_scores[parent], kept_offers[parent]):
                break
            kept_scores[place], kept_offers[place] = kept_scores[parent], kept_offers[parent]
            place = parent
        kept_scores[place], kept_offers[place] = score, offer
        return count + 1
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and _worse(
            kept_scores[child + 1], kept_offers[child + 1], kept_scores[child], kept_offers[child]
        ):
            child += 1
        if not _worse(kept_scores[child], kept_offers[child], score, offer):
            break
        kept_scores[place], kept_offers[place] = kept_scores[child], kept_offers[child]
        place = child
    kept_scores[place], kept_offers[place] = score, offer
    return count


@compiled
def _keep(scores, first_offer, kept_scores, kept_offers, count, owner, offer_owners):  # type: ignore[no-untyped-def]
    """Offers come in rising order, so an equal score never displaces one that is kept."""
    size = len(kept_scores)
    floor = kept_scores[0] if count == size else np.float32(0)
    for offset in range(len(scores)):
        score = scores[offset]
        if score > floor:
            offer = first_offer + offset
            if owner >= 0 and offer_owners[offer] == owner:
                continue
            count = _push(kept_scores, kept_offers, count, score, np.int32(offer))
            if count == size:
                floor = kept_scores[0]
    return count


@compiled
def best_of_rows(  # type: ignore[no-untyped-def]
    sparse_starts, sparse_words, sparse_weights, dense_starts, dense_words, dense_weights, owners, offer_owners,
    offers, tile_rows, bases, starts, places, values, dense, kept_scores, kept_offers,
):  # fmt: skip
    """Fill `kept_scores` and `kept_offers` (rows, top), heaps in no useful order; returns how many each row keeps.

    Only scores above 0 are kept: a pair without a shared word is no candidate.
    """
    rows = len(sparse_starts) - 1
    counts = np.zeros(rows, dtype=np.int32)
    scores = np.zeros(tile_rows, dtype=np.float32)
    size = kept_scores.shape[1]
    for tile in range(starts.shape[0]):
        first_offer = tile * tile_rows
        filled = min(tile_rows, offers - first_offer)
        base = bases[tile]
        for row in range(rows):
            for at in range(sparse_starts[row], sparse_starts[row + 1]):
                word = sparse_words[at]
                start, end = base + starts[tile, word], base + starts[tile, word + 1]
                _add_list(scores, places, values, sparse_weights[at], start, end)
            for begin in range(0, filled, STRETCH):
                stretch = scores[begin : min(begin + STRETCH, filled)]
                for at in range(dense_starts[row], dense_starts[row + 1]):
                    column = dense[tile, dense_words[at], begin : begin + len(stretch)]
                    _add_column(stretch, column, dense_weights[at])
                floor = kept_scores[row, 0] if counts[row] == size else np.float32(0)
                if _above(stretch, floor):
                    counts[row] = _keep(
                        stretch, first_offer + begin, kept_scores[row], kept_offers[row], counts[row], owners[row],
                        offer_owners,
                    )  # fmt: skip
                stretch[:] = 0
    return counts

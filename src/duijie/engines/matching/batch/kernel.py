"""The inner loops, compiled: score a block of needs against all tiles and keep the best of each need.

Products are added in one fixed order, without fused or reordered arithmetic, so every machine and every number of workers
gets the same bits. Against a general sparse product the gain comes from running scores that stay in the cache, from lists
with 6 bytes an entry, and from comparing a whole stretch of scores with the worst kept one at once.
"""

from __future__ import annotations

import numpy as np

from duijie.engines.matching.compiling import compiled

STRETCH = 512
FEW = 2


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
def _add_four(scores, first, second, third, fourth, w1, w2, w3, w4):  # type: ignore[no-untyped-def]
    """Four columns one after the other, with one reading and one writing of the scores."""
    for offset in range(len(scores)):
        score = scores[offset]
        score += w1 * first[offset]
        score += w2 * second[offset]
        score += w3 * third[offset]
        score += w4 * fourth[offset]
        scores[offset] = score


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
def _most_from_columns(words, weights, highest):  # type: ignore[no-untyped-def]
    """At most this much can the whole columns add to any score; a little more, against rounding."""
    most = np.float32(0)
    for at in range(len(words)):
        most += weights[at] * highest[words[at]]
    return most * np.float32(1.0001)


@compiled
def _add_columns(stretch, dense, begin, words, weights, floor, near):  # type: ignore[no-untyped-def]
    """Add all whole columns to a stretch; where only few scores (`near`) lie above `floor`, to those alone."""
    if near > FEW:
        end = begin + len(stretch)
        fours = len(words) // 4 * 4
        for at in range(0, fours, 4):
            _add_four(
                stretch, dense[words[at], begin:end], dense[words[at + 1], begin:end], dense[words[at + 2], begin:end],
                dense[words[at + 3], begin:end], weights[at], weights[at + 1], weights[at + 2], weights[at + 3],
            )  # fmt: skip
        for at in range(fours, len(words)):
            _add_column(stretch, dense[words[at], begin:end], weights[at])
        return
    for offset in range(len(stretch)):
        if stretch[offset] > floor:
            for at in range(len(words)):
                stretch[offset] += weights[at] * dense[words[at], begin + offset]


@compiled
def rare_entries(starts, words, weights, list_starts, list_offers, list_values, tiles, tile_rows):  # type: ignore[no-untyped-def]
    """What the rare words add to the scores of a block, sorted by tile and row.

    A rare word has no entry in nearly all tiles, so looking it up in each would cost more than adding it. Returns the
    starts (tiles, rows + 1) of each tile's and row's entries, their offsets in the tile, and what they add.
    """
    rows = len(starts) - 1
    ends = np.zeros((tiles, rows + 1), dtype=np.int64)
    for row in range(rows):
        for at in range(starts[row], starts[row + 1]):
            for position in range(list_starts[words[at]], list_starts[words[at] + 1]):
                ends[list_offers[position] // tile_rows, row + 1] += 1
    total = np.int64(0)
    for tile in range(tiles):
        ends[tile, 0] = total
        for row in range(rows):
            total += ends[tile, row + 1]
            ends[tile, row + 1] = total
    offsets = np.empty(total, dtype=np.uint16)
    added = np.empty(total, dtype=np.float32)
    filled = ends[:, :-1].copy()
    for row in range(rows):
        for at in range(starts[row], starts[row + 1]):
            for position in range(list_starts[words[at]], list_starts[words[at] + 1]):
                tile = list_offers[position] // tile_rows
                place = filled[tile, row]
                filled[tile, row] = place + 1
                offsets[place] = list_offers[position] - tile * tile_rows
                added[place] = weights[at] * list_values[position]
    return ends, offsets, added


@compiled
def best_of_rows(  # type: ignore[no-untyped-def]
    rare_starts, rare_offsets, rare_added, sparse_starts, sparse_words, sparse_weights, dense_starts, dense_words,
    dense_weights, owners, offer_owners, offers, tile_rows, bases, starts, places, values, dense, highest, kept_scores,
    kept_offers,
):  # fmt: skip
    """Fill `kept_scores` and `kept_offers` (rows, top), heaps in no useful order; returns how many each row keeps.

    Only scores above 0 are kept: a pair without a shared word is no candidate. A stretch whose scores from the lists fall
    short of the worst kept one by more than the columns can add is passed over; nothing that could be kept is lost.
    """
    rows = len(sparse_starts) - 1
    counts = np.zeros(rows, dtype=np.int32)
    scores = np.zeros(tile_rows, dtype=np.float32)
    size = kept_scores.shape[1]
    one = np.float32(1)
    for tile in range(starts.shape[0]):
        first_offer = tile * tile_rows
        filled = min(tile_rows, offers - first_offer)
        base = bases[tile]
        for row in range(rows):
            _add_list(scores, rare_offsets, rare_added, one, rare_starts[tile, row], rare_starts[tile, row + 1])
            for at in range(sparse_starts[row], sparse_starts[row + 1]):
                word = sparse_words[at]
                start, end = base + starts[tile, word], base + starts[tile, word + 1]
                _add_list(scores, places, values, sparse_weights[at], start, end)
            words = dense_words[dense_starts[row] : dense_starts[row + 1]]
            weights = dense_weights[dense_starts[row] : dense_starts[row + 1]]
            most = _most_from_columns(words, weights, highest[tile])
            for begin in range(0, filled, STRETCH):
                stretch = scores[begin : min(begin + STRETCH, filled)]
                floor = kept_scores[row, 0] if counts[row] == size else np.float32(0)
                reach = floor * np.float32(0.9999) - most
                near = _above(stretch, reach)
                if near:
                    if len(words):
                        _add_columns(stretch, dense[tile], begin, words, weights, reach, near)
                    if _above(stretch, floor):
                        counts[row] = _keep(
                            stretch, first_offer + begin, kept_scores[row], kept_offers[row], counts[row], owners[row],
                            offer_owners,
                        )  # fmt: skip
                stretch[:] = 0
    return counts

"""The inner loops of a comparison, compiled: what a question's terms come to in each row, and the nearest grams by meaning.

Terms are added in the order in which they stand, one after the other, so every machine gets the same bits.
"""

from __future__ import annotations

import numpy as np

from duijie.engines.matching.compiling import compiled

# The layout of a term (signature.py): 22 bits of id, 2 of order, 1 for the head, 7 of count.
_ID = np.uint32((1 << 22) - 1)
_KEY = np.uint32((1 << 24) - 1)
_ORDER, _HEAD, _COUNT = np.uint32(22), np.uint32(24), np.uint32(25)
_K1, _B = 1.2, 0.75


@compiled
def shared(values, offsets, lengths, mean_lengths, slots, keys, product, cover, saturation):  # type: ignore[no-untyped-def]
    """(rows, fields, orders) three times: TF-IDF products, covered rarity, and BM25.

    values, offsets: terms of the rows. lengths (rows, orders): how many terms of each order stand in a row, with mean_lengths of all.
    slots: place + 1 of a question's term by id. product, cover, saturation (fields, terms): what one standing is worth.
    """
    rows, fields = offsets.size - 1, product.shape[0]
    products = np.zeros((rows, fields, 4))
    covered = np.zeros((rows, fields, 4))
    saturated = np.zeros((rows, fields, 4))
    for row in range(rows):
        for position in range(offsets[row], offsets[row + 1]):
            term = values[position]
            place = slots[term & _ID] - 1
            if place < 0 or (term & _KEY) != keys[place]:
                continue
            order = np.int64((term >> _ORDER) & np.uint32(3))
            count = np.float64(term >> _COUNT)
            share = lengths[row, order] / mean_lengths[order]
            worth = count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * share))
            head = (term >> _HEAD) & np.uint32(1)
            for field in range(fields):
                saturated[row, field, order] += saturation[field, place] * worth
                if head:
                    products[row, field, order] += product[field, place]
                    covered[row, field, order] += cover[field, place]
    return products, covered, saturated


@compiled
def standing(values, offsets, places, numbers):  # type: ignore[no-untyped-def]
    """The places of grams that stand in the head of any row, each once; `numbers` (all -1) then holds their order of appearance."""
    found = np.empty(numbers.size, dtype=np.int32)
    many = 0
    for position in range(offsets[0], offsets[-1]):
        term = values[position]
        if not (term >> _HEAD) & np.uint32(1) or ((term >> _ORDER) & np.uint32(3)) > 1:
            continue
        place = places[term & _ID]
        if place >= 0 and numbers[place] < 0:
            numbers[place] = many
            found[many] = place
            many += 1
    return found[:many]


@compiled
def nearest(values, offsets, places, numbers, rare, near, best, importance, one):  # type: ignore[no-untyped-def]
    """(rows, 6): how far the row's grams are met by the question's (all, of one unit, of two), and the question's by the row's.

    near (standing grams, asked grams): cosines, at least 0. best (standing grams, 3): the highest of near over all, one-unit and two-unit
    grams asked. rare: rarity by place. importance (asked grams); one: whether an asked gram is of one unit.
    """
    rows, asked = offsets.size - 1, near.shape[1]
    found = np.zeros((rows, 6))
    peaks = np.zeros((2, asked), dtype=np.float32)
    whole = np.zeros(3)
    wanted = np.zeros(3)
    for gram in range(asked):
        wanted[0] += importance[gram]
        wanted[1 if one[gram] else 2] += importance[gram]
    for row in range(rows):
        peaks[:] = 0
        whole[:] = 0
        for position in range(offsets[row], offsets[row + 1]):
            term = values[position]
            order = (term >> _ORDER) & np.uint32(3)
            if not (term >> _HEAD) & np.uint32(1) or order > 1:
                continue
            place = places[term & _ID]
            if place < 0:
                continue
            number, weight, kind = numbers[place], rare[place], 1 if order == 0 else 2
            found[row, 0] += weight * best[number, 0]
            found[row, kind] += weight * best[number, kind]
            whole[0] += weight
            whole[kind] += weight
            side = 0 if order == 0 else 1
            for gram in range(asked):
                peaks[side, gram] = max(peaks[side, gram], near[number, gram])
        for kind in range(3):
            found[row, kind] /= max(whole[kind], 1e-9)
        for gram in range(asked):
            found[row, 3] += importance[gram] * max(peaks[0, gram], peaks[1, gram])
            if one[gram]:
                found[row, 4] += importance[gram] * peaks[0, gram]
            else:
                found[row, 5] += importance[gram] * peaks[1, gram]
        for kind in range(3):
            found[row, 3 + kind] /= max(wanted[kind], 1e-9)
    return found

"""The inner loops of a comparison, compiled: what a question's terms come to in each row, and the nearest grams by meaning.

Terms are added in the order in which they stand, one after the other, so every machine gets the same bits.
"""

from __future__ import annotations

import math

import numpy as np

from duijie.engines.matching.compiling import compiled

# The layout of a term (signature.py): 22 bits of id, 2 of order, 1 for the head, 7 of count.
_ID = np.uint32((1 << 22) - 1)
_KEY = np.uint32((1 << 24) - 1)
_ORDER, _HEAD, _COUNT = np.uint32(22), np.uint32(24), np.uint32(25)
_K1, _B = 1.2, 0.75


@compiled
def lexical(values, offsets, sums, mean_lengths, keys, product, cover, saturation, squares, shares, found):  # type: ignore[no-untyped-def]
    """Fills the first columns of `found` (rows, features), in the order of features.FEATURES, up to those by meaning.

    values, offsets: terms of the rows. sums (rows, 14): see segment.Derived; mean_lengths: of all rows, by order. keys: the question's
    terms. product, cover, saturation (terms, fields): what one standing is worth. squares, shares (fields, 5): the question's squared
    strengths and rarities by set of orders. The last field has no coverage of its own.
    """
    # Places of the question's terms by id: a table that stays in the nearest cache. Of two terms with one id the later is known.
    size = 1024
    while size < 8 * keys.size:
        size *= 2
    slots = np.full(size, -1, dtype=np.int32)
    for place in range(keys.size):
        slot = np.int64(keys[place] & _ID) & (size - 1)
        while slots[slot] >= 0 and (keys[slots[slot]] & _ID) != (keys[place] & _ID):
            slot = (slot + 1) & (size - 1)
        slots[slot] = place
    rows, fields = offsets.size - 1, product.shape[1]
    products, covered, saturated = np.zeros((fields, 5)), np.zeros((fields, 5)), np.zeros((fields, 4))
    for row in range(rows):
        products[:] = 0
        covered[:] = 0
        saturated[:] = 0
        for position in range(offsets[row], offsets[row + 1]):
            term = values[position]
            slot = np.int64(term & _ID) & (size - 1)
            place = slots[slot]
            while place >= 0 and (keys[place] & _ID) != (term & _ID):
                slot = (slot + 1) & (size - 1)
                place = slots[slot]
            if place < 0 or (term & _KEY) != keys[place]:
                continue
            order = np.int64((term >> _ORDER) & np.uint32(3))
            count = np.float64(term >> _COUNT)
            share = sums[row, 8 + order] / mean_lengths[order]
            worth = count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * share))
            head = (term >> _HEAD) & np.uint32(1)
            for field in range(fields):
                saturated[field, order] += saturation[place, field] * worth
                if head:
                    products[field, order] += product[place, field]
                    covered[field, order] += cover[place, field]
        column = 0
        for field in range(fields):
            products[field, 4] = products[field, 0] + products[field, 1]
            covered[field, 4] = covered[field, 0] + covered[field, 1]
            for chosen in range(5):
                own = sums[row, chosen] if chosen < 4 else sums[row, 0] + sums[row, 1]
                whole = sums[row, 4 + chosen] if chosen < 4 else sums[row, 4] + sums[row, 5]
                norm = math.sqrt(squares[field, chosen] * own)
                found[row, column] = products[field, chosen] / max(norm, 1e-6)
                found[row, column + 1] = covered[field, chosen] / max(whole, 1e-6)
                column += 2
            for chosen in range(4):
                found[row, column] = saturated[field, chosen]
                column += 1
            if field < fields - 1:
                for chosen in (0, 1, 3, 4):
                    found[row, column] = covered[field, chosen] / max(shares[field, chosen], 1e-6)
                    column += 1


@compiled
def standing(values, offsets, places, numbers):  # type: ignore[no-untyped-def]
    """The grams of the rows' heads that have a vector: (places of the distinct ones, in order of appearance; offsets by row; grams).

    places: of the vector by id, -1 for none. numbers (vectors): all -1 at first. A gram is twice its number in order of appearance, and one more
    where it is of two units.
    """
    found = np.empty(numbers.size, dtype=np.int32)
    grams = np.empty(offsets[-1] - offsets[0], dtype=np.int32)
    bounds = np.zeros(offsets.size, dtype=np.int64)
    many = filled = 0
    for row in range(offsets.size - 1):
        for position in range(offsets[row], offsets[row + 1]):
            term = values[position]
            order = (term >> _ORDER) & np.uint32(3)
            if order > 1:
                break  # terms ascend by order
            place = places[term & _ID] if (term >> _HEAD) & np.uint32(1) else -1
            if place < 0:
                continue
            if numbers[place] < 0:
                numbers[place] = many
                found[many] = place
                many += 1
            grams[filled] = 2 * numbers[place] + np.int32(order)
            filled += 1
        bounds[row + 1] = filled
    return found[:many].copy(), bounds, grams[:filled].copy()


@compiled
def peaks(near, one):  # type: ignore[no-untyped-def]
    """Brings near (standing grams, asked grams) to at least 0, in place; gives its highest by row (standing grams, 3): over all,
    the asked grams of one unit, those of two."""
    found = np.zeros((near.shape[0], 3))
    for row in range(near.shape[0]):
        single = double = np.float32(0)
        for gram in range(near.shape[1]):
            value = max(near[row, gram], np.float32(0))
            near[row, gram] = value
            if one[gram]:
                single = max(single, value)
            else:
                double = max(double, value)
        found[row, 0], found[row, 1], found[row, 2] = max(single, double), single, double
    return found


@compiled
def nearest(offsets, grams, rare, near, best, importance, one, found):  # type: ignore[no-untyped-def]
    """Fills found (rows, 6): how far the row's grams are met by the question's (all, of one unit, of two), and the question's by the row's.

    offsets, grams: of `standing`. rare: rarity by number. near (standing grams, asked grams): cosines, at least 0, best its
    `peaks`. importance (asked grams); one: whether an asked gram is of one unit.
    """
    rows, asked = offsets.size - 1, near.shape[1]
    highest = np.zeros((2, asked), dtype=np.float32)
    sums = np.zeros(6)
    whole = np.zeros(3)
    wanted = np.zeros(3)
    for gram in range(asked):
        wanted[0] += importance[gram]
        wanted[1 if one[gram] else 2] += importance[gram]
    for row in range(rows):
        highest[:] = 0
        sums[:] = 0
        whole[:] = 0
        for position in range(offsets[row], offsets[row + 1]):
            side = grams[position] & 1
            number = grams[position] >> 1
            weight, kind = rare[number], 1 + side
            sums[0] += weight * best[number, 0]
            sums[kind] += weight * best[number, kind]
            whole[0] += weight
            whole[kind] += weight
            for gram in range(asked):
                value = near[number, gram]
                if value > highest[side, gram]:
                    highest[side, gram] = value
        for gram in range(asked):
            sums[3] += importance[gram] * max(highest[0, gram], highest[1, gram])
            if one[gram]:
                sums[4] += importance[gram] * highest[0, gram]
            else:
                sums[5] += importance[gram] * highest[1, gram]
        for kind in range(3):
            found[row, kind] = sums[kind] / max(whole[kind], 1e-9)
            found[row, 3 + kind] = sums[3 + kind] / max(wanted[kind], 1e-9)


@compiled
def gathered(rows, starts, many, weights, allowed, sums):  # type: ignore[no-untyped-def]
    """The allowed rows of some posting lists, each once in the order of appearance, and the sum of the weights of its lists.

    List i is `rows[starts[i] : starts[i] + many[i]]` and weighs weights[i], at least 0; rows that weigh nothing are left out. sums (as many as
    there are rows): zeros before and after.
    """
    touched = np.empty(many.sum(), dtype=np.int64)
    distinct = 0
    for each in range(starts.size):
        if weights[each] == 0:
            continue
        for position in range(starts[each], starts[each] + many[each]):
            row = rows[position]
            if not allowed[row]:
                continue
            if sums[row] == 0:
                touched[distinct] = row
                distinct += 1
            sums[row] += weights[each]
    found = np.empty(distinct)
    for place in range(distinct):
        found[place] = sums[touched[place]]
        sums[touched[place]] = 0
    return touched[:distinct], found

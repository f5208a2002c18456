"""Where each of some hundreds of terms first stands in a text: one pass over the text, whatever the number of terms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.compiling import compiled
from duijie.engines.matching.text import letters_of


class Spotter:
    """Made once for a list of distinct terms of two characters or more; asked about many texts."""

    def __init__(self, terms: Sequence[str]) -> None:
        lengths = np.array([len(term) for term in terms], dtype=np.int64)
        if lengths.size and lengths.min() < 2:
            raise ValueError("a term needs two characters")
        self._offsets = np.zeros(lengths.size + 1, dtype=np.int64)
        np.cumsum(lengths, out=self._offsets[1:])
        self._letters = letters_of("".join(terms))
        self._slots, self._next = _chains(self._letters, self._offsets)

    def first(self, text: str) -> NDArray[np.int32]:
        """The place in the text at which each term first stands, -1 where it does not."""
        return np.asarray(_first(letters_of(text), self._letters, self._offsets, self._slots, self._next))


@compiled
def _slot(one, other, size):  # type: ignore[no-untyped-def]
    """Where a pair of characters is looked up."""
    return np.int64(((one * np.uint32(0x9E3779B1)) ^ (other * np.uint32(0x85EBCA77))) >> np.uint32(8)) & (size - 1)


@compiled
def _chains(letters, offsets):  # type: ignore[no-untyped-def]
    """The first term of each slot and the term that follows each in its slot, -1 for none: by the terms' first two characters."""
    terms = offsets.size - 1
    size = 256
    while size < 8 * terms:
        size *= 2
    slots, follows = np.full(size, -1, dtype=np.int32), np.full(terms, -1, dtype=np.int32)
    for term in range(terms):
        slot = _slot(letters[offsets[term]], letters[offsets[term] + 1], size)
        follows[term] = slots[slot]
        slots[slot] = term
    return slots, follows


@compiled
def _first(text, letters, offsets, slots, follows):  # type: ignore[no-untyped-def]
    found = np.full(offsets.size - 1, -1, dtype=np.int32)
    for place in range(text.size - 1):
        term = slots[_slot(text[place], text[place + 1], slots.size)]
        while term >= 0:
            many = offsets[term + 1] - offsets[term]
            if found[term] < 0 and place + many <= text.size:
                same = 0
                while same < many and text[place + same] == letters[offsets[term] + same]:
                    same += 1
                if same == many:
                    found[term] = place
            term = follows[term]
    return found

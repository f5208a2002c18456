"""Documents as arrays: hashed character n-grams and words, the form in which the index stores and scores them.

Ids are hashes of 22 bits, so that no vocabulary has to be kept, agreed on or merged: the same text has the same ids on any
machine, in any order of arrival. A *unit* is one Chinese character or one whole Latin word; numbers break a run of units.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.document import Document
from duijie.engines.matching.text import normalise, without_headings, words

HASH_BITS = 22
HASH_SIZE = 1 << HASH_BITS
"""Number of possible ids."""

HEAD_UNITS = 120
"""Units of title and keywords that count; a "title" longer than this is a body in the wrong column."""

FULL_CHARACTERS = 6_000
"""Characters of the whole text that count."""

Ids = NDArray[np.uint32]
Counts = NDArray[np.uint8]

_POWERS = np.cumprod(np.full(64, 0x01000193, dtype=np.uint32), dtype=np.uint32)
_SALTS = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D))


@dataclass(frozen=True, slots=True)
class Units:
    """A run of units: their hashes, whether each continues the one before it, and whether each is a Latin word."""

    codes: NDArray[np.uint32]
    continues: NDArray[np.bool_]
    latin: NDArray[np.bool_]

    def cut(self, length: int) -> Units:
        """The first `length` units."""
        return Units(self.codes[:length], self.continues[:length], self.latin[:length])


@dataclass(frozen=True, slots=True)
class Bag:
    """Distinct ids in ascending order with how often each stands (255 at most)."""

    ids: Ids
    counts: Counts

    @property
    def length(self) -> int:
        """Number of standings, repeated ones included."""
        return int(self.counts.sum(dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Signature:
    """A document's arrays: n-grams of one to three units of its head; of two units, and words, of the whole."""

    head: Bag
    full: Bag
    words: Bag


def _folded(hashes: NDArray[np.uint32]) -> Ids:
    mixed = (hashes ^ (hashes >> np.uint32(15))) * np.uint32(0x2C1B3C6D)
    mixed = (mixed ^ (mixed >> np.uint32(13))) * np.uint32(0x297A2D39)
    return mixed >> np.uint32(32 - HASH_BITS)


def units_of(normalised: str) -> Units:
    """The units of a normalised text, in linear time."""
    codes = np.frombuffer(normalised.encode("utf-32-le", "replace"), dtype=np.uint32)
    chinese = (codes >= 0x3400) & (codes <= 0x9FFF)
    letter = (codes >= 97) & (codes <= 122)
    digit = (codes >= 48) & (codes <= 57)
    latin = letter | digit
    begins = latin.copy()
    begins[1:] &= ~latin[:-1]
    starts = np.flatnonzero(begins)
    hashes = codes * _SALTS[0]
    keep = chinese.copy()
    if starts.size:
        run = np.cumsum(begins) - 1
        places = np.flatnonzero(latin)
        within = np.minimum(places - starts[run[places]], _POWERS.size - 1)
        totals = np.zeros(starts.size, dtype=np.uint32)
        np.add.at(totals, run[places], codes[places] * _POWERS[within])
        has_letter = np.zeros(starts.size, dtype=bool)
        has_letter[run[np.flatnonzero(letter)]] = True
        hashes[starts] = totals ^ _SALTS[1]
        keep[starts[has_letter]] = True
    kept = np.flatnonzero(keep)
    # Two kept units touch when nothing but the rest of a Latin word stands between them.
    solid = np.cumsum(~(chinese | latin) | (digit & ~_in_kept_run(latin, starts, keep)))
    continues = np.zeros(kept.size, dtype=bool)
    if kept.size > 1:
        continues[1:] = solid[kept[1:]] == solid[kept[:-1]]
    return Units(hashes[kept], continues, latin[kept])


def _in_kept_run(latin: NDArray[np.bool_], starts: NDArray[np.intp], keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """For each character, whether it lies in a Latin run that is kept as a unit."""
    inside = np.zeros(latin.size, dtype=bool)
    if starts.size:
        run = np.clip(np.searchsorted(starts, np.arange(latin.size), side="right") - 1, 0, None)
        inside = latin & keep[starts[run]]
    return inside


def gram_ids(units: Units, sizes: Sequence[int], *, latin_alone: bool = False) -> Ids:
    """Ids of all runs of the given sizes (1, 2, 3); with `latin_alone` Latin words are added as units of their own."""
    found: list[Ids] = []
    codes, continues = units.codes, units.continues
    if 1 in sizes:
        found.append(_folded(codes))
    elif latin_alone:
        found.append(_folded(codes[units.latin]))
    if 2 in sizes and codes.size > 1:
        pairs = codes[:-1] * _SALTS[1] + codes[1:] * _SALTS[2]
        found.append(_folded(pairs[continues[1:]]))
    if 3 in sizes and codes.size > 2:
        triples = codes[:-2] * _SALTS[0] + (codes[1:-1] ^ _SALTS[1]) * _SALTS[2] + codes[2:] * np.uint32(0x27D4EB2F)
        found.append(_folded(triples[continues[1:-1] & continues[2:]]))
    return np.concatenate(found) if found else np.zeros(0, dtype=np.uint32)


def word_ids(found: Iterable[str]) -> Ids:
    """Ids of words."""
    hashes = [zlib.crc32(word.encode("utf-8", "replace")) for word in found]
    return _folded(np.array(hashes, dtype=np.uint32))


def bag_of(ids: Ids) -> Bag:
    """Distinct ids with counts."""
    distinct, counts = np.unique(ids, return_counts=True)
    return Bag(distinct.astype(np.uint32), np.minimum(counts, 255).astype(np.uint8))


def head_units(document: Document) -> Units:
    """Units of title and keywords."""
    return units_of(normalise(document.head)).cut(HEAD_UNITS)


def full_text(document: Document) -> str:
    """The whole text as it is counted: normalised, without a form's headings, cut at FULL_CHARACTERS."""
    return without_headings(normalise(document.full[:FULL_CHARACTERS]))


def signature_of(document: Document) -> Signature:
    """The arrays of a document."""
    full = full_text(document)
    return Signature(
        head=bag_of(gram_ids(head_units(document), (1, 2, 3))),
        full=bag_of(gram_ids(units_of(full), (2,), latin_alone=True)),
        words=bag_of(word_ids(words(full))),
    )

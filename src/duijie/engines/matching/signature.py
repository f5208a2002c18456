"""Documents as arrays: hashed grams and words, the form in which the index stores and scores them.

Ids are hashes of 22 bits, so that no vocabulary has to be kept, agreed on or merged: the same text has the same ids on any
machine, in any order of arrival. A *unit* is one Chinese character or one whole Latin word; numbers break a run of units.

A document is one ascending array of 32-bit *terms*: the id (22 bits), its order (2 bits: one unit, two, three, or a word), whether
it stands in the head (1 bit), and how often it stands (7 bits, 127 at most). Runs of three units are kept for the head only.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.document import Document
from duijie.engines.matching.text import normalise, without_headings, words

HASH_BITS = 22
HASH_SIZE = 1 << HASH_BITS
"""Number of possible ids."""

HEAD_CHARACTERS = 160
"""Characters of title and keywords that count; a "title" longer than this is a body in the wrong column."""

FULL_CHARACTERS = 6_000
"""Characters of the whole text that count."""

ORDERS = ("one", "two", "three", "word")
"""Orders of terms: runs of one, two, three units, and words."""
ONE, TWO, THREE, WORD = range(4)

Ids = NDArray[np.uint32]
Counts = NDArray[np.uint8]
Terms = NDArray[np.uint32]

_ID_MASK = np.uint32(HASH_SIZE - 1)
_HEAD_BIT = np.uint32(HASH_BITS + 2)
_COUNT_SHIFT = np.uint32(HASH_BITS + 3)

_POWERS = np.cumprod(np.full(64, 0x01000193, dtype=np.uint32), dtype=np.uint32)
_SALTS = (np.uint32(0x9E3779B1), np.uint32(0x85EBCA77), np.uint32(0xC2B2AE3D))


@dataclass(frozen=True, slots=True)
class Units:
    """A run of units: their hashes, whether each continues the one before it, and whether each is a Latin word."""

    codes: NDArray[np.uint32]
    continues: NDArray[np.bool_]
    latin: NDArray[np.bool_]


def ids_of(terms: Terms) -> Ids:
    """The ids of terms."""
    return terms & _ID_MASK


def orders_of(terms: Terms) -> NDArray[np.uint32]:
    """The orders of terms, 0 to 3 (see ORDERS)."""
    return (terms >> np.uint32(HASH_BITS)) & np.uint32(3)


def in_head(terms: Terms) -> NDArray[np.bool_]:
    """Whether each term stands in the head."""
    return ((terms >> _HEAD_BIT) & np.uint32(1)).astype(np.bool_)


def counts_of(terms: Terms) -> NDArray[np.uint32]:
    """How often each term stands in the whole document."""
    return terms >> _COUNT_SHIFT


@dataclass(frozen=True, slots=True)
class Bag:
    """Distinct ids in ascending order with how often each stands (255 at most)."""

    ids: Ids
    counts: Counts


def bag_of(ids: Ids) -> Bag:
    """Distinct ids with counts."""
    distinct, counts = np.unique(ids, return_counts=True)
    return Bag(distinct.astype(np.uint32), np.minimum(counts, 255).astype(np.uint8))


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


def gram_ids(units: Units, order: int) -> Ids:
    """Ids of all runs of one, two or three units (`order` ONE, TWO, THREE); Latin words alone count as runs of two as well."""
    codes, continues = units.codes, units.continues
    if order == ONE:
        return _folded(codes * _SALTS[2] + np.uint32(1))
    if order == TWO:
        alone = codes[units.latin] ^ _SALTS[2]
        pairs = (codes[:-1] * _SALTS[1] + codes[1:] * _SALTS[2])[continues[1:]] if codes.size > 1 else alone[:0]
        return _folded(np.concatenate([pairs, alone]))
    if codes.size < 3:
        return np.zeros(0, dtype=np.uint32)
    triples = codes[:-2] * _SALTS[0] + (codes[1:-1] ^ _SALTS[1]) * _SALTS[2] + codes[2:] * np.uint32(0x27D4EB2F)
    return _folded(triples[continues[1:-1] & continues[2:]])


def word_ids(found: Iterable[str]) -> Ids:
    """Ids of words."""
    hashes = [zlib.crc32(word.encode("utf-8", "replace")) for word in found]
    return _folded(np.array(hashes, dtype=np.uint32))


def keys_of(text: str, *, triples: bool, cut: list[str] | None = None) -> NDArray[np.uint32]:
    """Ids with their orders of everything that stands in a normalised text, repeated ones included; `cut` are its words where they are known."""
    units = units_of(text)
    found = [gram_ids(units, ONE), gram_ids(units, TWO) | np.uint32(TWO << HASH_BITS)]
    if triples:
        found.append(gram_ids(units, THREE) | np.uint32(THREE << HASH_BITS))
    found.append(word_ids(words(text) if cut is None else cut) | np.uint32(WORD << HASH_BITS))
    return np.concatenate(found)


def head_text(document: Document) -> str:
    """Title and keywords as they are counted."""
    return normalise(document.head[:HEAD_CHARACTERS])


def body_text(document: Document) -> str:
    """Summary and body as they are counted: normalised, without a form's headings."""
    rest = "\n".join(part for part in (document.summary, document.body) if part)
    return without_headings(normalise(rest[:FULL_CHARACTERS]))


def terms_of(document: Document) -> Terms:
    """The terms of a document, in ascending order of (order, id)."""
    return terms_from(keys_of(head_text(document), triples=True), keys_of(body_text(document), triples=False))


def terms_from(head: NDArray[np.uint32], body: NDArray[np.uint32]) -> Terms:
    """Terms by the keys of a head and of a body."""
    keys, counts = np.unique(np.concatenate([head, body]), return_counts=True)
    terms = keys.astype(np.uint32) | (np.minimum(counts, 127).astype(np.uint32) << _COUNT_SHIFT)
    return terms | (np.isin(keys, head).astype(np.uint32) << _HEAD_BIT)

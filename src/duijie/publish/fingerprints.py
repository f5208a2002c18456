"""Telling near-duplicates: an exact fingerprint for the database, shingles for the careful comparison."""

from __future__ import annotations

import hashlib

from duijie.core.text import match_key
from duijie.publish.models import Listing

SHINGLE = 3
LIKE = 0.75


def fingerprint(listing: Listing) -> int:
    """63 bits of SHA-256 over what the listing says (kind, title, summary and body, compared as `match_key` does)."""
    said = f"{listing.kind}|{match_key(listing.title)}|{match_key(listing.summary)}|{match_key(listing.body)}"
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big") >> 1


def shingles(text: str) -> frozenset[str]:
    """The overlapping character triples of `text`, punctuation and width left out."""
    key = match_key(text)[:4000]
    return frozenset(key[i : i + SHINGLE] for i in range(max(1, len(key) - SHINGLE + 1)))


def likeness(one: str, other: str) -> float:
    """Jaccard likeness of two texts' shingles, 0 to 1."""
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b) if a and b else 0.0

"""Public ids: opaque, sortable by time of creation, 26 characters (ULID: 48 bits of milliseconds, 80 of chance)."""

from __future__ import annotations

import secrets
import threading
import time

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """A new id, greater than every one this process made before (monotonic within a millisecond)."""
    global _last
    with _lock:
        value = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
        if value <= _last:
            value = _last + 1
        _last = value
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))


def is_id(text: str) -> bool:
    return len(text) == 26 and all(c in _ALPHABET for c in text)

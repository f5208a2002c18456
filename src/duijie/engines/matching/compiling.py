"""Machine code for inner loops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Machine code without the interpreter's lock, kept on disk for the next process."""
    try:
        return njit(nogil=True, cache=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:
        # Neither the package's folder nor a home folder can be written: every process compiles for itself.
        return njit(nogil=True)(function)  # type: ignore[no-any-return]

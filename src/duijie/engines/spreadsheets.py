"""What every writer of sheets has in common: a text from outside must not become a formula when somebody opens the file."""

from __future__ import annotations

import re
from typing import TypeVar

_RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
Value = TypeVar("Value")


def harmless(value: Value) -> Value | str:
    """A text that begins like a formula with an apostrophe before it; anything else as it is."""
    return f"'{value}" if isinstance(value, str) and _RISKY.match(value) else value

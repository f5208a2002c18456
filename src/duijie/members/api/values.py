"""Values in addresses, read as people write them."""

from __future__ import annotations

from datetime import date
from typing import Any

from duijie.core.calendar import parse_date
from duijie.core.errors import Fault
from duijie.core.text import tidy_line


def day_of(text: str, place: str) -> date | None:
    """A day from a query parameter; None where it is empty. Raises the date's Fault with its place."""
    if not text.strip():
        return None
    try:
        return parse_date(text)
    except Fault as fault:
        raise fault.at(place) from None


def text_of(content: dict[str, Any], name: str) -> str:
    """A text from a body; empty where it is missing. Raises Fault "text.not_text" (422)."""
    value = content.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Fault("text.not_text", f"{name}：这里要写文字。", f"{name}: text is wanted here.", place=name, status=422)
    return tidy_line(value)


def refuse_unknown(content: dict[str, Any], *known: str) -> None:
    """Raise Fault "extra_forbidden" for a field that nothing reads."""
    for name in content:
        if name not in known:
            raise Fault(
                "extra_forbidden", f"{name}：没有这个字段。", f"{name}: There is no such field.", place=name, status=422
            )

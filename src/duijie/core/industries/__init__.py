"""Industries by GB/T 4754-2017, and the words that offices use for them; see docs/reference-data.md."""

from __future__ import annotations

from duijie.core.industries.search import candidates, complete, find, mentioned, resolve, resolve_all, suggest
from duijie.core.industries.table import (
    Industry,
    StrategicIndustry,
    ancestry,
    children,
    full_name,
    load,
    path,
    sections,
    strategic,
    within,
)


def get(code: str) -> Industry | None:
    """The industry with this code (``C``, ``39``, ``397``, ``3973``), or None."""
    return load().get(code)


__all__ = [
    "Industry",
    "StrategicIndustry",
    "ancestry",
    "candidates",
    "children",
    "complete",
    "find",
    "full_name",
    "get",
    "load",
    "mentioned",
    "path",
    "resolve",
    "resolve_all",
    "sections",
    "strategic",
    "suggest",
    "within",
]

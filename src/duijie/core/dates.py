"""Dates that go into people's calendars: each app registers what it knows, a feed or a page puts them together.

@dates("listing")
def deadlines(viewer: Viewer, member_id: int | None) -> Iterator[Dated]: ...
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from duijie.core.access import Viewer


@dataclass(frozen=True)
class Dated:
    """Something on a day, or from one instant to another. key: the same thing has the same key for ever; address: a path here."""

    key: str
    title: str
    starts: dt.date | dt.datetime
    ends: dt.date | dt.datetime | None = None
    address: str = ""
    text: str = ""
    place: str = ""
    changed_at: dt.datetime | None = None
    category: str = ""


Source = Callable[[Viewer, int | None], Iterable[Dated]]
_sources: dict[str, Source] = {}


def dates(name: str) -> Callable[[Source], Source]:
    """Register what yields the dates that `viewer` may see, of one member or (None) of all."""

    def register(source: Source) -> Source:
        _sources[name] = source
        return source

    return register


def all_dates(viewer: Viewer, member_id: int | None = None) -> Iterator[Dated]:
    """Every registered date in sight."""
    for name in sorted(_sources):
        yield from _sources[name](viewer, member_id)

"""Write an event as the workbook that `read_workbook` reads: for a planner who works on in Excel, or runs `duijie timetable`.

The meetings of a timetable stand on the sheet of fixed meetings, each with its slot and place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from duijie.engines.spreadsheets import harmless

from .event import Event, FixedMeeting, WishLevel
from .result import Meeting
from .workbook_columns import SHEETS
from .workbook_write import _head, _widths

_WORDS = {WishLevel.MUST: "必须", WishLevel.WANT: "希望", WishLevel.NO: "不见"}
_CLOCK = ZoneInfo("Asia/Shanghai")


def _instant(value: datetime) -> str:
    return (value.astimezone(_CLOCK) if value.tzinfo else value).strftime("%Y-%m-%d %H:%M")


def _list(values: Iterable[str]) -> str:
    return "；".join(sorted(values) if isinstance(values, frozenset | set) else values)


def _rows(event: Event, fixed: Sequence[FixedMeeting]) -> dict[str, Callable[[], Iterable[dict[str, Any]]]]:
    return {
        "slots": lambda: (
            {"id": s.id, "start": _instant(s.start), "end": _instant(s.end), "session": s.session} for s in event.slots
        ),
        "places": lambda: (
            {"id": p.id, "capacity": p.capacity, "name": p.name, "kind": p.kind, "area": p.area, "closed": _list(p.closed)}
            for p in event.places
        ),
        "walking": lambda: ({"area": a, "other": b, "minutes": m} for (a, b), m in event.walking.items()),
        "participants": lambda: (
            {
                "id": p.id, "name": p.name, "kind": p.kind, "unavailable": _list(p.unavailable),
                "most_meetings": p.most_meetings, "place_kinds": _list(p.place_kinds),
            }
            for p in event.participants
        ),
        "representatives": lambda: (
            {"id": r.id, "participant": p.id, "name": r.name, "unavailable": _list(r.unavailable)}
            for p in event.participants
            for r in p.representatives
        ),
        "wishes": lambda: (
            {"wisher": w.wisher, "wanted": w.wanted, "level": _WORDS[w.level], "representatives": _list(w.representatives)}
            for w in event.wishes
        ),
        "suggestions": lambda: ({"first": s.first, "second": s.second, "score": s.score} for s in event.suggestions),
        "met_before": lambda: ({"first": a, "second": b} for a, b in event.met_before),
        "fixed": lambda: (
            {
                "id": f.id, "participants": _list(f.participants), "slot": f.slot, "place": f.place,
                "representatives": _list(f.representatives),
            }
            for f in fixed
        ),
        "precedences": lambda: ({"first": p.first, "then": p.then} for p in event.precedences),
        "quotas": lambda: (
            {"kind": q.kind, "with_kind": q.with_kind, "most": q.most, "fewest": q.fewest or None} for q in event.quotas
        ),
    }  # fmt: skip


def fixed_from(meetings: Iterable[Meeting]) -> tuple[FixedMeeting, ...]:
    """A timetable as fixed meetings: each in its slot, at its place, with its people."""
    return tuple(
        FixedMeeting(
            m.id, m.participants, m.slot, m.place, tuple(r for r in m.representatives if r not in m.participants)
        )
        for m in meetings
    )


def write_event(out: Path | IO[bytes], event: Event, meetings: Iterable[Meeting] | None = None) -> None:
    """Write the event; with `meetings` these stand as fixed meetings instead of the event's own."""
    fixed = event.fixed if meetings is None else fixed_from(meetings)
    rows = _rows(event, fixed)
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for sheet in SHEETS:
        page = book.create_sheet(sheet.zh)
        _head(page, [c.zh for c in sheet.columns], [n for n, c in enumerate(sheet.columns) if c.required])
        for row in rows[sheet.record]():
            cells = (row.get(column.field) for column in sheet.columns)
            page.append([None if cell == "" else harmless(cell) for cell in cells])
        _widths(page)
    book.save(out)

"""Registrations and wishes as sheets, in and out; the timetable as the engine's workbook, in and out."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duijie.core.access import Viewer
from duijie.core.errors import Fault, Faults
from duijie.core.language import Label
from duijie.core.schema import Record, describe, parse
from duijie.core.schema.columns import column_of
from duijie.core.sheets import Column, Limits, open_sheet, write_table, write_template
from duijie.meet.models import Draft, Event
from duijie.meet.planning.building import build_input, engine_meetings
from duijie.meet.queries.registrations import registration_values, registrations
from duijie.meet.queries.wishes import wishes_of_event
from duijie.meet.rules import demand_plan
from duijie.meet.schemas import PrecedenceRow, QuotaRow, RegistrationRecord, WishRow

LIMITS = Limits(rows=5_000)


@dataclass(frozen=True)
class EventSheet:
    """A kind of sheet of an event. left_out: fields without a column."""

    word: str
    label: Label
    schema: type[Record]
    left_out: frozenset[str] = frozenset()

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column_of(d) for d in describe(self.schema) if d.name not in self.left_out)


SHEETS = {
    "registrations": EventSheet(
        "registrations", Label("报名", "Registrations"), RegistrationRecord, frozenset({"listing"})
    ),
    "wishes": EventSheet("wishes", Label("意愿", "Wishes"), WishRow),
    "quotas": EventSheet("quotas", Label("配额", "Quotas"), QuotaRow),
    "precedences": EventSheet("precedences", Label("先后", "Order of meetings"), PrecedenceRow),
}


def template_of(kind: str) -> bytes:
    sheet, out = SHEETS[kind], io.BytesIO()
    write_template(sheet.columns, out, title=str(sheet.label))
    return out.getvalue()


def read_rows(path: Path, kind: str) -> tuple[list[tuple[int, Any]], list[Fault]]:
    """Every row as (number, record), and every fault with its cell. Renamed columns are understood by their aliases; what is
    missing or unknown is refused by name."""
    sheet_kind = SHEETS[kind]
    names = [d.name for d in describe(sheet_kind.schema) if d.name not in sheet_kind.left_out]
    rows, faults = [], []
    with open_sheet(path, columns=sheet_kind.columns, limits=LIMITS) as sheet:
        for number, cells in sheet.rows():
            bad = [cell.fault for cell in cells.values() if cell.fault is not None]
            faults += bad
            try:
                values = {name: cell.value for name, cell in cells.items() if cell.fault is None}
                record = parse(sheet_kind.schema, values)
            except Fault as refused:
                each = refused.faults if isinstance(refused, Faults) else [refused]
                places = {name: sheet.place(number, name) for name in names}
                faults += [f.at(places.get((f.place or "").split(".")[0], str(number))) for f in each if not bad]
                continue
            if not bad:
                rows.append((number, record))
    return rows, faults


def registrations_sheet(viewer: Viewer, event: Event, *, form: str = "xlsx") -> bytes:
    """The registrations as the sheet that can be read back. Raises NotAllowed."""
    rows = registrations(viewer, event).select_related("listing").prefetch_related("representatives__user")
    return _table("registrations", (_registration_row(r) for r in rows), form)


def _registration_row(registration: Any) -> dict[str, Any]:
    return registration_values(registration) | {"organisation": registration.organisation.name}


def wishes_sheet(viewer: Viewer, event: Event, *, form: str = "xlsx") -> bytes:
    """All wishes, for planners."""
    people = {
        p.uid: p.name for r in event.registrations.prefetch_related("representatives") for p in r.representatives.all()
    }
    rows = (
        {
            "organisation": w.wisher.organisation.name, "wanted": w.wanted.organisation.name, "level": w.level,
            "representatives": [people[u] for u in w.representatives if u in people], "message": w.message or None,
        }
        for w in wishes_of_event(viewer, event).exclude(answer="cancelled")
    )  # fmt: skip
    return _table("wishes", _named(rows), form)


def quotas_sheet(viewer: Viewer, event: Event, *, form: str = "xlsx") -> bytes:
    """The quotas, for planners."""
    demand_plan(viewer, event)
    return _table("quotas", (dict(row) for row in event.quotas), form)


def precedences_sheet(viewer: Viewer, event: Event, *, form: str = "xlsx") -> bytes:
    """Which meeting comes before which, pairs by the names of both, for planners."""
    demand_plan(viewer, event)
    return _table("precedences", ({"first": a, "then": b} for a, b in said_precedences(event)), form)


def said_precedences(event: Event) -> list[tuple[str, str]]:
    """The order of meetings in words: fixed meetings by code, pairs by the names of both."""
    names = {r.uid: r.organisation.name for r in event.registrations.select_related("organisation")}

    def said(code: str) -> str:
        one, mark, other = code.partition("~")
        return f"{names.get(one, one)}~{names.get(other, other)}" if mark else code

    return [(said(first), said(then)) for first, then in event.precedences]


def _named(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    from duijie.meet.choices import WishLevel

    for row in rows:
        yield row | {"level": WishLevel.named(row["level"])}


def _table(kind: str, rows: Iterable[dict[str, Any]], form: str) -> bytes:
    out = io.BytesIO()
    write_table(SHEETS[kind].columns, rows, out, form=form, sheet=str(SHEETS[kind].label))
    return out.getvalue()


WRITERS: dict[str, Callable[..., bytes]] = {
    "registrations": registrations_sheet,
    "wishes": wishes_sheet,
    "quotas": quotas_sheet,
    "precedences": precedences_sheet,
}


def timetable_workbook(viewer: Viewer, draft: Draft) -> bytes:
    """The event with the draft's meetings as fixed ones: `duijie timetable` reads it, and it can be brought in again."""
    from duijie.engines.timetable.workbook_input import write_event

    demand_plan(viewer, draft.event)
    out = io.BytesIO()
    write_event(out, build_input(draft.event), engine_meetings(draft))
    return out.getvalue()


def kept(chunks: Iterable[bytes], name: str, most_bytes: int = 20 * 1024 * 1024) -> Path:
    """What was uploaded, as a file with its own ending; the caller deletes it. Raises Fault 413."""
    from duijie.core.files import too_large

    suffix = Path(name).suffix[:8] or ".xlsx"
    with tempfile.NamedTemporaryFile(suffix=suffix, delete=False) as target:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > most_bytes:
                raise too_large(name, most_bytes)
            target.write(chunk)
    return Path(target.name)

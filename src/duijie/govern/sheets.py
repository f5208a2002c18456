"""Sheets of exchanges, of the people in a training and of a motion's budget: template, check of the whole, and writing all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from django.db import transaction

from duijie.core.access import Viewer
from duijie.core.actions import DryRun
from duijie.core.errors import Fault, Faults
from duijie.core.language import Label
from duijie.core.schema import Record, describe, parse
from duijie.core.schema.columns import column_of
from duijie.core.sheets import Column, Limits, open_sheet, write_template
from duijie.govern.actions import enrol, plan_exchange, upsert_exchange, write_line
from duijie.govern.models import Motion, Training, TrainingPlace
from duijie.govern.rules import demand
from duijie.govern.schemas import AttendanceRow, BudgetLineRecord, ExchangeRecord
from duijie.members.models import Member
from duijie.members.places import place_of_member
from duijie.members.sheets import SheetKind, register

LIMITS = Limits(rows=2000)
KINDS: dict[str, tuple[Label, type[Record]]] = {
    "exchanges": (Label("交流互访", "Exchanges"), ExchangeRecord),
    "attendance": (Label("培训名单", "People in a training"), AttendanceRow),
    "budget": (Label("预算项", "Budget lines"), BudgetLineRecord),
}


def columns_of(kind: str) -> tuple[Column, ...]:
    return tuple(column_of(d) for d in describe(KINDS[kind][1]))


def write_template_of(kind: str, out: IO[bytes]) -> None:
    """The Excel template of a kind, in the language in force."""
    write_template(columns_of(kind), out, title=str(KINDS[kind][0]))


def bring_in(
    *,
    actor: Viewer,
    path: Path,
    kind: str,
    training: Training | None = None,
    motion: Motion | None = None,
    dry_run: bool = False,
) -> dict[str, int]:
    """Write every row, or none where one is at fault. training, motion: whose people or lines these are. Returns how many were created, changed, unchanged.

    Raises Faults with the cell of each fault.
    """
    write = _writer(actor, training, motion)
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    faults: list[Fault] = []
    try:
        with transaction.atomic():
            _rows(path, kind, write, counts, faults)
            if faults:
                raise Faults(faults[:200])
            if dry_run:
                raise DryRun
    except DryRun:
        pass
    return counts


def _rows(path: Path, kind: str, write: Callable[[Any], str], counts: dict[str, int], faults: list[Fault]) -> None:
    schema = KINDS[kind][1]
    with open_sheet(path, columns=columns_of(kind), limits=LIMITS) as sheet:
        for number, cells in sheet.rows():
            found = [cell.fault for cell in cells.values() if cell.fault is not None]
            places = {d.name: sheet.place(number, d.name) for d in describe(schema)}
            if not found:
                try:
                    with transaction.atomic():
                        counts[write(parse(schema, {name: cell.value for name, cell in cells.items()}))] += 1
                except Fault as refused:
                    for one in refused.faults if isinstance(refused, Faults) else [refused]:
                        column = (one.place or "").split(".")[0]
                        found.append(one.at(places.get(column) or next(iter(places.values()))))
            faults += found


def _writer(actor: Viewer, training: Training | None, motion: Motion | None) -> Callable[[Any], str]:
    if motion is not None:
        return lambda record: write_line(actor=actor, motion=motion, record=record)[1]
    if training is None:
        return lambda record: upsert_exchange(actor=actor, record=record)

    def put(record: AttendanceRow) -> str:
        rows = TrainingPlace.objects.unscoped("counted, not shown").filter(training=training)
        before = rows.count()
        enrol(actor=actor, training=training, record=record)
        return "created" if rows.count() > before else "changed"

    return put


def _demand_exchanges(viewer: Viewer, member: Member) -> None:
    demand(viewer, "exchange.write", place_of_member(member))


def _write_exchange(*, actor: Viewer, member: Member, record: ExchangeRecord, dry_run: bool) -> str:
    """A row of a member's sheet; without an external id it is a new exchange each time."""
    if record.external_id:
        return upsert_exchange(actor=actor, record=record, dry_run=dry_run)
    plan_exchange(actor=actor, record=record, dry_run=dry_run)
    return "created"


register(
    SheetKind(
        "exchanges", KINDS["exchanges"][0], ExchangeRecord, _demand_exchanges, _write_exchange, unique=("external_id",),
        shown_at=lambda member: f"/exchanges/?member={member.slug}",
    )
)  # fmt: skip

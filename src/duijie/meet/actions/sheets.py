"""Bringing registrations, wishes and timetables in by sheet: everything is checked first, and written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Fault, Faults
from duijie.engines import timetable as engine
from duijie.meet.actions.events import demand_open, locked_event
from duijie.meet.actions.limits import set_precedences, set_quotas
from duijie.meet.actions.planning import new_draft, rejudge
from duijie.meet.actions.registrations import change_registration, register
from duijie.meet.actions.wishes import make_wish, partner
from duijie.meet.models import Draft, Event, Registration
from duijie.meet.papers.sheets import SHEETS, read_rows
from duijie.meet.planning import keeping
from duijie.meet.planning.building import build_input
from duijie.meet.rules import demand_plan
from duijie.meet.schemas import RegistrationRecord, WishRecord, WishRow
from duijie.members.places import find_organisation

if TYPE_CHECKING:
    from duijie.engines.timetable.workbook_read import CellFault

MOST_FAULTS = 200


class _DryRun(Exception):
    pass


def import_sheet(*, actor: Viewer, event: Event, kind: str, path: Path, dry_run: bool = False) -> dict[str, int]:
    """Read a sheet of registrations or wishes; returns how many rows were created, changed or were as they are.

    Raises Faults with the cell of each fault; then nothing is written. With `dry_run` the same path is taken and rolled back.
    """
    demand_plan(actor, event)
    if kind not in SHEETS:
        raise Fault("sheet.kind", f"没有“{kind}”这种表。", f"There is no sheet of “{kind}”.", place="kind", status=422)
    rows, faults = read_rows(path, kind)
    if kind in _WHOLE:
        return _replaced(actor, event, kind, rows, faults, dry_run)
    write: Callable[..., str] = _registration if kind == "registrations" else _wish
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    try:
        with transaction.atomic():
            for number, record in rows:
                try:
                    with transaction.atomic():
                        counts[write(actor=actor, event=event, record=record)] += 1
                except Fault as refused:
                    each = refused.faults if isinstance(refused, Faults) else [refused]
                    faults += [_placed(f, number) for f in each]
                if len(faults) > MOST_FAULTS:
                    break
            if faults:
                raise Faults(faults[:MOST_FAULTS])
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return counts


_WHOLE: dict[str, Callable[..., Event]] = {"quotas": set_quotas, "precedences": set_precedences}


def _replaced(
    actor: Viewer, event: Event, kind: str, rows: list[tuple[int, Any]], faults: list[Fault], dry_run: bool
) -> dict[str, int]:
    """A sheet that stands for the whole list: what it does not hold is taken away."""
    if faults:
        raise Faults(faults[:MOST_FAULTS])
    before = list(getattr(event, kind))
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    try:
        with transaction.atomic():
            after = getattr(_WHOLE[kind](actor=actor, event=event, rows=[record for _, record in rows]), kind)
            counts["unchanged"] = sum(row in before for row in after)
            counts["created"] = len(after) - counts["unchanged"]
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return counts


def _placed(fault: Fault, number: int) -> Fault:
    return Fault(fault.code, f"第 {number} 行：{fault.zh}", f"Row {number}: {fault.en}", place=str(number), status=422)


def _registration(*, actor: Viewer, event: Event, record: RegistrationRecord) -> str:
    organisation = find_organisation(record.organisation)
    found = Registration.objects.filter(event=event, organisation=organisation).exclude(status="withdrawn").first()
    if found is None:
        register(actor=actor, event=event, record=record)
        return "created"
    before = _kept(found)
    change_registration(actor=actor, registration=found, record=record)
    found.refresh_from_db()
    return "unchanged" if _kept(found) == before else "changed"


def _kept(registration: Registration) -> tuple[Any, ...]:
    people = tuple(registration.representatives.values_list("name", "title", "user_id"))
    same = ("kind", "brings", "seeks", "most_meetings", "place_kinds", "external_id")
    return people, tuple(str(getattr(registration, name)) for name in same)


def _wish(*, actor: Viewer, event: Event, record: WishRow) -> str:
    wisher = partner(event, record.organisation)
    wanted = partner(event, record.wanted)
    before = wisher.wishes.filter(wanted=wanted).exclude(answer="cancelled").values_list("level", "message").first()
    given = WishRecord.model_construct(
        wanted=wanted.uid, level=record.level, representatives=record.representatives, message=record.message
    )
    wish = make_wish(actor=actor, wisher=wisher, record=given)
    if before is None:
        return "created"
    return "unchanged" if before == (wish.level, wish.message) else "changed"


def import_timetable(*, actor: Viewer, event: Event, path: Path, name: str = "") -> Draft:
    """A timetable worked on in Excel, as a new draft: the fixed meetings of the engine's workbook, each with slot and place.

    Raises Faults where the workbook is faulty or what it says breaks a rule; nothing is written then.
    """
    from duijie.engines.timetable.workbook_read import read_workbook

    demand_plan(actor, event)
    try:
        given = read_workbook(path)
    except engine.TimetableInputError as error:
        told = getattr(error, "faults", None)
        if told:
            raise Faults([_in_cell(f) for f in told[:MOST_FAULTS]]) from None
        raise Fault("timetable.workbook", str(error), str(error), place="file", status=422) from None
    with acting(actor, "draft.import") as act:
        current = locked_event(event)
        demand_open(current)
        built = build_input(current)
        meetings = _meetings(given, built)
        wrong = engine.verify(built, meetings, fairness=False)
        if wrong:
            raise Faults(
                [
                    Fault("timetable.rule", f"违反规则：{w}", f"Breaks a rule: {w}", place="固定会面", status=422)
                    for w in wrong[:20]
                ]
            )
        worth, fixed = engine.worth_of(built, meetings), {one.id for one in built.fixed}
        meetings = [replace(one, worth=worth[one.id], fixed=one.id in fixed) for one in meetings]
        draft = new_draft(current, actor, name=name or Path(path).stem[:80], status=Draft.Status.READY)
        keeping.write_meetings(draft, meetings)
        rejudge(draft)
        act.done(draft, member_id=current.host_member_id, event="draft.finished", ids=[draft.pk])
    return draft


def _in_cell(fault: CellFault) -> Fault:
    """The fault with its sheet, row and column in the sentence: a page shows no more than that."""
    row = (f"第 {fault.row} 行", f", row {fault.row}") if fault.row else ("", "")
    column = (f"“{fault.column}”列", f", column “{fault.column}”") if fault.column else ("", "")
    return Fault(
        "timetable.workbook",
        f"工作表“{fault.sheet}”{row[0]}{column[0]}：{fault.zh}",
        f"Sheet “{fault.sheet}”{row[1]}{column[1]}: {fault.en}",
        place=f"{fault.sheet} {fault.row or ''} {fault.column}".strip(),
        status=422,
    )


def _meetings(given: engine.Event, built: engine.Event) -> list[engine.Meeting]:
    people = {p.id: [r.id for r in p.people] for p in built.participants}
    slots, places = {s.id for s in built.slots}, {p.id for p in built.places}
    found = []
    for number, one in enumerate(given.fixed):
        where = f"固定会面 {number + 2}"
        for side in one.participants:
            if side not in people:
                raise Fault(
                    "participant.unknown",
                    f"“{side}”没有确认参会。",
                    f"“{side}” is no confirmed participant.",
                    place=where,
                    status=422,
                )
        if one.slot not in slots or one.place not in places:
            raise Fault(
                "timetable.seat",
                f"会面 {one.id} 缺少时段或场地，或本活动没有。",
                f"Meeting {one.id} lacks a slot or place of this event.",
                place=where,
                status=422,
            )
        sitting = list(one.representatives)
        for side in one.participants:
            if not set(people[side]) & set(sitting):
                sitting.append(people[side][0])
        found.append(engine.Meeting(one.id, one.participants, tuple(sitting), one.slot, one.place, 0.0))
    return found

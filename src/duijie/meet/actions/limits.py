"""Quotas of meetings by kind of participant, and which meeting comes before which: what the machine keeps to, and what planners are told."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Fault, Faults
from duijie.engines.timetable import pair_id
from duijie.meet.actions.events import demand_open, locked_event
from duijie.meet.actions.wishes import partner
from duijie.meet.models import Event
from duijie.meet.rules import demand_plan
from duijie.meet.schemas import PrecedenceRow, QuotaRow

PAIR = "~"


def set_quotas(*, actor: Viewer, event: Event, rows: Sequence[QuotaRow]) -> Event:
    """Replace the quotas. Raises Faults "quota.empty", "quota.order", "quota.twice", "quota.kind"."""
    demand_plan(actor, event)
    kinds = set(event.registrations.exclude(status="withdrawn").values_list("kind", flat=True))
    seen: set[tuple[str, str | None]] = set()
    faults = []
    for number, row in enumerate(rows):
        for kind in (row.kind, row.with_kind):
            if kind and kinds and kind not in kinds:
                known = "、".join(sorted(k for k in kinds if k)) or "—"
                faults.append(_refuse("quota.kind", f"没有参会类别“{kind}”，现有：{known}。", f"Nobody comes as “{kind}”; there are: {known}.", number))  # fmt: skip
        if row.most is None and not row.fewest:
            faults.append(
                _refuse("quota.empty", "至多和至少请至少写一个。", "Give at most, at least, or both.", number)
            )
        if row.most is not None and row.fewest is not None and row.most < row.fewest:
            faults.append(_refuse("quota.order", "至多小于至少。", "At most is less than at least.", number))
        if (row.kind, row.with_kind) in seen:
            faults.append(_refuse("quota.twice", f"“{row.kind}”的这个配额写了两次。", f"This quota of “{row.kind}” is given twice.", number))  # fmt: skip
        seen.add((row.kind, row.with_kind))
    if faults:
        raise Faults(faults)
    quotas = [
        {"kind": row.kind, "with_kind": row.with_kind, "most": row.most, "fewest": row.fewest or 0} for row in rows
    ]
    return _kept(actor, event, "quotas", quotas)


def set_precedences(*, actor: Viewer, event: Event, rows: Sequence[PrecedenceRow]) -> Event:
    """Replace the order of meetings. Raises Faults "precedence.unknown", "participant.unknown", "precedence.loop"."""
    demand_plan(actor, event)
    codes = set(event.fixed.values_list("code", flat=True))
    found: list[list[str]] = []
    faults: list[Fault] = []
    for number, row in enumerate(rows):
        ends = []
        for text in (row.first, row.then):
            try:
                ends.append(_meeting(event, text, codes))
            except Fault as fault:
                faults.append(_refuse(fault.code, fault.zh, fault.en, number))
        if len(ends) == 2:
            found.append(ends)
    if faults:
        raise Faults(faults)
    loop = _loop(found)
    if loop:
        words = " → ".join(loop)
        raise _refuse("precedence.loop", f"先后成了环：{words}。", f"The order has a loop: {words}.", 0)
    return _kept(actor, event, "precedences", found)


def _kept(actor: Viewer, event: Event, field: str, value: list[Any]) -> Event:
    with acting(actor, f"event.set_{field}") as act:
        current = locked_event(event)
        demand_open(current)
        if getattr(current, field) == value:
            act.nothing_changed()
            return current
        setattr(current, field, value)
        current.version += 1
        current.save(update_fields=[field, "version"])
        act.done(current, member_id=current.host_member_id, event="event.changed", ids=[current.pk])
    return current


def _meeting(event: Event, text: str, codes: set[str]) -> str:
    """The engine's id of a meeting: a fixed one's code, else that of a pair."""
    if text.strip() in codes:
        return text.strip()
    one, mark, other = text.replace("～", PAIR).partition(PAIR)
    if not mark or not one.strip() or not other.strip():
        raise Fault(
            "precedence.unknown", f"没有指定会面“{text}”；两家单位请写成“甲~乙”。",
            f"There is no fixed meeting “{text}”; write two participants as A~B.", status=422,
        )  # fmt: skip
    sides = [partner(event, name.strip()).uid for name in (one, other)]
    if sides[0] == sides[1]:
        raise Fault("precedence.self", f"“{text}”是同一家单位。", f"“{text}” is one participant twice.", status=422)
    return pair_id(*sides)


def _loop(rows: Sequence[Sequence[str]]) -> list[str]:
    """A loop in the order, or nothing."""
    earlier: dict[str, list[str]] = {}
    for first, then in rows:
        earlier.setdefault(then, []).append(first)
    try:
        TopologicalSorter(earlier).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def _refuse(code: str, zh: str, en: str, number: int) -> Fault:
    return Fault(code, f"第 {number + 1} 行：{zh}", f"Row {number + 1}: {en}", place=str(number), status=422)

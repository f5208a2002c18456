"""The tree of a plan: goals, special actions, schemes, tasks, major projects, and where each stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.members.places import find_organisation
from duijie.plan.actions.common import find_item, member_of_plan, members_named, open_copy, touch
from duijie.plan.models import ItemMember, Plan, PlanItem
from duijie.plan.rules import demand_state
from duijie.plan.schemas import ItemRecord, StateRecord


def write_item(
    *, actor: Viewer, plan: Plan, record: ItemRecord, item: PlanItem | None = None, version: int | None = None,
    add_only: bool = False,
) -> PlanItem:  # fmt: skip
    """Add an item to an open working copy, or write over `item`; without `item`, the one of the same code is written over.

    add_only: a code that is taken is refused, for doors where people cannot see what they would write over.

    Raises Conflict "plan.not_open", "item.code", Fault "item.unknown", "item.dates", "item.loop", Stale.
    """
    with acting(actor, "plan.write_item") as act:
        current = open_copy(actor, plan)
        found = _found(current, record, item, add_only)
        if version is not None and found is not None and version != found.version:
            raise Stale
        row = found or PlanItem(plan=current, order=current.items.count() + 1)
        for name, value in _values(current, record, row).items():
            setattr(row, name, value)
        row.version += 1 if found else 0
        row.save()
        _write_members(row, record)
        touch(current)
        act.done(
            row, member_id=member_of_plan(current), event="plan.item_written", ids=[current.pk], item=row.uid,
            detail={"code": row.code},
        )  # fmt: skip
    return row


def remove_item(*, actor: Viewer, plan: Plan, item: PlanItem, version: int | None = None) -> None:
    """Take an item and everything under it out of the working copy. Raises Conflict "item.has_actuals"."""
    with acting(actor, "plan.remove_item") as act:
        current = open_copy(actor, plan)
        if version is not None and version != item.version:
            raise Stale
        under = _uids_below(current, item)
        if current.indicators.filter(item__in=under, actuals__isnull=False).exists():
            raise Conflict(
                "item.has_actuals", "这个条目下的指标已有上报数，不能删除；可以停用指标。",
                "Figures were reported for its indicators; retire those instead of removing the item.",
            )  # fmt: skip
        item.delete()
        touch(current)
        act.done(("planitem", item.uid), member_id=member_of_plan(current), event="plan.item_removed", ids=[current.pk])


def set_state(
    *, actor: Viewer, plan: Plan, item: PlanItem, record: StateRecord, version: int | None = None
) -> PlanItem:
    """Say where a task stands: by officers of a responsible or supporting member, or those who write the plan.

    Raises NotAllowed, Conflict "plan.not_published", Stale.
    """
    with acting(actor, "plan.set_state") as act:
        current = PlanItem.objects.select_for_update().filter(pk=item.pk, plan=plan).first()
        if current is None:
            raise NotFound
        demand_state(actor, plan, current)
        first = current.item_members.first()
        if plan.status != Plan.Status.PUBLISHED:
            raise Conflict(
                "plan.not_published", "计划发布后才更新进展。", "Progress is told once the plan is published."
            )
        if version is not None and version != current.version:
            raise Stale
        before = current.state
        current.state, current.state_note = record.state, record.note or ""
        current.state_at, current.version = timezone.now(), current.version + 1
        current.save(update_fields=["state", "state_note", "state_at", "version"])
        act.done(
            current, member_id=first.member_id if first else member_of_plan(plan), event="plan.state_set", ids=[plan.pk],
            item=current.uid, detail={"before": before, "after": current.state},
        )  # fmt: skip
    return current


def order_items(*, actor: Viewer, plan: Plan, codes: list[str]) -> None:
    """Put the items of an open working copy into this order; those that aren't named follow."""
    with acting(actor, "plan.order_items") as act:
        current = open_copy(actor, plan)
        named = [find_item(current, code, place="codes").pk for code in codes]
        rest = [pk for pk in current.items.order_by("order", "pk").values_list("pk", flat=True) if pk not in named]
        for place, pk in enumerate([*named, *rest], start=1):
            PlanItem.objects.filter(pk=pk).update(order=place)
        touch(current)
        act.done(current, member_id=member_of_plan(current), event="plan.changed", ids=[current.pk])


def item_record_of(item: PlanItem) -> dict[str, Any]:
    """The item as its schema gives it, for forms and partial changes."""
    names = ("code", "kind", "title", "title_en", "description", "project", "starts_on", "ends_on")
    members = list(item.item_members.select_related("member").order_by("pk"))
    return {name: getattr(item, name) for name in names} | {
        "parent": item.parent.code if item.parent else None,
        "organisation": item.organisation.uid if item.organisation else None,
        "responsible": [m.member.slug for m in members if m.part == "responsible"],
        "supporting": [m.member.slug for m in members if m.part == "supporting"],
    }


# --- inside --------------------------------------------------------------------------------------------------------------


def _found(plan: Plan, record: ItemRecord, item: PlanItem | None, add_only: bool) -> PlanItem | None:
    same = plan.items.filter(code=record.code).first()
    if item is None and not add_only:
        return same
    current = plan.items.filter(pk=item.pk).first() if item is not None else None
    if item is not None and current is None:
        raise NotFound
    if same is not None and same != current:
        raise Conflict("item.code", f"编号“{record.code}”已被另一个条目使用。", f"The code “{record.code}” is another item's.", place="code")  # fmt: skip
    return current


def _values(plan: Plan, record: ItemRecord, row: PlanItem) -> dict[str, Any]:
    parent = find_item(plan, record.parent, place="parent") if record.parent else None
    above = parent
    while above is not None:
        if row.pk is not None and above.pk == row.pk:
            raise Fault("item.loop", "条目不能放在自己下面。", "An item cannot lie under itself.", place="parent", status=422)  # fmt: skip
        above = above.parent
    check_days(plan, record.starts_on, record.ends_on)
    return {
        "code": record.code, "kind": record.kind, "title": record.title, "title_en": record.title_en or "",
        "description": record.description or "", "starts_on": record.starts_on, "ends_on": record.ends_on,
        "project": record.project or "", "parent": parent,
        "organisation": find_organisation(record.organisation) if record.organisation else None,
    }  # fmt: skip


def check_days(plan: Plan, start: dt.date | None, end: dt.date | None) -> None:
    """Raise Fault "item.dates" unless the days are in order and inside the plan."""
    if start and end and end < start:
        raise Fault("item.dates", f"完成日 {end} 早于开始日 {start}。", f"Due {end}, before it starts on {start}.", place="ends_on", status=422)  # fmt: skip
    for name, day in (("starts_on", start), ("ends_on", end)):
        if day and not plan.starts_on <= day <= plan.ends_on:
            raise Fault(
                "item.dates", f"{day} 不在计划期 {plan.starts_on} 至 {plan.ends_on} 之内。",
                f"{day} is not between {plan.starts_on} and {plan.ends_on}, the days of the plan.", place=name, status=422,
            )  # fmt: skip


def _write_members(row: PlanItem, record: ItemRecord) -> None:
    responsible = members_named(record.responsible, "responsible")
    supporting = [m for m in members_named(record.supporting, "supporting") if m not in responsible]
    row.item_members.all().delete()
    ItemMember.objects.bulk_create(
        ItemMember(item=row, member=m, part=part)
        for part, members in (("responsible", responsible), ("supporting", supporting))
        for m in members
    )


def _uids_below(plan: Plan, item: PlanItem) -> list[int]:
    parents = dict(plan.items.values_list("pk", "parent_id"))
    found = {item.pk}
    while True:
        more = {pk for pk, above in parents.items() if above in found} - found
        if not more:
            return sorted(found)
        found |= more

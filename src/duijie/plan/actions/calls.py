"""Calls for planned projects, and what firms and members submit to them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotAllowed, NotFound, Stale
from duijie.core.schema import parse
from duijie.members.models import Member, Membership, Organisation
from duijie.members.places import find_member, find_organisation
from duijie.plan.actions.common import find_item, locked, member_of_plan, reason_given
from duijie.plan.actions.tree import write_item
from duijie.plan.models import Plan, PlanCall, PlanItem, PlannedProject
from duijie.plan.rules import demand, demand_submit_for
from duijie.plan.schemas import CallRecord, ItemRecord, SubmissionRecord


def open_call(*, actor: Viewer, plan: Plan, record: CallRecord) -> PlanCall:
    """Call for planned projects, by those who write the plan. Raises Fault "call.dates", Conflict "plan.closed"."""
    with acting(actor, "call.open") as act:
        current = locked(actor, plan, "plan.write")
        if current.status == Plan.Status.CLOSED:
            raise Conflict("plan.closed", "计划已收官。", "The plan is closed.")
        values = _call_values(record)
        call = PlanCall.objects.create(plan=current, **values)
        act.done(call, member_id=member_of_plan(current), event="call.opened", ids=[call.pk])
    return call


def change_call(*, actor: Viewer, call: PlanCall, record: CallRecord, version: int | None = None) -> PlanCall:
    """Change a call, for one its last day."""
    with acting(actor, "call.change") as act:
        locked(actor, call.plan, "plan.write")
        current = PlanCall.objects.select_for_update().get(pk=call.pk)
        if version is not None and version != current.version:
            raise Stale
        for name, value in _call_values(record).items():
            setattr(current, name, value)
        current.version += 1
        current.save()
        act.done(current, member_id=current.plan.member_id, event="call.changed", ids=[current.pk])
    return current


def submit_project(*, actor: Viewer, call: PlanCall, record: SubmissionRecord) -> PlannedProject:
    """Submit a planned project, in the name of an organisation or of a member; the same external id again changes it.

    Raises NotAllowed, Conflict "call.closed", "submission.decided", Fault "call.outside", "item.dates".
    """
    with acting(actor, "submission.submit") as act:
        member, organisation = _in_whose_name(actor, record)
        demand_submit_for(actor, member, organisation)
        _refuse_closed_call(call)
        _refuse_outsider(call.plan, member)
        row = _same(call, member, record.external_id)
        if row is not None and row.status != PlannedProject.Status.SUBMITTED:
            raise _decided(row)
        row = row or PlannedProject(call=call, member=member, submitted_by_id=actor.user_id)
        for name, value in _values(record).items():
            setattr(row, name, value)
        row.organisation = organisation
        row.version += 1 if row.pk else 0
        row.save()
        act.done(row, member_id=member.pk, event="submission.submitted", ids=[row.pk], call=call.pk)
    return row


def withdraw_project(*, actor: Viewer, submission: PlannedProject, version: int | None = None) -> PlannedProject:
    """Take one's own submission back before it was decided on. Raises Conflict "submission.decided"."""
    with acting(actor, "submission.withdraw") as act:
        current = _locked(submission, version)
        demand_submit_for(actor, current.member, current.organisation)
        current.status, current.version = PlannedProject.Status.WITHDRAWN, current.version + 1
        current.save(update_fields=["status", "version"])
        act.done(current, member_id=current.member_id, event="submission.withdrawn", ids=[current.pk])
    return current


def take_in(
    *, actor: Viewer, submission: PlannedProject, code: str, parent: str = "", version: int | None = None
) -> tuple[PlannedProject, PlanItem]:
    """Take a submission into the open working copy as a major project under `parent` (the code of an item).

    Raises Conflict "submission.decided", "plan.not_open", "item.code", Stale.
    """
    with acting(actor, "submission.take_in") as act:
        current = _locked(submission, version)
        plan: Plan = current.call.plan
        demand(actor, "plan.write", plan)
        if plan.items.filter(code=code.strip()).exists():
            raise Conflict("item.code", f"编号“{code}”已被另一个条目使用。", f"The code “{code}” is another item's.", place="code")  # fmt: skip
        if parent:
            find_item(plan, parent, place="parent")
        inside = [
            d if d and plan.starts_on <= d <= plan.ends_on else None for d in (current.starts_on, current.ends_on)
        ]
        record = parse(
            ItemRecord,
            {
                "code": code, "kind": "project", "title": current.title, "parent": parent, "description": current.description,
                "responsible": [current.member.slug], "starts_on": inside[0], "ends_on": inside[1],
                "organisation": current.organisation.uid if current.organisation else None,
            },
        )  # fmt: skip
        item = write_item(actor=actor, plan=plan, record=record)
        current.status, current.item, current.decided_at = PlannedProject.Status.TAKEN_IN, item, timezone.now()
        current.version += 1
        current.save(update_fields=["status", "item", "decided_at", "version"])
        act.done(current, member_id=current.member_id, event="submission.taken_in", ids=[current.pk])
    return current, item


def decline(*, actor: Viewer, submission: PlannedProject, reason: str, version: int | None = None) -> PlannedProject:
    """Decline a submission, saying why. Raises Conflict "submission.decided", Fault "reason.missing", Stale."""
    why = reason_given(reason)
    with acting(actor, "submission.decline") as act:
        current = _locked(submission, version)
        demand(actor, "plan.write", current.call.plan)
        current.status, current.reason, current.decided_at = PlannedProject.Status.DECLINED, why, timezone.now()
        current.version += 1
        current.save(update_fields=["status", "reason", "decided_at", "version"])
        act.done(current, member_id=current.member_id, event="submission.declined", ids=[current.pk])
    return current


# --- inside --------------------------------------------------------------------------------------------------------------


def _call_values(record: CallRecord) -> dict[str, Any]:
    opens = record.opens_on or timezone.localdate()
    if record.closes_on is None or record.closes_on < opens:
        raise Fault(
            "call.dates", "截止日不能早于开始日。", "It cannot close before it opens.", place="closes_on", status=422
        )
    return {"title": record.title, "text": record.text or "", "opens_on": opens, "closes_on": record.closes_on}


def _in_whose_name(actor: Viewer, record: SubmissionRecord) -> tuple[Member, Organisation | None]:
    """The organisation and member named; an actor with one organisation, or one member, need not name it."""
    organisation = find_organisation(record.organisation) if record.organisation else None
    if organisation is None and not record.member and len(actor.organisation_ids) == 1:
        organisation = Organisation.objects.get(pk=next(iter(actor.organisation_ids)))
    if organisation is not None:
        return organisation.home_member, organisation
    if record.member:
        return find_member(record.member), None
    if len(actor.member_ids) == 1:
        return Member.objects.get(pk=next(iter(actor.member_ids))), None
    raise Fault("missing", "请填写申报单位或所属成员。", "Name the organisation or the member.", place="member", status=422)  # fmt: skip


def _refuse_closed_call(call: PlanCall) -> None:
    today = timezone.localdate()
    if not call.opens_on <= today <= call.closes_on:
        raise Conflict(
            "call.closed", f"征集期为 {call.opens_on} 至 {call.closes_on}。",
            f"The call is open from {call.opens_on} to {call.closes_on}.",
        )  # fmt: skip


def _refuse_outsider(plan: Plan, member: Member) -> None:
    above: Member | None = member
    while above is not None:
        if plan.member_id == above.pk:
            return
        inside = Membership.objects.filter(alliance_id=plan.alliance_id, member=above) if plan.alliance_id else []
        if any(m.holds_on(timezone.localdate()) for m in inside):
            return
        above = above.parent
    raise NotAllowed(
        f"“{member}”不在这份计划的范围内，不能申报。",
        f"“{member}” is outside the circle of this plan and cannot submit.",
    )


def _same(call: PlanCall, member: Member, external_id: str | None) -> PlannedProject | None:
    if not external_id:
        return None
    rows = PlannedProject.objects.unscoped("the right on the member was checked").select_for_update()
    found: PlannedProject | None = rows.filter(call=call, member=member, external_id=external_id).first()
    return found


def _locked(submission: PlannedProject, version: int | None) -> PlannedProject:
    rows = PlannedProject.objects.unscoped("the caller checks the right").select_for_update(of=("self",))
    current: PlannedProject | None = rows.select_related("call__plan", "member", "organisation").filter(pk=submission.pk).first()  # fmt: skip
    if current is None:
        raise NotFound
    if version is not None and version != current.version:
        raise Stale
    if current.status != PlannedProject.Status.SUBMITTED:
        raise _decided(current)
    return current


def _decided(row: PlannedProject) -> Conflict:
    zh = {"taken_in": "纳入", "declined": "不予纳入", "withdrawn": "撤回"}[row.status]
    en = {"taken_in": "taken in", "declined": "declined", "withdrawn": "withdrawn"}[row.status]
    return Conflict("submission.decided", f"这个项目已{zh}。", f"This project was {en} already.")


def _values(record: SubmissionRecord) -> dict[str, Any]:
    if record.starts_on and record.ends_on and record.ends_on < record.starts_on:
        raise Fault(
            "item.dates", "拟投产日早于拟开工日。", "It cannot end before it starts.", place="ends_on", status=422
        )
    amount = record.amount
    low = (amount.low_minor if amount.low_minor is not None else amount.high_minor) if amount else None
    texts = ("description", "region", "partner_wanted", "external_id")
    return {
        **{name: getattr(record, name) or "" for name in texts},
        "title": record.title, "industries": record.industries or [], "starts_on": record.starts_on,
        "ends_on": record.ends_on, "amount_minor": low, "currency": amount.currency if amount else "CNY",
    }  # fmt: skip

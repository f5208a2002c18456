"""Plans: drafting, submitting, approving, publishing, amending, closing."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault
from duijie.members.models import Alliance, Member
from duijie.members.places import find_alliance, find_member
from duijie.plan.actions.common import locked, member_of_plan, open_copy, reason_given, touch
from duijie.plan.content import content_of
from duijie.plan.models import Plan, PlanEdition
from duijie.plan.restoring import restore
from duijie.plan.rules import demand
from duijie.plan.schemas import PlanRecord


def draft_plan(*, actor: Viewer, record: PlanRecord) -> Plan:
    """Begin a plan of an alliance (its secretariat) or of a member (its liaison or administrator).

    Raises NotAllowed, Fault "plan.owner" (both or neither named), "plan.dates".
    """
    with acting(actor, "plan.draft") as act:
        alliance, member = _owner(record)
        plan = Plan(alliance=alliance, member=member, created_by_id=actor.user_id, **_values(record))
        demand(actor, "plan.write", plan)
        _refuse_same(plan)
        plan.save()
        act.done(plan, member_id=member_of_plan(plan), event="plan.drafted", ids=[plan.pk])
    return plan


def change_plan(*, actor: Viewer, plan: Plan, record: PlanRecord, version: int | None = None) -> Plan:
    """Write the head of an open working copy. Its owner stays.

    Raises Conflict "plan.not_open", "plan.external_id", Stale, Fault "plan.dates".
    """
    with acting(actor, "plan.change") as act:
        current = open_copy(actor, plan, version)
        _refuse_outside(current, record)
        values = _values(record)
        current.external_id = values["external_id"]
        _refuse_same(current)
        touch(current, **values)
        act.done(current, member_id=member_of_plan(current), event="plan.changed", ids=[current.pk])
    return current


def submit_plan(*, actor: Viewer, plan: Plan, version: int | None = None) -> Plan:
    """Put a draft, or an open amendment, before the leaders' meeting. Raises Conflict "plan.not_open", Fault "plan.empty"."""
    with acting(actor, "plan.submit") as act:
        current = open_copy(actor, plan, version)
        if not current.items.exists():
            raise Fault("plan.empty", "计划里还没有任何条目。", "The plan has no items yet.", status=422)
        if current.status == Plan.Status.DRAFT:
            touch(current, status=Plan.Status.SUBMITTED, submitted_at=timezone.now())
        else:
            touch(current, amendment=Plan.Amendment.SUBMITTED, submitted_at=timezone.now())
        act.done(current, member_id=member_of_plan(current), event="plan.submitted", ids=[current.pk])
    return current


def approve_plan(
    *, actor: Viewer, plan: Plan, resolution: str = "", note: str = "", version: int | None = None
) -> Plan:
    """The leaders' meeting approves: the content becomes the next edition. An approved amendment is public at once.

    Raises Conflict "plan.not_submitted".
    """
    with acting(actor, "plan.approve") as act:
        current = _submitted(actor, plan, version)
        now = timezone.now()
        amending = current.status == Plan.Status.PUBLISHED
        PlanEdition.objects.create(
            plan=current, number=current.edition + 1, content=content_of(current),
            reason=current.amendment_reason if amending else note.strip()[:500], resolution=resolution.strip()[:120],
            approved_by_id=actor.user_id, approved_at=now,
        )  # fmt: skip
        values: dict[str, Any] = {"edition": current.edition + 1, "approved_at": now}
        if amending:
            values |= {"amendment": "", "amendment_reason": ""}
        else:
            values["status"] = Plan.Status.APPROVED
        touch(current, **values)
        act.done(
            current, member_id=member_of_plan(current), event="plan.amended" if amending else "plan.approved",
            ids=[current.pk], detail={"edition": current.edition, "resolution": resolution.strip()[:120]},
        )  # fmt: skip
    return current


def return_plan(*, actor: Viewer, plan: Plan, reason: str, version: int | None = None) -> Plan:
    """The leaders' meeting sends it back to be worked on, saying why. Raises Conflict "plan.not_submitted"."""
    why = reason_given(reason)
    with acting(actor, "plan.return") as act:
        current = _submitted(actor, plan, version)
        if current.status == Plan.Status.SUBMITTED:
            touch(current, status=Plan.Status.DRAFT)
        else:
            touch(current, amendment=Plan.Amendment.OPEN)
        act.done(
            current, member_id=member_of_plan(current), event="plan.returned", ids=[current.pk], detail={"reason": why}
        )
    return current


def publish_plan(*, actor: Viewer, plan: Plan, version: int | None = None) -> Plan:
    """Make an approved plan public. Raises Conflict "plan.not_approved"."""
    with acting(actor, "plan.publish") as act:
        current = locked(actor, plan, "plan.write", version)
        if current.status != Plan.Status.APPROVED:
            raise Conflict(
                "plan.not_approved", "计划通过审议后才能发布。", "A plan is published after the leaders have approved it."
            )  # fmt: skip
        touch(current, status=Plan.Status.PUBLISHED, published_at=timezone.now())
        act.done(current, member_id=member_of_plan(current), event="plan.published", ids=[current.pk])
    return current


def open_amendment(*, actor: Viewer, plan: Plan, reason: str, version: int | None = None) -> Plan:
    """Open the working copy of a published plan; what is public stays the last edition until the next is approved.

    Raises Conflict "plan.not_published", "amendment.open".
    """
    why = reason_given(reason)
    with acting(actor, "plan.amend") as act:
        current = locked(actor, plan, "plan.write", version)
        if current.status != Plan.Status.PUBLISHED:
            raise Conflict(
                "plan.not_published", "只有已发布的计划可以调整；起草中的计划请直接修改。",
                "Only a published plan is amended; a draft is changed as it is.",
            )  # fmt: skip
        if current.amendment:
            raise Conflict("amendment.open", "已有一项调整正在进行。", "An amendment is open already.")
        touch(current, amendment=Plan.Amendment.OPEN, amendment_reason=why)
        act.done(
            current, member_id=member_of_plan(current), event="plan.amendment_opened", ids=[current.pk],
            detail={"reason": why},
        )  # fmt: skip
    return current


def drop_amendment(*, actor: Viewer, plan: Plan, version: int | None = None) -> Plan:
    """Give an amendment up: the working copy is again what the last edition says. Raises Conflict "amendment.none"."""
    with acting(actor, "plan.drop_amendment") as act:
        current = locked(actor, plan, "plan.write", version)
        if not current.amendment:
            raise Conflict("amendment.none", "没有进行中的调整。", "No amendment is open.")
        edition = current.editions.get(number=current.edition)
        restore(current, edition.content)
        touch(current, amendment="", amendment_reason="")
        act.done(current, member_id=member_of_plan(current), event="plan.amendment_dropped", ids=[current.pk])
    return current


def close_plan(*, actor: Viewer, plan: Plan, version: int | None = None) -> Plan:
    """End a published plan whose last day is over; it stays readable. Raises Conflict "plan.not_over"."""
    with acting(actor, "plan.close") as act:
        current = locked(actor, plan, "plan.write", version)
        if current.status != Plan.Status.PUBLISHED or current.amendment:
            raise Conflict(
                "plan.not_published", "只有已发布且没有进行中调整的计划可以收官。",
                "Only a published plan without an open amendment is closed.",
            )  # fmt: skip
        if current.ends_on >= timezone.localdate():
            raise Conflict("plan.not_over", f"计划到 {current.ends_on} 才结束。", f"The plan runs until {current.ends_on}.")  # fmt: skip
        touch(current, status=Plan.Status.CLOSED, closed_at=timezone.now())
        act.done(current, member_id=member_of_plan(current), event="plan.closed", ids=[current.pk])
    return current


def plan_record_of(plan: Plan) -> dict[str, Any]:
    """The head of a plan as its schema gives it, for forms and partial changes."""
    values = {name: getattr(plan, name) for name in PlanRecord.model_fields if name not in ("alliance", "member")}
    return values | {
        "alliance": plan.alliance.slug if plan.alliance else None,
        "member": plan.member.slug if plan.member else None,
    }


# --- inside --------------------------------------------------------------------------------------------------------------


def _owner(record: PlanRecord) -> tuple[Alliance | None, Member | None]:
    if bool(record.alliance) == bool(record.member):
        raise Fault(
            "plan.owner", "计划属于一个联盟或一个成员，二者填一个。", "A plan belongs to an alliance or to a member: name one of them.",
            place="alliance", status=422,
        )  # fmt: skip
    if record.alliance:
        return find_alliance(record.alliance), None
    assert record.member is not None
    return None, find_member(record.member)


def _refuse_same(plan: Plan) -> None:
    """Raise Conflict "plan.external_id" where another plan of the owner has the id."""
    rows = Plan.objects.unscoped("an id is taken whoever sees it").exclude(pk=plan.pk)
    own = rows.filter(alliance=plan.alliance, member=plan.member, external_id=plan.external_id)
    if plan.external_id and own.exists():
        raise Conflict(
            "plan.external_id", f"编号“{plan.external_id}”已被用过。", f"The id “{plan.external_id}” is taken.",
            place="external_id",
        )  # fmt: skip


def _values(record: PlanRecord) -> dict[str, Any]:
    start, end = record.starts_on, record.ends_on
    if start is None or end is None:
        raise Fault("missing", "计划要有开始日和结束日。", "A plan has a first and a last day.", place="starts_on", status=422)  # fmt: skip
    if end < start:
        raise Fault("plan.dates", f"结束日 {end} 早于开始日 {start}。", f"The last day {end} is before the first {start}.", place="ends_on", status=422)  # fmt: skip
    names = ("title", "title_en", "summary", "summary_en", "external_id")
    return {"starts_on": start, "ends_on": end, **{name: getattr(record, name) or "" for name in names}}


def _refuse_outside(plan: Plan, record: PlanRecord) -> None:
    start, end = record.starts_on, record.ends_on
    left_out = [p for p in plan.periods.all() if (start and p.starts_on < start) or (end and p.ends_on > end)]
    if left_out:
        raise Fault(
            "period.outside", f"期间 {left_out[0].code} 会落在计划之外。", f"The period {left_out[0].code} would lie outside the plan.",
            place="ends_on", status=422,
        )  # fmt: skip


def _submitted(actor: Viewer, plan: Plan, version: int | None) -> Plan:
    current = locked(actor, plan, "plan.approve", version)
    if current.status != Plan.Status.SUBMITTED and current.amendment != Plan.Amendment.SUBMITTED:
        raise Conflict("plan.not_submitted", "计划还没有提交审议。", "The plan is not before the leaders.")
    return current

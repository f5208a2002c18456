"""Actuals that members report: reported, verified or returned, corrected by a new row, never changed."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotAllowed, NotFound, Stale
from duijie.plan.actions.common import find_indicator, find_period, reason_given
from duijie.plan.actions.indicators import cut_of, period_closed
from duijie.plan.fields import stored_figure
from duijie.plan.models import Actual, Plan, PlanIndicator, PlanPeriod
from duijie.plan.rules import demand, demand_report_for
from duijie.plan.schemas import ActualRecord


def report_actual(*, actor: Viewer, plan: Plan, record: ActualRecord, dry_run: bool = False) -> Actual:
    """Report a member's figure for a period, or correct the one that stands (with `correction`).

    Raises NotAllowed (another member's officer), Conflict "actual.twice", "actual.computed", "period.closed", "plan.not_published",
    Fault "period.not_begun", "correction.missing".
    """
    with acting(actor, "actual.report", dry_run=dry_run) as act:
        indicator, period = find_indicator(plan, record.indicator), find_period(plan, record.period)
        cut = cut_of(plan, indicator, record)
        demand_report_for(actor, cut["member"], plan, indicator)
        _refuse_wrong_time(plan, indicator, period)
        before = standing_figure(indicator, period, cut)
        if before is not None and not record.correction and before.status != Actual.Status.RETURNED:
            raise _twice(before)
        row = Actual(
            indicator=indicator, period=period, **cut, value=stored_figure(record.value, indicator.unit),
            comment=record.comment or "", reported_by_id=actor.user_id, reported_at=timezone.now(),
            replaces=before, reason=(record.correction or "") if before is not None else "",
        )  # fmt: skip
        _save_first(row, indicator, period, cut)
        act.done(
            row, member_id=row.member_id or plan.member_id, event="actual.reported", ids=[plan.pk], actual=row.uid,
            detail={"indicator": indicator.code, "period": period.code, "value": row.value, "replaces": before.uid if before else ""},
        )  # fmt: skip
    return row


def verify_actual(*, actor: Viewer, actual: Actual, version: int | None = None) -> Actual:
    """Confirm a reported figure; from now on it counts. Nobody verifies what they reported themselves.

    Raises NotAllowed, Conflict "actual.decided", "period.closed", Stale.
    """
    return _decide(actor, actual, Actual.Status.VERIFIED, "", version)


def return_actual(*, actor: Viewer, actual: Actual, reason: str, version: int | None = None) -> Actual:
    """Send a reported figure back, saying why; its member reports again."""
    return _decide(actor, actual, Actual.Status.RETURNED, reason_given(reason), version)


def _decide(actor: Viewer, actual: Actual, status: str, reason: str, version: int | None) -> Actual:
    verb = "actual.verify" if status == Actual.Status.VERIFIED else "actual.return"
    with acting(actor, verb) as act:
        rows = Actual.objects.select_for_update(of=("self",)).select_related("indicator__plan", "period")
        current = rows.filter(pk=actual.pk).first()
        if current is None:
            raise NotFound
        plan = current.indicator.plan
        demand(actor, "plan.verify", plan)
        if version is not None and version != current.version:
            raise Stale
        if current.status != Actual.Status.REPORTED:
            zh = {"verified": "核实", "returned": "退回"}[current.status]
            raise Conflict("actual.decided", f"这个数已被同事{zh}，不必再处理。", f"This figure was {current.status} by a colleague already.")  # fmt: skip
        if actor.user_id is not None and actor.user_id == current.reported_by_id:
            raise NotAllowed("自己上报的数要由另一位工作人员核实。", "A figure is verified by somebody else than who reported it.")  # fmt: skip
        if current.period.closed_at is not None:
            raise period_closed(current.period)
        current.status, current.reason = status, reason or current.reason
        current.decided_by_id, current.decided_at = actor.user_id, timezone.now()
        current.version += 1
        current.save(update_fields=["status", "reason", "decided_by_id", "decided_at", "version"])
        act.done(
            current, member_id=current.member_id or plan.member_id,
            event="actual.verified" if status == Actual.Status.VERIFIED else "actual.returned", ids=[plan.pk],
            actual=current.uid, detail={"value": current.value, "reason": reason},
        )  # fmt: skip
    return current


# --- inside --------------------------------------------------------------------------------------------------------------


def _refuse_wrong_time(plan: Plan, indicator: PlanIndicator, period: PlanPeriod) -> None:
    if plan.status != Plan.Status.PUBLISHED:
        raise Conflict("plan.not_published", "计划发布后才能上报。", "Figures are reported once the plan is published.")
    if indicator.measure:
        raise Conflict(
            "actual.computed", f"“{indicator.title}”由平台按记录计算，不接受上报；数不对请更正原始记录。",
            f"“{indicator.title}” is computed from the records and not reported; mend the records where it is wrong.",
            place="indicator",
        )  # fmt: skip
    if indicator.retired:
        raise Conflict("indicator.retired", f"指标“{indicator.title}”已停用。", f"The indicator “{indicator.title}” is retired.", place="indicator")  # fmt: skip
    if period.closed_at is not None:
        raise period_closed(period)
    if period.starts_on > timezone.localdate():
        raise Fault("period.not_begun", f"期间 {period.code} 还没有开始。", f"The period {period.code} has not begun.", place="period", status=422)  # fmt: skip


def standing_figure(indicator: PlanIndicator, period: PlanPeriod, cut: dict[str, Any]) -> Actual | None:
    """The row that nothing has replaced."""
    rows = Actual.objects.filter(indicator=indicator, period=period, replaced_by__isnull=True, **cut)
    return rows.order_by("-pk").first()


def _twice(before: Actual) -> Conflict:
    day = timezone.localtime(before.reported_at).strftime("%Y-%m-%d %H:%M")
    return Conflict(
        "actual.twice", f"这个期间的数已于 {day} 上报；如要更正，请填写更正原因。",
        f"The figure of this period was reported on {day}; give a reason to correct it.", place="period",
    )  # fmt: skip


def _save_first(row: Actual, indicator: PlanIndicator, period: PlanPeriod, cut: dict[str, Any]) -> None:
    """Save; where somebody else was a moment quicker the constraint says so, and the reader is told whose figure stands."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        standing = standing_figure(indicator, period, cut)
        if standing is None:
            raise
        raise _twice(standing) from None

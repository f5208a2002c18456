"""Targets and reported figures by sheet: columns from the schemas, each row through its action."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Q

from duijie.core.access import Viewer
from duijie.core.errors import Fault, NotAllowed
from duijie.core.language import Label
from duijie.core.schema import Line, Record, parse, said
from duijie.members.models import Member, Membership
from duijie.members.sheets import SheetKind, register
from duijie.plan import actions
from duijie.plan.actions.actuals import standing_figure
from duijie.plan.actions.common import find_indicator, find_period
from duijie.plan.actions.indicators import cut_of
from duijie.plan.fields import stored_figure
from duijie.plan.models import Plan
from duijie.plan.models.plans import alliances_read_by
from duijie.plan.rules import may_report_for
from duijie.plan.schemas import ActualRecord, TargetRecord

_PLAN = said("计划", "Plan", example="全面接轨上海三年行动计划（2025—2027年）", help_zh="计划的名称、编号或标识", help_en="Its title, external id or id")  # fmt: skip


class TargetRow(TargetRecord):
    """A target in a sheet; the member is that of the sheet where the row names none."""

    plan: Annotated[Line, _PLAN]


class ActualRow(ActualRecord):
    """A reported figure in a sheet."""

    plan: Annotated[Line, _PLAN]


def find_plan(viewer: Viewer, text: str) -> Plan:
    """The plan in sight with this title, external id or id. Raises Fault "plan.unknown", "plan.ambiguous"."""
    rows = Plan.objects.visible_to(viewer).select_related("alliance", "member")
    found: list[Plan] = list(rows.filter(Q(uid=text) | Q(title=text) | Q(external_id=text)).order_by("-starts_on")[:2])
    if not found:
        raise Fault("plan.unknown", f"没有名为“{text}”的计划，或者您无权查看。", f"There is no plan “{text}” that you may see.", place="plan", status=422)  # fmt: skip
    if len(found) > 1:
        raise Fault("plan.ambiguous", f"有不止一个计划叫“{text}”，请写编号。", f"More than one plan is called “{text}”; write its id.", place="plan", status=422)  # fmt: skip
    return found[0]


def _record(schema: type[Record], row: Any, member: Member) -> Any:
    values = {name: getattr(row, name) for name in schema.model_fields}
    return parse(schema, values | {"member": values.get("member") or member.slug})


def _write_target(*, actor: Viewer, member: Member, record: TargetRow, dry_run: bool) -> str:
    plan, wanted = find_plan(actor, record.plan), _record(TargetRecord, record, member)
    indicator, period = find_indicator(plan, wanted.indicator), find_period(plan, wanted.period)
    before = indicator.targets.filter(period=period, **cut_of(plan, indicator, wanted)).first()
    value = stored_figure(wanted.value, indicator.unit)
    actions.set_target(actor=actor, plan=plan, record=wanted, dry_run=dry_run)
    if before is None:
        return "created"
    same = (before.value, before.comment) == (value, wanted.comment or "")
    return "unchanged" if same else "changed"


def _write_actual(*, actor: Viewer, member: Member, record: ActualRow, dry_run: bool) -> str:
    plan, wanted = find_plan(actor, record.plan), _record(ActualRecord, record, member)
    indicator, period = find_indicator(plan, wanted.indicator), find_period(plan, wanted.period)
    before = standing_figure(indicator, period, cut_of(plan, indicator, wanted))
    if before is not None and not wanted.correction and before.value == stored_figure(wanted.value, indicator.unit):
        return "unchanged"  # the same sheet again is no second report
    actions.report_actual(actor=actor, plan=plan, record=wanted, dry_run=dry_run)
    return "created" if before is None else "changed"


def _demand_targets(viewer: Viewer, member: Member) -> None:
    """Those who write a plan of the member's alliance, or of the member."""
    if viewer.is_system or viewer.is_platform or viewer.has_role({"liaison", "member_admin"}, "member", member.pk):
        return
    inside = set(Membership.objects.filter(member=member).values_list("alliance_id", flat=True))
    if not (viewer.has_role("secretariat", "alliance") and inside & alliances_read_by(viewer)):
        raise NotAllowed("目标由计划编制方填写。请联系联盟秘书处。", "Targets are set by those who write the plan. Ask the alliance's secretariat.")  # fmt: skip


def _demand_actuals(viewer: Viewer, member: Member) -> None:
    if not may_report_for(viewer, member, Plan(member=member)):
        raise NotAllowed(
            f"{member}的数由{member}的工作人员上报。请联系其联络员。",
            f"The figures of {member} are reported by its own officers. Ask its liaison officer.",
        )


register(
    SheetKind(
        "plan-targets", Label("计划目标", "Targets of plans"), TargetRow, _demand_targets, _write_target,
        shown_at=lambda member: "/plans/",
    )
)  # fmt: skip
register(
    SheetKind(
        "plan-actuals", Label("计划上报数", "Reported figures of plans"), ActualRow, _demand_actuals, _write_actual,
        shown_at=lambda member: "/plans/",
    )
)  # fmt: skip

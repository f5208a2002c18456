"""Indicators, periods, baselines and targets of an open working copy."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.calendar import parse_period
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.members.places import find_member
from duijie.plan.actions.common import (
    find_indicator,
    find_item,
    find_period,
    locked,
    member_of_plan,
    open_copy,
    reason_given,
    touch,
)
from duijie.plan.choices import Unit
from duijie.plan.fields import stored_figure
from duijie.plan.measuring import check_filters, measure_named, named_filters
from duijie.plan.models import Baseline, Plan, PlanIndicator, PlanPeriod, Target
from duijie.plan.schemas import BaselineRecord, IndicatorRecord, PeriodRecord, TargetRecord


def write_indicator(
    *,
    actor: Viewer,
    plan: Plan,
    record: IndicatorRecord,
    indicator: PlanIndicator | None = None,
    version: int | None = None,
    add_only: bool = False,
) -> PlanIndicator:
    """Add an indicator to an open working copy, or write over the one of the same code (or `indicator`).

    add_only: a code that is taken is refused, for doors where people cannot see what they would write over.

    Raises Fault "measure.unknown", "measure.unit", those of the measure's filters, Conflict "indicator.unit", "indicator.code", Stale.
    """
    with acting(actor, "plan.write_indicator") as act:
        current = open_copy(actor, plan)
        found = _found(current, record, indicator, add_only)
        if version is not None and found is not None and version != found.version:
            raise Stale
        row = found or PlanIndicator(plan=current, order=current.indicators.count() + 1)
        values = _values(current, record)
        if found is not None and found.unit != values["unit"] and (found.targets.exists() or found.actuals.exists()):
            raise Conflict(
                "indicator.unit", "指标已有目标或上报数，不能换单位；请另立一个指标。",
                "The indicator has targets or figures; make another one for another unit.", place="unit",
            )  # fmt: skip
        for name, value in values.items():
            setattr(row, name, value)
        row.retired = False
        row.version += 1 if found else 0
        row.save()
        touch(current)
        act.done(
            row, member_id=member_of_plan(current), event="plan.indicator_written", ids=[current.pk],
            indicator=row.uid, detail={"code": row.code},
        )  # fmt: skip
    return row


def remove_indicator(*, actor: Viewer, plan: Plan, indicator: PlanIndicator) -> None:
    """Take an indicator out of the working copy; one that was reported on is retired instead, with its figures kept."""
    with acting(actor, "plan.remove_indicator") as act:
        current = open_copy(actor, plan)
        if indicator.actuals.exists():
            indicator.retired, indicator.version = True, indicator.version + 1
            indicator.save(update_fields=["retired", "version"])
        else:
            indicator.delete()
        touch(current)
        act.done(
            ("planindicator", indicator.uid), member_id=member_of_plan(current), event="plan.indicator_removed",
            ids=[current.pk],
        )  # fmt: skip


def add_period(*, actor: Viewer, plan: Plan, record: PeriodRecord) -> PlanPeriod:
    """Add a period; one that is there already stays. Raises Fault "period.outside", "period.unreadable"."""
    with acting(actor, "plan.add_period") as act:
        current = open_copy(actor, plan)
        start, end = _days(record)
        if end < start:
            raise Fault("period.dates", f"结束日 {end} 早于开始日 {start}。", f"It ends on {end}, before it starts on {start}.", place="ends_on", status=422)  # fmt: skip
        if start < current.starts_on or end > current.ends_on:
            raise Fault(
                "period.outside", f"期间 {start} 至 {end} 超出计划期 {current.starts_on} 至 {current.ends_on}。",
                f"The period {start} to {end} lies outside the plan, {current.starts_on} to {current.ends_on}.",
                place="code", status=422,
            )  # fmt: skip
        row, made = PlanPeriod.objects.get_or_create(
            plan=current, code=record.code, defaults={"starts_on": start, "ends_on": end}
        )
        if not made and (row.starts_on, row.ends_on) != (start, end):
            raise Conflict("period.code", f"期间“{record.code}”已有别的起止日。", f"The period “{record.code}” has other days already.", place="code")  # fmt: skip
        if made:
            touch(current)
        act.done(row, member_id=member_of_plan(current), event="plan.period_added", ids=[current.pk])
    return row


def remove_period(*, actor: Viewer, plan: Plan, period: PlanPeriod) -> None:
    """Take out a period that has neither targets nor figures. Raises Conflict "period.in_use"."""
    with acting(actor, "plan.remove_period") as act:
        current = open_copy(actor, plan)
        if period.targets.exists() or period.actuals.exists():
            raise Conflict("period.in_use", "这个期间已有目标或上报数。", "The period has targets or figures.")
        period.delete()
        touch(current)
        act.done(("planperiod", period.uid), member_id=member_of_plan(current), event="plan.period_removed", ids=[current.pk])  # fmt: skip


def close_period(*, actor: Viewer, plan: Plan, period: PlanPeriod) -> PlanPeriod:
    """Close a period that is over: its figures stand as they are known now. Raises Conflict "period.not_over", "period.closed"."""
    with acting(actor, "plan.close_period") as act:
        current = locked(actor, plan, "plan.write")
        row = PlanPeriod.objects.get(pk=period.pk)
        _refuse_closed(row)
        if row.ends_on >= timezone.localdate():
            raise Conflict("period.not_over", f"期间到 {row.ends_on} 才结束。", f"The period runs until {row.ends_on}.")
        row.closed_at = timezone.now()
        row.save(update_fields=["closed_at"])
        act.done(row, member_id=member_of_plan(current), event="plan.period_closed", ids=[current.pk])
    return row


def reopen_period(*, actor: Viewer, plan: Plan, period: PlanPeriod, reason: str) -> PlanPeriod:
    """Reopen a closed period, on record with its reason. Raises Conflict "period.open"."""
    why = reason_given(reason)
    with acting(actor, "plan.reopen_period") as act:
        current = locked(actor, plan, "plan.write")
        row = PlanPeriod.objects.get(pk=period.pk)
        if row.closed_at is None:
            raise Conflict("period.open", "期间没有关闭。", "The period is not closed.")
        before, row.closed_at = row.closed_at, None
        row.save(update_fields=["closed_at"])
        act.done(
            row, member_id=member_of_plan(current), event="plan.period_reopened", ids=[current.pk],
            detail={"reason": why, "closed_at": before.isoformat()},
        )  # fmt: skip
    return row


def set_baseline(*, actor: Viewer, plan: Plan, record: BaselineRecord, dry_run: bool = False) -> Baseline:
    """Write a baseline; the same day and cut again is written over. Raises Fault "baseline.after_target"."""
    with acting(actor, "plan.set_baseline", dry_run=dry_run) as act:
        current = open_copy(actor, plan)
        indicator = find_indicator(current, record.indicator)
        if record.on is None:
            raise Fault("missing", "基期日：必须填写。", "On: is required.", place="on", status=422)
        cut = cut_of(current, indicator, record)
        for target in indicator.targets.filter(**cut).select_related("period"):
            _refuse_after(record.on, target.period, "on")
        values = {"value": stored_figure(record.value, indicator.unit), "comment": record.comment or ""}
        row, _ = Baseline.objects.update_or_create(indicator=indicator, on=record.on, **cut, defaults=values)
        touch(current)
        act.done(row, member_id=member_of_plan(current), event="plan.changed", ids=[current.pk])
    return row


def set_target(*, actor: Viewer, plan: Plan, record: TargetRecord, dry_run: bool = False) -> Target:
    """Write a target; that of the same period and cut is written over.

    Raises Fault "target.range", "baseline.after_target", "figure.…", Conflict "period.closed".
    """
    with acting(actor, "plan.set_target", dry_run=dry_run) as act:
        current = open_copy(actor, plan)
        indicator = find_indicator(current, record.indicator)
        period = find_period(current, record.period)
        _refuse_closed(period)
        cut = cut_of(current, indicator, record)
        values = _target_values(indicator, record)
        for baseline in indicator.baselines.filter(**cut):
            _refuse_after(baseline.on, period, "period")
        row, _ = Target.objects.update_or_create(indicator=indicator, period=period, **cut, defaults=values)
        touch(current)
        act.done(row, member_id=member_of_plan(current), event="plan.changed", ids=[current.pk])
    return row


def remove_target(*, actor: Viewer, plan: Plan, target: Target) -> None:
    """Take a target of an open period out of the working copy."""
    with acting(actor, "plan.remove_target") as act:
        current = open_copy(actor, plan)
        _refuse_closed(target.period)
        target.delete()
        touch(current)
        act.done(("target", target.uid), member_id=member_of_plan(current), event="plan.changed", ids=[current.pk])


def indicator_record_of(indicator: PlanIndicator) -> dict[str, Any]:
    """The indicator as its schema gives it, for forms and partial changes."""
    names = [n for n in IndicatorRecord.model_fields if n != "item"]
    return {name: getattr(indicator, name) for name in names} | {"item": indicator.item.code}


def cut_of(plan: Plan, indicator: PlanIndicator, record: Any) -> dict[str, Any]:
    """The cut of a record: member, place and breakdown, checked against the measure where there is one."""
    member = find_member(record.member) if record.member else None
    breakdown = record.breakdown or ""
    if indicator.measure and (breakdown or record.place):
        name, _, value = breakdown.partition("=")
        more = ({name.strip(): value.strip()} if breakdown else {}) | ({"region": record.place} if record.place else {})
        check_filters(measure_named(indicator.measure), {**indicator.filters, **more}, place="breakdown")
    return {"member": member, "place": record.place or "", "breakdown": breakdown}


# --- inside --------------------------------------------------------------------------------------------------------------


def _found(
    plan: Plan, record: IndicatorRecord, indicator: PlanIndicator | None, add_only: bool
) -> PlanIndicator | None:
    same = plan.indicators.filter(code=record.code).first()
    if indicator is None and not add_only:
        return same
    current = plan.indicators.filter(pk=indicator.pk).first() if indicator is not None else None
    if indicator is not None and current is None:
        raise NotFound
    if same is not None and same != current:
        raise Conflict("indicator.code", f"编号“{record.code}”已被另一个指标使用。", f"The code “{record.code}” is another indicator's.", place="code")  # fmt: skip
    return current


def _values(plan: Plan, record: IndicatorRecord) -> dict[str, Any]:
    filters = record.filters or {}
    if record.measure:
        measure = measure_named(record.measure)
        if measure.unit != record.unit:
            raise Fault(
                "measure.unit", f"统计口径“{measure.label.zh}”以“{Unit(measure.unit).zh}”计，与单位不符。",
                f"The measure “{measure.label.en}” counts in “{Unit(measure.unit).en}”, not in the unit given.", place="unit", status=422,
            )  # fmt: skip
        check_filters(measure, filters)
        filters = named_filters(measure, filters)
    elif filters:
        raise Fault("measure.missing", "由成员上报的指标没有筛选条件。", "A reported indicator has no filters.", place="filters", status=422)  # fmt: skip
    names = ("code", "title", "unit", "relation", "date_rule", "headline")
    texts = ("title_en", "definition", "unit_name", "measure")
    return {
        **{name: getattr(record, name) for name in names},
        **{name: getattr(record, name) or "" for name in texts},
        "filters": filters,
        "item": find_item(plan, record.item),
    }


def _days(record: PeriodRecord) -> tuple[Any, Any]:
    if record.starts_on and record.ends_on:
        return record.starts_on, record.ends_on
    try:
        found = parse_period(record.code)
    except Fault as fault:
        raise fault.at("code") from None
    return found.first_day, found.last_day


def _target_values(indicator: PlanIndicator, record: TargetRecord) -> dict[str, Any]:
    value = stored_figure(record.value, indicator.unit)
    high = stored_figure(record.value_high, indicator.unit, place="value_high") if record.value_high else None
    if (indicator.relation == "range") != (high is not None) or (high is not None and high < value):
        raise Fault(
            "target.range", "要求为“区间”的指标要填下限和不小于它的上限；其他指标不填上限。",
            "A range has a lower and an upper end, in order; other targets have no upper end.", place="value_high", status=422,
        )  # fmt: skip
    return {"value": value, "value_high": high, "comment": record.comment or ""}


def _refuse_after(day: Any, period: PlanPeriod, place: str) -> None:
    if day >= period.ends_on:
        raise Fault(
            "baseline.after_target", f"基期日 {day} 不早于目标期间 {period.code}（到 {period.ends_on}）。",
            f"The baseline of {day} is not before the target's period {period.code} (until {period.ends_on}).",
            place=place, status=422,
        )  # fmt: skip


def _refuse_closed(period: PlanPeriod) -> None:
    if period.closed_at is not None:
        raise period_closed(period)


def period_closed(period: PlanPeriod) -> Conflict:
    return Conflict(
        "period.closed", f"期间 {period.code} 已关闭，数据已封存；确需更正请先由秘书处说明原因重新打开。",
        f"The period {period.code} is closed and its figures stand; it must be reopened with a reason first.", place="period",
    )  # fmt: skip

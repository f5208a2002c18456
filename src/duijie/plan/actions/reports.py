"""Reports of results: asked for, gathered and written by a job."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from duijie.core.access import PUBLIC, Viewer, officers_token
from duijie.core.actions import acting
from duijie.core.calendar import PeriodKind, parse_instant, parse_period
from duijie.core.errors import Conflict, Fault
from duijie.core.jobs import enqueue
from duijie.core.language import ENGLISH, current_language
from duijie.plan.actions.common import find_period
from duijie.plan.models import Plan, PlanReport
from duijie.plan.queries.plans import content
from duijie.plan.rules import demand
from duijie.plan.schemas import ReportRecord

JOB = "plan.report"
_KINDS = {PeriodKind.QUARTER: "quarter", PeriodKind.HALF: "half", PeriodKind.YEAR: "year"}


def make_report(*, actor: Viewer, plan: Plan, record: ReportRecord) -> PlanReport:
    """Ask for a report of a period, as known at an instant (now). The same one again is the one that is there.

    Raises NotAllowed, Conflict "plan.not_published", Fault "period.outside", "known_at.future", "instant.unreadable".
    """
    with acting(actor, "report.make") as act:
        demand(actor, "report.make", plan)
        if plan.edition == 0 or plan.published_at is None:
            raise Conflict(
                "plan.not_published", "计划发布后才有成果报告。", "There are reports once the plan is published."
            )
        kind, start, end = _period(plan, record.period)
        known_at = _instant(record.known_at)
        language = ENGLISH if (record.language or current_language()).lower().startswith("en") else "zh-hans"
        audience = PUBLIC if record.public else officers_token(plan.alliance_id) if plan.alliance_id else f"staff:{plan.member_id}"  # fmt: skip
        report, made = PlanReport.objects.unscoped("the right was checked").get_or_create(
            plan=plan, starts_on=start, ends_on=end, known_at=known_at, language=language, audience=audience,
            edition=content(actor, plan, known_at=known_at).edition,
            defaults={"kind": kind, "created_by_id": actor.user_id},
        )  # fmt: skip
        if not made and (report.files or _is_coming(report)):
            act.nothing_changed()
            return report
        job = enqueue(JOB, actor=actor, member_id=plan.member_id, report=report.pk, period=record.period)
        report.job = job.uid
        report.save(update_fields=["job"])
        act.done(report, member_id=plan.member_id, event="report.asked", ids=[report.pk])
    return report


def _is_coming(report: PlanReport) -> bool:
    from duijie.core.models import Job

    return Job.objects.filter(uid=report.job, status__in=[Job.Status.WAITING, Job.Status.RUNNING]).exists()


def _period(plan: Plan, code: str) -> tuple[str, dt.date, dt.date]:
    try:
        found = parse_period(code)
    except Fault:
        own = find_period(plan, code)
        return "period", own.starts_on, own.ends_on
    if found.last_day < plan.starts_on or found.first_day > plan.ends_on:
        raise Fault(
            "period.outside", f"{found.label()}不在计划期 {plan.starts_on} 至 {plan.ends_on} 之内。",
            f"{found.label()} lies outside the plan, {plan.starts_on} to {plan.ends_on}.", place="period", status=422,
        )  # fmt: skip
    return _KINDS.get(found.kind, "period"), found.first_day, found.last_day


def _instant(text: Any) -> dt.datetime:
    now = timezone.now()
    if not text:
        return now  # to the microsecond: cut to the second it would lie before what was just approved or recorded
    found = parse_instant(str(text), now=now, place="known_at") or now
    if found > now:
        raise Fault(
            "known_at.future", "数据时点还没有到。", "That instant has not come yet.", place="known_at", status=422
        )
    return found

"""Plans in the matrix: drafts are their writers', what is before the leaders is theirs too, reported figures wait unseen to be verified."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.jobs import run_all
from duijie.core.schema import parse
from duijie.plan import actions
from duijie.plan.models import Plan
from duijie.plan.schemas import (
    ActualRecord,
    CallRecord,
    IndicatorRecord,
    ItemRecord,
    PeriodRecord,
    PlanRecord,
    ReportRecord,
    SubmissionRecord,
    TargetRecord,
)

# One word for each secret, of characters that stand nowhere else.
DRAFT, BEFORE_LEADERS, OF_MEMBER, PUBLISHED, AMENDED, WAITING, PLANNED = (
    "㒀㒁", "㒂㒃", "㒄㒅", "㒆㒇", "㒈㒉", "㒊㒋", "㒌㒍",
)  # fmt: skip
OWN_STAFF = {"liaison", "editor", "member_admin", "auditor", "leader"}
WRITERS = {"secretariat", "platform"}


def extend(world: Any, *, own: Any, other: Any, alliance: Any, firm: Any) -> None:
    """A draft, a plan before the leaders, a member's own, a public one with an amendment, a figure, a call and a report."""
    from tests.web.matrix import Secret

    year = timezone.localdate().year

    def plan(word: str, **owner: Any) -> Plan:
        values = {"title": f"{word}计划", "starts_on": f"{year}-01-01", "ends_on": f"{year}-12-31", **owner}
        made = actions.draft_plan(actor=SYSTEM, record=parse(PlanRecord, values))
        actions.write_item(actor=SYSTEM, plan=made, record=parse(ItemRecord, {"code": "1", "kind": "goal", "title": f"{word}目标"}))  # fmt: skip
        actions.add_period(actor=SYSTEM, plan=made, record=parse(PeriodRecord, {"code": str(year)}))
        indicator = {"code": "1-1", "item": "1", "title": f"{word}指标", "unit": "count"}
        actions.write_indicator(actor=SYSTEM, plan=made, record=parse(IndicatorRecord, indicator))
        target = {"indicator": "1-1", "period": str(year), "value": "10", "member": own.slug}
        actions.set_target(actor=SYSTEM, plan=made, record=parse(TargetRecord, target))
        return made

    draft, own_plan = plan(DRAFT, alliance=alliance.slug), plan(OF_MEMBER, member=own.slug)
    submitted, public = plan(BEFORE_LEADERS, alliance=alliance.slug), plan(PUBLISHED, alliance=alliance.slug)
    for one in (submitted, public):
        actions.submit_plan(actor=SYSTEM, plan=one)
    actions.approve_plan(actor=SYSTEM, plan=public)
    public = actions.publish_plan(actor=SYSTEM, plan=public)
    report = {"period": str(year), "public": False}
    made_report = actions.make_report(actor=SYSTEM, plan=public, record=parse(ReportRecord, report))
    run_all()
    figure = {"indicator": "1-1", "period": str(year), "value": "3", "member": own.slug, "comment": f"{WAITING}待核"}
    actual = actions.report_actual(actor=SYSTEM, plan=public, record=parse(ActualRecord, figure))
    call = actions.open_call(
        actor=SYSTEM, plan=public, record=parse(CallRecord, {"title": "矩阵征集", "closes_on": f"{year + 1}-12-31"})
    )
    planned = actions.submit_project(
        actor=SYSTEM, call=call, record=parse(SubmissionRecord, {"title": f"{PLANNED}产线", "organisation": firm.uid})
    )
    actions.open_amendment(actor=SYSTEM, plan=public, reason="调整目标")
    public.refresh_from_db()
    item = actions.write_item(actor=SYSTEM, plan=public, record=parse(ItemRecord, {"code": "2", "kind": "goal", "title": f"{AMENDED}目标"}))  # fmt: skip
    world.secrets += [
        Secret(DRAFT, WRITERS, ""),
        Secret(BEFORE_LEADERS, WRITERS | {"leader"}, ""),
        Secret(OF_MEMBER, OWN_STAFF, ""),
        Secret(PUBLISHED, {*world.names}, ""),
        Secret(AMENDED, WRITERS, ""),
        Secret(WAITING, OWN_STAFF | WRITERS, ""),
        Secret(PLANNED, OWN_STAFF | {"firm", "secretariat"}, ""),
    ]
    plans = [draft, own_plan, submitted, public]
    world.values |= {
        "plan": [p.uid for p in plans], "plan_indicator": [p.indicators.get().uid for p in plans], "plan_item": [item.uid],
        "plan_actual": [actual.uid], "plan_call": [call.uid], "planned_project": [planned.uid],
        "plan_report": [made_report.uid],
    }  # fmt: skip

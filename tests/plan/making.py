"""A small plan of an alliance with three members, put together through the actions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from duijie.core.access import Viewer
from duijie.core.schema import parse
from duijie.members.models import Alliance, Member
from duijie.plan import actions
from duijie.plan.models import Plan, PlanIndicator, PlanItem
from duijie.plan.schemas import (
    ActualRecord,
    BaselineRecord,
    IndicatorRecord,
    ItemRecord,
    PeriodRecord,
    PlanRecord,
    TargetRecord,
)
from tests.factories import make_alliance, make_member, viewer

YEAR = 2025


@dataclass
class Made:
    """plan, its alliance and members, and who writes and decides."""

    alliance: Alliance
    members: list[Member]
    secretary: Viewer
    leader: Viewer
    plan: Plan
    more: dict[str, Any] = field(default_factory=dict)

    def again(self) -> Plan:
        self.plan = Plan.objects.unscoped("test").select_related("alliance", "member").get(pk=self.plan.pk)
        return self.plan

    def item(self, code: str, **values: Any) -> PlanItem:
        record = parse(ItemRecord, {"code": code, "kind": "task", "title": f"条目{code}"} | values)
        return actions.write_item(actor=self.secretary, plan=self.plan, record=record)

    def indicator(self, code: str, **values: Any) -> PlanIndicator:
        base = {"code": code, "item": "1", "title": f"指标{code}", "unit": "count", "measure": "test.facts"}
        return actions.write_indicator(
            actor=self.secretary, plan=self.plan, record=parse(IndicatorRecord, base | values)
        )

    def period(self, code: str, **values: Any) -> Any:
        return actions.add_period(
            actor=self.secretary, plan=self.plan, record=parse(PeriodRecord, {"code": code} | values)
        )

    def target(self, indicator: str, value: str, period: str = str(YEAR), **values: Any) -> Any:
        record = parse(TargetRecord, {"indicator": indicator, "value": value, "period": period} | values)
        return actions.set_target(actor=self.secretary, plan=self.plan, record=record)

    def baseline(self, indicator: str, value: str, on: str, **values: Any) -> Any:
        record = parse(BaselineRecord, {"indicator": indicator, "value": value, "on": on} | values)
        return actions.set_baseline(actor=self.secretary, plan=self.plan, record=record)

    def report(self, actor: Viewer, indicator: str, value: str, period: str = str(YEAR), **values: Any) -> Any:
        record = parse(ActualRecord, {"indicator": indicator, "value": value, "period": period} | values)
        return actions.report_actual(actor=actor, plan=self.again(), record=record)

    def publish(self) -> Plan:
        actions.submit_plan(actor=self.secretary, plan=self.plan)
        actions.approve_plan(actor=self.leader, plan=self.plan, resolution="〔2025〕1号")
        actions.publish_plan(actor=self.secretary, plan=self.plan)
        return self.again()


def make_plan(*, members: int = 3, starts: str = f"{YEAR}-01-01", ends: str = f"{YEAR + 2}-12-31") -> Made:
    """A draft with one goal (code 1) and the period of its first year."""
    alliance = make_alliance()
    own = [make_member(alliances=[alliance]) for _ in range(members)]
    secretary, leader = viewer("secretariat", alliance), viewer("leader", alliance)
    record = parse(
        PlanRecord, {"title": "三年行动计划", "alliance": alliance.slug, "starts_on": starts, "ends_on": ends}
    )
    made = Made(alliance, own, secretary, leader, actions.draft_plan(actor=secretary, record=record))
    made.item("1", kind="goal")
    made.period(str(dt.date.fromisoformat(starts).year))
    return made

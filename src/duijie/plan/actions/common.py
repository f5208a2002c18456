"""What the writing of plans has in common: the locked row, the open working copy, members found by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from duijie.core.access import Viewer
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.members.models import Member
from duijie.members.places import find_member
from duijie.plan.models import Plan, PlanIndicator, PlanItem, PlanPeriod
from duijie.plan.rules import demand


def locked(actor: Viewer, plan: Plan, verb: str, version: int | None = None) -> Plan:
    """The plan as it stands, locked, after the right was checked. Raises NotFound, NotAllowed, Stale."""
    rows = Plan.objects.unscoped("the rule is checked below").select_for_update(of=("self",))
    current: Plan | None = rows.select_related("alliance", "member").filter(pk=plan.pk).first()
    if current is None:
        raise NotFound
    demand(actor, verb, current)
    if version is not None and version != current.version:
        raise Stale
    return current


def open_copy(actor: Viewer, plan: Plan, version: int | None = None) -> Plan:
    """The locked plan whose working copy may be written. Raises Conflict "plan.not_open"."""
    current = locked(actor, plan, "plan.write", version)
    if not current.may_be_written:
        raise Conflict(
            "plan.not_open",
            "计划已提交或已发布，不能直接修改；已发布的计划请先发起调整。",
            "The plan is submitted or published and cannot be changed as it is; open an amendment of a published one.",
        )
    return current


def touch(plan: Plan, **values: Any) -> None:
    """Save these fields and count the version up."""
    for name, value in values.items():
        setattr(plan, name, value)
    plan.version += 1
    plan.save(update_fields=[*values, "version"])


def member_of_plan(plan: Plan) -> int | None:
    """The member under which the audit trail files the plan; None for a plan of an alliance."""
    return plan.member_id


def members_named(names: Iterable[str] | None, place: str) -> list[Member]:
    return list(dict.fromkeys(find_member(name, place=place) for name in names or []))


def find_item(plan: Plan, code: str, *, place: str = "item") -> PlanItem:
    found = plan.items.filter(code=code).first() or plan.items.filter(uid=code).first()
    if found is None:
        raise Fault("item.unknown", f"计划里没有编号为“{code}”的条目。", f"The plan has no item “{code}”.", place=place, status=422)  # fmt: skip
    return found


def find_indicator(plan: Plan, code: str, *, place: str = "indicator") -> PlanIndicator:
    found = plan.indicators.filter(code=code).first() or plan.indicators.filter(uid=code).first()
    if found is None:
        raise Fault("indicator.unknown", f"计划里没有编号为“{code}”的指标。", f"The plan has no indicator “{code}”.", place=place, status=422)  # fmt: skip
    return found


def find_period(plan: Plan, code: str, *, place: str = "period") -> PlanPeriod:
    found = plan.periods.filter(code=code).first() or plan.periods.filter(uid=code).first()
    if found is None:
        raise Fault("period.unknown", f"计划里没有“{code}”这个期间。", f"The plan has no period “{code}”.", place=place, status=422)  # fmt: skip
    return found


def reason_given(reason: str) -> str:
    """The reason, shortened; raises Fault "reason.missing" where it is empty."""
    text = reason.strip()[:500]
    if not text:
        raise Fault("reason.missing", "请写明原因。", "Say why.", place="reason", status=422)
    return text

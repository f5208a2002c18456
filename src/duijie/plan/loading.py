"""A whole plan from one document: its head, periods, items, indicators, baselines and targets, each through its own action."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from duijie.core.access import Viewer
from duijie.core.actions import DryRun
from duijie.core.errors import Fault, Faults
from duijie.core.schema import Record, parse
from duijie.plan import actions
from duijie.plan.models import Plan
from duijie.plan.schemas import (
    BaselineRecord,
    IndicatorRecord,
    ItemRecord,
    PeriodRecord,
    PlanRecord,
    TargetRecord,
)

PARTS: dict[str, tuple[type[Record], Any]] = {
    "periods": (PeriodRecord, actions.add_period),
    "items": (ItemRecord, actions.write_item),
    "indicators": (IndicatorRecord, actions.write_indicator),
    "baselines": (BaselineRecord, actions.set_baseline),
    "targets": (TargetRecord, actions.set_target),
}


def load_plan(*, actor: Viewer, document: Any, plan: Plan | None = None, dry_run: bool = False) -> Plan:
    """Draft a plan from a document, or write the document over an open working copy. All of it, or nothing.

    Raises the Fault of the first part that is refused, with its place ("targets[3].value").
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("plan"), Mapping):
        raise Fault(
            "plan.document", "文档要有 plan 一节。", "The document has no part “plan”.", place="plan", status=422
        )
    unknown = set(document) - {"plan", *PARTS}
    if unknown:
        raise Fault("extra_forbidden", f"没有“{sorted(unknown)[0]}”这一节。", f"There is no part “{sorted(unknown)[0]}”.", place=sorted(unknown)[0], status=422)  # fmt: skip
    made = plan
    try:
        with transaction.atomic():
            record = parse(PlanRecord, dict(document["plan"]), prefix="plan.")
            made = plan if plan is not None else _same(record) or actions.draft_plan(actor=actor, record=record)
            for name, (schema, action) in PARTS.items():
                for number, values in enumerate(document.get(name) or []):
                    _write(actor, made, f"{name}[{number}]", schema, action, values)
            if dry_run:
                raise DryRun
    except DryRun:
        pass
    assert made is not None
    return made


def _same(record: PlanRecord) -> Plan | None:
    """The draft of the same external id, which the document is written over."""
    if not record.external_id:
        return None
    found: Plan | None = Plan.objects.unscoped("its actions check the right").filter(external_id=record.external_id).first()  # fmt: skip
    return found


def _write(actor: Viewer, plan: Plan, place: str, schema: type[Record], action: Any, values: Any) -> None:
    if not isinstance(values, Mapping):
        raise Fault("json.not_an_object", "这里要写一个对象。", "An object is wanted here.", place=place, status=422)
    try:
        action(actor=actor, plan=plan, record=parse(schema, dict(values)))
    except Fault as refused:
        for fault in refused.faults if isinstance(refused, Faults) else [refused]:
            fault.at(f"{place}.{fault.place}" if fault.place else place)
        raise

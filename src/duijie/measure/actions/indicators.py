"""Defining indicators."""

from __future__ import annotations

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.indicators import Indicator, IndicatorRecord, write_indicator
from duijie.measure.rules import anywhere, demand


def define_indicator(*, actor: Viewer, record: IndicatorRecord, dry_run: bool = False) -> Indicator:
    """Make an indicator known. Raises NotAllowed and what `write_indicator` refuses."""
    with acting(actor, "indicator.define", dry_run=dry_run) as act:
        demand(actor, "indicator.define", anywhere(actor))
        made = write_indicator(record)
        act.done(made, event="indicator.defined", ids=[made.pk])
    return made


def change_indicator(
    *, actor: Viewer, indicator: Indicator, record: IndicatorRecord, version: int | None = None, dry_run: bool = False
) -> Indicator:
    """Write `record` over an indicator; its values stay. Raises NotAllowed, Stale and what `write_indicator` refuses."""
    with acting(actor, "indicator.change", dry_run=dry_run) as act:
        demand(actor, "indicator.define", anywhere(actor))
        changed = write_indicator(record, indicator=indicator, version=version)
        act.done(changed, event="indicator.changed", ids=[changed.pk])
    return changed


def upsert_indicator(*, actor: Viewer, record: IndicatorRecord, dry_run: bool = False) -> tuple[Indicator, str]:
    """Make or change the indicator of the record's code; "created", "changed" or "unchanged"."""
    before = Indicator.objects.filter(code=record.code).first()
    if before is None:
        return define_indicator(actor=actor, record=record, dry_run=dry_run), "created"
    plain = record.model_dump(exclude={"direction", "retired"})
    same = all(getattr(before, name) == value for name, value in plain.items())
    if same and before.direction == int(record.direction) and before.is_retired == record.retired:
        demand(actor, "indicator.define", anywhere(actor))
        return before, "unchanged"
    return change_indicator(actor=actor, indicator=before, record=record, dry_run=dry_run), "changed"

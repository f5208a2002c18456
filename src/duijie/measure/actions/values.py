"""Values from files, from the platform's own measures, and from formulas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from duijie.core import measures
from duijie.core.access import SYSTEM, Viewer
from duijie.core.actions import acting
from duijie.core.calendar import Period, parse_period
from duijie.core.indicators import (
    WHOLE,
    Indicator,
    Value,
    Vintage,
    computed_values,
    member_unit,
    record_vintage,
    values_at,
)
from duijie.measure.interchange import ReadRow
from duijie.measure.rules import anywhere, demand


@dataclass(frozen=True)
class Imported:
    """What an import did. vintage: None where nothing was new."""

    vintage: Vintage | None
    written: int
    unchanged: int


def import_values(
    *, actor: Viewer, rows: Iterable[ReadRow], title: str, title_en: str = "", source_kind: str = "import", dry_run: bool = False,
    at: dt.datetime | None = None,
) -> Imported:  # fmt: skip
    """Put the values of a file on record as one vintage; those that stand there already are passed over. Raises NotAllowed."""
    values = [row.value for row in rows]
    vintage = None
    with acting(actor, "values.import", dry_run=dry_run) as act:
        demand(actor, "values.import", anywhere(actor))
        fresh = only_new(values)
        if fresh:
            vintage = record_vintage(
                actor=actor, title=title, title_en=title_en, source_kind=source_kind, values=fresh, at=at
            )
            act.done(vintage, event="values.imported", ids=[vintage.pk], detail={"values": len(fresh)})
        else:
            act.nothing_changed()
    return Imported(vintage, len(fresh), len(values) - len(fresh))


def only_new(values: list[Value]) -> list[Value]:
    """Those that differ from what is in force."""
    codes, periods = {v.code for v in values}, {v.period for v in values}
    there = values_at(SYSTEM, codes, periods) if values else {}

    def same(value: Value) -> bool:
        row = there.get((value.code, value.unit, parse_period(value.period).code))
        if row is None:
            return False
        return (row.value, row.status, row.audience) == (value.value, value.status, value.audience) and (
            row.reason == value.reason or not value.reason
        )

    return [value for value in values if not same(value)]


def record_measures(*, actor: Viewer, periods: Iterable[Period], at: dt.datetime | None = None) -> Imported:
    """Read the platform's own figures (deals, agreements, events) for every indicator that takes one, as a vintage of what changed."""
    chosen = list(Indicator.objects.exclude(measure_code="").filter(is_retired=False))
    known = {measure.code for measure in measures.measures()}
    values = [v for i in chosen if i.measure_code in known for p in periods for v in _measured(i, p, at)]
    vintage = None
    with acting(actor, "values.measure") as act:
        demand(actor, "values.import", anywhere(actor))
        fresh = only_new(values)
        if fresh:
            vintage = record_vintage(
                actor=actor, title="平台自动统计", title_en="Counted by the platform", source_kind="measure", values=fresh, at=at
            )  # fmt: skip
            act.done(vintage, event="values.measured", ids=[vintage.pk], detail={"values": len(fresh)})
        else:
            act.nothing_changed()
    return Imported(vintage, len(fresh), len(values) - len(fresh))


def _measured(indicator: Indicator, period: Period, at: dt.datetime | None) -> list[Value]:
    measure = measures.measure(indicator.measure_code)
    question = measures.Question(period.first_day, period.last_day, known_at=at)
    scale = indicator.measure_scale or Decimal(1)
    found = []
    for member_id, total in sorted(measure.totals(question).items(), key=lambda item: item[0] or 0):
        unit = WHOLE if member_id is None else member_unit(member_id)
        found.append(Value(indicator.code, unit, period.code, Decimal(total) / scale, source_ref=measure.code))
    return found


def record_computed(*, actor: Viewer, periods: Iterable[str], at: dt.datetime | None = None) -> Imported:
    """Compute the values of every formula for these periods from what is in force, as a vintage of what changed."""
    formulas = dict(Indicator.objects.exclude(formula="").filter(is_retired=False).values_list("code", "formula"))
    asked = [parse_period(p) for p in periods]
    wanted = {p.code for period in asked for p in (period, period.shifted(-1))}
    rows = values_at(SYSTEM, list(Indicator.objects.values_list("code", flat=True)), wanted)
    known = {key: row.value for key, row in rows.items() if key[0] not in formulas}
    audience = {(unit, period): row.audience for (_, unit, period), row in rows.items()}
    units = sorted({unit for _, unit, _ in rows})
    found = computed_values(formulas, known, units, [p.code for p in asked])
    values = [
        Value(code, unit, period, value, source_ref="formula", audience=audience.get((unit, period), "public"))
        for (code, unit, period), value in found.items()
        if value is not None
    ]
    vintage = None
    with acting(actor, "values.compute") as act:
        demand(actor, "values.import", anywhere(actor))
        fresh = only_new(values)
        if fresh:
            vintage = record_vintage(
                actor=actor,
                title="公式计算",
                title_en="Computed by formula",
                source_kind="formula",
                values=fresh,
                at=at,
            )
            act.done(vintage, event="values.computed", ids=[vintage.pk], detail={"values": len(fresh)})
        else:
            act.nothing_changed()
    return Imported(vintage, len(fresh), len(values) - len(fresh))

"""Putting indicators and values on record. The caller is inside an action of its own that has asked who may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from duijie.core import measures
from duijie.core.access import PUBLIC, Viewer
from duijie.core.calendar import parse_period
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.indicators.evaluation import evaluation_order
from duijie.core.indicators.formula import Formula
from duijie.core.indicators.schemas import IndicatorRecord
from duijie.core.models import Indicator, Observation, Vintage

WHOLE = "whole"
_BATCH = 500


def member_unit(member_id: int) -> str:
    """The unit that a member is in observations."""
    return f"member:{member_id}"


def region_unit(code: str) -> str:
    """The unit that a region of GB/T 2260 is."""
    return f"region:{code}"


def area_unit(name: str) -> str:
    """The unit for an area of another kind (the delta, a market, a sub-alliance)."""
    return f"area:{name}"


def split_unit(unit: str) -> tuple[str, str]:
    """("member", "7"), ("region", "330402"), ("area", "delta"), ("whole", "")."""
    kind, _, name = unit.partition(":")
    return kind, name


@dataclass(frozen=True)
class Value:
    """One value to be recorded. status: of `Observation.Status`; a missing one ("M") has no value and a reason."""

    code: str
    unit: str
    period: str
    value: Decimal | None
    status: str = "A"
    reason: str = ""
    source_ref: str = ""
    audience: str = PUBLIC


def record_vintage(
    *,
    actor: Viewer,
    title: str,
    title_en: str = "",
    source_kind: str,
    source_ref: str = "",
    values: Iterable[Value],
    at: dt.datetime | None = None,
) -> Vintage:
    """Append values as one vintage, known from `at` (now). What stood before stays and can be asked for as it was.

    Raises Fault "indicator.unknown", "period.unreadable", "observation.twice" (one value twice in the vintage), "observation.missing".
    """
    rows = list(values)
    indicators = {i.code: i for i in Indicator.objects.filter(code__in={v.code for v in rows})}
    recorded_at = at or timezone.now()
    vintage = Vintage.objects.create(
        title=title[:160], title_en=title_en[:160], source_kind=source_kind, source_ref=source_ref,
        recorded_at=recorded_at, recorded_by=actor.reference(),
    )  # fmt: skip
    seen: set[tuple[str, str, str, str]] = set()
    made = []
    for value in rows:
        indicator = indicators.get(value.code)
        if indicator is None:
            raise unknown_indicator(value.code)
        period = parse_period(value.period)
        key = (value.code, value.unit, period.code, value.audience)
        if key in seen:
            raise _twice(value)
        seen.add(key)
        _refuse_half_missing(value)
        kind, name = split_unit(value.unit)
        made.append(
            Observation(
                indicator=indicator,
                vintage=vintage,
                unit=value.unit,
                period=period.code,
                member_id=int(name) if kind == "member" else None,
                region=name if kind == "region" else "",
                effective_on=period.last_day,
                value=value.value,
                status=value.status,
                reason=value.reason[:300],
                source_ref=value.source_ref[:80],
                audience=value.audience,
                recorded_at=recorded_at,
            )
        )
    Observation.objects.bulk_create(made, batch_size=_BATCH)
    return vintage


def _twice(value: Value) -> Fault:
    return Fault(
        "observation.twice",
        f"指标 {value.code} 在 {value.period} 期的值给了两次。",
        f"The value of {value.code} in {value.period} is given twice.",
        place=value.code,
        status=422,
    )


def _refuse_half_missing(value: Value) -> None:
    if (value.status == "M") != (value.value is None):
        raise Fault(
            "observation.missing",
            f"指标 {value.code}：没有数值就应标为缺失，标为缺失就不能有数值。",
            f"Indicator {value.code}: a value that is missing is marked as such, and only then is there none.",
            place=value.code,
            status=422,
        )


def unknown_indicator(code: str, *, place: str | None = None) -> NotFound:
    """The refusal for a code that no indicator has."""
    return NotFound(f"没有代码为“{code}”的指标。", f"There is no indicator “{code}”.", place=place)


def write_indicator(
    record: IndicatorRecord,
    *,
    indicator: Indicator | None = None,
    version: int | None = None,
    owner_member_id: int | None = None,
    owner_alliance_id: int | None = None,
) -> Indicator:
    """Make an indicator, or write `record` over one. A code never changes.

    Raises Conflict "indicator.exists", "indicator.code_fixed"; Stale; Fault "formula.loop", "formula.unreadable", "indicator.unknown",
    "indicator.bounds", "indicator.two_sources", "not_found" (an unknown measure).
    """
    if indicator is not None:
        indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
        if version is not None and version != indicator.version:
            raise Stale
        if record.code != indicator.code:
            raise Conflict(
                "indicator.code_fixed", "指标代码不能修改，请另建一个指标。",
                "The code of an indicator stays; make another indicator.", place="code",
            )  # fmt: skip
    elif Indicator.objects.filter(code=record.code).exists():
        raise Conflict(
            "indicator.exists", f"已有代码为“{record.code}”的指标。", f"There is an indicator “{record.code}” already.", place="code"
        )  # fmt: skip
    _check_rules(record)
    _check_formula(record)
    found = indicator or Indicator(owner_member_id=owner_member_id, owner_alliance_id=owner_alliance_id)
    for name, value in _columns(record).items():
        setattr(found, name, value)
    found.version = found.version + 1 if indicator is not None else 1
    found.save()
    return found


def _columns(record: IndicatorRecord) -> Mapping[str, Any]:
    plain = record.model_dump(exclude={"direction", "retired"})
    return plain | {"direction": int(record.direction), "is_retired": record.retired}


def _check_rules(record: IndicatorRecord) -> None:
    if record.lower is not None and record.upper is not None and record.lower > record.upper:
        raise Fault(
            "indicator.bounds", "下限大于上限。", "The lower bound is above the upper.", place="lower", status=422
        )
    if record.formula and record.measure_code:
        raise Fault(
            "indicator.two_sources", "公式和平台口径只能选一个。", "Give a formula or a measure of the platform, not both.",
            place="formula", status=422,
        )  # fmt: skip
    if record.measure_code:
        measures.measure(record.measure_code)
    if record.measure_scale == 0:
        raise Fault("indicator.scale", "换算不能是零。", "The scale cannot be zero.", place="measure_scale", status=422)
    _demand_known([code for code in record.sum_of if code != record.code], "sum_of")
    if record.code in record.sum_of:
        raise Fault(
            "indicator.sum", "合计项里不能有自己。", "A sum cannot have itself as a part.", place="sum_of", status=422
        )


def _check_formula(record: IndicatorRecord) -> None:
    if not record.formula:
        return
    _demand_known([c for c in Formula.parse(record.formula).codes if c != record.code], "formula")
    formulas = dict(Indicator.objects.exclude(formula="").values_list("code", "formula"))
    evaluation_order(formulas | {record.code: record.formula}, [record.code])


def _demand_known(codes: list[str], place: str) -> None:
    known = set(Indicator.objects.filter(code__in=codes).values_list("code", flat=True))
    for code in codes:
        if code not in known:
            raise Fault(
                "indicator.unknown", f"没有代码为“{code}”的指标。", f"There is no indicator “{code}”.", place=place, status=422
            )  # fmt: skip

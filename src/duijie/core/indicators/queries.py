"""Reading indicators and observations, as they stand or as they were known at an instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from duijie.core import regions
from duijie.core.access import Viewer
from duijie.core.calendar import parse_period
from duijie.core.errors import NotFound
from duijie.core.indicators.recording import split_unit, unknown_indicator
from duijie.core.language import t
from duijie.core.models import Indicator, Observation

Key = tuple[str, str, str]  # code, unit, period


def indicators(*, text: str = "", theme: str = "", frequency: str = "", retired: bool = False) -> QuerySet[Indicator]:
    """Indicators by code; their definitions are for everybody."""
    found = Indicator.objects.all() if retired else Indicator.objects.filter(is_retired=False)
    if theme:
        found = found.filter(theme=theme)
    if frequency:
        found = found.filter(frequency=frequency)
    for word in text.split():
        found = found.filter(Q(code__icontains=word) | Q(name__icontains=word) | Q(name_en__icontains=word))
    return found.order_by("code")


def indicator_by_code(code: str) -> Indicator:
    """The indicator of that code. Raises NotFound."""
    found = Indicator.objects.filter(code=code).first()
    if found is None:
        raise unknown_indicator(code)
    return found


def indicators_by_code(codes: Collection[str]) -> dict[str, Indicator]:
    """Indicators by code. Raises NotFound naming the first code that none has."""
    found = {i.code: i for i in Indicator.objects.filter(code__in=codes)}
    for code in codes:
        if code not in found:
            raise unknown_indicator(code)
    return found


def name_of_indicator(indicator: Indicator) -> str:
    """The name in the language in force."""
    return t(indicator.name, indicator.name_en or indicator.name)


def unit_label(indicator: Indicator) -> str:
    """The unit in the language in force."""
    return t(indicator.unit, indicator.unit_en or indicator.unit)


def observations(
    viewer: Viewer,
    *,
    codes: Collection[str] | None = None,
    units: Collection[str] | None = None,
    periods: Collection[str] | None = None,
    known_at: dt.datetime | None = None,
    every_vintage: bool = False,
) -> QuerySet[Any]:
    """Observations that the viewer may see: of each indicator, unit and period the one recorded last, at `known_at` where it is given.

    every_vintage: all that were ever recorded until then. Ordered by code, unit, period.
    """
    found = Observation.objects.visible_to(viewer).select_related("indicator", "vintage")
    if codes is not None:
        found = found.filter(indicator__code__in=list(codes))
    if units is not None:
        found = found.filter(unit__in=list(units))
    if periods is not None:
        found = found.filter(period__in=[parse_period(p).code for p in periods])
    if known_at is not None:
        found = found.filter(recorded_at__lte=known_at)
    if not every_vintage:
        last = Window(
            RowNumber(),
            partition_by=[F("indicator_id"), F("unit"), F("period")],
            order_by=[F("recorded_at").desc(), F("id").desc()],
        )
        found = found.annotate(recency=last).filter(recency=1)
    return found.order_by("indicator__code", "unit", "effective_on", "period", "recorded_at", "id")


def values_at(
    viewer: Viewer,
    codes: Collection[str],
    periods: Collection[str] | None = None,
    *,
    units: Collection[str] | None = None,
    known_at: dt.datetime | None = None,
) -> dict[Key, Observation]:
    """The observations in force by (code, unit, period); those marked missing too."""
    found = observations(viewer, codes=codes, units=units, periods=periods, known_at=known_at)
    return {(o.indicator.code, o.unit, o.period): o for o in found}


def series(viewer: Viewer, code: str, unit: str, *, known_at: dt.datetime | None = None) -> list[Observation]:
    """The last vintage of every period of one indicator and unit, in order of time."""
    found: Iterable[Observation] = observations(viewer, codes=[code], units=[unit], known_at=known_at)
    return sorted(found, key=lambda o: (o.effective_on, o.period))


def history(viewer: Viewer, row: Observation) -> list[Observation]:
    """Every vintage of the same value, oldest first."""
    found = observations(viewer, codes=[row.indicator.code], units=[row.unit], periods=[row.period], every_vintage=True)
    return sorted(found, key=lambda o: (o.recorded_at, o.pk))


def observation(viewer: Viewer, uid: str) -> Observation:
    """One observation that the viewer may see. Raises NotFound."""
    found: Observation | None = (
        Observation.objects.visible_to(viewer).select_related("indicator", "vintage").filter(uid=uid).first()
    )
    if found is None:
        raise NotFound
    return found


def unit_words(unit: str, members: dict[int, str]) -> str:
    """A unit for people: the member's name (from `members`, by id), the region's, or the area's own."""
    kind, name = split_unit(unit)
    if kind == "member":
        return members.get(int(name), unit)
    if kind == "region":
        found = regions.get(name)
        return found.name if found is not None else name
    return t("全部", "All") if kind == "whole" else name

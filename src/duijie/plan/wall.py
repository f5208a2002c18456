"""What the cockpit shows: six figures, a map, a flow, a trend, as plain data; kept for a while where it is dear to compute.

A small installation is computed at every look. Where that takes longer than `DEAR_SECONDS` the last picture is shown at once with the
instant it is of, and once anything was written since (or a minute has gone by) a new one is made beside the answer. A picture older
than `OLDEST_SECONDS` is never shown.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.db import connections
from django.db.models import Max
from django.utils import timezone

from duijie.core import regions
from duijie.core.errors import Fault
from duijie.core.language import current_language, speaking
from duijie.core.models import AuditLine
from duijie.plan.content import Content, Cut, IndicatorPart, PeriodPart
from duijie.plan.figures import Figure, Reckoning, months
from duijie.plan.measuring import check_filters, measure_named
from duijie.plan.models import Plan

DEAR_SECONDS = 0.2
FRESH_SECONDS = 60
OLDEST_SECONDS = 120
PAST_SECONDS = 3600
MAKING_SECONDS = 60
FIGURES = 6
ORIGINS = ("310000", "320000", "330000", "340000", "110000", "440000")


@dataclass(frozen=True)
class Wall:
    """figures: whole figures of the headline indicators. by_member: of the first, by member. flow: (region, member, value).

    trend: (month, value) of `trend_of`. at: the instant it is of.
    """

    figures: list[Figure]
    by_member: dict[int, int]
    flow: list[tuple[str, int, int]]
    flow_of: IndicatorPart | None
    trend: list[tuple[str, int]]
    trend_of: Figure | None
    period: PeriodPart | None
    at: dt.datetime
    members: tuple[int, ...] = ()
    stamp: int = 0  # the last thing that was done when it was begun


def wall_of(plan: Plan, content: Content, day: dt.date, known_at: dt.datetime | None = None) -> Wall:
    """The cockpit's data: of now, or where it is dear the picture that is kept, with the instant it is of.

    What was known at an instant that has passed never changes, and is asked once.
    """
    key = f"plan.wall:{plan.pk}:{content.edition}:{day}:{current_language()}"
    if known_at is not None:
        if known_at > timezone.now():
            return compute(content, day, known_at)
        key = f"{key}:{known_at.timestamp()}"
        past: Wall | None = cache.get(key)
        return past or _made(key, content, day, known_at)
    kept: Wall | None = cache.get(key)
    if kept is None:
        return _made(key, content, day)
    age = (timezone.now() - kept.at).total_seconds()
    if (age > FRESH_SECONDS or kept.stamp != _stamp()) and cache.add(f"{key}:making", 1, MAKING_SECONDS):
        language = current_language()
        threading.Thread(target=_renew, args=(key, content, day, language), daemon=True).start()
    return kept


def _stamp() -> int:
    """The number of the last thing that was done. One that is committed late has a smaller one: what it changed comes within a minute."""
    return AuditLine.objects.aggregate(last=Max("pk"))["last"] or 0


def _renew(key: str, content: Content, day: dt.date, language: str) -> None:
    """Make a new picture in a thread of its own; its database connections end with it."""
    try:
        with speaking(language):
            _made(key, content, day)
    finally:
        cache.delete(f"{key}:making")
        connections.close_all()


def _made(key: str, content: Content, day: dt.date, known_at: dt.datetime | None = None) -> Wall:
    stamp, begun = _stamp(), time.perf_counter()
    made = replace(compute(content, day, known_at), stamp=stamp)
    if time.perf_counter() - begun > DEAR_SECONDS:
        cache.set(key, made, PAST_SECONDS if known_at else OLDEST_SECONDS)
    else:
        cache.delete(key)
    return made


def compute(content: Content, day: dt.date, known_at: dt.datetime | None = None) -> Wall:
    """Ask every measure, as known at an instant (None: now)."""
    at = known_at or timezone.now()
    reckoning = Reckoning(content, as_of=day, known_at=known_at)
    period = content.current_period(day)
    if period is None:
        return Wall([], {}, [], None, [], None, None, at)
    chosen = _headlines(content)
    figures = [reckoning.figure(i, _own_period(content, i, period, day), outlook=i.unit == "count") for i in chosen]
    counted = next((f for f in figures if f.is_computed and f.totals), None)
    money = next((f for f in figures if f.is_computed and f.indicator.unit in ("CNY", "USD")), counted)
    flow_of = _with_origins(figures)
    return Wall(
        figures,
        {pk: value for pk, value in (counted.totals if counted else {}).items() if pk is not None and value},
        _flow(reckoning, flow_of) if flow_of else [],
        flow_of.indicator if flow_of else None,
        _trend(reckoning, money, day) if money else [],
        money,
        period,
        at,
        members=reckoning.circle.ids,
    )


def _headlines(content: Content) -> list[IndicatorPart]:
    """The headline indicators, filled up to six with the others in their order."""
    kept = [i for i in content.indicators if not i.retired]
    first = [i for i in kept if i.headline]
    return [*first, *(i for i in kept if not i.headline)][:FIGURES]


def _own_period(content: Content, indicator: IndicatorPart, period: PeriodPart, day: dt.date) -> PeriodPart:
    used = {x.period for x in indicator.targets}
    own = [p for p in content.periods if p.uid in used and p.starts_on <= day <= p.ends_on]
    return max(own, key=lambda p: (p.ends_on - p.starts_on, p.code)) if own else period


def _with_origins(figures: list[Figure]) -> Figure | None:
    """The first figure whose measure can be asked where its facts come from."""
    for figure in figures:
        if not figure.is_computed or figure.indicator.unit == "percent":
            continue
        try:
            check_filters(measure_named(figure.indicator.measure), {"origin": ORIGINS[0]})
        except Fault:
            continue
        return figure
    return None


def _flow(reckoning: Reckoning, figure: Figure) -> list[tuple[str, int, int]]:
    indicator = figure.indicator
    found = []
    for code in ORIGINS:
        cut = Cut(None, "", f"origin={code}")
        if "origin" in indicator.filters:
            break
        totals = reckoning.totals(indicator, figure.start, figure.end, cut, figure.known_at)
        found += [(code, pk, value) for pk, value in totals.items() if pk is not None and value > 0]
    if "origin" in indicator.filters:
        origin = regions.resolve(str(indicator.filters["origin"])).code
        found = [(origin, pk, v) for pk, v in figure.totals.items() if pk is not None and v > 0]
    return found


def _trend(reckoning: Reckoning, figure: Figure, day: dt.date) -> list[tuple[str, int]]:
    """The last twelve months that the plan has, each by itself."""
    first = max(reckoning.content.starts_on, (day.replace(day=1) - dt.timedelta(days=335)).replace(day=1))
    spans: list[tuple[dt.date, dt.date]] = months(first.replace(day=1), day)
    running = day.replace(day=1)
    if not spans or spans[-1][1] < day:
        spans.append((running, day))
    return [
        (f"{start:%Y-%m}", sum(reckoning.totals(figure.indicator, start, end, Cut(), figure.known_at).values()))
        for start, end in spans[-12:]
    ]


def fingerprint(wall: Wall) -> Any:
    """What makes two pictures differ, apart from their instants."""
    return (
        [(f.indicator.uid, f.value, f.light, f.period.code) for f in wall.figures], sorted(wall.by_member.items()),
        wall.flow, wall.trend,
    )  # fmt: skip

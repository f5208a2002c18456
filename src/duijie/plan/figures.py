"""What really happened, set against what was promised: values by member and period, how they stand, where they will end.

Everything is asked of a Content (an edition) as of a day and as known at an instant; nothing here writes or looks at a clock.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from duijie.core.calendar import SHANGHAI
from duijie.engines.composite.outlook import (
    Base,
    Outlook,
    Standing,
    elapsed_share,
    forecast_count,
    forecast_sum,
    judge,
)
from duijie.engines.composite.progress import NOT_AVAILABLE, TARGET_ACHIEVED
from duijie.plan.content import Content, Cut, IndicatorPart, PeriodPart, TargetPart
from duijie.plan.measuring import Circle, circle_of, measure_named, question_of
from duijie.plan.models import Actual, PlanPeriod

Totals = dict[int | None, int]
# The light of each status: shape and word stand beside the colour on every page.
LIGHTS = {
    TARGET_ACHIEVED: "achieved", "substantial": "on_track", "moderate": "slow", "limited": "behind",
    "deterioration": "off", NOT_AVAILABLE: "unknown",
}  # fmt: skip
ORDER = ("off", "behind", "slow", "unknown", "on_track", "achieved")


@dataclass(frozen=True)
class Figure:
    """One indicator in one period, for one cut. `totals`: the value by member of the plan's circle (of a whole figure only)."""

    indicator: IndicatorPart
    period: PeriodPart
    cut: Cut
    value: int | None
    target: TargetPart | None
    standing: Standing
    start: dt.date
    end: dt.date
    known_at: dt.datetime | None
    closed: bool = False
    totals: Totals = field(default_factory=dict)
    outlook: Outlook | None = None
    actual: int | None = None  # the row that was reported, where it was

    @property
    def light(self) -> str:
        return LIGHTS[self.standing.status]

    @property
    def is_computed(self) -> bool:
        return bool(self.indicator.measure)


@dataclass(frozen=True)
class Reported:
    """A verified figure: its row and when it was decided."""

    value: int
    row: int


class Reckoning:
    """The figures of a plan as of a day, as known at an instant (None: now). Measures are asked once for each question."""

    def __init__(
        self, content: Content, *, as_of: dt.date, known_at: dt.datetime | None = None, circle: Circle | None = None,
        tick: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.content, self.as_of, self.known_at = content, as_of, known_at
        self.circle = circle or circle_of(content)
        self._tick = tick
        self._totals: dict[Any, Totals] = {}
        rows = PlanPeriod.objects.filter(plan_id=content.plan_id, closed_at__isnull=False)
        self._closed = {uid: at for uid, at in rows.values_list("uid", "closed_at") if at is not None}
        self._reported: dict[tuple[str, str, Cut], Reported] | None = None

    # --- values ----------------------------------------------------------------------------------------------------------

    def known_for(self, period: PeriodPart) -> dt.datetime | None:
        """The instant for a period: a closed one stands as it was known when it was closed."""
        closed = self._closed.get(period.uid)
        if closed is None:
            return self.known_at
        return min(closed, self.known_at) if self.known_at is not None else closed

    def is_closed(self, period: PeriodPart) -> bool:
        closed = self._closed.get(period.uid)
        return closed is not None and (self.known_at is None or closed <= self.known_at)

    def days(self, indicator: IndicatorPart, period: PeriodPart) -> tuple[dt.date, dt.date]:
        """The days whose facts count: the period's until the day asked for, or all since the plan began."""
        start = self.content.starts_on if indicator.date_rule == "cumulative" else period.starts_on
        return start, min(period.ends_on, self.as_of)

    def totals(
        self, indicator: IndicatorPart, start: dt.date, end: dt.date, cut: Cut, known_at: dt.datetime | None
    ) -> Totals:
        """The measure's totals by member of the circle; of all members, whatever member the cut names."""
        whole = Cut(None, cut.place, cut.breakdown)
        key = (indicator.measure, repr(sorted(indicator.filters.items())), start, end, whole, known_at)
        if key not in self._totals:
            self._tick()
            question = question_of(self.content, self.circle, indicator, start, end, cut=whole, known_at=known_at)
            self._totals[key] = self.circle.roll_up(measure_named(indicator.measure).totals(question))
        return self._totals[key]

    def _value(
        self, indicator: IndicatorPart, period: PeriodPart, cut: Cut
    ) -> tuple[int | None, Totals, Reported | None]:
        start, end = self.days(indicator, period)
        if end < period.starts_on:
            return None, {}, None
        if not indicator.measure:
            found = self.reported.get((indicator.uid, period.uid, cut))
            if found is None and cut.member is None:
                return self._sum_of_reported(indicator, period, cut)
            return (found.value if found else None), {}, found
        totals = self.totals(indicator, start, end, cut, self.known_for(period))
        if cut.member is not None:
            # A share is not a sum: of one member it is asked for that member alone.
            if not measure_named(indicator.measure).additive:
                question = question_of(self.content, self.circle, indicator, start, end, cut=cut, known_at=self.known_for(period))  # fmt: skip
                return measure_named(indicator.measure).value(question), {}, None
            return totals.get(cut.member, 0), {}, None
        return sum(totals.values()), totals, None

    def _sum_of_reported(
        self, indicator: IndicatorPart, period: PeriodPart, cut: Cut
    ) -> tuple[int | None, Totals, Reported | None]:
        """What members reported adds up to the whole, unless it is a share."""
        found: Totals = {
            c.member: r.value
            for (i, p, c), r in self.reported.items()
            if (i, p, c.place, c.breakdown) == (indicator.uid, period.uid, cut.place, cut.breakdown)
        }
        if not found or indicator.unit == "percent":
            return None, found, None
        return sum(found.values()), found, None

    @property
    def reported(self) -> dict[tuple[str, str, Cut], Reported]:
        """The verified figure of each cut, as known at the instant asked for."""
        if self._reported is None:
            self._reported = verified(self.content, known_at=self.known_at, closed=self._closed)
        return self._reported

    # --- figures ---------------------------------------------------------------------------------------------------------

    def figure(
        self, indicator: IndicatorPart, period: PeriodPart, cut: Cut | None = None, *, outlook: bool = False
    ) -> Figure:
        """A figure with its standing; with `outlook`, where it will end."""
        cut = cut or Cut()
        value, totals, reported = self._value(indicator, period, cut)
        target = indicator.target(period.uid, cut)
        start, end = self.days(indicator, period)
        standing = self._standing(indicator, period, cut, value, target)
        made = Figure(
            indicator, period, cut, value, target, standing, start, end, self.known_for(period),
            self.is_closed(period), totals, None, reported.row if reported else None,
        )  # fmt: skip
        return replace(made, outlook=self.outlook(made)) if outlook else made

    def _standing(
        self, indicator: IndicatorPart, period: PeriodPart, cut: Cut, value: int | None, target: TargetPart | None
    ) -> Standing:
        base = indicator.baseline(cut, period.starts_on) if indicator.date_rule == "cumulative" else None
        return judge(
            value,
            target=target.value if target else None,
            target_high=target.value_high if target else None,
            start=period.starts_on,
            end=period.ends_on,
            as_of=min(self.as_of, period.ends_on),
            relation=indicator.relation,
            base=Base(base.on, base.value) if base else None,
        )

    def cuts(self, indicator: IndicatorPart, period: PeriodPart) -> list[Cut]:
        """The whole, then every cut that has a target in the period."""
        found = [x.cut for x in indicator.targets if x.period == period.uid]
        return list(dict.fromkeys([Cut(), *found]))

    def figures(self, period: PeriodPart, indicators: Iterable[IndicatorPart] | None = None) -> list[Figure]:
        """Every figure of a period: the whole of each indicator and each cut with a target."""
        wanted = indicators if indicators is not None else [i for i in self.content.indicators if not i.retired]
        return [self.figure(i, period, cut) for i in wanted for cut in self.cuts(i, period)]

    def members_figures(self, indicator: IndicatorPart, period: PeriodPart) -> list[Figure]:
        """The figure of each member of the circle, in the circle's order; their values add up to the whole of an additive measure."""
        return [self.figure(indicator, period, Cut(pk)) for pk in self.circle.ids]

    # --- outlook ---------------------------------------------------------------------------------------------------------

    def outlook(self, figure: Figure) -> Outlook | None:
        """Where a figure will end: counts by their rate, amounts by their months, what is reported by its pace."""
        period, indicator = figure.period, figure.indicator
        if figure.value is None or self.as_of < period.starts_on:
            return None
        high = figure.target.value_high if figure.target else None
        target = figure.target.value if figure.target else None
        relation = indicator.relation
        remaining = max(0, (period.ends_on - self.as_of).days)
        elapsed = (min(self.as_of, period.ends_on) - period.starts_on).days + 1
        if indicator.unit == "count" and indicator.measure and indicator.date_rule == "period":
            return forecast_count(
                figure.value, elapsed_days=elapsed, remaining_days=remaining, target=target, relation=relation,
                target_high=high,
            )  # fmt: skip
        steps = self.monthly(indicator, period, figure.cut) if indicator.measure else []
        if not steps and remaining:
            share = elapsed_share(period.starts_on, period.ends_on, self.as_of)
            begun = indicator.date_rule == "period"
            return Outlook(figure.value / share if begun else figure.value, None, None, None, "pace")
        return forecast_sum(
            [float(v) for _, v in steps], now=float(figure.value), remaining=remaining / 30.4375, target=target,
            relation=relation, target_high=high, never_falls=indicator.unit != "percent",
        )  # fmt: skip

    def monthly(self, indicator: IndicatorPart, period: PeriodPart, cut: Cut) -> list[tuple[dt.date, int]]:
        """What each whole month of the period brought (a level: its change), until the day asked for."""
        found = []
        for start, end in months(period.starts_on, min(period.ends_on, self.as_of)):
            found.append((end, self.between(indicator, period, start, end, cut)))
        return found

    def between(self, indicator: IndicatorPart, period: PeriodPart, start: dt.date, end: dt.date, cut: Cut) -> int:
        """The value of some days of a period, for one cut."""
        totals = self.totals(indicator, start, end, cut, self.known_for(period))
        return totals.get(cut.member, 0) if cut.member is not None else sum(totals.values())


def months(start: dt.date, until: dt.date) -> list[tuple[dt.date, dt.date]]:
    """The whole months that lie between two days, both included."""
    found: list[tuple[dt.date, dt.date]] = []
    first = start.replace(day=1)
    while True:
        following = (first + dt.timedelta(days=32)).replace(day=1)
        last = following - dt.timedelta(days=1)
        if last > until:
            return found
        if first >= start:
            found.append((first, last))
        first = following


def verified(
    content: Content, *, known_at: dt.datetime | None, closed: Mapping[str, dt.datetime] | None = None
) -> dict[tuple[str, str, Cut], Reported]:
    """The verified figure that stands for each indicator, period and cut, as known at an instant (None: now).

    A correction takes the place of what it replaces from the moment it is verified; one after a period was closed never does.
    """
    rows = (
        Actual.objects.filter(indicator__plan_id=content.plan_id, status=Actual.Status.VERIFIED)
        .select_related("indicator", "period")
        .order_by("decided_at", "pk")
    )
    found: dict[tuple[str, str, Cut], Reported] = {}
    for row in rows:
        limit = known_at
        stop = (closed or {}).get(row.period.uid)
        if stop is not None:
            limit = min(stop, limit) if limit is not None else stop
        if row.decided_at is None or (limit is not None and row.decided_at > limit):
            continue
        key = (row.indicator.uid, row.period.uid, Cut(row.member_id, row.place, row.breakdown))
        found[key] = Reported(row.value, row.pk)
    return found


def today_at(known_at: dt.datetime) -> dt.date:
    """The day in Shanghai of an instant."""
    return known_at.astimezone(SHANGHAI).date()


def worst(lights: Iterable[str]) -> str:
    """The light of an item with several figures: the one that needs most attention; unknown where there is none."""
    found = [x for x in lights if x != "unknown"]
    return min(found, key=ORDER.index) if found else "unknown"

"""Named figures that the platform can compute of itself: "projects signed", "paid-in investment", "events held".

An app registers its measures in `<app>/measures.py`, which its AppConfig imports; plans set targets on them, indicators take them
as a source, reports and the cockpit show them. Nobody counts the same thing twice in two places.

    register(Measure(
        code="land.projects_signed", label=Label("签约项目数", "Projects signed"), unit="count",
        definition=Label("期内首次签约的项目；升级、增资不再计。", "Projects first signed in the period; upgrades are not new ones."),
        totals=projects_signed_by_member, records=projects_signed_records, filters=ProjectFilters,
    ))

What always holds: for a viewer who sees everything, the values of `records` add up to `totals`, for every question. A question
with `known_at` is answered as it was known at that instant: later corrections and late reports don't count.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.core.language import Label
from duijie.core.schema import Record

# unit -> (label, what one stored unit is). Money is counted in the currency's minor unit and shown in 万 and 亿.
UNITS: dict[str, Label] = {
    "count": Label("个", "items"),
    "CNY": Label("元", "CNY"),
    "USD": Label("美元", "USD"),
    "persons": Label("人次", "persons"),
    "percent": Label("%", "%"),
    "days": Label("天", "days"),
    "square_metres": Label("平方米", "m²"),
}


@dataclass(frozen=True)
class Question:
    """What is asked of a measure.

    start, end: the days of the period, both included. member_ids: only facts of these members (None: of all). alliance_id: only
    facts of members that stood in this alliance on the fact's day. known_at: as known at this instant (None: now).
    filters: values of the measure's own filters, parsed.
    """

    start: dt.date
    end: dt.date
    member_ids: frozenset[int] | None = None
    alliance_id: int | None = None
    known_at: dt.datetime | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Counted:
    """One record behind a figure, as its reader may see it: a record that is only counted has no title and no address.

    Its id is there all the same, so that a record behind several figures is counted once; no door hands it out.
    """

    kind: str
    uid: str
    title: str
    url: str
    effective_on: dt.date
    member_id: int | None
    value: int


@dataclass(frozen=True)
class Measure:
    """A figure with its name, its definition in words, and how it is computed.

    totals: value by member id (None for what belongs to no member), in whole units (minor units for money; hundredths for
    percent). records: the facts behind it as the viewer may see them, in the order of their days.
    additive: whether the figure of several members is the sum of theirs (a percentage is not; then totals holds {None: value}).
    """

    code: str
    label: Label
    definition: Label
    unit: str
    totals: Callable[[Question], dict[int | None, int]]
    records: Callable[[Question, Viewer], Iterable[Counted]]
    filters: type[Record] | None = None
    additive: bool = True

    def value(self, question: Question) -> int:
        """The figure of the whole question."""
        return sum(self.totals(question).values())


_measures: dict[str, Measure] = {}


def register(measure: Measure) -> Measure:
    """Make a measure known under its code; a second one of the same code is a mistake of ours."""
    if measure.code in _measures:
        raise ValueError(f"measure {measure.code} is registered twice")
    if measure.unit not in UNITS:
        raise ValueError(f"measure {measure.code}: unknown unit {measure.unit}")
    _measures[measure.code] = measure
    return measure


def measure(code: str) -> Measure:
    """The measure of that code."""
    found = _measures.get(code)
    if found is None:
        raise NotFound(f"没有名为“{code}”的统计口径。", f"There is no measure “{code}”.")
    return found


def measures() -> list[Measure]:
    """All that are registered, by code."""
    return [_measures[code] for code in sorted(_measures)]

"""A plan's whole content as plain data: what an edition keeps, and what every page, figure and report is made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from duijie.core.calendar import parse_period
from duijie.core.errors import Fault
from duijie.core.language import t
from duijie.plan.models import Plan


@dataclass(frozen=True)
class Cut:
    """Of whom, where and in which breakdown; all empty: of the whole plan."""

    member: int | None = None
    place: str = ""
    breakdown: str = ""

    @property
    def is_whole(self) -> bool:
        return self == Cut()


@dataclass(frozen=True)
class PeriodPart:
    uid: str
    code: str
    starts_on: dt.date
    ends_on: dt.date

    @property
    def label(self) -> str:
        """2026年第三季度; the days for a code of the plan's own."""
        try:
            return parse_period(self.code).label()
        except Fault:
            return f"{self.code} ({self.starts_on} – {self.ends_on})"


@dataclass(frozen=True)
class BaselinePart:
    uid: str
    cut: Cut
    on: dt.date
    value: int
    comment: str


@dataclass(frozen=True)
class TargetPart:
    uid: str
    period: str
    cut: Cut
    value: int
    value_high: int | None
    comment: str


@dataclass(frozen=True)
class ItemPart:
    uid: str
    parent: str
    kind: str
    code: str
    title: str
    title_en: str
    description: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    responsible: tuple[int, ...]
    supporting: tuple[int, ...]
    organisation: int | None
    project: str
    order: int

    @property
    def name(self) -> str:
        return t(self.title, self.title_en or self.title)


@dataclass(frozen=True)
class IndicatorPart:
    uid: str
    item: str
    code: str
    title: str
    title_en: str
    definition: str
    unit: str
    unit_name: str
    relation: str
    measure: str
    filters: dict[str, Any]
    date_rule: str
    headline: bool
    retired: bool
    order: int
    baselines: tuple[BaselinePart, ...]
    targets: tuple[TargetPart, ...]

    @property
    def name(self) -> str:
        return t(self.title, self.title_en or self.title)

    def target(self, period: str, cut: Cut) -> TargetPart | None:
        return next((x for x in self.targets if x.period == period and x.cut == cut), None)

    def baseline(self, cut: Cut, before: dt.date) -> BaselinePart | None:
        """The latest baseline of the cut that lies before a day."""
        found = [x for x in self.baselines if x.cut == cut and x.on < before]
        return max(found, key=lambda x: x.on) if found else None


@dataclass(frozen=True)
class Content:
    """A plan as it reads in one edition (number 0: the working copy)."""

    plan_id: int
    uid: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    starts_on: dt.date
    ends_on: dt.date
    alliance: int | None
    member: int | None
    edition: int = 0
    periods: tuple[PeriodPart, ...] = ()
    items: tuple[ItemPart, ...] = ()
    indicators: tuple[IndicatorPart, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        return t(self.title, self.title_en or self.title)

    @cached_property
    def _by_uid(self) -> dict[str, Any]:
        return {x.uid: x for part in (self.periods, self.items, self.indicators) for x in part}

    def period(self, reference: str) -> PeriodPart | None:
        """By id or code."""
        return next((p for p in self.periods if reference in (p.uid, p.code)), None)

    def item(self, uid: str) -> ItemPart | None:
        found = self._by_uid.get(uid)
        return found if isinstance(found, ItemPart) else None

    def indicator(self, reference: str) -> IndicatorPart | None:
        """By id or code."""
        return next((x for x in self.indicators if reference in (x.uid, x.code)), None)

    def children(self, uid: str) -> list[ItemPart]:
        return [x for x in self.items if x.parent == uid]

    def indicators_of(self, uid: str) -> list[IndicatorPart]:
        return [x for x in self.indicators if x.item == uid and not x.retired]

    def below(self, uid: str) -> Iterator[ItemPart]:
        """An item and everything under it."""
        found = self.item(uid)
        if found is not None:
            yield found
        for child in self.children(uid):
            yield from self.below(child.uid)

    def current_period(self, day: dt.date) -> PeriodPart | None:
        """The longest period that holds the day and has targets; else the last that is over; else the first."""
        used = {x.period for i in self.indicators for x in i.targets}
        asked = [p for p in self.periods if p.uid in used] or list(self.periods)
        holding = [p for p in asked if p.starts_on <= day <= p.ends_on]
        if holding:
            return max(holding, key=lambda p: (p.ends_on - p.starts_on, p.code))
        over = [p for p in asked if p.ends_on < day]
        return max(over, key=lambda p: (p.ends_on, p.ends_on - p.starts_on)) if over else next(iter(asked), None)


# --- rows -> data --------------------------------------------------------------------------------------------------------


def content_of(plan: Plan) -> dict[str, Any]:
    """The working copy as plain data, ready for JSON."""
    names = ("uid", "title", "title_en", "summary", "summary_en", "alliance_id", "member_id")
    items, parts = _items(plan)
    return {
        **{name: getattr(plan, name) for name in names},
        "starts_on": plan.starts_on.isoformat(),
        "ends_on": plan.ends_on.isoformat(),
        "periods": [
            {"uid": p.uid, "code": p.code, "starts_on": p.starts_on.isoformat(), "ends_on": p.ends_on.isoformat()}
            for p in plan.periods.order_by("starts_on", "-ends_on", "pk")
        ],
        "items": items,
        "indicators": _indicators(plan, parts),
    }


def _items(plan: Plan) -> tuple[list[dict[str, Any]], dict[int, str]]:
    rows = list(plan.items.prefetch_related("item_members").order_by("order", "pk"))
    uids = {row.pk: row.uid for row in rows}
    names = ("uid", "kind", "code", "title", "title_en", "description", "project", "order", "organisation_id")
    return [
        {
            **{name: getattr(row, name) for name in names},
            "parent": uids.get(row.parent_id or 0, ""),
            "starts_on": _day(row.starts_on),
            "ends_on": _day(row.ends_on),
            "responsible": [m.member_id for m in row.item_members.all() if m.part == "responsible"],
            "supporting": [m.member_id for m in row.item_members.all() if m.part == "supporting"],
        }
        for row in rows
    ], uids


def _indicators(plan: Plan, items: dict[int, str]) -> list[dict[str, Any]]:
    rows = plan.indicators.prefetch_related("baselines", "targets__period").order_by("order", "pk")
    names = (
        "uid", "code", "title", "title_en", "definition", "unit", "unit_name", "relation", "measure", "filters", "date_rule",
        "headline", "retired", "order",
    )  # fmt: skip
    return [
        {
            **{name: getattr(row, name) for name in names},
            "item": items[row.item_id],
            "baselines": [
                _cut(b) | {"on": b.on.isoformat()} for b in sorted(row.baselines.all(), key=lambda b: (b.on, b.pk))
            ],
            "targets": [
                _cut(x) | {"period": x.period.uid, "value_high": x.value_high}
                for x in sorted(row.targets.all(), key=lambda x: (x.period.starts_on, x.pk))
            ],
        }
        for row in rows
    ]


def _cut(row: Any) -> dict[str, Any]:
    return {
        "uid": row.uid, "member": row.member_id, "place": row.place, "breakdown": row.breakdown, "value": row.value,
        "comment": row.comment,
    }  # fmt: skip


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


# --- data -> parts -------------------------------------------------------------------------------------------------------


def read_content(plan: Plan, data: dict[str, Any], edition: int = 0) -> Content:
    """Plain data as parts."""
    return Content(
        plan_id=plan.pk,
        uid=data["uid"],
        title=data["title"],
        title_en=data["title_en"],
        summary=data["summary"],
        summary_en=data["summary_en"],
        starts_on=dt.date.fromisoformat(data["starts_on"]),
        ends_on=dt.date.fromisoformat(data["ends_on"]),
        alliance=data["alliance_id"],
        member=data["member_id"],
        edition=edition,
        periods=tuple(_period(p) for p in data["periods"]),
        items=tuple(_item(x) for x in data["items"]),
        indicators=tuple(_indicator(x) for x in data["indicators"]),
        raw=data,
    )


def working_copy(plan: Plan) -> Content:
    """The plan as its rows stand now."""
    return read_content(plan, content_of(plan))


def _period(data: dict[str, Any]) -> PeriodPart:
    start, end = dt.date.fromisoformat(data["starts_on"]), dt.date.fromisoformat(data["ends_on"])
    return PeriodPart(data["uid"], data["code"], start, end)


def _read_day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _item(data: dict[str, Any]) -> ItemPart:
    return ItemPart(
        uid=data["uid"], parent=data["parent"], kind=data["kind"], code=data["code"], title=data["title"],
        title_en=data["title_en"], description=data["description"], starts_on=_read_day(data["starts_on"]),
        ends_on=_read_day(data["ends_on"]), responsible=tuple(data["responsible"]),
        supporting=tuple(data["supporting"]), organisation=data["organisation_id"], project=data["project"],
        order=data["order"],
    )  # fmt: skip


def _read_cut(data: dict[str, Any]) -> Cut:
    return Cut(data["member"], data["place"], data["breakdown"])


def _indicator(data: dict[str, Any]) -> IndicatorPart:
    plain = {k: v for k, v in data.items() if k not in ("baselines", "targets")}
    return IndicatorPart(
        **plain,
        baselines=tuple(
            BaselinePart(b["uid"], _read_cut(b), dt.date.fromisoformat(b["on"]), b["value"], b["comment"])
            for b in data["baselines"]
        ),
        targets=tuple(
            TargetPart(x["uid"], x["period"], _read_cut(x), x["value"], x["value_high"], x["comment"])
            for x in data["targets"]
        ),
    )

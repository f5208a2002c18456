"""Asking a named measure: its filters checked, the question put, members rolled up to those that a plan speaks of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duijie.core import regions
from duijie.core.errors import Fault, Faults, NotFound
from duijie.core.language import t
from duijie.core.measures import Measure, Question, measure
from duijie.core.schema import FieldDescription, describe, parse
from duijie.members.models import Member, Membership
from duijie.plan.content import Content, Cut, IndicatorPart


def measure_named(code: str) -> Measure:
    """The measure. Raises Fault "measure.unknown" (422) at the field that names it."""
    try:
        return measure(code)
    except NotFound as missing:
        raise Fault("measure.unknown", missing.zh, missing.en, place="measure", status=422) from None


def named_filters(found: Measure, filters: Mapping[str, Any], *, place: str = "filters") -> dict[str, Any]:
    """The filters under the measure's own names; a filter may be called by its label in either language.

    Raises Fault "measure.filter" naming what the measure does not know.
    """
    known = describe(found.filters) if found.filters is not None else ()
    names = {word.casefold(): d.name for d in known for word in (d.label.zh, d.label.en, *d.said.aliases, d.name)}
    for name in filters:
        if name.casefold() not in names:
            zh, en = "、".join(d.label.zh for d in known) or "（无）", ", ".join(d.name for d in known) or "none"
            raise Fault(
                "measure.filter", f"统计口径“{found.label.zh}”没有“{name}”这个筛选条件；可用：{zh}。",
                f"The measure “{found.label.en}” has no filter “{name}”; it has: {en}.", place=place, status=422,
            )  # fmt: skip
    return {names[name.casefold()]: value for name, value in filters.items()}


def filter_words(found: Measure, filters: Mapping[str, Any]) -> str:
    """The filters as a reader is told them: "来自：上海；总投资不低于：1亿元"."""
    known = {d.name: d for d in describe(found.filters)} if found.filters is not None else {}
    pairs = [(str(known[n].label) if n in known else n, _said(known.get(n), v)) for n, v in sorted(filters.items())]
    return t("；", "; ").join(f"{name}{t('：', ': ')}{value}" for name, value in pairs)


def _said(described: FieldDescription | None, value: Any) -> str:
    kind = described.kind if described is not None else ""
    if isinstance(value, list | tuple):
        return t("、", ", ").join(_said(described, one) for one in value)
    if kind == "yes_no":
        return t("是", "yes") if value in (True, "true", "1", "是", "yes") else t("否", "no")
    text = str(value)
    if kind in {"region", "regions"} and (region := regions.get(text)) is not None:
        return region.name
    if described is not None and (chosen := next((c for c in described.choices if str(c) == text), None)) is not None:
        return str(chosen.label)
    return text


def check_filters(found: Measure, filters: Mapping[str, Any], *, place: str = "filters") -> dict[str, Any]:
    """The filters as the measure reads them. Raises Fault "measure.filter" naming what the measure does not know."""
    if not filters:
        return {}
    filters = named_filters(found, filters, place=place)
    assert found.filters is not None
    try:
        return parse(found.filters, dict(filters)).model_dump(exclude_none=True)
    except Faults as faults:
        raise Faults([f.at(place) for f in faults.faults]) from None


@dataclass(frozen=True)
class Circle:
    """The members a plan speaks of, and which of them each member of the platform is counted to (itself, or what it is part of)."""

    ids: tuple[int, ...]
    counted_to: dict[int, int]

    def roll_up(self, totals: Mapping[int | None, int]) -> dict[int | None, int]:
        """Values by the members of the circle; what is nobody's there stays under None. The sum is the same."""
        found: dict[int | None, int] = {}
        for member, value in totals.items():
            owner = self.counted_to.get(member) if member is not None else None
            found[owner] = found.get(owner, 0) + value
        return found

    def parts_of(self, member: int) -> frozenset[int]:
        """A member and all that are counted to it."""
        return frozenset({member} | {part for part, owner in self.counted_to.items() if owner == member})


def circle_of(content: Content) -> Circle:
    """The members of the plan's alliance (on any day of the plan), or the plan's member with its parts."""
    parents = dict(Member.objects.values_list("pk", "parent_id"))
    if content.alliance is not None:
        rows = Membership.objects.filter(alliance_id=content.alliance).select_related("member").order_by("since", "pk")
        ids = [r.member_id for r in rows if (r.since or dt.date.min) <= content.ends_on and (r.until or dt.date.max) >= content.starts_on]  # fmt: skip
    else:
        assert content.member is not None
        ids = [content.member, *sorted(_below(content.member, parents))]
    inside, counted_to = set(ids), {}
    for pk in parents:
        above: int | None = pk
        while above is not None and above not in inside:
            above = parents.get(above)
        if above is not None:
            counted_to[pk] = above
    return Circle(tuple(dict.fromkeys(ids)), counted_to)


def _below(member: int, parents: Mapping[int, int | None]) -> set[int]:
    found = {member}
    while True:
        more = {pk for pk, above in parents.items() if above in found} - found
        if not more:
            return found - {member}
        found |= more


def question_of(
    content: Content,
    circle: Circle,
    indicator: IndicatorPart,
    start: dt.date,
    end: dt.date,
    *,
    cut: Cut | None = None,
    known_at: dt.datetime | None = None,
) -> Question:
    """The question that an indicator puts to its measure for the facts of `start` to `end`."""
    cut = cut or Cut()
    filters = dict(indicator.filters)
    if cut.breakdown:
        name, _, value = cut.breakdown.partition("=")
        filters[name.strip()] = value.strip()
    if cut.place:
        filters["region"] = cut.place
    members = circle.parts_of(cut.member) if cut.member is not None else frozenset(circle.counted_to)
    return Question(
        start=start,
        end=end,
        member_ids=members,
        known_at=known_at,
        filters=check_filters(measure_named(indicator.measure), filters),
    )

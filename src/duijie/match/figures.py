"""What matching brought, by member and by industry. Every figure is counted from the list of records that it opens."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Q
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.match.models import Interest, Introduction, Suggestion
from duijie.match.worklist import members_in_charge
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status

GOOD = ("strong", "fair")
FIGURES = ("shown", "interests", "agreed", "introductions", "answers", "needs", "served")


@dataclass(frozen=True)
class Fact:
    """One record behind a figure: the viewer's own listing (None where somebody asked without one), the other side's, where it leads.

    kind: "suggestion", "interest", "introduction" or "listing", with its uid. days: how long an answer took.
    """

    figure: str
    kind: str
    uid: str
    own: Listing | None
    other: Listing | None
    member_id: int
    on: dt.date
    days: float | None = None

    def keys(self, by: str) -> list[str]:
        """The lines in which it counts: its member, or the divisions of GB/T 4754 of the own listing ("" for none)."""
        if by == "member":
            return [str(self.member_id)]
        return sorted({code[:2] for code in self.own.industries}) if self.own and self.own.industries else [""]


@dataclass
class Line:
    """The figures of one member or industry; `answer_days` holds the days that each answer took."""

    shown: int = 0
    interests: int = 0
    agreed: int = 0
    introductions: int = 0
    answer_days: list[float] = field(default_factory=list)
    needs: int = 0
    needs_with_good_match: int = 0

    @property
    def median_days(self) -> float | None:
        return round(median(self.answer_days), 1) if self.answer_days else None

    @property
    def share_percent(self) -> int | None:
        return round(100 * self.needs_with_good_match / self.needs) if self.needs else None

    def count(self, fact: Fact) -> None:
        if fact.figure == "answers":
            self.answer_days.append(fact.days or 0.0)
            return
        name = "needs_with_good_match" if fact.figure == "served" else fact.figure
        setattr(self, name, getattr(self, name) + 1)


def facts(viewer: Viewer, *, start: dt.date | None = None, end: dt.date | None = None) -> list[Fact]:
    """Every record behind the figures of the viewer's members; needs are those published now, the others fall in the period."""
    members = set(members_in_charge(viewer))
    if not members:
        return []
    found = [*_shown(members), *_interests(members), *_introductions(members)]
    found = [one for one in found if (start is None or one.on >= start) and (end is None or one.on <= end)]
    return [*found, *_needs(members)]


def figures(
    viewer: Viewer, *, by: str = "member", start: dt.date | None = None, end: dt.date | None = None
) -> dict[str, Line]:
    """Lines by member id, or by division of GB/T 4754 ("" for listings without one), of the viewer's members."""
    lines: dict[str, Line] = defaultdict(Line)
    for fact in facts(viewer, start=start, end=end):
        for key in fact.keys(by):
            lines[key].count(fact)
    return dict(lines)


def _shown(members: set[int]) -> Iterator[Fact]:
    either = Q(asking__owner_member_id__in=members, shown_to_asking_at__isnull=False)
    either |= Q(giving__owner_member_id__in=members, shown_to_giving_at__isnull=False)
    for row in Suggestion.objects.filter(either).select_related("asking", "giving").order_by("pk"):
        sides = ((row.asking, row.giving, row.shown_to_asking_at), (row.giving, row.asking, row.shown_to_giving_at))
        for own, other, shown in sides:
            if shown is not None and own.owner_member_id in members:
                yield Fact("shown", "suggestion", row.uid, own, other, own.owner_member_id, timezone.localdate(shown))


def _interests(members: set[int]) -> Iterator[Fact]:
    mine = Q(from_member_id__in=members) | Q(to_listing__owner_member_id__in=members)
    for row in Interest.objects.filter(mine).select_related("from_listing", "to_listing").order_by("pk"):
        ours = row.from_member_id in members
        own, other = (row.from_listing, row.to_listing) if ours else (row.to_listing, row.from_listing)
        member = row.from_member_id if ours else row.to_listing.owner_member_id
        yield Fact("interests", "interest", row.uid, own, other, member, timezone.localdate(row.created_at))
        if row.answered_at is None:
            continue
        answered = timezone.localdate(row.answered_at)
        if row.status == Interest.Status.ACCEPTED:
            yield Fact("agreed", "interest", row.uid, own, other, member, answered)
        if row.to_listing.owner_member_id in members:
            took = (row.answered_at - row.created_at).total_seconds() / 86_400
            yield Fact(
                "answers", "interest", row.uid, row.to_listing, row.from_listing, row.to_listing.owner_member_id, answered, took
            )  # fmt: skip


def _introductions(members: set[int]) -> Iterator[Fact]:
    sides = Q(first_member_id__in=members) | Q(second_member_id__in=members)
    for row in Introduction.objects.filter(sides).select_related("first_listing", "second_listing").order_by("pk"):
        ours = row.first_member_id in members
        own, other = (row.first_listing, row.second_listing) if ours else (row.second_listing, row.first_listing)
        member = row.first_member_id if ours else row.second_member_id
        yield Fact("introductions", "introduction", row.uid, own, other, member, timezone.localdate(row.opened_at))


def _needs(members: set[int]) -> Iterator[Fact]:
    needs = Listing.objects.unscoped("figures of the viewer's own members, whose liaison sees all of their listings")
    rows = needs.filter(kind="need", status=Status.PUBLISHED, owner_member_id__in=members).order_by("pk")
    served = set(
        Suggestion.objects.filter(open=True, grade__in=GOOD, asking__in=rows).values_list("asking_id", flat=True)
    )
    for need in rows:
        on = timezone.localdate(need.created_at)
        yield Fact("needs", "listing", need.uid, need, None, need.owner_member_id, on)
        if need.pk in served:
            yield Fact("served", "listing", need.uid, need, None, need.owner_member_id, on)

"""Figures of matching that plans, reports and the cockpit take by code."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.core.measures import Counted, Measure, Question, register
from duijie.match.models import Interest, Introduction, Suggestion
from duijie.match.queries import introductions_of, received_interests, shown_interests
from duijie.match.rules import speaks_for_listing
from duijie.members.models import Membership


@dataclass(frozen=True)
class Happened:
    """Something that counts one for a member on a day; `title` and `url` are for those who may see it."""

    kind: str
    pk: int
    uid: str
    title: str
    url: str
    at: dt.datetime
    member_id: int

    @property
    def on(self) -> dt.date:
        return timezone.localdate(self.at)


def _standing(alliance_id: int) -> Callable[[Happened], bool]:
    """Whether a member stood in the alliance on the day of what happened."""
    spans: dict[int, list[tuple[dt.date, dt.date | None]]] = {}
    rows = Membership.objects.filter(alliance_id=alliance_id).values_list("member_id", "since", "until")
    for member_id, since, until in rows:
        spans.setdefault(member_id, []).append((since or dt.date.min, until))
    return lambda one: any(
        since <= one.on and (until is None or one.on <= until) for since, until in spans.get(one.member_id, ())
    )


def _asked(question: Question, found: Iterable[Happened]) -> Iterator[Happened]:
    stood = _standing(question.alliance_id) if question.alliance_id is not None else None
    for one in found:
        if not question.start <= one.on <= question.end:
            continue
        if question.member_ids is not None and one.member_id not in question.member_ids:
            continue
        if question.known_at is not None and one.at > question.known_at:
            continue
        if stood is None or stood(one):
            yield one


def _within(question: Question, name: str) -> Q:
    """Rows whose moment lies in the period, a day more at either end: the exact day is looked at in local time."""
    day = dt.timedelta(days=1)
    return Q(**{f"{name}__date__gte": question.start - day, f"{name}__date__lte": question.end + day})


def _shown(question: Question) -> Iterator[Happened]:
    for name, side in (("shown_to_asking_at", "asking"), ("shown_to_giving_at", "giving")):
        for row in Suggestion.objects.filter(_within(question, name)).select_related(side):
            listing = getattr(row, side)
            yield Happened(
                "suggestion", row.pk, row.uid, listing.title, f"{reverse('match_inbox')}?listing={listing.uid}",
                getattr(row, name), listing.owner_member_id,
            )  # fmt: skip


def _interests(question: Question) -> Iterator[Happened]:
    for row in Interest.objects.filter(_within(question, "created_at")).select_related("to_listing"):
        yield _interest(row, row.created_at)


def _agreed(question: Question) -> Iterator[Happened]:
    rows = Interest.objects.filter(_within(question, "answered_at"), status=Interest.Status.ACCEPTED)
    for row in rows.select_related("to_listing"):
        assert row.answered_at is not None  # accepted ones were answered
        yield _interest(row, row.answered_at)


def _interest(row: Interest, at: dt.datetime) -> Happened:
    listing = row.to_listing
    title = listing.teaser if listing.confidential else listing.title
    return Happened(
        "interest", row.pk, row.uid, title, reverse("match_interest", args=[row.uid]), at, row.from_member_id
    )


def _introductions(question: Question) -> Iterator[Happened]:
    rows = Introduction.objects.filter(_within(question, "opened_at"))
    for row in rows.select_related("first_organisation", "first_member", "second_organisation", "second_member"):
        title = f"{row.first_organisation or row.first_member} — {row.second_organisation or row.second_member}"
        address = reverse("introduction", args=[row.uid])
        yield Happened("introduction", row.pk, row.uid, title, address, row.opened_at, row.first_member_id)


def _suggestions_of(viewer: Viewer, happened: list[Happened]) -> set[int]:
    rows = Suggestion.objects.filter(pk__in={one.pk for one in happened}).select_related("asking", "giving")
    return {row.pk for row in rows if speaks_for_listing(viewer, row.asking) or speaks_for_listing(viewer, row.giving)}


def _ids(rows: QuerySet[Interest] | QuerySet[Introduction]) -> set[int]:
    return set(rows.values_list("pk", flat=True))


def _interests_of(viewer: Viewer, happened: list[Happened]) -> set[int]:
    return _ids(shown_interests(viewer)) | _ids(received_interests(viewer))


def _introductions_of(viewer: Viewer, happened: list[Happened]) -> set[int]:
    return _ids(introductions_of(viewer))


def _registered(
    code: str, label: Label, definition: Label, happened: Callable[[Question], Iterator[Happened]],
    open_to: Callable[[Viewer, list[Happened]], set[int]],
) -> Measure:  # fmt: skip
    def totals(question: Question) -> dict[int | None, int]:
        return dict(Counter(one.member_id for one in _asked(question, happened(question))))

    def records(question: Question, viewer: Viewer) -> list[Counted]:
        found = sorted(_asked(question, happened(question)), key=lambda one: (one.at, one.pk))
        seen = {one.pk for one in found} if viewer.is_system else open_to(viewer, found)
        return [
            Counted(one.kind, one.uid, one.title if one.pk in seen else "", one.url if one.pk in seen else "", one.on, one.member_id, 1)
            for one in found
        ]  # fmt: skip

    return register(Measure(code, label, definition, "count", totals, records))


SHOWN = _registered(
    "match.shown", Label("展示的匹配", "Matches shown"),
    Label("期内首次展示给发布方的匹配，双方各计一次，计入看到它的成员。",
          "Matches first put before the owner of a listing in the period; each side counts, with its own member."),
    _shown, _suggestions_of,
)  # fmt: skip
INTERESTS = _registered(
    "match.interests", Label("表示感兴趣", "Interest shown"),
    Label("期内发出的对接请求，计入发出方所在成员。", "Requests to talk made in the period, counted with the member of the side that made them."),
    _interests, _interests_of,
)  # fmt: skip
AGREED = _registered(
    "match.agreed", Label("双方同意", "Agreed by both"),
    Label("期内对方同意的对接请求，计入发出方所在成员。", "Requests to talk that the other side agreed to in the period, counted with the member of the side that made them."),
    _agreed, _interests_of,
)  # fmt: skip
INTRODUCTIONS = _registered(
    "match.introductions", Label("对接", "Introductions"),
    Label("期内开始的对接，计入先表示感兴趣的一方所在成员。", "Introductions opened in the period, counted with the member of the side that showed interest first."),
    _introductions, _introductions_of,
)  # fmt: skip

"""Figures of meetings that plans, reports and the cockpit use by code."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.core.measures import Counted, Measure, Question, register
from duijie.meet.models import Event, Intent, Meeting
from duijie.meet.models.events import EventStatus
from duijie.meet.schemas import EventFilters
from duijie.members.models import Membership


def _in_alliance(question: Question, member_id: int, day: dt.date, held: dict[int, list[Membership]]) -> bool:
    return question.alliance_id is None or any(m.holds_on(day) for m in held.get(member_id, []))


def _memberships(question: Question) -> dict[int, list[Membership]]:
    if question.alliance_id is None:
        return {}
    found: dict[int, list[Membership]] = {}
    for one in Membership.objects.filter(alliance_id=question.alliance_id):
        found.setdefault(one.member_id, []).append(one)
    return found


def _events(question: Question) -> list[Event]:
    rows = Event.objects.unscoped("figures count every event that was held").filter(
        status__in=(EventStatus.PUBLISHED, EventStatus.OVER), starts_on__gte=question.start, starts_on__lte=question.end
    )
    if question.member_ids is not None:
        rows = rows.filter(host_member_id__in=question.member_ids)
    if question.filters.get("kind"):
        rows = rows.filter(kind=question.filters["kind"])
    if question.known_at is not None:
        rows = rows.filter(published_at__lte=question.known_at)
    held = _memberships(question)
    return [e for e in rows.order_by("starts_on", "pk") if _in_alliance(question, e.host_member_id, e.starts_on, held)]


def events_by_member(question: Question) -> dict[int | None, int]:
    return dict(Counter(event.host_member_id for event in _events(question)))


def event_records(question: Question, viewer: Viewer) -> Iterable[Counted]:
    seen = set(Event.objects.visible_to(viewer).values_list("pk", flat=True))
    for event in _events(question):
        open_ = event.pk in seen
        yield Counted(
            "event", event.uid, event.title if open_ else "", f"/events/{event.uid}/" if open_ else "",
            event.starts_on, event.host_member_id, 1,
        )  # fmt: skip


def _held(question: Question) -> list[tuple[Event, int]]:
    """Meetings held, by event: a meeting counts for the host on the event's first day."""
    counts: Counter[int] = Counter()
    rows = Meeting.objects.filter(state=Meeting.State.HELD)
    if question.known_at is not None:
        rows = rows.filter(ended_at__lte=question.known_at)
    chosen = {e.pk: e for e in _events(question)}
    timetables = {e.timetable_id: e.pk for e in chosen.values() if e.timetable_id}
    for draft_id in rows.filter(draft_id__in=timetables).values_list("draft_id", flat=True):
        counts[timetables[draft_id]] += 1
    return [(event, counts[pk]) for pk, event in chosen.items() if counts[pk]]


def meetings_by_member(question: Question) -> dict[int | None, int]:
    totals: Counter[int | None] = Counter()
    for event, count in _held(question):
        totals[event.host_member_id] += count
    return dict(totals)


def meeting_records(question: Question, viewer: Viewer) -> Iterable[Counted]:
    seen = set(Event.objects.visible_to(viewer).values_list("pk", flat=True))
    for event, count in _held(question):
        open_ = event.pk in seen
        yield Counted(
            "event", event.uid, event.title if open_ else "", f"/events/{event.uid}/" if open_ else "",
            event.starts_on, event.host_member_id, count,
        )  # fmt: skip


def _intents(question: Question, *, money: bool = False) -> list[Intent]:
    rows: QuerySet[Intent] = Intent.objects.filter(
        status=Intent.Status.SIGNED, counts=True, effective_on__gte=question.start, effective_on__lte=question.end
    ).select_related("event")
    if question.known_at is not None:
        rows = rows.filter(signed_at__lte=question.known_at)
    if question.filters.get("kind"):
        rows = rows.filter(event__kind=question.filters["kind"])
    if money:
        rows = rows.filter(currency="CNY", amount_minor__isnull=False)
    if question.member_ids is not None:
        rows = rows.filter(Q(first_member_id__in=question.member_ids))
    held = _memberships(question)
    found = []
    for intent in rows.order_by("effective_on", "pk"):
        day = intent.effective_on
        if day is not None and _in_alliance(question, intent.first_member_id, day, held):
            found.append(intent)
    return found


def _intent_records(question: Question, viewer: Viewer, *, money: bool) -> Iterable[Counted]:
    from duijie.meet.queries.outcomes import intents

    seen = set(intents(viewer).values_list("pk", flat=True))
    for intent in _intents(question, money=money):
        open_ = intent.pk in seen
        assert intent.effective_on is not None
        yield Counted(
            "intent", intent.uid, intent.title if open_ else "",
            f"/events/{intent.event.uid}/intents/{intent.uid}/" if open_ else "", intent.effective_on,
            intent.first_member_id, (intent.amount_minor or 0) if money else 1,
        )  # fmt: skip


def intents_by_member(question: Question) -> dict[int | None, int]:
    return dict(Counter(intent.first_member_id for intent in _intents(question)))


def amounts_by_member(question: Question) -> dict[int | None, int]:
    totals: Counter[int | None] = Counter()
    for intent in _intents(question, money=True):
        totals[intent.first_member_id] += intent.amount_minor or 0
    return dict(totals)


def _measure(code: str, zh: str, en: str, zh_def: str, en_def: str, unit: str, totals: Any, records: Any) -> None:
    register(
        Measure(
            code=code, label=Label(zh, en), definition=Label(zh_def, en_def), unit=unit, totals=totals, records=records,
            filters=EventFilters,
        )
    )  # fmt: skip


_measure(
    "meet.events_held", "举办活动数", "Events held",
    "期内开始、已发布或已结束的活动，计在主办成员名下；取消的不计。",
    "Events that began in the period, published or over, counted for their host; cancelled ones are not.",
    "count", events_by_member, event_records,
)  # fmt: skip
_measure(
    "meet.meetings_held", "一对一会面数", "Meetings held",
    "已发布日程里标记为完成的会面，计在主办成员名下。",
    "Meetings of published timetables that are marked as held, counted for the host.",
    "count", meetings_by_member, meeting_records,
)  # fmt: skip
_measure(
    "meet.intents_signed", "现场签署意向数", "Intents signed",
    "双方签字、且为该项目首次签署的意向，计在提出方所在成员名下；升级不再计。",
    "Intents signed by both sides as the first of their project, counted for the member of the side that proposed; upgrades "
    "are not counted.",
    "count", intents_by_member, lambda question, viewer: _intent_records(question, viewer, money=False),
)  # fmt: skip
_measure(
    "meet.intent_amount", "意向金额", "Sum of intents",
    "首次签署的意向中写明的人民币金额之和。",
    "The sum in CNY named in intents that are the first of their project.",
    "CNY", amounts_by_member, lambda question, viewer: _intent_records(question, viewer, money=True),
)  # fmt: skip

"""The figures of an event that organisers want."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Avg, Count, Q, Sum

from duijie.core.access import Viewer
from duijie.meet.models import Draft, Event, Intent, Meeting, MeetingParty, Note, Registration, Representative, Wish
from duijie.meet.rules import demand_plan, may_plan


@dataclass(frozen=True)
class EventFigures:
    """Counts of an event. amounts: sums of signed first intents by currency, in minor units. requests: by answer."""

    registered: int
    confirmed: int
    waiting: int
    people: int
    arrived: int
    requests: dict[str, int]
    vetoes: int
    meetings: int
    held: int
    missed: int
    with_meetings: int
    average: float
    rating: float | None
    ratings: int
    intents: int
    upgrades: int
    amounts: dict[str, int] = field(default_factory=dict)

    @property
    def requested(self) -> int:
        return sum(self.requests.values())

    def share(self, answer: str) -> int:
        """Per cent of all requests."""
        return round(100 * self.requests.get(answer, 0) / self.requested) if self.requested else 0


def figures_of_event(viewer: Viewer, event: Event) -> EventFigures:
    """Everything for the planners. Raises NotAllowed."""
    demand_plan(viewer, event)
    return _figures(event)


def _figures(event: Event) -> EventFigures:
    by_status = dict(event.registrations.order_by().values_list("status").annotate(n=Count("pk")))
    people = Representative.objects.filter(registration__event=event, registration__status="confirmed").aggregate(
        all=Count("pk"), arrived=Count("pk", filter=Q(checked_in_at__isnull=False))
    )
    wishes = Wish.objects.filter(wisher__event=event).order_by()
    requests = dict(wishes.exclude(level=Wish.Level.NO).values_list("answer").annotate(n=Count("pk")))
    standing = (
        Meeting.objects.filter(draft_id=event.timetable_id or 0).exclude(state=Meeting.State.CANCELLED).order_by()
    )
    by_state = dict(standing.values_list("state").annotate(n=Count("pk")))
    parties = MeetingParty.objects.filter(meeting__in=standing).order_by()
    seats = parties.count()
    confirmed = by_status.get(Registration.Status.CONFIRMED, 0)
    notes = Note.objects.filter(meeting__draft__event=event, rating__isnull=False).aggregate(
        mean=Avg("rating"), n=Count("pk")
    )
    signed = Intent.objects.filter(event=event, status=Intent.Status.SIGNED).order_by()
    first = signed.filter(counts=True)
    sums = first.filter(amount_minor__isnull=False).values_list("currency").annotate(n=Sum("amount_minor"))
    return EventFigures(
        registered=sum(by_status.values()) - by_status.get(Registration.Status.WITHDRAWN, 0),
        confirmed=confirmed,
        waiting=by_status.get(Registration.Status.WAITING, 0) + by_status.get(Registration.Status.APPLIED, 0),
        people=people["all"],
        arrived=people["arrived"],
        requests=requests,
        vetoes=wishes.filter(level=Wish.Level.NO).count(),
        meetings=sum(by_state.values()),
        held=by_state.get(Meeting.State.HELD, 0) + by_state.get(Meeting.State.RUNNING, 0),
        missed=by_state.get(Meeting.State.MISSED, 0),
        with_meetings=parties.values("registration").distinct().count(),
        average=round(seats / confirmed, 2) if confirmed else 0.0,
        rating=round(notes["mean"], 2) if notes["n"] else None,
        ratings=notes["n"],
        intents=first.count(),
        upgrades=signed.filter(counts=False).count(),
        amounts=dict(sums),
    )


def person_rows(viewer: Viewer, draft: Draft) -> list[dict[str, Any]]:
    """A draft's figures by person with names, the most breaks first; for planners."""
    if not may_plan(viewer, draft.event):
        demand_plan(viewer, draft.event)
    names = {}
    for registration in draft.event.registrations.select_related("organisation").prefetch_related("representatives"):
        names[registration.uid] = ("", registration.organisation.name)
        for person in registration.representatives.all():
            names[person.uid] = (person.name, registration.organisation.name)
    rows = [
        row | {"name": names[row["person"]][0], "organisation": names[row["person"]][1]}
        for row in draft.figures.get("people", [])
        if row["person"] in names
    ]
    return sorted(rows, key=lambda row: (-row["breaks"], -row["idle"], row["organisation"]))

"""Wishes as one side sees them: its own, what the others asked of it, and whom matching suggests. Nobody sees a veto against it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotAllowed
from duijie.meet.models import Event, Registration, Wish
from duijie.meet.planning.building import met_before, suggested_pairs
from duijie.meet.queries.registrations import own
from duijie.meet.rules import demand_plan, may_plan, may_speak

Level, Answer = Wish.Level, Wish.Answer


@dataclass(frozen=True)
class PartnerLine:
    """Another participant as one side sees it. mine: the own wish. asked: its request to the own side. fit: what matching says
    (0 to 1), None where it suggests nothing. met: they met before."""

    registration: Registration
    mine: Wish | None
    asked: Wish | None
    fit: float | None
    met: bool

    @property
    def mutual(self) -> bool:
        return (
            self.mine is not None
            and self.asked is not None
            and Level.NO not in (self.mine.level, self.asked.level)
            and self.mine.answer != Answer.CANCELLED
        )

    @property
    def percent(self) -> int | None:
        return round(100 * self.fit) if self.fit is not None else None


def partners(viewer: Viewer, registration: Registration) -> list[PartnerLine]:
    """Every other confirmed participant, requests to the own side first, then own wishes, then by what matching says."""
    event = registration.event
    if not may_speak(viewer, registration.organisation) and not may_plan(viewer, event):
        raise NotAllowed
    others = list(
        event.registrations.filter(status=Registration.Status.CONFIRMED)
        .exclude(pk=registration.pk)
        .select_related("organisation__home_member", "listing")
        .prefetch_related("representatives")
    )
    everybody = [*others, registration]
    fits = suggested_pairs(everybody)
    met = met_before(event, everybody)
    mine = {w.wanted_id: w for w in registration.wishes.exclude(answer=Answer.CANCELLED)}
    asked = {
        w.wisher_id: w
        for w in registration.wished_by.exclude(level=Level.NO).exclude(answer__in=(Answer.CANCELLED, Answer.EXPIRED))
    }
    lines = []
    for other in others:
        pair = (min(other.pk, registration.pk), max(other.pk, registration.pk))
        lines.append(PartnerLine(other, mine.get(other.pk), asked.get(other.pk), fits.get(pair), pair in met))
    return sorted(lines, key=_order)


def _order(line: PartnerLine) -> tuple[int, float, str]:
    waits = line.asked is not None and line.asked.answer == Answer.PENDING and line.mine is None
    return (0 if waits else 1 if line.mine else 2, -(line.fit or 0.0), line.registration.organisation.name)


def received_requests(viewer: Viewer) -> QuerySet[Wish]:
    """Requests that wait for an answer of the viewer's own participants, the one that runs out first on top."""
    mine = Registration.objects.filter(own(viewer)).values("pk")
    rows = Wish.objects.filter(wanted_id__in=mine, answer=Answer.PENDING).exclude(level=Level.NO)
    return rows.select_related("wisher__organisation", "wanted__organisation", "wanted__event").order_by(
        "expires_on", "pk"
    )


def wishes_of_event(viewer: Viewer, event: Event) -> QuerySet[Wish]:
    """All wishes, vetoes included: for the planners only."""
    demand_plan(viewer, event)
    rows = Wish.objects.filter(wisher__event=event)
    return rows.select_related("wisher__organisation", "wanted__organisation")

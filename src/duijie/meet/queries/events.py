"""Events that a viewer may see, and their papers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.meet.models import Document, Event, Registration
from duijie.meet.models.events import PLANNERS_OF_ALLIANCE, PLANNERS_OF_MEMBER, EventStatus
from duijie.meet.rules import may_plan, may_speak
from duijie.members.models import Member, Membership


@dataclass(frozen=True)
class EventFilter:
    """What a list of events is narrowed to. when: coming, past, or empty for both."""

    kind: tuple[str, ...] = ()
    when: str = ""
    member: str = ""
    alliance: str = ""
    text: str = ""
    planned: bool = False
    on: dt.date | None = None


def events(viewer: Viewer, wanted: EventFilter | None = None) -> QuerySet[Event]:
    """Events in sight, the next one first, what is past after that, newest first."""
    wanted = wanted or EventFilter()
    rows = Event.objects.planned_by(viewer) if wanted.planned else Event.objects.visible_to(viewer)
    today = timezone.localdate()
    if wanted.kind:
        rows = rows.filter(kind__in=wanted.kind)
    if wanted.member:
        rows = rows.filter(host_member__slug=wanted.member)
    if wanted.alliance:
        rows = rows.filter(alliance__slug=wanted.alliance)
    if wanted.text.strip():
        text = wanted.text.strip()
        rows = rows.filter(Q(title__icontains=text) | Q(title_en__icontains=text) | Q(venue__icontains=text))
    if wanted.on:
        rows = rows.filter(starts_on__lte=wanted.on, ends_on__gte=wanted.on)
    if wanted.when == "coming":
        rows = rows.filter(ends_on__gte=today).order_by("starts_on", "pk")
    elif wanted.when == "past":
        rows = rows.filter(ends_on__lt=today).order_by("-starts_on", "-pk")
    else:
        rows = rows.order_by("-starts_on", "-pk")
    confirmed = Count("registrations", filter=Q(registrations__status=Registration.Status.CONFIRMED))
    found: QuerySet[Event] = rows.select_related("host_member", "alliance").annotate(confirmed=confirmed)
    return found


def get_event(viewer: Viewer, uid: str) -> Event:
    """Raises NotFound, alike for what is not there and what is not the viewer's to see."""
    rows = Event.objects.visible_to(viewer).select_related("host_member", "alliance", "timetable")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound("没有这个活动，或者它没有向您公开。", "There is no such event, or it is not open to you.")
    event: Event = found
    return event


def bare_event(uid: str) -> Event:
    """An event for the holder of a secret (a calendar feed). Raises NotFound."""
    found = Event.objects.unscoped("the holder of a secret address").filter(uid=uid).first()
    if found is None:
        raise NotFound
    event: Event = found
    return event


def planned_members(viewer: Viewer) -> QuerySet[Member]:
    """The members for which the viewer may prepare an event: own ones, and those of the alliances that it serves."""
    own = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in PLANNERS_OF_MEMBER]
    served = [g.scope_id for g in viewer.grants if g.scope == "alliance" and g.role in PLANNERS_OF_ALLIANCE]
    if viewer.is_system:
        return Member.objects.order_by("name")
    inside = Membership.objects.filter(Q(alliance__in=served) | Q(alliance__parent__in=served)).values("member_id")
    return Member.objects.filter(Q(pk__in=own) | Q(pk__in=inside)).order_by("name")


def hosts_of(event: Event) -> str:
    """Who hosts, in words."""
    return str(event.host_member)


def is_participant(viewer: Viewer, event: Event) -> bool:
    """Whether the viewer speaks for a confirmed participant."""
    rows = event.registrations.filter(status=Registration.Status.CONFIRMED)
    if viewer.organisation_ids and rows.filter(organisation_id__in=viewer.organisation_ids).exists():
        return True
    if not viewer.member_ids:
        return False
    homes = rows.filter(organisation__home_member_id__in=viewer.member_ids).select_related("organisation")[:50]
    return any(may_speak(viewer, r.organisation) for r in homes)


def may_see_documents(viewer: Viewer, event: Event) -> bool:
    """Whether papers for participants are open to the viewer."""
    return may_plan(viewer, event) or is_participant(viewer, event)


def get_document(viewer: Viewer, event: Event, uid: str) -> Document:
    """A paper of an event that the viewer may read. Raises NotFound."""
    found = event.documents.select_related("file").filter(uid=uid).first()
    if found is None or (found.for_participants and not may_see_documents(viewer, event)):
        raise NotFound
    return found


def coming(viewer: Viewer, *, limit: int = 5) -> list[Event]:
    """The next published events in sight."""
    rows = events(viewer, EventFilter(when="coming")).filter(status=EventStatus.PUBLISHED)
    return list(rows[:limit])

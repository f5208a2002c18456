"""Who comes: all for planners, the confirmed for each other, one's own."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.meet.models import Event, Registration, Representative
from duijie.meet.models.events import EventStatus
from duijie.meet.queries.events import is_participant
from duijie.meet.rules import demand_help, may_plan

_LIAISONS = ("liaison", "member_admin")


def registrations(viewer: Viewer, event: Event, *, status: str = "", text: str = "") -> QuerySet[Registration]:
    """All registrations, for who helps at the event. Raises NotAllowed for anybody else."""
    demand_help(viewer, event)
    rows = event.registrations.select_related("organisation__home_member").prefetch_related("representatives")
    if status:
        rows = rows.filter(status=status)
    if text.strip():
        rows = rows.filter(
            Q(organisation__name__icontains=text.strip()) | Q(representatives__name__icontains=text.strip())
        ).distinct()
    return rows


def own(viewer: Viewer) -> Q:
    """Registrations for which the viewer speaks."""
    if viewer.is_system:
        return Q()
    if viewer.key_scopes is not None and not {"events:read", "events:write"} & viewer.key_scopes:
        return Q(pk__in=())
    roles = _LIAISONS if viewer.key_scopes is None else (*_LIAISONS, "editor")
    members = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in roles]
    return Q(organisation_id__in=viewer.organisation_ids) | Q(organisation__home_member_id__in=members)


def own_registrations(viewer: Viewer, event: Event | None = None) -> QuerySet[Registration]:
    """Those of the viewer's own organisations, and of firms whose liaison officer the viewer is."""
    rows = Registration.objects.filter(own(viewer)).select_related("event__host_member", "organisation")
    if event is not None:
        rows = rows.filter(event=event)
    return rows.prefetch_related("representatives")


def get_registration(viewer: Viewer, event: Event, uid: str) -> Registration:
    """A registration that the viewer speaks for or plans. Raises NotFound."""
    rows = event.registrations.select_related("organisation", "event").prefetch_related("representatives")
    if not may_plan(viewer, event):
        rows = rows.filter(own(viewer))
    found = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def participants(viewer: Viewer, event: Event, *, text: str = "", kind: str = "") -> QuerySet[Registration]:
    """The catalogue: confirmed participants with what they bring and seek. For participants and planners; empty for others."""
    rows = event.registrations.filter(status=Registration.Status.CONFIRMED).select_related(
        "organisation__home_member", "listing"
    )
    if not may_plan(viewer, event) and not is_participant(viewer, event):
        return rows.none()
    if kind:
        rows = rows.filter(kind=kind)
    if text.strip():
        words = text.strip()
        rows = rows.filter(
            Q(organisation__name__icontains=words) | Q(brings__icontains=words) | Q(seeks__icontains=words)
        )
    return rows.order_by("kind", "organisation__name")


catalogue = participants


def upcoming(viewer: Viewer, *, today: dt.date | None = None) -> QuerySet[Registration]:
    """The viewer's own registrations of events that are not over, the next first."""
    rows = own_registrations(viewer).filter(
        event__ends_on__gte=today or timezone.localdate(), event__status=EventStatus.PUBLISHED
    )
    return rows.exclude(status__in=("withdrawn", "declined")).order_by("event__starts_on")


def person_by_feed(token: str) -> Representative:
    """Whose calendar a secret address is. Raises NotFound."""
    rows = Representative.objects.select_related("registration__event__timetable", "registration__organisation")
    found = rows.filter(feed=token).first() if len(token) >= 20 else None
    if found is None:
        raise NotFound
    return found


def registration_values(registration: Registration) -> dict[str, Any]:
    """The registration as its schema gives it, for forms and partial changes."""
    people = [_written(p) for p in registration.representatives.all()]
    same = ("kind", "brings", "seeks", "most_meetings", "place_kinds", "external_id")
    return {name: getattr(registration, name) for name in same} | {
        "organisation": registration.organisation.uid,
        "representatives": people,
        "listing": registration.listing.uid if registration.listing else None,
    }


def _written(person: Representative) -> str:
    parts = [person.name, person.title, person.user.username if person.user else ""]
    while parts and not parts[-1]:
        parts.pop()
    return "/".join(parts)

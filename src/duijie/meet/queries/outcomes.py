"""Notes for one's own side; intents and follow-ups for both sides, their liaisons, and the planners."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.meet.models import Event, FollowUp, Intent, Meeting, Note, Registration
from duijie.meet.rules import may_plan, may_speak_for

_LIAISONS = ("liaison", "member_admin", "leader")


def notes_of(viewer: Viewer, meeting: Meeting, registration: Registration) -> Note | None:
    """The note of a side that the viewer speaks for; planners see figures only."""
    if not may_speak_for(viewer, registration):
        return None
    return Note.objects.filter(meeting=meeting, registration=registration).first()


def _of_sides(viewer: Viewer) -> Q:
    if viewer.key_scopes is not None and not {"events:read", "events:write"} & viewer.key_scopes:
        return Q(pk__in=())
    roles = _LIAISONS if viewer.key_scopes is None else (*_LIAISONS, "editor")
    members = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in roles]
    organisations = viewer.organisation_ids
    return (
        Q(first_organisation_id__in=organisations)
        | Q(second_organisation_id__in=organisations)
        | Q(first_organisation__home_member_id__in=members)
        | Q(second_organisation__home_member_id__in=members)
    )


def intents(viewer: Viewer, event: Event | None = None) -> QuerySet[Intent]:
    """The intents of an event for its planners; else those of the viewer's own sides."""
    rows = Intent.objects.select_related(
        "event", "first_organisation", "second_organisation", "first_member", "second_member", "upgrade_of"
    )
    if event is not None:
        rows = rows.filter(event=event)
    if viewer.is_system or (event is not None and may_plan(viewer, event)):
        return rows
    return rows.filter(_of_sides(viewer))


def get_intent(viewer: Viewer, event: Event, uid: str) -> Intent:
    found = intents(viewer, event).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def follow_ups(viewer: Viewer, event: Event | None = None) -> QuerySet[FollowUp]:
    """What is to be done: of an event for its planners, else of the viewer's own sides; the next day first."""
    rows = FollowUp.objects.select_related("event", "first_organisation", "second_organisation")
    if event is not None:
        rows = rows.filter(event=event)
    if viewer.is_system or (event is not None and may_plan(viewer, event)):
        return rows
    return rows.filter(_of_sides(viewer))


def open_follow_ups(viewer: Viewer) -> QuerySet[FollowUp]:
    """For the desk."""
    return follow_ups(viewer).filter(done_at__isnull=True)


def get_follow_up(viewer: Viewer, event: Event, uid: str) -> FollowUp:
    found = follow_ups(viewer, event).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found

"""What meetings keep about a person: for the export that people may ask for, and taken away when they are erased."""

from __future__ import annotations

from typing import Any

from duijie.core.events import handles
from duijie.core.models import Event as CoreEvent
from duijie.meet.models import CheckIn, Note, Representative
from duijie.members.models import User
from duijie.members.queries import keeps_personal_data


@keeps_personal_data("attendances")
def attendances(person: User) -> list[dict[str, Any]]:
    """The events for which a person was named, with arrival."""
    rows = Representative.objects.filter(user=person).select_related(
        "registration__event", "registration__organisation"
    )
    return [
        {
            "event": r.registration.event.title, "organisation": r.registration.organisation.name, "name": r.name,
            "title": r.title, "checked_in_at": r.checked_in_at.isoformat() if r.checked_in_at else None,
        }
        for r in rows.order_by("pk")
    ]  # fmt: skip


@keeps_personal_data("meeting_notes")
def meeting_notes(person: User) -> list[dict[str, Any]]:
    """What a person wrote down of meetings."""
    rows = Note.objects.filter(by=person).order_by("pk")
    return [{"rating": n.rating, "text": n.text, "at": n.at.isoformat()} for n in rows]


@handles("account.erased")
def erase_attendance(event: CoreEvent) -> None:
    """The name goes, the seat stays: figures of past events hold. Notes stay their side's, without their author."""
    people = event.payload["ids"]
    for person in Representative.objects.filter(user__in=people):
        person.name, person.title, person.user = "—", "", None
        person.save(update_fields=["name", "title", "user"])
    Note.objects.filter(by__in=people).update(by=None)
    CheckIn.objects.filter(by__in=people).update(by=None)

"""The events of this app for people's calendars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.dates import Dated, dates
from duijie.meet.choices import EventKind
from duijie.meet.models import Event
from duijie.meet.models.events import EventStatus

MOST = 500


@dates("event")
def events_to_come(viewer: Viewer, member_id: int | None) -> Iterator[Dated]:
    """Published events in sight that are not over, those that a member hosts where one is named; the next one first."""
    found = Event.objects.visible_to(viewer).filter(status=EventStatus.PUBLISHED, ends_on__gte=timezone.localdate())
    if member_id is not None:
        found = found.filter(host_member=member_id)
    for one in found.order_by("starts_on", "pk")[:MOST]:
        yield Dated(
            f"event-{one.uid}", one.title, one.starts_on, one.ends_on + timedelta(days=1),
            address=reverse("meet:event", args=[one.uid]), text=one.summary, place=one.venue or one.address,
            changed_at=one.published_at, category=str(EventKind.named(one.kind)),
        )  # fmt: skip

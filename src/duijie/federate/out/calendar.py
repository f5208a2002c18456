"""iCalendar: the deadlines of listings, and whatever dates other parts of the house have registered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event

from duijie.core.access import Viewer
from duijie.core.dates import Dated, dates
from duijie.federate.out.reading import host
from duijie.publish import queries
from duijie.publish.kinds import KINDS

MOST = 2000
_FACETS = ("deadline", "apply_until", "applications_until", "closes_on")


@dates("listing")
def deadlines(viewer: Viewer, member_id: int | None) -> Iterator[Dated]:
    """The last day of each published listing, and the day by which a need wants its answer; nearest first."""
    rows = queries.published_by(viewer).filter(expires_on__gte=timezone.localdate())
    if member_id is not None:
        rows = rows.filter(owner_member_id=member_id)
    for one in queries.seen(rows.order_by("expires_on", "pk")[:MOST], viewer):
        row, label = one.record, KINDS[one.record.kind].label.zh
        address = f"/listings/{one.uid}/"
        yield Dated(
            f"listing-{one.uid}-end", f"截止：{one.title}", row.expires_on or timezone.localdate(), address=address,
            text=one.summary, changed_at=row.changed_at, category=label,
        )  # fmt: skip
        for name in _FACETS if one.full else ():
            day = _day(row.facets.get(name))
            if day is not None:
                yield Dated(f"listing-{one.uid}-{name}", f"期限：{one.title}", day, address=address, text=one.summary,
                            changed_at=row.changed_at, category=label)  # fmt: skip


def _day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def calendar(name: str, found: Iterable[Dated]) -> bytes:
    """An iCalendar of these dates (RFC 5545), with steady UIDs, so that a subscribed calendar changes in place."""
    made = Calendar()
    made.add("prodid", "-//Duijie//duijie//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("refresh-interval;value=duration", "PT6H")
    for one in found:
        event = Event()
        event.add("uid", f"{one.key}@{host()}")
        event.add("summary", one.title)
        event.add("dtstamp", one.changed_at or timezone.now())
        event.add("dtstart", one.starts)
        if one.ends is not None:
            event.add("dtend", one.ends)
        elif not isinstance(one.starts, dt.datetime):
            event.add("dtend", one.starts + dt.timedelta(days=1))
        if one.address:
            event.add("url", settings.BASE_URL + one.address)
        for field, value in (("description", one.text), ("location", one.place), ("categories", one.category)):
            if value:
                event.add(field, value)
        made.add_component(event)
    return made.to_ical()

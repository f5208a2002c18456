"""iCalendar: an event, and a person's own meetings as a feed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import timezone
from icalendar import Calendar
from icalendar import Event as Entry

from duijie.core.language import t
from duijie.meet.models import Event
from duijie.meet.queries.timetables import PersonalMeeting

MEDIA_TYPE = "text/calendar; charset=utf-8"


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Duijie//meet//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    return calendar


def event_calendar(event: Event, *, url: str) -> bytes:
    """The event's days and the parts of its programme."""
    calendar = _calendar(event.title)
    whole = Entry()
    whole.add("uid", f"{event.uid}@duijie")
    whole.add("dtstamp", event.published_at or event.created_at)
    whole.add("dtstart", event.starts_on)
    whole.add("dtend", event.ends_on + dt.timedelta(days=1))
    whole.add("summary", event.title)
    whole.add("location", " ".join(x for x in (event.venue, event.address) if x))
    whole.add("url", url)
    if event.status == "cancelled":
        whole.add("status", "CANCELLED")
    calendar.add_component(whole)
    for session in event.sessions.all():
        part = Entry()
        part.add("uid", f"{event.uid}.{session.pk}@duijie")
        part.add("dtstamp", event.published_at or event.created_at)
        part.add("dtstart", session.starts_at)
        part.add("dtend", session.ends_at)
        part.add("summary", f"{event.title}：{session.title}")
        part.add("location", session.where or event.venue)
        calendar.add_component(part)
    return bytes(calendar.to_ical())


def personal_calendar(event: Event, name: str, meetings: Sequence[PersonalMeeting]) -> bytes:
    """One person's meetings; a calendar program that has subscribed follows every change."""
    calendar = _calendar(f"{event.title} · {name}")
    calendar.add("refresh-interval", dt.timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    for one in meetings:
        entry = Entry()
        entry.add("uid", f"{one.meeting.uid}@duijie")
        entry.add("dtstamp", event.timetable_at or timezone.now())
        entry.add("sequence", event.version)
        entry.add("dtstart", one.meeting.slot.starts_at)
        entry.add("dtend", one.meeting.slot.ends_at)
        entry.add("summary", t("与 {who} 会面", "Meeting with {who}", who=one.with_whom))
        where = f"{one.meeting.place.area} {one.meeting.place}".strip()
        entry.add("location", f"{event.venue} {where}".strip())
        entry.add("description", "\n".join(one.people))
        calendar.add_component(entry)
    return bytes(calendar.to_ical())

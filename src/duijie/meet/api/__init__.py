"""REST of events: events, registrations, wishes, timetables, the door, intents."""

from __future__ import annotations

from ninja import Router

from duijie.meet.api import day, events, outcomes, registrations, timetables

router = Router(tags=["events"])
for part in (events, registrations, timetables, day, outcomes):
    router.add_router("", part.router)

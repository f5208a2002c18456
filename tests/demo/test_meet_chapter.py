"""The demonstration's events: a day that is over with its figures, one in planning, one that takes registrations."""

from __future__ import annotations

import pytest
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.demo import meet
from duijie.demo.load import load_demo
from duijie.engines import timetable as engine
from duijie.meet.models import Draft, Event, Intent, Registration
from duijie.meet.planning.building import build_input, engine_meetings
from duijie.meet.queries import figures_of_event

pytestmark = pytest.mark.django_db


def test_the_events_of_the_demonstration_are_believable() -> None:
    load_demo()
    told: list[str] = []
    meet.load(tell=told.append, today=timezone.localdate())
    events = {e.title: e for e in Event.objects.unscoped("test")}
    assert len(events) == 8 and told
    past = events["首届长江流域园区项目对接会"]
    figures = figures_of_event(SYSTEM, past)
    assert past.status == "over" and figures.held > 50 and figures.intents >= 15 and figures.rating is not None
    assert Intent.objects.filter(effective_on=past.starts_on).count() == figures.intents
    assert Registration.objects.filter(event=events["百家投资机构对百个项目"]).exists()
    for draft in Draft.objects.select_related("event"):
        assert draft.status == "ready"
        if draft.event.status == "published":
            assert engine.verify(build_input(draft.event), engine_meetings(draft)) == []

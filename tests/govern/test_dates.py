"""What people's calendars hold of an alliance: turns, trainings and duties for everybody, votes and meetings for the council."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from duijie.core.access import GUEST, Viewer
from duijie.core.dates import Dated, all_dates
from duijie.core.events import dispatch_all
from duijie.core.schema import parse
from duijie.govern import actions
from duijie.govern.schemas import DutyRecord, MeetingRecord, TrainingRecord
from duijie.members.models import Rota, RotaRound
from tests.factories import make_member, viewer
from tests.govern.council import TODAY, Council
from tests.meet.scene import Scene

pytestmark = pytest.mark.django_db


def of(looker: Viewer, kind: str, member: int | None = None) -> list[Dated]:
    return [one for one in all_dates(looker, member) if one.key.partition("-")[0] == kind]


def test_a_vote_and_a_meeting_are_told_to_the_council_alone() -> None:
    council = Council()
    council.opened()
    record = parse(MeetingRecord, {"title": "理事会", "held_on": council.day(3).isoformat(), "time": "14:00"})
    actions.call_meeting(actor=council.secretary, alliance=council.alliance, record=record)
    outside = make_member()
    for stranger in (GUEST, viewer("leader", outside)):
        assert of(stranger, "motion") == of(stranger, "meeting") == []
    (vote,) = of(council.leader(0), "motion", council.members[0].pk)
    assert (vote.starts, vote.title) == (TODAY + timedelta(days=7), "表决截止：举办大会")
    assert of(council.leader(0), "motion", outside.pk) == of(council.leader(0), "meeting", outside.pk) == []
    assert len(of(council.secretary, "meeting")) == 1
    assert "举办大会" not in Client().get("/feeds/all.ics").content.decode()


def test_duties_trainings_and_turns_are_everybodys_and_each_members_own() -> None:
    council = Council()
    motion = council.opened()
    council.vote(motion, "yyyy")
    council.closed(motion)
    dispatch_all()
    resolution = motion.resolution
    for owner, text in (("aqu", "提交方案"), ("bqu", "落实场地")):
        record = parse(DutyRecord, {"text": text, "due_on": council.day(20).isoformat(), "owner": owner})
        actions.give_duty(actor=council.secretary, resolution=resolution, record=record)
    for title, days in (("明天培训", 1), ("去年培训", -365)):
        held = parse(TrainingRecord, {"title": title, "held_on": council.day(days).isoformat()})
        actions.hold_training(actor=council.secretary, alliance=council.alliance, record=held)
    rota = Rota.objects.create(alliance=council.alliance, title="大会轮值", starts_on=council.day(0))
    RotaRound.objects.create(
        rota=rota, number=1, host=council.members[0], first_day=council.day(0), last_day=council.day(364)
    )
    first, outside = council.members[0].pk, make_member().pk
    assert [d.title for d in of(GUEST, "duty", first)] == ["任务到期：提交方案"]
    assert len(of(GUEST, "duty")) == 2
    assert [d.title for d in of(GUEST, "training", first)] == ["明天培训"]
    (turn,) = of(GUEST, "rota", first)
    assert (turn.title, turn.starts, turn.ends) == ("大会轮值：a区值办", council.day(0), council.day(365))
    assert [of(GUEST, kind, outside) for kind in ("duty", "training", "rota")] == [[], [], []]
    feed = Client().get("/feeds/aqu.ics").content.decode()
    assert all(word in feed for word in ("大会轮值", "明天培训", "提交方案"))


def test_published_events_stand_in_the_calendar_of_their_host() -> None:
    scene = Scene(firms=0, tables=0)
    (event,) = of(viewer("leader", scene.host), "event", scene.host.pk)
    assert (event.title, event.starts, event.ends) == ("园区项目对接会", scene.day, scene.day + timedelta(days=1))
    assert of(viewer("leader", scene.host), "event", make_member().pk) == []

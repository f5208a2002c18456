"""Timetables: arranged, moved by hand within the walls, locked, arranged anew, published, repaired."""

from __future__ import annotations

import pytest

from duijie.core.errors import Conflict, Faults, NotAllowed, Stale
from duijie.core.models import Job, Notification
from duijie.core.schema import parse
from duijie.engines import timetable as engine
from duijie.meet import actions, queries
from duijie.meet.models import Draft, Meeting, Representative
from duijie.meet.planning.building import build_input, engine_meetings
from duijie.meet.planning.loading import load_day
from duijie.meet.schemas import ArrangeRecord, DisruptionRecord, FixedRecord
from tests.meet.scene import Scene, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    for one, other in ((0, 1), (1, 0), (2, 3), (3, 2), (4, 5), (5, 4), (0, 2)):
        made.wish(one, other)
    return made


def meeting_of(draft: Draft, scene: Scene, one: int, other: int) -> Meeting:
    name = engine.pair_id(scene.comers[one].uid, scene.comers[other].uid)
    return draft.meetings.select_related("slot", "place").get(code=name)


def test_the_machine_arranges_what_is_wished_and_says_what_it_proved(scene: Scene) -> None:
    draft = scene.arrange()
    assert draft.status == "ready" and draft.job is not None
    assert Job.objects.get(pk=draft.job_id).status == "done"
    assert draft.meetings.count() == 4
    assert draft.goals["worth"] == {"value": 7.0, "bound": 7.0, "proof": "optimal"}
    assert engine.verify(build_input(scene.event), engine_meetings(draft)) == []
    assert draft.figures["with_meetings"] == 6
    with pytest.raises(NotAllowed):
        queries.drafts(scene.viewer(0), scene.event)


def test_a_veto_is_a_wall_and_the_wish_is_told_why_it_was_not_served(scene: Scene) -> None:
    scene.wish(1, 0, "no")
    draft = scene.arrange()
    assert not draft.meetings.filter(code=engine.pair_id(scene.comers[0].uid, scene.comers[1].uid)).exists()
    assert [u["code"] for u in draft.unserved if u["wisher"] == scene.comers[0].uid] == ["veto"]


def test_busy_is_a_warning_to_people_and_a_wall_to_the_machine(scene: Scene) -> None:
    actions.mark_availability(actor=scene.viewer(4), registration=scene.comers[4], busy=["S01", "S02", "S03"])
    draft = scene.arrange()
    meeting = meeting_of(draft, scene, 4, 5)
    assert meeting.slot.code == "S04"
    told = actions.move_meeting(actor=scene.planner, draft=draft, meeting=meeting, slot="S01")
    assert [(c.kind, c.level) for c in told] == [("unavailable", "warn")]
    actions.lock_meetings(actor=scene.planner, draft=draft, meetings=[meeting])
    again = scene.arrange(based_on=draft)
    assert meeting_of(again, scene, 4, 5).slot.code == "S01"
    assert meeting_of(again, scene, 4, 5).locked


def test_a_move_that_breaks_a_wall_is_refused(scene: Scene) -> None:
    draft = scene.arrange()
    one, other = meeting_of(draft, scene, 0, 1), meeting_of(draft, scene, 0, 2)
    with pytest.raises(Conflict) as refused:
        actions.move_meeting(actor=scene.planner, draft=draft, meeting=one, slot=other.slot.code)
    assert refused.value.code == "conflict.person_twice" and "另一场会面" in refused.value.zh
    day = load_day(draft)
    assert day.worst(day.meetings[one.pk], other.slot.code, "T03") == "block_planning"


def test_what_is_dropped_on_a_meeting_changes_places_with_it_and_undo_puts_both_back() -> None:
    scene = Scene(firms=4)
    for one, other in ((0, 1), (1, 0), (2, 3), (3, 2)):
        scene.wish(one, other)
    draft = scene.arrange()
    one, other = meeting_of(draft, scene, 0, 1), meeting_of(draft, scene, 2, 3)
    actions.move_meeting(actor=scene.planner, draft=draft, meeting=one, slot="S04", place="T03")

    def seats() -> dict[str, tuple[str, str]]:
        return {m.code: (m.slot.code, m.place.code) for m in draft.meetings.select_related("slot", "place")}

    before = seats()
    other.refresh_from_db()
    actions.move_meeting(actor=scene.planner, draft=draft, meeting=other, slot="S04", place="T03")
    assert (seats()[other.code], seats()[one.code]) == (before[one.code], before[other.code])
    assert engine.verify(build_input(scene.event), engine_meetings(draft), fairness=False) == []
    actions.undo_step(actor=scene.planner, draft=draft)
    assert seats() == before
    actions.undo_step(actor=scene.planner, draft=draft)
    with pytest.raises(Conflict) as refused:
        actions.undo_step(actor=scene.planner, draft=draft)
    assert refused.value.code == "draft.nothing_to_undo"


def test_of_two_planners_at_once_the_second_is_told(scene: Scene) -> None:
    draft = scene.arrange()
    seen = draft.version
    meeting = meeting_of(draft, scene, 4, 5)
    others = [s for s in ("S01", "S02", "S03", "S04") if s != meeting.slot.code]
    actions.move_meeting(actor=scene.planner, draft=draft, meeting=meeting, slot=others[0], version=seen)
    meeting.refresh_from_db()
    with pytest.raises(Stale) as refused:
        actions.move_meeting(actor=scene.planner, draft=draft, meeting=meeting, slot=others[1], version=seen)
    assert "另一位策划人" in refused.value.zh
    assert meeting_of(draft, scene, 4, 5).slot.code == others[0]


def test_what_is_locked_is_not_moved_and_a_part_alone_is_arranged_anew(scene: Scene) -> None:
    draft = scene.arrange()
    meeting = meeting_of(draft, scene, 0, 1)
    actions.lock_meetings(actor=scene.planner, draft=draft, meetings=[meeting])
    meeting.refresh_from_db()
    with pytest.raises(Conflict) as refused:
        actions.move_meeting(actor=scene.planner, draft=draft, meeting=meeting, slot="S04")
    assert refused.value.code == "meeting.locked"
    again = scene.arrange(based_on=draft, part=[scene.comers[4].uid], seed=5)
    kept = {m.code: (m.slot.code, m.place.code) for m in again.meetings.select_related("slot", "place")}
    for old in draft.meetings.select_related("slot", "place"):
        if scene.comers[4].uid not in old.code:
            assert kept[old.code] == (old.slot.code, old.place.code)


def test_what_cannot_be_satisfied_is_told_in_words(scene: Scene) -> None:
    for other in (1, 2):
        record = parse(FixedRecord, {"organisations": [scene.comers[0].uid, scene.comers[other].uid], "slot": "S01"})
        actions.fix_meeting(actor=scene.planner, event=scene.event, record=record)
    draft = scene.arrange()
    assert draft.status == "impossible" and draft.meetings.count() == 0
    assert draft.conflict and "甲号公司" in draft.conflict[0]["zh"] + draft.conflict[-1]["zh"]


def test_more_fixed_meetings_than_slots_are_refused_with_the_number() -> None:
    scene = Scene(firms=6)
    for other in range(1, 5):
        record = parse(FixedRecord, {"organisations": [scene.comers[0].uid, scene.comers[other].uid]})
        actions.fix_meeting(actor=scene.planner, event=scene.event, record=record)
    with pytest.raises(Faults) as refused:
        record = parse(FixedRecord, {"organisations": [scene.comers[0].uid, scene.comers[5].uid]})
        actions.fix_meeting(actor=scene.planner, event=scene.event, record=record)
    assert "5" in refused.value.zh and "4" in refused.value.zh
    assert scene.event.fixed.count() == 4


def test_nothing_to_arrange_is_said() -> None:
    scene = Scene(firms=1)
    with pytest.raises(Conflict) as refused:
        actions.start_draft(actor=scene.planner, event=scene.event, record=ArrangeRecord())
    assert refused.value.code == "timetable.empty"


def test_publication_is_blocked_by_what_blocks_it_and_tells_everybody(scene: Scene) -> None:
    draft = scene.arrange()
    meeting = meeting_of(draft, scene, 4, 5)
    meeting.place.closed = [meeting.slot.code]
    meeting.place.save()
    with pytest.raises(Conflict) as refused:
        actions.publish_draft(actor=scene.planner, draft=draft)
    assert refused.value.code == "draft.conflicts" and meeting.place.code in refused.value.zh
    actions.set_conflict_levels(actor=scene.planner, event=scene.event, levels={"place_closed": "warn"})
    actions.publish_draft(actor=scene.planner, draft=draft)
    work()
    assert Notification.objects.filter(kind="timetable.published").count() == 6
    mine = queries.meetings_of_registration(scene.viewer(4), build(scene, 4))
    assert [m.with_whom for m in mine] == ["己号公司"]


def build(scene: Scene, number: int) -> object:
    from duijie.meet.models import Registration

    return Registration.objects.select_related("event", "organisation").get(pk=scene.comers[number].pk)


def test_walls_cannot_be_relaxed(scene: Scene) -> None:
    with pytest.raises(Exception, match="不能放宽"):
        actions.set_conflict_levels(actor=scene.planner, event=scene.event, levels={"person_twice": "warn"})


def test_a_repair_is_looked_at_before_it_is_confirmed_and_keeps_what_stands(scene: Scene) -> None:
    scene.wish(0, 4)
    scene.wish(4, 0)
    draft = scene.arrange()
    actions.publish_draft(actor=scene.planner, draft=draft)
    scene.event.refresh_from_db()
    before = {m.code: (m.pk, m.slot_id, m.place_id) for m in Meeting.objects.filter(draft=draft)}
    record = parse(DisruptionRecord, {"absent": ["己号公司"]})
    proposal = actions.propose_repair(actor=scene.planner, event=scene.event, record=record)
    work()
    proposal.refresh_from_db()
    gone = engine.pair_id(scene.comers[4].uid, scene.comers[5].uid)
    assert proposal.repair["cancelled"] == [gone]
    assert {m.code: (m.pk, m.slot_id, m.place_id) for m in Meeting.objects.filter(draft=draft)} == before
    actions.confirm_repair(actor=scene.planner, draft=proposal)
    work()
    assert Meeting.objects.get(draft=draft, code=gone).state == "cancelled"
    stands = {m.code: (m.pk, m.slot_id, m.place_id) for m in Meeting.objects.filter(draft=draft, state="planned")}
    moved = {row["code"] for row in proposal.repair["moved"]}
    assert all(stands[code] == before[code] for code in before if code != gone and code not in moved)
    assert Representative.objects.get(registration=scene.comers[5]).absent
    with pytest.raises(Conflict):
        actions.confirm_repair(actor=scene.planner, draft=proposal)


def test_a_repair_of_a_timetable_that_changed_meanwhile_is_refused(scene: Scene) -> None:
    draft = scene.arrange()
    actions.publish_draft(actor=scene.planner, draft=draft)
    scene.event.refresh_from_db()
    proposal = actions.propose_repair(
        actor=scene.planner, event=scene.event, record=parse(DisruptionRecord, {"closed": ["T01"]})
    )
    work()
    meeting = draft.meetings.first()
    assert meeting is not None
    actions.lock_meetings(actor=scene.planner, draft=draft, meetings=[meeting])
    proposal.refresh_from_db()
    with pytest.raises(Stale):
        actions.confirm_repair(actor=scene.planner, draft=proposal)


def test_who_is_free_then(scene: Scene) -> None:
    draft = scene.arrange()
    meeting = meeting_of(draft, scene, 4, 5)
    free = {g.uid for g in queries.free_then(scene.planner, draft, meeting.slot.code)}
    assert scene.comers[4].uid not in free and scene.comers[5].uid not in free
    targets = queries.targets(scene.planner, draft, meeting)
    assert len(targets["seats"]) == 12 and targets["slots"][meeting.slot.code] == ""


def test_a_draft_is_stopped_with_the_best_so_far(scene: Scene) -> None:
    draft = actions.start_draft(actor=scene.planner, event=scene.event, record=ArrangeRecord())
    Job.objects.filter(pk=draft.job_id).update(stop_requested=True)
    work()
    draft.refresh_from_db()
    assert draft.status in ("stopped", "ready")
    assert draft.meetings.count() == 4

"""The day and what came of it: check-in, notes, intents that count once, follow-ups, figures."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.errors import Conflict, Fault, NotAllowed, NotFound
from duijie.core.measures import Question, measure
from duijie.core.models import Event as CoreEvent
from duijie.core.models import Notification
from duijie.core.schema import parse
from duijie.meet import actions, queries
from duijie.meet.models import CheckIn, Intent, Meeting, Note, Registration
from duijie.meet.schemas import FollowUpRecord, IntentRecord, NoteRecord
from tests.factories import make_user, viewer
from tests.meet.scene import Scene, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    made.published()
    return made


def propose(scene: Scene, one: int, other: int, **more: object) -> Intent:
    data = {"other": scene.firms[other].uid, "title": "在线检测产线", "amount": "300万元", "kind": "采购"} | more
    return actions.propose_intent(
        actor=scene.viewer(one), event=scene.event, organisation=scene.firms[one], record=parse(IntentRecord, data)
    )


def test_a_check_in_counts_once_however_often_it_is_sent(scene: Scene) -> None:
    helper = viewer(make_user("editor", scene.host))
    person = scene.comers[0].representatives.get()
    at = timezone.now() - dt.timedelta(minutes=5)
    # As a camera reads it from a badge, as the code alone, as an address ends with it.
    for code in (
        f"https://x.cn/events/1/check-in/?code={person.badge}",
        person.badge,
        f"https://x.cn/b/{person.badge.lower()}/",
    ):
        found, _first = actions.check_in(actor=helper, event=scene.event, code=code, request="dev-0000001", at=at)
        assert found == person
    person.refresh_from_db()
    assert person.checked_in_at == at and CheckIn.objects.count() == 1
    with pytest.raises(NotFound):
        actions.check_in(actor=helper, event=scene.event, code="ZZZZZZZZ", request="dev-0000002")
    with pytest.raises(NotAllowed):
        actions.check_in(actor=scene.viewer(0), event=scene.event, code=person.badge, request="dev-0000003")
    assert queries.board(helper, scene.event)[1]["arrived"] == 1


def test_a_note_is_for_the_own_side_and_figures_for_the_planner(scene: Scene) -> None:
    meeting = Meeting.objects.filter(draft=scene.event.timetable, parties__registration=scene.comers[0]).first()
    assert meeting is not None
    side = Registration.objects.get(pk=scene.comers[0].pk)
    record = parse(NoteRecord, {"rating": 5, "text": "愿意试机"})
    actions.keep_note(actor=scene.viewer(0), meeting=meeting, registration=side, record=record)
    assert queries.notes_of(scene.viewer(0), meeting, side) == Note.objects.get()
    other = next(p.registration for p in meeting.parties.all() if p.registration_id != side.pk)
    number = [r.pk for r in scene.comers].index(other.pk)
    assert queries.notes_of(scene.viewer(number), meeting, side) is None
    figures = queries.figures_of_event(scene.planner, scene.event)
    assert (figures.rating, figures.ratings) == (5.0, 1)
    with pytest.raises(NotAllowed):
        actions.keep_note(actor=scene.viewer(number), meeting=meeting, registration=side, record=record)


def test_an_intent_counts_when_both_have_signed_and_for_the_first_signing_only(scene: Scene) -> None:
    intent = propose(scene, 0, 1)
    assert (intent.status, intent.amount_minor, intent.counts) == ("proposed", 300_000_000, False)
    with pytest.raises(NotAllowed):
        actions.sign_intent(actor=scene.viewer(2), intent=intent)
    actions.sign_intent(actor=scene.viewer(1), intent=intent)
    work()
    emitted = CoreEvent.objects.get(name="intent.signed")
    assert emitted.payload == {"ids": [intent.pk]}
    more = propose(scene, 1, 0, amount="500万元")
    more = actions.sign_intent(actor=scene.viewer(0), intent=more)
    assert (more.counts, more.upgrade_of) == (False, intent)
    figures = queries.figures_of_event(scene.planner, scene.event)
    assert (figures.intents, figures.upgrades, figures.amounts) == (1, 1, {"CNY": 300_000_000})
    today = timezone.localdate()
    question = Question(today, today)
    assert measure("meet.intents_signed").totals(question) == {scene.host.pk: 1}
    assert measure("meet.intent_amount").totals(question) == {scene.host.pk: 300_000_000}
    for code in ("meet.intents_signed", "meet.intent_amount", "meet.events_held", "meet.meetings_held"):
        whole = Question(today, today + dt.timedelta(days=60))
        found = measure(code)
        assert sum(r.value for r in found.records(whole, SYSTEM)) == found.value(whole)


def test_an_intent_needs_two_participants_and_is_not_withdrawn_once_signed(scene: Scene) -> None:
    with pytest.raises(Fault) as refused:
        propose(scene, 0, 0)
    assert refused.value.code == "intent.oneself"
    intent = propose(scene, 0, 1)
    actions.sign_intent(actor=scene.viewer(1), intent=intent)
    with pytest.raises(Conflict):
        actions.withdraw_intent(actor=scene.viewer(0), intent=intent)
    with pytest.raises(Conflict):
        actions.sign_intent(actor=scene.viewer(1), intent=intent)
    with pytest.raises(NotAllowed):
        actions.propose_intent(
            actor=scene.viewer(0), event=scene.event, organisation=scene.firms[0], both_sign=True,
            record=parse(IntentRecord, {"other": scene.firms[2].uid, "title": "x"}),
        )  # fmt: skip
    assert [i.pk for i in queries.intents(scene.viewer(2), scene.event)] == []


def test_follow_ups_go_to_the_liaisons_of_both_sides(scene: Scene) -> None:
    liaison = make_user("liaison", scene.host)
    record = parse(FollowUpRecord, {"text": "安排到厂试机", "due_on": scene.day})
    made = actions.add_follow_up(
        actor=scene.viewer(0), event=scene.event, first=scene.firms[0], second=scene.firms[1], record=record
    )
    work()
    assert Notification.objects.filter(user_id=liaison.pk, kind="follow_up.added").count() == 1
    assert [f.pk for f in queries.open_follow_ups(viewer(liaison))] == [made.pk]
    assert actions.remind_of_follow_ups(today=scene.day + dt.timedelta(days=1)) == 1
    actions.finish_follow_up(actor=viewer(liaison), follow_up=made)
    assert not queries.open_follow_ups(viewer(liaison)).exists()


def test_meetings_begin_end_and_count(scene: Scene) -> None:
    meetings = list(Meeting.objects.filter(draft=scene.event.timetable))
    actions.call_meeting(actor=scene.planner, meeting=meetings[0], state="running")
    actions.call_meeting(actor=scene.planner, meeting=meetings[0], state="held")
    actions.call_meeting(actor=scene.planner, meeting=meetings[1], state="missed")
    with pytest.raises(Conflict):
        actions.call_meeting(actor=scene.planner, meeting=meetings[0], state="running")
    figures = queries.figures_of_event(scene.planner, scene.event)
    assert (figures.held, figures.missed, figures.meetings) == (1, 1, len(meetings))
    with pytest.raises(Conflict) as refused:
        actions.publish_draft(actor=scene.planner, draft=scene.arrange())
    assert refused.value.code == "timetable.begun"

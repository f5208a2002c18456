"""Wishes: a veto is a secret wall, an answer is a wish, requests run out, the deadline holds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.errors import Conflict, Fault, NotAllowed
from duijie.core.models import Notification
from duijie.meet import actions, queries
from duijie.meet.models import Wish
from duijie.meet.planning.building import build_input
from tests.meet.scene import Scene, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene(firms=3)


def test_a_wish_is_a_request_and_the_answer_a_wish_of_its_own(scene: Scene) -> None:
    wish = scene.wish(0, 1, "must", message="想看样机")
    work()
    told = Notification.objects.get(user_id=scene.people[1].pk, kind="wish.asked")
    assert "甲号公司" in told.zh
    assert [w.pk for w in queries.received_requests(scene.viewer(1))] == [wish.pk]
    with pytest.raises(NotAllowed):
        actions.answer_wish(actor=scene.viewer(2), wish=wish, accept=True)
    actions.answer_wish(actor=scene.viewer(1), wish=wish, accept=True)
    wish.refresh_from_db()
    back = Wish.objects.get(wisher=scene.comers[1])
    assert (wish.answer, back.level, back.answer) == ("accepted", "want", "accepted")
    assert not queries.received_requests(scene.viewer(1)).exists()


def test_declining_is_a_veto_that_the_machine_keeps(scene: Scene) -> None:
    wish = scene.wish(0, 1)
    actions.answer_wish(actor=scene.viewer(1), wish=wish, accept=False)
    built = build_input(scene.event)
    assert {(w.wisher, w.wanted, str(w.level)) for w in built.wishes} == {
        (scene.comers[0].uid, scene.comers[1].uid, "want"), (scene.comers[1].uid, scene.comers[0].uid, "no"),
    }  # fmt: skip


def test_a_veto_is_never_shown_to_the_other_side(scene: Scene) -> None:
    scene.wish(0, 1, "no", message="竞争对手")
    mine = {p.registration.pk: p for p in queries.partners(scene.viewer(0), scene.comers[0])}
    theirs = {p.registration.pk: p for p in queries.partners(scene.viewer(1), scene.comers[1])}
    assert mine[scene.comers[1].pk].mine is not None
    assert theirs[scene.comers[0].pk].asked is None
    assert not queries.received_requests(scene.viewer(1)).exists()
    with pytest.raises(NotAllowed):
        queries.wishes_of_event(scene.viewer(1), scene.event)
    with pytest.raises(NotAllowed):
        queries.partners(scene.viewer(1), scene.comers[0])
    assert queries.wishes_of_event(scene.planner, scene.event).count() == 1


def test_two_requests_that_cross_answer_each_other(scene: Scene) -> None:
    scene.wish(0, 1)
    scene.wish(1, 0)
    assert set(Wish.objects.values_list("answer", flat=True)) == {"accepted"}


def test_wishes_for_oneself_unknown_partners_and_strangers_are_refused(scene: Scene) -> None:
    with pytest.raises(Fault) as refused:
        scene.wish(0, 0)
    assert refused.value.code == "wish.oneself"
    actions.withdraw_registration(actor=scene.viewer(2), registration=scene.comers[2])
    with pytest.raises(Fault) as refused:
        scene.wish(0, 2)
    assert refused.value.code == "participant.unknown"
    with pytest.raises(Fault) as refused:
        scene.wish(0, 1, representatives="王五")
    assert refused.value.code == "representative.unknown"
    assert Wish.objects.count() == 0


def test_requests_expire_and_reminders_go_once(scene: Scene) -> None:
    wish = scene.wish(0, 1)
    assert wish.expires_on is not None
    assert actions.expire_wishes(actor=SYSTEM, today=wish.expires_on) == 0
    assert actions.remind_wishers(actor=SYSTEM, today=wish.expires_on) == 1
    assert actions.remind_wishers(actor=SYSTEM, today=wish.expires_on) == 0
    assert actions.expire_wishes(actor=SYSTEM, today=wish.expires_on + dt.timedelta(days=1)) == 1
    wish.refresh_from_db()
    assert wish.answer == "expired"
    deadline = scene.event.wishes_until
    assert deadline is not None
    assert actions.remind_wishers(actor=SYSTEM, today=deadline - dt.timedelta(days=1)) == 2
    work()
    assert Notification.objects.filter(kind="wish.remind").count() == 2


def test_after_the_deadline_only_planners_write_wishes_down() -> None:
    scene = Scene(firms=2, days_ahead=0, wishes_until=timezone.localdate() - dt.timedelta(days=2))
    with pytest.raises(Conflict) as refused:
        scene.wish(0, 1)
    assert refused.value.code == "wishes.late"
    from duijie.core.schema import parse
    from duijie.meet.schemas import WishRecord

    record = parse(WishRecord, {"wanted": scene.firms[1].name, "level": "想见"})
    assert actions.make_wish(actor=scene.planner, wisher=scene.comers[0], record=record).level == "want"


def test_what_was_taken_back_counts_as_cancelled_and_is_no_wish_for_the_machine(scene: Scene) -> None:
    wish = scene.wish(0, 1)
    actions.take_back_wish(actor=scene.viewer(0), wish=wish)
    assert build_input(scene.event).wishes == ()
    assert queries.figures_of_event(scene.planner, scene.event).requests == {"cancelled": 1}


def test_own_absences_are_kept_and_unknown_slots_refused(scene: Scene) -> None:
    actions.mark_availability(actor=scene.viewer(0), registration=scene.comers[0], busy=["S02", "S01"])
    assert build_input(scene.event).participants[0].unavailable == frozenset({"S01", "S02"})
    with pytest.raises(Fault) as refused:
        actions.mark_availability(actor=scene.viewer(0), registration=scene.comers[0], busy=["S99"])
    assert refused.value.code == "slot.unknown"

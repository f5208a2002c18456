"""Events and who comes: the same faults through each action, the waiting list that moves up by itself."""

from __future__ import annotations

import datetime as dt

import pytest

from duijie.core.errors import Conflict, Fault, Faults, NotAllowed, NotFound, Stale
from duijie.core.models import AuditLine, Notification
from duijie.core.schema import parse
from duijie.meet import actions, queries, schemas
from duijie.meet.models import Event, Registration
from duijie.meet.models.events import EventStatus
from tests.factories import make_member, make_organisation, make_user, viewer
from tests.meet.scene import Scene, work

pytestmark = pytest.mark.django_db


def codes(fault: Fault) -> list[str]:
    return [f.code for f in (fault.faults if isinstance(fault, Faults) else [fault])]


def test_an_event_is_a_draft_until_it_is_published_and_seen_by_its_planners_only() -> None:
    host = make_member()
    planner, stranger = viewer("event_planner", host), viewer("liaison", make_member())
    record = parse(schemas.EventRecord, {"kind": "论坛", "title": "智能制造论坛", "starts_on": "2026-12-18"})
    event = actions.create_event(actor=planner, member=host, record=record)
    assert (event.kind, event.status, event.ends_on) == ("forum", "draft", dt.date(2026, 12, 18))
    assert queries.get_event(planner, event.uid) == event
    with pytest.raises(NotFound):
        queries.get_event(stranger, event.uid)
    with pytest.raises(NotAllowed):
        actions.publish_event(actor=stranger, event=event)
    actions.publish_event(actor=planner, event=event)
    assert queries.get_event(viewer(), event.uid).status == "published"
    assert [a.verb for a in AuditLine.objects.filter(object_ref=event.uid).order_by("pk")] == [
        "event.create", "event.publish",
    ]  # fmt: skip


def test_days_that_do_not_go_together_are_told_all_at_once() -> None:
    host = make_member()
    record = parse(
        schemas.EventRecord,
        {
            "kind": "visit", "title": "考察", "starts_on": "2026-12-18", "ends_on": "2026-12-17",
            "registration_from": "2026-12-10", "registration_until": "2026-12-01", "wishes_until": "2027-01-01",
        },
    )  # fmt: skip
    with pytest.raises(Faults) as refused:
        actions.create_event(actor=viewer("event_planner", host), member=host, record=record)
    assert [f.place for f in refused.value.faults] == ["ends_on", "registration_until", "wishes_until"]
    assert Event.objects.unscoped("t").count() == 0


def test_overlapping_slots_and_tables_without_seats_are_refused() -> None:
    scene = Scene(firms=0, tables=0)
    day = scene.day
    rows = [
        parse(schemas.SlotRow, {"code": "S1", "starts_at": f"{day} 09:00", "ends_at": f"{day} 09:30"}),
        parse(schemas.SlotRow, {"code": "S2", "starts_at": f"{day} 09:20", "ends_at": f"{day} 09:50"}),
        parse(schemas.SlotRow, {"code": "S2", "starts_at": "2020-01-01 09:20", "ends_at": "2020-01-01 09:10"}),
    ]
    with pytest.raises(Faults) as refused:
        actions.set_slots(actor=scene.planner, event=scene.event, rows=rows)
    assert codes(refused.value) == ["slot.order", "slot.day", "slot.twice", "slot.overlap"]
    assert "09:30" in refused.value.faults[-1].zh
    place = parse(schemas.PlaceRow, {"code": "T1", "capacity": 1, "closed": "S9"})
    with pytest.raises(Faults) as refused:
        actions.set_places(actor=scene.planner, event=scene.event, rows=[place, place])
    assert codes(refused.value) == ["place.twice", "place.seats", "slot.unknown", "place.seats", "slot.unknown"]
    assert scene.event.slots.count() == scene.event.places.count() == 0
    with pytest.raises(Faults):
        parse(schemas.PlaceRow, {"code": "T1", "capacity": 0})


def test_slots_and_tables_by_a_rule_go_on_counting() -> None:
    scene = Scene(firms=0)
    assert [s.code for s in scene.event.slots.all()] == ["S01", "S02", "S03", "S04"]
    scene.add_slots("14:00", "15:00", "下午")
    scene.add_tables(2)
    assert [s.code for s in scene.event.slots.all()][-2:] == ["S05", "S06"]
    assert [p.code for p in scene.event.places.all()] == ["T01", "T02", "T03", "T04", "T05"]
    with pytest.raises(Faults) as refused:
        scene.add_slots("10:00", "11:00")
    assert set(codes(refused.value)) == {"slot.overlap"}


def test_registration_needs_a_voice_and_happens_once() -> None:
    scene = Scene(firms=2)
    assert [r.status for r in scene.comers] == ["confirmed", "confirmed"]
    record = parse(schemas.RegistrationRecord, {"organisation": scene.firms[0].name})
    with pytest.raises(Conflict) as refused:
        actions.register(actor=scene.viewer(0), event=scene.event, record=record)
    assert refused.value.code == "registration.twice"
    with pytest.raises(NotAllowed):
        actions.register(actor=scene.viewer(1), event=scene.event, record=record)


def test_nobody_comes_for_two_organisations() -> None:
    scene = Scene(firms=1)
    other = make_organisation("另一家", member=scene.host)
    data = {"organisation": other.uid, "representatives": f"张三/经理/{scene.people[0].username}"}
    with pytest.raises(Fault) as refused:
        actions.register(
            actor=viewer("organisation", other), event=scene.event, record=parse(schemas.RegistrationRecord, data)
        )
    assert refused.value.code == "person.two_organisations" and "甲号公司" in refused.value.zh
    assert scene.event.registrations.count() == 1


def test_who_waits_moves_up_when_somebody_withdraws_and_when_there_is_more_room() -> None:
    scene = Scene(firms=4, capacity=2)
    assert [r.status for r in scene.comers] == ["confirmed", "confirmed", "waiting", "waiting"]
    actions.withdraw_registration(actor=scene.viewer(0), registration=scene.comers[0])
    work()
    states = dict(scene.event.registrations.values_list("organisation__name", "status"))
    assert states == {"甲号公司": "withdrawn", "乙号公司": "confirmed", "丙号公司": "confirmed", "丁号公司": "waiting"}
    assert Notification.objects.filter(user_id=scene.people[2].pk, kind="registration.confirmed").count() == 1
    values = actions.event_values(scene.event) | {"capacity": 3}
    actions.change_event(actor=scene.planner, event=scene.event, record=parse(schemas.EventRecord, values))
    assert Registration.objects.get(pk=scene.comers[3].pk).status == "confirmed"
    with pytest.raises(Conflict) as refused:
        actions.change_event(
            actor=scene.planner, event=scene.event, record=parse(schemas.EventRecord, values | {"capacity": 1})
        )
    assert refused.value.code == "event.capacity"


def test_approval_declines_with_a_reason_only_and_stale_versions_are_refused() -> None:
    scene = Scene(firms=1, approval_needed=True)
    registration = scene.comers[0]
    assert registration.status == "applied"
    with pytest.raises(Fault) as refused:
        actions.decide_registration(actor=scene.planner, registration=registration, accept=False)
    assert refused.value.place == "reason"
    with pytest.raises(NotAllowed):
        actions.decide_registration(actor=scene.viewer(0), registration=registration, accept=True)
    with pytest.raises(Stale):
        actions.decide_registration(actor=scene.planner, registration=registration, accept=True, version=9)
    assert (
        actions.decide_registration(actor=scene.planner, registration=registration, accept=True).status == "confirmed"
    )


def test_an_outside_system_writes_the_same_event_once() -> None:
    host = make_member()
    planner = viewer("event_planner", host)
    data = {"kind": "lecture", "title": "讲座", "starts_on": "2026-12-18"}
    made, what = actions.upsert_event(actor=planner, member=host, external_id="X-1", data=data)
    again, same = actions.upsert_event(actor=planner, member=host, external_id="X-1", data=data)
    other, changed = actions.upsert_event(
        actor=planner, member=host, external_id="X-1", data=data | {"title": "公开讲座"}
    )
    assert (what, same, changed) == ("created", "unchanged", "changed")
    assert made.pk == again.pk == other.pk and other.version == 2


def test_a_call_is_answered_reviewed_and_decided_with_reasons() -> None:
    scene = Scene(firms=2)
    call = parse(schemas.CallRecord, {"text": "智能制造项目", "closes_on": scene.day, "places": 1})
    actions.open_call(actor=scene.planner, event=scene.event, record=call)
    entries = [
        actions.submit_entry(
            actor=scene.viewer(n), event=scene.event,
            record=parse(schemas.EntryRecord, {"organisation": scene.firms[n].uid, "title": "检测线", "summary": "样机"}),
        )
        for n in range(2)
    ]  # fmt: skip
    review = parse(schemas.ReviewRecord, {"score": 88, "reason": "样机成熟"})
    actions.review_entry(actor=scene.planner, entry=entries[0], record=review)
    with pytest.raises(NotAllowed):
        actions.review_entry(actor=scene.viewer(0), entry=entries[0], record=review)
    accept = parse(schemas.DecisionRecord, {"decision": "入选"})
    actions.decide_entry(actor=scene.planner, entry=entries[0], record=accept)
    with pytest.raises(Conflict) as refused:
        actions.decide_entry(actor=scene.planner, entry=entries[1], record=accept)
    assert refused.value.code == "call.full"
    assert next(e.pk for e in queries.entries(scene.planner, scene.event)) == entries[0].pk
    assert [e.pk for e in queries.entries(scene.viewer(1), scene.event)] == [entries[1].pk]


def test_an_event_that_is_over_is_not_changed_and_a_cancelled_one_tells_its_guests() -> None:
    scene = Scene(firms=1)
    actions.cancel_event(actor=scene.planner, event=scene.event)
    work()
    assert Notification.objects.filter(user_id=scene.people[0].pk, kind="event.cancelled").count() == 1
    with pytest.raises(Conflict):
        actions.publish_event(actor=scene.planner, event=scene.event)
    with pytest.raises(Conflict):
        scene.add_tables(1)
    assert Event.objects.unscoped("t").get().status == EventStatus.CANCELLED


def test_whoever_helps_sees_registrations_and_others_do_not() -> None:
    scene = Scene(firms=2)
    helper = viewer(make_user("editor", scene.host))
    assert queries.registrations(helper, scene.event).count() == 2
    with pytest.raises(NotAllowed):
        queries.registrations(scene.viewer(0), scene.event)
    assert [r.pk for r in queries.own_registrations(scene.viewer(0), scene.event)] == [scene.comers[0].pk]
    assert queries.participants(scene.viewer(0), scene.event).count() == 2
    assert queries.participants(viewer("organisation", make_organisation()), scene.event).count() == 0

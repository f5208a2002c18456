"""Repair on the day."""

from __future__ import annotations

import random

from duijie.engines.timetable import (
    Disruption,
    Effort,
    Event,
    FixedMeeting,
    Meeting,
    Participant,
    Representative,
    arrange,
    disrupted,
    repair,
    verify,
)
from duijie.engines.timetable.generate import Size, generate_event
from tests.engines.timetable.events import firms, slots, tables, wants


def test_whoever_lost_a_meeting_gets_another_partner() -> None:
    event = Event(slots(1), tables(2), firms("ABCD"), wants("AB BA CD DC AC CA"))
    published = [Meeting("A~B", ("A", "B"), ("A", "B"), "S1", "T1"), Meeting("C~D", ("C", "D"), ("C", "D"), "S1", "T2")]
    mended = repair(event, published, Disruption(no_shows=frozenset({"B", "D"})))
    assert (mended.cancelled, mended.added) == (("A~B", "C~D"), ("A~C",))
    assert mended.losers == mended.helped == mended.able == ("A", "C")
    assert mended.left == () and mended.most_helped == 2


def test_a_colleague_takes_the_seat() -> None:
    people = (Participant("A", representatives=(Representative("a1"), Representative("a2"))), *firms("B"))
    event = Event(slots(2), tables(1), people, wants("AB"))
    mended = repair(
        event, [Meeting("A~B", ("A", "B"), ("a1", "B"), "S2", "T1")], Disruption(no_shows=frozenset({"a1"}))
    )
    assert mended.kept == ("A~B",)
    assert mended.timetable.meetings[0].representatives == ("a2", "B")


def test_a_closed_table_changes_the_table_only() -> None:
    event = Event(slots(2), tables(2), firms("AB"), wants("AB"))
    mended = repair(event, [Meeting("A~B", ("A", "B"), ("A", "B"), "S1", "T1")], Disruption(closed=frozenset({"T1"})))
    assert [(one.slot, one.place) for one in mended.timetable.meetings] == [("S1", "T2")]
    assert mended.moved == ("A~B",)


def test_who_comes_late_is_met_later() -> None:
    event = Event(slots(3), tables(1), firms("AB"), wants("AB"))
    mended = repair(event, [Meeting("A~B", ("A", "B"), ("A", "B"), "S1", "T1")], Disruption(late={"B": "S3"}))
    assert [(one.id, one.slot) for one in mended.timetable.meetings] == [("A~B", "S3")]


def test_what_is_past_stays() -> None:
    event = Event(slots(2), tables(1), firms("ABC"), wants("AB AC"))
    published = [Meeting("A~B", ("A", "B"), ("A", "B"), "S1", "T1"), Meeting("A~C", ("A", "C"), ("A", "C"), "S2", "T1")]
    mended = repair(event, published, Disruption(no_shows=frozenset({"B", "C"}), from_slot="S2"))
    assert mended.kept == ("A~B",) and mended.cancelled == ("A~C",) and mended.added == ()


def test_a_whole_event_after_no_shows() -> None:
    event = generate_event(Size(projects=6, investors=6, firms=30, slots=8, tables=8, halls=3, sectors=4), seed=3)
    published = arrange(event, Effort(scale=0.05, conflicts=200)).meetings
    ids = [participant.id for participant in event.participants]
    disruption = Disruption(no_shows=frozenset(random.Random(3).sample(ids, 3)))
    mended = repair(event, published, disruption)
    assert verify(disrupted(event, disruption), mended.timetable.meetings, fairness=False) == []
    assert len(mended.moved) < 0.1 * (len(mended.kept) + len(mended.moved))
    assert mended.left == ()
    assert mended == repair(event, published, disruption)


def test_a_meeting_made_by_hand_stands_and_a_fixed_one_leaves_a_closed_room() -> None:
    event = Event(slots(2), tables(2), firms("ABCD"), wants("AB"), fixed=(FixedMeeting("M", ("A", "B"), "S1", "T1"),))
    published = [
        Meeting("M", ("A", "B"), ("A", "B"), "S1", "T1", fixed=True),
        Meeting("C~D", ("C", "D"), ("C", "D"), "S2", "T2"),
    ]
    mended = repair(event, published, Disruption(closed=frozenset({"T1"})))
    assert (mended.kept, mended.moved, mended.cancelled) == (("C~D",), ("M",), ())
    assert [(one.id, one.slot, one.place) for one in mended.timetable.meetings] == [
        ("M", "S1", "T2"),
        ("C~D", "S2", "T2"),
    ]

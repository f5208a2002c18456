"""Repair on the day."""

from __future__ import annotations

import random
from dataclasses import replace

from duijie.engines.timetable import (
    Disruption,
    Effort,
    Event,
    FixedMeeting,
    Meeting,
    Participant,
    Representative,
    Wish,
    WishLevel,
    arrange,
    disrupted,
    pair_id,
    repair,
    verify,
)
from duijie.engines.timetable.arrangement import breaks_of
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


def test_a_published_meeting_moves_for_somebody_who_could_not_be_helped_otherwise() -> None:
    """A lost B. C would meet A, but is busy in the only slot that A has: C's meeting with D moves, one of twenty-one."""
    others = [(f"P{n}", f"Q{n}") for n in range(20)]
    people = (
        Participant("A", unavailable=frozenset({"S2"})),
        *firms(["B", "C", "D", *(x for pair in others for x in pair)]),
    )
    wishes = wants("AB BA CD DC AC CA") + tuple(Wish(a, b, WishLevel.WANT) for a, b in others)
    event = Event(slots(2), tables(22), people, wishes)
    held = [("A", "B"), ("C", "D"), *others]
    published = [Meeting(pair_id(*pair), pair, pair, "S1", f"T{n + 1}") for n, pair in enumerate(held)]
    mended = repair(event, published, Disruption(no_shows=frozenset({"B"})))
    now = {one.id: one.slot for one in mended.timetable.meetings}
    assert (now["A~C"], now["C~D"]) == ("S1", "S2")
    assert (mended.moved, mended.helped, mended.added) == (("C~D",), ("A",), ("A~C",))


def test_many_who_want_the_few_are_helped_by_others() -> None:
    """Six lost a meeting; all want H, who has one free slot; three have another partner, whom H must not be kept from."""
    names = [f"L{n}" for n in range(6)]
    people = firms(["H", *names, *(f"X{n}" for n in range(6)), "Y0", "Y1", "Y2"])
    pairs = [(name, "H") for name in names] + [(f"L{n}", f"X{n}") for n in range(6)]
    pairs += [(f"L{n}", f"Y{n}") for n in range(3)]
    wishes = tuple(Wish(*ends, WishLevel.WANT) for a, b in pairs for ends in ((a, b), (b, a)))
    event = Event(slots(1), tables(7), people, wishes)
    published = [
        Meeting(pair_id(f"L{n}", f"X{n}"), (f"L{n}", f"X{n}"), (f"L{n}", f"X{n}"), "S1", f"T{n + 1}") for n in range(6)
    ]
    mended = repair(event, published, Disruption(no_shows=frozenset(f"X{n}" for n in range(6))))
    assert (len(mended.able), mended.most_helped) == (6, 4)
    assert len(mended.helped) == 4 and {"L0", "L1", "L2"} < set(mended.helped)


def test_repair_keeps_locks_and_fairness_and_is_the_same_again() -> None:
    event = generate_event(Size(projects=5, investors=5, firms=26, slots=8, tables=7, halls=3, sectors=4), seed=5)
    published = arrange(event, Effort(scale=0.02, conflicts=50)).meetings
    locked = {one.id for one in published[::7]}
    fixed = tuple(FixedMeeting(m.id, m.participants, m.slot, m.place) for m in published if m.id in locked)
    event = replace(event, fixed=fixed)
    ids = [participant.id for participant in event.participants]
    disruption = Disruption(no_shows=frozenset(random.Random(5).sample(ids, 4)))
    mended = repair(event, published, disruption, seed=1)
    assert verify(disrupted(event, disruption), mended.timetable.meetings, fairness=False) == []
    now = {one.id: (one.slot, one.place) for one in mended.timetable.meetings}
    absent = disruption.no_shows
    for one in published:
        if one.id in locked and not absent & set(one.participants):
            assert now[one.id] == (one.slot, one.place)
    order = [slot.id for slot in event.slots]
    for person in mended.timetable.people:
        standing = [m for m in published if person.person in m.representatives and not absent & set(m.participants)]
        before = breaks_of(sum(1 << order.index(m.slot) for m in standing))
        assert person.breaks <= max(event.rules.fairness or 0, before)
    assert mended == repair(event, published, disruption, seed=1)

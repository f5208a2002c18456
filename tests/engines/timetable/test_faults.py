"""Bad input and demands that cannot be met, told in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from duijie.engines.timetable import (
    Effort,
    Event,
    FaultyEvent,
    FixedMeeting,
    Participant,
    Place,
    Precedence,
    Quota,
    Representative,
    Suggestion,
    Wish,
    WishLevel,
    arrange,
    explain_slots,
    find_faults,
    read_published,
)
from tests.engines.timetable.events import firms, slots, tables, wants

GOOD = Event(slots(2), tables(2), firms("ABC"), wants("AB"))
SHIFTED = replace(GOOD.slots[1], start=GOOD.slots[0].end - timedelta(minutes=1))


@pytest.mark.parametrize(
    ("change", "record", "number", "field", "words"),
    [
        ({"slots": (GOOD.slots[0], SHIFTED)}, "slots", 1, "start", "slot 'S2' overlaps slot 'S1'"),
        ({"slots": (replace(GOOD.slots[0], end=GOOD.slots[0].start),)}, "slots", 0, "end", "slot 'S1' ends before it starts"),
        ({"slots": ()}, "slots", 0, "id", "there is no slot"),
        ({"places": (Place("T", 0),)}, "places", 0, "capacity", "place 'T' seats 0; a meeting needs 2"),
        ({"places": ()}, "places", 0, "id", "there is no place"),
        ({"participants": (*firms("ABC"), *firms("A"))}, "participants", 3, "id", "the id 'A' appears twice"),
        ({"wishes": wants("AA")}, "wishes", 0, "wanted", "'A' wishes to meet itself"),
        ({"wishes": wants("AB AX")}, "wishes", 1, "wanted", "there is no participant 'X'"),
        ({"wishes": wants("AB") + wants("AB", WishLevel.NO)}, "wishes", 1, "level", "'A' says both want and no of 'B'"),
        ({"suggestions": (Suggestion("A", "B", 7),)}, "suggestions", 0, "score", "score 7 outside 0..1"),
        ({"fixed": (FixedMeeting("M", ("A",)),)}, "fixed", 0, "participants", "fixed meeting 'M' needs two or more different participants"),
        ({"fixed": (FixedMeeting("M", ("A", "B"), "S9"),)}, "fixed", 0, "slot", "there is no slot 'S9'"),
        ({"quotas": (Quota("", most=1, fewest=2),)}, "quotas", 0, "most", "the most is less than the fewest"),
        ({"precedences": (Precedence("A~B", "A~B"),)}, "precedences", 0, "then", "a meeting cannot be before itself"),
    ],
)  # fmt: skip
def test_each_fault_has_its_place(change: dict[str, Any], record: str, number: int, field: str, words: str) -> None:
    faults = find_faults(replace(GOOD, **change))
    assert [(one.record, one.number, one.field, one.en) for one in faults[:1]] == [(record, number, field, words)]
    assert all(one.zh for one in faults)


def test_a_person_in_two_organisations_is_refused() -> None:
    person = Representative("p", "王敏")
    people = (Participant("A", representatives=(person,)), Participant("B", representatives=(person,)))
    with pytest.raises(FaultyEvent) as caught:
        arrange(Event(slots(1), tables(1), people))
    assert [str(fault) for fault in caught.value.faults] == [
        "“王敏”同时属于“A”和“B” / '王敏' belongs to both 'A' and 'B'"
    ]


def test_more_fixed_meetings_than_slots_are_refused() -> None:
    event = replace(GOOD, participants=firms("ABCD"), fixed=tuple(FixedMeeting(x, ("A", x)) for x in "BCD"))
    assert [one.en for one in find_faults(event)] == ["'firm A' has 3 fixed meetings but room for 2"]


def test_a_sound_event_has_no_faults() -> None:
    assert find_faults(GOOD) == []


def conflict(event: Event) -> list[str]:
    result = arrange(event, Effort(scale=0.05))
    assert not result.feasible and result.meetings == ()
    return [en for _, en in result.conflict]


def test_a_fixed_meeting_against_a_veto() -> None:
    event = replace(GOOD, wishes=(Wish("B", "A", WishLevel.NO),), fixed=(FixedMeeting("M", ("A", "B")),))
    assert conflict(event) == [
        "the fixed meeting firm A – firm B must be held",
        "but firm B does not want to meet the other",
    ]


def test_a_fixed_meeting_of_people_who_are_never_there_together() -> None:
    people = (Participant("A", unavailable=frozenset({"S1"})), Participant("B", unavailable=frozenset({"S2"})))
    assert conflict(replace(GOOD, participants=people, wishes=(), fixed=(FixedMeeting("M", ("A", "B")),))) == [
        "the fixed meeting A – B must be held",
        "A has 1 representative(s), available in: S2",
        "B has 1 representative(s), available in: S1",
    ]


def test_the_conflicting_set_is_smallest() -> None:
    """Three meetings of A in two slots clash; the meeting of D and E has nothing to do with it."""
    people = (*firms("BCDE"), Participant("A", representatives=(Representative("a1"), Representative("a2"))))
    two = ("a1",)
    fixed = (
        FixedMeeting("1", ("A", "B"), "S1", None, two),
        FixedMeeting("2", ("D", "E")),
        FixedMeeting("3", ("A", "C"), "S1", None, two),
    )
    assert conflict(replace(GOOD, participants=people, wishes=(), fixed=fixed)) == [
        "the fixed meeting A – firm B must be held, in one of: S1",
        "the fixed meeting A – firm C must be held, in one of: S1",
        "A has 2 representative(s), available in: S1、S2",
        "but these cannot all be met",
    ]


def test_too_few_places_and_impossible_orders_are_named() -> None:
    fixed = (FixedMeeting("1", ("A", "B"), "S1"), FixedMeeting("2", ("C", "D"), "S1"))
    event = replace(GOOD, places=tables(1), participants=firms("ABCD"), fixed=fixed)
    assert conflict(event)[-1] == "but only 1 place(s) can take them"
    late = (FixedMeeting("1", ("A", "B"), "S2"), FixedMeeting("2", ("C", "D"), "S1"))
    ordered = replace(event, fixed=late, precedences=(Precedence("1", "2"),))
    assert "firm A – firm B must be before firm C – firm D" in conflict(ordered)


def test_a_limit_below_the_fixed_meetings_is_named() -> None:
    people = (Participant("A", most_meetings=1), *firms("BC"))
    event = replace(GOOD, participants=people, fixed=(FixedMeeting("1", ("A", "B")), FixedMeeting("2", ("A", "C"))))
    assert conflict(event) == ["A has 2 fixed meetings: A – firm B、A – firm C", "but its limit is 1"]


def test_an_infeasible_published_instance_is_explained() -> None:
    text = """nBusiness = 4; nMeetings = 3; nTables = 1; nTotalSlots = 2; nMorningSlots = 1;
    requested = [| 1,2,1, | 3,4,1, | 1,3,2 |];"""
    assert [en for _, en in explain_slots(read_published(text).problem)] == [
        "meeting 1 (participants 1-2) can only be in slots 1",
        "meeting 2 (participants 3-4) can only be in slots 1",
        "slot 1 has 1 tables",
    ]

"""Whole events: choice of meetings, people, places, walking, quotas, reasons, progress."""

from __future__ import annotations

from dataclasses import replace

from duijie.engines.timetable import (
    Effort,
    Event,
    FixedMeeting,
    Participant,
    Place,
    Precedence,
    Proof,
    Quota,
    Report,
    Representative,
    Rules,
    Suggestion,
    Wish,
    WishLevel,
    arrange,
    verify,
)
from duijie.engines.timetable.generate import Size, generate_event
from tests.engines.timetable.events import firms, slots, tables, wants

LITTLE = Effort(scale=0.05)


def pairs(meetings: tuple) -> set[str]:  # type: ignore[type-arg]
    return {one.id for one in meetings}


def test_mutual_wishes_come_before_one_sided_ones_and_musts_before_all() -> None:
    event = Event(slots(1), tables(2), firms("ABC"), wants("AB BA AC CA") + wants("BC", WishLevel.MUST))
    result = arrange(event, LITTLE)
    assert pairs(result.meetings) == {"B~C"}
    assert result.goals["musts"].value == 1 and result.goals["musts"].proof is Proof.OPTIMAL
    without = arrange(replace(event, wishes=wants("AB BA AC")), LITTLE)
    assert pairs(without.meetings) == {"A~B"}


def test_a_no_is_a_veto() -> None:
    event = Event(slots(2), tables(2), firms("AB"), wants("AB", WishLevel.MUST) + wants("BA", WishLevel.NO))
    result = arrange(event, LITTLE)
    assert result.meetings == ()
    assert [(one.wisher, one.wanted, one.code) for one in result.unserved] == [("A", "B", "veto")]


def test_suggestions_serve_those_who_say_nothing_and_old_acquaintances_count_less() -> None:
    event = Event(
        slots(1), tables(1), firms("ABC"), wants("AB AC"), (Suggestion("A", "B", 0.9), Suggestion("A", "C", 0.8))
    )
    assert pairs(arrange(event, LITTLE).meetings) == {"A~B"}
    assert pairs(arrange(replace(event, met_before=(("A", "B"),)), LITTLE).meetings) == {"A~C"}


def test_an_unanswered_wish_without_suggestion_can_be_left_out_by_rule() -> None:
    event = Event(slots(1), tables(1), firms("AB"), wants("AB"), rules=Rules(unsuggested=False))
    result = arrange(event, LITTLE)
    assert result.meetings == () and result.unserved[0].code == "unsuggested"


def test_the_floor_gives_everybody_a_meeting_before_worth() -> None:
    wishes = wants("AB BA AC")
    event = Event(slots(2), tables(1), (*firms("BC"), Participant("A", most_meetings=1)), wishes)
    crowded = Event(slots(2), tables(1), firms("ABCD"), wants("AB BA AC CA AD"))
    assert pairs(arrange(event, LITTLE).meetings) == {"A~B"}
    assert arrange(crowded, LITTLE).goals["floor"].value == 3


def test_several_representatives_meet_at_once_and_named_ones_come() -> None:
    big = Participant("A", representatives=(Representative("a1"), Representative("a2")))
    wishes = (*wants("AB AC"), Wish("D", "A", WishLevel.WANT, ("a2",)))
    event = Event(slots(2), tables(3), (big, *firms("BCD")), wishes)
    result = arrange(event, LITTLE)
    assert len(result.meetings) == 3 and verify(event, result.meetings) == []
    assert "a2" in next(one for one in result.meetings if one.id == "A~D").representatives


def test_a_meeting_of_three_takes_a_room_that_seats_them() -> None:
    places = (Place("small", 2), Place("large", 6))
    event = Event(slots(2), places, firms("ABC"), wants("AB"), fixed=(FixedMeeting("M", ("A", "B", "C")),))
    result = arrange(event, LITTLE)
    group = next(one for one in result.meetings if one.id == "M")
    assert group.place == "large" and group.participants == ("A", "B", "C") and len(group.representatives) == 3
    assert verify(event, result.meetings) == []


def test_kinds_of_places_are_respected() -> None:
    places = (Place("T", 4, kind="table"), Place("R", 4, kind="quiet room"))
    people = (Participant("A", place_kinds=("quiet room",)), *firms("BCD"))
    result = arrange(Event(slots(1), places, people, wants("AB CD")), LITTLE)
    assert {one.id: one.place for one in result.meetings} == {"A~B": "R", "C~D": "T"}


def test_walking_leaves_time_to_arrive() -> None:
    places = (Place("X", 4, area="x", kind="k"), Place("Y", 4, area="y", kind="l"))
    people = (*firms("A"), Participant("B", place_kinds=("k",)), Participant("C", place_kinds=("l",)))
    near = Event(slots(3), places, people, wants("AB AC"), walking={("x", "y"): 5.0})
    far = replace(near, walking={("y", "x"): 12.0})
    assert arrange(near, LITTLE).goals["breaks"].value == 0
    result = arrange(far, LITTLE)
    assert verify(far, result.meetings) == [] and len(result.meetings) == 2
    assert (result.goals["breaks"].value, result.goals["breaks"].proof) == (1, Proof.OPTIMAL)
    figures = next(person for person in result.people if person.person == "A")
    assert (figures.meetings, figures.breaks, figures.idle, figures.place_changes, figures.walking) == (
        2,
        1,
        1,
        1,
        12.0,
    )


def test_quotas_limit_a_kind() -> None:
    people = (*firms("A", kind="investor"), *firms("BC", kind="project"), *firms("D", kind="firm"))
    quota = Quota("investor", "project", most=1)
    event = Event(slots(4), tables(2), people, wants("AB AC AD"), quotas=(quota,))
    result = arrange(event, LITTLE)
    assert len(result.meetings) == 2 and verify(event, result.meetings) == []
    assert [one.code for one in result.unserved] == ["quota"]


def test_precedences_hold() -> None:
    event = Event(slots(3), tables(2), firms("ABC"), wants("AB AC"), precedences=(Precedence("A~C", "A~B"),))
    result = arrange(event, LITTLE)
    when = {one.id: one.slot for one in result.meetings}
    assert when["A~C"] < when["A~B"] and verify(event, result.meetings) == []


def test_reasons_name_what_stands_in_the_way() -> None:
    event = Event(slots(1), tables(1), firms("ABCD"), wants("AB BA CD"))
    away = Participant("E", unavailable=frozenset({"S1"}))
    result = arrange(
        replace(event, participants=(*event.participants, away), wishes=(*event.wishes, *wants("AE"))), LITTLE
    )
    codes = {(one.wisher, one.wanted): one.code for one in result.unserved}
    assert codes == {("C", "D"): "tables", ("A", "E"): "no_common_slot"}


def test_a_generated_event_is_seated_within_its_bounds_and_reports() -> None:
    event = generate_event(Size(projects=6, investors=6, firms=24, slots=8, tables=8, halls=3, sectors=4), seed=5)
    reports: list[Report] = []
    result = arrange(event, Effort(scale=0.05, report=reports.append, conflicts=300))
    assert verify(event, result.meetings) == []
    assert result.goals["worth"].value >= 0.98 * result.goals["worth"].bound
    assert result.goals["musts"].value == result.goals["musts"].bound
    assert result.spread <= 2
    assert [r.share for r in reports] == sorted(r.share for r in reports) and reports[-1].share == 1.0
    assert len(reports[len(reports) // 2].best()) == reports[-1].held == len(result.meetings)


def test_stopping_gives_the_best_so_far() -> None:
    event = generate_event(Size(projects=5, investors=5, firms=20, slots=6, tables=6, halls=2), seed=1)
    result = arrange(event, Effort(stop=lambda: True))
    assert result.meetings != () and verify(event, result.meetings) == []


def test_an_event_without_wishes_has_an_empty_timetable() -> None:
    result = arrange(Event(slots(1), tables(1), firms("AB")), LITTLE)
    assert result.feasible and result.meetings == ()

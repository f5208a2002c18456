"""Laws that every timetable obeys, on drawn events."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from duijie.engines.timetable import (
    Disruption,
    Effort,
    Event,
    FixedMeeting,
    Meeting,
    Timetable,
    WishLevel,
    arrange,
    disrupted,
    find_faults,
    repair,
    verify,
)
from duijie.engines.timetable.candidates import build_board
from tests.engines.timetable.events import small_events

LITTLE = Effort(scale=0.05, conflicts=5_000)
quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    derandomize=True,
)


def solved(event: Event) -> Timetable:
    assume(find_faults(event) == [])
    return arrange(event, LITTLE)


@quick
@given(small_events())
def test_no_rule_is_broken(event: Event) -> None:
    result = solved(event)
    if result.feasible:
        assert verify(event, result.meetings) == []
    else:
        assert result.meetings == () and len(result.conflict) >= 2


@quick
@given(small_events())
def test_same_seed_same_result(event: Event) -> None:
    assert solved(event) == solved(event)


@quick
@given(small_events())
def test_every_wish_is_served_or_has_a_reason(event: Event) -> None:
    result = solved(event)
    if not result.feasible:
        return
    served = {frozenset(one.participants) for one in result.meetings}
    told = {(one.wisher, one.wanted) for one in result.unserved}
    for wish in event.wishes:
        if wish.level is not WishLevel.NO:
            assert (frozenset((wish.wisher, wish.wanted)) in served) != ((wish.wisher, wish.wanted) in told)
    assert all(one.zh and one.en for one in result.unserved)


@quick
@given(small_events(), st.integers(0, 7))
def test_a_wish_taken_back_leaves_no_must_unserved_in_silence(event: Event, number: int) -> None:
    if not event.wishes:
        return
    number %= len(event.wishes)
    fewer = replace(event, wishes=event.wishes[:number] + event.wishes[number + 1 :])
    result = solved(fewer)
    if not result.feasible:
        return
    served = {frozenset(one.participants) for one in result.meetings}
    told = {(one.wisher, one.wanted) for one in result.unserved if one.level == "must"}
    for wish in fewer.wishes:
        if wish.level is WishLevel.MUST and frozenset((wish.wisher, wish.wanted)) not in served:
            assert (wish.wisher, wish.wanted) in told


@quick
@given(small_events(), st.data())
def test_locks_are_kept(event: Event, data: st.DataObject) -> None:
    result = solved(event)
    if not result.meetings:
        return
    locked = data.draw(st.sampled_from(result.meetings))
    others = tuple(one for one in event.fixed if one.id != locked.id)
    lock = FixedMeeting(locked.id, locked.participants, locked.slot, locked.place, locked.representatives)
    again = solved(replace(event, fixed=(*others, lock)))
    kept = next(one for one in again.meetings if one.id == locked.id)
    assert (kept.slot, kept.place) == (locked.slot, locked.place)
    assert set(kept.representatives) == set(locked.representatives)


@quick
@given(small_events(), st.data())
def test_repair_breaks_no_rule_and_accounts_for_every_meeting(event: Event, data: st.DataObject) -> None:
    result = solved(event)
    if not result.feasible:
        return
    gone = data.draw(st.frozensets(st.sampled_from([p.id for p in event.participants]), max_size=2))
    closed = data.draw(st.frozensets(st.sampled_from([p.id for p in event.places]), max_size=1))
    start = data.draw(st.sampled_from([slot.id for slot in event.slots]))
    disruption = Disruption(no_shows=gone, closed=closed, from_slot=start)
    mended = repair(event, result.meetings, disruption)
    published = {one.id for one in result.meetings}
    assert sorted(mended.kept + mended.moved + mended.cancelled) == sorted(published)
    past = [slot.id for slot in event.slots][: [slot.id for slot in event.slots].index(start)]
    before = {one for one in result.meetings if one.slot in past}
    assert {(one.id, one.slot, one.place) for one in before} <= {
        (m.id, m.slot, m.place) for m in mended.timetable.meetings
    }
    after = [one for one in mended.timetable.meetings if one.slot not in past]
    assert not any(gone & set(one.participants) or one.place in closed for one in after)
    whole = replace(disrupted(event, disruption), fixed=())
    assert verify(whole, mended.timetable.meetings, fairness=False) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(small_events(fixed=False))
def test_nothing_serves_more_musts_than_what_is_proven(event: Event) -> None:
    """Against trying everything: each candidate in no slot or any, at any table, with any people."""
    board = build_board(event)
    if len(board.candidates) > 4:
        return
    result = solved(event)
    best = 0
    for choice in product(*[_seats(event, board, n) for n in range(len(board.candidates))]):
        meetings = [one for one in choice if one is not None]
        musts = sum(board.candidates[n].musts for n, one in enumerate(choice) if one is not None)
        if musts > best and verify(event, meetings) == []:
            best = musts
    assert result.goals["musts"].value == best
    assert result.goals["musts"].proof == "optimal"


def _seats(event: Event, board, number: int) -> list[Meeting | None]:  # type: ignore[no-untyped-def]
    candidate = board.candidates[number]
    if not candidate.musts:
        return [None]
    ids = tuple(event.participants[p].id for p in candidate.parties)
    people = [[person.id for person in event.participants[p].people] for p in candidate.parties]
    areas = {place.area: place.id for place in event.places}  # one table per area is enough for one meeting a slot
    seats: list[Meeting | None] = [None]
    for slot in event.slots:
        for place in event.places if len(event.places) <= 2 else areas.values():
            name = place if isinstance(place, str) else place.id
            seats += [Meeting(candidate.id, ids, pair, slot.id, name) for pair in product(*people)]
    return seats

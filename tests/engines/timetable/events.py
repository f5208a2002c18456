"""Small events for the tests, built by hand or drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from duijie.engines.timetable import (
    Event,
    FixedMeeting,
    Participant,
    Place,
    Representative,
    Slot,
    Suggestion,
    Wish,
    WishLevel,
)

DAY = datetime(2026, 9, 18, 9, 0)  # noqa: DTZ001  instants of an event are local to it


def slots(count: int, *, pause: int = 5) -> tuple[Slot, ...]:
    """Slots of 15 minutes with a pause between."""
    starts = [DAY + timedelta(minutes=number * (15 + pause)) for number in range(count)]
    return tuple(Slot(f"S{n + 1}", start, start + timedelta(minutes=15)) for n, start in enumerate(starts))


def tables(count: int, **more: Any) -> tuple[Place, ...]:
    """Tables for four."""
    return tuple(Place(f"T{n + 1}", 4, **more) for n in range(count))


def firms(names: Sequence[str], **more: Any) -> tuple[Participant, ...]:
    """One firm per name (per letter of a text)."""
    return tuple(Participant(name, f"firm {name}", **more) for name in names)


def wants(text: str, level: WishLevel = WishLevel.WANT) -> tuple[Wish, ...]:
    """ "AB BC" is A wishes B and B wishes C."""
    return tuple(Wish(pair[0], pair[1], level) for pair in text.split())


@st.composite
def small_events(draw: st.DrawFn, *, fixed: bool = True) -> Event:
    """Up to six firms, some with two representatives, with wishes, vetoes, absences and two halls."""
    count, rounds = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    names = "ABCDEF"[:count]
    day = slots(rounds, pause=draw(st.sampled_from([0, 5])))
    absent = st.frozensets(st.sampled_from([slot.id for slot in day]), max_size=max(rounds - 1, 0))
    participants = []
    for name in names:
        heads = draw(st.integers(1, 2))
        people = tuple(Representative(f"{name}{n}", unavailable=draw(absent)) for n in range(heads))
        participants.append(
            Participant(name, representatives=people, most_meetings=draw(st.none() | st.integers(1, 3)))
        )
    pairs = [(a, b) for a in names for b in names if a != b]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=8))
    wishes = tuple(Wish(a, b, draw(st.sampled_from(list(WishLevel)))) for a, b in chosen)
    veto = {frozenset((w.wisher, w.wanted)) for w in wishes if w.level is WishLevel.NO}
    free = [pair for pair in combinations(names, 2) if frozenset(pair) not in veto]
    held = draw(st.lists(st.sampled_from(free), unique=True, max_size=2)) if fixed and free else []
    places = tuple(Place(f"T{n}", 4, area=draw(st.sampled_from("XY"))) for n in range(draw(st.integers(1, 3))))
    return Event(
        slots=day,
        places=places,
        participants=tuple(participants),
        wishes=wishes,
        suggestions=tuple(
            Suggestion(a, b, 0.5) for a, b in draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2))
        ),
        fixed=tuple(FixedMeeting(f"M{n}", pair) for n, pair in enumerate(held)),
        walking={("X", "Y"): draw(st.sampled_from([3.0, 12.0]))},
    )

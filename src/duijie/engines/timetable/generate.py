"""Seeded events of real size, for measuring: projects, investors and firms with wishes of Zipf popularity.

Sectors make wishes mutual more often; whoever is much asked for brings more representatives; halls stand apart, so that neighbours can be reached in the pause between two slots and
the others only with a free slot between; some people come late, leave early or are away for a talk.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from .event import Event, Participant, Place, Representative, Slot, Suggestion, Wish, WishLevel, pair_id

DAY = datetime(2026, 9, 18, 9, 0)  # noqa: DTZ001  instants of an event are local to it
KINDS = ("project", "investor", "firm")


@dataclass(frozen=True)
class Size:
    """How large an event is. demand: candidate meetings over table-slots. zipf: exponent of popularity."""

    projects: int = 100
    investors: int = 100
    firms: int = 1_000
    slots: int = 16
    tables: int = 200
    halls: int = 4
    sectors: int = 12
    demand: float = 1.5
    zipf: float = 1.0


def generate_event(size: Size = Size(), *, seed: int = 0) -> Event:
    """An event of the given size; the same seed gives the same event."""
    draw = random.Random(seed)
    slots = _slots(size)
    places = tuple(
        Place(f"T{number + 1:03d}", capacity=6, area=f"hall {number * size.halls // size.tables + 1}", kind="table")
        for number in range(size.tables)
    )
    walking = {
        (f"hall {a + 1}", f"hall {b + 1}"): 3.0 * (b - a) for a in range(size.halls) for b in range(a + 1, size.halls)
    }
    popularity = _popularity(size, draw)
    participants, sector_of = _participants(size, slots, popularity, draw)
    wishes, suggestions = _wishes(size, participants, popularity, sector_of, len(slots) * size.tables, draw)
    return Event(
        slots=slots,
        places=places,
        participants=participants,
        wishes=wishes,
        suggestions=suggestions,
        walking=walking,
    )


def _slots(size: Size) -> tuple[Slot, ...]:
    slots = []
    start = DAY
    for number in range(size.slots):
        if number == size.slots // 2:
            start += timedelta(minutes=75)
        session = "morning" if number < size.slots // 2 else "afternoon"
        slots.append(Slot(f"S{number + 1:02d}", start, start + timedelta(minutes=15), session))
        start += timedelta(minutes=20)
    return tuple(slots)


def _popularity(size: Size, draw: random.Random) -> dict[str, list[int]]:
    """The rank of each participant among its kind, 1 the most asked for."""
    ranks = {}
    for kind, count in zip(KINDS, (size.projects, size.investors, size.firms), strict=True):
        ranks[kind] = list(range(1, count + 1))
        draw.shuffle(ranks[kind])
    return ranks


def _participants(
    size: Size, slots: tuple[Slot, ...], popularity: dict[str, list[int]], draw: random.Random
) -> tuple[tuple[Participant, ...], dict[str, int]]:
    found, sector_of = [], {}
    for kind, ranks in popularity.items():
        for number, rank in enumerate(ranks):
            name = f"{kind[0].upper()}{number + 1:04d}"
            share = draw.random()
            heads = 1 if share < 0.7 else 2 if share < 0.95 else 3
            heads += 3 if rank <= 0.03 * len(ranks) else 1 if rank <= 0.10 * len(ranks) else 0
            people = tuple(
                Representative(f"{name}-{head + 1}", unavailable=_away(slots, draw)) for head in range(heads)
            )
            found.append(Participant(name, name, kind, people))
            sector_of[name] = draw.randrange(size.sectors)
    return tuple(found), sector_of


def _away(slots: tuple[Slot, ...], draw: random.Random) -> frozenset[str]:
    share, count = draw.random(), len(slots)
    if share < 0.80:
        return frozenset()
    if share < 0.87:  # comes late
        return frozenset(slot.id for slot in slots[: draw.randint(1, count // 3)])
    if share < 0.94:  # leaves early
        return frozenset(slot.id for slot in slots[count - draw.randint(1, count // 3) :])
    start = draw.randrange(count - 1)  # gives a talk
    return frozenset(slot.id for slot in slots[start : start + 2])


def _wishes(
    size: Size,
    participants: tuple[Participant, ...],
    popularity: dict[str, list[int]],
    sector_of: dict[str, int],
    table_slots: int,
    draw: random.Random,
) -> tuple[tuple[Wish, ...], tuple[Suggestion, ...]]:
    """Pairs until there are `demand` times as many as table-slots: 6 in 10 wished by both, the rest by one and suggested."""
    by_kind = {kind: [one.id for one in participants if one.kind == kind] for kind in KINDS}
    weights = {kind: [rank**-size.zipf for rank in ranks] for kind, ranks in popularity.items()}
    everybody = [one.id for one in participants]
    wished: dict[str, tuple[str, str]] = {}
    wishes: list[Wish] = []
    suggestions: list[Suggestion] = []
    while len(wished) < size.demand * table_slots:
        wisher = draw.choice(everybody)
        own = "project" if wisher[0] == "P" else "investor" if wisher[0] == "I" else "firm"
        kind = draw.choices(KINDS, weights=[0.30, 0.25, 0.45] if own == "firm" else [0.15, 0.35, 0.5])[0]
        wanted = draw.choices(by_kind[kind], weights=weights[kind])[0]
        if wisher == wanted or (sector_of[wisher] != sector_of[wanted] and draw.random() < 0.4):
            continue
        name = pair_id(wisher, wanted)
        if name in wished:
            # The popular fill up; those who wish for them look further.
            wanted = draw.choice(by_kind[kind])
            name = pair_id(wisher, wanted)
            if wisher == wanted or name in wished:
                continue
        wished[name] = (wisher, wanted)
        wishes.append(Wish(wisher, wanted, WishLevel.MUST if draw.random() < 0.05 else WishLevel.WANT))
        answer = draw.random()
        if answer < 0.6:
            wishes.append(Wish(wanted, wisher, WishLevel.MUST if draw.random() < 0.03 else WishLevel.WANT))
        elif answer < 0.65:
            wishes.append(Wish(wanted, wisher, WishLevel.NO))
        if draw.random() < 0.7:
            suggestions.append(Suggestion(wisher, wanted, round(0.3 + 0.7 * draw.random(), 3)))
    return tuple(wishes), tuple(suggestions)

"""Which table of a class each meeting takes, with few changes of place from one meeting of a person to the next.

Slots are taken in the order of the day; within a slot and class the best assignment of meetings to tables, given the tables
before and after, is a linear assignment. Sweeps go on until none helps. The bound counts changes that no choice avoids:
people who meet here and next sit in different places in the same slot cannot both stay.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from .arrangement import Arrangement

PINNED = -1_000.0
SWEEPS = 12


@dataclass(frozen=True)
class Tables:
    """The place (index) of each seated candidate, the changes of place of all people, and a proven lower bound of these."""

    place: dict[int, int]
    changes: int
    bound: int


def links_of(arrangement: Arrangement) -> list[tuple[int, int]]:
    """Consecutive meetings of one person: (this, next), once per person."""
    links = []
    for row in arrangement.meeting_at:
        numbers = [n for n in row if n >= 0]
        links += list(itertools.pairwise(numbers))
    return links


def assign_tables(arrangement: Arrangement, pinned: Mapping[int, int] | None = None) -> Tables:
    """Choose places. pinned: places that are kept where the candidate still may use them."""
    links = links_of(arrangement)
    near: dict[int, list[int]] = defaultdict(list)
    for first, then in links:
        near[first].append(then)
        near[then].append(first)
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, seat in sorted(arrangement.seats.items()):
        groups[seat.slot, seat.place_class].append(number)
    place: dict[int, int] = {}
    best = 1 << 60
    for _ in range(SWEEPS):
        for (slot, place_class), numbers in sorted(groups.items()):
            _assign_group(arrangement, slot, place_class, numbers, near, place, pinned or {})
        changes = sum(place[first] != place[then] for first, then in links)
        if changes >= best:
            break
        best = changes
    changes = sum(place[first] != place[then] for first, then in links)
    return Tables(place, changes, _bound(arrangement, links))


def _assign_group(
    arrangement: Arrangement,
    slot: int,
    place_class: int,
    numbers: list[int],
    near: dict[int, list[int]],
    place: dict[int, int],
    pinned: Mapping[int, int],
) -> None:
    places = arrangement.board.classes[place_class].places
    position = {one: n for n, one in enumerate(places)}
    cost = np.zeros((len(numbers), len(places)))
    for row, number in enumerate(numbers):
        for other in near[number]:
            column = position.get(place.get(other, -1))
            if column is not None:
                cost[row, column] -= 1.0
        if pinned.get(number) in position:
            cost[row, position[pinned[number]]] += PINNED
        elif number in place:  # where nothing is gained, nothing moves
            cost[row, position[place[number]]] -= 0.01
    rows, columns = linear_sum_assignment(cost)
    for row, column in zip(rows, columns, strict=True):
        place[numbers[row]] = places[column]


def _bound(arrangement: Arrangement, links: list[tuple[int, int]]) -> int:
    """Changes no choice of tables avoids: other classes, and ways that part or meet in one slot."""
    seats = arrangement.seats
    apart = 0
    after: dict[tuple[int, int], set[int]] = defaultdict(set)
    before: dict[tuple[int, int], set[int]] = defaultdict(set)
    for first, then in links:
        if seats[first].place_class != seats[then].place_class:
            apart += 1
            continue
        after[first, seats[then].slot].add(then)
        before[then, seats[first].slot].add(first)
    parting = sum(len(ways) - 1 for ways in after.values())
    meeting = sum(len(ways) - 1 for ways in before.values())
    return apart + max(parting, meeting)

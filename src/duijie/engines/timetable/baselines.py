"""Two honest baselines, for comparison: how people book by hand, and greedy by score.

Both respect every rule but fairness, which nobody looks after when booking by hand.
"""

from __future__ import annotations

import random

from .arrangement import Arrangement
from .candidates import build_board
from .event import Event
from .selection import rows_of
from .solve import Limiter, add_candidates


def first_come(event: Event, *, seed: int = 0) -> Arrangement:
    """First come, first served: participants come by in random order, again and again; each books the dearest of its wishes
    that the other side can still take, in the earliest slot that is free for both."""
    board = build_board(event)
    arrangement = Arrangement(board, most_breaks=None)
    limiter = Limiter(arrangement, rows_of(board))
    draw = random.Random(seed)
    party_of = {participant.id: number for number, participant in enumerate(event.participants)}
    wanted: list[list[int]] = [[] for _ in event.participants]
    for number, candidate in enumerate(board.candidates):
        for wish in candidate.served:
            wanted[party_of[event.wishes[wish].wisher]].append(number)
    for mine in wanted:
        draw.shuffle(mine)
        mine.sort(key=lambda n: -board.candidates[n].musts)
    waiting = [party for party, mine in enumerate(wanted) if mine]
    while waiting:
        draw.shuffle(waiting)
        for party in waiting:
            while wanted[party]:
                number = wanted[party].pop(0)
                if number not in arrangement.seats and limiter.allow(number) and _book(arrangement, number):
                    limiter.count(number)
                    break
        waiting = [party for party in waiting if wanted[party]]
    return arrangement


def _book(arrangement: Arrangement, number: int) -> bool:
    slots = arrangement.open_slots(number)
    return any(slots >> slot & 1 and arrangement.put(number, slot) for slot in range(arrangement.board.slots))


def greedy(event: Event) -> Arrangement:
    """Greedy by score: musts, then the dearest meeting, each in the slot that makes the fewest breaks then."""
    board = build_board(event)
    arrangement = Arrangement(board, most_breaks=None)
    order = sorted(
        range(len(board.candidates)), key=lambda n: (-board.candidates[n].musts, -board.candidates[n].worth, n)
    )
    add_candidates(arrangement, rows_of(board), order)
    return arrangement

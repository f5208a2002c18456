"""Who hosts next: a fair turn over any number of rounds.

Candidates stand in a queue. In each round the first who is not excluded hosts and goes to the end; who is passed over keeps its
place, and the round says why. So between two turns of one candidate every other that was free has had its own, and this holds:

    over any stretch of rounds, two candidates who took part in all of it, were never excluded in it and whose turns nobody set
    by hand, have hosted equally often or differ by one.

Wishes decide only what fairness leaves open: the order of those who have not hosted yet. It is the assignment of places that
meets most wishes over all rounds (the places repeat every n rounds), and among equals the order in which they were given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy


class NobodyLeft(ValueError):
    """In this round (counted from 0) every candidate is excluded or absent."""

    def __init__(self, round_number: int) -> None:
        super().__init__(f"nobody can host round {round_number}")
        self.round_number = round_number


@dataclass(frozen=True)
class Turn:
    """One round, counted from 0: its host, and who was passed over with the reason. by_hand: somebody set the host."""

    round_number: int
    host: str
    passed: tuple[tuple[str, str], ...] = ()
    by_hand: bool = False


def fair_turn(
    candidates: Sequence[str],
    rounds: int,
    *,
    wishes: Mapping[str, frozenset[int]] | None = None,
    excluded: Mapping[tuple[str, int], str] | None = None,
    joins: Mapping[str, int] | None = None,
    leaves: Mapping[str, int] | None = None,
    hosted: Sequence[str] = (),
    fixed: Mapping[int, str] | None = None,
) -> list[Turn]:
    """The host of each of `rounds` rounds.

    candidates: in the order that counts among equals. wishes: the rounds that a candidate would like. excluded: (candidate, round)
    with the reason. joins: first round of who comes later (it queues at the end then). leaves: first round without it. hosted:
    hosts of the rounds before these, oldest first. fixed: hosts that are settled. Raises NobodyLeft.
    """
    excluded, joins, leaves, fixed = excluded or {}, joins or {}, leaves or {}, fixed or {}
    queue = _first_queue(candidates, rounds, wishes or {}, excluded, joins, hosted)
    turns: list[Turn] = []
    for number in range(rounds):
        queue += [name for name in candidates if joins.get(name, 0) == number and name not in queue]
        queue = [name for name in queue if leaves.get(name, rounds) > number]
        turn = _settled(number, fixed[number]) if number in fixed else _next(queue, number, excluded)
        if turn.host in queue:
            queue.remove(turn.host)
            queue.append(turn.host)
        turns.append(turn)
    return turns


def _settled(number: int, host: str) -> Turn:
    return Turn(number, host, by_hand=True)


def _next(queue: Sequence[str], number: int, excluded: Mapping[tuple[str, int], str]) -> Turn:
    passed: list[tuple[str, str]] = []
    for name in queue:
        reason = excluded.get((name, number))
        if reason is None:
            return Turn(number, name, tuple(passed))
        passed.append((name, reason))
    raise NobodyLeft(number)


def _first_queue(
    candidates: Sequence[str],
    rounds: int,
    wishes: Mapping[str, frozenset[int]],
    excluded: Mapping[tuple[str, int], str],
    joins: Mapping[str, int],
    hosted: Sequence[str],
) -> list[str]:
    """Those who have not hosted, as their wishes fit best; then the others, longest ago first."""
    last = {name: place for place, name in enumerate(hosted)}
    here = [name for name in dict.fromkeys(candidates) if joins.get(name, 0) <= 0]
    fresh = [name for name in here if name not in last]
    waiting = sorted((name for name in here if name in last), key=lambda name: last[name])
    if len(fresh) < 2:
        return fresh + waiting
    size, period = len(fresh), len(here)
    cost = np.zeros((size, size))
    for row, name in enumerate(fresh):
        liked = wishes.get(name, frozenset())
        for place in range(size):
            own = range(place, rounds, period)
            missed = len(liked) - sum(r in liked for r in own)
            clashes = sum((name, r) in excluded for r in own)
            # An exclusion outweighs all wishes; the given order decides among equals (squares make the sum prefer it strictly).
            cost[row, place] = clashes * 1e9 + missed * 1e5 + (place - row) ** 2 / size
    rows, places = scipy.optimize.linear_sum_assignment(cost)
    ordered = sorted(zip(places.tolist(), rows.tolist(), strict=True))
    return [fresh[row] for _, row in ordered] + waiting

"""Counting votes: pure, exact, the same every time it is asked.

A ballot is a choice with a weight. A rule says how many of the entitled votes must take part (the quorum), what share of which
votes carries, and who may veto. Shares are whole fractions, so that two thirds of three is two and no rounding decides a vote.
Abstentions count towards the quorum and never towards the majority.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

YES, NO, ABSTAIN = "yes", "no", "abstain"
CHOICES = (YES, NO, ABSTAIN)

# name -> (numerator, denominator, of which votes, whether the share must be exceeded)
MAJORITIES: dict[str, tuple[int, int, str, bool]] = {
    "simple": (1, 2, "cast", True),
    "two_thirds": (2, 3, "cast", False),
    "three_quarters": (3, 4, "cast", False),
    "absolute": (1, 2, "entitled", True),
    "two_thirds_of_all": (2, 3, "entitled", False),
    "unanimous": (1, 1, "cast", False),
}


@dataclass(frozen=True)
class Rule:
    """quorum_percent: of the entitled votes. majority: a name of MAJORITIES. veto: the seats whose "no" alone rejects."""

    quorum_percent: int
    majority: str
    veto: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ballot:
    """choice: yes, no or abstain. votes: how many it counts. seat: whose it is; "" where it is secret."""

    choice: str
    votes: int = 1
    seat: str = ""


@dataclass(frozen=True)
class Result:
    """outcome: carried, rejected, vetoed or no_quorum. All numbers are votes."""

    entitled: int
    taking_part: int
    quorum: int
    yes: int
    no: int
    abstain: int
    needed: int
    outcome: str
    vetoed_by: tuple[str, ...] = ()

    @property
    def carried(self) -> bool:
        return self.outcome == "carried"


def count(ballots: Iterable[Ballot], rule: Rule, entitled: int) -> Result:
    """The result of these ballots. Raises ValueError where more votes come in than are entitled, or one seat votes twice."""
    totals = dict.fromkeys(CHOICES, 0)
    seats: set[str] = set()
    vetoed: set[str] = set()
    for ballot in ballots:
        if ballot.choice not in totals or ballot.votes < 1:
            raise ValueError(f"no such ballot: {ballot}")
        if ballot.seat:
            if ballot.seat in seats:
                raise ValueError(f"seat {ballot.seat} votes twice")
            seats.add(ballot.seat)
        totals[ballot.choice] += ballot.votes
        if ballot.choice == NO and ballot.seat in rule.veto:
            vetoed.add(ballot.seat)
    taking_part = sum(totals.values())
    if taking_part > entitled:
        raise ValueError(f"{taking_part} votes of {entitled}")
    quorum = max(1, -(-entitled * rule.quorum_percent // 100))  # rounded up: 50 % of 5 is 3
    needed = _needed(rule.majority, totals[YES] + totals[NO], entitled)
    if taking_part < quorum:
        outcome = "no_quorum"
    elif vetoed:
        outcome = "vetoed"
    else:
        outcome = "carried" if totals[YES] >= needed else "rejected"
    return Result(
        entitled, taking_part, quorum, totals[YES], totals[NO], totals[ABSTAIN], needed, outcome, tuple(sorted(vetoed))
    )


def _needed(majority: str, cast: int, entitled: int) -> int:
    """How many votes of yes carry; at least one."""
    above, below, of, exceed = MAJORITIES[majority]
    base = cast if of == "cast" else entitled
    share = base * above
    return max(1, share // below + 1 if exceed else -(-share // below))


def digest(result: Result, ballots: Iterable[Ballot], rule: Rule, reference: str) -> str:
    """SHA-256 over a result with everything that it was counted from; the order of the ballots does not matter."""
    lines = sorted([b.seat, b.choice, b.votes] for b in ballots)
    content = [reference, asdict(rule), lines, asdict(result)]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def proxies_allowed(given: Mapping[str, str], limit: int) -> dict[str, str]:
    """What is wrong with these proxies (giver -> holder): giver -> "chain", "limit" or "oneself"; empty where nothing is.

    Nobody holds more than `limit`, nobody passes on a vote that was lent, nobody holds the own one.
    """
    wrong: dict[str, str] = {}
    held: dict[str, int] = {}
    for giver, holder in given.items():
        if giver == holder:
            wrong[giver] = "oneself"
        elif holder in given:
            wrong[giver] = "chain"
        else:
            held[holder] = held.get(holder, 0) + 1
            if held[holder] > limit:
                wrong[giver] = "limit"
    return wrong

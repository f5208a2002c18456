"""Sharing out what several people brought about, so that the shares of a case add up to the case and nobody gains by splitting.

A case (an introduction, a deal) is worth one. The members that took part share it equally; a member's part is shared equally by
its officers who were on duty on the day: who was away gives place to who stood in. A part without an officer stays with the member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True)
class Case:
    """kind: what it is counted as. reference: where it can be looked up. members: those that took part."""

    kind: str
    reference: str
    day: date
    members: tuple[int, ...]


@dataclass(frozen=True)
class Share:
    """The part of one case that falls to an officer (None: to nobody) of a member."""

    case: Case
    member: int
    officer: int | None
    part: Fraction


def share_out(cases: Iterable[Case], on_duty: Callable[[int, date], Sequence[int]]) -> list[Share]:
    """Every case's shares. `on_duty(member, day)`: the officers of a member who worked that day."""
    shares: list[Share] = []
    for case in cases:
        members = list(dict.fromkeys(case.members))
        for member in members:
            part = Fraction(1, len(members))
            officers = list(dict.fromkeys(on_duty(member, case.day)))
            if not officers:
                shares.append(Share(case, member, None, part))
            shares += [Share(case, member, officer, part / len(officers)) for officer in officers]
    return shares

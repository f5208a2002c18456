"""Pairs that are never suggested, each with the rule that says so. Pure: what is known is handed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

Pair = tuple[str, str]
Item = TypeVar("Item")


class Rule(StrEnum):
    """Why a pair is not suggested; checked in this order, the first that holds is the reason."""

    SAME_LISTING = "same_listing"
    SAME_OWNER = "same_owner"
    SAME_ORGANISATION = "same_organisation"
    CONFLICT = "conflict"
    REFUSED = "refused"
    ALREADY_MET = "already_met"


@dataclass(frozen=True)
class Party:
    """A listing as the rules see it: its id, the person who owns it, and the organisations it belongs to (its own, and
    those that control it, so that sister firms count as one)."""

    listing: str
    owner: str | None = None
    organisations: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Known:
    """What is known about pairs on the day `today`.

    `refused` maps (listing, listing), in either order, to the day of the refusal; it holds for `refused_days`, or for
    ever where that is None. `met` likewise holds the day of the last meeting. `conflicts` are pairs of organisations, in
    either order, that must not be brought together.
    """

    today: date
    refused: Mapping[Pair, date] = field(default_factory=dict)
    met: Mapping[Pair, date] = field(default_factory=dict)
    conflicts: Collection[Pair] = frozenset()
    refused_days: int | None = None
    met_days: int | None = 365


def exclusion(first: Party, second: Party, known: Known) -> Rule | None:
    """The rule that keeps two listings apart, or None. Symmetric in the two."""
    if first.listing == second.listing:
        return Rule.SAME_LISTING
    if first.owner is not None and first.owner == second.owner:
        return Rule.SAME_OWNER
    if first.organisations & second.organisations:
        return Rule.SAME_ORGANISATION
    if any(
        (a, b) in known.conflicts or (b, a) in known.conflicts
        for a in first.organisations
        for b in second.organisations
    ):
        return Rule.CONFLICT
    pair = (first.listing, second.listing)
    if _holds(known.refused, pair, known.refused_days, known.today):
        return Rule.REFUSED
    if _holds(known.met, pair, known.met_days, known.today):
        return Rule.ALREADY_MET
    return None


def allowed(need: Party, offers: Iterable[tuple[Party, Item]], known: Known) -> Iterator[tuple[Party, Item]]:
    """The offers (each with whatever comes with it: a score, a row) that no rule keeps from the need, in order."""
    return ((offer, item) for offer, item in offers if exclusion(need, offer, known) is None)


def _holds(days: Mapping[Pair, date], pair: Pair, lasting: int | None, today: date) -> bool:
    known = [days[key] for key in (pair, pair[::-1]) if key in days]
    return any(lasting is None or today < day + timedelta(days=lasting) for day in known)

"""What counts: from the state of a deal or project to the facts that are posted for it. Pure, without a database.

A posting's key is (code, member, day, shape); its value is 1 for a count and minor units for money. Whatever changes, the
difference between what should be posted and what is posted is appended: nothing that was ever posted is changed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from duijie.land.choices import PATH, PLACE


class Code(IntEnum):
    """What is counted. The numbers are stored; none is ever used for something else."""

    LEADS = 1
    CONTACTS = 2
    NEGOTIATIONS = 3
    INTENTS = 4
    DEALS_SIGNED = 5
    DEALS_REGISTERED = 6
    DEALS_STARTED = 7
    DEALS_COMPLETED = 8
    DEALS_PRODUCING = 9
    DEALS_FULL = 10
    SIGNED = 20
    REGISTERED = 21
    STARTED = 22
    COMPLETED = 23
    PRODUCING = 24
    FULL_OUTPUT = 25
    UPGRADES = 26
    INCREASES = 27
    RELOCATIONS = 28
    CANCELLED = 29
    TOTAL = 40
    CONTRACTED_USD = 41
    AGREED = 42
    PAID_IN = 43
    PAID_IN_FOREIGN_USD = 44
    CAPITAL_INTRODUCED = 45
    OUTPUT = 46
    TAX = 47
    JOBS = 48
    LAND = 49
    AGREED_FOREIGN_USD = 50


STAGE_CODES: dict[str, Code] = {stage: Code(place + 1) for stage, place in PLACE.items()}
MILESTONE_CODES: dict[str, Code] = {
    "signed": Code.SIGNED, "registered": Code.REGISTERED, "construction": Code.STARTED, "completed": Code.COMPLETED,
    "production": Code.PRODUCING, "full_output": Code.FULL_OUTPUT,
}  # fmt: skip
LARGE_MINOR = 100_000_000 * 100  # 100 million yuan in fen


class ShapeKey(NamedTuple):
    """What filters look at; a row of `Shape`."""

    kind: str = ""
    industry: str = ""
    origin: str = ""
    region: str = ""
    foreign: bool = False
    technology: bool = False
    amount_minor: int = 0
    zone_id: int = 0
    source: str = ""
    source_key: str = ""


class PostingKey(NamedTuple):
    code: int
    member_id: int
    effective_on: dt.date
    shape: ShapeKey


class FigureFact(NamedTuple):
    """A figure that stands. effective_on: None for a promise that counts on the day of signing."""

    kind: str
    source: str
    effective_on: dt.date | None
    amount: int
    cny_minor: int | None
    usd_minor: int | None


@dataclass(frozen=True)
class DealState:
    """A deal as known at an instant."""

    member_id: int
    shape: ShapeKey
    reached: dict[str, dt.date]


@dataclass(frozen=True)
class ProjectState:
    """A project as known at an instant: relation "first" counts as a project, "duplicate" counts in nothing."""

    member_id: int
    shape: ShapeKey
    relation: str = "first"
    cancelled_on: dt.date | None = None
    reached: dict[str, dt.date] = field(default_factory=dict)
    figures: tuple[FigureFact, ...] = ()
    relocated_on: tuple[dt.date, ...] = ()


def postings_of_deal(state: DealState) -> Counter[PostingKey]:
    """A deal counts once at each stage that it reached, on the first day."""
    found: Counter[PostingKey] = Counter()
    for stage in PATH:
        if stage in state.reached:
            found[PostingKey(STAGE_CODES[stage], state.member_id, state.reached[stage], state.shape)] += 1
    return found


def with_total(shape: ShapeKey, figures: Iterable[FigureFact]) -> ShapeKey:
    """The shape with the project's total investment in fen, for "100 m yuan or more"; the contracted sum where no total stands."""
    rows = list(figures)
    total = sum(f.cny_minor or 0 for f in rows if f.kind == "total")
    contracted = sum(f.cny_minor or 0 for f in rows if f.kind == "contracted")
    return shape._replace(amount_minor=total or contracted)


PROMISED = frozenset({"total", "contracted", "agreed"})  # they go when the project is called off
_MONEY_CODES: dict[tuple[str, str], tuple[tuple[Code, str], ...]] = {
    ("total", ""): ((Code.TOTAL, "cny"),),
    ("total", "domestic"): ((Code.TOTAL, "cny"),),
    ("total", "foreign"): ((Code.TOTAL, "cny"),),
    ("contracted", "foreign"): ((Code.CONTRACTED_USD, "usd"),),
    ("agreed", "domestic"): ((Code.AGREED, "cny"),),
    ("agreed", "foreign"): ((Code.AGREED, "cny"), (Code.AGREED_FOREIGN_USD, "usd")),
    ("paid_in", "domestic"): ((Code.PAID_IN, "cny"),),
    ("paid_in", "foreign"): ((Code.PAID_IN, "cny"), (Code.PAID_IN_FOREIGN_USD, "usd")),
    ("output", ""): ((Code.OUTPUT, "cny"),),
    ("tax", ""): ((Code.TAX, "cny"),),
    ("jobs", ""): ((Code.JOBS, "amount"),),
    ("land", ""): ((Code.LAND, "amount"),),
}  # fmt: skip


def postings_of_project(state: ProjectState) -> Counter[PostingKey]:
    """What a project counts for, by the count-once rule.

    - A first signing counts as a project, once, on its day. An upgrade counts as an upgrade and brings no new total; a capital
      increase counts as an increase and brings its money; what is registered twice counts in nothing.
    - A project that was called off no longer counts as signed, nor its promised sums; money that was paid stays paid.
    """
    found: Counter[PostingKey] = Counter()
    if state.relation == "duplicate":
        return found
    shape = with_total(state.shape, state.figures)

    def post(code: Code, day: dt.date) -> None:
        found[PostingKey(code, state.member_id, day, shape)] += 1

    signed = state.reached.get("signed")
    if state.cancelled_on is not None:
        if signed is not None and state.relation == "first":
            post(Code.CANCELLED, state.cancelled_on)
    elif state.relation == "first":
        for milestone, code in MILESTONE_CODES.items():
            if milestone in state.reached:
                post(code, state.reached[milestone])
        for day in state.relocated_on:
            post(Code.RELOCATIONS, day)
    elif signed is not None:
        post(Code.UPGRADES if state.relation == "upgrade" else Code.INCREASES, signed)
    for figure in state.figures:
        for key, value in postings_of_figure(state, shape, figure):
            found[key] += value
    return found


def postings_of_figure(state: ProjectState, shape: ShapeKey, figure: FigureFact) -> list[tuple[PostingKey, int]]:
    """What one figure of a project counts for; promised sums count once the project is signed and until it is called off."""
    if state.relation == "duplicate":
        return []
    day = figure.effective_on
    if figure.kind in PROMISED:
        signed = state.reached.get("signed")
        if signed is None or state.cancelled_on is not None or state.relation == "upgrade":
            return []
        day = signed if day is None else day
    if day is None:
        return []
    found = []
    for code, unit in _MONEY_CODES.get((figure.kind, figure.source), ()):
        value = {"cny": figure.cny_minor, "usd": figure.usd_minor, "amount": figure.amount}[unit]
        if value:
            found.append((PostingKey(code, state.member_id, day, shape), value))
    if figure.kind == "paid_in" and figure.cny_minor and _comes_from_outside(shape):
        found.append((PostingKey(Code.CAPITAL_INTRODUCED, state.member_id, day, shape), figure.cny_minor))
    return found


def _comes_from_outside(shape: ShapeKey) -> bool:
    """Whether the money comes from outside the city in which it lands (abroad counts as outside)."""
    return bool(shape.foreign or (shape.origin and shape.origin[:4] != shape.region[:4]))


def difference(wanted: Counter[PostingKey], posted: Counter[PostingKey]) -> list[tuple[PostingKey, int]]:
    """What has to be appended so that what is posted comes to what is wanted, in the order of days."""
    keys = set(wanted) | set(posted)
    found = [(key, wanted[key] - posted[key]) for key in keys if wanted[key] != posted[key]]
    return sorted(
        found, key=lambda pair: (pair[0].effective_on, pair[0].code, pair[0].member_id, pair[1], pair[0].shape)
    )

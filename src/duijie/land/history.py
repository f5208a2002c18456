"""What was true on a day as it was known at an instant: pure functions over rows that were only ever appended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from duijie.land.choices import PATH, PLACE


class Corrected(Protocol):
    """A row that may replace an earlier one of its kind, or take it away."""

    @property
    def id(self) -> int: ...
    @property
    def corrects_id(self) -> int | None: ...
    @property
    def cancelled(self) -> bool: ...
    @property
    def recorded_at(self) -> dt.datetime: ...


R = TypeVar("R", bound=Corrected)


def standing(rows: Iterable[R], known_at: dt.datetime | None = None) -> list[R]:
    """The rows that stand as known at an instant (None: now): each correction in place of what it corrects."""
    known = sorted(
        (r for r in rows if known_at is None or r.recorded_at <= known_at), key=lambda r: (r.recorded_at, r.id)
    )
    replaced = {r.corrects_id for r in known if r.corrects_id is not None}
    return [r for r in known if r.id not in replaced and not r.cancelled]


class Moved(Corrected, Protocol):
    @property
    def to_stage(self) -> str: ...
    @property
    def effective_on(self) -> dt.date: ...


M = TypeVar("M", bound=Moved)


def root_order(rows: Sequence[Moved]) -> dict[int, int]:
    """For each row the id of the first row in its chain of corrections: what orders moves of the same day."""
    by_id = {r.id: r for r in rows}
    order: dict[int, int] = {}
    for row in rows:
        root: Moved = row
        while root.corrects_id is not None and root.corrects_id in by_id:
            root = by_id[root.corrects_id]
        order[row.id] = root.id
    return order


def path_of(rows: Sequence[M], known_at: dt.datetime | None = None) -> list[M]:
    """The moves that stand, in the order in which they happened."""
    order = root_order(rows)
    return sorted(standing(rows, known_at), key=lambda r: (r.effective_on, order[r.id]))


def stage_at(rows: Sequence[M], day: dt.date, known_at: dt.datetime | None = None) -> str | None:
    """The stage of a deal on a day as known at an instant; None where it was not there yet."""
    stage = None
    for row in path_of(rows, known_at):
        if row.effective_on > day:
            break
        stage = row.to_stage
    return stage


def days_reached(rows: Sequence[M], known_at: dt.datetime | None = None) -> dict[str, dt.date]:
    """For each stage of the path the first day on which the deal was there or beyond. What was reached stays reached."""
    found: dict[str, dt.date] = {}
    for row in path_of(rows, known_at):
        if row.to_stage not in PLACE:
            continue
        for stage in PATH[: PLACE[row.to_stage] + 1]:
            found.setdefault(stage, row.effective_on)
    return found


@dataclass(frozen=True)
class Slip:
    """A milestone against its plan. days: late where positive; of an open milestone up to today, where that is later."""

    milestone: str
    planned: dt.date | None
    actual: dt.date | None
    days: int


def slips(planned: dict[str, dt.date], actual: dict[str, dt.date], today: dt.date) -> list[Slip]:
    """Each milestone that has a plan or happened, with how late it is (early where negative)."""
    from duijie.land.choices import Milestone

    found = []
    for milestone in Milestone:
        plan, day = planned.get(milestone.value), actual.get(milestone.value)
        if plan is None and day is None:
            continue
        late = 0
        if plan is not None:
            late = (day - plan).days if day is not None else max((today - plan).days, 0)
        found.append(Slip(milestone.value, plan, day, late))
    return found

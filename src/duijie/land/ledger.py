"""Posting what counts: `post_deal` and `post_project` append the difference between what should be posted and what is.

`replay.rebuild` makes the ledger anew from the histories, `replay.check` compares; reading it is `measuring`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Sum

from duijie.land.counting import (
    LARGE_MINOR,
    PostingKey,
    ShapeKey,
    difference,
    postings_of_deal,
    postings_of_project,
)
from duijie.land.models import Deal, DealMove, Posting, Project, Shape, Slice
from duijie.land.states import ProjectRows, deal_state

ALL_SLICES = 0
Delta = tuple[PostingKey, int]


def month_of(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def slice_values(shape: ShapeKey) -> dict[str, Any]:
    """The slice that a shape falls into."""
    return {
        "kind": shape.kind,
        "division": shape.industry[:3],
        "province": shape.origin[:2],
        "foreign": shape.foreign,
        "technology": shape.technology,
        "large": shape.amount_minor >= LARGE_MINOR,
    }


class Shapes:
    """Ids of shapes and slices; what is not there yet is made."""

    def __init__(self) -> None:
        self._ids: dict[ShapeKey, tuple[int, int]] = {}

    def ids(self, key: ShapeKey) -> tuple[int, int]:
        """(id of the shape, id of its slice)."""
        found = self._ids.get(key)
        if found is None:
            row = Shape.objects.filter(**key._asdict()).first()
            if row is None:
                values = slice_values(key)
                part = Slice.objects.filter(**values).first() or Slice.objects.get_or_create(**values)[0]
                # Two writers may make the same shape at once: the second finds the first one's.
                Shape.objects.bulk_create([Shape(**key._asdict(), slice=part)], ignore_conflicts=True)
                row = Shape.objects.get(**key._asdict())
            found = self._ids[key] = (row.pk, row.slice_id)
        return found

    def learn(self, keys: Iterable[ShapeKey]) -> None:
        """Look up and make many at once, so that `ids` asks the database no more for these."""
        wanted = set(keys) - set(self._ids)
        if not wanted:
            return
        parts = {tuple(values.values()): values for values in map(slice_values, wanted)}
        missing = [Slice(**parts[part]) for part in sorted(set(parts) - set(_slices(parts)))]
        Slice.objects.bulk_create(missing, ignore_conflicts=True)
        slices = _slices(parts)
        rows = [Shape(**k._asdict(), slice_id=slices[tuple(slice_values(k).values())]) for k in sorted(wanted)]
        Shape.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        amounts = sorted({key.amount_minor for key in wanted})
        for start in range(0, len(amounts), 500):
            for row in Shape.objects.filter(amount_minor__in=amounts[start : start + 500]):
                self._ids[key_of_shape(row)] = (row.pk, row.slice_id)


def _slices(parts: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], int]:
    """The id of each of these slices that there is."""
    names = ("kind", "division", "province", "foreign", "technology", "large")
    wanted = set(parts)
    return {row[1:]: row[0] for row in Slice.objects.values_list("pk", *names) if row[1:] in wanted}


def key_of_shape(row: Shape) -> ShapeKey:
    return ShapeKey(*(getattr(row, name) for name in ShapeKey._fields))


def posted(*, project_id: int | None = None, deal_id: int | None = None) -> Counter[PostingKey]:
    """What stands posted of one project or deal."""
    rows = Posting.objects.filter(project_id=project_id) if project_id else Posting.objects.filter(deal_id=deal_id)
    sums = rows.order_by().values_list("code", "member_id", "effective_on", "shape_id").annotate(total=Sum("value"))
    found: Counter[PostingKey] = Counter()
    lines = list(sums)
    shapes = {s.pk: key_of_shape(s) for s in Shape.objects.filter(pk__in={line[3] for line in lines})} if lines else {}
    for code, member_id, day, shape_id, total in lines:
        if total:
            found[PostingKey(code, member_id, day, shapes[shape_id])] = total
    return found


def post_deal(deal: Deal, at: dt.datetime) -> None:
    """Bring the postings of a deal up to what its moves say, recorded at `at`. Inside the transaction of the action."""
    moves = list(DealMove.objects.filter(deal=deal))
    state = deal_state(list(deal.versions.all()), moves)
    wanted: Counter[PostingKey] = postings_of_deal(state) if state else Counter()
    _append(difference(wanted, posted(deal_id=deal.pk)), at, deal_id=deal.pk)


def post_project(
    project: Project, at: dt.datetime, rows: ProjectRows | None = None, *, fresh: bool = False
) -> ProjectRows:
    """The same for a project; returns the rows that it is made of: those given, else read. fresh: it was made just now."""
    rows = rows or ProjectRows.of(project)
    state = rows.state()
    wanted: Counter[PostingKey] = postings_of_project(state) if state else Counter()
    _append(difference(wanted, Counter() if fresh else posted(project_id=project.pk)), at, project_id=project.pk)
    return rows


def _append(deltas: list[Delta], at: dt.datetime, *, project_id: int | None = None, deal_id: int | None = None) -> None:
    if not deltas:
        return
    shapes = Shapes()
    rows, sums = rows_of(deltas, at, shapes, project_id, deal_id)
    Posting.objects.bulk_create(rows)
    add_to_tallies(sums)


def rows_of(
    deltas: Iterable[Delta], at: dt.datetime, shapes: Shapes, project_id: int | None, deal_id: int | None
) -> tuple[list[Posting], Counter[tuple[int, int, int, int]]]:
    """Unsaved postings of these differences, and what they add to the monthly sums."""
    rows: list[Posting] = []
    sums: Counter[tuple[int, int, int, int]] = Counter()
    for key, value in deltas:
        shape_id, slice_id = shapes.ids(key.shape)
        rows.append(
            Posting(
                code=int(key.code), member_id=key.member_id, project_id=project_id, deal_id=deal_id,
                effective_on=key.effective_on, recorded_at=at, value=value, shape_id=shape_id,
            )
        )  # fmt: skip
        for part in (ALL_SLICES, slice_id):
            sums[int(key.code), part, month_of(key.effective_on), key.member_id] += value
    return rows, sums


_UPSERT = """
INSERT INTO land_tally (code, slice_id, month, member_id, value) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (code, slice_id, month, member_id) DO UPDATE SET value = land_tally.value + excluded.value
"""


def add_to_tallies(sums: Counter[tuple[int, int, int, int]]) -> None:
    """Add to the monthly sums, in one order for all writers so that none waits for the other in a ring."""
    rows = [(*key, value) for key, value in sorted(sums.items()) if value]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_UPSERT, rows)

"""The ledger made anew from the histories of deals and projects, and checked against them."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from duijie.land.counting import (
    PROMISED,
    PostingKey,
    ProjectState,
    difference,
    postings_of_deal,
    postings_of_figure,
    postings_of_project,
    with_total,
)
from duijie.land.ledger import ALL_SLICES, Delta, Shapes, add_to_tallies, rows_of
from duijie.land.models import (
    Deal,
    DealMove,
    DealVersion,
    Figure,
    MilestoneDay,
    Posting,
    Project,
    ProjectVersion,
    Relocation,
    Tally,
)
from duijie.land.states import ProjectRows, deal_state, fact_of

BATCH = 500
Tell = Callable[[int, int], None]


def rebuild(tell: Tell | None = None) -> int:
    """Throw the ledger away and replay all histories into it, in one transaction. Returns how many postings there are."""
    with transaction.atomic():
        Posting.objects.all().delete()
        Tally.objects.all().delete()
        return _post(_everything(tell))


Entry = tuple[int | None, int | None, dt.datetime, list[Delta]]


def _post(batches: Iterable[list[Entry]]) -> int:
    shapes, count = Shapes(), 0
    for entries in batches:
        rows, sums = [], Counter[tuple[int, int, int, int]]()
        shapes.learn(key.shape for entry in entries for key, _ in entry[3])
        for project_id, deal_id, at, deltas in entries:
            some, parts = rows_of(deltas, at, shapes, project_id, deal_id)
            rows += some
            for key, value in parts.items():
                sums[key] += value
        Posting.objects.bulk_create(rows, batch_size=2000)
        add_to_tallies(sums)
        count += len(rows)
    return count


def _everything(tell: Tell | None) -> Iterator[list[Entry]]:
    deals = Deal.objects.unscoped("the ledger is made of all").order_by("pk")
    projects = Project.objects.unscoped("the ledger is made of all").order_by("pk")
    total, done = deals.count() + projects.count(), 0
    for chunk in _chunks(deals):
        ids = [d.pk for d in chunk]
        moves = _grouped(DealMove.objects.filter(deal_id__in=ids), "deal_id")
        versions = _grouped(DealVersion.objects.filter(deal_id__in=ids), "deal_id")
        yield [(None, pk, at, deltas) for pk in ids for at, deltas in replay_deal(versions[pk], moves[pk])]
        done += len(chunk)
        if tell:
            tell(done, total)
    for some in _chunks(projects):
        yield [
            (project.pk, None, at, deltas) for project, rows in _with_rows(some) for at, deltas in replay_project(rows)
        ]
        done += len(some)
        if tell:
            tell(done, total)


def _chunks(rows: Any) -> Iterator[list[Any]]:
    last = 0
    while True:
        chunk = list(rows.filter(pk__gt=last)[:BATCH])
        if not chunk:
            return
        yield chunk
        last = chunk[-1].pk


def _grouped(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _with_rows(projects: Sequence[Project]) -> Iterator[tuple[Project, ProjectRows]]:
    ids = [p.pk for p in projects]
    parts = [
        _grouped(model.objects.filter(project_id__in=ids), "project_id")  # type: ignore[attr-defined]
        for model in (ProjectVersion, Figure, MilestoneDay, Relocation)
    ]
    moves = _grouped(DealMove.objects.filter(deal_id__in=[p.deal_id for p in projects if p.deal_id]), "deal_id")
    for project in projects:
        versions, figures, milestones, relocations = (part[project.pk] for part in parts)
        yield project, ProjectRows(versions, figures, milestones, relocations, moves[project.deal_id or 0])


def replay_deal(
    versions: Sequence[DealVersion], moves: Sequence[DealMove]
) -> Iterator[tuple[dt.datetime, list[Delta]]]:
    """What was appended for a deal at each instant of its history."""
    before: Counter[PostingKey] = Counter()
    for at in sorted({m.recorded_at for m in moves} | {v.recorded_at for v in versions}):
        state = deal_state(versions, moves, at)
        after: Counter[PostingKey] = postings_of_deal(state) if state else Counter()
        if deltas := difference(after, before):
            yield at, deltas
        before = after


def replay_project(rows: ProjectRows) -> Iterator[tuple[dt.datetime, list[Delta]]]:
    """What was appended for a project at each instant of its history.

    Monthly figures, of which there are many, are added one by one; everything else is counted from the whole state.
    """
    monthly: dict[dt.datetime, list[Figure]] = defaultdict(list)
    for row in rows.figures:
        if row.kind not in PROMISED:
            monthly[row.recorded_at].append(row)
    by_id = {f.pk: f for f in rows.figures}
    instants = {v.recorded_at for v in rows.versions} | {m.recorded_at for m in rows.milestones}
    instants |= {m.recorded_at for m in rows.moves} | {r.recorded_at for r in rows.relocations}
    instants |= {r.cancelled_at for r in rows.relocations if r.cancelled_at}
    instants |= {f.recorded_at for f in rows.figures if f.kind in PROMISED}
    current: ProjectState | None = None
    before: Counter[PostingKey] = Counter()
    for at in sorted(instants | set(monthly)):
        after: Counter[PostingKey]
        if at in instants or current is None:
            current = rows.state(at)
            after = postings_of_project(current) if current else Counter()
        else:
            shape = with_total(current.shape, current.figures)
            after = Counter(before)
            for figure in monthly[at]:
                if not figure.cancelled:
                    for key, value in postings_of_figure(current, shape, fact_of(figure)):
                        after[key] += value
                if figure.corrects_id in by_id:
                    for key, value in postings_of_figure(current, shape, fact_of(by_id[figure.corrects_id])):
                        after[key] -= value
        if deltas := difference(after, before):
            yield at, deltas
        before = after


def check() -> list[str]:
    """What the ledger has wrong, one line each: postings against histories, monthly sums against postings. Empty: all is well."""
    faults: list[str] = []
    wanted: dict[tuple[str, int], Counter[tuple[int, int, dt.date]]] = {}
    for entries in _everything(None):
        for project_id, deal_id, _, deltas in entries:
            sums = wanted.setdefault(("project", project_id) if project_id else ("deal", deal_id or 0), Counter())
            for key, value in deltas:
                sums[int(key.code), key.member_id, key.effective_on] += value
    stand: dict[tuple[str, int], Counter[tuple[int, int, dt.date]]] = {}
    columns = ("project_id", "deal_id", "code", "member_id", "effective_on", "value")
    for project_id, deal_id, code, member_id, day, value in Posting.objects.values_list(*columns).iterator():
        sums = stand.setdefault(("project", project_id) if project_id else ("deal", deal_id or 0), Counter())
        sums[code, member_id, day] += value
    for subject in sorted(set(wanted) | set(stand)):
        if _plain(wanted.get(subject)) != _plain(stand.get(subject)):
            faults.append(f"{subject[0]} {subject[1]}")
    return faults + _tally_faults()


def _plain(sums: Counter[Any] | None) -> dict[Any, int]:
    return {key: value for key, value in (sums or {}).items() if value}


def _tally_faults() -> list[str]:
    """Monthly sums that are not those of their postings."""
    year, month = (
        "CAST(strftime('%%Y', p.effective_on) AS INTEGER)",
        "CAST(strftime('%%m', p.effective_on) AS INTEGER)",
    )
    if connection.vendor == "postgresql":
        year, month = "EXTRACT(YEAR FROM p.effective_on)::int", "EXTRACT(MONTH FROM p.effective_on)::int"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.code, s.slice_id, {year} * 12 + {month} - 1, p.member_id, SUM(p.value) "
            "FROM land_posting p JOIN land_shape s ON s.id = p.shape_id "
            "GROUP BY 1, 2, 3, 4 HAVING SUM(p.value) <> %s",
            [0],
        )
        wanted = Counter({tuple(row[:4]): int(row[4]) for row in cursor.fetchall()})
    for (code, _, when, member_id), value in list(wanted.items()):
        wanted[code, ALL_SLICES, when, member_id] += value
    rows = Tally.objects.values_list("code", "slice_id", "month", "member_id", "value")
    stand = {tuple(row[:4]): row[4] for row in rows if row[4]}
    both = set(stand) | {key for key, value in wanted.items() if value}
    return [f"tally {key}" for key in sorted(both) if stand.get(key, 0) != wanted.get(key, 0)]

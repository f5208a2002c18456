"""What every change of a project has in common: the locked row, its version, what is kept of its facts, what counts."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import Fault, NotFound, Stale
from duijie.land import ledger
from duijie.land.choices import Milestone
from duijie.land.history import slips, standing
from duijie.land.models import Deal, Project, ProjectVersion
from duijie.land.schemas import DealRecord, ProjectRecord
from duijie.land.states import ProjectRows, actual_days, planned_days, snapshot_of

RISKY_DAYS = 60


def locked(project: Project, version: int | None) -> Project:
    """The row as it stands now, held until the action ends. Raises Stale where it is not the version that was read."""
    rows = Project.objects.unscoped("an action re-reads the row it was given").select_for_update(of=("self",))
    current = rows.select_related("owner_member").filter(pk=project.pk).first()
    if current is None:
        raise NotFound
    if version is not None and current.version != version:
        raise Stale
    return current  # type: ignore[no-any-return]


def keep_version(project: Project, actor: Viewer, now: dt.datetime, verb: str) -> ProjectVersion:
    """Write down what the project is from now on."""
    return ProjectVersion.objects.create(
        project=project, number=project.version, recorded_at=now, actor=actor.reference(), verb=verb,
        snapshot=snapshot_of(project),
    )  # fmt: skip


def settle(project: Project, now: dt.datetime, rows: ProjectRows | None = None, *, fresh: bool = False) -> ProjectRows:
    """After its facts have changed: post what counts, and keep what lists show. Saves the project.

    rows: all its rows, where they are at hand. fresh: it was made just now.
    """
    rows = ledger.post_project(project, now, rows, fresh=fresh)
    reached = actual_days(rows.moves, rows.milestones, None)
    figures = standing(rows.figures)
    project.signed_on = reached.get("signed")
    passed = [m.value for m in Milestone if m.value in reached]
    project.stage = passed[-1] if passed else ""
    project.total_cny_minor = sum(f.cny_minor or 0 for f in figures if f.kind == "total")
    project.paid_cny_minor = sum(f.cny_minor or 0 for f in figures if f.kind == "paid_in")
    project.late_days = lateness(planned_days(rows.milestones), reached, timezone.localdate())
    kept = ("signed_on", "stage", "total_cny_minor", "paid_cny_minor", "late_days", "changed_at")
    project.save(update_fields=kept if fresh else None)
    return rows


def lateness(planned: dict[str, dt.date], actual: dict[str, dt.date], today: dt.date) -> int:
    """By how many days the worst milestone that is still open is late."""
    return max((s.days for s in slips(planned, actual, today) if s.actual is None), default=0)


def check_order(actual: dict[str, dt.date], *, place: str = "actual_on", today: dt.date | None = None) -> None:
    """A milestone is never before the one that precedes it, nor in the future. Raises Fault "date.before", "date.future"."""
    last: tuple[Milestone, dt.date] | None = None
    now = today or timezone.localdate()
    for milestone in Milestone:
        day = actual.get(milestone.value)
        if day is None:
            continue
        if day > now:
            raise Fault(
                "date.future",
                f"{day} 还没有到，只能登记已经发生的事。",
                f"{day} has not come yet; only what happened is put on record.",
                place=place,
                status=422,
            )
        if last is not None and day < last[1]:
            raise Fault(
                "date.before",
                f"“{milestone.zh}”{day} 早于“{last[0].zh}”{last[1]}。",
                f"“{milestone.en}” on {day} is before “{last[0].en}” on {last[1]}.",
                place=place,
                status=422,
            )
        last = (milestone, day)


def refuse_other_source(known: Deal | Project, record: DealRecord | ProjectRecord) -> None:
    """Raise Fault "source.fixed" where a record names another source than the one that was kept."""
    for name in ("source", "source_label"):
        given = getattr(record, name)
        if given and given != getattr(known, name):
            raise Fault(
                "source.fixed", "来源在登记时确定，以后不改。", "Where it came from is kept as it was registered.",
                place=name, status=422,
            )  # fmt: skip

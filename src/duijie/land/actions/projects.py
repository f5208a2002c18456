"""Projects: registering, changing, milestones, relocating, calling off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, Stale
from duijie.core.text import shorten
from duijie.land.actions.figures import Given, check_sums, new_figure
from duijie.land.actions.keeping import check_order, keep_version, locked, refuse_other_source, settle
from duijie.land.actions.periods import demand_open
from duijie.land.duplicates import name_key, refuse_repeat
from duijie.land.history import standing
from duijie.land.models import Figure, JointZone, MilestoneDay, Project, Relocation
from duijie.land.rules import demand
from duijie.land.schemas import MilestoneRecord, ProjectRecord, RelocationRecord, one_amount, read_rate
from duijie.land.states import ProjectRows, actual_days, planned_days, snapshot_of
from duijie.members.models import Member, Organisation
from duijie.members.places import find_member

ACTUAL = {
    "signed_on": "signed", "registered_on": "registered", "started_on": "construction", "completed_on": "completed",
    "production_on": "production", "full_output_on": "full_output",
}  # fmt: skip
PLANNED = {
    "planned_start_on": "construction", "planned_completion_on": "completed", "planned_production_on": "production",
}  # fmt: skip


def create_project(
    *,
    actor: Viewer,
    member: Member,
    record: ProjectRecord,
    source_ref: str = "",
    dry_run: bool = False,
) -> Project:
    """Register a project of `member` with its promised sums and milestones; its facts count at once.

    Raises NotAllowed, Conflict "project.duplicate", "external_id.taken", "period.closed", Fault "date.before", "currency.no_rate" ...
    """
    demand(actor, "project.create", {member.pk})
    with acting(actor, "project.create", dry_run=dry_run) as act:
        # One after the other: of two that look alike, the second sees the first.
        Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        now = timezone.now()
        project = Project(owner_member=member, source_ref=source_ref)
        fill(project, record)
        refuse_repeat(project)
        project.signed_on = record.signed_on
        _insert(project)
        version = keep_version(project, actor, now, "project.create")
        days = _write_days(project, record, actor, now, {}, {})
        figures = _write_promises(project, record, actor, now, [], is_open=bool(days))
        settle(project, now, ProjectRows([version], figures, days, [], []), fresh=True)
        act.done(project, member_id=member.pk, event="project.created", ids=[project.pk], deal=None)
    return project


def _insert(project: Project) -> None:
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            "external_id.taken",
            f"编号“{project.external_id}”已经存在，请改用更新。",
            f"The id “{project.external_id}” exists already; update it instead.",
            place="external_id",
        ) from None


_TEXTS = ("summary", "industry", "chain_link", "site", "region", "origin")


def fill(project: Project, record: ProjectRecord) -> None:
    """The attributes of a record put into a project (its sums and days are facts of their own)."""
    project.name, project.name_key = record.name, name_key(record.name)
    for name in _TEXTS:
        setattr(project, name, getattr(record, name) or "")
    project.region = project.region or project.owner_member.region
    project.kind = str(record.kind or "investment")
    project.openness = str(record.openness or project.openness)  # who does not say who may see it opens nothing
    project.investor = record.investor or ""
    project.investor_organisation = (
        Organisation.objects.filter(Q(name=record.investor) | Q(credit_code=record.investor.upper())).first()
        if record.investor
        else None
    )
    project.foreign = bool(record.foreign) or one_amount(record.contracted, "contracted") is not None
    project.technology = bool(record.technology) or project.kind == "technology"
    project.longitude, project.latitude = record.longitude, record.latitude
    if project.pk is None:  # where it came from is never lost
        project.source, project.source_label = str(record.source or "by_hand"), record.source_label or ""
    project.zone = find_zone(record.zone) if record.zone else None
    project.relation = str(record.relation or "first")
    project.distinct_reason = record.distinct_reason or ""
    project.relates_to = find_project(record.relates_to, project.owner_member) if record.relates_to else None
    if project.relation != "first" and project.relates_to is None:
        raise Fault(
            "project.relates_to",
            "升级、增资和重复登记要写明已有项目。",
            "Say which earlier project is upgraded, increased or repeated.",
            place="relates_to",
            status=422,
        )
    project.external_id = record.external_id or project.external_id


def find_zone(text: str) -> JointZone:
    """The joint zone with this short name, id or name. Raises Fault "zone.unknown"."""
    found = JointZone.objects.filter(Q(slug=text.lower()) | Q(uid=text) | Q(name=text)).first()
    if found is None:
        quoted = shorten(text, 40)
        raise Fault(
            "zone.unknown", f"没有名为“{quoted}”的共建区。", f"There is no joint zone “{quoted}”.", place="zone", status=422
        )  # fmt: skip
    return found


def find_project(text: str, member: Member, *, place: str = "relates_to") -> Project:
    """A member's project by its external id, id or name; else any member's by id or name. Raises Fault "project.unknown"."""
    rows = Project.objects.unscoped("named by somebody who knows it; only its name is compared").order_by("pk")
    own = rows.filter(owner_member=member)
    found = (
        own.filter(external_id=text).first()
        or rows.filter(uid=text).first()
        or own.filter(name_key=name_key(text)).first()
        or rows.filter(name_key=name_key(text)).exclude(openness="parties").first()
    )
    if found is None:
        quoted = shorten(text, 40)
        raise Fault(
            "project.unknown", f"没有项目“{quoted}”。", f"There is no project “{quoted}”.", place=place, status=422
        )
    return found  # type: ignore[no-any-return]


def promises(record: ProjectRecord) -> Iterator[Given]:
    """The promised sums of a record, and jobs and land; those of money count on the day of signing."""
    rate = read_rate(record.rate)
    for name, kind, source in (
        ("total", "total", ""), ("contracted", "contracted", "foreign"), ("agreed_domestic", "agreed", "domestic"),
        ("agreed_foreign", "agreed", "foreign"),
    ):  # fmt: skip
        amount = one_amount(getattr(record, name), name)
        if amount is not None:
            own = rate if amount[1] != "CNY" or source == "foreign" else None
            yield Given(kind, amount[0], amount[1], source, None, own, record.evidence or "", name)
    day = record.signed_on or timezone.localdate()
    for name, kind in (("jobs", "jobs"), ("land_square_metres", "land")):
        value = getattr(record, name)
        if value is not None:
            yield Given(kind, value, "", "", day, None, record.evidence or "", name)


def _write_promises(
    project: Project,
    record: ProjectRecord,
    actor: Viewer,
    now: dt.datetime,
    stand: list[Figure],
    *,
    is_open: bool = False,
) -> list[Figure]:
    """Append what a record promises and does not stand yet; what was appended. is_open: the day of signing was checked already."""
    held = {(f.kind, f.source): f for f in stand if f.kind in ("total", "contracted", "agreed", "jobs", "land")}
    rows = []
    for given in promises(record):
        before = held.get((given.kind, given.source))
        if before is not None and (before.amount, before.currency) == (given.amount, given.currency):
            continue
        try:
            row = new_figure(project, given, actor, now)
        except Fault as fault:
            raise (fault if fault.place == "rate" else fault.at(given.place)) from None
        if before is not None:
            row.corrects, row.effective_on, row.reason = before, before.effective_on, "随项目资料更新"
        rows.append(row)
    if rows:
        if not is_open:
            demand_open(project.owner_member_id, [project.signed_on], place="signed_on")
        replaced = {row.corrects_id for row in rows}
        check_sums([*(f for f in stand if f.pk not in replaced), *rows], place="total")
        Figure.objects.bulk_create(rows)
    return rows


def _write_days(
    project: Project,
    record: ProjectRecord,
    actor: Viewer,
    now: dt.datetime,
    actual: dict[str, dt.date],
    planned: dict[str, dt.date],
) -> list[MilestoneDay]:
    """Append the days of a record that are new; days that it leaves out stay. What was appended."""
    given = {milestone: getattr(record, name) for name, milestone in ACTUAL.items() if getattr(record, name)}
    plans = {milestone: getattr(record, name) for name, milestone in PLANNED.items() if getattr(record, name)}
    if project.deal_id is not None:
        given = {}  # those of the deal's moves
    check_order(actual | given, place="signed_on")
    rows, held = [], []
    for days, before, is_actual in ((given, actual, True), (plans, planned, False)):
        for milestone, day in days.items():
            if before.get(milestone) != day:
                rows.append(_day(project, milestone, day, is_actual, record.evidence or "", actor, now))
                held += [day, before.get(milestone)] if is_actual else []
    demand_open(project.owner_member_id, held, place="signed_on")
    if rows:
        MilestoneDay.objects.bulk_create(rows)
    return rows


def _day(
    project: Project, milestone: str, day: dt.date | None, actual: bool, evidence: str, actor: Viewer, now: dt.datetime
) -> MilestoneDay:
    return MilestoneDay(
        project=project, milestone=milestone, actual=actual, day=day, evidence=evidence[:300], recorded_at=now,
        recorded_by_id=actor.user_id, actor=actor.reference(),
    )  # fmt: skip


def project_record_of(project: Project) -> dict[str, Any]:
    """The project as its schema gives it, for forms and partial changes."""
    rows = ProjectRows.of(project)
    actual, planned = actual_days(rows.moves, rows.milestones, None), planned_days(rows.milestones)
    values: dict[str, Any] = {
        name: getattr(project, name)
        for name in (
            "name", "kind", "summary", "industry", "chain_link", "technology", "investor", "openness", "site", "region",
            "origin", "longitude", "latitude", "foreign", "relation", "distinct_reason",
        )
    }  # fmt: skip
    values["zone"] = project.zone.slug if project.zone else None
    values["relates_to"] = project.relates_to.uid if project.relates_to else None
    values["external_id"] = project.external_id or None
    values |= {name: actual.get(milestone) for name, milestone in ACTUAL.items()}
    values |= {name: planned.get(milestone) for name, milestone in PLANNED.items()}
    names = {
        ("total", ""): "total", ("contracted", "foreign"): "contracted", ("agreed", "domestic"): "agreed_domestic",
        ("agreed", "foreign"): "agreed_foreign",
    }  # fmt: skip
    for figure in standing(rows.figures):
        name = names.get((figure.kind, figure.source))
        if name:
            values[name] = {"low_minor": figure.amount, "high_minor": figure.amount, "currency": figure.currency}
        elif figure.kind in ("jobs", "land"):
            values["jobs" if figure.kind == "jobs" else "land_square_metres"] = figure.amount
    return values


def change_project(
    *, actor: Viewer, project: Project, record: ProjectRecord, version: int | None = None, dry_run: bool = False
) -> tuple[Project, str]:
    """Write `record` over a project: attributes change from now on, sums and days that differ are appended as corrections."""
    demand(actor, "project.change", {project.owner_member_id})
    with acting(actor, "project.change", dry_run=dry_run) as act:
        current = locked(project, version)
        now, before = timezone.now(), _comparable(current)
        fill(current, record)
        refuse_repeat(current)
        rows = ProjectRows.of(current)
        actual, planned = actual_days(rows.moves, rows.milestones, None), planned_days(rows.milestones)
        different = _comparable(current) != before
        dated = _write_days(current, record, actor, now, actual, planned)
        promised = _write_promises(current, record, actor, now, standing(rows.figures))
        if not (different or dated or promised):
            act.nothing_changed()
            return current, "unchanged"
        if different:
            demand_open(current.owner_member_id, [current.signed_on], place="signed_on")
        current.version += 1
        version_row = keep_version(current, actor, now, "project.change")
        rows = ProjectRows(
            [*rows.versions, version_row], [*rows.figures, *promised], [*rows.milestones, *dated], rows.relocations,
            rows.moves,
        )  # fmt: skip
        settle(current, now, rows)
        act.done(current, member_id=current.owner_member_id, event="project.changed", ids=[current.pk])
    return current, "changed"


def _comparable(project: Project) -> dict[str, Any]:
    names = (*_TEXTS, "investor", "longitude", "latitude", "distinct_reason", "external_id")
    return snapshot_of(project) | {name: getattr(project, name) for name in names}


def known_project(member: Member, text: str) -> Project | None:
    """The project that a member knows by its own number, or by the platform's id. Raises Fault "project.unknown" for another's id."""
    rows = Project.objects.unscoped("an upsert looks for its own row; rights are checked next")
    rows = rows.select_related("zone", "relates_to")
    own = rows.filter(owner_member=member)
    found: Project | None = (own.filter(external_id=text).first() or own.filter(uid=text).first()) if text else None
    if found is None and text and rows.filter(uid=text).exists():
        raise Fault(
            "project.unknown", f"“{text}”不是{member}的项目，不能在这里修改。",
            f"“{text}” is no project of {member} and cannot be changed here.", place="external_id", status=422,
        )  # fmt: skip
    return found


def upsert_project(
    *, actor: Viewer, member: Member, record: ProjectRecord, version: int | None = None, dry_run: bool = False
) -> tuple[Project, str]:
    """Create or change the project that `member` knows by the record's external id, or by the platform's.

    "created", "changed" or "unchanged". Raises Fault "project.unknown", "source.fixed".
    """
    existing = known_project(member, record.external_id or "")
    if existing is None:
        if version is not None:
            raise Stale
        return create_project(actor=actor, member=member, record=record, dry_run=dry_run), "created"
    if record.external_id == existing.uid:
        record = record.model_copy(update={"external_id": existing.external_id or None})
    refuse_other_source(existing, record)
    return change_project(actor=actor, project=existing, record=record, version=version, dry_run=dry_run)


def set_milestone(*, actor: Viewer, project: Project, record: MilestoneRecord, version: int | None = None) -> Project:
    """Put the planned or actual day of a milestone on record; the one before it stays in the history."""
    demand(actor, "project.change", {project.owner_member_id})
    if record.planned_on is None and record.actual_on is None:
        raise Fault(
            "missing",
            "请填写计划日期或实际日期。",
            "Give the planned or the actual day.",
            place="planned_on",
            status=422,
        )
    with acting(actor, "project.milestone") as act:
        current = locked(project, version)
        now, milestone = timezone.now(), str(record.milestone)
        rows = ProjectRows.of(current)
        new = []
        if record.actual_on is not None:
            if current.deal_id is not None and milestone != "building":
                raise Conflict(
                    "milestone.of_deal",
                    "这个项目由对接推进而来，请在对接页面推进阶段。",
                    "This project came from a deal: move the deal on instead.",
                    place="actual_on",
                )
            actual = actual_days(rows.moves, rows.milestones, None)
            check_order(actual | {milestone: record.actual_on})
            demand_open(current.owner_member_id, [record.actual_on, actual.get(milestone)], place="actual_on")
            new.append(_day(current, milestone, record.actual_on, True, record.evidence or "", actor, now))
        if record.planned_on is not None:
            new.append(_day(current, milestone, record.planned_on, False, record.evidence or "", actor, now))
        MilestoneDay.objects.bulk_create(new)
        current.version += 1
        settle(current, now)
        act.done(current, member_id=current.owner_member_id, ids=[current.pk], detail={"milestone": milestone})
    return current


def set_risk(*, actor: Viewer, project: Project, risky: bool, reason: str, version: int | None = None) -> Project:
    """Raise or lower the risk flag, with the reason."""
    demand(actor, "project.change", {project.owner_member_id})
    if risky and not reason.strip():
        raise Fault("reason.missing", "请写明风险在哪里。", "Say what the risk is.", place="reason", status=422)
    with acting(actor, "project.risk") as act:
        current = locked(project, version)
        current.risk_flag, current.risk_reason = risky, reason.strip()[:300] if risky else ""
        current.version += 1
        current.save(update_fields=["risk_flag", "risk_reason", "version", "changed_at"])
        act.done(current, member_id=current.owner_member_id, ids=[current.pk], risky=risky)
    return current


def cancel_project(*, actor: Viewer, project: Project, on: dt.date, reason: str, version: int | None = None) -> Project:
    """Call a project off: from now on it no longer counts as signed, nor its promised sums. What was paid stays paid."""
    demand(actor, "project.cancel", {project.owner_member_id})
    if not reason.strip():
        raise Fault("reason.missing", "请写明撤销的原因。", "Say why it is called off.", place="reason", status=422)
    with acting(actor, "project.cancel") as act:
        current = locked(project, version)
        if current.cancelled_on is not None:
            raise Conflict("project.cancelled", "这个项目已经撤销了。", "This project was called off already.")
        check_order(
            {"signed": on} if current.signed_on is None else {"signed": current.signed_on, "full_output": on},
            place="on",
        )
        demand_open(current.owner_member_id, [on, current.signed_on], place="on")
        now = timezone.now()
        current.cancelled_on, current.cancel_reason = on, reason.strip()[:300]
        current.version += 1
        keep_version(current, actor, now, "project.cancel")
        settle(current, now)
        act.done(current, member_id=current.owner_member_id, event="project.cancelled", ids=[current.pk])
    return current


def relocate(*, actor: Viewer, project: Project, record: RelocationRecord) -> Relocation:
    """Put on record that a project moved from one region to another, and why."""
    demand(actor, "project.change", {project.owner_member_id})
    if record.origin == record.destination:
        raise Fault(
            "relocation.same",
            "迁出地和迁入地相同。",
            "It moves from a region to itself.",
            place="destination",
            status=422,
        )
    if record.effective_on is None:
        raise Fault("missing", "日期：必须填写。", "On: is required.", place="effective_on", status=422)
    with acting(actor, "project.relocate") as act:
        current = locked(project, None)
        check_order({"signed": record.effective_on}, place="effective_on")
        demand_open(current.owner_member_id, [record.effective_on])
        now = timezone.now()
        row = Relocation.objects.create(
            project=current, origin=record.origin, destination=record.destination, reason=record.reason,
            origin_member=find_member(record.origin_member, place="origin_member") if record.origin_member else None,
            effective_on=record.effective_on, recorded_at=now, recorded_by_id=actor.user_id, actor=actor.reference(),
        )  # fmt: skip
        settle(current, now)
        act.done(
            current, member_id=current.owner_member_id, event="project.relocated", ids=[current.pk], relocation=row.pk
        )
    return row

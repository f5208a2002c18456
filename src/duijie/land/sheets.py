"""Deals, projects and monthly figures by sheet: each row goes through the same action as page and API."""

from __future__ import annotations

from typing import Any, TypeVar

from duijie.core.access import Viewer
from duijie.core.errors import Fault
from duijie.core.language import Label
from duijie.core.schema import Record, parse
from duijie.land.actions import (
    deal_record_of,
    find_project,
    known_deal,
    known_project,
    project_record_of,
    record_figure,
    upsert_deal,
    upsert_project,
)
from duijie.land.rules import demand
from duijie.land.schemas import DealRecord, FigureRecord, ProjectRecord
from duijie.members.models import Member
from duijie.members.sheets import SheetKind, register

R = TypeVar("R", bound=Record)


def _demand_deals(viewer: Viewer, member: Member) -> None:
    demand(viewer, "deal.create", {member.pk})


def _demand_projects(viewer: Viewer, member: Member) -> None:
    demand(viewer, "project.create", {member.pk})


def _demand_figures(viewer: Viewer, member: Member) -> None:
    demand(viewer, "project.figures", {member.pk})


def _write_deal(*, actor: Viewer, member: Member, record: DealRecord, dry_run: bool) -> str:
    deal = known_deal(member, record.external_id or "")
    if deal is not None:
        record = _completed(record, deal_record_of(deal))
    return upsert_deal(actor=actor, member=member, record=record, dry_run=dry_run)[1]


def _write_project(*, actor: Viewer, member: Member, record: ProjectRecord, dry_run: bool) -> str:
    project = known_project(member, record.external_id or "")
    if project is not None:
        record = _completed(record, project_record_of(project))
    return upsert_project(actor=actor, member=member, record=record, dry_run=dry_run)[1]


def _completed(record: R, held: dict[str, Any]) -> R:
    """A row with what the record holds where the sheet has no column for it."""
    return parse(type(record), held | record.model_dump(include=record.model_fields_set))


def _write_figure(*, actor: Viewer, member: Member, record: FigureRecord, dry_run: bool) -> str:
    if not record.project:
        raise Fault("missing", "项目：必须填写。", "Project: is required.", place="project", status=422)
    project = find_project(record.project, member, place="project")
    if project.owner_member_id != member.pk:
        raise Fault(
            "project.unknown", f"没有项目“{record.project}”。", f"There is no project “{record.project}”.",
            place="project", status=422,
        )  # fmt: skip
    what = record_figure(actor=actor, project=project, record=record, dry_run=dry_run)[1]
    return "changed" if what == "corrected" else what


register(
    SheetKind(
        "deals", Label("项目线索", "Deals"), DealRecord, _demand_deals, _write_deal, unique=("external_id",),
        shown_at=lambda member: f"/deals/?member={member.slug}", empties=True,
    )
)  # fmt: skip
register(
    SheetKind(
        "projects", Label("签约项目", "Projects"), ProjectRecord, _demand_projects, _write_project,
        unique=("external_id",), shown_at=lambda member: f"/projects/?member={member.slug}", empties=True,
    )
)  # fmt: skip
register(
    SheetKind(
        "figures", Label("项目月度数据", "Projects' monthly figures"), FigureRecord, _demand_figures, _write_figure,
        shown_at=lambda member: f"/projects/?member={member.slug}",
    )
)  # fmt: skip

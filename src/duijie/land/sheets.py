"""Deals, projects and monthly figures by sheet: each row goes through the same action as page and API."""

from __future__ import annotations

from duijie.core.access import Viewer
from duijie.core.errors import Fault
from duijie.core.language import Label
from duijie.land.actions import find_project, record_figure, upsert_deal, upsert_project
from duijie.land.rules import demand
from duijie.land.schemas import DealRecord, FigureRecord, ProjectRecord
from duijie.members.models import Member
from duijie.members.sheets import SheetKind, register


def _demand_deals(viewer: Viewer, member: Member) -> None:
    demand(viewer, "deal.create", {member.pk})


def _demand_projects(viewer: Viewer, member: Member) -> None:
    demand(viewer, "project.create", {member.pk})


def _demand_figures(viewer: Viewer, member: Member) -> None:
    demand(viewer, "project.figures", {member.pk})


def _write_deal(*, actor: Viewer, member: Member, record: DealRecord, dry_run: bool) -> str:
    return upsert_deal(actor=actor, member=member, record=record, dry_run=dry_run)[1]


def _write_project(*, actor: Viewer, member: Member, record: ProjectRecord, dry_run: bool) -> str:
    return upsert_project(actor=actor, member=member, record=record, dry_run=dry_run)[1]


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
        shown_at=lambda member: f"/deals/?member={member.slug}",
    )
)  # fmt: skip
register(
    SheetKind(
        "projects", Label("签约项目", "Projects"), ProjectRecord, _demand_projects, _write_project,
        unique=("external_id",), shown_at=lambda member: f"/projects/?member={member.slug}",
    )
)  # fmt: skip
register(
    SheetKind(
        "figures", Label("项目月度数据", "Projects' monthly figures"), FigureRecord, _demand_figures, _write_figure,
        shown_at=lambda member: f"/projects/?member={member.slug}",
    )
)  # fmt: skip

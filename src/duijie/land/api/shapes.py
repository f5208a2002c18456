"""What the API of this app answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Schema

from duijie.core.access import Viewer
from duijie.land.models import Deal, DealMove, Figure, JointZone, Project
from duijie.land.queries import ProjectPage


def viewer_of_request(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def day(value: dt.date | None) -> str | None:
    return value.isoformat() if value else None


class DealOut(Schema):
    id: str
    title: str
    kind: str
    member: str
    stage: str
    stage_since: str
    end_reason: str
    confidential: bool
    foreign: bool
    amount_minor: int | None
    currency: str
    region: str
    origin: str
    industry: str
    source: str
    source_label: str
    next_step: str
    next_on: str | None
    external_id: str
    version: int


def deal_out(deal: Deal) -> dict[str, Any]:
    plain = (
        "title", "kind", "stage", "end_reason", "confidential", "foreign", "amount_minor", "currency", "region", "origin",
        "industry", "source", "source_label", "next_step", "external_id", "version",
    )  # fmt: skip
    return {name: getattr(deal, name) for name in plain} | {
        "id": deal.uid, "member": deal.owner_member.slug, "stage_since": day(deal.stage_since), "next_on": day(deal.next_on),
    }  # fmt: skip


class MoveOut(Schema):
    id: int
    from_stage: str
    to_stage: str
    effective_on: str
    recorded_at: str
    actor: str
    evidence: dict[str, str]
    reason: str
    corrects: int | None
    cancelled: bool


def move_out(move: DealMove) -> dict[str, Any]:
    return {
        "id": move.pk, "from_stage": move.from_stage, "to_stage": move.to_stage, "effective_on": day(move.effective_on),
        "recorded_at": move.recorded_at.isoformat(), "actor": move.actor, "evidence": move.evidence,
        "reason": move.reason, "corrects": move.corrects_id, "cancelled": move.cancelled,
    }  # fmt: skip


class OneDealOut(DealOut):
    history: list[MoveOut]


class DealsOut(Schema):
    total: int
    items: list[DealOut]


class DealOutcomeOut(Schema):
    what: str
    deal: DealOut


class ProjectOut(Schema):
    id: str
    name: str
    kind: str
    member: str
    investor: str
    site: str
    region: str
    origin: str
    industry: str
    chain_link: str
    foreign: bool
    technology: bool
    relation: str
    zone: str | None
    stage: str
    signed_on: str | None
    cancelled_on: str | None
    total_cny_minor: int
    paid_cny_minor: int
    late_days: int
    risk_flag: bool
    external_id: str
    version: int


def project_out(project: Project) -> dict[str, Any]:
    plain = (
        "name", "kind", "investor", "site", "region", "origin", "industry", "chain_link", "foreign", "technology",
        "relation", "stage", "total_cny_minor", "paid_cny_minor", "late_days", "risk_flag", "external_id", "version",
    )  # fmt: skip
    return {name: getattr(project, name) for name in plain} | {
        "id": project.uid, "member": project.owner_member.slug, "zone": project.zone.slug if project.zone else None,
        "signed_on": day(project.signed_on), "cancelled_on": day(project.cancelled_on),
    }  # fmt: skip


class FigureOut(Schema):
    id: str
    kind: str
    source: str
    currency: str
    amount: int
    cny_minor: int | None
    usd_minor: int | None
    rate: str | None
    effective_on: str | None
    recorded_at: str
    evidence: str
    reason: str
    corrects: int | None
    cancelled: bool


def figure_out(figure: Figure) -> dict[str, Any]:
    plain = ("kind", "source", "currency", "amount", "cny_minor", "usd_minor", "evidence", "reason", "cancelled")
    return {name: getattr(figure, name) for name in plain} | {
        "id": figure.uid, "rate": f"{figure.rate.normalize():f}" if figure.rate is not None else None,
        "effective_on": day(figure.effective_on), "recorded_at": figure.recorded_at.isoformat(),
        "corrects": figure.corrects_id,
    }  # fmt: skip


class FigureOutcomeOut(Schema):
    what: str
    figure: FigureOut


class OneProjectOut(ProjectOut):
    milestones: dict[str, str]
    planned: dict[str, str]
    figures: list[FigureOut]


def one_project_out(page: ProjectPage) -> dict[str, Any]:
    return project_out(page.project) | {
        "milestones": {name: value.isoformat() for name, value in page.actual.items()},
        "planned": {name: value.isoformat() for name, value in page.planned.items()},
        "figures": [figure_out(f) for f in page.figures],
    }


class ProjectsOut(Schema):
    total: int
    items: list[ProjectOut]


class ProjectOutcomeOut(Schema):
    what: str
    project: ProjectOut


class PartnerOut(Schema):
    name: str
    member: str | None
    area_square_metres: int | None
    share_percent: float | None


class ZoneOut(Schema):
    id: str
    slug: str
    name: str
    name_en: str
    kind: str
    summary: str
    industry: str
    area_square_metres: int | None
    founded_on: str | None
    partners: list[PartnerOut]
    version: int


def zone_out(zone: JointZone) -> dict[str, Any]:
    plain = ("slug", "name", "name_en", "kind", "summary", "industry", "area_square_metres", "version")
    partners = [
        {
            "name": p.member.name if p.member else p.name, "member": p.member.slug if p.member else None,
            "area_square_metres": p.area_square_metres,
            "share_percent": p.share_basis_points / 100 if p.share_basis_points is not None else None,
        }
        for p in zone.partners.all()
    ]  # fmt: skip
    values = {name: getattr(zone, name) for name in plain}
    return values | {"id": zone.uid, "founded_on": day(zone.founded_on), "partners": partners}

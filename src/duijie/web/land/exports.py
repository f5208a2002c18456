"""Deals and projects as sheets out: the same columns that come in, with what only the platform knows beside them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from duijie.core import industries, regions
from duijie.core.files import XLSX
from duijie.core.sheets import Column, write_table
from duijie.land.choices import DealKind, Relation, Source, Stage
from duijie.land.models import Deal, Project
from duijie.web.land.words import milestone_name


def _columns(*items: tuple[str, str, str, str]) -> list[Column]:
    return [Column(name, zh, en, kind=kind) for name, zh, en, kind in items]


_DEAL_COLUMNS = _columns(
    ("external_id", "编号", "External id", "line"), ("title", "名称", "Title", "line"), ("kind", "类型", "Kind", "line"),
    ("member", "主办成员", "Member in charge", "line"), ("stage", "阶段", "Stage", "line"), ("stage_on", "阶段日期", "Since", "date"),
    ("amount", "意向金额（元）", "Amount", "decimal"), ("currency", "币种", "Currency", "line"), ("foreign", "外资", "Foreign", "yes_no"),
    ("industry", "行业", "Industry", "line"), ("region", "落地地区", "Site in", "line"), ("origin", "来源地", "From", "line"),
    ("source", "来源", "Source", "line"), ("source_label", "来源名称", "Name of the source", "line"),
    ("next_step", "下一步", "Next step", "line"), ("next_on", "下一步日期", "By", "date"), ("confidential", "保密", "Confidential", "yes_no"),
)  # fmt: skip
_PROJECT_COLUMNS = _columns(
    ("external_id", "编号", "External id", "line"), ("name", "项目名称", "Name", "line"), ("kind", "类型", "Kind", "line"),
    ("member", "落地成员", "Member", "line"), ("investor", "投资方", "Investor", "line"), ("stage", "进度", "Milestone", "line"),
    ("signed_on", "签约日", "Signed on", "date"), ("total", "总投资（元）", "Total investment (CNY)", "decimal"),
    ("paid", "实到资金（元）", "Paid in (CNY)", "decimal"), ("foreign", "外资", "Foreign", "yes_no"),
    ("technology", "技术合作", "Technology cooperation", "yes_no"), ("industry", "行业", "Industry", "line"),
    ("region", "落地地区", "Site in", "line"), ("origin", "来源地", "From", "line"), ("relation", "与已有项目的关系", "Relation", "line"),
    ("late_days", "滞后天数", "Days late", "whole"), ("risk", "风险", "Risk", "line"), ("cancelled_on", "撤销日", "Called off on", "date"),
)  # fmt: skip


def _region(code: str) -> str:
    return regions.full_name(code) if code and regions.get(code) else ""


def _industry(code: str) -> str:
    found = industries.get(code) if code else None
    return found.label() if found else ""


def _deal(deal: Deal) -> dict[str, Any]:
    return {
        "external_id": deal.external_id, "title": deal.title, "kind": DealKind.named(deal.kind),
        "member": deal.owner_member.name, "stage": Stage.named(deal.stage), "stage_on": deal.stage_since,
        "amount": deal.amount_minor / 100 if deal.amount_minor is not None else None, "currency": deal.currency,
        "foreign": deal.foreign, "industry": _industry(deal.industry), "region": _region(deal.region),
        "origin": _region(deal.origin), "source": Source.named(deal.source), "source_label": deal.source_label,
        "next_step": deal.next_step, "next_on": deal.next_on, "confidential": deal.confidential,
    }  # fmt: skip


def _project(project: Project) -> dict[str, Any]:
    return {
        "external_id": project.external_id, "name": project.name, "kind": DealKind.named(project.kind),
        "member": project.owner_member.name, "investor": project.investor, "stage": milestone_name(project.stage),
        "signed_on": project.signed_on, "total": project.total_cny_minor / 100, "paid": project.paid_cny_minor / 100,
        "foreign": project.foreign, "technology": project.technology, "industry": _industry(project.industry),
        "region": _region(project.region), "origin": _region(project.origin), "relation": Relation.named(project.relation),
        "late_days": project.late_days, "risk": project.risk_reason, "cancelled_on": project.cancelled_on,
    }  # fmt: skip


KINDS: dict[str, tuple[list[Column], Callable[[Any], Mapping[str, Any]]]] = {
    "deals": (_DEAL_COLUMNS, _deal),
    "projects": (_PROJECT_COLUMNS, _project),
}


def sheet(kind: str, rows: Iterable[Any], form: str) -> HttpResponse:
    """Records as an Excel workbook or CSV to download."""
    columns, values = KINDS[kind]

    def lines() -> Iterator[Mapping[str, Any]]:
        for row in rows:
            yield values(row)

    out = io.BytesIO()
    write_table(columns, lines(), out, form=form)
    response = HttpResponse(out.getvalue(), content_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{kind}-{timezone.localdate()}.{form}"'
    return response

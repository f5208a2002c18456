"""What the pages of landing say of a record: badges, amounts, names of stages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from duijie.core.language import Label, t
from duijie.core.money import Money, format_money
from duijie.land.choices import OVER, DealKind, Milestone, Source, Stage
from duijie.land.models import Deal, Project
from duijie.land.service import in_stage
from duijie.web.kit.parts import badge


def money(amount_minor: int | None, currency: str = "CNY") -> str:
    """An amount as people read it; a dash where there is none."""
    return format_money(Money(amount_minor, currency)) if amount_minor else "—"


def stage_badge(stage: str) -> str:
    kind = "bad" if stage in OVER else "good" if stage in ("production", "full_output") else "river"
    return badge(Stage(stage).label, kind if stage not in ("lead", "contact") else "line")


def milestone_name(stage: str) -> str:
    return Milestone.named(stage) if stage else t("未签约", "Not signed")


def source_of(record: Deal | Project) -> str:
    """驻点招商 · 驻沪招商一组"""
    name = Source.named(record.source)
    return f"{name} · {record.source_label}" if record.source_label else name


def kind_of(record: Deal | Project) -> str:
    return DealKind.named(record.kind)


def ticket_badges(deal: Deal, today: dt.date) -> list[tuple[str, Label | str]]:
    """Signals on a card: overdue in its stage, a step that is due, confidential."""
    found: list[tuple[str, Label | str]] = []
    stay = in_stage(deal, today)
    if stay.over:
        found.append(("bad", t("超期 {n} 个工作日", "{n} working days over", n=stay.over)))
    if deal.next_on is not None and deal.next_on < today and deal.stage not in OVER:
        found.append(("warn", t("下一步已过期", "step overdue")))
    if deal.confidential:
        found.append(("line", Label("保密", "confidential")))
    if deal.foreign:
        found.append(("", Label("外资", "foreign")))
    return found


def project_flags(project: Project) -> list[tuple[str, Label | str]]:
    found: list[tuple[str, Label | str]] = []
    if project.cancelled_on is not None:
        return [("bad", Label("已撤销", "called off"))]
    if project.relation != "first":
        from duijie.land.choices import Relation

        found.append(("line", Relation.named(project.relation)))
    if project.risk_flag:
        found.append(("bad", Label("有风险", "at risk")))
    if project.late_days > 0:
        found.append(("warn", t("滞后 {n} 天", "{n} days late", n=project.late_days)))
    if project.openness == "parties":
        found.append(("line", Label("保密", "confidential")))
    return found


def badges(items: list[tuple[str, Label | str]]) -> str:
    """Several badges as one safe text."""
    from django.utils.html import format_html_join

    return format_html_join(" ", "{}", ((badge(text, kind),) for kind, text in items))


def version_of(posted: Any) -> int | None:
    text = posted.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

"""Deals, projects and monthly figures as sheets out, in the columns in which they come in: brought in again nothing changes.

A record without a number of its own is known by the platform's id, in the same column. Evidence and who is in charge stay with the
officers of the member.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet

from duijie.core import industries, regions
from duijie.core.access import Viewer
from duijie.core.money import Money, format_money
from duijie.core.schema import Choices
from duijie.core.sheets import Column
from duijie.land.actions import deal_record_of, project_record_of
from duijie.land.choices import CapitalSource, DealKind, FigureKind, Openness, Relation, Source, Stage
from duijie.land.history import standing
from duijie.land.models import Deal, Project
from duijie.members.models import Organisation
from duijie.members.sheets import columns_of

_CHOICES: dict[str, dict[str, type[Choices]]] = {
    "deals": {"kind": DealKind, "source": Source, "stage": Stage},
    "projects": {"kind": DealKind, "source": Source, "openness": Openness, "relation": Relation},
    "figures": {"kind": FigureKind, "source": CapitalSource},
}
_MEMBER = Column("member", "主办成员", "Member in charge")


@dataclass(frozen=True)
class Exported:
    """columns: of the sheet. lines: a record's rows by column, as a viewer may see them."""

    columns: tuple[Column, ...]
    lines: Callable[[Any, Viewer], Iterable[Mapping[str, Any]]]


def export_of(kind: str) -> Exported:
    """How a kind of record goes out: "deals", "projects", or "figures" (of the projects it is given)."""
    lines: Any = {"deals": _of_deal, "projects": _of_project, "figures": _of_figures}[kind]
    left_out = {"deals": {"evidence"}, "projects": {"evidence", "rate"}, "figures": {"month", "reason"}}[kind]
    kept = tuple(_in_yuan(c) if c.kind == "money" else c for c in columns_of(kind) if c.name not in left_out)
    return Exported(kept if kind == "figures" else (*kept, _MEMBER), lines)


def read_together(kind: str, rows: QuerySet[Any]) -> Iterator[Any]:
    """Deals or projects with what their lines are made of, some hundreds at a time."""
    if kind == "deals":
        rows = rows.select_related("owner_member", "owner_user")
    elif kind == "projects":
        rows = rows.select_related("owner_member", "zone", "relates_to").prefetch_related(
            "versions", "figures", "milestones", "relocations"
        )
    else:
        rows = rows.select_related("owner_member").prefetch_related("figures")
    return rows.iterator(chunk_size=500)


def _in_yuan(column: Column) -> Column:
    """Sums are figures in yuan; one in another currency is text that names it."""
    return replace(column, label_zh=f"{column.label_zh}（元）", label_en=f"{column.label_en} (元)")


def is_own(record: Deal | Project, viewer: Viewer) -> bool:
    return viewer.is_system or record.owner_member_id in viewer.member_ids


def _id(record: Deal | Project, viewer: Viewer) -> str:
    """The number of the member's own; another member's stands beside it as the platform's id and is never taken for one's own."""
    return (record.external_id if is_own(record, viewer) else "") or record.uid


def _of_deal(deal: Deal, viewer: Viewer) -> Iterable[Mapping[str, Any]]:
    values = deal_record_of(deal) | {
        "stage": deal.stage, "stage_on": deal.stage_since, "source": deal.source, "source_label": deal.source_label,
        "external_id": _id(deal, viewer), "member": deal.owner_member.name,
    }  # fmt: skip
    for name in ("own_organisations", "other_organisations"):
        values[name] = _organisations(values[name])
    if not is_own(deal, viewer):
        values["owner"] = None
    yield _shown("deals", values)


def _organisations(uids: list[str]) -> list[str]:
    """Organisations by their names; one whose name a list cannot hold, or that is not the only one of it, by its id."""
    found = dict(Organisation.objects.filter(uid__in=uids).values_list("uid", "name"))
    namesakes = Organisation.objects.filter(name__in=found.values()).values_list("name", flat=True)
    every = list(namesakes)
    return [found[u] if every.count(found[u]) == 1 and not set(found[u]) & set("、，,；;\n/") else u for u in uids]


def _of_project(project: Project, viewer: Viewer) -> Iterable[Mapping[str, Any]]:
    yield _shown(
        "projects",
        project_record_of(project) | {
            "source": project.source, "source_label": project.source_label, "external_id": _id(project, viewer),
            "member": project.owner_member.name,
        },
    )  # fmt: skip


def _of_figures(project: Project, viewer: Viewer) -> Iterable[Mapping[str, Any]]:
    """The figures that stand, for the member's own officers: their evidence is nobody else's."""
    if not is_own(project, viewer):
        return
    for row in standing(project.figures.all()):
        money = format_money(Money(row.amount, row.currency), exact=True) if row.currency else row.amount
        rate = row.rate or row.usd_rate
        yield _shown(
            "figures",
            {
                "project": _id(project, viewer), "kind": row.kind, "source": row.source, "on": row.effective_on,
                "amount": money, "rate": f"{rate.normalize():f}" if rate else None, "evidence": row.evidence,
            },
        )  # fmt: skip


def _shown(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as people write them: choices, regions and industries by name, sums in yuan."""
    shown: dict[str, Any] = {}
    for name, value in values.items():
        choices = _CHOICES[kind].get(name)
        if value in (None, ""):
            shown[name] = None
        elif choices is not None:
            shown[name] = choices.named(value)
        elif name in ("region", "origin"):
            shown[name] = regions.full_name(value) if regions.get(value) else value
        elif name == "industry":
            found = industries.get(value)
            shown[name] = found.label() if found else value
        elif isinstance(value, dict):
            shown[name] = _sum(value)
        else:
            shown[name] = value if isinstance(value, str | int | float | list | dt.date) else str(value)
    return shown


def _sum(amount: Mapping[str, Any]) -> float | str:
    minor, currency = amount["low_minor"], amount["currency"]
    return minor / 100 if currency == "CNY" else format_money(Money(minor, currency), exact=True)

"""Deals and projects as known at an instant, read from the rows that were appended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from duijie.core import industries, regions
from duijie.land.counting import DealState, FigureFact, ProjectState, ShapeKey
from duijie.land.history import days_reached, standing
from duijie.land.models import Deal, DealMove, DealVersion, Figure, MilestoneDay, Project, Relocation

# What a version of a project keeps: everything that decides whether and where its facts count.
KEPT = (
    "name", "kind", "industry", "origin", "region", "foreign", "technology", "relation", "source", "source_ref", "source_label",
    "openness", "investor", "site", "chain_link",
)  # fmt: skip


def snapshot_of(project: Project) -> dict[str, Any]:
    """What a `ProjectVersion` keeps of a project."""
    values: dict[str, Any] = {name: getattr(project, name) for name in KEPT}
    return values | {
        "member": project.owner_member_id,
        "zone": project.zone_id,
        "relates_to": project.relates_to_id,
        "deal": project.deal_id,
        "cancelled_on": project.cancelled_on.isoformat() if project.cancelled_on else None,
    }


def division_of(code: str) -> str:
    """The division that a zone lies in; a division's own code."""
    while code and not code.isdigit():
        found = regions.get(code)
        code = (found.parent or "") if found else ""
    return code


def industry_label(code: str) -> str:
    """The code with the letter of its section before it, so that whatever lies inside a class begins like the class: C39, C3962."""
    found = industries.get(code) if code else None
    return found.label_code if found else code


def shape_of_snapshot(kept: dict[str, Any]) -> ShapeKey:
    return ShapeKey(
        kind=kept["kind"],
        industry=industry_label(kept["industry"]),
        origin=division_of(kept["origin"]),
        region=division_of(kept["region"]),
        foreign=kept["foreign"],
        technology=kept["technology"],
        zone_id=kept["zone"] or 0,
        source=kept["source"],
        source_key=kept["source_ref"] or kept["source_label"][:80],
    )


def snapshot_of_deal(deal: Deal) -> dict[str, Any]:
    """What a `DealVersion` keeps of a deal."""
    names = (
        "title", "kind", "industry", "origin", "region", "foreign", "source", "source_ref", "source_label", "currency",
        "amount_minor", "confidential",
    )  # fmt: skip
    return {name: getattr(deal, name) for name in names} | {"member": deal.owner_member_id}


def _shape_of_deal(kept: dict[str, Any]) -> ShapeKey:
    """A deal's shape; its amount counts for "100 m yuan or more" where it is in yuan."""
    return ShapeKey(
        kind=kept["kind"],
        industry=industry_label(kept["industry"]),
        origin=division_of(kept["origin"]),
        region=division_of(kept["region"]),
        foreign=kept["foreign"],
        technology=kept["kind"] == "technology",
        amount_minor=(kept["amount_minor"] or 0) if kept["currency"] == "CNY" else 0,
        source=kept["source"],
        source_key=kept["source_ref"] or kept["source_label"][:80],
    )


def actual_days(
    deal_moves: Sequence[DealMove], milestones: Iterable[MilestoneDay], known_at: dt.datetime | None
) -> dict[str, dt.date]:
    """The days on which milestones were reached: those of the deal's moves, and those that were put to the project itself."""
    found: dict[str, dt.date] = {}
    for row in milestones:  # in the order in which they were recorded: the last one counts
        if row.actual and (known_at is None or row.recorded_at <= known_at):
            if row.day is None:
                found.pop(row.milestone, None)
            else:
                found[row.milestone] = row.day
    if deal_moves:
        reached = days_reached(deal_moves, known_at)
        found |= {stage: day for stage, day in reached.items() if stage in _LANDING}
    return found


_LANDING = ("signed", "registered", "construction", "completed", "production", "full_output")


def planned_days(milestones: Iterable[MilestoneDay], known_at: dt.datetime | None = None) -> dict[str, dt.date]:
    """The planned days as last put on record."""
    found: dict[str, dt.date] = {}
    for row in milestones:
        if not row.actual and (known_at is None or row.recorded_at <= known_at):
            if row.day is None:
                found.pop(row.milestone, None)
            else:
                found[row.milestone] = row.day
    return found


def fact_of(figure: Figure) -> FigureFact:
    return FigureFact(
        figure.kind, figure.source, figure.effective_on, figure.amount, figure.cny_minor, figure.usd_minor
    )


class ProjectRows:
    """Everything that was ever put on record of one project."""

    def __init__(
        self,
        versions: Sequence[Any],
        figures: Sequence[Figure],
        milestones: Sequence[MilestoneDay],
        relocations: Sequence[Relocation],
        moves: Sequence[DealMove],
    ) -> None:
        self.versions, self.figures, self.milestones = versions, figures, milestones
        self.relocations, self.moves = relocations, moves

    @classmethod
    def of(cls, project: Project) -> ProjectRows:
        moves: list[DealMove] = []
        if project.deal_id is not None:
            moves = list(DealMove.objects.filter(deal_id=project.deal_id))
        return cls(
            list(project.versions.all()),
            list(project.figures.all()),
            list(project.milestones.all()),
            list(project.relocations.all()),
            moves,
        )

    def with_figure(self, row: Figure) -> ProjectRows:
        """These rows and a figure that was put on record just now."""
        return ProjectRows(self.versions, [*self.figures, row], self.milestones, self.relocations, self.moves)

    def core(self, known_at: dt.datetime | None = None) -> ProjectState | None:
        """The state without its figures; None where the project was not yet on record."""
        kept = None
        for version in self.versions:
            if known_at is None or version.recorded_at <= known_at:
                kept = version.snapshot
        if kept is None:
            return None
        return ProjectState(
            member_id=kept["member"],
            shape=shape_of_snapshot(kept),
            relation=kept["relation"],
            cancelled_on=dt.date.fromisoformat(kept["cancelled_on"]) if kept["cancelled_on"] else None,
            reached=actual_days(self.moves if kept["deal"] else [], self.milestones, known_at),
            relocated_on=tuple(
                r.effective_on
                for r in self.relocations
                if (known_at is None or r.recorded_at <= known_at)
                and (r.cancelled_at is None or (known_at is not None and r.cancelled_at > known_at))
            ),
        )

    def state(self, known_at: dt.datetime | None = None) -> ProjectState | None:
        """The whole state as known at an instant (None: now)."""
        core = self.core(known_at)
        if core is None:
            return None
        figures = tuple(fact_of(f) for f in standing(self.figures, known_at))
        return ProjectState(
            core.member_id, core.shape, core.relation, core.cancelled_on, core.reached, figures, core.relocated_on
        )


def deal_state(
    versions: Sequence[DealVersion], moves: Sequence[DealMove], known_at: dt.datetime | None = None
) -> DealState | None:
    """A deal as known at an instant; None where it was not yet on record."""
    kept = None
    for version in versions:
        if known_at is None or version.recorded_at <= known_at:
            kept = version.snapshot
    return DealState(kept["member"], _shape_of_deal(kept), days_reached(moves, known_at)) if kept else None

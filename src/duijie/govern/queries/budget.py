"""Budgets: the lines of a motion for its council, those adopted for everybody, as they stood with any resolution."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.govern.models import BudgetLine, Motion, Resolution
from duijie.members.models import Alliance


@dataclass(frozen=True)
class BudgetRow:
    """A line in force and those that it took the place of, the newest first."""

    line: BudgetLine
    before: list[BudgetLine]


@dataclass(frozen=True)
class Budget:
    """What an alliance has adopted for a year. total_minor: in fen."""

    alliance: Alliance
    year: int
    rows: list[BudgetRow]

    @property
    def total_minor(self) -> int:
        return sum(row.line.amount_minor for row in self.rows)


def lines_of_motion(viewer: Viewer, motion: Motion) -> QuerySet[BudgetLine]:
    """The lines that a motion writes, by year and in the order of writing."""
    rows = BudgetLine.objects.visible_to(viewer).filter(motion=motion)
    return rows.select_related("motion", "owner", "amends", "resolution").order_by("year", "pk")


def get_line(viewer: Viewer, uid: str) -> BudgetLine:
    """Raises NotFound where the viewer sees none."""
    rows = BudgetLine.objects.visible_to(viewer).filter(uid=uid)
    found: BudgetLine | None = rows.select_related("motion__alliance", "owner", "amends", "resolution").first()
    if found is None:
        raise NotFound
    return found


def budget_years(viewer: Viewer, alliance: Alliance) -> list[int]:
    """The years for which something is adopted, newest first."""
    rows = _adopted(viewer, alliance).order_by("-year").values_list("year", flat=True)
    return list(rows.distinct())


def budget(viewer: Viewer, alliance: Alliance, year: int, *, upto: Resolution | None = None) -> Budget:
    """The lines in force for a year; `upto`: as they stood with that resolution, with what it struck out (0)."""
    adopted = _adopted(viewer, alliance).filter(year=year).select_related("motion", "owner", "resolution")
    if upto is not None:
        adopted = adopted.filter(resolution__lte=upto.pk)
    lines = {line.pk: line for line in adopted.order_by("pk")}
    amended = {line.amends_id for line in lines.values()}
    shown = [line for pk, line in lines.items() if pk not in amended and (line.amount_minor or line.resolution == upto)]
    rows = [BudgetRow(line, _before(line, lines)) for line in shown]
    return Budget(alliance, year, sorted(rows, key=lambda row: (row.before or [row.line])[-1].pk))


def budgets_of(viewer: Viewer, resolution: Resolution) -> list[Budget]:
    """The budget of each year that a resolution wrote lines of, as it stood with it."""
    rows = BudgetLine.objects.visible_to(viewer).filter(resolution=resolution)
    years = rows.order_by("year").values_list("year", flat=True).distinct()
    return [budget(viewer, resolution.alliance, year, upto=resolution) for year in years]


def _adopted(viewer: Viewer, alliance: Alliance) -> QuerySet[BudgetLine]:
    rows: QuerySet[BudgetLine] = BudgetLine.objects.visible_to(viewer)
    return rows.filter(motion__alliance=alliance, resolution__isnull=False)


def _before(line: BudgetLine, lines: dict[int, BudgetLine]) -> list[BudgetLine]:
    found: list[BudgetLine] = []
    earlier = lines.get(line.amends_id) if line.amends_id else None
    while earlier is not None:
        found.append(earlier)
        earlier = lines.get(earlier.amends_id) if earlier.amends_id else None
    return found

"""Tables of budgets: what is adopted for a year, with its sum, and what a motion writes."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from duijie.core.language import Label, t
from duijie.core.money import Money, format_money
from duijie.govern import queries
from duijie.govern.documents import amount_words, budget_heads, budget_rows
from duijie.govern.models import Motion, Resolution
from duijie.govern.queries import Budget
from duijie.members.models import Alliance
from duijie.members.queries import name_of
from duijie.web.kit import Cell, Choice, Column, Row, Table
from duijie.web.members.forms import viewer_of_page


def budget_table(
    found: Budget, *, resolution: Resolution | None = None, exports: dict[str, str] | None = None
) -> Table:
    """The lines of a year with their sum; each amount opens the resolution that it stands on."""
    kinds = ("text", "number", "text", "text", "text")
    columns = [Column(f"c{n}", head, kind) for n, (head, kind) in enumerate(zip(budget_heads(), kinds, strict=True))]
    rows = []
    for row, (item, amount, purpose, owner, basis) in zip(found.rows, budget_rows(found, resolution), strict=True):
        held = row.line.resolution
        link = reverse("govern:resolution", args=[held.uid]) if held and held != resolution else ""
        rows.append(Row([item, Cell(amount, exact=row.line.amount_minor / 100), purpose, owner, Cell(basis, link)], id=f"line-{row.line.uid}"))  # fmt: skip
    total = format_money(Money(found.total_minor))
    return Table(
        columns, rows, caption=t("{year} 年预算", "Budget of {year}", year=found.year), exports=exports or {},
        foot=[t("合计", "Total"), total, "", "", ""], empty=t("这一年还没有批准的预算项。", "Nothing is adopted for this year yet."),
    )  # fmt: skip


def lines_table(request: HttpRequest, motion: Motion, may_change: bool) -> Table | None:
    """The lines that a motion writes; None where there are none."""
    lines = list(queries.lines_of_motion(viewer_of_page(request), motion))
    if not lines:
        return None
    columns = [
        Column("item", Label("预算项", "Item")), Column("year", Label("年度", "Year"), "number"), Column("amount", Label("金额", "Amount"), "number"),
        Column("before", Label("原金额", "Until then"), "number"), Column("purpose", Label("用途", "Purpose")),
        Column("owner", Label("责任单位", "Owner")),
    ]  # fmt: skip
    rows = []
    for one in lines:
        change = f"{reverse('govern:write_line', args=[motion.uid])}?line={one.uid}" if may_change else ""
        was = amount_words(one.amends) if one.amends else "—"
        item = t(one.item, one.item_en or one.item)
        rows.append([Cell(item, change), one.year, amount_words(one), was, one.purpose, name_of(one.owner) if one.owner else t("秘书处", "Secretariat")])  # fmt: skip
    total = format_money(Money(sum(one.amount_minor for one in lines)))
    return Table(columns, rows, caption=t("预算项", "Budget lines"), foot=[t("合计", "Total"), "", total, "", "", ""])


def shown_year(request: HttpRequest, alliance: Alliance) -> tuple[int, list[int]]:
    """(the year asked for, else this one or the newest with a budget; every year that has one)."""
    years = queries.budget_years(viewer_of_page(request), alliance)
    asked, this = request.GET.get("year", ""), timezone.localdate().year
    if asked.isascii() and asked.isdigit() and 2000 <= int(asked) <= 2100:
        return int(asked), years
    return (this if this in years or not years else years[0]), years


def line_choices(request: HttpRequest, motion: Motion) -> list[Choice]:
    """The lines of a motion, to choose one to be taken out."""
    return [
        Choice(one.uid, f"{one.year} {one.item}") for one in queries.lines_of_motion(viewer_of_page(request), motion)
    ]

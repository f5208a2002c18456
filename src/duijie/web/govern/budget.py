"""Budgets: what an alliance adopted for a year, and the lines of a motion while it is discussed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import NotFound
from duijie.core.language import Label, t
from duijie.core.money import Money, format_money
from duijie.govern import actions, queries
from duijie.govern.documents import budget_rows
from duijie.govern.models import BudgetLine, Motion
from duijie.govern.queries import Budget
from duijie.govern.schemas import BudgetLineRecord
from duijie.members.queries import get_alliance, name_of
from duijie.web.govern.budget_tables import budget_table, shown_year
from duijie.web.govern.council import council_crumb
from duijie.web.govern.posting import posted
from duijie.web.govern.rota import alliance_crumb
from duijie.web.govern.sheets import sheet_answer
from duijie.web.govern.subjects import motions_to_propose
from duijie.web.govern.uploads import take_in, template_of
from duijie.web.members.forms import FormPage, for_people, viewer_of_page


def budget(request: HttpRequest, slug: str) -> HttpResponse:
    """What is adopted for a year, for everybody; `?format=xlsx` gives the sheet. The council sees what is moved, too."""
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    year, years = shown_year(request, alliance)
    found = queries.budget(viewer, alliance, year)
    if request.GET.get("format") == "xlsx":
        return _budget_sheet(found)
    address = f"{request.path}?year={year}&format=xlsx"
    moved = queries.motions(viewer, alliance=alliance, kind="budget").filter(status__in=["discussion", "voting"])
    context = {
        "alliance": alliance, "name": name_of(alliance), "year": year, "years": years, "found": found,
        "table": budget_table(found, exports={"Excel": address} if found.rows else None),
        "proposals": _proposals(request, found),
        "moved": list(moved),
        "crumbs": [alliance_crumb(alliance), council_crumb(alliance), (t("经费预算", "Budget"), "")],
    }  # fmt: skip
    return render(request, "govern/budget.html", context)


def _proposals(request: HttpRequest, found: Budget) -> list[tuple[str, str]]:
    """(item, address of a motion to amend it) for who may propose one."""
    viewer = viewer_of_page(request)
    if not queries.sees_council(viewer, found.alliance) or not viewer.grants:
        return []
    shown = []
    for row in found.rows:
        item = t(row.line.item, row.line.item_en or row.line.item)
        title = t(
            "关于调整 {year} 年“{item}”预算的议案",
            "To amend the budget of {year} for “{item}”",
            year=found.year,
            item=item,
        )
        shown += [
            (item, address)
            for _, address in motions_to_propose(viewer, "budget", row.line.uid, title, [found.alliance])
        ]
    return shown


def _budget_sheet(found: Budget) -> HttpResponse:
    heads = [
        (Label("编号", "Id"), "line"), (Label("年度", "Year"), "whole"), (Label("预算项", "Item"), "line"),
        (Label("英文名称", "Item in English"), "line"), (Label("金额（元）", "Amount (yuan)"), "decimal"),
        (Label("用途", "Purpose"), "text"), (Label("责任成员", "Owner"), "line"), (Label("依据", "Adopted by"), "line"),
    ]  # fmt: skip
    rows = [
        [
            row.line.uid, row.line.year, row.line.item, row.line.item_en, Money(row.line.amount_minor).major, row.line.purpose,
            str(row.line.owner or ""), basis,
        ]
        for row, (*_, basis) in zip(found.rows, budget_rows(found), strict=True)
    ]  # fmt: skip
    return sheet_answer(f"budget-{found.year}", heads, rows)


@for_people
def write_line(request: HttpRequest, uid: str) -> HttpResponse:
    """The form of a line. `?line=` opens one of the motion's; a motion about an adopted line begins with that one."""
    viewer = viewer_of_page(request)
    motion = queries.get_motion(viewer, uid)

    def save(record: BudgetLineRecord, form: QueryDict) -> str:
        actions.write_line(actor=viewer, motion=motion, record=record)
        return reverse("govern:motion", args=[motion.uid]) + "#lines"

    return FormPage(
        request, BudgetLineRecord, t("预算项", "Budget line"), save, values=_begin_with(request, motion),
        crumbs=[alliance_crumb(motion.alliance), council_crumb(motion.alliance), (motion.title, reverse("govern:motion", args=[motion.uid]))],
        lead=t("同一年度、同一名称的预算项再写一次就是改写。", "A line of the same year and item is written anew."),
        done=Label("预算项已写入议案。", "The line is in the motion."),
    ).response()  # fmt: skip


def _begin_with(request: HttpRequest, motion: Motion) -> dict[str, Any]:
    viewer = viewer_of_page(request)
    chosen = request.GET.get("line", "")
    lines = queries.lines_of_motion(viewer, motion)
    if chosen:
        one = lines.filter(uid=chosen).first()
        if one is None:
            raise NotFound
        return _values_of(one) | {"amends": one.amends.uid if one.amends else ""}
    if motion.subject_kind == "budget_line" and not lines.filter(amends__uid=motion.subject_ref).exists():
        held = queries.get_line(viewer, motion.subject_ref)
        return _values_of(held) | {"amends": held.uid}
    return {"year": timezone.localdate().year + 1}


def _values_of(line: BudgetLine) -> dict[str, Any]:
    same = ("year", "item", "item_en", "purpose")
    return {name: getattr(line, name) for name in same} | {
        "amount": format_money(Money(line.amount_minor), exact=True), "owner": line.owner.name if line.owner else "",
    }  # fmt: skip


@require_POST
@for_people
def drop_line(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    motion = queries.get_motion(viewer, uid)
    line = queries.lines_of_motion(viewer, motion).filter(uid=request.POST.get("line", "")).first()
    if line is None:
        raise NotFound
    return posted(request, lambda: actions.drop_line(actor=viewer, line=line), reverse("govern:motion", args=[uid]) + "#lines", Label("已去掉。", "Taken out."))  # fmt: skip


@require_POST
@for_people
def upload_lines(request: HttpRequest, uid: str) -> HttpResponse:
    """The lines of a motion as a sheet: every row or none."""
    viewer = viewer_of_page(request)
    motion = queries.get_motion(viewer, uid)

    return posted(
        request, lambda: take_in(request, actor=viewer, kind="budget", motion=motion),
        reverse("govern:motion", args=[uid]) + "#lines", Label("预算项已导入。", "The lines are in."),
    )  # fmt: skip


def lines_template(request: HttpRequest) -> HttpResponse:
    """The Excel template of budget lines."""
    return template_of("budget")

"""What matching brought, as a page and as a sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duijie.core.language import Label, t
from duijie.match.figures import figures
from duijie.members.models import Member
from duijie.web.kit.names import industry_name
from duijie.web.kit.tables import Cell, Column, Table
from duijie.web.members.forms import for_people, viewer_of_page

COLUMNS = [
    Column("name", Label("名称", "Name")),
    Column("shown", Label("展示的匹配", "Matches shown"), "number"),
    Column("interests", Label("感兴趣", "Interest"), "number"),
    Column("agreed", Label("双方同意", "Agreed"), "number"),
    Column("introductions", Label("对接", "Introductions"), "number"),
    Column("days", Label("答复天数（中位）", "Days to answer (median)"), "number"),
    Column("share", Label("有好匹配的需求", "Needs with a good match"), "number"),
]


@for_people
def figures_page(request: HttpRequest) -> HttpResponse:
    """Figures by member, or with `?by=industry` by industry, of the members in one's charge."""
    by = "industry" if request.GET.get("by") == "industry" else "member"
    found = figures(viewer_of_page(request), by=by)
    names = {str(m.pk): m.name for m in Member.objects.filter(pk__in=[k for k in found if by == "member"])}
    inbox, introductions, worklist = reverse("match_inbox"), reverse("introductions"), reverse("worklist")
    rows = []
    for key, line in sorted(found.items()):
        name = names.get(key, "") if by == "member" else (industry_name(key) if key else t("未填行业", "No industry"))
        share = (
            "—" if line.share_percent is None else f"{line.share_percent} % ({line.needs_with_good_match}/{line.needs})"
        )
        days = "—" if line.median_days is None else line.median_days
        rows.append(
            [name, Cell(line.shown, url=f"{inbox}?answered=1"), Cell(line.interests, url=worklist), Cell(line.agreed, url=introductions),
             Cell(line.introductions, url=introductions), days, Cell(share, url=inbox)]
        )  # fmt: skip
    table = Table(
        COLUMNS, rows, caption=t("匹配的成效", "What matching brought"), empty=t("还没有数字。", "No figures yet.")
    )
    request.nav_key = "worklist"  # type: ignore[attr-defined]
    return render(request, "match/figures.html", {"table": table, "by": by})

"""The liaison's worklist as a page and as a sheet."""

from __future__ import annotations

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duijie.core.language import Label
from duijie.match.worklist import Task, members_in_charge, worklist
from duijie.members.models import Member
from duijie.web.kit.names import industry_name
from duijie.web.members.forms import for_people, viewer_of_page

WHAT = {
    "ours": Label("等我们答复", "We have to answer"),
    "theirs": Label("等对方答复", "They have to answer"),
    "step": Label("下一步到期", "A step is due"),
    "promising": Label("跨成员有望", "Promising across members"),
}
_PAGES = {"ours": "match_interest", "theirs": "match_interest", "step": "introduction"}


def address_of(task: Task) -> str:
    """Where a row leads: the record itself; for a match without one the page of its one-click interest is the card."""
    return reverse(_PAGES[task.what], args=[task.uid]) if task.what in _PAGES else ""


@for_people
def worklist_page(request: HttpRequest) -> HttpResponse:
    """What waits for the liaison, filtered by member, industry and kind of work; `?format=csv` gives the sheet."""
    viewer = viewer_of_page(request)
    members = list(Member.objects.filter(pk__in=members_in_charge(viewer)).order_by("pk"))
    chosen = next((m for m in members if m.slug == request.GET.get("member")), None)
    what = request.GET.get("what", "")
    industry = request.GET.get("industry", "")
    rows = worklist(
        viewer, member_id=chosen.pk if chosen else None, industry=industry, what=what if what in WHAT else ""
    )
    names = {m.pk: m.name for m in members}
    if request.GET.get("format") == "csv":
        return _sheet(rows, names)
    request.nav_key = "worklist"  # type: ignore[attr-defined]
    codes = sorted({code for row in rows for code in row.industries} | ({industry} if industry else set()))
    context = {
        "groups": [(label, [(r, address_of(r), names.get(r.member_id, "")) for r in rows if r.what == key])
                   for key, label in WHAT.items() if any(r.what == key for r in rows)],
        "members": members, "chosen": chosen, "what": what, "kinds": list(WHAT.items()), "industry": industry,
        "industries": [(code, industry_name(code)) for code in codes],
    }  # fmt: skip
    return render(request, "match/worklist.html", context)


def _sheet(rows: list[Task], names: dict[int, str]) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="worklist.csv"'
    response.write("\ufeff")  # so that Excel reads it as UTF-8
    writer = csv.writer(response)
    writer.writerow([str(Label(*pair)) for pair in (
        ("事项", "Work"), ("内容", "What"), ("对方", "Other side"), ("成员", "Member"), ("行业", "Industry"), ("期限", "Due"), ("紧急", "Urgent"),
    )])  # fmt: skip
    for row in rows:
        cells = [str(WHAT[row.what]), row.title, row.who, names.get(row.member_id, ""), "、".join(row.industries)]
        # A text that begins like a formula would be run by a spreadsheet.
        cells = [f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells]
        writer.writerow([*cells, row.due.isoformat() if row.due else "", "!" if row.late else ""])
    return response

"""The liaison's worklist as a page and as a sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duijie.core.language import Label, t
from duijie.match.worklist import SORTS, Task, members_in_charge, worklist
from duijie.members.models import Member
from duijie.web.kit.names import industry_name
from duijie.web.match.downloads import FORMATS, Value, download, exports_of
from duijie.web.members.forms import for_people, viewer_of_page

WHAT = {
    "ours": Label("等我们答复", "We have to answer"),
    "theirs": Label("等对方答复", "They have to answer"),
    "step": Label("下一步到期", "A step is due"),
    "promising": Label("跨成员有望", "Promising across members"),
}
_PAGES = {"ours": "match_interest", "theirs": "match_interest", "step": "introduction"}


SORT_NAMES = {
    "due": Label("先到期在前", "What runs out first"),
    "member": Label("按成员", "By member"),
    "who": Label("按对方", "By the other side"),
    "title": Label("按内容", "By title"),
}


def address_of(task: Task) -> str:
    """Where a row leads: the record itself; a match that nobody has touched stands among those of its own listing."""
    if task.what in _PAGES:
        return reverse(_PAGES[task.what], args=[task.uid])
    return f"{reverse('match_inbox')}?listing={task.listing}#{task.uid}"


@for_people
def worklist_page(request: HttpRequest) -> HttpResponse:
    """What waits for the liaison, filtered by member, industry and kind of work; `?format=xlsx` or `csv` gives the sheet."""
    viewer = viewer_of_page(request)
    members = list(Member.objects.filter(pk__in=members_in_charge(viewer)).order_by("pk"))
    chosen = next((m for m in members if m.slug == request.GET.get("member")), None)
    what = request.GET.get("what", "")
    industry = request.GET.get("industry", "")
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "due"
    rows = worklist(
        viewer, member_id=chosen.pk if chosen else None, industry=industry, what=what if what in WHAT else "", sort=sort
    )
    names = {m.pk: m.name for m in members}
    if request.GET.get("format") in FORMATS:
        return _sheet(rows, names, request.GET["format"])
    request.nav_key = "worklist"  # type: ignore[attr-defined]
    codes = sorted({code for row in rows for code in row.industries} | ({industry} if industry else set()))
    context = {
        "groups": [(label, [(r, address_of(r), names.get(r.member_id, "")) for r in rows if r.what == key])
                   for key, label in WHAT.items() if any(r.what == key for r in rows)],
        "members": members, "chosen": chosen, "what": what, "kinds": list(WHAT.items()), "industry": industry,
        "sort": sort, "sorts": [(key, SORT_NAMES[key]) for key in SORTS], "exports": exports_of(request),
        "industries": [(code, industry_name(code)) for code in codes],
    }  # fmt: skip
    return render(request, "match/worklist.html", context)


def _sheet(rows: list[Task], names: dict[int, str], kind: str) -> HttpResponse:
    head = [str(Label(*pair)) for pair in (
        ("事项", "Work"), ("内容", "What"), ("对方", "Other side"), ("成员", "Member"), ("行业", "Industry"), ("期限", "Due"), ("紧急", "Urgent"),
    )]  # fmt: skip
    lines: list[list[Value]] = [
        [str(WHAT[row.what]), row.title, row.who, names.get(row.member_id, ""), "、".join(map(industry_name, row.industries)), row.due,
         "!" if row.late else ""]
        for row in rows
    ]  # fmt: skip
    return download("worklist", kind, head, lines, t("工作清单", "Worklist"))

"""Which weights rank, how they did on held-out needs, learning from the exchange's own answers, going back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from duijie.core.errors import Conflict, NotFound
from duijie.core.language import Label, t
from duijie.core.models import Job
from duijie.match import actions
from duijie.match.actions.learning import JOB
from duijie.match.judgements import count_of_answers
from duijie.match.learning import LEAST_NEEDS, LEAST_PAIRS, in_force
from duijie.match.models import LearntRanking
from duijie.web.kit.tables import Column, Table
from duijie.web.members.forms import for_people, viewer_of_page

SHOWN = 20
COLUMNS = [
    Column("at", Label("时间", "When"), "date"),
    Column("state", Label("结果", "Outcome")),
    Column("needs", Label("需求", "Needs"), "number"),
    Column("pairs", Label("配对", "Pairs"), "number"),
    Column("new", Label("新权重 nDCG@10", "New nDCG@10"), "number"),
    Column("before", Label("原权重 nDCG@10", "Before nDCG@10"), "number"),
    Column("difference", Label("差（95% 区间）", "Difference (95 %)"), "number"),
]


def _state(row: LearntRanking) -> str:
    if row.in_force:
        return t("正在使用", "In force")
    if row.taken_back_at:
        return t("已退回", "Taken back")
    if row.adopted_at:
        return t("曾经使用", "Was in force")
    return t("没有确定更好，未启用", "Not surely better, not taken into use")


def _line(row: LearntRanking) -> list[object]:
    low, high = row.difference - row.half_width, row.difference + row.half_width
    return [
        row.created_at.date().isoformat(), _state(row), row.needs, row.pairs, f"{row.ndcg_new:.3f}", f"{row.ndcg_before:.3f}",
        f"{row.difference:+.3f} [{low:+.3f}, {high:+.3f}]",
    ]  # fmt: skip


@for_people
def ranking_page(request: HttpRequest) -> HttpResponse:
    """For the platform's administrators."""
    viewer = viewer_of_page(request)
    actions.demand_ranking(viewer)
    if request.method == "POST":
        return _act(request)
    rows = LearntRanking.objects.order_by("-pk")[:SHOWN]
    last = Job.objects.filter(kind=JOB).order_by("-pk").first()
    table = Table(
        COLUMNS,
        [_line(row) for row in rows],
        caption=t("学习的历次结果", "What each training came to"),
        empty=t("还没有学习过。", "Nothing was learnt yet."),
    )
    context = {
        "current": in_force(), "table": table, "answers": count_of_answers(), "least": LEAST_PAIRS, "least_needs": LEAST_NEEDS,
        "running": last is not None and last.status in {Job.Status.WAITING, Job.Status.RUNNING},
        "refused": t(last.error["zh"], last.error["en"]) if last and last.status == Job.Status.FAILED else "",
    }  # fmt: skip
    request.nav_key = "administration"  # type: ignore[attr-defined]
    return render(request, "match/ranking.html", context)


def _act(request: HttpRequest) -> HttpResponse:
    viewer, verb = viewer_of_page(request), request.POST.get("do", "")
    try:
        if verb == "train":
            actions.start_training(actor=viewer)
            messages.success(
                request, t("已开始学习，完成后这里会有结果。", "Learning has begun; the outcome will stand here.")
            )
        elif verb == "take_back":
            actions.take_back(actor=viewer)
            messages.success(request, t("已退回，正在重新匹配。", "Taken back; everybody is matched anew."))
        else:
            raise NotFound
    except Conflict as conflict:
        messages.error(request, conflict.sentence)
    return redirect("match_ranking")

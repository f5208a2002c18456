"""Resolutions and what follows from them: public pages, the Word document, duties with their reports."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.language import Label, t
from duijie.core.schema import parse
from duijie.core.word import MEDIA_TYPE
from duijie.govern import actions, queries
from duijie.govern.choices import DutyStatus, Question
from duijie.govern.documents import resolution_document, vote_sentence
from duijie.govern.models import Duty, Motion
from duijie.govern.schemas import DutyRecord
from duijie.members.queries import get_alliance, name_of
from duijie.web.govern.budget_tables import budget_table
from duijie.web.govern.council import council_crumb
from duijie.web.govern.posting import posted
from duijie.web.govern.rota import alliance_crumb
from duijie.web.govern.sheets import sheet_answer
from duijie.web.govern.subjects import subject_link
from duijie.web.kit import Cell, Choice, Column, Pages, Table
from duijie.web.kit.parts import badge
from duijie.web.members.forms import for_people, posted_version, read_form, viewer_of_page


def resolution(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_resolution(viewer, uid)
    motion = Motion.objects.visible_to(viewer).filter(resolution=found).first()
    today = timezone.localdate()
    duties = list(queries.duties(viewer).filter(resolution=found))
    context = {
        "resolution": found,
        "alliance": name_of(found.alliance),
        "kind": Question.named(found.kind),
        "subject": subject_link(viewer, found.motion.subject_kind, found.motion.subject_ref) if found.motion else None,
        "budgets": [(b.year, budget_table(b, resolution=found)) for b in queries.budgets_of(viewer, found)],
        "motion": motion,
        "sentence": vote_sentence(motion) if motion else "",
        "duties": [(d, duty_badge(d), _may_report(request, d)) for d in duties],
        "statuses": [Choice(s.value, s.label) for s in DutyStatus],
        "may_give": queries.rights_in(viewer, found.alliance)["duty_give"],
        "today": today,
        "crumbs": [alliance_crumb(found.alliance), council_crumb(found.alliance), (found.label, "")],
    }
    return render(request, "govern/resolution.html", context)


def duty_badge(duty: Duty) -> str:
    if duty.is_late(timezone.localdate()):
        return badge(Label("逾期", "Late"), "bad")
    return badge(DutyStatus.named(duty.status), {"open": "river", "done": "good", "dropped": ""}[duty.status])


def _may_report(request: HttpRequest, duty: Duty) -> bool:
    viewer = viewer_of_page(request)
    if queries.rights_in(viewer, duty.resolution.alliance)["duty_give"]:
        return True
    roles = {"leader", "member_admin", "liaison"}
    return duty.owner_id is not None and viewer.has_role(roles, "member", duty.owner_id)


def resolution_word(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_resolution(viewer, uid)
    response = HttpResponse(resolution_document(viewer, found), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="resolution-{found.year}-{found.number}.docx"'
    return response


def resolutions(request: HttpRequest, slug: str) -> HttpResponse:
    """All resolutions of an alliance; `?format=xlsx` gives the sheet."""
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    text = request.GET.get("q", "")
    found = queries.resolutions(viewer, alliance=alliance, text=text)
    if request.GET.get("format") == "xlsx":
        heads = [
            (Label("编号", "Number"), "line"), (Label("标题", "Title"), "text"), (Label("事项", "Question"), "line"),
            (Label("通过日期", "Adopted"), "date"), (Label("办理", "Outcome"), "text"),
        ]  # fmt: skip
        return sheet_answer(
            "resolutions", heads,
            [[r.label, r.title, Question.named(r.kind), r.adopted_on, r.outcome] for r in found],
        )  # fmt: skip
    pages = Pages.of(request, total=found.count(), size=30)
    rows = [
        [Cell(f"{r.label} {r.title}", reverse("govern:resolution", args=[r.uid])), Question.named(r.kind), r.adopted_on.isoformat(), r.outcome]
        for r in found[pages.start : pages.stop]
    ]  # fmt: skip
    columns = [
        Column("title", Label("决议", "Resolution")), Column("kind", Label("事项", "Question")),
        Column("on", Label("通过日期", "Adopted"), "date"), Column("outcome", Label("办理", "What came of it")),
    ]  # fmt: skip
    table = Table(
        columns, rows, request, pages, caption=t("决议", "Resolutions"), exports={"Excel": f"{request.path}?format=xlsx"},
        empty=t("还没有决议。", "No resolution yet."),
    )  # fmt: skip
    return _list_page(request, table, alliance, t("决议", "Resolutions"), text)


def duties(request: HttpRequest, slug: str) -> HttpResponse:
    """Every duty of an alliance's resolutions; `?late=1` only those that are late; `?format=xlsx` gives the sheet."""
    viewer = viewer_of_page(request)
    alliance = get_alliance(viewer, slug)
    late, status = request.GET.get("late") == "1", request.GET.get("status", "")
    found = queries.duties(viewer, alliance=alliance, status=status if status in Duty.Status.values else "", late=late)
    if request.GET.get("format") == "xlsx":
        heads = [
            (Label("任务", "Duty"), "text"), (Label("责任单位", "Owner"), "line"), (Label("期限", "Due"), "date"),
            (Label("状态", "State"), "line"), (Label("办结", "Done"), "date"), (Label("情况", "Report"), "text"),
            (Label("决议", "Resolution"), "line"),
        ]  # fmt: skip
        return sheet_answer(
            "duties", heads,
            [[d.text, str(d.owner or d.owner_name), d.due_on, DutyStatus.named(d.status), d.done_on, d.report, d.resolution.label] for d in found],
        )  # fmt: skip
    pages = Pages.of(request, total=found.count(), size=30)
    rows = [
        [
            Cell(d.text, reverse("govern:resolution", args=[d.resolution.uid])), str(d.owner or d.owner_name), d.due_on.isoformat(),
            duty_badge(d), d.resolution.label,
        ]
        for d in found[pages.start : pages.stop]
    ]  # fmt: skip
    columns = [
        Column("text", Label("任务", "Duty")), Column("owner", Label("责任单位", "Owner")), Column("due", Label("期限", "Due"), "date"),
        Column("status", Label("状态", "State")), Column("resolution", Label("决议", "Resolution")),
    ]  # fmt: skip
    table = Table(
        columns, rows, request, pages, caption=t("决议任务", "Duties"), exports={"Excel": f"{request.path}?format=xlsx"},
        empty=t("没有任务。", "No duties."),
    )  # fmt: skip
    return _list_page(request, table, alliance, t("决议任务", "Duties"), "")


def _list_page(request: HttpRequest, table: Table, alliance: Any, title: str, text: str) -> HttpResponse:
    context = {
        "table": table, "alliance": alliance, "title": title, "over": name_of(alliance), "q": text,
        "crumbs": [alliance_crumb(alliance), council_crumb(alliance), (title, "")],
    }  # fmt: skip
    return render(request, "govern/list.html", context)


@require_POST
@for_people
def give_duty(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_resolution(viewer, uid)

    def do() -> None:
        actions.give_duty(actor=viewer, resolution=found, record=parse(DutyRecord, read_form(request.POST, DutyRecord)))

    return posted(
        request, do, reverse("govern:resolution", args=[found.uid]), Label("任务已分派。", "The duty is given.")
    )


@require_POST
@for_people
def report_duty(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    found = queries.get_duty(viewer, uid)
    return posted(
        request,
        lambda: actions.report_duty(
            actor=viewer, duty=found, status=request.POST.get("status", ""), report=request.POST.get("report", ""),
            version=posted_version(request.POST),
        ),
        reverse("govern:resolution", args=[found.resolution.uid]), Label("办理情况已记录。", "Reported."),
    )  # fmt: skip

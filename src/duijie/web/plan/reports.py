"""Reports of results: the list, asking for one, its files and what it says on the page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from duijie.core.calendar import SHANGHAI, PeriodKind, period_of
from duijie.core.errors import NotAllowed, NotFound
from duijie.core.language import Label, t
from duijie.core.models import Job
from duijie.plan import actions, queries
from duijie.plan.choices import ReportKind
from duijie.plan.fields import shown_figure
from duijie.plan.models import PlanReport
from duijie.plan.rules import may
from duijie.plan.schemas import ReportRecord
from duijie.web.kit import Cell, Column, Pages, Table
from duijie.web.kit.parts import badge
from duijie.web.members.forms import FormPage, for_people, viewer_of_page
from duijie.web.plan.downloads import file_answer
from duijie.web.plan.showing import light_badge, plan_crumb, plans_crumb

FORMS = {
    "word": Label("报告（Word）", "Report (Word)"),
    "excel": Label("数据表（Excel）", "Tables (Excel)"),
    "brief": Label("一页简报（Word）", "One-page brief (Word)"),
    "data": Label("数据包（CSV）", "Data package (CSV)"),
}


def reports(request: HttpRequest, plan: str) -> HttpResponse:
    request.nav_key = "plans"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    record = queries.get_plan(viewer, plan)
    found = queries.reports(viewer, record)
    pages = Pages.of(request, total=found.count(), size=20)
    columns = [
        Column("period", Label("期间", "Period")), Column("kind", Label("类型", "Kind")), Column("known", Label("数据时点", "As known at"), "date"),
        Column("audience", Label("版本", "For")), Column("state", Label("状态", "State")),
    ]  # fmt: skip
    rows = [
        [
            Cell(f"{r.starts_on} – {r.ends_on}", reverse("plans:report", args=[r.uid])), ReportKind.named(r.kind),
            r.known_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
            t("公开版", "Public") if r.audience == "public" else t("内部版", "Internal"),
            badge(Label("已生成", "Ready"), "good") if r.is_ready else badge(Label("生成中", "Being made"), "warn"),
        ]
        for r in found[pages.start : pages.stop]
    ]  # fmt: skip
    context = {
        "plan": record, "may_make": may(viewer, "report.make", record) and record.edition > 0,
        "table": Table(columns, rows, request, pages, caption=t("成果报告", "Reports"), empty=t("还没有报告。", "No reports yet.")),
        "crumbs": [plans_crumb(), plan_crumb(record), (t("成果报告", "Reports"), "")],
    }  # fmt: skip
    return render(request, "plan/reports.html", context)


@for_people
def new_report(request: HttpRequest, plan: str) -> HttpResponse:
    request.nav_key = "plans"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    record = queries.get_plan(viewer, plan)
    if not may(viewer, "report.make", record):
        raise NotAllowed

    def save(given: ReportRecord, posted: QueryDict) -> str:
        made = actions.make_report(actor=viewer, plan=record, record=given)
        return reverse("plans:report", args=[made.uid])

    last = period_of(min(timezone.localdate(), record.ends_on), PeriodKind.QUARTER).shifted(-1)
    usual = last if last.first_day >= record.starts_on else last.shifted(1)
    return FormPage(
        request, ReportRecord, t("生成成果报告", "Make a report"), save, values={"period": usual.code},
        crumbs=[plans_crumb(), plan_crumb(record), (t("成果报告", "Reports"), reverse("plans:reports", args=[record.uid]))],
        submit=t("生成", "Make it"),
        lead=t("同一数据时点的报告每次生成都完全相同；数据时点留空即现在。", "A report of the same instant is always the same; empty means now."),
    ).response()  # fmt: skip


def report_page(request: HttpRequest, plan_report: str) -> HttpResponse:
    """Progress while it is made; then what it says and its files."""
    request.nav_key = "plans"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    report = queries.get_report(viewer, plan_report)
    title = report.content.get("title") or t("成果报告", "Report")
    context: dict[str, Any] = {
        "report": report, "plan": report.plan, "title": title, "content": report.content if report.is_ready else {},
        "files": [(FORMS[form], form, made) for form, made in report.files.items() if form in FORMS and report.audience in viewer.tokens],
        "job": Job.objects.filter(uid=report.job).first() if not report.is_ready else None,
        "crumbs": [plans_crumb(), plan_crumb(report.plan), (t("成果报告", "Reports"), reverse("plans:reports", args=[report.plan.uid])), (title, "")],
    }  # fmt: skip
    if report.is_ready:
        context |= {"standing": _standing(report), "members": _members(report), "problems": _problems(report)}
    return render(request, "plan/report.html", context)


def _standing(report: PlanReport) -> Table:
    columns = [
        Column("title", Label("指标", "Indicator")), Column("value", Label("本期", "This period"), "number"),
        Column("before", Label("上期", "Before"), "number"), Column("change", Label("环比", "Change"), "number"),
        Column("so_far", Label("目标期累计", "So far"), "number"), Column("target", Label("目标", "Target"), "number"), Column("light", Label("状态", "State")),
    ]  # fmt: skip
    plan = report.plan.uid
    known = report.known_at.isoformat()
    rows = []
    for x in report.content["standing"]:
        address = reverse("plans:indicator_by_code", args=[plan, x["code"]]) + f"?known={known.replace('+', '%2B')}&on={report.content['as_of']}"  # fmt: skip
        rows.append(
            [Cell(x["title"], address), x["shown"], x["before_shown"], _change(x["change"]),
             x["so_far_shown"], x["target_words"] or "—", light_badge(x["light"])]
        )  # fmt: skip
    return Table(columns, rows, caption=t("主要指标", "Indicators"))


def _change(change: float | None) -> str:
    """+50%, -3.2%, 0%; a dash where there is nothing to compare with."""
    if change is None:
        return "—"
    return f"{change:+g}%" if change else "0%"


def _members(report: PlanReport) -> Table:
    table = report.content["members"]
    columns = [
        Column("member", Label("成员", "Member")),
        *(Column(c["code"], c["title"], "number") for c in table["columns"]),
    ]
    rows = [
        [r["member"], *(shown_figure(v, c["unit"], c["unit_name"]) for v, c in zip(r["values"], table["columns"], strict=True))]
        for r in table["rows"]
    ]  # fmt: skip
    foot = [t("合计", "Total"), *(shown_figure(v, c["unit"], c["unit_name"]) for v, c in zip(table["total"], table["columns"], strict=True))]  # fmt: skip
    return Table(columns, rows, caption=t("各成员", "Members"), foot=foot)


def _problems(report: PlanReport) -> list[dict[str, Any]]:
    return [x | {"badge": light_badge(x["light"])} for x in report.content["problems"]]


def report_file(request: HttpRequest, plan_report: str, form: str) -> HttpResponse:
    """A file of a report, for its audience."""
    viewer = viewer_of_page(request)
    report = queries.get_report(viewer, plan_report)
    made = report.files.get(form)
    if not made:
        raise NotFound
    answer: HttpResponse = file_answer(made["file"], viewer)
    return answer

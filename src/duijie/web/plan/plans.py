"""The list of plans, a plan with its tree and lights, writing its head, submitting, approving, publishing, amending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from duijie.core.errors import Fault, NotAllowed
from duijie.core.language import Label, t
from duijie.members import queries as members
from duijie.members.queries import name_of
from duijie.plan import actions, queries
from duijie.plan.choices import PlanStatus
from duijie.plan.content import PeriodPart
from duijie.plan.models import Plan, PlanPeriod
from duijie.plan.rules import may
from duijie.plan.schemas import PlanRecord
from duijie.web.govern.subjects import motions_to_propose
from duijie.web.kit import Cell, Column, Option, Pages, Table
from duijie.web.kit.charts import Chart, Series
from duijie.web.kit.facets import ActiveFilter, Facet
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page
from duijie.web.plan.showing import (
    Asked,
    light_counts,
    lines_below,
    plan_crumb,
    plans_crumb,
    status_badge,
    tree_of,
)

# What a button of a plan's page does: (verb of the rules, the action, what is said afterwards).
STEPS: dict[str, tuple[str, Any, Label]] = {
    "submit": ("plan.write", actions.submit_plan, Label("已提交领导会议审议。", "It is before the leaders.")),
    "publish": ("plan.write", actions.publish_plan, Label("计划已发布。", "The plan is public.")),
    "drop": ("plan.write", actions.drop_amendment, Label("调整已放弃，恢复现行版本。", "The amendment was dropped.")),
    "close": ("plan.write", actions.close_plan, Label("计划已收官。", "The plan is closed.")),
}


def plans(request: HttpRequest) -> HttpResponse:
    """Plans in sight, filtered by state and owner."""
    viewer, asked = viewer_of_page(request), request.GET
    found = queries.plans(viewer, status=asked.get("status", ""), alliance=asked.get("alliance", ""), text=asked.get("q", ""))  # fmt: skip
    pages = Pages.of(request, total=found.count(), size=20)
    facets = [
        Facet.of(request, "status", Label("状态", "State"), [Option(s.value, s.label) for s in PlanStatus], many=False),
        Facet.of(request, "alliance", Label("联盟", "Alliance"), [Option(a.slug, name_of(a)) for a in members.alliances(viewer)], many=False),
    ]  # fmt: skip
    columns = [
        Column("title", Label("计划", "Plan")), Column("owner", Label("制定方", "Of")), Column("from", Label("开始", "From"), "date"),
        Column("until", Label("结束", "Until"), "date"), Column("edition", Label("版本", "Edition"), "number"),
        Column("status", Label("状态", "State")),
    ]  # fmt: skip
    rows = [
        [
            Cell(t(p.title, p.title_en or p.title), reverse("plans:plan", args=[p.uid])), name_of(p.owner),
            p.starts_on.isoformat(), p.ends_on.isoformat(), p.edition or "—", status_badge(p),
        ]
        for p in found[pages.start : pages.stop]
    ]  # fmt: skip
    none = t("还没有计划。秘书处起草后，经领导会议通过即可公开。", "No plan yet. The secretariat drafts one; once the leaders approve it, it is public.")  # fmt: skip
    context = {
        "table": Table(columns, rows, request, pages, caption=t("行动计划", "Plans"), empty=none),
        "facets": facets, "active": ActiveFilter.from_facets(facets), "q": asked.get("q", ""),
        "may_draft": may_draft(viewer), "calls": queries.calls(viewer, open_on=timezone.localdate())[:5] if not viewer.is_guest else [],
    }  # fmt: skip
    return render(request, "plan/plans.html", context)


def may_draft(viewer: Any) -> bool:
    return viewer.has_role({"secretariat", "liaison", "member_admin", "platform"})


def plan_page(request: HttpRequest, plan: str) -> HttpResponse:
    """The tree with lights as of a day; what may be done next."""
    asked = Asked.of(request, plan)
    reckoning = asked.reckoning()
    wanted = asked.period()
    nodes = tree_of(asked, reckoning, wanted)
    every = lines_below(nodes)
    light = request.GET.get("light", "")
    record = asked.plan
    writes, approves = may(asked.viewer, "plan.write", record), may(asked.viewer, "plan.approve", record)
    context = {
        "plan": record, "content": asked.content, "asked": asked, "nodes": nodes, "period": wanted,
        "periods": asked.content.periods, "day": asked.day, "counts": light_counts(every), "light": light,
        "attention": [x for x in every if x.light == light] if light else [],
        "status": status_badge(record), "owner": name_of(record.owner), "writes": writes, "approves": approves,
        "reports_made": may(asked.viewer, "report.make", record), "notice": asked.notice(), "query": asked.query(),
        "is_open": record.may_be_written, "crumbs": [plans_crumb(), (asked.content.name, "")],
        "headlines": [x for x in every if x.url and _is_headline(asked, x.url)][:6],
        "calls": queries.calls(asked.viewer, plan=record)[:5] if not asked.viewer.is_guest else [],
        "waiting": record.status == Plan.Status.SUBMITTED or record.amendment == Plan.Amendment.SUBMITTED,
        "chart": _chart(every), "period_state": _period_state(record, wanted),
    }  # fmt: skip
    if context["waiting"] and record.alliance is not None:
        context["councils"] = motions_to_propose(
            asked.viewer, "plan", record.uid, asked.content.name, [record.alliance]
        )
    return render(request, "plan/plan.html", context)


def _period_state(plan: Plan, period: PeriodPart | None) -> str:
    """Whether a period of the published plan was "closed", or is "over" and can be; empty where it still runs."""
    row = PlanPeriod.objects.filter(plan=plan, code=period.code).first() if period is not None else None
    if row is None or plan.published_at is None:
        return ""
    return "closed" if row.closed_at else "over" if row.ends_on < timezone.localdate() else ""


def _is_headline(asked: Asked, url: str) -> bool:
    return any(i.headline and f"/{i.uid}/" in url for i in asked.content.indicators)


def _chart(lines: list[Any]) -> Chart | None:
    """The share reached of each figure against the time gone."""
    shown = [x for x in lines if x.percent is not None][:24]
    if not shown:
        return None
    names = [f"{x.who} {x.name}".strip() for x in shown]
    return Chart(
        "hbar", t("完成率与时间进度", "Reached, against the time gone"), names,
        [Series(t("完成率", "Reached"), [x.percent for x in shown], urls=[x.url for x in shown])], unit="%",
        target=shown[0].elapsed, target_name=t("时间进度", "Time gone"), height=min(40, 5 + 2 * len(shown)),
    )  # fmt: skip


@for_people
def new_plan(request: HttpRequest) -> HttpResponse:
    request.nav_key = "plans"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    if not may_draft(viewer):
        raise NotAllowed("计划由联盟秘书处或成员的联络员起草。", "Plans are drafted by an alliance's secretariat or a member's liaison officer.")  # fmt: skip
    served = members.alliances_served_by(viewer)

    def save(record: PlanRecord, posted: QueryDict) -> str:
        made = actions.draft_plan(actor=viewer, record=record)
        return reverse("plans:plan", args=[made.uid])

    return FormPage(
        request, PlanRecord, t("起草计划", "Draft a plan"), save, crumbs=[plans_crumb()], draft="plan-new",
        values={"alliance": served[0].slug} if served else {},
        lead=t("先写名称和起止日；条目、指标和目标随后逐项添加。", "Title and days first; items, indicators and targets follow one by one."),
        done=Label("草稿已建立。", "The draft is there."),
    ).response()  # fmt: skip


@for_people
def edit_plan(request: HttpRequest, plan: str) -> HttpResponse:
    viewer = viewer_of_page(request)
    record = writable(request, plan)

    def save(given: PlanRecord, posted: QueryDict) -> str:
        actions.change_plan(actor=viewer, plan=record, record=given, version=posted_version(posted))
        return reverse("plans:plan", args=[record.uid]) + "?draft=1"

    return FormPage(
        request, PlanRecord, t("修改计划", "Change the plan"), save, values=actions.plan_record_of(record),
        crumbs=[plans_crumb(), plan_crumb(record)], version=record.version, done=Label("已保存。", "Saved."),
        only=[n for n in PlanRecord.model_fields if n not in ("alliance", "member")],
    ).response()  # fmt: skip


def writable(request: HttpRequest, uid: str) -> Plan:
    """The plan, where the viewer may write it. Raises NotFound, NotAllowed."""
    request.nav_key = "plans"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    record = queries.get_plan(viewer, uid)
    if not may(viewer, "plan.write", record):
        raise NotAllowed
    return record


def go_on(request: HttpRequest, deed: Any, said: Label, address: str) -> HttpResponse:
    """Do a deed of a button and go back to its page; a refusal is said there."""
    try:
        deed()
        messages.success(request, str(said))
    except Fault as fault:
        if fault.status in {401, 403, 404}:
            raise
        messages.error(request, fault.sentence)
    return HttpResponseRedirect(address)


@require_POST
@for_people
def step(request: HttpRequest, plan: str, verb: str) -> HttpResponse:
    """Submit, publish, drop an amendment, close."""
    viewer = viewer_of_page(request)
    record = queries.get_plan(viewer, plan)
    if verb not in STEPS:
        raise NotAllowed
    _, action, said = STEPS[verb]
    version = posted_version(request.POST)
    address = reverse("plans:plan", args=[record.uid])
    return go_on(request, lambda: action(actor=viewer, plan=record, version=version), said, address)


@require_POST
@for_people
def decide(request: HttpRequest, plan: str) -> HttpResponse:
    """The leaders' decision: approve with the resolution's number, or send back with a reason."""
    viewer, posted = viewer_of_page(request), request.POST
    record = queries.get_plan(viewer, plan)
    address = reverse("plans:plan", args=[record.uid])
    version = posted_version(posted)
    if posted.get("decision") == "approve":
        return go_on(
            request, lambda: actions.approve_plan(actor=viewer, plan=record, resolution=posted.get("resolution", ""), version=version),
            Label("已通过。", "Approved."), address,
        )  # fmt: skip
    return go_on(
        request, lambda: actions.return_plan(actor=viewer, plan=record, reason=posted.get("reason", ""), version=version),
        Label("已退回修改。", "Sent back."), address,
    )  # fmt: skip


@require_POST
@for_people
def amend(request: HttpRequest, plan: str) -> HttpResponse:
    """Open an amendment with its reason."""
    viewer = viewer_of_page(request)
    record = queries.get_plan(viewer, plan)
    return go_on(
        request, lambda: actions.open_amendment(actor=viewer, plan=record, reason=request.POST.get("reason", "")),
        Label("已发起调整，可以修改了；公开的仍是现行版本。", "The amendment is open; the public still reads the edition in force."),
        reverse("plans:plan", args=[record.uid]) + "?draft=1",
    )  # fmt: skip

"""Calls for planned projects: opening one, submitting, taking in, declining."""

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
from duijie.members.queries import name_of
from duijie.plan import actions, queries
from duijie.plan.choices import SubmissionStatus
from duijie.plan.models import PlannedProject
from duijie.plan.rules import may, may_submit_for
from duijie.plan.schemas import CallRecord, SubmissionRecord
from duijie.web.kit import Cell, Column, Pages, Table
from duijie.web.kit.parts import badge
from duijie.web.members.forms import FormPage, for_people, posted_version, viewer_of_page
from duijie.web.plan.editing import item_options
from duijie.web.plan.plans import go_on, writable
from duijie.web.plan.showing import plan_crumb, plans_crumb

_KINDS = {"submitted": "warn", "taken_in": "good", "declined": "bad", "withdrawn": "line"}


@for_people
def new_call(request: HttpRequest, plan: str) -> HttpResponse:
    viewer, record = viewer_of_page(request), writable(request, plan)

    def save(given: CallRecord, posted: QueryDict) -> str:
        made = actions.open_call(actor=viewer, plan=record, record=given)
        return reverse("plans:call", args=[made.uid])

    return FormPage(
        request, CallRecord, t("发起项目征集", "Call for projects"), save, crumbs=[plans_crumb(), plan_crumb(record)],
        lead=t("成员和所属单位把自己的计划项目报上来，逐项决定是否纳入。", "Members and their organisations submit planned projects; each is taken in or declined."),
        done=Label("征集已发起。", "The call is open."), values={"opens_on": timezone.localdate().isoformat()},
    ).response()  # fmt: skip


@for_people
def call_page(request: HttpRequest, plan_call: str) -> HttpResponse:
    """A call and what the reader may see of what was submitted to it."""
    request.nav_key = "plans"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    call = queries.get_call(viewer, plan_call)
    found = queries.submissions(viewer, call=call, status=request.GET.get("status", ""))
    pages = Pages.of(request, total=found.count(), size=30)
    columns = [
        Column("title", Label("项目", "Project")), Column("who", Label("申报单位", "By")), Column("member", Label("成员", "Member")),
        Column("amount", Label("总投资", "Investment"), "number"), Column("status", Label("状态", "State")),
    ]  # fmt: skip
    rows = [
        [
            Cell(x.title, reverse("plans:submission", args=[x.uid])), name_of(x.organisation) if x.organisation else "—",
            name_of(x.member), _amount(x), badge(SubmissionStatus(x.status).label, _KINDS[x.status]),
        ]
        for x in found[pages.start : pages.stop]
    ]  # fmt: skip
    today = timezone.localdate()
    is_open = call.opens_on <= today <= call.closes_on
    none = t("还没有您可以看到的申报。", "Nothing submitted that you may see.")
    context = {
        "call": call, "plan": call.plan, "is_open": is_open, "may_submit": is_open and bool(viewer.organisation_ids or viewer.member_ids),
        "table": Table(columns, rows, request, pages, caption=t("申报项目", "Submitted"), empty=none),
        "crumbs": [plans_crumb(), *_plan_crumb(viewer, call), (call.title, "")],
    }  # fmt: skip
    return render(request, "plan/call.html", context)


def _plan_crumb(viewer: Any, call: Any) -> list[tuple[str, str]]:
    """The plan's name only for those who may see the plan: a draft's title is not for everybody."""
    found = queries.plans(viewer).filter(pk=call.plan_id).first()
    return [plan_crumb(found)] if found is not None else []


def _amount(row: PlannedProject) -> str:
    return format_money(Money(row.amount_minor, row.currency)) if row.amount_minor is not None else "—"


@for_people
def submit(request: HttpRequest, plan_call: str) -> HttpResponse:
    request.nav_key = "plans"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    call = queries.get_call(viewer, plan_call)

    def save(record: SubmissionRecord, posted: QueryDict) -> str:
        made = actions.submit_project(actor=viewer, call=call, record=record)
        return reverse("plans:submission", args=[made.uid])

    return FormPage(
        request, SubmissionRecord, t("申报项目", "Submit a project"), save,
        crumbs=[plans_crumb(), (call.title, reverse("plans:call", args=[call.uid]))],
        lead=t("只有您的单位、所属成员和计划编制方能看到。", "Seen by your organisation, your member and those who write the plan only."),
        picks={"organisation": ("pick_organisations", False), "member": ("pick_members", False)},
        done=Label("已申报。", "Submitted."), draft=f"call-{call.uid}", submit=t("申报", "Submit"),
    ).response()  # fmt: skip


@for_people
def submission_page(request: HttpRequest, planned_project: str) -> HttpResponse:
    request.nav_key = "plans"  # type: ignore[attr-defined]
    viewer = viewer_of_page(request)
    row = queries.get_submission(viewer, planned_project)
    plan = row.call.plan
    waits = row.status == PlannedProject.Status.SUBMITTED
    context = {
        "row": row, "amount": _amount(row), "plan": plan, "status": badge(SubmissionStatus(row.status).label, _KINDS[row.status]),
        "may_decide": waits and may(viewer, "plan.write", plan), "may_take_in": plan.may_be_written,
        "may_withdraw": waits and may_submit_for(viewer, row.member, row.organisation), "member": name_of(row.member),
        "items": [(x.value, str(x.label)) for x in item_options(plan)] if may(viewer, "plan.write", plan) else [],
        "organisation": name_of(row.organisation) if row.organisation else "",
        "crumbs": [plans_crumb(), *_plan_crumb(viewer, row.call), (row.call.title, reverse("plans:call", args=[row.call.uid])), (row.title, "")],
    }  # fmt: skip
    return render(request, "plan/submission.html", context)


@require_POST
@for_people
def decide(request: HttpRequest, planned_project: str) -> HttpResponse:
    """Take in under an item with a code, decline with a reason, or withdraw one's own."""
    viewer, posted = viewer_of_page(request), request.POST
    row = queries.get_submission(viewer, planned_project)
    version = posted_version(posted)
    address = reverse("plans:submission", args=[row.uid])
    decision = posted.get("decision")
    if decision == "take_in":
        code, parent = posted.get("code", ""), posted.get("parent", "")
        return go_on(request, lambda: actions.take_in(actor=viewer, submission=row, code=code, parent=parent, version=version), Label("已纳入计划。", "Taken in."), address)  # fmt: skip
    if decision == "decline":
        return go_on(request, lambda: actions.decline(actor=viewer, submission=row, reason=posted.get("reason", ""), version=version), Label("已答复不予纳入。", "Declined."), address)  # fmt: skip
    if decision == "withdraw":
        return go_on(request, lambda: actions.withdraw_project(actor=viewer, submission=row, version=version), Label("已撤回。", "Withdrawn."), address)  # fmt: skip
    raise NotFound

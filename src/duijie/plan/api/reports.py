"""REST: calls for planned projects, and reports of results."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.errors import NotFound
from duijie.core.files import get_file, path_of
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.members.api.values import refuse_unknown, text_of
from duijie.plan import actions, queries
from duijie.plan.api.plans import plan_of
from duijie.plan.api.shapes import (
    CallOut,
    ReportOut,
    SubmissionOut,
    SubmissionPage,
    call_out,
    report_out,
    submission_out,
    viewer_of_request,
)
from duijie.plan.rules import demand_key_read
from duijie.plan.schemas import CallRecord, ReportRecord, SubmissionRecord

router = Router(tags=["plans"])


@router.post(
    "/plans/{plan}/calls", response={201: CallOut, **REFUSALS}, summary="征集项目 Call for projects", openapi_extra=body_of(CallRecord)
)  # fmt: skip
@idempotent
def open_call(request: HttpRequest, plan: str) -> HttpResponse:
    found = plan_of(request, plan)
    made = actions.open_call(actor=viewer_of_request(request), plan=found, record=parse(CallRecord, json_object(request)))  # fmt: skip
    return answer(call_out(made), status=201, etag=made.etag)


@router.get("/plan-calls/{plan_call}", response={200: CallOut, **REFUSALS}, summary="一个征集 One call")
def read_call(request: HttpRequest, plan_call: str) -> HttpResponse:
    found = queries.get_call(viewer_of_request(request), plan_call)
    return answer(call_out(found), etag=found.etag)


@router.get(
    "/plan-calls/{plan_call}/projects", response={200: SubmissionPage, **REFUSALS}, summary="申报项目 Submitted"
)
def list_submissions(
    request: HttpRequest,
    plan_call: str,
    status: str = "",
    page: int = Query(1, ge=1, le=10_000),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    viewer = viewer_of_request(request)
    demand_key_read(viewer)
    found = queries.submissions(viewer, call=queries.get_call(viewer, plan_call), status=status)
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [submission_out(x) for x in found[first : first + page_size]]}


@router.post(
    "/plan-calls/{plan_call}/projects", response={201: SubmissionOut, **REFUSALS}, summary="申报 Submit",
    openapi_extra=body_of(SubmissionRecord),
)  # fmt: skip
@idempotent
def submit(request: HttpRequest, plan_call: str) -> HttpResponse:
    """The same external id again changes what was submitted under it."""
    viewer = viewer_of_request(request)
    record = parse(SubmissionRecord, json_object(request))
    made = actions.submit_project(actor=viewer, call=queries.get_call(viewer, plan_call), record=record)
    return answer(submission_out(made), status=201, etag=made.etag)


@router.get(
    "/planned-projects/{planned_project}", response={200: SubmissionOut, **REFUSALS}, summary="一个申报 One project"
)
def read_submission(request: HttpRequest, planned_project: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    demand_key_read(viewer)
    found = queries.get_submission(viewer, planned_project)
    return answer(submission_out(found), etag=found.etag)


@router.post(
    "/planned-projects/{planned_project}/decision", response={200: SubmissionOut, **REFUSALS}, summary="纳入、不纳入、撤回 Take in, decline, withdraw",
    openapi_extra=body_of(decision="take_in, decline, withdraw", code="条目编号 code of the item", parent="上级编号 under which item", reason="不纳入的原因 why it is declined"),
)  # fmt: skip
@idempotent
def decide(request: HttpRequest, planned_project: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    found = queries.get_submission(viewer, planned_project)
    content = json_object(request)
    refuse_unknown(content, "decision", "code", "parent", "reason")
    version = expected_version(request)
    decision = text_of(content, "decision")
    if decision == "take_in":
        code, parent = text_of(content, "code"), text_of(content, "parent")
        changed = actions.take_in(actor=viewer, submission=found, code=code, parent=parent, version=version)[0]
    elif decision == "decline":
        changed = actions.decline(actor=viewer, submission=found, reason=text_of(content, "reason"), version=version)
    elif decision == "withdraw":
        changed = actions.withdraw_project(actor=viewer, submission=found, version=version)
    else:
        raise NotFound
    return answer(submission_out(changed), etag=changed.etag)


@router.get("/plans/{plan}/reports", response={200: list[ReportOut], **REFUSALS}, summary="成果报告 Reports")
def list_reports(request: HttpRequest, plan: str) -> Any:
    return [report_out(r) for r in queries.reports(viewer_of_request(request), plan_of(request, plan))[:100]]


@router.post(
    "/plans/{plan}/reports", response={202: ReportOut, **REFUSALS}, summary="生成报告 Make a report", openapi_extra=body_of(ReportRecord)
)  # fmt: skip
@idempotent
def make_report(request: HttpRequest, plan: str) -> HttpResponse:
    """Made by a job; ask for the report again to see its files. The same instant always gives the same bytes."""
    found = plan_of(request, plan)
    record = parse(ReportRecord, json_object(request))
    made = actions.make_report(actor=viewer_of_request(request), plan=found, record=record)
    return answer(report_out(made), status=202)


@router.get("/plan-reports/{plan_report}", response={200: ReportOut, **REFUSALS}, summary="一份报告 One report")
def read_report(request: HttpRequest, plan_report: str) -> HttpResponse:
    return answer(report_out(queries.get_report(viewer_of_request(request), plan_report)))


@router.get("/plan-reports/{plan_report}/{form}", response={200: bytes, **REFUSALS}, summary="报告文件 A file")
def read_file(request: HttpRequest, plan_report: str, form: str) -> HttpResponse:
    """`form`: word, excel, brief, data."""
    viewer = viewer_of_request(request)
    made = queries.get_report(viewer, plan_report).files.get(form)
    if not made:
        raise NotFound
    record = get_file(made["file"], viewer)
    response = HttpResponse(path_of(record).read_bytes(), content_type=record.media_type)
    response["Content-Disposition"] = f'attachment; filename="{form}"'
    return response

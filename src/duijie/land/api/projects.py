"""REST: projects, their figures, milestones and relocations."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.calendar import parse_instant
from duijie.core.errors import Fault
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.land import actions, queries
from duijie.land.actions.figures import as_given, given_of
from duijie.land.api.shapes import (
    FigureOutcomeOut,
    OneProjectOut,
    ProjectOutcomeOut,
    ProjectsOut,
    figure_out,
    one_project_out,
    project_out,
    viewer_of_request,
)
from duijie.land.schemas import CorrectionRecord, FigureRecord, MilestoneRecord, ProjectRecord, RelocationRecord
from duijie.members.api.values import day_of
from duijie.members.queries import get_member

router = Router(tags=["projects"])


def _one(request: HttpRequest, uid: str, on: str = "", known_at: str = "") -> HttpResponse:
    page = queries.project_page(
        viewer_of_request(request), uid, on=day_of(on, "on"), known_at=parse_instant(known_at, place="known_at")
    )
    return answer(one_project_out(page), etag=page.project.etag)


@router.get("/projects", response={200: ProjectsOut, **REFUSALS}, summary="签约项目 Projects")
def list_projects(
    request: HttpRequest,
    member: str = "",
    stage: str = "",
    kind: str = "",
    zone: str = "",
    flag: str = "",
    q: str = "",
    page: int = Query(1, ge=1, le=10_000),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    """Those in sight, the latest signing first. flag: risk, late, cancelled, repeat."""
    rows = queries.projects(
        viewer_of_request(request), member=member, stage=stage, kind=kind, zone=zone, flag=flag, text=q
    ).select_related("zone")
    first = (page - 1) * page_size
    return {"total": rows.count(), "items": [project_out(p) for p in rows[first : first + page_size]]}


@router.get("/projects/{uid}", response={200: OneProjectOut, **REFUSALS}, summary="一个项目 One project")
def read_project(request: HttpRequest, uid: str, on: str = "", known_at: str = "") -> HttpResponse:
    """As it stood on the day `on`, as known at the instant `known_at`; both are now where they are left out."""
    return _one(request, uid, on, known_at)


@router.post(
    "/members/{slug}/projects",
    response={201: ProjectOutcomeOut, 200: ProjectOutcomeOut, **REFUSALS},
    summary="登记或更新 Create or change by external id",
    openapi_extra=body_of(ProjectRecord),
)
@idempotent
def put_project(request: HttpRequest, slug: str, dry_run: bool = False) -> HttpResponse:
    """With an `external_id` that is known it is changed: sums and days that differ are appended as corrections."""
    viewer = viewer_of_request(request)
    record = parse(ProjectRecord, json_object(request))
    project, what = actions.upsert_project(
        actor=viewer, member=get_member(viewer, slug), record=record, version=expected_version(request), dry_run=dry_run
    )
    status = 201 if what == "created" and not dry_run else 200
    return answer({"what": what, "project": project_out(project)}, status=status, etag=project.etag)


@router.patch(
    "/projects/{uid}",
    response={200: OneProjectOut, **REFUSALS},
    summary="修改 Change",
    openapi_extra=body_of(ProjectRecord),
)
@idempotent
def patch_project(request: HttpRequest, uid: str) -> HttpResponse:
    """Only the fields that are given change. If-Match: the ETag that was read."""
    viewer = viewer_of_request(request)
    project = queries.get_project(viewer, uid)
    record = parse(ProjectRecord, actions.project_record_of(project) | json_object(request))
    actions.change_project(actor=viewer, project=project, record=record, version=expected_version(request))
    return _one(request, uid)


@router.post(
    "/projects/{uid}/figures",
    response={200: FigureOutcomeOut, 201: FigureOutcomeOut, **REFUSALS},
    summary="填报数据 Report a figure",
    openapi_extra=body_of(FigureRecord),
)
@idempotent
def report(request: HttpRequest, uid: str, dry_run: bool = False) -> HttpResponse:
    """The same kind, source and month again with another amount is a correction and needs its `reason`."""
    viewer = viewer_of_request(request)
    project = queries.get_project(viewer, uid)
    record = parse(FigureRecord, json_object(request))
    figure, what = actions.record_figure(actor=viewer, project=project, record=record, dry_run=dry_run)
    status = 201 if what == "created" and not dry_run else 200
    return answer({"what": what, "figure": figure_out(figure)}, status=status)


@router.post(
    "/projects/{uid}/figures/{figure_uid}/corrections",
    response={200: FigureOutcomeOut, **REFUSALS},
    summary="更正数据 Correct a figure",
    openapi_extra=body_of(CorrectionRecord),
)
@idempotent
def correct(request: HttpRequest, uid: str, figure_uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    project = queries.get_project(viewer, uid)
    figure = queries.get_figure(project, figure_uid)
    given = parse(CorrectionRecord, json_object(request))
    replaced = None
    if not given.cancel:
        before = as_given(figure)
        day = given.effective_on or figure.effective_on
        record = FigureRecord(
            kind=figure.kind, source=figure.source or None, on=day, amount=given.amount or "", rate=given.rate
        )
        if not (given.amount or "").strip():
            raise Fault("missing", "数额：必须填写。", "Amount: is required.", place="amount", status=422)
        replaced = given_of(record)
        if replaced.rate is None and replaced.currency == before.currency and day == figure.effective_on:
            from dataclasses import replace

            replaced = replace(replaced, rate=before.rate)
    row = actions.correct_figure(actor=viewer, figure=figure, given=replaced, reason=given.reason or "")
    return answer({"what": "corrected", "figure": figure_out(row)})


@router.post(
    "/projects/{uid}/milestones",
    response={200: OneProjectOut, **REFUSALS},
    summary="时间节点 Milestone",
    openapi_extra=body_of(MilestoneRecord),
)
@idempotent
def milestone(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    project = queries.get_project(viewer, uid)
    record = parse(MilestoneRecord, json_object(request))
    actions.set_milestone(actor=viewer, project=project, record=record, version=expected_version(request))
    return _one(request, uid)


@router.post(
    "/projects/{uid}/relocations",
    response={200: OneProjectOut, **REFUSALS},
    summary="迁移 Relocation",
    openapi_extra=body_of(RelocationRecord),
)
@idempotent
def relocate(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    project = queries.get_project(viewer, uid)
    actions.relocate(actor=viewer, project=project, record=parse(RelocationRecord, json_object(request)))
    return _one(request, uid)


@router.post(
    "/projects/{uid}/cancel",
    response={200: OneProjectOut, **REFUSALS},
    summary="撤销 Call off",
    openapi_extra=body_of(effective_on="撤销日 the day", reason="原因 why"),
)
@idempotent
def cancel(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    project = queries.get_project(viewer, uid)
    given = parse(CorrectionRecord, json_object(request))
    if given.effective_on is None:
        raise Fault("missing", "实际日期：必须填写。", "The right day: is required.", place="effective_on", status=422)
    actions.cancel_project(
        actor=viewer,
        project=project,
        on=given.effective_on,
        reason=given.reason or "",
        version=expected_version(request),
    )
    return _one(request, uid)

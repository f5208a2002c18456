"""REST: plans, their editions and trees, approval and amendment."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.errors import NotFound
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.members.api.values import refuse_unknown, text_of
from duijie.plan import actions, queries
from duijie.plan.actions.common import find_item
from duijie.plan.api.shapes import (
    ContentOut,
    EditionOut,
    PlanOut,
    PlanPage,
    content_out,
    edition_out,
    plan_out,
    viewer_of_request,
)
from duijie.plan.models import Plan
from duijie.plan.rules import demand_key_read
from duijie.plan.schemas import (
    BaselineRecord,
    IndicatorRecord,
    ItemRecord,
    PeriodRecord,
    PlanRecord,
    StateRecord,
    TargetRecord,
)

router = Router(tags=["plans"])


def plan_of(request: HttpRequest, uid: str) -> Plan:
    """The plan in sight of the caller; what is not public only with a key's scope for it."""
    viewer = viewer_of_request(request)
    found = queries.get_plan(viewer, uid)
    if found.published_at is None:
        demand_key_read(viewer)
    return found


@router.get("/plans", response={200: PlanPage, **REFUSALS}, summary="计划 Plans")
def list_plans(
    request: HttpRequest,
    q: str = "",
    status: str = "",
    alliance: str = "",
    member: str = "",
    page: int = Query(1, ge=1, le=10_000),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    viewer = viewer_of_request(request)
    found = queries.plans(viewer, status=status, alliance=alliance, member=member, text=q)
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [plan_out(p) for p in found[first : first + page_size]]}


@router.post("/plans", response={201: PlanOut, **REFUSALS}, summary="起草 Draft", openapi_extra=body_of(PlanRecord))
@idempotent
def draft(request: HttpRequest) -> HttpResponse:
    made = actions.draft_plan(actor=viewer_of_request(request), record=parse(PlanRecord, json_object(request)))
    return answer(plan_out(made), status=201, etag=made.etag)


@router.get("/plans/{plan}", response={200: PlanOut, **REFUSALS}, summary="一个计划 One plan")
def read_plan(request: HttpRequest, plan: str) -> HttpResponse:
    found = plan_of(request, plan)
    return answer(plan_out(found), etag=found.etag)


@router.patch(
    "/plans/{plan}", response={200: PlanOut, **REFUSALS}, summary="修改 Change", openapi_extra=body_of(PlanRecord)
)
@idempotent
def patch_plan(request: HttpRequest, plan: str) -> HttpResponse:
    """Only the fields that are given change. If-Match: the ETag that was read."""
    viewer, found = viewer_of_request(request), plan_of(request, plan)
    record = parse(PlanRecord, actions.plan_record_of(found) | json_object(request))
    changed = actions.change_plan(actor=viewer, plan=found, record=record, version=expected_version(request))
    return answer(plan_out(changed), etag=changed.etag)


@router.get("/plans/{plan}/content", response={200: ContentOut, **REFUSALS}, summary="内容 Content")
def read_content(
    request: HttpRequest, plan: str, edition: int | None = Query(None, ge=1, le=99_999), draft: bool = False
) -> Any:
    """The edition in force, or another by number; `draft`: the working copy, for those who write and approve it."""
    found = plan_of(request, plan)
    return content_out(found, queries.content(viewer_of_request(request), found, edition=edition, draft=draft))


@router.get("/plans/{plan}/editions", response={200: list[EditionOut], **REFUSALS}, summary="版本 Editions")
def read_editions(request: HttpRequest, plan: str) -> Any:
    return [edition_out(e) for e in queries.editions(viewer_of_request(request), plan_of(request, plan))]


def _written(request: HttpRequest, found: Plan) -> HttpResponse:
    again = queries.get_plan(viewer_of_request(request), found.uid)
    return answer(plan_out(again), etag=again.etag)


@router.put(
    "/plans/{plan}/items", response={200: PlanOut, **REFUSALS}, summary="写条目 Write an item", openapi_extra=body_of(ItemRecord)
)  # fmt: skip
@idempotent
def put_item(request: HttpRequest, plan: str) -> HttpResponse:
    """By its code: added, or written over."""
    found = plan_of(request, plan)
    actions.write_item(actor=viewer_of_request(request), plan=found, record=parse(ItemRecord, json_object(request)))
    return _written(request, found)


@router.put(
    "/plans/{plan}/indicators", response={200: PlanOut, **REFUSALS}, summary="写指标 Write an indicator",
    openapi_extra=body_of(IndicatorRecord),
)  # fmt: skip
@idempotent
def put_indicator(request: HttpRequest, plan: str) -> HttpResponse:
    """By its code: added, or written over."""
    found = plan_of(request, plan)
    record = parse(IndicatorRecord, json_object(request))
    actions.write_indicator(actor=viewer_of_request(request), plan=found, record=record)
    return _written(request, found)


@router.put(
    "/plans/{plan}/periods", response={200: PlanOut, **REFUSALS}, summary="添加期间 Add a period", openapi_extra=body_of(PeriodRecord)
)  # fmt: skip
@idempotent
def put_period(request: HttpRequest, plan: str) -> HttpResponse:
    found = plan_of(request, plan)
    actions.add_period(actor=viewer_of_request(request), plan=found, record=parse(PeriodRecord, json_object(request)))
    return _written(request, found)


@router.put(
    "/plans/{plan}/targets", response={200: PlanOut, **REFUSALS}, summary="设定目标 Set a target", openapi_extra=body_of(TargetRecord)
)  # fmt: skip
@idempotent
def put_target(request: HttpRequest, plan: str) -> HttpResponse:
    """By indicator, period, member, place and breakdown: set, or set anew."""
    found = plan_of(request, plan)
    actions.set_target(actor=viewer_of_request(request), plan=found, record=parse(TargetRecord, json_object(request)))
    return _written(request, found)


@router.put(
    "/plans/{plan}/baselines", response={200: PlanOut, **REFUSALS}, summary="添加基期值 Set a baseline", openapi_extra=body_of(BaselineRecord)
)  # fmt: skip
@idempotent
def put_baseline(request: HttpRequest, plan: str) -> HttpResponse:
    found = plan_of(request, plan)
    record = parse(BaselineRecord, json_object(request))
    actions.set_baseline(actor=viewer_of_request(request), plan=found, record=record)
    return _written(request, found)


@router.put(
    "/plans/{plan}/items/{code}/state", response={200: PlanOut, **REFUSALS}, summary="更新进展 Progress of a task",
    openapi_extra=body_of(StateRecord),
)  # fmt: skip
@idempotent
def put_state(request: HttpRequest, plan: str, code: str) -> HttpResponse:
    found = plan_of(request, plan)
    item = find_item(found, code, place="code")
    record = parse(StateRecord, json_object(request))
    actions.set_state(actor=viewer_of_request(request), plan=found, item=item, record=record)
    return _written(request, found)


@router.post(
    "/plans/{plan}/{verb}", response={200: PlanOut, **REFUSALS}, summary="提交、审批、发布、调整 Submit, approve, publish, amend",
    openapi_extra=body_of(reason="原因 why (return, amend)", resolution="会议文号 number of the resolution (approve)"),
)  # fmt: skip
@idempotent
def step(request: HttpRequest, plan: str, verb: str) -> HttpResponse:
    """`verb`: submit, approve, return, publish, amend, drop-amendment, close. If-Match: the ETag that was read."""
    viewer, found = viewer_of_request(request), plan_of(request, plan)
    content = json_object(request)
    refuse_unknown(content, "reason", "resolution")
    version, reason = expected_version(request), text_of(content, "reason")
    plain = {
        "submit": actions.submit_plan, "publish": actions.publish_plan, "drop-amendment": actions.drop_amendment,
        "close": actions.close_plan,
    }  # fmt: skip
    if verb in plain:
        changed = plain[verb](actor=viewer, plan=found, version=version)
    elif verb == "approve":
        changed = actions.approve_plan(actor=viewer, plan=found, resolution=text_of(content, "resolution"), version=version)  # fmt: skip
    elif verb == "return":
        changed = actions.return_plan(actor=viewer, plan=found, reason=reason, version=version)
    elif verb == "amend":
        changed = actions.open_amendment(actor=viewer, plan=found, reason=reason, version=version)
    else:
        raise NotFound
    return answer(plan_out(changed), etag=changed.etag)

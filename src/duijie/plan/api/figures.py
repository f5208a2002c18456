"""REST: the figures of a plan, the records behind them, and what members report."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router

from duijie.core.calendar import parse_instant
from duijie.core.errors import Fault, NotFound
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.members.api.values import day_of, refuse_unknown, text_of
from duijie.members.places import find_member
from duijie.plan import actions, queries
from duijie.plan.api.plans import plan_of
from duijie.plan.api.shapes import (
    ActualOut,
    ActualPage,
    FiguresOut,
    RecordsOut,
    actual_out,
    figure_out,
    records_out,
    slugs,
    viewer_of_request,
)
from duijie.plan.content import Content, Cut
from duijie.plan.figures import Reckoning
from duijie.plan.models import Plan
from duijie.plan.schemas import ActualRecord

router = Router(tags=["plans"])


def _asked(request: HttpRequest, plan: str, on: str, known_at: str) -> tuple[Plan, Content, Reckoning]:
    viewer, found = viewer_of_request(request), plan_of(request, plan)
    instant = parse_instant(known_at, place="known_at")
    content = queries.content(viewer, found, known_at=instant)
    day = day_of(on, "on") or min(timezone.localdate(), content.ends_on)
    return found, content, Reckoning(content, as_of=day, known_at=instant)


@router.get("/plans/{plan}/figures", response={200: FiguresOut, **REFUSALS}, summary="指标数 Figures")
def read_figures(
    request: HttpRequest, plan: str, period: str = "", on: str = "", known_at: str = "", outlook: bool = False
) -> Any:
    """Every figure of a period (the one that holds the day) as of a day, as known at an instant."""
    found, content, reckoning = _asked(request, plan, on, known_at)
    chosen = content.period(period) if period else content.current_period(reckoning.as_of)
    if chosen is None and period:
        raise Fault("period.unknown", f"计划里没有“{period}”这个期间。", f"The plan has no period “{period}”.", place="period", status=422)  # fmt: skip
    names = slugs()
    figures = reckoning.figures(chosen) if chosen is not None else []
    if outlook:
        figures = [reckoning.figure(f.indicator, f.period, f.cut, outlook=True) for f in figures]
    return {
        "plan": found.uid, "edition": content.edition, "as_of": reckoning.as_of.isoformat(),
        "items": [figure_out(f, names) for f in figures],
    }  # fmt: skip


@router.get(
    "/plans/{plan}/figures/{code}/records", response={200: RecordsOut, **REFUSALS}, summary="数背后的记录 Records"
)
def read_records(
    request: HttpRequest, plan: str, code: str, period: str = "", member: str = "", on: str = "", known_at: str = ""
) -> Any:
    """The records behind one figure that the caller may see; the others are counted only."""
    _, content, reckoning = _asked(request, plan, on, known_at)
    indicator = content.indicator(code)
    chosen = content.period(period) if period else content.current_period(reckoning.as_of)
    if indicator is None or chosen is None:
        raise NotFound
    cut = Cut(find_member(member).pk) if member else Cut()
    figure = reckoning.figure(indicator, chosen, cut)
    return records_out(queries.records_behind(viewer_of_request(request), reckoning, figure), slugs())


@router.get("/plans/{plan}/actuals", response={200: ActualPage, **REFUSALS}, summary="上报数 Reported figures")
def list_actuals(
    request: HttpRequest,
    plan: str,
    status: str = "",
    page: int = Query(1, ge=1, le=10_000),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    found = queries.actuals(viewer_of_request(request), plan_of(request, plan), status=status)
    first = (page - 1) * page_size
    rows = found.select_related("indicator", "period", "member", "replaces")[first : first + page_size]
    return {"total": found.count(), "items": [actual_out(a) for a in rows]}


@router.post(
    "/plans/{plan}/actuals", response={201: ActualOut, **REFUSALS}, summary="上报 Report", openapi_extra=body_of(ActualRecord)
)  # fmt: skip
@idempotent
def report(request: HttpRequest, plan: str) -> HttpResponse:
    """A member's figure of a period; with `correction` it replaces the one that stands."""
    found = plan_of(request, plan)
    record = parse(ActualRecord, json_object(request))
    made = actions.report_actual(actor=viewer_of_request(request), plan=found, record=record)
    return answer(actual_out(made), status=201, etag=made.etag)


@router.get("/plan-actuals/{plan_actual}", response={200: ActualOut, **REFUSALS}, summary="一个上报数 One figure")
def read_actual(request: HttpRequest, plan_actual: str) -> HttpResponse:
    found = queries.get_actual(viewer_of_request(request), plan_actual)
    return answer(actual_out(found), etag=found.etag)


@router.post(
    "/plan-actuals/{plan_actual}/decision", response={200: ActualOut, **REFUSALS}, summary="核实或退回 Verify or send back",
    openapi_extra=body_of(verified="true to verify, false to send back", reason="退回原因 why it is sent back"),
)  # fmt: skip
@idempotent
def decide(request: HttpRequest, plan_actual: str) -> HttpResponse:
    """{"verified": true}, or {"verified": false, "reason": "..."}. If-Match: the ETag that was read."""
    viewer = viewer_of_request(request)
    found = queries.get_actual(viewer, plan_actual)
    content = json_object(request)
    refuse_unknown(content, "verified", "reason")
    version = expected_version(request)
    if content.get("verified") is True:
        changed = actions.verify_actual(actor=viewer, actual=found, version=version)
    else:
        changed = actions.return_actual(actor=viewer, actual=found, reason=text_of(content, "reason"), version=version)
    return answer(actual_out(changed), etag=changed.etag)

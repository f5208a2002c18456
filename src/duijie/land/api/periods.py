"""REST: closed periods of a member, and exchange rates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from duijie.core.errors import Fault
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.land import actions, queries
from duijie.land.api.shapes import viewer_of_request
from duijie.land.models import Closing
from duijie.land.schemas import PeriodRecord, RateRecord, read_rate
from duijie.members.queries import get_member

router = Router(tags=["periods"])


class ClosingOut(Schema):
    period: str
    closed: bool
    reason: str
    at: str
    actor: str


def _closing_out(row: Closing) -> dict[str, Any]:
    return {
        "period": row.period, "closed": row.closed, "reason": row.reason, "at": row.at.isoformat(), "actor": row.actor,
    }  # fmt: skip


@router.get("/members/{slug}/periods", response={200: list[ClosingOut], **REFUSALS}, summary="结账记录 Closed periods")
def list_periods(request: HttpRequest, slug: str) -> HttpResponse:
    """What was closed and opened again, latest first."""
    viewer = viewer_of_request(request)
    return answer([_closing_out(row) for row in queries.closings(viewer, get_member(viewer, slug))])


@router.post(
    "/members/{slug}/periods",
    response={200: ClosingOut, **REFUSALS},
    summary="结账或重新打开 Close or open again",
    openapi_extra=body_of(PeriodRecord),
)
@idempotent
def set_period(request: HttpRequest, slug: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    given = parse(PeriodRecord, json_object(request))
    member = get_member(viewer, slug)
    if given.closed is False:
        row = actions.reopen_period(actor=viewer, member=member, period=given.period, reason=given.reason or "")
    else:
        row = actions.close_period(actor=viewer, member=member, period=given.period, reason=given.reason or "")
    return answer(_closing_out(row))


class RateOut(Schema):
    currency: str
    on: str
    yuan: str


@router.get("/rates", response={200: list[RateOut], **REFUSALS}, summary="汇率 Exchange rates")
def list_rates(request: HttpRequest) -> HttpResponse:
    rows = queries.rates(viewer_of_request(request))
    return answer([{"currency": r.currency, "on": r.on.isoformat(), "yuan": f"{r.yuan.normalize():f}"} for r in rows])


@router.post(
    "/rates", response={200: RateOut, **REFUSALS}, summary="登记汇率 Keep a rate", openapi_extra=body_of(RateRecord)
)
@idempotent
def put_rate(request: HttpRequest) -> HttpResponse:
    given = parse(RateRecord, json_object(request))
    yuan = read_rate(given.yuan)
    if yuan is None or given.on is None:
        raise Fault("missing", "日期：必须填写。", "On: is required.", place="on", status=422)
    row = actions.keep_rate(actor=viewer_of_request(request), currency=given.currency.upper(), on=given.on, yuan=yuan)
    return answer({"currency": row.currency, "on": row.on.isoformat(), "yuan": f"{row.yuan.normalize():f}"})

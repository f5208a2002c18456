"""REST: deals."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.land import actions, queries
from duijie.land.api.shapes import (
    DealOutcomeOut,
    DealsOut,
    OneDealOut,
    deal_out,
    move_out,
    viewer_of_request,
)
from duijie.land.models import Deal
from duijie.land.schemas import DealRecord, MoveRecord, NextStepRecord
from duijie.members.queries import get_member

router = Router(tags=["deals"])


def _one(request: HttpRequest, uid: str) -> HttpResponse:
    deal = queries.get_deal(viewer_of_request(request), uid)
    return answer(deal_out(deal) | {"history": [move_out(m) for m in deal.moves.all()]}, etag=deal.etag)


@router.get("/deals", response={200: DealsOut, **REFUSALS}, summary="项目线索 Deals")
def list_deals(
    request: HttpRequest,
    member: str = "",
    stage: list[str] = Query([]),  # noqa: B008
    kind: str = "",
    source: str = "",
    q: str = "",
    page: int = Query(1, ge=1, le=10_000),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    """Those in sight, the latest change of stage first. Confidential ones are seen by their parties."""
    viewer = viewer_of_request(request)
    rows = queries.deals(viewer, member=member, stage=stage, kind=kind, source=source, text=q)
    first = (page - 1) * page_size
    return {"total": rows.count(), "items": [deal_out(d) for d in rows[first : first + page_size]]}


@router.get("/deals/{uid}", response={200: OneDealOut, **REFUSALS}, summary="一个项目 One deal")
def read_deal(request: HttpRequest, uid: str) -> HttpResponse:
    """With its whole history: every move and every correction."""
    return _one(request, uid)


@router.post(
    "/members/{slug}/deals",
    response={201: DealOutcomeOut, 200: DealOutcomeOut, **REFUSALS},
    summary="登记或更新 Create or change by external id",
    openapi_extra=body_of(DealRecord),
)
@idempotent
def put_deal(request: HttpRequest, slug: str, dry_run: bool = False) -> HttpResponse:
    """With an `external_id` that is known it is changed, and moved where the stage differs; the same twice changes nothing."""
    viewer = viewer_of_request(request)
    record = parse(DealRecord, json_object(request))
    deal, what = actions.upsert_deal(
        actor=viewer, member=get_member(viewer, slug), record=record, version=expected_version(request), dry_run=dry_run
    )
    status = 201 if what == "created" and not dry_run else 200
    return answer({"what": what, "deal": deal_out(deal)}, status=status, etag=deal.etag)


@router.patch(
    "/deals/{uid}", response={200: OneDealOut, **REFUSALS}, summary="修改 Change", openapi_extra=body_of(DealRecord)
)
@idempotent
def patch_deal(request: HttpRequest, uid: str) -> HttpResponse:
    """Only the fields that are given change. If-Match: the ETag that was read."""
    viewer = viewer_of_request(request)
    deal = queries.get_deal(viewer, uid)
    record = parse(DealRecord, actions.deal_record_of(deal) | json_object(request))
    actions.change_deal(actor=viewer, deal=deal, record=record, version=expected_version(request))
    return _one(request, uid)


@router.post(
    "/deals/{uid}/moves",
    response={200: OneDealOut, **REFUSALS},
    summary="推进 Move to a stage",
    openapi_extra=body_of(MoveRecord),
)
@idempotent
def move(request: HttpRequest, uid: str) -> HttpResponse:
    """By the table of moves (docs/land-moves.md). If-Match refuses a card that somebody moved meanwhile."""
    viewer = viewer_of_request(request)
    deal = queries.get_deal(viewer, uid)
    record = parse(MoveRecord, json_object(request))
    actions.move_deal(actor=viewer, deal=deal, record=record, version=expected_version(request))
    return _one(request, uid)


@router.post(
    "/deals/{uid}/moves/{number}/corrections",
    response={200: OneDealOut, **REFUSALS},
    summary="更正 Correct a move",
    openapi_extra=body_of(effective_on="实际日期 the right day", cancel="true：撤回 takes it back", reason="原因 why"),
)
@idempotent
def correct(request: HttpRequest, uid: str, number: int) -> HttpResponse:
    from duijie.land.schemas import CorrectionRecord

    viewer = viewer_of_request(request)
    deal = queries.get_deal(viewer, uid)
    given = parse(CorrectionRecord, json_object(request))
    actions.correct_move(
        actor=viewer, deal=deal, move=queries.get_move(deal, number), effective_on=given.effective_on,
        cancel=bool(given.cancel), reason=given.reason or "", version=expected_version(request),
    )  # fmt: skip
    return _one(request, uid)


@router.put(
    "/deals/{uid}/next-step",
    response={200: OneDealOut, **REFUSALS},
    summary="下一步 Next step",
    openapi_extra=body_of(NextStepRecord),
)
@idempotent
def next_step(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    deal: Deal = queries.get_deal(viewer, uid)
    given = parse(NextStepRecord, json_object(request))
    actions.set_next_step(
        actor=viewer, deal=deal, step=given.step or "", on=given.on, version=expected_version(request)
    )
    return _one(request, uid)

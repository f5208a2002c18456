"""REST: the lines of a motion's budget, and what an alliance has adopted for a year."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from duijie.core.errors import NotFound
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.govern import actions, queries
from duijie.govern.models import BudgetLine
from duijie.govern.schemas import BudgetLineRecord
from duijie.members.api.shapes import viewer_of_request
from duijie.members.queries import get_alliance

router = Router(tags=["council"])


class BudgetLineOut(Schema):
    """amount_minor: in fen; 0 where an amendment strikes the line out. amends: id of the line whose place it takes.
    resolution: its id, null until the motion is carried."""

    id: str
    motion: str
    resolution: str | None
    number: str
    amends: str | None
    year: int
    item: str
    item_en: str
    amount_minor: int
    currency: str
    purpose: str
    owner: str | None


class BudgetRowOut(BudgetLineOut):
    """before: the lines that it took the place of, the newest first."""

    before: list[BudgetLineOut]


class BudgetOut(Schema):
    """total_minor: in fen. years: those for which something is adopted."""

    alliance: str
    year: int
    total_minor: int
    currency: str
    lines: list[BudgetRowOut]
    years: list[int]


def _line(line: BudgetLine) -> dict[str, Any]:
    same = ("year", "item", "item_en", "amount_minor", "purpose")
    return {name: getattr(line, name) for name in same} | {
        "id": line.uid, "motion": line.motion.uid, "currency": "CNY", "owner": line.owner.slug if line.owner else None,
        "amends": line.amends.uid if line.amends else None,
        "resolution": line.resolution.uid if line.resolution else None,
        "number": line.resolution.label if line.resolution else "",
    }  # fmt: skip


@router.get("/alliances/{slug}/budget", response={200: BudgetOut, **REFUSALS}, summary="联盟预算 Budget of a year")
def read_budget(request: HttpRequest, slug: str, year: int | None = Query(None, ge=2000, le=2100)) -> Any:
    """What was adopted for a year (this one). Public, as resolutions are."""
    viewer = viewer_of_request(request)
    alliance = get_alliance(viewer, slug)
    found = queries.budget(viewer, alliance, year or timezone.localdate().year)
    return {
        "alliance": alliance.slug, "year": found.year, "total_minor": found.total_minor, "currency": "CNY",
        "lines": [_line(row.line) | {"before": [_line(one) for one in row.before]} for row in found.rows],
        "years": queries.budget_years(viewer, alliance),
    }  # fmt: skip


@router.get(
    "/motions/{uid}/budget-lines", response={200: list[BudgetLineOut], **REFUSALS}, summary="议案的预算项 Lines"
)
def list_lines(request: HttpRequest, uid: str) -> Any:
    viewer = viewer_of_request(request)
    return [_line(one) for one in queries.lines_of_motion(viewer, queries.get_motion(viewer, uid))]


@router.post(
    "/motions/{uid}/budget-lines", response={200: BudgetLineOut, 201: BudgetLineOut, **REFUSALS}, summary="写预算项 Write a line",
    openapi_extra=body_of(BudgetLineRecord),
)  # fmt: skip
@idempotent
def write_line(request: HttpRequest, uid: str) -> HttpResponse:
    """A new one, or anew the one of the same year and item (200)."""
    viewer = viewer_of_request(request)
    record = parse(BudgetLineRecord, json_object(request))
    line, what = actions.write_line(actor=viewer, motion=queries.get_motion(viewer, uid), record=record)
    return answer(_line(line), status=201 if what == "created" else 200)


@router.delete("/motions/{uid}/budget-lines/{line}", response={204: None, **REFUSALS}, summary="去掉预算项 Drop a line")
def drop_line(request: HttpRequest, uid: str, line: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    found = queries.lines_of_motion(viewer, queries.get_motion(viewer, uid)).filter(uid=line).first()
    if found is None:
        raise NotFound
    actions.drop_line(actor=viewer, line=found)
    return HttpResponse(status=204)

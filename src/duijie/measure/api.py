"""REST of this app: indicators and values out, rounds to fill in, editions to read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.access import Viewer
from duijie.core.errors import Fault, Faults
from duijie.core.indicators import Indicator, IndicatorRecord, indicator_by_code, indicators, observations
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.measure import actions, queries
from duijie.measure.actions import Cell
from duijie.measure.api_steps import asking
from duijie.measure.api_steps import router as steps
from duijie.measure.interchange import slugs_of, to_sdmx_csv
from duijie.measure.schemas import RoundRecord
from duijie.measure.shapes import (
    EditionOut,
    EditionPage,
    IndicatorOut,
    IndicatorPage,
    ObservationPage,
    RoundOut,
    RoundPage,
    SubmissionOut,
    SubmissionPage,
    edition_out,
    indicator_out,
    observation_out,
    round_out,
    submission_out,
)
from duijie.members.places import find_member

router = Router(tags=["measure"])
router.add_router("", steps)
Page, Size = Query(1, ge=1, le=10_000), Query(50, ge=1, le=500)


@router.get("/indicators", response={200: IndicatorPage, **REFUSALS}, summary="指标 Indicators")
def list_indicators(request: HttpRequest, q: str = "", theme: str = "", page: int = Page, page_size: int = Size) -> Any:
    asking(request)
    found = indicators(text=q, theme=theme)
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [indicator_out(i) for i in found[first : first + page_size]]}


@router.get("/indicators/{indicator}", response={200: IndicatorOut, **REFUSALS}, summary="一个指标 One indicator")
def read_indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    asking(request)
    found = indicator_by_code(indicator)
    return answer(indicator_out(found), etag=found.etag)


@router.put(
    "/indicators/{indicator}",
    response={200: IndicatorOut, **REFUSALS},
    summary="建立或修改指标 Make or change",
    openapi_extra=body_of(IndicatorRecord),
)
@idempotent
def put_indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    """The indicator of this code as the body says it. If-Match: the ETag that was read."""
    viewer = asking(request)
    record = parse(IndicatorRecord, json_object(request) | {"code": indicator})
    before = Indicator.objects.filter(code=indicator).first()
    if before is None:
        made = actions.define_indicator(actor=viewer, record=record)
    else:
        made = actions.change_indicator(
            actor=viewer, indicator=before, record=record, version=expected_version(request)
        )
    return answer(indicator_out(made), etag=made.etag)


@router.get("/observations", response={200: ObservationPage, **REFUSALS}, summary="观测值 Values")
def list_observations(
    request: HttpRequest,
    indicator: str = "",
    member: str = "",
    period: str = "",
    known_on: str = "",
    every_vintage: bool = False,
    page: int = Page,
    page_size: int = Size,
) -> Any:
    """The values in force, or as known at the end of a day (`known_on`), or every vintage."""
    found = _observations(asking(request), indicator, member, period, known_on, every_vintage)
    first = (page - 1) * page_size
    rows = list(found[first : first + page_size])
    slugs = slugs_of(rows)
    return {"total": found.count(), "items": [observation_out(o, slugs) for o in rows]}


@router.get(
    "/observations.sdmx.csv", response={200: str, **REFUSALS}, summary="观测值 SDMX-CSV", include_in_schema=False
)
def sdmx(
    request: HttpRequest,
    indicator: str = "",
    member: str = "",
    period: str = "",
    known_on: str = "",
    every_vintage: bool = False,
) -> HttpResponse:
    found = _observations(asking(request), indicator, member, period, known_on, every_vintage)
    return HttpResponse(
        to_sdmx_csv(found[:100_000]), content_type="application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8"
    )


def _observations(viewer: Viewer, indicator: str, member: str, period: str, known_on: str, every_vintage: bool) -> Any:
    from duijie.core.calendar import parse_instant
    from duijie.core.indicators import member_unit

    known_at = parse_instant(known_on, place="known_on")
    units = [member_unit(find_member(member).pk)] if member.strip() else None
    return observations(
        viewer, codes=[indicator] if indicator else None, units=units, periods=[period] if period.strip() else None, known_at=known_at,
        every_vintage=every_vintage,
    )  # fmt: skip


@router.get("/rounds", response={200: RoundPage, **REFUSALS}, summary="采集轮次 Rounds")
def list_rounds(request: HttpRequest, status: str = "", page: int = Page, page_size: int = Size) -> Any:
    found = queries.rounds(asking(request), status=status).prefetch_related("items__indicator")
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [round_out(r) for r in found[first : first + page_size]]}


@router.post(
    "/rounds",
    response={201: RoundOut, **REFUSALS},
    summary="准备采集 Prepare a round",
    openapi_extra=body_of(RoundRecord),
)
@idempotent
def prepare(request: HttpRequest) -> HttpResponse:
    made = actions.prepare_round(actor=asking(request), record=parse(RoundRecord, json_object(request)))
    return answer(round_out(made), status=201, etag=made.etag)


@router.get("/submissions", response={200: SubmissionPage, **REFUSALS}, summary="填报 Submissions")
def list_submissions(request: HttpRequest, page: int = Page, page_size: int = Size) -> Any:
    found = queries.submissions(asking(request))
    first = (page - 1) * page_size
    items = [
        {"id": s.uid, "round": s.round.uid, "member": s.member.slug, "status": s.status}
        for s in found[first : first + page_size]
    ]
    return {"total": found.count(), "items": items}


@router.get("/submissions/{submission}", response={200: SubmissionOut, **REFUSALS}, summary="一份填报 One submission")
def read_submission(request: HttpRequest, submission: str) -> HttpResponse:
    viewer = asking(request)
    found = queries.submission(viewer, submission)
    return answer(submission_out(queries.sheet_of(viewer, found)), etag=found.etag)


@router.patch(
    "/submissions/{submission}/cells", response={200: SubmissionOut, **REFUSALS}, summary="填报数值 Fill in",
    openapi_extra=body_of(cells="{指标代码: 数值，或 {value, status, reason}} {code: value, or {value, status, reason}}"),
)  # fmt: skip
@idempotent
def fill_in(request: HttpRequest, submission: str) -> HttpResponse:
    """Cells by indicator code; one bad cell keeps all out. If-Match: the ETag that was read."""
    viewer = asking(request)
    found = queries.submission(viewer, submission)
    content = json_object(request)
    given = content.get("cells")
    if set(content) - {"cells"} or not isinstance(given, dict):
        raise Fault(
            "invalid",
            "cells：应是以指标代码为名的对象。",
            "cells: an object by indicator code is wanted.",
            place="cells",
            status=422,
        )
    cells = {str(code): _cell(str(code), cell) for code, cell in given.items()}
    actions.fill(actor=viewer, submission=found, cells=cells, version=expected_version(request))
    again = queries.submission(viewer, submission)
    return answer(submission_out(queries.sheet_of(viewer, again)), etag=again.etag)


def _cell(code: str, given: Any) -> Cell:
    if isinstance(given, dict):
        wrong = [name for name in given if name not in {"value", "status", "reason"}]
        if wrong or any(isinstance(v, dict | list) for v in given.values()):
            raise Fault(
                "invalid",
                f"{code}：只有 value、status、reason。",
                f"{code}: only value, status, reason.",
                place=code,
                status=422,
            )
        return Cell(given.get("value"), str(given.get("status") or ""), str(given.get("reason") or ""))
    if isinstance(given, list):
        raise Faults(
            [
                Fault(
                    "value.unreadable",
                    f"{code}：这里要写数字。",
                    f"{code}: a number is wanted.",
                    place=code,
                    status=422,
                )
            ]
        )
    return Cell(given)


@router.post("/submissions/{submission}/submit", response={200: SubmissionOut, **REFUSALS}, summary="提交 Hand in")
@idempotent
def hand_in(request: HttpRequest, submission: str) -> HttpResponse:
    viewer = asking(request)
    found = queries.submission(viewer, submission)
    actions.submit(actor=viewer, submission=found, version=expected_version(request))
    again = queries.submission(viewer, submission)
    return answer(submission_out(queries.sheet_of(viewer, again)), etag=again.etag)


@router.post("/submissions/{submission}/verify", response={200: SubmissionOut, **REFUSALS}, summary="核验 Verify")
@idempotent
def verify(request: HttpRequest, submission: str) -> HttpResponse:
    viewer = asking(request)
    found = queries.submission(viewer, submission)
    actions.verify(actor=viewer, submission=found, version=expected_version(request))
    again = queries.submission(viewer, submission)
    return answer(submission_out(queries.sheet_of(viewer, again)), etag=again.etag)


@router.get("/editions", response={200: EditionPage, **REFUSALS}, summary="指数版本 Editions")
def list_editions(request: HttpRequest, index: str = "", page: int = Page, page_size: int = Size) -> Any:
    found = queries.editions(asking(request), slug=index)
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [edition_out(e) for e in found[first : first + page_size]]}


@router.get("/editions/{edition}", response={200: EditionOut, **REFUSALS}, summary="一个版本 One edition")
def read_edition(request: HttpRequest, edition: str) -> Any:
    return edition_out(queries.edition(asking(request), edition))


@router.get("/editions/{edition}/document", response={200: dict, **REFUSALS}, summary="版本全文 The whole edition")
def read_document(request: HttpRequest, edition: str) -> HttpResponse:
    """The canonical document: `duijie index --replay` makes the same bytes of it."""
    found = queries.edition(asking(request), edition)
    return HttpResponse(found.content, content_type="application/json")

"""REST: partner agreements and their graph."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from duijie.core.errors import Fault
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.api.shapes import (
    AgreementOut,
    AgreementPage,
    CoverageOut,
    GraphOut,
    agreement_out,
    graph_out,
    viewer_of_request,
)
from duijie.members.api.values import day_of, refuse_unknown, text_of
from duijie.members.models import Obligation
from duijie.members.schemas import AgreementRecord, ObligationRecord

router = Router(tags=["agreements"])


@router.get("/agreements", response={200: AgreementPage, **REFUSALS}, summary="协议 Agreements")
def list_agreements(
    request: HttpRequest,
    member: str = "",
    kind: str = "",
    on: str = "",
    q: str = "",
    page: int = Query(1, ge=1, le=10_000),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    """`on`: only those that hold on that day."""
    viewer = viewer_of_request(request)
    party = queries.get_member(viewer, member) if member else None
    found = queries.agreements(viewer, member=party, kind=kind, on=day_of(on, "on"), text=q)
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [agreement_out(a) for a in found[first : first + page_size]]}


@router.get("/agreements/graph", response={200: GraphOut, **REFUSALS}, summary="伙伴网络 Partner graph")
def read_graph(request: HttpRequest, on: str = "", member: str = "", kind: str = "") -> Any:
    """Nodes and edges as they stand on a day (today); of one member where it is named."""
    viewer = viewer_of_request(request)
    members = [queries.get_member(viewer, member)] if member else None
    return graph_out(queries.graph(viewer, on=day_of(on, "on"), members=members, kind=kind))


@router.get("/agreements/coverage", response={200: CoverageOut, **REFUSALS}, summary="覆盖 Coverage of a set")
def read_coverage(request: HttpRequest, member: str = "", alliance: str = "", on: str = "", kind: str = "") -> Any:
    """Of the parts of `member`, or of the members of `alliance`, on a day (today)."""
    viewer = viewer_of_request(request)
    whole = queries.get_member(viewer, member) if member else None
    circle = queries.get_alliance(viewer, alliance) if alliance else None
    found = queries.coverage_of_set(viewer, whole=whole, alliance=circle, on=day_of(on, "on"), kind=kind)
    covered = found.found
    return {
        "on": covered.on.isoformat(), "covered": [m.slug for m in covered.covered], "missing": [m.slug for m in covered.missing],
        "sentence": covered.sentence(found.name),
    }  # fmt: skip


class ObligationOut(Schema):
    id: str
    text: str
    owed_by: str
    due_on: str
    done_on: str | None
    report: str


def _obligation_out(one: Obligation) -> dict[str, Any]:
    return {
        "id": one.uid, "text": one.text, "owed_by": one.member.slug if one.member else one.party, "due_on": one.due_on.isoformat(),
        "done_on": one.done_on.isoformat() if one.done_on else None, "report": one.report,
    }  # fmt: skip


@router.get(
    "/agreements/{uid}/obligations", response={200: list[ObligationOut], **REFUSALS}, summary="约定义务 Obligations"
)
def list_obligations(request: HttpRequest, uid: str) -> Any:
    viewer = viewer_of_request(request)
    return [_obligation_out(o) for o in queries.obligations_of(viewer, queries.get_agreement(viewer, uid))]


@router.post(
    "/agreements/{uid}/obligations", response={201: ObligationOut, **REFUSALS}, summary="登记义务 Note an obligation",
    openapi_extra=body_of(ObligationRecord),
)  # fmt: skip
@idempotent
def oblige(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    record = parse(ObligationRecord, json_object(request))
    made = actions.add_obligation(actor=viewer, agreement=queries.get_agreement(viewer, uid), record=record)
    return answer(_obligation_out(made), status=201)


@router.post(
    "/obligations/{uid}/fulfil", response={200: ObligationOut, **REFUSALS}, summary="履行 Fulfil",
    openapi_extra=body_of(report="履行情况 how it was kept", done_on="日期 the day, today unless said"),
)  # fmt: skip
@idempotent
def fulfil(request: HttpRequest, uid: str) -> HttpResponse:
    viewer, content = viewer_of_request(request), json_object(request)
    refuse_unknown(content, "report", "done_on")
    done = actions.fulfil_obligation(
        actor=viewer, obligation=queries.get_obligation(viewer, uid), report=text_of(content, "report"),
        done_on=day_of(text_of(content, "done_on"), "done_on"),
    )  # fmt: skip
    return answer(_obligation_out(done))


@router.get("/agreements/{uid}", response={200: AgreementOut, **REFUSALS}, summary="一个协议 One agreement")
def read_agreement(request: HttpRequest, uid: str) -> HttpResponse:
    found = queries.get_agreement(viewer_of_request(request), uid)
    return answer(agreement_out(found), etag=found.etag)


@router.post(
    "/agreements",
    response={201: AgreementOut, **REFUSALS},
    summary="登记协议 Record",
    openapi_extra=body_of(AgreementRecord),
)
@idempotent
def sign(request: HttpRequest) -> HttpResponse:
    record = parse(AgreementRecord, json_object(request))
    made = actions.sign_agreement(actor=viewer_of_request(request), record=record)
    return answer(agreement_out(made), status=201, etag=made.etag)


@router.patch(
    "/agreements/{uid}",
    response={200: AgreementOut, **REFUSALS},
    summary="修改协议 Change",
    openapi_extra=body_of(AgreementRecord),
)
@idempotent
def patch_agreement(request: HttpRequest, uid: str) -> HttpResponse:
    """Only the fields that are given change. If-Match: the ETag that was read."""
    viewer = viewer_of_request(request)
    found = queries.get_agreement(viewer, uid)
    record = parse(AgreementRecord, actions.agreement_record_of(found) | json_object(request))
    actions.change_agreement(actor=viewer, agreement=found, record=record, version=expected_version(request))
    changed = queries.get_agreement(viewer, uid)
    return answer(agreement_out(changed), etag=changed.etag)


@router.post(
    "/agreements/{uid}/end",
    response={200: AgreementOut, **REFUSALS},
    summary="终止协议 End early",
    openapi_extra=body_of(last_day="最后一天 the last day on which it holds", reason="原因 why"),
)
@idempotent
def end(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    found = queries.get_agreement(viewer, uid)
    content = json_object(request)
    refuse_unknown(content, "last_day", "reason")
    last_day = day_of(text_of(content, "last_day"), "last_day")
    if last_day is None:
        raise Fault("missing", "最后一天：必须填写。", "Last day: is required.", place="last_day", status=422)
    actions.end_agreement(
        actor=viewer,
        agreement=found,
        last_day=last_day,
        reason=text_of(content, "reason"),
        version=expected_version(request),
    )
    changed = queries.get_agreement(viewer, uid)
    return answer(agreement_out(changed), etag=changed.etag)

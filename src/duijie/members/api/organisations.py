"""REST: organisations, by their own id and by a member's external id."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.errors import Stale
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version, must_be_new
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.api.shapes import (
    OrganisationOut,
    OrganisationOutcome,
    OrganisationPage,
    organisation_out,
    viewer_of_request,
)
from duijie.members.api.values import refuse_unknown, text_of
from duijie.members.models import Organisation
from duijie.members.schemas import OrganisationRecord

router = Router(tags=["organisations"])


@router.get("/organisations", response={200: OrganisationPage, **REFUSALS}, summary="单位 Organisations")
def list_organisations(
    request: HttpRequest,
    q: str = "",
    member: str = "",
    kind: str = "",
    region: str = "",
    industry: str = "",
    verified: bool | None = None,
    page: int = Query(1, ge=1, le=10_000),
    page_size: int = Query(20, ge=1, le=100),
) -> Any:
    viewer = viewer_of_request(request)
    home = queries.get_member(viewer, member) if member else None
    found = queries.organisations(
        viewer, member=home, kind=kind, region=region, industry=industry, text=q, verified=verified
    )
    first = (page - 1) * page_size
    return {"total": found.count(), "items": [organisation_out(o) for o in found[first : first + page_size]]}


@router.post(
    "/organisations",
    response={201: OrganisationOut, **REFUSALS},
    summary="登记单位 Register",
    openapi_extra=body_of(OrganisationRecord),
)
@idempotent
def register(request: HttpRequest) -> HttpResponse:
    """It waits for its home member's liaison."""
    record = parse(OrganisationRecord, json_object(request))
    made = actions.register_organisation(actor=viewer_of_request(request), record=record)
    return answer(organisation_out(made), status=201, etag=made.etag)


@router.get("/organisations/{uid}", response={200: OrganisationOut, **REFUSALS}, summary="一个单位 One organisation")
def read_organisation(request: HttpRequest, uid: str) -> HttpResponse:
    found = queries.get_organisation(viewer_of_request(request), uid)
    return answer(organisation_out(found), etag=found.etag)


@router.patch(
    "/organisations/{uid}",
    response={200: OrganisationOut, **REFUSALS},
    summary="修改单位 Change",
    openapi_extra=body_of(OrganisationRecord),
)
@idempotent
def patch_organisation(request: HttpRequest, uid: str) -> HttpResponse:
    """Only the fields that are given change. If-Match: the ETag that was read."""
    viewer = viewer_of_request(request)
    found = queries.get_organisation(viewer, uid)
    record = actions.merged(found, json_object(request))
    changed = actions.change_organisation(
        actor=viewer, organisation=found, record=record, version=expected_version(request)
    )
    return answer(organisation_out(changed), etag=changed.etag)


@router.post(
    "/organisations/{uid}/verification",
    response={200: OrganisationOut, **REFUSALS},
    summary="核验 Verify, or withdraw",
    openapi_extra=body_of(verified="true to verify, false to withdraw", reason="why it is withdrawn"),
)
@idempotent
def verification(request: HttpRequest, uid: str) -> HttpResponse:
    """{"verified": true}, or {"verified": false, "reason": "..."}. If-Match: the ETag that was read."""
    viewer = viewer_of_request(request)
    found = queries.get_organisation(viewer, uid)
    content = json_object(request)
    refuse_unknown(content, "verified", "reason")
    version = expected_version(request)
    if content.get("verified") is True:
        changed = actions.verify_organisation(actor=viewer, organisation=found, version=version)
    else:
        reason = text_of(content, "reason")
        changed = actions.withdraw_verification(actor=viewer, organisation=found, reason=reason, version=version)
    return answer(organisation_out(changed), etag=changed.etag)


@router.put(
    "/members/{slug}/organisations/{external_id}",
    response={200: OrganisationOutcome, 201: OrganisationOutcome, **REFUSALS},
    summary="按编号创建或更新 Create or change by own id",
    openapi_extra=body_of(OrganisationRecord),
)
@idempotent
def put_organisation(request: HttpRequest, slug: str, external_id: str, dry_run: bool = False) -> HttpResponse:
    """If-Match: the ETag that was read; If-None-Match: * for a new one only."""
    viewer = viewer_of_request(request)
    member = queries.get_member(viewer, slug)
    record = parse(OrganisationRecord, json_object(request) | {"external_id": external_id})
    if must_be_new(request) and Organisation.objects.filter(home_member=member, external_id=external_id).exists():
        raise Stale
    saved, what = actions.upsert_organisation(
        actor=viewer, member=member, record=record, version=expected_version(request), dry_run=dry_run
    )
    content = {"what": what, "organisation": organisation_out(saved)}
    return answer(content, status=201 if what == "created" and not dry_run else 200, etag=saved.etag)

"""REST: joint zones."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.land import actions, queries
from duijie.land.api.shapes import ZoneOut, viewer_of_request, zone_out
from duijie.land.schemas import ZoneRecord

router = Router(tags=["zones"])


@router.get("/zones", response={200: list[ZoneOut], **REFUSALS}, summary="共建区 Joint zones")
def list_zones(request: HttpRequest) -> HttpResponse:
    return answer([zone_out(z) for z in queries.zones(viewer_of_request(request))])


@router.get("/zones/{zone}", response={200: ZoneOut, **REFUSALS}, summary="一个共建区 One joint zone")
def read_zone(request: HttpRequest, zone: str) -> HttpResponse:
    found = queries.get_zone(viewer_of_request(request), zone)
    return answer(zone_out(found), etag=found.etag)


@router.post(
    "/zones", response={201: ZoneOut, **REFUSALS}, summary="登记共建区 Register", openapi_extra=body_of(ZoneRecord)
)
@idempotent
def make_zone(request: HttpRequest) -> HttpResponse:
    record = parse(ZoneRecord, json_object(request))
    made = actions.write_zone(actor=viewer_of_request(request), record=record)
    return answer(zone_out(made), status=201, etag=made.etag)


@router.patch(
    "/zones/{zone}", response={200: ZoneOut, **REFUSALS}, summary="修改共建区 Change", openapi_extra=body_of(ZoneRecord)
)
@idempotent
def patch_zone(request: HttpRequest, zone: str) -> HttpResponse:
    """Only the fields that are given change. If-Match: the ETag that was read."""
    viewer = viewer_of_request(request)
    found = queries.get_zone(viewer, zone)
    record = parse(ZoneRecord, actions.zone_record_of(found) | json_object(request))
    changed = actions.write_zone(actor=viewer, record=record, zone=found, version=expected_version(request))
    return answer(zone_out(changed), etag=changed.etag)

"""REST: alliances and members."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.api.shapes import (
    AllianceOut,
    CoverageOut,
    MemberOut,
    StandingOut,
    alliance_out,
    member_out,
    standing_out,
    viewer_of_request,
)
from duijie.members.api.values import day_of, refuse_unknown, text_of
from duijie.members.schemas import AllianceRecord, MemberRecord

router = Router(tags=["members"])


@router.get("/alliances", response={200: list[AllianceOut], **REFUSALS}, summary="联盟 Alliances")
def list_alliances(request: HttpRequest) -> Any:
    return [alliance_out(a) for a in queries.alliances(viewer_of_request(request))]


@router.get("/alliances/{slug}", response={200: AllianceOut, **REFUSALS}, summary="联盟及成员 One alliance")
def read_alliance(request: HttpRequest, slug: str, on: str = "") -> Any:
    """With its members on a day (today): each with standing, since and until."""
    viewer = viewer_of_request(request)
    alliance = queries.get_alliance(viewer, slug)
    inside = queries.memberships(viewer, alliance, on=day_of(on, "on"))
    return alliance_out(alliance) | {"members": [standing_out(m) for m in inside]}


@router.post(
    "/alliances",
    response={201: AllianceOut, **REFUSALS},
    summary="成立联盟 Found an alliance",
    openapi_extra=body_of(AllianceRecord),
)
@idempotent
def found_alliance(request: HttpRequest) -> HttpResponse:
    """With `parent`, a sub-alliance of it."""
    record = parse(AllianceRecord, json_object(request))
    made = actions.found_alliance(actor=viewer_of_request(request), record=record)
    return answer(alliance_out(made) | {"members": []}, status=201)


@router.put(
    "/alliances/{slug}/members/{member}",
    response={200: StandingOut, **REFUSALS},
    summary="接纳成员 Admit a member, change its standing, or let it leave",
    openapi_extra=body_of(
        standing="founder, member, partner", since="从 from", until="到（退出）until, where it leaves"
    ),
)
@idempotent
def put_membership(request: HttpRequest, slug: str, member: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    content = json_object(request)
    refuse_unknown(content, "standing", "since", "until")
    made = actions.admit_member(
        actor=viewer,
        alliance=queries.get_alliance(viewer, slug),
        member=queries.get_member(viewer, member),
        standing=text_of(content, "standing") or "member",
        since=day_of(text_of(content, "since"), "since"),
        until=day_of(text_of(content, "until"), "until"),
    )
    return answer(standing_out(made))


@router.post(
    "/members",
    response={201: MemberOut, **REFUSALS},
    summary="登记成员 Register a member",
    openapi_extra=body_of(MemberRecord, alliance="由哪个联盟登记 the alliance whose secretariat registers it"),
)
@idempotent
def create_member(request: HttpRequest) -> HttpResponse:
    """Admit it next: PUT /alliances/{slug}/members/{member}."""
    viewer = viewer_of_request(request)
    content = json_object(request)
    alliance = text_of(content, "alliance")
    record = parse(MemberRecord, {name: value for name, value in content.items() if name != "alliance"})
    made = actions.create_member(
        actor=viewer, record=record, alliance=queries.get_alliance(viewer, alliance) if alliance else None
    )
    return answer(member_out(made), status=201, etag=made.etag)


@router.get("/members", response={200: list[MemberOut], **REFUSALS}, summary="成员 Members")
def list_members(request: HttpRequest, alliance: str = "", kind: str = "", region: str = "", q: str = "") -> Any:
    """`region`: a GB/T 2260 code, with everything inside it. `alliance`: its short name."""
    viewer = viewer_of_request(request)
    inside = queries.get_alliance(viewer, alliance) if alliance else None
    found = queries.members(viewer, alliance=inside, kind=kind, region=region, text=q).select_related("parent")
    return [member_out(m, m.organisation_count) for m in found]


@router.get("/members/{slug}", response={200: MemberOut, **REFUSALS}, summary="一个成员 One member")
def read_member(request: HttpRequest, slug: str) -> HttpResponse:
    member = queries.get_member(viewer_of_request(request), slug)
    return answer(member_out(member), etag=member.etag)


@router.patch(
    "/members/{slug}",
    response={200: MemberOut, **REFUSALS},
    summary="修改成员 Change a member",
    openapi_extra=body_of(MemberRecord),
)
@idempotent
def patch_member(request: HttpRequest, slug: str) -> HttpResponse:
    """Only the fields that are given change. If-Match: the ETag that was read."""
    viewer = viewer_of_request(request)
    member = queries.get_member(viewer, slug)
    record = parse(MemberRecord, actions.member_record_of(member) | json_object(request))
    changed = actions.change_member(actor=viewer, member=member, record=record, version=expected_version(request))
    return answer(member_out(changed), etag=changed.etag)


@router.get("/members/{slug}/coverage", response={200: CoverageOut, **REFUSALS}, summary="协议覆盖 Coverage of parts")
def read_coverage(request: HttpRequest, slug: str, on: str = "", kind: str = Query("")) -> Any:
    """Which parts of a member have an agreement that holds on a day (today)."""
    viewer = viewer_of_request(request)
    whole = queries.get_member(viewer, slug)
    found = queries.coverage_of_parts(viewer, whole, on=day_of(on, "on"), kind=kind)
    return {
        "on": found.on.isoformat(),
        "covered": [m.slug for m in found.covered],
        "missing": [m.slug for m in found.missing],
        "sentence": found.sentence(whole.name),
    }

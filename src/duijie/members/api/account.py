"""REST: keys, roles, invitations, oneself, the audit trail. People only: a key can do nothing here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from duijie.core.errors import Fault, NotFound
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.members import actions, queries
from duijie.members.actions.keys import OVERLAP
from duijie.members.api.shapes import KeyOut, RoleOut, key_out, role_out, viewer_of_request
from duijie.members.api.values import day_of, refuse_unknown, text_of
from duijie.members.models import User
from duijie.members.places import find_member, find_organisation, find_scope
from duijie.members.schemas import ApiKeyRecord, PersonRecord, RoleGrantRecord

router = Router(tags=["people and keys"])
_OWNER = ("member", "organisation")


@router.get("/keys", response={200: list[KeyOut], **REFUSALS}, summary="接口密钥 Keys")
def list_keys(request: HttpRequest) -> Any:
    return [key_out(line) for line in queries.api_keys(viewer_of_request(request))]


@router.post(
    "/keys",
    response={201: KeyOut, **REFUSALS},
    summary="新建密钥 Make a key",
    openapi_extra=body_of(ApiKeyRecord, member="成员 member", organisation="单位 organisation"),
)
def create_key(request: HttpRequest) -> HttpResponse:
    """The answer holds the secret, this once; so this operation keeps no answer under an Idempotency-Key."""
    viewer = viewer_of_request(request)
    content = json_object(request)
    member, organisation = text_of(content, "member"), text_of(content, "organisation")
    record = parse(ApiKeyRecord, {name: value for name, value in content.items() if name not in _OWNER})
    key, secret = actions.create_api_key(
        actor=viewer,
        record=record,
        member=find_member(member, place="member") if member else None,
        organisation=find_organisation(organisation, place="organisation") if organisation else None,
    )
    return answer(_one_key(request, key.uid, secret), status=201)


@router.post(
    "/keys/{uid}/rotation",
    response={201: KeyOut, **REFUSALS},
    summary="换发密钥 Rotate",
    openapi_extra=body_of(overlap_days="旧密钥继续有效的天数 days for which the old key keeps working, 7 unless said"),
)
def rotate_key(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    content = json_object(request)
    refuse_unknown(content, "overlap_days")
    days = content.get("overlap_days", OVERLAP.days)
    if not isinstance(days, int) or isinstance(days, bool) or abs(days) > 10_000:
        raise Fault("int_type", "这里要写整数。", "A whole number is wanted here.", place="overlap_days", status=422)
    key, secret = actions.rotate_api_key(actor=viewer, key=queries.get_key(viewer, uid), overlap=timedelta(days=days))
    return answer(_one_key(request, key.uid, secret), status=201)


@router.delete("/keys/{uid}", response={204: None, **REFUSALS}, summary="撤销密钥 Revoke")
def revoke_key(request: HttpRequest, uid: str) -> HttpResponse:
    viewer = viewer_of_request(request)
    actions.revoke_api_key(actor=viewer, key=queries.get_key(viewer, uid))
    return HttpResponse(status=204)


def _one_key(request: HttpRequest, uid: str, secret: str) -> dict[str, Any]:
    line = next(line for line in queries.api_keys(viewer_of_request(request)) if line.uid == uid)
    return key_out(line, secret)


@router.get("/roles", response={200: list[RoleOut], **REFUSALS}, summary="角色 Roles in one's charge")
def list_roles(request: HttpRequest, role: str = "", scope: str = "") -> Any:
    found = list(queries.role_grants(viewer_of_request(request), role=role, scope=scope))
    names = queries.scope_names(found)
    return [role_out(grant, names) for grant in found]


@router.post(
    "/roles",
    response={201: RoleOut, **REFUSALS},
    summary="授予角色 Give a role",
    openapi_extra=body_of(RoleGrantRecord, person="用户的 id the person's id"),
)
@idempotent
def give_role(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of_request(request)
    content = json_object(request)
    record = parse(RoleGrantRecord, {name: value for name, value in content.items() if name != "person"})
    person = User.objects.filter(uid=text_of(content, "person")).first()
    if person is None:
        raise NotFound
    grant = actions.grant_role(
        actor=viewer,
        person=person,
        role=record.role,
        scope=record.scope,
        scope_id=find_scope(record.scope, record.where or ""),
        ends_on=record.ends_on,
    )
    return answer(role_out(grant, queries.scope_names([grant])), status=201)


@router.delete("/roles/{number}", response={204: None, **REFUSALS}, summary="收回角色 Take a role away")
def take_role(request: HttpRequest, number: int) -> HttpResponse:
    viewer = viewer_of_request(request)
    grant = queries.role_grants(viewer).filter(pk=number).first() if abs(number) < 2**62 else None
    if grant is None:
        raise NotFound
    actions.revoke_role(actor=viewer, grant=grant)
    return HttpResponse(status=204)


@router.post(
    "/invitations",
    response={201: dict[str, str], **REFUSALS},
    summary="邀请 Invite a person",
    openapi_extra=body_of(PersonRecord, RoleGrantRecord),
)
@idempotent
def invite(request: HttpRequest) -> HttpResponse:
    """Who has no account yet gets a mail with a link to open one."""
    content = json_object(request)
    role_fields = set(RoleGrantRecord.model_fields)
    record = parse(RoleGrantRecord, {name: value for name, value in content.items() if name in role_fields})
    person = parse(PersonRecord, {name: value for name, value in content.items() if name not in role_fields})
    made = actions.invite_person(
        actor=viewer_of_request(request),
        record=person,
        role=record.role,
        scope=record.scope,
        scope_id=find_scope(record.scope, record.where or ""),
        ends_on=record.ends_on,
    )
    return answer({"id": made.uid}, status=201)


@router.get("/me", response={200: dict[str, Any], **REFUSALS}, summary="我 Oneself")
def me(request: HttpRequest) -> Any:
    """Who calls, as the platform sees it: a person, a key or a guest, with roles and scopes."""
    viewer = viewer_of_request(request)
    kind = "guest" if viewer.is_guest else "key" if viewer.key_id is not None else "person"
    return {
        "kind": kind,
        "name": viewer.name,
        "roles": sorted(([g.role, g.scope, g.scope_id] for g in viewer.grants), key=str),
        "scopes": sorted(viewer.key_scopes) if viewer.key_scopes is not None else None,
    }


@router.get(
    "/me/export", response={200: dict[str, Any], **REFUSALS}, summary="导出我的数据 Everything kept about oneself"
)
def export(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of_request(request)
    person = User.objects.filter(pk=viewer.user_id).first() if viewer.user_id is not None else None
    if person is None:
        raise NotFound
    return answer(queries.export_person(viewer, person))


@router.get("/audit", response={200: list[dict[str, Any]], **REFUSALS}, summary="操作记录 Audit trail")
def audit(
    request: HttpRequest,
    verb: str = "",
    actor: str = "",
    object_ref: str = "",
    since: str = "",
    until: str = "",
    before: int = Query(2**62, ge=1, le=2**62),
    limit: int = Query(100, ge=1, le=1000),
) -> Any:
    """Newest first; `before`: the id of the last line of the page before."""
    found = queries.audit_lines(
        viewer_of_request(request),
        verb=verb,
        actor=actor,
        object_ref=object_ref,
        since=day_of(since, "since"),
        until=day_of(until, "until"),
    )
    return [
        {
            "id": line.pk, "at": line.at.isoformat(), "actor": line.actor, "via": line.via, "verb": line.verb,
            "object_kind": line.object_kind, "object_ref": line.object_ref, "detail": line.detail,
        }
        for line in found.filter(pk__lt=before)[:limit]
    ]  # fmt: skip

"""REST for a member's interface and, for the platform's administrators, for other nodes."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from duijie.core.errors import Fault, NotFound
from duijie.core.rest.bodies import answer, body_of, json_object
from duijie.core.rest.idempotency import idempotent
from duijie.core.rest.preconditions import expected_version
from duijie.core.rest.problems import REFUSALS
from duijie.core.schema import parse
from duijie.federate import actions, queries
from duijie.federate.actions.interface import interface_of
from duijie.federate.models import Letter, Peer
from duijie.federate.nodes.identity import fingerprint
from duijie.federate.schemas import InterfaceRecord, PeerRecord
from duijie.members.api.values import refuse_unknown
from duijie.members.models import Member
from duijie.members.queries import get_member

router = Router(tags=["nodes"])


class InterfaceOut(Schema):
    member: str
    colour: str
    host: str | None
    origins: list[str]
    has_mark: bool


class PeerOut(Schema):
    id: str
    slug: str
    name: str
    url: str
    key_id: str
    fingerprint: str
    active: bool
    version: int


class LetterLine(Schema):
    """A letter without its content: direction, kind, digest, what became of it."""

    id: str
    direction: str
    kind: str
    status: str
    digest: str
    reason: str
    at: str


def _viewer(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]


def _interface(member: Member) -> dict[str, Any]:
    found = interface_of(member)
    return {
        "member": member.slug, "colour": member.colour, "host": found.host, "origins": found.origins, "has_mark": bool(found.mark_id),
    }  # fmt: skip


def _peer(peer: Peer) -> dict[str, Any]:
    return {
        "id": peer.uid, "slug": peer.slug, "name": peer.name, "url": peer.url, "key_id": peer.key_id,
        "fingerprint": fingerprint(peer.public_key), "active": peer.active, "version": peer.version,
    }  # fmt: skip


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.uid, "direction": letter.direction, "kind": letter.kind, "status": letter.status, "digest": letter.digest,
        "reason": letter.reason_code, "at": letter.at.isoformat(),
    }  # fmt: skip


@router.get("/members/{slug}/interface", response={200: InterfaceOut, **REFUSALS}, summary="成员接口 Interface")
def read_interface(request: HttpRequest, slug: str) -> Any:
    return _interface(get_member(_viewer(request), slug))


@router.put(
    "/members/{slug}/interface", response={200: InterfaceOut, **REFUSALS}, summary="修改成员接口 Change the interface",
    openapi_extra=body_of(InterfaceRecord),
)  # fmt: skip
@idempotent
def change_interface(request: HttpRequest, slug: str) -> HttpResponse:
    member = get_member(_viewer(request), slug)
    actions.change_interface(actor=_viewer(request), member=member, record=parse(InterfaceRecord, json_object(request)))
    return answer(_interface(get_member(_viewer(request), slug)))


@router.get("/peers", response={200: list[PeerOut], **REFUSALS}, summary="互联平台 Other nodes")
def list_peers(request: HttpRequest) -> Any:
    return [_peer(peer) for peer in queries.peers(_viewer(request))]


@router.post(
    "/peers", response={201: PeerOut, **REFUSALS}, summary="登记平台 Register a node", openapi_extra=body_of(PeerRecord)
)
@idempotent
def register(request: HttpRequest) -> HttpResponse:
    made = actions.register_peer(actor=_viewer(request), record=parse(PeerRecord, json_object(request)))
    return answer(_peer(made), status=201, etag=made.etag)


@router.get("/peers/{uid}", response={200: PeerOut, **REFUSALS}, summary="一个平台 One node")
def read_peer(request: HttpRequest, uid: str) -> HttpResponse:
    found = queries.get_peer(uid, _viewer(request))
    return answer(_peer(found), etag=found.etag)


@router.post(
    "/peers/{uid}/switch", response={200: PeerOut, **REFUSALS}, summary="停用或恢复互联 Switch off or on",
    openapi_extra=body_of(active="true 恢复、false 停用 true or false"),
)  # fmt: skip
@idempotent
def switch(request: HttpRequest, uid: str) -> HttpResponse:
    """While it is off, its letters are refused and nothing is harvested."""
    content = json_object(request)
    refuse_unknown(content, "active")
    found = queries.get_peer(uid, _viewer(request))
    if not isinstance(content.get("active"), bool):
        raise Fault("json.not_boolean", "active：请写 true 或 false。", "active: write true or false.", place="active", status=422)  # fmt: skip
    after = actions.switch_peer(
        actor=_viewer(request), peer=found, active=content["active"], version=expected_version(request)
    )
    return answer(_peer(after), etag=after.etag)


@router.post(
    "/peers/{uid}/letters/{letter}/again",
    response={200: LetterLine, **REFUSALS},
    summary="重发信件 Send a letter again",
)
@idempotent
def send_again(request: HttpRequest, uid: str, letter: str) -> HttpResponse:
    viewer = _viewer(request)
    rows = queries.letters(viewer, queries.get_peer(uid, viewer))
    found = rows.filter(uid=letter, direction=Letter.Direction.OUT).first()
    if found is None:
        raise NotFound
    actions.send_letter_again(actor=viewer, letter=found)
    found.refresh_from_db()
    return answer(_letter(found))


@router.get("/peers/{uid}/letters", response={200: list[LetterLine], **REFUSALS}, summary="信件 Letters")
def list_letters(request: HttpRequest, uid: str, page: int = Query(1, ge=1, le=10_000)) -> Any:
    rows = queries.letters(_viewer(request), queries.get_peer(uid, _viewer(request)))
    return [_letter(one) for one in rows[(page - 1) * 100 : page * 100]]

"""Other nodes: registered with their key, switched off and on."""

from __future__ import annotations

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, Stale
from duijie.core.schema import parse
from duijie.federate.gather.base import Client, read_json
from duijie.federate.models import Letter, Peer, Source
from duijie.federate.nodes.identity import WELL_KNOWN, fingerprint, own_key, public_key
from duijie.federate.nodes.letters import send_again
from duijie.federate.rules import demand
from duijie.federate.schemas import PeerRecord
from duijie.members.actions import create_member
from duijie.members.schemas import MemberRecord

_SLUG = re.compile(r"^[a-z0-9][a-z0-9-]{1,38}$")


def look_up(url: str) -> dict[str, Any]:
    """What a node says of itself at its well-known address. Raises Fault."""
    said = read_json(Client(most_bytes=64 * 1024, seconds=15.0).get(url.rstrip("/") + WELL_KNOWN).body)
    if not isinstance(said, dict) or said.get("algorithm") != "ed25519" or not isinstance(said.get("key_id"), str):
        raise Fault(
            "peer.unreadable", "这个地址不是对接平台。", "There is no Duijie at this address.", place="url", status=422
        )
    public_key(str(said.get("public_key")))
    if str(said.get("url", "")).rstrip("/") != url.rstrip("/"):
        raise Fault(
            "peer.other_address", f"对方说自己的地址是 {str(said.get('url'))[:100]}，请照它填写。",
            f"The node calls itself {str(said.get('url'))[:100]}; use that address.", place="url", status=422,
        )  # fmt: skip
    return said


def _demand_fingerprint(record: PeerRecord, key: str) -> None:
    given = re.sub(r"[^0-9a-f]", "", (record.fingerprint or "").lower())
    if given and given != fingerprint(key).replace(" ", ""):
        raise Fault(
            "peer.fingerprint", "指纹与对方公布的密钥不一致，没有登记。请再核对一次。",
            "The fingerprint is not that of the key published there; nothing was registered.", place="fingerprint", status=422,
        )  # fmt: skip


def register_peer(*, actor: Viewer, record: PeerRecord) -> Peer:
    """Register another node with the key that it publishes; its public listings are harvested from now on."""
    demand(actor, "peer.write")
    if not _SLUG.match(record.slug):
        raise Fault("slug.form", "简称用小写字母、数字和连字符。", "A short name holds lower-case letters, digits and hyphens.", place="slug", status=422)  # fmt: skip
    said = look_up(record.url)
    key = str(said["public_key"])
    _demand_fingerprint(record, key)
    own = own_key()
    if own is not None and own.public == key:
        raise Conflict("peer.self", "这是本平台自己。", "This is this installation itself.", place="url")
    with acting(actor, "peer.register") as act:
        member = create_member(
            actor=Viewer(is_system=True, via=actor.via),
            record=parse(MemberRecord, {"name": record.name, "slug": f"node-{record.slug}", "kind": "park", "region": record.region,
                                        "summary": f"另一个对接平台：{record.url}"}),
        )  # fmt: skip
        url = record.url.rstrip("/")
        source = Source.objects.create(
            member=member, name=record.name[:80], kind=Source.Kind.NODE, url=url, schedule=Source.Schedule.HOURLY,
            due_at=timezone.now(), publish=True,
        )  # fmt: skip
        try:
            with transaction.atomic():
                peer = Peer.objects.create(
                    slug=record.slug, name=record.name, url=url, key_id=str(said["key_id"])[:60], public_key=key, member=member, source=source
                )  # fmt: skip
        except IntegrityError:
            raise Conflict(
                "peer.known", "这个平台已经登记过。", "This node is registered already.", place="url"
            ) from None
        act.done(peer, member_id=member.pk, ids=[peer.pk], detail={"key": peer.key_id})
    return peer


def switch_peer(*, actor: Viewer, peer: Peer, active: bool, version: int | None = None) -> Peer:
    """Stop or resume the exchange: letters are refused and nothing is harvested while it is off."""
    demand(actor, "peer.write")
    with acting(actor, "peer.switch") as act:
        current = Peer.objects.select_for_update().get(pk=peer.pk)
        if version is not None and version != current.version:
            raise Stale
        current.active, current.version = active, current.version + 1
        current.save()
        Source.objects.unscoped("a peer's own source").filter(pk=current.source_id or 0).update(
            active=active, due_at=timezone.now() if active else None
        )
        act.done(current, member_id=current.member_id, ids=[current.pk], detail={"active": active})
    return current


def take_new_key(*, actor: Viewer, peer: Peer, record: PeerRecord) -> Peer:
    """A peer has a new key: taken only with the fingerprint that was told another way."""
    demand(actor, "peer.write")
    if not record.fingerprint:
        raise Fault(
            "peer.no_fingerprint",
            "更换密钥必须核对指纹。",
            "A new key needs its fingerprint.",
            place="fingerprint",
            status=422,
        )
    said = look_up(peer.url)
    _demand_fingerprint(record, str(said["public_key"]))
    with acting(actor, "peer.rekey") as act:
        current = Peer.objects.select_for_update().get(pk=peer.pk)
        current.key_id, current.public_key = str(said["key_id"])[:60], str(said["public_key"])
        current.version += 1
        current.save()
        act.done(current, member_id=current.member_id, ids=[current.pk], detail={"key": current.key_id})
    return current


def send_letter_again(*, actor: Viewer, letter: Letter) -> None:
    """Put a letter that was given up on the list once more."""
    demand(actor, "peer.write")
    with acting(actor, "letter.again") as act:
        send_again(letter)
        act.done(("letter", letter.uid), ids=[letter.pk])

"""HTTP Message Signatures (RFC 9421) on letters: Ed25519 over method, host, path and the digest of the body, with the time and a
nonce; a letter that is late, altered, signed by another or sent twice does not count."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

from duijie.core.errors import Fault
from duijie.federate.models import Peer
from duijie.federate.nodes.identity import private_key, public_key

TAG = "duijie-letter"
LABEL = "duijie"
WINDOW = dt.timedelta(minutes=5)
COVERED = ("@method", "@authority", "@path", "content-type", "content-digest")
CONTENT_TYPE = "application/json"
_KEY_ID = re.compile(r'keyid="([A-Za-z0-9-]{1,60})"')


@dataclass
class Wire:
    """A request as the signature library sees it."""

    method: str
    url: str
    headers: dict[str, str]


class _Own(HTTPSignatureKeyResolver):
    def resolve_private_key(self, key_id: str) -> Any:
        return private_key()[1]


class _Of(HTTPSignatureKeyResolver):
    def __init__(self, peer: Peer) -> None:
        self.peer = peer

    def resolve_public_key(self, key_id: str) -> Any:
        return public_key(self.peer.public_key) if key_id == self.peer.key_id else None


def signed_headers(url: str, body: bytes, *, now: dt.datetime | None = None, nonce: str = "") -> dict[str, str]:
    """The headers of a POST to `url`, signed with this installation's key."""
    wire = Wire("POST", url, {"Content-Type": CONTENT_TYPE})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_Own())
    signer.sign(
        wire, key_id=private_key()[0], created=now or timezone.now(), nonce=nonce or secrets.token_urlsafe(18), label=LABEL,
        tag=TAG, covered_component_ids=COVERED[:-1], body=body,
    )  # fmt: skip
    return wire.headers


def refused(code: str, zh: str, en: str, status: int = 401) -> Fault:
    return Fault(f"letter.{code}", zh, en, status=status)


def peer_of(headers: Mapping[str, str]) -> Peer:
    """The peer whose key the letter names. Raises Fault "letter.unsigned", "letter.unknown_key"."""
    found = _KEY_ID.search(headers.get("signature-input", ""))
    if found is None or not headers.get("signature"):
        raise refused("unsigned", "信件没有签名。", "The letter is not signed.")
    peer = Peer.objects.select_related("member", "source").filter(key_id=found.group(1)).first()
    if peer is None:
        raise refused(
            "unknown_key", "签名用的密钥没有登记。", "The letter is signed with a key that is not registered."
        )
    if not peer.active:
        raise refused("switched_off", "与这个平台的互联已停用。", "The exchange with this node is switched off.", 403)
    return peer


def verified_nonce(peer: Peer, path: str, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> str:
    """The nonce of a letter whose signature holds. Raises Fault "letter.forged", "letter.late"."""
    wire = Wire("POST", settings.BASE_URL + path, {name.title(): value for name, value in headers.items()})
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=_Of(peer))
    try:
        results = verifier.verify(wire, max_age=None, expect_tag=TAG, require_components=COVERED, body=body)
        created, nonce = results[0].parameters.get("created"), results[0].nonce
    except Fault:
        raise
    except Exception:  # the library refuses in many ways what is not well formed
        raise refused("forged", "签名或内容不符，可能被改动过。", "The signature does not fit the content; it may have been altered.") from None  # fmt: skip
    if not isinstance(created, int) or not nonce or len(nonce) > 64:
        raise refused("forged", "签名缺少时间或随机数。", "The signature lacks its time or nonce.")
    if abs(now.timestamp() - created) > WINDOW.total_seconds():
        raise refused("late", "信件超出五分钟的时限。", "The letter is outside its five minutes.")
    return nonce

"""Who this installation is to others: an Ed25519 key made on first use, and the document that says so at a well-known address."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings

from duijie.core.access import SYSTEM
from duijie.core.actions import acting
from duijie.core.errors import Fault
from duijie.federate.models import NodeKey
from duijie.federate.secrets import lock, unlock

WELL_KNOWN = "/.well-known/duijie"


def fingerprint(public: str) -> str:
    """What two people compare on the telephone: SHA-256 of the key, the first 32 digits in groups of four."""
    digest = hashlib.sha256(base64.b64decode(public)).hexdigest()[:32]
    return " ".join(digest[i : i + 4] for i in range(0, 32, 4))


def own_key(*, make: bool = True) -> NodeKey | None:
    """This installation's key. Made where there is none, unless `make` is false (a page that is only read)."""
    found = NodeKey.objects.order_by("-pk").first()
    if found is not None or not make:
        return found
    with acting(SYSTEM, "node.key") as act:
        private = Ed25519PrivateKey.generate()
        public = base64.b64encode(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
        raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        key_id = f"ed25519-{hashlib.sha256(base64.b64decode(public)).hexdigest()[:24]}"
        made = NodeKey.objects.create(key_id=key_id, public=public, private=lock(base64.b64encode(raw).decode()))
        act.done(("node_key", key_id), detail={"key": key_id})
    return made


def private_key() -> tuple[str, Ed25519PrivateKey]:
    """(key id, the private half)."""
    key = own_key()
    assert key is not None
    return key.key_id, Ed25519PrivateKey.from_private_bytes(base64.b64decode(unlock(key.private)))


def public_key(text: str) -> Ed25519PublicKey:
    """A public key as others publish it. Raises Fault "key.unreadable"."""
    try:
        raw = base64.b64decode(text, validate=True)
        if len(raw) != 32:
            raise ValueError
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise Fault(
            "key.unreadable", "对方的公钥读不出来。", "The other side's key is not readable.", status=422
        ) from None


def document() -> dict[str, Any] | None:
    """What stands at the well-known address; None before there is a key."""
    key = own_key(make=False)
    if key is None:
        return None
    return {
        "duijie": 1, "url": settings.BASE_URL, "key_id": key.key_id, "algorithm": "ed25519", "public_key": key.public,
        "fingerprint": fingerprint(key.public), "listings": f"{settings.BASE_URL}/api/v1/node/listings",
        "letters": f"{settings.BASE_URL}/api/v1/node/letters",
    }  # fmt: skip

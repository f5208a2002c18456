"""Secrets that must be read again (credentials of sources, the node's private key): encrypted under the installation's key."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from duijie.core.errors import Fault


def _box() -> Fernet:
    key = hashlib.sha256(b"duijie.federate\0" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def lock(secret: str) -> str:
    """The secret as it is kept."""
    return _box().encrypt(secret.encode()).decode() if secret else ""


def unlock(kept: str) -> str:
    """The secret again. Raises Fault "secret.unreadable" where the installation's key has changed since."""
    if not kept:
        return ""
    try:
        return _box().decrypt(kept.encode()).decode()
    except InvalidToken:
        raise Fault(
            "secret.unreadable",
            "保存的凭据无法读取（平台密钥已更换），请重新填写。",
            "The credential kept cannot be read (the installation's key has changed); enter it again.",
            place="credential",
            status=422,
        ) from None

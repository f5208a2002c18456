"""The box of secret ballots: sealed text in, sealed text out; nothing in it says who, when or in which order.

A box holds (number, choice) pairs sorted by number, and the numbers are random, so the place of a pair says nothing of when it
came. It is encrypted with AES-256-GCM under a key that is derived (HKDF-SHA-256) from the installation's secret and the motion's
id, padded to the length that it has when everybody has voted: neither a reader of the database nor one of its backups, logs of
writing or freed pages learns from two states of the box what was put in between. Docs: docs/decisions/0060.
"""

from __future__ import annotations

import base64
import json
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
NUMBER_LENGTH = 16  # 80 bits of chance
_PAIR_LENGTH = NUMBER_LENGTH + 24


def new_number() -> str:
    """A ballot's number: random, so that it carries no time (unlike the ids of records)."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(NUMBER_LENGTH))


def _cipher(secret: str, motion_uid: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"duijie ballot box {motion_uid}".encode())
    return AESGCM(derived.derive(secret.encode()))


def seal_box(pairs: list[tuple[str, str]], *, capacity: int, secret: str, motion_uid: str) -> str:
    """The pairs, sorted, padded for `capacity` ballots and encrypted. Raises ValueError where there are more."""
    if len(pairs) > capacity:
        raise ValueError("more ballots than votes")
    plain = json.dumps(sorted(pairs), separators=(",", ":")).encode().ljust(capacity * _PAIR_LENGTH + 2)
    nonce = os.urandom(12)
    sealed = _cipher(secret, motion_uid).encrypt(nonce, plain, motion_uid.encode())
    return base64.b64encode(nonce + sealed).decode("ascii")


def open_box(text: str, *, secrets_known: list[str], motion_uid: str) -> list[tuple[str, str]]:
    """What is in a box, with the first of the installation's secrets (new, then former) that opens it.

    Raises ValueError where none does: the box was altered or the secret is lost.
    """
    raw = base64.b64decode(text)
    for secret in secrets_known:
        try:
            plain = _cipher(secret, motion_uid).decrypt(raw[:12], raw[12:], motion_uid.encode())
        except InvalidTag:
            continue
        return [(number, choice) for number, choice in json.loads(plain)]
    raise ValueError("the ballot box does not open")

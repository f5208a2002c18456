"""Letters out: owed in the transaction of what they report, sent until they are answered, the same id counting once over there.
Letters in: checked, kept with their digest, acted on in one transaction; what is refused is on record too."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Fault
from duijie.core.guarded_http import post
from duijie.core.ids import is_id, new_id
from duijie.federate.models import Letter, Nonce, Peer
from duijie.federate.nodes.signing import peer_of, refused, signed_headers, verified_nonce

logger = logging.getLogger(__name__)
PATH = "/api/v1/node/letters"
NODE = Viewer(is_system=True, via="node", name="node")
LARGEST = 64 * 1024
# A node that is started anew is back within minutes: for the first quarter of an hour it is asked often.
PAUSES = tuple(dt.timedelta(seconds=s) for s in (5, 10, 15, 20, 30, *(60,) * 12, 300, 1800, 3600, 6 * 3600, 24 * 3600))
GIVEN_UP_AFTER = 26
LEASE = dt.timedelta(seconds=30)
NONCES_KEPT = dt.timedelta(hours=1)
MOST_REFUSED_AN_HOUR = 2000
_AGAIN = frozenset({408, 425, 429})


def digest_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def owe(peer: Peer, kind: str, data: dict[str, Any], *, uid: str = "") -> Letter:
    """Put a letter on the list. Must run in the transaction of what it reports."""
    uid = uid or new_id()
    content = {"id": uid, "kind": kind, "to": peer.url, "at": timezone.now().isoformat(), "data": data}
    letter, _ = Letter.objects.get_or_create(
        direction=Letter.Direction.OUT, peer=peer, uid=uid,
        defaults={"kind": kind, "body": content, "digest": digest_of(_bytes(content)), "status": Letter.Status.WAITING, "due_at": timezone.now()},
    )  # fmt: skip
    return letter


def _bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def send_due(now: dt.datetime | None = None, *, limit: int = 50) -> int:
    """Send what is due. Returns how many letters were dealt with."""
    now = now or timezone.now()
    rows = Letter.objects.filter(
        direction=Letter.Direction.OUT, status=Letter.Status.WAITING, due_at__lte=now, peer__active=True
    )
    dealt = 0
    for letter in rows.select_related("peer").order_by("pk")[:limit]:
        # Claimed by moving the due time: another worker that read the same row finds it changed.
        taken = Letter.objects.filter(pk=letter.pk, status=Letter.Status.WAITING, due_at=letter.due_at)
        if taken.update(due_at=now + LEASE):
            _send(letter, now)
            dealt += 1
    return dealt


def _send(letter: Letter, now: dt.datetime) -> None:
    assert letter.peer is not None
    url, body = letter.peer.url + PATH, _bytes(letter.body)
    try:
        answer = post(url, body, signed_headers(url, body))
    except Fault as fault:
        _later(letter, fault, now)
        return
    if 200 <= answer.status < 300:
        with acting(NODE, "letter.sent") as act:
            Letter.objects.filter(pk=letter.pk, status=Letter.Status.WAITING).update(
                status=Letter.Status.SENT, settled_at=timezone.now(), attempts=letter.attempts + 1, due_at=None
            )
            act.done(("letter", letter.uid), detail=_detail(letter))
    elif 400 <= answer.status < 500 and answer.status not in _AGAIN:
        _given_back(letter, *_reason(answer.status, answer.body))
    else:
        _later(
            letter,
            Fault("letter.status", f"对方答复 {answer.status}。", f"The other side answered {answer.status}."),
            now,
        )


def _reason(status: int, body: bytes) -> tuple[str, str]:
    try:
        said = json.loads(body)
        return str(said.get("code", status))[:60], str(said.get("detail", ""))[:300]
    except (ValueError, AttributeError):
        return str(status), ""


def _later(letter: Letter, fault: Fault, now: dt.datetime) -> None:
    attempts = letter.attempts + 1
    over = attempts >= GIVEN_UP_AFTER
    Letter.objects.filter(pk=letter.pk).update(
        status=Letter.Status.FAILED if over else Letter.Status.WAITING, attempts=attempts,
        due_at=None if over else now + PAUSES[min(attempts, len(PAUSES)) - 1],
        reason_zh=fault.zh[:300], reason_en=fault.en[:300], reason_code=fault.code[:60],
    )  # fmt: skip


def _given_back(letter: Letter, code: str, sentence: str) -> None:
    """The other side will not have it: it is not sent again, and what it was to bring about ends here."""
    from duijie.federate.nodes.conversation import given_back

    with acting(NODE, "letter.given_back") as act:
        Letter.objects.filter(pk=letter.pk).update(
            status=Letter.Status.REFUSED, settled_at=timezone.now(), attempts=letter.attempts + 1, due_at=None,
            reason_code=code, reason_zh=f"对方拒收：{sentence}"[:300], reason_en=f"Refused there: {sentence}"[:300],
        )  # fmt: skip
        given_back(letter, code)
        act.done(("letter", letter.uid), detail=_detail(letter) | {"code": code})


def _detail(letter: Letter) -> dict[str, Any]:
    return {"peer": letter.peer.slug if letter.peer else "", "kind": letter.kind, "digest": letter.digest}


def send_again(letter: Letter) -> None:
    """Put a letter that was given up on the list once more, with its own id."""
    Letter.objects.filter(pk=letter.pk, status__in=[Letter.Status.FAILED, Letter.Status.REFUSED]).update(
        status=Letter.Status.WAITING, due_at=timezone.now(), attempts=0
    )


def receive(path: str, headers: Mapping[str, str], body: bytes, now: dt.datetime | None = None) -> tuple[Letter, bool]:
    """Take a letter in; (letter, whether it is new). The same id again changes nothing.

    headers: names in lower case. Raises Fault "letter.…", after it was put on record.
    """
    from duijie.federate.nodes.conversation import act_on

    now = now or timezone.now()
    peer: Peer | None = None
    try:
        if len(body) > LARGEST:
            raise refused("large", "信件太大。", "The letter is too large.", 413)
        peer = peer_of(headers)
        nonce = verified_nonce(peer, path, headers, body, now)
        with acting(NODE, "letter.accepted") as act:
            try:
                with transaction.atomic():
                    Nonce.objects.create(key_id=peer.key_id, value=nonce)
            except IntegrityError:
                raise refused(
                    "replayed", "这封信已经收到过（重放）。", "This letter was received before (a replay).", 409
                ) from None
            content = _content(peer, body)
            known = Letter.objects.filter(direction=Letter.Direction.IN, peer=peer, uid=content["id"]).exclude(
                status=Letter.Status.REFUSED
            )
            if (earlier := known.first()) is not None:
                if earlier.digest != digest_of(body):
                    raise refused(
                        "changed", "同一编号的信件内容不同。", "A letter of this id came with other content.", 409
                    )
                act.nothing_changed()
                return earlier, False
            letter = Letter.objects.create(
                direction=Letter.Direction.IN, peer=peer, uid=content["id"], kind=content["kind"], body=content,
                digest=digest_of(body), status=Letter.Status.ACCEPTED, settled_at=now,
            )  # fmt: skip
            act_on(letter, content["data"])
            act.done(("letter", letter.uid), detail=_detail(letter))
    except Fault as fault:
        _put_refusal_on_record(peer, body, fault, now)
        raise
    return letter, True


def _content(peer: Peer, body: bytes) -> dict[str, Any]:
    from duijie.federate.nodes.conversation import KINDS

    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    good = isinstance(content, dict) and isinstance(content.get("data"), dict) and content.get("kind") in KINDS
    if not good or not isinstance(content.get("id"), str) or not is_id(content["id"]):
        raise refused("unreadable", "信件的内容看不懂。", "The letter's content is not understood.", 422)
    from django.conf import settings

    if content.get("to") != settings.BASE_URL:
        raise refused("misdirected", "信件是写给别的平台的。", "The letter is for another node.", 422)
    return dict(content)


def _put_refusal_on_record(peer: Peer | None, body: bytes, fault: Fault, now: dt.datetime) -> None:
    hour = Letter.objects.filter(status=Letter.Status.REFUSED, at__gte=now - dt.timedelta(hours=1))
    if hour.count() >= MOST_REFUSED_AN_HOUR:
        logger.warning("more letters are refused than are kept on record: %s", fault.code)
        return
    with acting(NODE, "letter.refused") as act:
        letter = Letter.objects.create(
            direction=Letter.Direction.IN, peer=peer, digest=digest_of(body), status=Letter.Status.REFUSED,
            settled_at=now, reason_code=fault.code[:60], reason_zh=fault.zh[:300], reason_en=fault.en[:300],
        )  # fmt: skip
        act.done(("letter", letter.uid), detail=_detail(letter) | {"code": fault.code})


def forget_old_nonces(now: dt.datetime | None = None) -> int:
    """A nonce older than any letter that would still be taken tells nothing."""
    return Nonce.objects.filter(at__lt=(now or timezone.now()) - NONCES_KEPT).delete()[0]


__all__ = ["NODE", "PATH", "forget_old_nonces", "owe", "receive", "send_again", "send_due"]

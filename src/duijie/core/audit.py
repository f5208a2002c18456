"""The audit trail: lines appended by actions, chained by one sealer, checked by `duijie audit verify`."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.db import connection, transaction

from duijie.core.access import Viewer
from duijie.core.errors import Fault
from duijie.core.logs import request_id
from duijie.core.models.audit import AuditLine, AuditSeal

logger = logging.getLogger(__name__)
GENESIS = "0" * 64
_SEALER_LOCK = 0x6475696A  # "duij": PostgreSQL's advisory lock that makes the sealer one


def line_for(
    actor: Viewer, verb: str, object_kind: str, object_ref: str, *, member_id: int | None, detail: dict[str, Any]
) -> AuditLine:
    """An unsaved line; `append` or bulk_create writes it."""
    return AuditLine(
        actor=actor.reference(),
        via=actor.via,
        verb=verb,
        object_kind=object_kind,
        object_ref=object_ref,
        member_id=member_id,
        request_id=request_id.get(),
        detail=detail,
    )


def digest_of(line: AuditLine, number: int, previous: str) -> str:
    """SHA-256 over the line as it stands and the digest before it."""
    content = json.dumps(
        [
            number,
            previous,
            line.id,
            line.at.astimezone(UTC).isoformat(timespec="microseconds"),
            line.actor,
            line.via,
            line.verb,
            line.object_kind,
            line.object_ref,
            line.member_id,
            line.request_id,
            line.detail,
        ],
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()


def seal(limit: int = 1000) -> int:
    """Seal up to `limit` lines that have no seal yet, in the order of their ids. Returns how many were sealed.

    Lines commit out of order under concurrency, so "unsealed" is asked for as such and never as "above the last".
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
                if not cursor.fetchone()[0]:
                    return 0
        lines = list(AuditLine.objects.filter(seal__isnull=True).order_by("id")[:limit])
        if not lines:
            return 0
        last = AuditSeal.objects.order_by("-number").first()
        number, previous = (last.number, last.digest) if last else (0, GENESIS)
        seals = []
        for line in lines:
            number += 1
            digest = digest_of(line, number, previous)
            seals.append(AuditSeal(number=number, line=line, previous=previous, digest=digest))
            previous = digest
        AuditSeal.objects.bulk_create(seals)
    return len(seals)


def verify() -> Iterator[Fault]:
    """Walk the whole chain and yield a Fault for each place where it does not hold."""
    number, previous = 0, GENESIS
    for entry in AuditSeal.objects.order_by("number").select_related("line").iterator(chunk_size=2000):
        number += 1
        if entry.number != number:
            yield Fault(
                "audit.gap",
                f"审计链在第 {number} 节缺失，下一节是第 {entry.number} 节。",
                f"The audit chain lacks seal {number}; the next is {entry.number}.",
                place=str(number),
            )
            number = entry.number
        if entry.previous != previous:
            yield Fault(
                "audit.broken",
                f"第 {number} 节与前一节不相连。",
                f"Seal {number} does not join the one before it.",
                place=str(number),
            )
        if entry.digest != digest_of(entry.line, entry.number, entry.previous):
            yield Fault(
                "audit.altered",
                f"第 {number} 节所封的记录（{entry.line.verb}，编号 {entry.line_id}）被改动过。",
                f"The line under seal {number} ({entry.line.verb}, id {entry.line_id}) was altered.",
                place=str(number),
            )
        previous = entry.digest


def run_sealer(stop: threading.Event, *, interval_seconds: float = 0.5) -> None:
    """The sealer's loop, until `stop` is set."""
    while not stop.is_set():
        try:
            sealed = seal()
        except Exception:
            logger.exception("sealing failed; going on")
            sealed = 0
        if not sealed:
            stop.wait(interval_seconds)

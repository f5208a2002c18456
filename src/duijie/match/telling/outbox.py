"""The outbox: what is owed to channels, when, and the sending with growing pauses."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.actions import acting
from duijie.core.errors import Fault
from duijie.core.guarded_http import Answer, post
from duijie.core.ids import new_id
from duijie.core.language import t
from duijie.match.models import Channel, Outgoing
from duijie.match.telling.wire import demand_taken, letter
from duijie.members.mails import is_quiet

logger = logging.getLogger(__name__)
PAUSES = tuple(dt.timedelta(seconds=s) for s in (30, 120, 600, 3600, 6 * 3600, 24 * 3600))
LEASE = dt.timedelta(minutes=5)  # how long a sender may take before another may try
DIGEST_HOUR = 8
SENDERS = 16
SWITCHED_OFF_AFTER = 10  # messages given up one after another


def due_moment(channel: Channel, now: dt.datetime) -> dt.datetime:
    """When a message of now may go out: by the channel's pace, and for robots not in the quiet hours."""
    local = timezone.localtime(now)
    morning = local.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    if channel.pace == Channel.Pace.AT_ONCE:
        if channel.kind == Channel.Kind.STANDARD or not is_quiet(local.hour, channel.quiet_from, channel.quiet_until):
            return now
        end = local.replace(hour=channel.quiet_until, minute=0, second=0, microsecond=0)
        return end if end > local else end + dt.timedelta(days=1)
    if morning <= local:
        morning += dt.timedelta(days=1)
    if channel.pace == Channel.Pace.WEEKLY:
        morning += dt.timedelta(days=-morning.weekday() % 7)
    return morning


def owe(channel: Channel, *, kind: str, key: str, zh: str, en: str, address: str, now: dt.datetime) -> None:
    """Put one message on the channel's list; the same key only once."""
    Outgoing.objects.get_or_create(
        channel=channel,
        key=key[:80],
        defaults={
            "subject": zh[:200],
            "body": {"type": f"duijie.{kind}", "zh": zh, "en": en, "url": settings.BASE_URL + address, "at": now.isoformat()},
            "due_at": due_moment(channel, now),
        },
    )  # fmt: skip


def event_of(message_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """The CloudEvent of a message."""
    return {
        "specversion": "1.0",
        "id": message_id,
        "source": settings.BASE_URL,
        "type": body["type"],
        "time": body["at"],
        "datacontenttype": "application/json",
        "data": {name: value for name, value in body.items() if name not in {"type", "at"}},
    }


def send_due(now: dt.datetime | None = None, *, limit: int = 200) -> int:
    """Send what is due; messages of a digest go out as one. Returns how many messages were dealt with."""
    now = now or timezone.now()
    rows = Outgoing.objects.filter(status=Outgoing.Status.WAITING, due_at__lte=now, channel__active=True)
    groups: dict[int, list[Outgoing]] = {}
    with transaction.atomic():
        for row in rows.select_related("channel").order_by("due_at", "pk")[:limit]:
            # Claimed by moving the due time: another worker that read the same row finds it changed.
            taken = Outgoing.objects.filter(pk=row.pk, status=Outgoing.Status.WAITING, due_at=row.due_at)
            if taken.update(due_at=now + LEASE):
                groups.setdefault(row.channel_id, []).append(row)
    parcels: list[list[Outgoing]] = []
    for group in groups.values():
        at_once = group[0].channel.pace == Channel.Pace.AT_ONCE
        parcels += [[row] for row in group] if at_once else [group]
    # One receiver that is slow must not hold the others up; what came of each is written by this thread alone.
    with ThreadPoolExecutor(min(SENDERS, len(parcels) or 1)) as pool:
        for parcel, carried in zip(parcels, pool.map(lambda rows: _carry(rows, now), parcels), strict=True):
            _settle(parcel, carried, now)
    return sum(len(group) for group in groups.values())


@dataclass(frozen=True)
class Carried:
    """What came of one request: the answer, and why it does not count where it does not."""

    answer: Answer | None
    why: str = ""


def _carry(rows: Sequence[Outgoing], now: dt.datetime) -> Carried:
    """Send these messages of one channel as one request. Touches the network only."""
    channel, message_id = rows[0].channel, rows[0].uid
    body = rows[0].body if len(rows) == 1 else _digest(rows, now)
    answer = None
    try:
        out = letter(channel, message_id, event_of(message_id, body), _text(body), now)
        answer = post(out.url, out.body, out.headers)
        demand_taken(channel, answer)
    except Fault as fault:
        return Carried(answer, fault.zh)
    except ValueError as error:  # a secret that is no key
        return Carried(None, f"密钥不能用：{type(error).__name__}")
    return Carried(answer)


def _settle(rows: Sequence[Outgoing], carried: Carried, now: dt.datetime) -> bool:
    """Note what came of a request."""
    channel, answer = rows[0].channel, carried.answer
    if carried.why or answer is None:
        _failed(rows, channel, carried.why, now, answer.status if answer else None)
        return False
    Outgoing.objects.filter(pk__in=[r.pk for r in rows]).update(
        status=Outgoing.Status.SENT, sent_at=now, answer_status=answer.status, answer_ms=answer.took_ms,
        attempts=F("attempts") + 1, error="",
    )  # fmt: skip
    if channel.failures:
        Channel.objects.filter(pk=channel.pk).update(failures=0)
    return True


def send(rows: Sequence[Outgoing], now: dt.datetime) -> bool:
    """Send these messages of one channel as one request, and note what came of it."""
    return _settle(rows, _carry(rows, now), now)


def _digest(rows: Sequence[Outgoing], now: dt.datetime) -> dict[str, Any]:
    items = [{name: row.body[name] for name in ("type", "zh", "en", "url", "at")} for row in rows]
    return {
        "type": "duijie.digest",
        "zh": f"{len(rows)} 条新消息",
        "en": f"{len(rows)} notices",
        "url": f"{settings.BASE_URL}/match/",
        "at": now.isoformat(),
        "items": items,
    }


def _text(body: dict[str, Any]) -> str:
    lines = [f"【对接】{body['zh']}"]
    for item in body.get("items", []):
        lines.append(f"· {item['zh']} {item['url']}")
    return "\n".join([*lines, body["url"]])


def _failed(rows: Sequence[Outgoing], channel: Channel, why: str, now: dt.datetime, status: int | None) -> None:
    gave_up = False
    for row in rows:
        last = row.attempts >= len(PAUSES)
        gave_up = gave_up or last
        Outgoing.objects.filter(pk=row.pk).update(
            status=Outgoing.Status.FAILED if last else Outgoing.Status.WAITING,
            attempts=row.attempts + 1,
            due_at=now + PAUSES[min(row.attempts, len(PAUSES) - 1)],
            error=why[:300],
            answer_status=status,
        )
    if gave_up:
        Channel.objects.filter(pk=channel.pk).update(failures=F("failures") + 1)
        channel.refresh_from_db(fields=["failures"])
        if channel.failures >= SWITCHED_OFF_AFTER:
            with acting(SYSTEM, "channel.switch_off") as act:
                Channel.objects.filter(pk=channel.pk).update(active=False)
                act.done(channel, member_id=channel.member_id, ids=[channel.pk])


def send_test(channel: Channel) -> Outgoing:
    """Send a message now, whatever the pace, so that its owner sees whether the channel works."""
    now = timezone.now()
    body = {
        "type": "duijie.test",
        "zh": "这是一条测试消息，收到就说明设置好了。",
        "en": "This is a test; the channel works.",
        "url": settings.BASE_URL + "/",
        "at": now.isoformat(),
    }
    row = Outgoing.objects.create(
        channel=channel, key=f"test:{new_id()}", subject=t(body["zh"], body["en"])[:200], body=body, due_at=now + LEASE
    )
    send([row], now)
    row.refresh_from_db()
    return row

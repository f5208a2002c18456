"""Channels: made, tested, switched, deleted; messages sent once more."""

from __future__ import annotations

import base64
import re
import secrets

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Fault, NotAllowed
from duijie.core.guarded_http import check_address, resolve
from duijie.match.models import Channel, Outgoing
from duijie.match.schemas import USUAL_EVENTS, ChannelRecord
from duijie.match.telling.outbox import send_test
from duijie.members.models import Member, Organisation
from duijie.publish.rules import is_reviewer, speaks_for

MOST_CHANNELS = 20
_WEBHOOK_SECRET = re.compile(r"^whsec_[A-Za-z0-9+/]{32,100}={0,2}$")


def may_run(viewer: Viewer, channel: Channel) -> bool:
    """A person's own, the organisation's people, the member's liaisons and administrators; never a key."""
    if viewer.key_id is not None:
        return False
    if channel.member_id is not None:
        return is_reviewer(viewer, channel.member_id)
    if channel.organisation_id is not None:
        return speaks_for(viewer, channel.organisation_id)
    return viewer.user_id is not None and viewer.user_id == channel.user_id


def _demand(viewer: Viewer, channel: Channel) -> None:
    if not may_run(viewer, channel):
        raise NotAllowed


def create_channel(
    *, actor: Viewer, record: ChannelRecord, member: Member | None = None, organisation: Organisation | None = None
) -> Channel:
    """Make a channel of the member, of the organisation, or of the person. A webhook without a secret gets one."""
    check_address(record.url)
    resolve(*check_address(record.url)[:2])
    secret = record.secret or ""
    if record.kind == Channel.Kind.STANDARD:
        secret = secret or "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        if not _WEBHOOK_SECRET.match(secret):
            raise Fault(
                "secret.form",
                "密钥应以 whsec_ 开头，后接 24 字节以上的 base64；也可留空自动生成。",
                "The secret is whsec_ and base64 of at least 24 bytes; leave it empty to have one made.",
                place="secret",
                status=422,
            )
    channel = Channel(
        kind=record.kind,
        name=record.name,
        url=record.url,
        secret=secret,
        events=[str(e) for e in record.events or USUAL_EVENTS],
        pace=record.pace or Channel.Pace.AT_ONCE,
        quiet_from=21 if record.quiet_from is None else record.quiet_from,
        quiet_until=8 if record.quiet_until is None else record.quiet_until,
        member=member,
        organisation=organisation,
        user_id=actor.user_id if member is None and organisation is None else None,
    )
    _demand(actor, channel)
    siblings = Channel.objects.filter(member=member, organisation=organisation, user=channel.user)
    if siblings.count() >= MOST_CHANNELS:
        raise Fault("channel.many", f"最多 {MOST_CHANNELS} 个渠道。", f"At most {MOST_CHANNELS} channels.", status=409)
    with acting(actor, "channel.create") as act:
        channel.save()
        act.done(channel, member_id=channel.member_id, ids=[channel.pk])
    return channel


def switch_channel(*, actor: Viewer, channel: Channel, active: bool) -> Channel:
    """Switch a channel on or off; switched on again it starts with a clean slate."""
    _demand(actor, channel)
    with acting(actor, "channel.switch") as act:
        channel.active, channel.failures = active, 0
        channel.save(update_fields=["active", "failures"])
        act.done(channel, member_id=channel.member_id, ids=[channel.pk], detail={"active": active})
    return channel


def delete_channel(*, actor: Viewer, channel: Channel) -> None:
    """Delete a channel with its log."""
    _demand(actor, channel)
    with acting(actor, "channel.delete") as act:
        act.done(channel, member_id=channel.member_id, ids=[channel.pk])
        channel.delete()


def test_channel(*, actor: Viewer, channel: Channel) -> Outgoing:
    """Send a test now and say what came of it."""
    _demand(actor, channel)
    with acting(actor, "channel.test") as act:
        act.done(channel, member_id=channel.member_id, ids=[channel.pk])
    return send_test(channel)


def send_again(*, actor: Viewer, outgoing: Outgoing) -> Outgoing:
    """Put a message of the log on the list once more, with its own id, so that the receiver can tell that it is the same."""
    _demand(actor, outgoing.channel)
    with acting(actor, "channel.replay") as act:
        outgoing.status, outgoing.attempts, outgoing.due_at = Outgoing.Status.WAITING, 0, timezone.now()
        outgoing.save(update_fields=["status", "attempts", "due_at"])
        act.done(outgoing, member_id=outgoing.channel.member_id, ids=[outgoing.pk])
    return outgoing

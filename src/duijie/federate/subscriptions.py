"""Webhooks of a member's systems: told of listings that the member may see, when they are published, change or end.

The channels, the signatures, the retries, the log and the replay button are those of `match.telling`; here only what is said.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone

from duijie.core.access import PUBLIC
from duijie.match.models import Channel, Outgoing
from duijie.match.telling.outbox import due_moment
from duijie.members.models import Membership
from duijie.members.places import current_memberships
from duijie.publish.audience import full_tokens
from duijie.publish.kinds import KINDS
from duijie.publish.models import Listing, ListingAudience
from duijie.publish.models.listings import ONCE_PUBLIC

EVENTS = {"listing.expired": "listing.closed"}  # for a subscriber both are the end


def tell_subscribers(event_name: str, ids: Iterable[int], event_id: int) -> int:
    """Owe the news to every channel that asked for it and whose owner may see the listing. Returns how many are owed."""
    name = EVENTS.get(event_name, event_name)
    channels = [c for c in Channel.objects.filter(active=True, kind=Channel.Kind.STANDARD) if name in c.events]
    if not channels:
        return 0
    eyes = _eyes(channels)
    rows = Listing.objects.unscoped("subscribers are told what they may see").filter(
        pk__in=list(ids), status__in=ONCE_PUBLIC
    )
    audiences: dict[int, set[str]] = {}
    for pk, token in ListingAudience.objects.filter(listing__in=rows).values_list("listing_id", "token"):
        audiences.setdefault(pk, set()).add(token)
    owed = []
    for listing in rows.select_related("owner_member"):
        visible = audiences.get(listing.pk, set())
        for channel in channels:
            if eyes[channel.pk] & visible:
                full = bool(eyes[channel.pk] & full_tokens(listing, visible))
                owed.append(_message(channel, listing, name, event_id, full))
    Outgoing.objects.bulk_create(owed, batch_size=250, ignore_conflicts=True)
    return len(owed)


def _eyes(channels: list[Channel]) -> dict[int, set[str]]:
    """The tokens of each channel's owner."""
    members = {c.member_id for c in channels if c.member_id}
    inside: dict[int, set[str]] = {}
    held = Membership.objects.filter(current_memberships(), member_id__in=members)
    for member_id, alliance_id in held.values_list("member_id", "alliance_id"):
        inside.setdefault(member_id, set()).add(f"alliance:{alliance_id}")
    found: dict[int, set[str]] = {}
    for channel in channels:
        tokens = {PUBLIC}
        if channel.member_id:
            tokens |= {f"member:{channel.member_id}", f"staff:{channel.member_id}"} | inside.get(
                channel.member_id, set()
            )
        if channel.organisation_id:
            tokens.add(f"org:{channel.organisation_id}")
        found[channel.pk] = tokens
    return found


def _message(channel: Channel, listing: Listing, name: str, event_id: int, full: bool) -> Outgoing:
    now = timezone.now()
    label = KINDS[listing.kind].label
    title = listing.title if full else listing.teaser or label.zh
    verb_zh, verb_en = {"listing.published": ("发布", "published"), "listing.closed": ("结束", "ended")}.get(
        name, ("更新", "changed")
    )
    subject = f"{label.zh}{verb_zh}：{title[:80]}"
    body = {
        "type": f"duijie.{name}", "at": now.isoformat(), "url": f"{settings.BASE_URL}/listings/{listing.uid}/",
        "zh": subject, "en": f"{label.en} {verb_en}: {title[:80]}",
        "listing": {
            "id": listing.uid, "kind": listing.kind, "title": title, "status": listing.status, "version": listing.version,
            "member": listing.owner_member.slug, "data": f"{settings.BASE_URL}/api/v1/listings/{listing.uid}",
        },
    }  # fmt: skip
    key = f"{name}:{listing.uid}:{event_id}"[:80]
    return Outgoing(channel=channel, key=key, subject=subject[:200], body=body, due_at=due_moment(channel, now))

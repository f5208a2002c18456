"""When a member has left: what it shared is closed with the reason, its keys end, its open cases are told to both sides."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.actions import acting
from duijie.govern.models import CaseHandover
from duijie.land.queries import running_deals_of
from duijie.match.models import Introduction
from duijie.members import actions as members
from duijie.members.models import Alliance, ApiKey, Member, Membership
from duijie.members.places import current_memberships
from duijie.publish.actions import close_listings_of


def settle_departure(*, member: Member, alliance: Alliance) -> CaseHandover | None:
    """Close what was shared in the alliance; where the member is in no alliance any more, all it published and its keys too.

    Open introductions and running deals stay with the people who lead them: what two firms agreed outlives a membership. Counts are
    kept. Done once for each departure; None where nothing was left to do.
    """
    inside = Membership.objects.filter(current_memberships(), member=member)
    if inside.filter(alliance=alliance).exists():
        return None
    gone_for_good = not inside.exists()
    reason = f"{member}已退出{alliance}"
    with acting(SYSTEM, "member.settle_departure") as act:
        closed = close_listings_of(
            actor=SYSTEM, member=member, reason=reason, alliance_id=None if gone_for_good else alliance.pk
        )
        keys = _end_keys(member) if gone_for_good else 0
        live = Introduction.objects.exclude(status__in=[Introduction.Status.ENDED, Introduction.Status.HANDED_ON])
        cases = live.filter(Q(first_member=member) | Q(second_member=member)).count() if gone_for_good else 0
        deals = running_deals_of(member) if gone_for_good else 0
        told_before = CaseHandover.objects.filter(member=member, taker=None, note=reason[:300]).exists()
        if not (closed or keys) and (told_before or not (cases or deals)):
            act.nothing_changed()
            return None
        counts = {"listings": closed, "keys": keys, "introductions": cases, "deals": deals}
        record = CaseHandover.objects.create(member=member, counts=counts, note=reason[:300], at=timezone.now())
        act.done(record, member_id=member.pk, event="member.departed", ids=[record.pk], detail=counts)
    return record


def settle_departures() -> int:
    """The same for every membership whose last day is past."""
    over = Membership.objects.filter(until__lt=timezone.localdate()).select_related("member", "alliance")
    return sum(settle_departure(member=m.member, alliance=m.alliance) is not None for m in over.order_by("pk"))


def _end_keys(member: Member) -> int:
    live = [key for key in ApiKey.objects.filter(member=member, revoked_at__isnull=True) if key.is_live]
    for key in live:
        members.revoke_api_key(actor=SYSTEM, key=key)
    return len(live)

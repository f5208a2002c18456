"""Deals that go from one officer of a member to another with everything else that the officer has in hand."""

from __future__ import annotations

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.land.actions.deals import keep_version, members_of
from duijie.land.choices import OVER
from duijie.land.models import Deal
from duijie.members.models import Member, User


def hand_over_deals(*, actor: Viewer, member: Member, giver: User, taker: User) -> int:
    """Make `taker` the one in charge of every deal of a member that runs and is in `giver`'s charge. Returns how many.

    The caller has checked that the actor may (it is part of handing over an officer's cases).
    """
    rows = Deal.objects.unscoped("the officer's cases go to another").filter(owner_member=member, owner_user=giver)
    found = list(rows.exclude(stage__in=OVER).order_by("pk"))
    for one in found:
        with acting(actor, "deal.hand_over") as act:
            deal = Deal.objects.unscoped("locked").select_for_update().get(pk=one.pk)
            deal.owner_user = taker
            deal.version += 1
            deal.save()
            keep_version(deal, actor, timezone.now(), act.verb)
            act.done(deal, member_id=member.pk, event="deal.changed", ids=[deal.pk], members=members_of(deal))
    return len(found)

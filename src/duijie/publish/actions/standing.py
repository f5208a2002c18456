"""What happens to listings when the standing of their member changes: hidden, shown again, closed; and handed to another officer."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.members.models import Member, Membership, User
from duijie.members.queries import limits_of_standing
from duijie.publish.actions.lifecycle import close_listing
from duijie.publish.actions.writing import mark_narrowed
from duijie.publish.audience import rewrite_audience
from duijie.publish.models import Listing
from duijie.publish.models.listings import ONCE_PUBLIC, Status
from duijie.publish.rules import is_staff


def resettle_audiences(*, actor: Viewer, member_id: int) -> int:
    """Write the audience of every listing of a member anew. Returns how many lost or won eyes; each is indexed again."""
    changed = []
    with acting(actor, "listing.resettle") as act:
        rows = Listing.objects.unscoped("the member's standing changed").filter(
            owner_member_id=member_id, status__in=ONCE_PUBLIC
        )
        limits = limits_of_standing()
        for listing in rows.order_by("pk"):
            before = set(listing.audience.values_list("token", flat=True))
            lost = rewrite_audience(listing, limits=limits)
            if lost:
                mark_narrowed(listing)
            if before != set(listing.audience.values_list("token", flat=True)):
                changed.append(listing)
        if changed:
            act.done_many(changed, member_id=member_id, event="listing.changed", ids=[x.pk for x in changed], bulk=True)
        else:
            act.nothing_changed()
    return len(changed)


def resettle_changed(*, actor: Viewer) -> int:
    """The same for every member with a suspension or an end of membership around today."""
    today = timezone.localdate()
    near = Q(suspended_from__isnull=False) | Q(until__lte=today)
    members = Membership.objects.filter(near).values_list("member_id", flat=True).distinct()
    return sum(resettle_audiences(actor=actor, member_id=pk) for pk in sorted(members))


def close_listings_of(*, actor: Viewer, member: Member, reason: str, alliance_id: int | None = None) -> int:
    """Close what a member has published: all of it, or only what it shares within an alliance. Returns how many."""
    rows = Listing.objects.unscoped("the member leaves").filter(owner_member=member, status=Status.PUBLISHED)
    if alliance_id is not None:
        rows = rows.filter(visibility="alliance", visible_alliance_id=alliance_id)
    found = list(rows.order_by("pk"))
    for listing in found:
        close_listing(actor=actor, listing=listing, reason=reason)
    return len(found)


def hand_over_listings(*, actor: Viewer, member: Member, giver: User, taker: User) -> int:
    """Make `taker` the contact of every live listing of a member whose contact is `giver`. Returns how many.

    The caller has checked that the actor may (it is part of handing over an officer's cases).
    """
    live = [Status.DRAFT, Status.SUBMITTED, Status.PUBLISHED]
    with acting(actor, "listing.hand_over") as act:
        rows = Listing.objects.unscoped("the officer's cases go to another").select_for_update()
        found = list(rows.filter(owner_member=member, contact=giver, status__in=live).order_by("pk"))
        if not found or not (is_staff(actor, member.pk) or actor.is_platform or actor.has_role("secretariat")):
            act.nothing_changed()
            return 0
        Listing.objects.unscoped("counted above").filter(pk__in=[x.pk for x in found]).update(contact=taker)
        act.done_many(found, member_id=member.pk, event="listing.contact_changed", ids=[x.pk for x in found])
    return len(found)

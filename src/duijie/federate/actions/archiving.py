"""What a source no longer has: its listing is closed and archived, with the reason, and stays at its address."""

from __future__ import annotations

from collections.abc import Iterable

from duijie.core.access import Viewer
from duijie.federate.models import Item
from duijie.publish.actions import close_listing, discard_draft
from duijie.publish.actions.bulk import archive_many
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status

HARVESTER = Viewer(is_system=True, via="harvest", name="harvest")
REASON = "来源已不再提供"


def archive_items(items: Iterable[Item]) -> None:
    """Archive the listings of these items and note it on the items (unsaved). A draft that was never public is discarded."""
    items = list(items)
    rows = Listing.objects.unscoped("a run archives what its source dropped").select_related(
        "owner_member", "owner_organisation", "visible_alliance"
    )
    found = {x.pk: x for x in rows.filter(pk__in=[i.listing_id for i in items if i.listing_id])}
    by_member: dict[int, list[Listing]] = {}
    for item in items:
        item.status, item.log = Item.Status.ARCHIVED, []
        listing = found.get(item.listing_id or 0)
        if listing is None:
            continue
        if listing.status == Status.SUBMITTED:
            listing = close_listing(actor=HARVESTER, listing=listing, reason=REASON)
        if listing.status == Status.DRAFT and listing.published_at is None:
            discard_draft(actor=HARVESTER, listing=listing)
            item.listing = None
        else:
            by_member.setdefault(listing.owner_member_id, []).append(listing)
    for listings in by_member.values():
        archive_many(actor=HARVESTER, member=listings[0].owner_member, listings=listings, reason=REASON)

"""Whose eyes open a listing: the only place where its tokens are worked out."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from duijie.core.access import PUBLIC, Viewer
from duijie.members.queries import Limits, limits_of_standing
from duijie.publish.models import Listing, ListingAudience
from duijie.publish.models.listings import ONCE_PUBLIC, Disclosure, Visibility


def owner_tokens(listing: Listing) -> set[str]:
    """The owner's people and the officers of its member: they see every state and the full text."""
    tokens = {f"staff:{listing.owner_member_id}"}
    if listing.owner_organisation_id:
        tokens.add(f"org:{listing.owner_organisation_id}")
    elif listing.created_by_id:
        tokens.add(f"user:{listing.created_by_id}")
    return tokens


def visible_tokens(listing: Listing, member_ids: Collection[int] = (), limits: Limits | None = None) -> set[str]:
    """Who may know that a listing exists. `member_ids`: the members named where visibility is "members". `limits`: which
    memberships are out of force, for work over many listings (worked out here where it is not given)."""
    tokens = owner_tokens(listing)
    if listing.status not in ONCE_PUBLIC:
        return tokens
    limits = limits_of_standing() if limits is None else limits
    owner = listing.owner_member_id
    if owner in limits.shut_out:
        return tokens
    match listing.visibility:
        case Visibility.PUBLIC:
            tokens.add(PUBLIC)
        case Visibility.ALLIANCE if (owner, listing.visible_alliance_id) not in limits.outside:
            tokens.add(f"alliance:{listing.visible_alliance_id}")
        case Visibility.MEMBERS:
            tokens |= {f"member:{i}" for i in member_ids} | {f"member:{listing.owner_member_id}"}
        case Visibility.MEMBER:
            tokens.add(f"member:{listing.owner_member_id}")
    return tokens


def full_tokens(listing: Listing, visible: set[str], disclosed: Iterable[str] = ()) -> set[str]:
    """Who reads past the teaser: everybody who sees it, unless it is confidential."""
    if not listing.confidential:
        return visible
    return owner_tokens(listing) | set(disclosed)


def reveals(listing: Listing, viewer: Viewer) -> bool:
    """Whether `viewer`, who may see `listing`, may read its full text."""
    if not listing.confidential or viewer.is_system or owner_tokens(listing) & viewer.tokens:
        return True
    return Disclosure.objects.filter(listing=listing, token__in=sorted(viewer.tokens)).exists()


def revealed_ids(listings: Iterable[Listing], viewer: Viewer) -> set[int]:
    """The ids among `listings` whose full text the viewer may read, in one query."""
    listings = list(listings)
    open_ids = {x.pk for x in listings if not x.confidential or viewer.is_system or owner_tokens(x) & viewer.tokens}
    rest = [x.pk for x in listings if x.pk not in open_ids]
    if rest:
        told = Disclosure.objects.filter(listing_id__in=rest, token__in=sorted(viewer.tokens))
        open_ids |= set(told.values_list("listing_id", flat=True))
    return open_ids


def rewrite_audience(listing: Listing, member_ids: Collection[int] | None = None, limits: Limits | None = None) -> bool:
    """Write the tokens of `listing` anew. Returns whether somebody lost sight of it (or of its full text)."""
    if member_ids is None:
        named = listing.visibility == Visibility.MEMBERS
        member_ids = list(listing.visible_members.values_list("id", flat=True)) if named else []
    wanted = visible_tokens(listing, member_ids, limits)
    had = set(ListingAudience.objects.filter(listing=listing).values_list("token", flat=True))
    gone = had - wanted
    if gone:
        ListingAudience.objects.filter(listing=listing, token__in=gone).delete()
    ListingAudience.objects.bulk_create([ListingAudience(listing=listing, token=x) for x in sorted(wanted - had)])
    return bool(gone)

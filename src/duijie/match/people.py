"""Whom to tell: the people behind a listing, the liaisons of a member."""

from __future__ import annotations

from duijie.members.models import RoleGrant, User
from duijie.members.queries import staff_of_member
from duijie.publish.models import Listing


def liaisons_of(member_id: int) -> set[int]:
    """Ids of the active liaison officers of a member, with those who stand in for one on leave."""
    return set(staff_of_member(member_id, ("liaison",)))


def people_behind(listing: Listing) -> set[int]:
    """Ids of those who answer for a listing: the organisation's people, or the member's liaisons and editors."""
    if listing.owner_organisation_id:
        grants = RoleGrant.objects.filter(
            role="organisation", scope="organisation", scope_id=listing.owner_organisation_id, user__is_active=True
        )
        people = set(grants.values_list("user_id", flat=True))
        return people or liaisons_of(listing.owner_member_id)
    return set(staff_of_member(listing.owner_member_id, ("liaison", "editor")))


def contact_person(listing: Listing) -> User | None:
    """Who is named to the other side once both agree."""
    if listing.contact is not None and listing.contact.is_active:
        return listing.contact
    return User.objects.filter(pk__in=people_behind(listing)).order_by("pk").first()

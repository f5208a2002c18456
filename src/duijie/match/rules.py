"""Who may answer, show interest, read and write in an introduction."""

from __future__ import annotations

from duijie.core.access import Viewer
from duijie.core.errors import NotAllowed
from duijie.match.models import Introduction
from duijie.publish.models import Listing
from duijie.publish.rules import demand_key, is_reviewer, is_staff, speaks_for


def speaks_for_listing(viewer: Viewer, listing: Listing) -> bool:
    """The owner's people; the member's officers where the member itself is the owner, and its liaisons on behalf of firms."""
    if speaks_for(viewer, listing.owner_organisation_id):
        return True
    if listing.owner_organisation_id is None:
        return is_staff(viewer, listing.owner_member_id)
    return is_reviewer(viewer, listing.owner_member_id)


def demand_write(viewer: Viewer) -> None:
    """A key answers matches only where it was given that."""
    demand_key(viewer, "matches:write")


def demand_voice(viewer: Viewer, listing: Listing) -> None:
    """Whether the viewer may answer for this listing."""
    demand_write(viewer)
    if not speaks_for_listing(viewer, listing):
        raise NotAllowed(
            "只有发布单位的人员或所属成员的联络员可以答复。",
            "Only the owner's people or the liaison officers of its member may answer.",
        )


def is_party(viewer: Viewer, introduction: Introduction) -> bool:
    """The people of both sides, and the liaisons of both members, who accompany it."""
    for organisation_id, member_id in (
        (introduction.first_organisation_id, introduction.first_member_id),
        (introduction.second_organisation_id, introduction.second_member_id),
    ):
        if speaks_for(viewer, organisation_id) or is_reviewer(viewer, member_id):
            return True
        if organisation_id is None and is_staff(viewer, member_id):
            return True
    return viewer.user_id is not None and viewer.user_id in {introduction.first_user_id, introduction.second_user_id}

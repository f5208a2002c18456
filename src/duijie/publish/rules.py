"""Who may do what with listings. Pure questions on a Viewer; the sentences say whom to ask."""

from __future__ import annotations

from duijie.core.access import MEMBER, ORGANISATION, Viewer
from duijie.core.errors import NotAllowed
from duijie.members.models import Member, Organisation
from duijie.members.queries import shut_out
from duijie.publish.models import Listing

WRITERS = ("editor", "liaison", "member_admin")
REVIEWERS = ("liaison", "member_admin")


def is_staff(viewer: Viewer, member_id: int) -> bool:
    """An officer who writes for the member."""
    return viewer.is_system or viewer.has_role(WRITERS, MEMBER, member_id)


def is_reviewer(viewer: Viewer, member_id: int) -> bool:
    return viewer.is_system or viewer.has_role(REVIEWERS, MEMBER, member_id)


def speaks_for(viewer: Viewer, organisation_id: int | None) -> bool:
    return organisation_id is not None and viewer.has_role("organisation", ORGANISATION, organisation_id)


def may_key(viewer: Viewer, scope: str) -> bool:
    """Whether a key's scopes allow it; people are not bounded by scopes."""
    return viewer.key_scopes is None or scope in viewer.key_scopes


def demand_key(viewer: Viewer, scope: str) -> None:
    if not may_key(viewer, scope):
        raise NotAllowed(
            f"这把密钥没有“{scope}”权限，请让成员管理员重新签发。",
            f"This key lacks the scope “{scope}”; ask your member's administrator for another.",
        )


def may_write_for(viewer: Viewer, member: Member, organisation: Organisation | None) -> bool:
    """Whether the viewer may publish in the name of `member`, or of `organisation` homed in it."""
    if is_staff(viewer, member.pk):
        return organisation is None or organisation.home_member_id == member.pk
    return organisation is not None and organisation.home_member_id == member.pk and speaks_for(viewer, organisation.pk)


def may_change(viewer: Viewer, listing: Listing) -> bool:
    """Nobody here changes what belongs to another installation; it follows its home."""
    if listing.home_node and not viewer.is_system:
        return False
    return is_staff(viewer, listing.owner_member_id) or speaks_for(viewer, listing.owner_organisation_id)


def may_review(viewer: Viewer, listing: Listing) -> bool:
    """A liaison reviews listings of the own member; nobody reviews in the name of the organisation that wrote it."""
    return is_reviewer(viewer, listing.owner_member_id)


def publishes_directly(viewer: Viewer, member: Member, organisation: Organisation | None) -> bool:
    """The member's own officers publish at once; a firm's listing waits where the member wants to see it first."""
    if is_staff(viewer, member.pk):
        return True
    return not member.review_needed and organisation is not None and organisation.is_verified


def demand_write_for(viewer: Viewer, member: Member, organisation: Organisation | None) -> None:
    demand_key(viewer, "listings:write")
    if not may_write_for(viewer, member, organisation):
        raise NotAllowed(
            f"您不能以“{organisation or member}”的名义发布，请联系{member}的联络员。",
            f"You cannot publish in the name of “{organisation or member}”; ask the liaison officer of {member}.",
        )
    demand_standing(member)


def demand_standing(member: Member) -> None:
    """A member whose membership rests publishes nothing."""
    if member.pk in shut_out([member.pk]):
        raise NotAllowed(
            f"{member}的成员资格已暂停，恢复前不能发布信息。请联系联盟秘书处。",
            f"The membership of {member} is suspended; it cannot publish until that is lifted. Ask the secretariat.",
        )


def demand_change(viewer: Viewer, listing: Listing) -> None:
    demand_key(viewer, "listings:write")
    if listing.home_node and not viewer.is_system:
        raise NotAllowed(
            f"这条信息属于“{listing.home_node}”平台，只能在那里修改。",
            f"This listing belongs to the exchange “{listing.home_node}” and is changed there.",
        )
    if not may_change(viewer, listing):
        raise NotAllowed(
            "只有发布单位和所属成员的工作人员可以修改这条信息。",
            "Only the owner and the officers of its member may change this listing.",
        )


def demand_review(viewer: Viewer, listing: Listing) -> None:
    demand_key(viewer, "listings:review")
    if not may_review(viewer, listing):
        raise NotAllowed(
            "只有所属成员的联络员可以审核这条信息。", "Only the liaison officers of its member may review this listing."
        )

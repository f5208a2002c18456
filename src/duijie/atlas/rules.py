"""Who may put what on the map: the officers of a member for their own, an API key with the scope atlas:write, the platform the boundary."""

from __future__ import annotations

from duijie.core.access import MEMBER, Viewer
from duijie.core.errors import NotAllowed
from duijie.members.models import Member

WRITERS = ("editor", "liaison", "member_admin")
KEY_SCOPE = "atlas:write"


def may_write(viewer: Viewer, member: Member) -> bool:
    """Whether the viewer may bring points, cells and figures in for the member."""
    if viewer.key_scopes is not None and KEY_SCOPE not in viewer.key_scopes:
        return False
    return viewer.is_platform or viewer.has_role(WRITERS, MEMBER, member.pk)


def demand_write(viewer: Viewer, member: Member) -> None:
    if not may_write(viewer, member):
        raise NotAllowed(
            "您没有权限为这个成员提交地图数据。请联系它的联络员或成员管理员。",
            "You may not put anything on the map for this member. Ask its liaison officer or administrator.",
        )


def demand_boundary(viewer: Viewer) -> None:
    if viewer.key_scopes is not None or not viewer.is_platform:
        raise NotAllowed(
            "只有平台管理员可以更换边界底图。", "Only the platform's administrator changes the boundaries."
        )

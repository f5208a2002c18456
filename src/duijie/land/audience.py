"""Whose officers look at whose deals and projects: the members of the alliances that a viewer serves."""

from __future__ import annotations

from duijie.core.access import ALLIANCE, ALLIANCE_OFFICES, ANY_OFFICER, Viewer
from duijie.members.models import Membership
from duijie.members.places import current_memberships
from duijie.members.queries import resting

_OF_ALLIANCE = ALLIANCE_OFFICES | {ANY_OFFICER}


def allied_member_ids(viewer: Viewer) -> list[int]:
    """Members whose deals the viewer reads as an officer: those allied with the viewer's own today, and the own ones.

    A member whose membership is suspended is outside its alliance, either way round.
    The people of firms are no officers: they see the deals they are parties to.
    """
    alliances = {g.scope_id for g in viewer.grants if g.scope == ALLIANCE and g.role in _OF_ALLIANCE}
    kept = viewer.extra.get("allied_member_ids")
    if kept is not None:
        return list(kept)
    held = Membership.objects.filter(current_memberships()).exclude(resting())
    if viewer.member_ids:
        alliances |= set(held.filter(member_id__in=viewer.member_ids).values_list("alliance_id", flat=True))
    found = set(viewer.member_ids)
    if alliances:
        found |= set(held.filter(alliance_id__in=alliances).values_list("member_id", flat=True))
    viewer.extra["allied_member_ids"] = sorted(found)
    return sorted(found)

"""Filling a Viewer: from a signed-in person, from an API key. The only place where tokens are made."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from duijie.core.access import GUEST, PUBLIC, Grant, Viewer
from duijie.members.models import ApiKey, Membership, Organisation, RoleGrant, User

# Roles in a member through which a person belongs to it.
MEMBER_ROLES = {"member_admin", "liaison", "editor", "event_planner", "approver", "auditor", "leader"}


def _alliance_ids(member_ids: set[int]) -> set[int]:
    """Alliances that these members are in today."""
    today = timezone.localdate()
    current = Q(until__isnull=True) | Q(until__gte=today)
    found = Membership.objects.filter(current, member_id__in=member_ids).values_list("alliance_id", flat=True)
    return set(found)


def _tokens(
    user_id: int | None, staff_of: set[int], member_ids: set[int], organisation_ids: set[int], alliance_ids: set[int]
) -> frozenset[str]:
    """staff_of: members whose unpublished rows are open to this viewer; member_ids: members to whose circle it belongs."""
    tokens = {PUBLIC}
    tokens |= {f"staff:{i}" for i in staff_of}
    tokens |= {f"alliance:{i}" for i in alliance_ids}
    tokens |= {f"member:{i}" for i in member_ids}
    tokens |= {f"org:{i}" for i in organisation_ids}
    if user_id is not None:
        tokens.add(f"user:{user_id}")
    return frozenset(tokens)


def viewer_of(user: User | None, *, via: str = "page") -> Viewer:
    """The Viewer of a signed-in person; a guest's where there is none."""
    if user is None or not user.is_authenticated or not user.is_active:
        return Viewer(via=via) if via != "page" else GUEST
    today = timezone.localdate()
    current = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    grants = frozenset(
        Grant(role, scope, scope_id)
        for role, scope, scope_id in RoleGrant.objects.filter(current, user=user).values_list(
            "role", "scope", "scope_id"
        )
    )
    staff_of = {g.scope_id for g in grants if g.scope == "member" and g.role in MEMBER_ROLES}
    organisation_ids = {g.scope_id for g in grants if g.scope == "organisation"}
    homes = set(Organisation.objects.filter(id__in=organisation_ids).values_list("home_member_id", flat=True))
    # A firm's people see what their home member's alliances see, but they are not the member's staff.
    alliance_ids = _alliance_ids(staff_of | homes) | {g.scope_id for g in grants if g.scope == "alliance"}
    return Viewer(
        user_id=user.pk,
        grants=grants,
        tokens=_tokens(user.pk, staff_of, staff_of | homes, organisation_ids, alliance_ids),
        member_ids=frozenset(staff_of),
        organisation_ids=frozenset(organisation_ids),
        alliance_ids=frozenset(alliance_ids),
        name=str(user),
        via=via,
    )


def viewer_of_key(key: ApiKey) -> Viewer:
    """The Viewer of a live API key: an editor of its member (or organisation), bounded by the key's scopes."""
    member_ids = {key.member_id} if key.member_id else set()
    organisation_ids = {key.organisation_id} if key.organisation_id else set()
    grants = {Grant("editor", "member", i) for i in member_ids}
    grants |= {Grant("organisation", "organisation", i) for i in organisation_ids}
    homes = set(Organisation.objects.filter(id__in=organisation_ids).values_list("home_member_id", flat=True))
    alliance_ids = _alliance_ids(member_ids | homes)
    return Viewer(
        user_id=None,
        grants=frozenset(grants),
        tokens=_tokens(None, member_ids, member_ids | homes, organisation_ids, alliance_ids),
        member_ids=frozenset(member_ids),
        organisation_ids=frozenset(organisation_ids),
        alliance_ids=frozenset(alliance_ids),
        name=key.name,
        via="api",
        key_scopes=frozenset(key.scopes),
        key_id=key.pk,
    )

"""Filling a Viewer: from a signed-in person, from an API key. The only place where tokens are made."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.utils import timezone

from duijie.core.access import ALLIANCE, ALLIANCE_OFFICES, GUEST, PUBLIC, Grant, Viewer, officers_token
from duijie.members.models import (
    Absence,
    Alliance,
    ApiKey,
    Membership,
    Organisation,
    OrganisationMembership,
    RoleGrant,
    User,
)
from duijie.members.places import current_memberships
from duijie.members.queries import resting

# Roles in a member through which a person belongs to it.
MEMBER_ROLES = {"member_admin", "liaison", "editor", "event_planner", "approver", "auditor", "leader"}
# Roles that sit in, or work for, an alliance's council.
COUNCIL_OF_MEMBER = {"leader", "member_admin", "liaison", "approver"}
COUNCIL_OF_ALLIANCE = {"secretariat", "leader", "approver", "auditor"}


def _in_alliances(member_ids: set[int], organisation_ids: set[int]) -> dict[str, set[tuple[int, int]]]:
    """{"member": {(member, alliance)}, "organisation": ...} of memberships that hold today and do not rest."""
    of_members = Membership.objects.filter(current_memberships(), member_id__in=member_ids).exclude(resting())
    found = {"member": set(of_members.values_list("member_id", "alliance_id")), "organisation": set()}
    if organisation_ids:
        of_firms = OrganisationMembership.objects.filter(current_memberships(), organisation_id__in=organisation_ids)
        found["organisation"] = set(of_firms.values_list("organisation_id", "alliance_id"))
    return found


def _council_ids(grants: frozenset[Grant], inside: dict[str, set[tuple[int, int]]]) -> set[int]:
    """The alliances whose council papers are open: of one's member or firm, of one's office, and of what stands below that."""
    sitting = {g.scope_id for g in grants if g.scope == "member" and g.role in COUNCIL_OF_MEMBER}
    speaking = {g.scope_id for g in grants if g.scope == "organisation" and g.role == "organisation"}
    found = {alliance for member, alliance in inside["member"] if member in sitting}
    found |= {alliance for firm, alliance in inside["organisation"] if firm in speaking}
    offices = {g.scope_id for g in grants if g.scope == "alliance" and g.role in COUNCIL_OF_ALLIANCE}
    above = {g.scope_id for g in grants if g.scope == "alliance" and g.role == "secretariat"}
    while above:  # a parent's secretariat serves its sub-alliances
        offices |= above
        above = set(Alliance.objects.filter(parent__in=above).values_list("pk", flat=True)) - offices
    return found | offices


def _lent(user: User, today: date) -> set[Grant]:
    """The offices of the liaison officers for whom this person stands in today."""
    away = Absence.objects.filter(substitute=user, first_day__lte=today, last_day__gte=today).values("person_id")
    current = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    held = RoleGrant.objects.filter(current, user__in=away, user__is_active=True, role="liaison", scope="member")
    return {Grant("liaison", "member", pk) for pk in held.values_list("scope_id", flat=True)}


def _tokens(
    user_id: int | None,
    staff_of: set[int],
    member_ids: set[int],
    organisation_ids: set[int],
    alliance_ids: set[int],
    councils: set[int] = frozenset(),  # type: ignore[assignment]
    officers: set[int] = frozenset(),  # type: ignore[assignment]
) -> frozenset[str]:
    """staff_of: members whose unpublished rows are open to this viewer; member_ids: members to whose circle it belongs."""
    tokens = {PUBLIC}
    tokens |= {f"staff:{i}" for i in staff_of}
    tokens |= {f"alliance:{i}" for i in alliance_ids}
    tokens |= {f"council:{i}" for i in councils}
    tokens |= {officers_token(i) for i in officers}
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
    held = RoleGrant.objects.filter(current, user=user).values_list("role", "scope", "scope_id")
    grants = frozenset(Grant(role, scope, scope_id) for role, scope, scope_id in held) | _lent(user, today)
    staff_of = {g.scope_id for g in grants if g.scope == "member" and g.role in MEMBER_ROLES}
    organisation_ids = {g.scope_id for g in grants if g.scope == "organisation"}
    homes = set(Organisation.objects.filter(id__in=organisation_ids).values_list("home_member_id", flat=True))
    # A firm's people see what their home member's alliances see, but they are not the member's staff.
    inside = _in_alliances(staff_of | homes, organisation_ids)
    alliance_ids = {alliance for pairs in inside.values() for _, alliance in pairs}
    alliance_ids |= {g.scope_id for g in grants if g.scope == "alliance"}
    councils = _council_ids(grants, inside)
    officers = {alliance for member, alliance in inside["member"] if member in staff_of}
    officers |= {g.scope_id for g in grants if g.scope == ALLIANCE and g.role in ALLIANCE_OFFICES}
    return Viewer(
        user_id=user.pk,
        grants=grants,
        tokens=_tokens(user.pk, staff_of, staff_of | homes, organisation_ids, alliance_ids, councils, officers),
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
    inside = _in_alliances(member_ids | homes, organisation_ids)
    alliance_ids = {alliance for pairs in inside.values() for _, alliance in pairs}
    officers = {alliance for member, alliance in inside["member"] if member in member_ids}
    return Viewer(
        user_id=None,
        grants=frozenset(grants),
        tokens=_tokens(None, member_ids, member_ids | homes, organisation_ids, alliance_ids, officers=officers),
        member_ids=frozenset(member_ids),
        organisation_ids=frozenset(organisation_ids),
        alliance_ids=frozenset(alliance_ids),
        name=key.name,
        via="api",
        key_scopes=frozenset(key.scopes),
        key_id=key.pk,
    )

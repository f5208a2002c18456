"""People: names to colleagues, contact data to the entitled with every reading on record, roles to those who give them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import read_personal_data
from duijie.core.errors import NotFound
from duijie.members.models import Alliance, Member, Membership, Organisation, RoleGrant, User
from duijie.members.places import (
    current_memberships,
    place_of_member,
    place_of_organisation,
    place_of_person,
    places_of_scopes,
)
from duijie.members.queries.absences import substitutes_of
from duijie.members.rules import demand, may, may_grant


@dataclass(frozen=True)
class PersonLine:
    """A colleague as colleagues see them: no contact data."""

    uid: str
    name: str
    title: str
    grants: tuple[RoleGrant, ...]


@dataclass(frozen=True)
class Contact:
    """Contact data of one person."""

    uid: str
    name: str
    title: str
    email: str
    phone: str
    organisation: str


def people_of_organisation(viewer: Viewer, organisation: Organisation) -> list[PersonLine]:
    """Who holds a role in an organisation. Raises NotAllowed unless the viewer is a colleague or its home member's staff."""
    demand(viewer, "people.see", place_of_organisation(organisation))
    return _people("organisation", [organisation.pk])


def people_of_member(viewer: Viewer, member: Member) -> list[PersonLine]:
    """Who holds a role in a member. Raises NotAllowed unless the viewer is one of them or serves an alliance of it."""
    demand(viewer, "people.see", place_of_member(member))
    return _people("member", [member.pk])


def liaisons_of(member: Member) -> QuerySet[User]:
    """For notices: the active liaisons of a member, or its administrators where it has no liaison."""
    holding = RoleGrant.objects.filter(_holding(), scope="member", scope_id=member.pk)
    for role in ("liaison", "member_admin"):
        found = User.objects.filter(is_active=True, pk__in=holding.filter(role=role).values("user_id"))
        if found.exists():
            standing_in = substitutes_of(found.values_list("pk", flat=True)) if role == "liaison" else set()
            return found | User.objects.filter(is_active=True, pk__in=standing_in)
    return User.objects.none()


def staff_of_member(member_id: int, roles: tuple[str, ...] = ("liaison", "member_admin")) -> list[int]:
    """For notices: ids of the active people who hold one of `roles` in a member, and of who stands in for its liaisons."""
    holding = RoleGrant.objects.filter(_holding(), scope="member", scope_id=member_id, role__in=roles)
    held = holding.filter(user__is_active=True).values_list("user_id", "role")
    liaisons = {user_id for user_id, role in held if role == "liaison"}
    standing_in = substitutes_of(liaisons) if liaisons else set()
    return sorted({user_id for user_id, _ in held} | standing_in)


def staff_of_organisation(organisation_id: int) -> list[int]:
    """For notices: ids of the active representatives of an organisation."""
    holding = RoleGrant.objects.filter(
        _holding(), scope="organisation", scope_id=organisation_id, role="organisation", user__is_active=True
    )
    return list(holding.values_list("user_id", flat=True).distinct())


def contact_of(viewer: Viewer, person: User, *, purpose: str, agreed: bool = False) -> Contact:
    """Contact data of a person; the reading goes on record with its purpose.

    Entitled are the person, the platform's administrator, the secretariat, the staff of the person's home member and the
    representatives of the person's organisation. `agreed`: both sides of an introduction agreed, which the caller vouches for.
    Raises NotAllowed.
    """
    where = place_of_person(person)
    if not agreed:
        demand(viewer, "contact.read", where)
    if viewer.user_id != person.pk:
        read_personal_data(viewer, purpose, "user", person.uid, member_id=min(where.members, default=None))
    organisation = person.organisation.name if person.organisation else ""
    return Contact(person.uid, person.name, person.title, person.email, person.phone, organisation)


def get_person(viewer: Viewer, uid: str) -> User:
    """A person that the viewer may see at all: oneself, a colleague, or somebody in one's charge. Raises NotFound."""
    person = User.objects.select_related("organisation").filter(uid=uid).first()
    if person is None or viewer.key_scopes is not None:
        raise NotFound
    if viewer.user_id != person.pk and not may(viewer, "people.see", place_of_person(person)):
        raise NotFound
    return person


def role_grants(viewer: Viewer, *, scope: str = "", scope_id: int | None = None, role: str = "") -> QuerySet[RoleGrant]:
    """The grants in the viewer's charge: all for the platform, those of its alliances and members, those of its organisations."""
    found = RoleGrant.objects.select_related("user").order_by("scope", "scope_id", "role", "pk")
    if not (viewer.is_system or viewer.is_platform):
        found = found.filter(_in_charge(viewer))
    if scope:
        found = found.filter(scope=scope)
    if scope_id is not None:
        found = found.filter(scope_id=scope_id)
    if role:
        found = found.filter(role=role)
    return found


def revocable(viewer: Viewer, grants: list[RoleGrant]) -> set[int]:
    """The ids of those grants that the viewer may take away: its own, and those that it could give."""
    places = places_of_scopes((g.scope, g.scope_id) for g in grants)
    own = viewer.user_id
    return {
        g.pk
        for g in grants
        if (own is not None and g.user_id == own) or may_grant(viewer, g.role, g.scope, places[g.scope, g.scope_id])
    }


def scope_names(grants: list[RoleGrant]) -> dict[tuple[str, int], str]:
    """The name of each scope in these grants, in one query for each kind."""
    names: dict[tuple[str, int], str] = {}
    for scope, model in (("alliance", Alliance), ("member", Member), ("organisation", Organisation)):
        ids = {g.scope_id for g in grants if g.scope == scope}
        if ids:
            names |= {(scope, pk): name for pk, name in model.objects.filter(pk__in=ids).values_list("pk", "name")}
    return names


# --- inside --------------------------------------------------------------------------------------------------------------


def _holding(day: date | None = None) -> Q:
    today = day or timezone.localdate()
    return Q(ends_on__isnull=True) | Q(ends_on__gte=today)


def _people(scope: str, ids: list[int]) -> list[PersonLine]:
    grants = RoleGrant.objects.filter(_holding(), scope=scope, scope_id__in=ids).select_related("user").order_by("pk")
    by_person: dict[User, list[RoleGrant]] = {}
    for grant in grants:
        by_person.setdefault(grant.user, []).append(grant)
    lines = [PersonLine(user.uid, user.name or user.username, user.title, tuple(g)) for user, g in by_person.items()]
    return sorted(lines, key=lambda line: line.name)


def _in_charge(viewer: Viewer) -> Q:
    """Grants in scopes where the viewer gives roles; own ones always."""
    if viewer.key_scopes is not None:
        return Q(pk__in=[])
    seen = Q(user=viewer.user_id) if viewer.user_id is not None else Q(pk__in=[])
    alliances = {g.scope_id for g in viewer.grants if (g.role, g.scope) == ("secretariat", "alliance")}
    members = {g.scope_id for g in viewer.grants if g.scope == "member" and g.role in {"member_admin", "liaison"}}
    organisations = {g.scope_id for g in viewer.grants if g.scope == "organisation" and g.role == "organisation"}
    if alliances:
        sub = Alliance.objects.filter(Q(pk__in=alliances) | Q(parent__in=alliances) | Q(parent__parent__in=alliances))
        alliance_ids = set(sub.values_list("pk", flat=True))
        inside = Membership.objects.filter(current_memberships(), alliance__in=alliance_ids)
        members |= set(inside.values_list("member_id", flat=True))
        seen |= Q(scope="alliance", scope_id__in=alliance_ids)
    if members:
        own = Organisation.objects.filter(home_member__in=members)
        seen |= Q(scope="member", scope_id__in=members) | Q(scope="organisation", scope_id__in=own.values("pk"))
    if organisations:
        seen |= Q(scope="organisation", scope_id__in=organisations)
    return seen

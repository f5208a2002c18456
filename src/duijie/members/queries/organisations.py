"""Organisations: verified ones are public, the others are seen by their own people and the staff they wait for."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.members.models import Member, Membership, Organisation
from duijie.members.places import current_memberships, place_of_organisation
from duijie.members.queries.directory import members_served_by, prefix_of
from duijie.members.rules import grantable_roles, may


def organisations(
    viewer: Viewer,
    *,
    member: Member | None = None,
    kind: str = "",
    region: str = "",
    industry: str = "",
    text: str = "",
    verified: bool | None = None,
) -> QuerySet[Organisation]:
    """The organisations that `viewer` may see, by name. `text`: part of a name, or a credit code."""
    found = Organisation.objects.filter(_visible(viewer)).select_related("home_member")
    if member is not None:
        found = found.filter(home_member=member)
    if kind:
        found = found.filter(kind=kind)
    if region:
        found = found.filter(region__startswith=prefix_of(region))
    if industry:
        found = found.filter(industries__icontains=f'"{industry}')
    if verified is not None:
        found = found.filter(verified_at__isnull=not verified)
    if text.strip():
        words = text.strip()
        found = found.filter(Q(name__icontains=words) | Q(name_en__icontains=words) | Q(credit_code=words.upper()))
    return found.order_by("name", "pk")


def _visible(viewer: Viewer) -> Q:
    if viewer.is_system or viewer.is_platform:
        return Q()
    seen = Q(verified_at__isnull=False)
    if viewer.key_scopes is not None and "organisations:read" not in viewer.key_scopes:
        return seen
    seen |= Q(home_member__in=viewer.member_ids) | Q(pk__in=viewer.organisation_ids)
    if viewer.user_id is not None:
        seen |= Q(registered_by=viewer.user_id)
    served = [g.scope_id for g in viewer.grants if (g.role, g.scope) == ("secretariat", "alliance")]
    if served:
        inside = Membership.objects.filter(current_memberships()).filter(
            Q(alliance__in=served) | Q(alliance__parent__in=served) | Q(alliance__parent__parent__in=served)
        )
        seen |= Q(home_member__in=inside.values("member_id"))
    return seen


def get_organisation(viewer: Viewer, uid: str) -> Organisation:
    """Raises NotFound, alike for what is not there and what is not the viewer's to see."""
    found = organisations(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def own_organisations(viewer: Viewer) -> QuerySet[Organisation]:
    """The organisations that the viewer belongs to or registered."""
    own = Q(pk__in=viewer.organisation_ids)
    if viewer.user_id is not None:
        own |= Q(registered_by=viewer.user_id)
    return Organisation.objects.filter(own).select_related("home_member").order_by("name")


def waiting_for_verification(viewer: Viewer) -> QuerySet[Organisation]:
    """The queue of a liaison: organisations of the viewer's members that wait, the oldest first."""
    served = members_served_by(viewer, "organisation.verify")
    found = Organisation.objects.filter(home_member__in=served, verified_at__isnull=True)
    return found.select_related("home_member").order_by("created_at", "pk")


def rights_on(viewer: Viewer, organisation: Organisation) -> dict[str, bool]:
    """What the viewer may do with it: change, verify, see its people, give roles in it."""
    if not viewer.grants and not viewer.is_system:
        return {"change": False, "verify": False, "people": False, "roles": False}
    where = place_of_organisation(organisation)
    return {
        "change": may(viewer, "organisation.change", where),
        "verify": may(viewer, "organisation.verify", where),
        "people": may(viewer, "people.see", where),
        "roles": bool(grantable_roles(viewer, "organisation", where)),
    }

"""Alliances and members: public data, open to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.core.language import ENGLISH, current_language
from duijie.core.text import match_key
from duijie.members.models import Alliance, Member, Membership, Organisation
from duijie.members.places import current_memberships, place_of_member, places_of_members, places_of_scopes
from duijie.members.queries.agreements import Edge, partners_of
from duijie.members.rules import may


def alliances(viewer: Viewer) -> QuerySet[Any]:
    """Every alliance with the number of its members today, parents first."""
    today = timezone.localdate()
    holds = (Q(memberships__since__isnull=True) | Q(memberships__since__lte=today)) & (
        Q(memberships__until__isnull=True) | Q(memberships__until__gte=today)
    )
    counted = Alliance.objects.select_related("parent").annotate(member_count=Count("memberships", filter=holds))
    return counted.order_by("parent_id", "founded_on", "pk")


def get_alliance(viewer: Viewer, reference: str) -> Alliance:
    """By short name or id. Raises NotFound."""
    found = Alliance.objects.filter(Q(slug=reference.lower()) | Q(uid=reference)).select_related("parent").first()
    if found is None:
        raise NotFound
    return found


def memberships(viewer: Viewer, alliance: Alliance, *, on: date | None = None) -> list[Membership]:
    """Who is in an alliance on a day (today), founders first."""
    day = on or timezone.localdate()
    found = Membership.objects.filter(alliance=alliance).select_related("member")
    order = {"founder": 0, "member": 1, "partner": 2}
    return sorted((m for m in found if m.holds_on(day)), key=lambda m: (order[m.standing], m.since or date.min, m.pk))


def members(
    viewer: Viewer,
    *,
    alliance: Alliance | None = None,
    kind: str = "",
    region: str = "",
    text: str = "",
    top_only: bool = False,
) -> QuerySet[Any]:
    """Members with the number of their verified organisations. `region`: a code, with everything inside it."""
    found = Member.objects.annotate(
        organisation_count=Count("organisations", filter=Q(organisations__verified_at__isnull=False))
    )
    if alliance is not None:
        in_it = Membership.objects.filter(current_memberships(), alliance=alliance)
        found = found.filter(pk__in=in_it.values("member_id"))
    if kind:
        found = found.filter(kind=kind)
    if region:
        found = found.filter(region__startswith=prefix_of(region))
    if top_only:
        found = found.filter(parent__isnull=True)
    if text.strip():
        key = match_key(text)
        named = Member.objects.values_list("pk", "name", "short_name", "name_en")
        ids = [pk for pk, *names in named if any(key in match_key(name) for name in names if name)]
        found = found.filter(pk__in=ids)
    return found.order_by("name", "pk")


def get_member(viewer: Viewer, reference: str) -> Member:
    """By short name or id. Raises NotFound."""
    found = Member.objects.filter(Q(slug=reference.lower()) | Q(uid=reference)).select_related("parent").first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class MemberPage:
    """What stands on a member's page, apart from its listings, which `web` puts there."""

    member: Member
    memberships: list[Membership]
    parts: list[Member]
    organisation_count: int
    partners: list[Edge]
    may_change: bool
    may_see_people: bool


def member_page(viewer: Viewer, reference: str, *, on: date | None = None) -> MemberPage:
    """Everything for a member's page as it stands on a day (today)."""
    member = get_member(viewer, reference)
    day = on or timezone.localdate()
    own = member.memberships.select_related("alliance").order_by("since", "pk")
    where = place_of_member(member) if viewer.grants else None
    return MemberPage(
        member=member,
        memberships=[m for m in own if m.holds_on(day)],
        parts=list(member.parts.order_by("name")),
        organisation_count=Organisation.objects.filter(home_member=member, verified_at__isnull=False).count(),
        partners=partners_of(viewer, member, on=day),
        may_change=where is not None and may(viewer, "member.change", where),
        may_see_people=where is not None and may(viewer, "people.see", where),
    )


def alliances_served_by(viewer: Viewer) -> list[Alliance]:
    """The alliances whose secretariat (or the platform's administrator) the viewer is, with their sub-alliances."""
    if not viewer.grants and not viewer.is_system:
        return []
    every = list(Alliance.objects.select_related("parent").order_by("pk"))
    places = places_of_scopes(("alliance", a.pk) for a in every)
    return [a for a in every if may(viewer, "member.admit", places["alliance", a.pk])]


def members_served_by(viewer: Viewer, verb: str) -> list[Member]:
    """The members at whose place the viewer may do `verb`, by name."""
    found = Member.objects.order_by("name")
    if not (viewer.is_platform or viewer.has_role({"secretariat", "auditor"})):
        found = found.filter(pk__in=viewer.member_ids)
    every = list(found)
    places = places_of_members(m.pk for m in every)
    return [m for m in every if may(viewer, verb, places[m.pk])]


def name_of(record: Alliance | Member | Organisation) -> str:
    """A record's name in the language in force; the Chinese one where there is no English."""
    return (record.name_en or record.name) if current_language() == ENGLISH else record.name


def prefix_of(region: str) -> str:
    """The leading digits that a division shares with everything inside it: 33 of 330000, 3304 of 330400."""
    for length, rest in ((2, "0000"), (4, "00")):
        if len(region) == 6 and region.endswith(rest):
            return region[:length]
    return region

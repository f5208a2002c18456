"""Which memberships are in force today, and which members are shut out because all of theirs rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.members.models import Alliance, Membership, OrganisationMembership
from duijie.members.places import current_memberships


def resting(day: date | None = None) -> Q:
    """Memberships that are suspended on a day (today)."""
    when = day or timezone.localdate()
    return Q(suspended_from__lte=when) & (Q(suspended_until__isnull=True) | Q(suspended_until__gte=when))


def shut_out(member_ids: Iterable[int]) -> set[int]:
    """Those of these members whose every membership of today is suspended. Members without any are not shut out."""
    held = Membership.objects.filter(current_memberships(), member_id__in=list(member_ids))
    suspended = set(held.filter(resting()).values_list("member_id", flat=True))
    if not suspended:
        return set()
    return suspended - set(held.filter(member_id__in=suspended).exclude(resting()).values_list("member_id", flat=True))


@dataclass(frozen=True)
class Limits:
    """What is out of force today. shut_out: members whose every membership rests. outside: (member, alliance) pairs of
    memberships that rest, are over or have not begun; who never was in an alliance is in no pair."""

    shut_out: frozenset[int] = frozenset()
    outside: frozenset[tuple[int, int]] = frozenset()


def limits_of_standing() -> Limits:
    """All limits in one query (two where something rests), for work over many listings."""
    today = timezone.localdate()
    idle = Membership.objects.filter(resting() | Q(until__lt=today) | Q(since__gt=today))
    rows = list(idle.values_list("member_id", "alliance_id", "suspended_from"))
    suspended = {member for member, _, since in rows if since is not None}
    return Limits(frozenset(shut_out(suspended) if suspended else ()), frozenset((m, a) for m, a, _ in rows))


def organisation_memberships(
    viewer: Viewer, alliance: Alliance, *, on: date | None = None
) -> list[OrganisationMembership]:
    """The organisations in an industry alliance on a day (today), founders first. Public, as memberships are."""
    day = on or timezone.localdate()
    found = OrganisationMembership.objects.filter(alliance=alliance).select_related("organisation__home_member")
    order = {"founder": 0, "member": 1, "observer": 2}
    return sorted((m for m in found if m.holds_on(day)), key=lambda m: (order[m.standing], m.since, m.pk))

"""Who is away and who stands in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.members.models import Absence, RoleGrant


def on_day(day: date | None = None) -> Q:
    """Absences that hold on a day (today)."""
    when = day or timezone.localdate()
    return Q(first_day__lte=when, last_day__gte=when)


def substitutes_of(user_ids: Iterable[int], day: date | None = None) -> set[int]:
    """Ids of the active people who stand in for these on a day (today)."""
    found = Absence.objects.filter(on_day(day), person_id__in=list(user_ids), substitute__is_active=True)
    return set(found.values_list("substitute_id", flat=True))


def absences(viewer: Viewer, *, over: bool = False) -> QuerySet[Absence]:
    """Absences of the officers of every member whose people the viewer works with, and own ones; soonest first."""
    found = Absence.objects.select_related("person", "substitute").order_by("first_day", "pk")
    if not over:
        found = found.filter(last_day__gte=timezone.localdate())
    if viewer.is_platform or viewer.has_role("secretariat"):
        return found
    if viewer.user_id is None:
        return found.none()
    colleagues = RoleGrant.objects.filter(scope="member", scope_id__in=viewer.member_ids).values("user_id")
    return found.filter(
        Q(person__in=colleagues) | Q(substitute_id=viewer.user_id) | Q(person_id=viewer.user_id)
    ).distinct()


def get_absence(viewer: Viewer, uid: str) -> Absence:
    found = absences(viewer, over=True).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def stood_in_for(viewer: Viewer) -> list[Absence]:
    """For whom the viewer stands in today."""
    if viewer.user_id is None:
        return []
    return list(Absence.objects.filter(on_day(), substitute_id=viewer.user_id).select_related("person"))

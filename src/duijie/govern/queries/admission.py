"""Applications, for the council of the alliance applied to and for who handed them in."""

from __future__ import annotations

from django.db.models import QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.govern.models import Application
from duijie.members.models import Alliance


def applications(
    viewer: Viewer, *, alliance: Alliance | None = None, status: str = "", text: str = ""
) -> QuerySet[Application]:
    """Newest first."""
    found = Application.objects.visible_to(viewer).select_related("alliance", "motion")
    if alliance is not None:
        found = found.filter(alliance=alliance)
    if status:
        found = found.filter(status=status)
    if text.strip():
        found = found.filter(name__icontains=text.strip())
    return found.order_by("-submitted_at", "-pk")


def get_application(viewer: Viewer, uid: str) -> Application:
    found: Application | None = applications(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def waiting_applications(viewer: Viewer) -> QuerySet[Application]:
    """Those that the secretariat or an officer has to deal with."""
    return applications(viewer).filter(status__in=["received", "incomplete", "examined"])

"""Sources, runs and items as those see them who run them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.federate.models import Item, Run, Source
from duijie.members.models import Member


def sources(viewer: Viewer, member: Member | None = None) -> QuerySet[Any]:
    """Sources with their last run's state and the number of listings they keep, by name."""
    last = Run.objects.unscoped("narrowed by the sources").filter(source=OuterRef("pk")).order_by("-id")
    rows = Source.objects.visible_to(viewer).select_related("member")
    if member is not None:
        rows = rows.filter(member=member)
    live = Item.objects.unscoped("narrowed by the sources").filter(source=OuterRef("pk")).exclude(status="archived")
    counted = live.order_by().values("source").annotate(n=Count("pk")).values("n")
    return rows.annotate(  # type: ignore[no-any-return]
        last_status=Subquery(last.values("status")[:1]),
        last_at=Subquery(last.values("created_at")[:1]),
        last_uid=Subquery(last.values("uid")[:1]),
        last_failed=Subquery(last.values("failed")[:1]),
        live=Subquery(counted),
    ).order_by("member__name", "name", "pk")


def get_source(uid: str, viewer: Viewer) -> Source:
    """Raises NotFound."""
    found = Source.objects.visible_to(viewer).select_related("member").filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found  # type: ignore[no-any-return]


def runs(source: Source, viewer: Viewer) -> QuerySet[Any]:
    """Newest first."""
    rows = Run.objects.visible_to(viewer).filter(source=source).select_related("job", "source")
    return rows.order_by("-id")  # type: ignore[no-any-return]


def get_run(uid: str, viewer: Viewer) -> Run:
    """Raises NotFound."""
    found = Run.objects.visible_to(viewer).select_related("source__member", "job").filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found  # type: ignore[no-any-return]


def items(viewer: Viewer, *, source: Source, run: Run | None = None, status: str = "", text: str = "") -> QuerySet[Any]:
    """Items of a source, those at fault first."""
    rows = Item.objects.visible_to(viewer).filter(source=source).select_related("listing")
    if run is not None:
        rows = rows.filter(run=run)
    if status:
        rows = rows.filter(status=status)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(remote_id__icontains=text))
    return rows.order_by("status", "-changed_at", "pk")  # type: ignore[no-any-return]


def counts(viewer: Viewer, source: Source) -> dict[str, int]:
    """How many items are in each state."""
    rows = Item.objects.visible_to(viewer).filter(source=source).order_by().values("status").annotate(n=Count("pk"))
    return {row["status"]: row["n"] for row in rows}


def get_item(uid: str, viewer: Viewer) -> Item:
    """Raises NotFound."""
    rows = Item.objects.visible_to(viewer).select_related("source__member", "listing", "run")
    found = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found  # type: ignore[no-any-return]

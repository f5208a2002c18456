"""Entries of a call: planners see all with their scores, an organisation its own."""

from __future__ import annotations

from django.db.models import Avg, Count, F, Q, QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.meet.models import Entry, Event
from duijie.meet.rules import may_plan


def entries(viewer: Viewer, event: Event) -> QuerySet[Entry]:
    """Best score first for planners; else those of the viewer's own organisations and of firms in its charge."""
    rows = Entry.objects.filter(call__event=event).select_related("organisation", "call__event")
    if may_plan(viewer, event):
        scored = rows.annotate(score=Avg("reviews__score"), count=Count("reviews"))
        return scored.prefetch_related("reviews__reviewer").order_by(F("score").desc(nulls_last=True), "submitted_at")
    liaison_of = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in ("liaison", "member_admin")]
    mine = Q(organisation_id__in=viewer.organisation_ids) | Q(organisation__home_member_id__in=liaison_of)
    return rows.filter(mine)


def get_entry(viewer: Viewer, event: Event, uid: str) -> Entry:
    found = entries(viewer, event).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found

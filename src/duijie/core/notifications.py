"""Telling people: a line behind the bell, and by mail at the pace that each person chose (`members` sends the mails)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.events import emit
from duijie.core.models import Notification


def tell(user_ids: Iterable[int], *, kind: str, zh: str, en: str, address: str = "", key: str = "") -> int:
    """Tell these people one thing; returns how many had not heard it yet. `key`: the same key is told once to each person.

    No personal data belongs into the sentence: it is kept and mailed. `address` is a path of this installation.
    """
    wanted = sorted(set(user_ids))
    with transaction.atomic():
        if key:
            heard = Notification.objects.filter(user_id__in=wanted, key=key).values_list("user_id", flat=True)
            wanted = [i for i in wanted if i not in set(heard)]
        if not wanted:
            return 0
        rows = [
            Notification(user_id=i, kind=kind, zh=zh[:300], en=en[:300], address=address[:300], key=key[:120])
            for i in wanted
        ]
        # Two handlers may tell the same key at once; the second is dropped by the constraint.
        Notification.objects.bulk_create(rows, ignore_conflicts=bool(key))
        emit("notice.told", ids=wanted, kind=kind)
    return len(wanted)


def notifications_of(viewer: Viewer) -> QuerySet[Notification]:
    """The viewer's own lines, newest first."""
    rows = Notification.objects.order_by("-id")
    return rows.filter(user_id=viewer.user_id) if viewer.user_id is not None else rows.none()


def mark_read(viewer: Viewer, ids: Iterable[int] | None = None) -> int:
    """Mark own lines (all of them where no ids are given) as read."""
    rows = notifications_of(viewer).filter(read_at__isnull=True).order_by()
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return rows.update(read_at=timezone.now())

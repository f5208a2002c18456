"""Other nodes and the letters exchanged with them, for the platform's administrators."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.federate.models import Letter, Peer
from duijie.federate.rules import demand


def peers(viewer: Viewer) -> QuerySet[Any]:
    """Every node with the number of its letters that wait or failed."""
    demand(viewer, "peer.write")
    waiting = Count("letters", filter=Q(letters__direction="out", letters__status__in=["waiting", "failed"]))
    return Peer.objects.select_related("member", "source").annotate(waiting=waiting).order_by("name")


def get_peer(reference: str, viewer: Viewer) -> Peer:
    """By short name or id. Raises NotFound."""
    demand(viewer, "peer.write")
    found = Peer.objects.select_related("member", "source").filter(Q(slug=reference) | Q(uid=reference)).first()
    if found is None:
        raise NotFound
    return found


def letters(viewer: Viewer, peer: Peer | None = None, *, status: str = "") -> QuerySet[Letter]:
    """Newest first; without a peer those that came from nobody known."""
    demand(viewer, "peer.write")
    rows = Letter.objects.filter(peer=peer).select_related("peer")
    if status:
        rows = rows.filter(status=status)
    return rows.order_by("-pk")

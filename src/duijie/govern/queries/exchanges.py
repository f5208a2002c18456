"""Exchanges: public; the people in them for the staff of both members."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.govern.models import Exchange, ExchangePerson
from duijie.govern.rules import may
from duijie.members.models import Member
from duijie.members.places import place_of_member
from duijie.members.rules import Place


def exchanges(
    viewer: Viewer,
    *,
    member: Member | None = None,
    kind: str = "",
    status: str = "",
    year: int | None = None,
    text: str = "",
) -> QuerySet[Exchange]:
    """Newest first. `year`: of the first day."""
    found = Exchange.objects.select_related("sender", "host")
    if member is not None:
        found = found.filter(Q(sender=member) | Q(host=member))
    if kind:
        found = found.filter(kind=kind)
    if status:
        found = found.filter(status=status)
    if year is not None:
        found = found.filter(first_day__year=year)
    if text.strip():
        found = found.filter(Q(title__icontains=text.strip()) | Q(topic__icontains=text.strip()))
    return found.order_by("-first_day", "-pk")


def get_exchange(viewer: Viewer, uid: str) -> Exchange:
    found = exchanges(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def people_of_exchange(viewer: Viewer, exchange: Exchange) -> list[ExchangePerson]:
    """Who takes part, for the staff of both members; nobody else learns a name."""
    return list(ExchangePerson.objects.visible_to(viewer).filter(exchange=exchange).order_by("pk"))


def may_write_exchange(viewer: Viewer, exchange: Exchange | None = None) -> bool:
    """Whether the viewer may change this exchange, or (None) record one for a member of its own."""
    if exchange is None:
        return any(may(viewer, "exchange.write", Place(frozenset(), frozenset({pk}))) for pk in viewer.member_ids) or (
            viewer.has_role("secretariat")
        )
    if not viewer.grants:
        return False
    one = place_of_member(exchange.sender)
    other = place_of_member(exchange.host) if exchange.host else Place()
    return may(viewer, "exchange.write", Place(one.alliances | other.alliances, one.members | other.members))

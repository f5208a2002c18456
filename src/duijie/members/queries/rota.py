"""The rota of hosts: public, as a list of rounds; who hosts on a day; how often each has hosted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.members.models import Alliance, HandoverItem, Member, Membership, Rota, RotaRound, RotaSwap, RotaWish
from duijie.members.places import place_of_alliance, place_of_member
from duijie.members.rules import may


def rotas(viewer: Viewer, alliance: Alliance) -> QuerySet[Rota]:
    """The rotas of an alliance, the first one first, with their rounds and hosts."""
    rounds = RotaRound.objects.select_related("host").order_by("number")
    found = Rota.objects.filter(alliance=alliance).select_related("alliance")
    return found.prefetch_related(Prefetch("rounds", queryset=rounds)).order_by("pk")


def get_rota(viewer: Viewer, uid: str) -> Rota:
    """A rota by its id. Raises NotFound."""
    found = Rota.objects.select_related("alliance").filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def rounds_of(viewer: Viewer, rota: Rota) -> list[RotaRound]:
    """The rounds of a rota with their hosts and hand-over lists, in order."""
    items = HandoverItem.objects.order_by("pk")
    return list(rota.rounds.select_related("host", "rota").prefetch_related(Prefetch("handover", queryset=items)))


def host_on(alliance: Alliance, day: date, *, title: str = "") -> Member | None:
    """Who hosts on a day by the alliance's first rota (or the one with this title); None where nobody is planned."""
    found = RotaRound.objects.filter(rota__alliance=alliance, first_day__lte=day, last_day__gte=day)
    if title:
        found = found.filter(rota__title=title)
    first = found.select_related("host").order_by("rota_id", "number").first()
    return first.host if first else None


def next_host(alliance: Alliance, day: date | None = None) -> RotaRound | None:
    """The round after the one that holds on `day` (today)."""
    after = day or timezone.localdate()
    return (
        RotaRound.objects.filter(rota__alliance=alliance, first_day__gt=after)
        .select_related("host", "rota")
        .order_by("rota_id", "number")
        .first()
    )


@dataclass(frozen=True)
class Tally:
    """How often a member hosts in the rounds of a rota, of which `out_of_turn` with a stated reason."""

    member: Member
    count: int
    out_of_turn: int


def tallies(viewer: Viewer, rota: Rota) -> list[Tally]:
    """Every member that takes part or has hosted, most often first."""
    rounds = list(rota.rounds.select_related("host"))
    counts = Counter(r.host_id for r in rounds)
    stated = Counter(r.host_id for r in rounds if r.reason)
    inside = Membership.objects.filter(alliance_id=rota.alliance_id, standing__in=rota.standings)
    people = {m.member_id: m.member for m in inside.select_related("member")} | {r.host_id: r.host for r in rounds}
    found = [Tally(member, counts[pk], stated[pk]) for pk, member in people.items()]
    return sorted(found, key=lambda tally: (-tally.count, tally.member.name))


def wishes_of(viewer: Viewer, rota: Rota) -> list[RotaWish]:
    return list(rota.wishes.select_related("member", "rota").order_by("first_round", "pk"))


def swaps_of(viewer: Viewer, rota: Rota) -> list[RotaSwap]:
    """Swaps asked for and answered, newest first."""
    found = RotaSwap.objects.filter(one__rota=rota).select_related("one__host", "other__host", "asked_by")
    return list(found.order_by("-asked_at", "-pk"))


def get_swap(viewer: Viewer, uid: str) -> RotaSwap:
    found = RotaSwap.objects.select_related("one__host", "other__host", "asked_by").filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def may_plan(viewer: Viewer, alliance: Alliance) -> bool:
    return bool(viewer.grants) and may(viewer, "rota.plan", place_of_alliance(alliance))


def members_played(viewer: Viewer, rota: Rota) -> list[Member]:
    """The members of the rota's alliance for which the viewer may act in it."""
    if not viewer.grants and not viewer.is_system:
        return []
    inside = Membership.objects.filter(alliance_id=rota.alliance_id).select_related("member")
    every = sorted((m.member for m in inside), key=lambda m: (m.name, m.pk))
    if may_plan(viewer, rota.alliance) or viewer.is_system:
        return every
    return [m for m in every if m.pk in viewer.member_ids and may(viewer, "rota.take_part", place_of_member(m))]

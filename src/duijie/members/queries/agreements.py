"""Agreements between partners: a list, a graph as it stands on a day, and how far a set of members is covered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.core.language import t
from duijie.members.models import Agreement, AgreementParty, Member
from duijie.members.places import place_of_agreement
from duijie.members.rules import may


def agreements(
    viewer: Viewer,
    *,
    member: Member | None = None,
    kind: str = "",
    on: date | None = None,
    text: str = "",
) -> QuerySet[Agreement]:
    """Agreements, public to everybody; those of a member, of a kind, valid on a day. Newest first."""
    parties = AgreementParty.objects.select_related("member", "organisation").order_by("pk")
    found = Agreement.objects.prefetch_related(Prefetch("parties", queryset=parties), "renewals")
    if member is not None:
        own = AgreementParty.objects.filter(Q(member=member) | Q(organisation__home_member=member))
        found = found.filter(pk__in=own.values("agreement_id"))
    if kind:
        found = found.filter(kind=kind)
    if on is not None:
        found = found.filter(valid_on(on))
    if text.strip():
        found = found.filter(Q(title__icontains=text.strip()) | Q(field__icontains=text.strip()))
    return found.order_by("-valid_from", "-pk")


def valid_on(day: date) -> Q:
    """The agreements that hold on `day`; their first and last day belong to them."""
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gte=day))


def get_agreement(viewer: Viewer, uid: str) -> Agreement:
    found = agreements(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def may_change_agreement(viewer: Viewer, agreement: Agreement) -> bool:
    return bool(viewer.grants) and may(viewer, "agreement.sign", place_of_agreement(agreement))


@dataclass(frozen=True)
class Node:
    """A party: a member, an organisation, or a body outside the platform. key: "member:nanhu", "organisation:UID", "other:NAME"."""

    key: str
    kind: str
    name: str
    colour: str = ""
    longitude: float | None = None
    latitude: float | None = None
    slug: str = ""


@dataclass(frozen=True)
class Edge:
    """Two partners and the agreements that hold between them on the day asked for."""

    one: Node
    other: Node
    agreements: tuple[Agreement, ...]


@dataclass(frozen=True)
class Graph:
    """Who has an agreement with whom on a day."""

    on: date
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def graph(
    viewer: Viewer,
    *,
    on: date | None = None,
    members: Iterable[Member] | None = None,
    kind: str = "",
    inside: bool = False,
) -> Graph:
    """The partner graph as it stands on a day (today); with `members`, only the agreements of at least one of them.

    An agreement of n parties gives each of its n(n-1)/2 pairs an edge. `inside`: only edges between two of `members`.
    """
    day = on or timezone.localdate()
    found = agreements(viewer, kind=kind, on=day)
    wanted = list(members) if members is not None else None
    if wanted is not None:
        own = AgreementParty.objects.filter(member__in=wanted)
        found = found.filter(pk__in=own.values("agreement_id"))
    kept = {f"member:{m.slug}" for m in wanted} if inside and wanted is not None else None
    nodes: dict[str, Node] = {}
    between: dict[tuple[str, str], list[Agreement]] = {}
    for agreement in found:
        parties = {n.key: n for n in map(_node, agreement.parties.all()) if kept is None or n.key in kept}
        nodes |= parties
        for pair in combinations(sorted(parties), 2):
            between.setdefault(pair, []).append(agreement)
    edges = tuple(Edge(nodes[a], nodes[b], tuple(held)) for (a, b), held in sorted(between.items()))
    return Graph(day, tuple(nodes[key] for key in sorted(nodes)), edges)


def partners_of(viewer: Viewer, member: Member, *, on: date | None = None) -> list[Edge]:
    """The edges of one member, itself first on each, those with most agreements first."""
    key = f"member:{member.slug}"
    edges = [
        e if e.one.key == key else Edge(e.other, e.one, e.agreements)
        for e in graph(viewer, on=on, members=[member]).edges
        if key in (e.one.key, e.other.key)
    ]
    return sorted(edges, key=lambda e: (-len(e.agreements), e.other.name))


@dataclass(frozen=True)
class Coverage:
    """Which of a set of members have a valid agreement on a day. `members` = covered + missing, in the order given."""

    on: date
    covered: list[Member] = field(default_factory=list)
    missing: list[Member] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.covered) + len(self.missing)

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None where the set is empty."""
        return len(self.covered) / self.total if self.total else None

    def sentence(self, of: str) -> str:
        """ "8 of 11 parts of 南湖 have a valid agreement on 2020-06-01"; `of` names the set."""
        return t(
            "{day}，{of}的 {total} 个组成部分中有 {covered} 个已有有效协议",
            "{covered} of {total} parts of {of} have a valid agreement on {day}",
            day=self.on.isoformat(),
            of=of,
            total=self.total,
            covered=len(self.covered),
        )


def coverage(
    viewer: Viewer,
    members: Iterable[Member],
    *,
    on: date | None = None,
    kind: str = "",
    partners: Iterable[Member] | None = None,
) -> Coverage:
    """Which of `members` are party to an agreement that holds on a day (today).

    `partners`: only agreements with one of these (other than the member itself) count; without it any other party does.
    """
    day = on or timezone.localdate()
    wanted = list(dict.fromkeys(members))
    own = AgreementParty.objects.filter(member__in=wanted)
    allowed = {p.pk for p in partners} if partners is not None else None
    covered: set[int] = set()
    for agreement in agreements(viewer, kind=kind, on=day).filter(pk__in=own.values("agreement_id")):
        ids = [party.member_id for party in agreement.parties.all()]
        for member_id in ids:
            if member_id is None:
                continue
            if allowed is None or any(i in allowed for i in ids if i is not None and i != member_id):
                covered.add(member_id)
    return Coverage(day, [m for m in wanted if m.pk in covered], [m for m in wanted if m.pk not in covered])


def coverage_of_parts(viewer: Viewer, whole: Member, *, on: date | None = None, kind: str = "") -> Coverage:
    """How many of a member's parts (the towns, streets and parks of a district) have a valid agreement."""
    return coverage(viewer, whole.parts.order_by("name", "pk"), on=on, kind=kind)


def coverages_of_parts(viewer: Viewer, *, on: date | None = None, kind: str = "") -> list[tuple[Member, Coverage]]:
    """The coverage of every member that has parts, by name, in a handful of queries for all."""
    parts = list(Member.objects.filter(parent__isnull=False).select_related("parent").order_by("name", "pk"))
    found = coverage(viewer, parts, on=on, kind=kind)
    covered = {m.pk for m in found.covered}
    wholes = sorted({m.parent for m in parts if m.parent is not None}, key=lambda m: (m.name, m.pk))
    return [
        (
            whole,
            Coverage(
                found.on,
                [m for m in parts if m.parent_id == whole.pk and m.pk in covered],
                [m for m in parts if m.parent_id == whole.pk and m.pk not in covered],
            ),
        )
        for whole in wholes
    ]


def _node(party: AgreementParty) -> Node:
    if party.member is not None:
        m = party.member
        return Node(f"member:{m.slug}", "member", m.short_name or m.name, m.colour, m.longitude, m.latitude, m.slug)
    if party.organisation is not None:
        return Node(f"organisation:{party.organisation.uid}", "organisation", party.organisation.name)
    return Node(f"other:{party.name}", "other", party.name)

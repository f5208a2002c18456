"""The network of agreements as a matrix, coverage of any set, and what an agreement holds: documents, obligations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.members.models import Agreement, AgreementDocument, Alliance, Member, Obligation
from duijie.members.places import place_of_agreement
from duijie.members.queries.agreements import Coverage, Node, coverage, graph
from duijie.members.queries.directory import memberships
from duijie.members.rules import may

MOST = 20  # rows and columns of a matrix that people can read


@dataclass(frozen=True)
class Matrix:
    """How many agreements hold between each two: cells[i][j] for names[i] and names[j]; left_out: partners beyond MOST."""

    on: date
    names: tuple[str, ...]
    keys: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    left_out: int


def matrix(viewer: Viewer, *, on: date | None = None, members: list[Member] | None = None, kind: str = "") -> Matrix:
    """The graph of a day as a symmetric matrix, those with most agreements first."""
    found = graph(viewer, on=on, members=members, kind=kind)
    weight: dict[str, int] = {}
    between: dict[tuple[str, str], int] = {}
    for edge in found.edges:
        for key in (edge.one.key, edge.other.key):
            weight[key] = weight.get(key, 0) + len(edge.agreements)
        between[edge.one.key, edge.other.key] = between[edge.other.key, edge.one.key] = len(edge.agreements)
    named = {n.key: n.name for n in found.nodes}
    order = sorted(weight, key=lambda key: (-weight[key], named[key]))
    shown = order[:MOST]
    cells = tuple(tuple(between.get((a, b), 0) for b in shown) for a in shown)
    return Matrix(found.on, tuple(named[k] for k in shown), tuple(shown), cells, len(order) - len(shown))


@dataclass(frozen=True)
class Network:
    """Who is tied to whom on a day by how many agreements. nodes: neighbours beside each other as far as one circle allows; left_out:
    parties with fewer agreements than those that are shown."""

    on: date
    nodes: tuple[Node, ...]
    links: tuple[tuple[Node, Node, int], ...]
    left_out: int


MOST_NODES = 36


def network(viewer: Viewer, *, on: date | None = None, members: list[Member] | None = None, kind: str = "") -> Network:
    """The graph of a day as nodes and links, those with most agreements first where there are too many for one picture."""
    found = graph(viewer, on=on, members=members, kind=kind)
    weight: dict[str, int] = {}
    for edge in found.edges:
        for key in (edge.one.key, edge.other.key):
            weight[key] = weight.get(key, 0) + len(edge.agreements)
    named = {n.key: n for n in found.nodes if n.key in weight}
    kept = sorted(named, key=lambda key: (-weight[key], named[key].name))[:MOST_NODES]
    ties = [e for e in found.edges if e.one.key in kept and e.other.key in kept]
    order = _around(kept, [(e.one.key, e.other.key) for e in ties])
    links = tuple((e.one, e.other, len(e.agreements)) for e in ties)
    return Network(found.on, tuple(named[key] for key in order), links, len(named) - len(kept))


def _around(keys: list[str], pairs: list[tuple[str, str]]) -> list[str]:
    """An order for a circle: from the best connected on, each followed by its partners that are not placed yet."""
    partners: dict[str, list[str]] = {key: [] for key in keys}
    for one, other in pairs:
        partners[one].append(other)
        partners[other].append(one)
    place = {key: number for number, key in enumerate(keys)}
    order: dict[str, None] = {}
    for start in keys:
        waiting = [start]
        while waiting:
            key = waiting.pop()
            if key not in order:
                order[key] = None
                waiting += sorted((p for p in partners[key] if p not in order), key=lambda p: -place[p])
    return list(order)


@dataclass(frozen=True)
class CoverageOfSet:
    """A named set of members with its coverage on a day, and the target in members (all of them, unless said)."""

    name: str
    found: Coverage
    target: int

    @property
    def reached(self) -> bool:
        return len(self.found.covered) >= self.target


def coverage_of_set(
    viewer: Viewer, *, whole: Member | None = None, alliance: Alliance | None = None, on: date | None = None, kind: str = "",
    target: int | None = None,
) -> CoverageOfSet:  # fmt: skip
    """ "8 of 11 towns, streets and parks; target all": of the parts of a member, or of the members of an alliance."""
    day = on or timezone.localdate()
    if whole is not None:
        every, name = list(whole.parts.order_by("name", "pk")), whole.name
    elif alliance is not None:
        every, name = [m.member for m in memberships(viewer, alliance, on=day)], alliance.name
    else:
        every, name = list(Member.objects.order_by("name", "pk")), ""
    return CoverageOfSet(name, coverage(viewer, every, on=day, kind=kind), len(every) if target is None else target)


def obligations_of(viewer: Viewer, agreement: Agreement) -> list[Obligation]:
    """What was promised, soonest first: public, as the agreement is."""
    return list(agreement.obligations.select_related("member").order_by("due_on", "pk"))


def get_obligation(viewer: Viewer, uid: str) -> Obligation:
    found = Obligation.objects.select_related("agreement", "member").filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def documents_of(viewer: Viewer, agreement: Agreement) -> list[AgreementDocument]:
    """The files that the viewer may open: staff of the parties, people of organisations that are parties, the secretariat."""
    found = list(agreement.documents.select_related("file").order_by("pk"))
    if viewer.is_system or (found and viewer.grants and may(viewer, "agreement.sign", place_of_agreement(agreement))):
        return found
    return [d for d in found if set(d.file.audience) & viewer.tokens]

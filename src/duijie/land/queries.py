"""Every read of this app: each takes the viewer and returns what the viewer may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.core.text import match_key
from duijie.land.actions.periods import closed_periods
from duijie.land.actions.talk import audience_of
from duijie.land.choices import OVER, PATH
from duijie.land.history import Slip, path_of, slips, standing
from duijie.land.models import (
    Blocker,
    Closing,
    Deal,
    DealComment,
    DealMove,
    Figure,
    JointZone,
    Project,
    Rate,
    Relocation,
)
from duijie.land.moves import Move, targets
from duijie.land.rules import READ, demand_key, is_party, may, standing_of
from duijie.land.service import in_stage
from duijie.land.states import ProjectRows, actual_days, planned_days
from duijie.members.models import Member

OPEN_STAGES = PATH[:-1]


def _deals(viewer: Viewer) -> QuerySet[Deal]:
    demand_key(viewer, READ)
    return Deal.objects.visible_to(viewer).select_related("owner_member", "owner_user")  # type: ignore[no-any-return]


def deals(
    viewer: Viewer,
    *,
    member: str = "",
    stage: Iterable[str] = (),
    kind: str = "",
    source: str = "",
    mine: bool = False,
    overdue: bool = False,
    text: str = "",
    sort: str = "-stage_since",
) -> QuerySet[Deal]:
    """Deals in sight, narrowed. overdue: their next step's day has passed."""
    found = _deals(viewer)
    if member:
        found = found.filter(owner_member__slug=member)
    wanted = [s for s in stage if s]
    if wanted:
        found = found.filter(stage__in=wanted)
    if kind:
        found = found.filter(kind=kind)
    if source:
        found = found.filter(source=source)
    if mine:
        found = found.filter(owner_user_id=viewer.user_id or -1)
    if overdue:
        found = found.filter(next_on__lt=timezone.localdate(), stage__in=OPEN_STAGES)
    if text.strip():
        found = found.filter(title__icontains=text.strip())
    return found.order_by(sort, "-pk")


def get_deal(viewer: Viewer, uid: str) -> Deal:
    """One deal, or NotFound where there is none that the viewer may see."""
    found = _deals(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound(
            "没有这个项目，或者它没有向您公开；可以向主办成员的联络员询问。",
            "There is no such deal, or it is not open to you; ask the liaison officer of the member in charge.",
        )
    return found


def deals_of_source(viewer: Viewer, source: str, ref: str) -> QuerySet[Deal]:
    """What the viewer may see of that which came of an introduction or an intent, by its uid."""
    return _deals(viewer).filter(source=source, source_ref=ref).order_by("pk")


@dataclass(frozen=True)
class DealPage:
    """What stands on a deal's page for one viewer."""

    deal: Deal
    parties: list[Any]
    moves: list[DealMove]
    replaced: set[int]
    targets: list[Move]
    comments: list[DealComment]
    blockers: list[Blocker]
    project: Project | None
    is_party: bool
    may_change: bool
    may_correct: bool


def deal_page(viewer: Viewer, uid: str) -> DealPage:
    """Everything for a deal's page; comments and documents for its parties only."""
    deal = get_deal(viewer, uid)
    moves = list(deal.moves.select_related("recorded_by"))
    stand = {m.pk for m in standing(moves)}
    party, held = is_party(viewer, deal), standing_of(viewer, deal)
    return DealPage(
        deal=deal,
        parties=list(deal.parties.select_related("member", "organisation").order_by("pk")),
        moves=moves,
        replaced={m.pk for m in moves if m.pk not in stand},
        targets=[m for m in targets(deal.stage) if held & set(m.who)],
        comments=list(deal.comments.select_related("author", "file")) if party else [],
        blockers=list(deal.blockers.select_related("to_member", "to_alliance", "raised_by")) if party else [],
        project=Project.objects.visible_to(viewer).filter(deal=deal).first(),
        is_party=party,
        may_change=may(viewer, "deal.change", {deal.owner_member_id}),
        may_correct=may(viewer, "deal.correct", {deal.owner_member_id}),
    )


def get_move(deal: Deal, number: int) -> DealMove:
    found = deal.moves.filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def documents(viewer: Viewer, uid: str) -> list[DealComment]:
    """What was said on a deal with a document, the latest first; for its parties."""
    deal = get_deal(viewer, uid)
    if not is_party(viewer, deal):
        raise NotFound
    return list(deal.comments.filter(file__isnull=False).select_related("file").order_by("-at", "-pk"))


def document_of(viewer: Viewer, deal: Deal, file_uid: str) -> Any:
    """A document of a deal, for its parties."""
    row = deal.comments.filter(file__uid=file_uid).select_related("file").first()
    if row is None or not (viewer.is_system or audience_of(deal) & viewer.tokens):
        raise NotFound
    return row.file


def get_blocker(viewer: Viewer, uid: str) -> Blocker:
    """A blocker that the viewer may clear or read: of a party, or of the officers it was raised to."""
    found = Blocker.objects.filter(uid=uid).select_related("deal", "to_member", "to_alliance").first()
    if found is None or not (is_party(viewer, found.deal) or found.to_member_id in viewer.member_ids):
        raise NotFound
    return found


def blockers_for(viewer: Viewer) -> QuerySet[Blocker]:
    """Open blockers raised to the viewer's members or alliances, longest waiting first."""
    alliances = {g.scope_id for g in viewer.grants if g.scope == "alliance"}
    rows = Blocker.objects.filter(cleared_at__isnull=True).select_related("deal", "to_member", "to_alliance")
    return rows.filter(Q(to_member_id__in=viewer.member_ids) | Q(to_alliance_id__in=alliances)).order_by("raised_at")


def board(viewer: Viewer, *, limit: int = 40, **narrowed: Any) -> list[tuple[str, int, list[Deal]]]:
    """(stage, how many, the first of them) for each stage that is on the way: the longest in their stage first."""
    every = deals(viewer, **narrowed)
    counts = dict(every.order_by().values_list("stage").annotate(n=Count("pk")))
    found = []
    for stage in PATH:
        rows = list(every.filter(stage=stage).order_by("stage_since", "pk")[:limit]) if counts.get(stage) else []
        found.append((stage, counts.get(stage, 0), rows))
    return found


def due_deals(viewer: Viewer, *, days: int = 7) -> QuerySet[Deal]:
    """The viewer's own deals whose next step is due within `days`, the nearest first."""
    if viewer.user_id is None:
        return Deal.objects.none().scoped()  # type: ignore[no-any-return]
    until = timezone.localdate() + dt.timedelta(days=days)
    rows = deals(viewer, mine=True, stage=OPEN_STAGES)
    return rows.filter(next_on__lte=until).order_by("next_on", "pk")


def running_deals_of(member: Member) -> int:
    """How many deals of a member run: counted for the record of its departure, whoever looks."""
    rows = Deal.objects.unscoped("only counted").filter(owner_member=member).exclude(stage__in=OVER)
    return int(rows.count())


def overdue_stages(rows: Iterable[Deal], today: dt.date | None = None) -> dict[int, int]:
    """By deal id, by how many working days it is over the service level of its stage."""
    day = today or timezone.localdate()
    return {deal.pk: in_stage(deal, day).over for deal in rows}


# --- projects -----------------------------------------------------------------------------------------------------------


def _projects(viewer: Viewer) -> QuerySet[Project]:
    demand_key(viewer, READ)
    return Project.objects.visible_to(viewer).select_related("owner_member")  # type: ignore[no-any-return]


def projects(
    viewer: Viewer,
    *,
    member: str = "",
    stage: str = "",
    kind: str = "",
    zone: str = "",
    origin: str = "",
    region: str = "",
    foreign: bool | None = None,
    flag: str = "",
    text: str = "",
    sort: str = "-signed_on",
) -> QuerySet[Project]:
    """Projects in sight, narrowed. flag: "risk", "late", "cancelled" or "repeat"."""
    from duijie.land.measuring import region_prefix

    found = _projects(viewer)
    if member:
        found = found.filter(owner_member__slug=member)
    if stage:
        found = found.filter(stage=stage)
    if kind:
        found = found.filter(kind=kind)
    if zone:
        found = found.filter(zone__slug=zone)
    if origin:
        found = found.filter(origin__startswith=region_prefix(origin))
    if region:
        found = found.filter(region__startswith=region_prefix(region))
    if foreign is not None:
        found = found.filter(foreign=foreign)
    if flag == "risk":
        found = found.filter(risk_flag=True)
    elif flag == "late":
        found = found.filter(late_days__gt=0)
    elif flag == "cancelled":
        found = found.filter(cancelled_on__isnull=False)
    elif flag == "repeat":
        found = found.exclude(relation="first")
    if text.strip():
        found = found.filter(Q(name__icontains=text.strip()) | Q(name_key__contains=match_key(text)))
    return found.order_by(sort, "-pk")


def get_project(viewer: Viewer, uid: str) -> Project:
    """One project, or NotFound where there is none that the viewer may see."""
    found = (
        _projects(viewer).select_related("zone", "relates_to", "deal", "investor_organisation").filter(uid=uid).first()
    )
    if found is None:
        raise NotFound(
            "没有这个项目，或者它没有向您公开；可以向落地成员的联络员询问。",
            "There is no such project, or it is not open to you; ask the liaison officer of its member.",
        )
    return found


@dataclass(frozen=True)
class ProjectPage:
    """A project as it stood on a day, as known at an instant."""

    project: Project
    actual: dict[str, dt.date]
    planned: dict[str, dt.date]
    slips: list[Slip]
    sums: dict[tuple[str, str], dict[str, int]]
    figures: list[Figure]
    history: list[Figure]
    monthly: list[tuple[str, dict[str, int]]]
    relocations: list[Relocation]
    may_change: bool
    may_correct: bool
    known_at: dt.datetime | None = None
    on: dt.date | None = None
    replaced: set[int] = field(default_factory=set)


def project_page(
    viewer: Viewer, uid: str, *, on: dt.date | None = None, known_at: dt.datetime | None = None
) -> ProjectPage:
    """Everything for a project's page: facts up to the day `on` (today), as known at `known_at` (now)."""
    project = get_project(viewer, uid)
    rows = ProjectRows.of(project)
    day = on or timezone.localdate()
    actual = {m: d for m, d in actual_days(rows.moves, rows.milestones, known_at).items() if d <= day}
    planned = planned_days(rows.milestones, known_at)
    stand = standing(rows.figures, known_at)
    figures = [f for f in stand if f.effective_on is None or f.effective_on <= day]
    pks = {f.pk for f in stand}
    known = [f for f in rows.figures if known_at is None or f.recorded_at <= known_at]
    owner = {project.owner_member_id}
    return ProjectPage(
        project=project,
        actual=actual,
        planned=planned,
        slips=slips(planned, actual, day),
        sums=sums_of(figures),
        figures=sorted(figures, key=lambda f: (f.effective_on or dt.date.min, f.pk)),
        history=sorted(known, key=lambda f: (f.recorded_at, f.pk), reverse=True),
        monthly=_monthly(figures),
        relocations=[r for r in rows.relocations if r.cancelled_at is None and r.effective_on <= day],
        may_change=may(viewer, "project.change", owner),
        may_correct=may(viewer, "project.correct", owner),
        known_at=known_at,
        on=on,
        replaced={f.pk for f in known if f.pk not in pks},
    )


def sums_of(figures: Iterable[Figure]) -> dict[tuple[str, str], dict[str, int]]:
    """(kind, source) -> {"amount", "cny", "usd"}: total, contracted, agreed and paid-in sums apart from each other."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for f in figures:
        sums = found.setdefault((f.kind, f.source), {"amount": 0, "cny": 0, "usd": 0})
        sums["amount"] += f.amount
        sums["cny"] += f.cny_minor or 0
        sums["usd"] += f.usd_minor or 0
    return found


def _monthly(figures: Iterable[Figure]) -> list[tuple[str, dict[str, int]]]:
    """Paid-in, output and tax by month, in fen."""
    found: dict[str, dict[str, int]] = {}
    for f in figures:
        if f.kind in ("paid_in", "output", "tax") and f.effective_on is not None:
            sums = found.setdefault(f"{f.effective_on:%Y-%m}", {"paid_in": 0, "output": 0, "tax": 0})
            sums[f.kind] += f.cny_minor or 0
    return sorted(found.items())


def get_figure(project: Project, uid: str) -> Figure:
    found = project.figures.filter(uid=uid).select_related("project").first()
    if found is None:
        raise NotFound
    return found


def dots(viewer: Viewer, rows: QuerySet[Project], *, limit: int = 1000) -> list[Project]:
    """Projects for the map, the largest first."""
    return list(rows.order_by("-total_cny_minor", "-pk")[:limit])


# --- zones, periods, rates ------------------------------------------------------------------------------------------------


def zones(viewer: Viewer) -> QuerySet[JointZone]:
    """Joint zones, which are public, the largest first."""
    return JointZone.objects.prefetch_related("partners__member").order_by("-area_square_metres", "name")


def get_zone(viewer: Viewer, reference: str) -> JointZone:
    found = JointZone.objects.filter(Q(slug=reference) | Q(uid=reference)).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class ZoneFigures:
    """Projects of a zone that are in sight, and what all of them come to, confidential ones counted."""

    projects: list[Project]
    count: int
    total_cny_minor: int
    paid_cny_minor: int


def zone_figures(viewer: Viewer, zone: JointZone, *, limit: int = 50) -> ZoneFigures:
    rows = Project.objects.unscoped("confidential projects are counted").filter(
        zone=zone, relation="first", cancelled_on__isnull=True
    )
    sums = rows.aggregate(n=Count("pk"), total=Sum("total_cny_minor"), paid=Sum("paid_cny_minor"))
    seen = _projects(viewer).filter(zone=zone).order_by("-total_cny_minor", "-pk")[:limit]
    return ZoneFigures(list(seen), sums["n"], sums["total"] or 0, sums["paid"] or 0)


def closings(viewer: Viewer, member: Member) -> list[Closing]:
    """What was closed and opened again at a member, latest first; for its officers and those of its alliances."""
    if not (viewer.is_system or member.pk in viewer.member_ids or may(viewer, "period.close", {member.pk})):
        raise NotFound
    return list(Closing.objects.filter(member=member).select_related("by").order_by("-at", "-id"))


def rates(viewer: Viewer, *, limit: int = 100) -> list[Rate]:
    """The kept exchange rates, latest first."""
    return list(Rate.objects.order_by("-on", "currency")[:limit])


__all__ = [
    "DealPage", "ProjectPage", "ZoneFigures", "blockers_for", "board", "closed_periods", "closings", "deal_page", "deals",
    "document_of", "documents", "dots", "due_deals", "get_blocker", "get_deal", "get_figure", "get_move", "get_project", "get_zone",
    "overdue_stages", "path_of", "project_page", "projects", "rates", "sums_of", "zone_figures", "zones",
]  # fmt: skip

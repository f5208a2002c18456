"""The council's papers for those who sit in it; charter, offices, resolutions and their duties for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.govern.actions.voting import recount
from duijie.govern.models import Charter, Duty, Meeting, Motion, Office, Proxy, Resolution, Seat
from duijie.govern.models.scopes import councils_of
from duijie.govern.places import place_of_seat
from duijie.govern.rules import may
from duijie.members.models import Alliance
from duijie.members.places import place_of_alliance


def councils(viewer: Viewer) -> list[Alliance]:
    """The alliances whose council papers are open to the viewer."""
    return list(
        Alliance.objects.filter(pk__in=councils_of(viewer)).select_related("parent").order_by("parent_id", "pk")
    )


def sees_council(viewer: Viewer, alliance: Alliance) -> bool:
    return viewer.is_system or (viewer.key_scopes is None and f"council:{alliance.pk}" in viewer.tokens)


def rights_in(viewer: Viewer, alliance: Alliance) -> dict[str, bool]:
    """What the viewer may do in this council as its secretariat; what members may is asked by seat."""
    where = place_of_alliance(alliance)
    verbs = ("charter.change", "council.run", "duty.give")
    return {verb.replace(".", "_"): bool(viewer.grants) and may(viewer, verb, where) for verb in verbs}


def charters(viewer: Viewer, alliance: Alliance) -> list[Charter]:
    """Every version, newest first. Public."""
    return list(Charter.objects.filter(alliance=alliance).order_by("-number"))


def offices(viewer: Viewer, alliance: Alliance, *, on: date | None = None, over: bool = False) -> list[Office]:
    """Who holds which office on a day (today), the chair first; `over`: all who ever did. Public."""
    day = on or timezone.localdate()
    order = {kind: place for place, kind in enumerate(Office.Kind.values)}
    found = Office.objects.filter(alliance=alliance).select_related("member")
    return sorted((o for o in found if over or o.holds_on(day)), key=lambda o: (order[o.kind], o.since, o.pk))


def motions(
    viewer: Viewer, *, alliance: Alliance | None = None, status: str = "", kind: str = "", text: str = ""
) -> QuerySet[Motion]:
    """Motions of the councils that the viewer sees, newest first."""
    found = Motion.objects.visible_to(viewer).select_related("alliance", "proposed_by", "proposed_by_organisation")
    if alliance is not None:
        found = found.filter(alliance=alliance)
    if status:
        found = found.filter(status=status)
    if kind:
        found = found.filter(kind=kind)
    if text.strip():
        found = found.filter(title__icontains=text.strip())
    return found.order_by("-created_at", "-pk")


def get_motion(viewer: Viewer, uid: str) -> Motion:
    """Raises NotFound for who does not sit in its council."""
    rows = Motion.objects.visible_to(viewer).filter(uid=uid)
    found: Motion | None = rows.select_related(
        "alliance", "proposed_by", "proposed_by_organisation", "meeting", "charter"
    ).first()
    if found is None:
        raise NotFound
    return found


def meetings(viewer: Viewer, alliance: Alliance) -> QuerySet[Meeting]:
    return Meeting.objects.visible_to(viewer).filter(alliance=alliance).order_by("-starts_at", "-pk")


def get_meeting(viewer: Viewer, uid: str) -> Meeting:
    found: Meeting | None = Meeting.objects.visible_to(viewer).filter(uid=uid).select_related("alliance").first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class MyVote:
    """A seat that the viewer may vote for: the own one, or one whose proxy an own seat holds (`through`)."""

    seat: Seat
    through: Seat | None
    lent_to: Seat | None
    own: bool

    @property
    def waits(self) -> bool:
        return self.seat.voted_at is None and self.lent_to is None


def my_votes(viewer: Viewer, motion: Motion) -> list[MyVote]:
    """Every seat of a motion that the viewer may vote for, in two queries."""
    seats = list(Seat.objects.visible_to(viewer).filter(motion=motion).order_by("pk"))
    own = {s.pk for s in seats if may(viewer, "vote.cast", place_of_seat(s))}
    rows = Proxy.objects.visible_to(viewer).filter(giver__motion=motion).select_related("giver", "holder")
    by_giver = {p.giver_id: p.holder for p in rows}
    found = []
    for seat in seats:
        holder = by_giver.get(seat.pk)
        if seat.pk in own:
            found.append(MyVote(seat, None, holder if seat.voted_at is None else None, True))
        elif holder is not None and holder.pk in own:
            found.append(MyVote(seat, holder, None, False))
    return found


def waiting_votes(viewer: Viewer) -> list[Motion]:
    """Motions being voted on for which a seat of the viewer's has not voted yet, the soonest deadline first."""
    if not viewer.has_role({"leader", "member_admin", "organisation"}):
        return []
    members = {g.scope_id for g in viewer.grants if g.scope == "member" and g.role in {"leader", "member_admin"}}
    firms = {g.scope_id for g in viewer.grants if g.scope == "organisation" and g.role == "organisation"}
    own = Seat.objects.visible_to(viewer).filter(
        Q(member__in=members) | Q(organisation__in=firms), voted_at__isnull=True
    )
    ids = own.filter(motion__status=Motion.Status.VOTING, proxy__isnull=True).values_list("motion_id", flat=True)
    found = Motion.objects.visible_to(viewer).filter(pk__in=list(ids), deadline__gt=timezone.now())
    return list(found.select_related("alliance").order_by("deadline", "pk"))


def resolutions(
    viewer: Viewer, *, alliance: Alliance | None = None, year: int | None = None, text: str = ""
) -> QuerySet[Resolution]:
    """What councils adopted, newest number first. Public."""
    found = Resolution.objects.select_related("alliance")
    if alliance is not None:
        found = found.filter(alliance=alliance)
    if year is not None:
        found = found.filter(year=year)
    if text.strip():
        found = found.filter(title__icontains=text.strip())
    return found.order_by("-year", "-number", "pk")


def get_resolution(viewer: Viewer, uid: str) -> Resolution:
    found = Resolution.objects.select_related("alliance").filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def duties(
    viewer: Viewer,
    *,
    alliance: Alliance | None = None,
    member_ids: frozenset[int] | None = None,
    status: str = "",
    late: bool = False,
) -> QuerySet[Duty]:
    """Duties of public resolutions with their owners; how they stand is public too. Soonest first."""
    found = Duty.objects.select_related("resolution__alliance", "owner")
    if alliance is not None:
        found = found.filter(resolution__alliance=alliance)
    if member_ids is not None:
        found = found.filter(owner__in=member_ids)
    if status:
        found = found.filter(status=status)
    if late:
        found = found.filter(status=Duty.Status.OPEN, due_on__lt=timezone.localdate())
    return found.order_by("due_on", "pk")


def get_duty(viewer: Viewer, uid: str) -> Duty:
    found = duties(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def recounted(motion: Motion) -> bool:
    """Whether counting a decided motion again gives the result that was sealed."""
    return recount(motion)[1] == motion.digest

"""Liaison officers: directory, trainings, messages, service levels, the yearly sheet of what each brought about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.calendar import midnight_in_china
from duijie.core.errors import NotFound
from duijie.core.measures import Question, measures
from duijie.core.models import AuditLine
from duijie.engines.credit import Case, Share, share_out
from duijie.govern.models import OfficerMessage, Training, TrainingPlace
from duijie.govern.rules import demand, may
from duijie.match.models import Interest, Introduction
from duijie.members.models import Absence, Alliance, Member, Membership, RoleGrant, User
from duijie.members.places import current_memberships, place_of_alliance
from duijie.members.rules import Place
from duijie.publish.models import Listing, Review

DEALS = "land.deals_signed"
ANSWER_DAYS = 3
REVIEW_DAYS = 2


@dataclass(frozen=True)
class Officer:
    """A liaison officer as the directory shows one: no contact data. away: today's absence, with the substitute."""

    person: User
    member: Member
    since: date
    away: Absence | None


def officers(viewer: Viewer, alliance: Alliance | None = None, *, text: str = "") -> list[Officer]:
    """The liaison officers of an alliance's members (or of all), by member, for who has signed in."""
    if viewer.is_guest or viewer.key_scopes is not None:
        return []
    members = Member.objects.all()
    if alliance is not None:
        inside = Membership.objects.filter(current_memberships(), alliance=alliance)
        members = members.filter(pk__in=inside.values("member_id"))
    by_id = {m.pk: m for m in members}
    today = timezone.localdate()
    current = Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    held = RoleGrant.objects.filter(current, role="liaison", scope="member", scope_id__in=by_id, user__is_active=True)
    away = {
        a.person_id: a
        for a in Absence.objects.filter(first_day__lte=today, last_day__gte=today).select_related("substitute")
    }
    found = [
        Officer(g.user, by_id[g.scope_id], timezone.localtime(g.granted_at).date(), away.get(g.user_id))
        for g in held.select_related("user")
    ]
    if text.strip():
        found = [o for o in found if text.strip() in o.person.name or text.strip() in o.member.name]
    return sorted(found, key=lambda o: (o.member.name, o.person.name, o.person.pk))


def trainings(viewer: Viewer, alliance: Alliance | None = None) -> QuerySet[Any]:
    """Trainings with how many came, newest first. Public; who came is not."""
    found = Training.objects.select_related("alliance").annotate(
        attended=Count("places", filter=Q(places__attended=True)), enrolled=Count("places")
    )
    if alliance is not None:
        found = found.filter(alliance=alliance)
    return found.order_by("-held_on", "-pk")


def get_training(viewer: Viewer, uid: str) -> Training:
    found = trainings(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def places_of(viewer: Viewer, training: Training) -> list[TrainingPlace]:
    """Those of a training that the viewer may see by name."""
    rows = TrainingPlace.objects.visible_to(viewer).filter(training=training)
    return list(rows.select_related("member", "training__alliance").order_by("name", "pk"))


def may_hold_training(viewer: Viewer, alliance: Alliance) -> bool:
    return bool(viewer.grants) and may(viewer, "training.hold", place_of_alliance(alliance))


def messages(viewer: Viewer) -> QuerySet[OfficerMessage]:
    """What came and went, newest first."""
    found: QuerySet[OfficerMessage] = OfficerMessage.objects.visible_to(viewer).select_related("sender", "receiver")
    return found.order_by("-at", "-pk")


def unread(viewer: Viewer) -> int:
    rows = OfficerMessage.objects.visible_to(viewer).filter(receiver_id=viewer.user_id or 0, read_at__isnull=True)
    return int(rows.count())


# --- service levels ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Level:
    """How a member kept the service levels in a period. Shares are None where nothing came in."""

    member: Member
    interests: int
    answered_in_time: int
    reviews: int
    reviewed_in_time: int

    @property
    def answer_share(self) -> int | None:
        """Percent of the interests answered within ANSWER_DAYS."""
        return round(100 * self.answered_in_time / self.interests) if self.interests else None

    @property
    def review_share(self) -> int | None:
        return round(100 * self.reviewed_in_time / self.reviews) if self.reviews else None


def service_levels(viewer: Viewer, alliance: Alliance, start: date, end: date) -> list[Level]:
    """Each member's answers to interest (within three days) and reviews of listings (within two), for its council."""
    demand(viewer, "officers.figures", _figures_place(viewer, alliance))
    first, after = _instants(start, end)
    inside = Membership.objects.filter(current_memberships(), alliance=alliance).select_related("member")
    members = {m.member_id: m.member for m in inside}
    asked: dict[int, list[bool]] = {pk: [] for pk in members}
    interests = Interest.objects.filter(
        created_at__gte=first, created_at__lt=after, to_listing__owner_member__in=members
    )
    for member_id, due, answered in interests.values_list("to_listing__owner_member_id", "due_at", "answered_at"):
        if answered is not None or due <= timezone.now():  # what is still within its time is neither kept nor missed
            asked[member_id].append(answered is not None and answered <= due)
    reviewed: dict[int, list[bool]] = {pk: [] for pk in members}
    rows = Review.objects.filter(at__gte=first, at__lt=after, listing__owner_member__in=members)
    for member_id, submitted, at in rows.values_list("listing__owner_member_id", "listing__submitted_at", "at"):
        reviewed[member_id].append(submitted is not None and (at - submitted).days < REVIEW_DAYS)
    levels = [
        Level(m, len(asked[pk]), sum(asked[pk]), len(reviewed[pk]), sum(reviewed[pk])) for pk, m in members.items()
    ]
    return sorted(levels, key=lambda level: level.member.name)


# --- what each brought about ---------------------------------------------------------------------------------------------


@dataclass
class Yearly:
    """One officer's year: shares (in whole cases) of interests, introductions and deals, the sources, and the size of the desk."""

    person: User
    member: Member
    shares: dict[str, Fraction] = field(default_factory=dict)
    sources: list[Share] = field(default_factory=list)
    listings: int = 0

    def share(self, kind: str) -> float:
        return float(round(self.shares.get(kind, Fraction(0)), 2))

    @property
    def per_hundred(self) -> float | None:
        """Introductions for a hundred listings in charge: what compares a large desk with a small one. None without listings."""
        return (
            round(100 * float(self.shares.get("introduction", Fraction(0))) / self.listings, 1)
            if self.listings
            else None
        )


@dataclass(frozen=True)
class YearlySheet:
    year: int
    lines: list[Yearly]
    unassigned: dict[str, Fraction]
    totals: dict[str, int]


KINDS = ("interest", "introduction", "deal")


def may_read_the_year(viewer: Viewer, alliance: Alliance) -> bool:
    """Whether the yearly sheet of an alliance is for the viewer."""
    return may(viewer, "officers.figures", _figures_place(viewer, alliance))


def yearly_sheet(viewer: Viewer, alliance: Alliance, year: int) -> YearlySheet:
    """What the officers of an alliance brought about in a year, each case shared by those who were on duty (docs/govern.md).

    The shares of all officers and of what fell to nobody add up to the cases, of each kind.
    """
    demand(viewer, "officers.figures", _figures_place(viewer, alliance))
    start, end = date(year, 1, 1), date(year, 12, 31)
    inside = Membership.objects.filter(alliance=alliance).select_related("member")
    members = {m.member_id: m.member for m in inside if m.holds_on(min(end, timezone.localdate()))}
    cases = [*_interests(members, start, end), *_introductions(members, start, end), *_deals(members, start, end)]
    duty = _Duty(members, start, end)
    shares = share_out(cases, duty.on)
    lines = {(person.pk, pk): Yearly(person, members[pk]) for pk, person in duty.everybody()}
    unassigned: dict[str, Fraction] = {}
    for share in shares:
        line = lines.get((share.officer or 0, share.member))
        if line is None:
            unassigned[share.case.kind] = unassigned.get(share.case.kind, Fraction(0)) + share.part
            continue
        line.shares[share.case.kind] = line.shares.get(share.case.kind, Fraction(0)) + share.part
        line.sources.append(share)
    _count_listings(lines.values())
    found = sorted(lines.values(), key=lambda line: (line.member.name, line.person.name, line.person.pk))
    totals = {kind: sum(1 for case in cases if case.kind == kind) for kind in KINDS}
    return YearlySheet(year, found, unassigned, totals)


class _Duty:
    """Who worked for which member on which day: officers in office, replaced on their leave by who stood in."""

    def __init__(self, members: dict[int, Member], start: date, end: date) -> None:
        self.terms = _terms(members)
        people = {term.person.pk for terms in self.terms.values() for term in terms}
        rows = Absence.objects.filter(person_id__in=people, first_day__lte=end, last_day__gte=start)
        self.absences = list(rows.select_related("substitute"))
        self.year = (start, end)

    def on(self, member: int, day: date) -> Sequence[int]:
        found: dict[int, None] = {}
        for term in self.terms.get(member, []):
            if term.holds_on(day):
                away = next((a for a in self.absences if a.person_id == term.person.pk and a.holds_on(day)), None)
                found[away.substitute_id if away else term.person.pk] = None
        return list(found)

    def everybody(self) -> Iterable[tuple[int, User]]:
        start, end = self.year
        for member, terms in self.terms.items():
            people = {t.person.pk: t.person for t in terms if t.reaches(start, end)}
            people |= {a.substitute_id: a.substitute for a in self.absences if a.person_id in people}
            for person in people.values():
                yield member, person


@dataclass(frozen=True)
class _Term:
    """An officer in office: first: None where nothing earlier is on record; last: the last day, None where it goes on."""

    person: User
    first: date | None
    last: date | None

    def reaches(self, start: date, end: date) -> bool:
        return (self.first is None or self.first <= end) and (self.last is None or self.last >= start)

    def holds_on(self, day: date) -> bool:
        return self.reaches(day, day)


def _terms(members: dict[int, Member]) -> dict[int, list[_Term]]:
    """Who was a member's liaison officer from when until when, those who are so no more included.

    Roles that were taken away stand in the audit trail only. A day on which one goes and another comes counts for who comes.
    What was before the first day on record is nobody else's: whoever was first on record is counted for it.
    """
    began: dict[tuple[int, str], date] = {}
    over: list[tuple[int, str, date | None, date]] = []
    lines = AuditLine.objects.filter(object_kind="user", member_id__in=members, verb__in=["role.grant", "role.revoke"])
    for verb, uid, at, detail in lines.order_by("pk").values_list("verb", "object_ref", "at", "detail"):
        if (detail.get("role"), detail.get("scope")) != ("liaison", "member") or detail.get("scope_id") not in members:
            continue
        key, day = (detail["scope_id"], uid), timezone.localdate(at)
        if verb == "role.grant":
            began.setdefault(key, day)
        else:
            over.append((*key, began.pop(key, None), day))
    people = {u.uid: u for u in User.objects.filter(uid__in={uid for _, uid, _, _ in over})}
    found: dict[int, list[_Term]] = {}
    for member, uid, first, gone in over:
        if uid in people and (first is None or gone > first):
            found.setdefault(member, []).append(_Term(people[uid], first, gone - timedelta(days=1)))
    held = RoleGrant.objects.filter(role="liaison", scope="member", scope_id__in=members).select_related("user")
    for grant in held.order_by("pk"):
        first = began.get((grant.scope_id, grant.user.uid), timezone.localdate(grant.granted_at))
        found.setdefault(grant.scope_id, []).append(_Term(grant.user, first, grant.ends_on))
    return {member: _from_the_beginning(terms) for member, terms in found.items()}


def _from_the_beginning(terms: list[_Term]) -> list[_Term]:
    if any(t.first is None for t in terms):
        return terms
    earliest = min(t.first for t in terms if t.first is not None)
    return [replace(t, first=None) if t.first == earliest else t for t in terms]


def _figures_place(viewer: Viewer, alliance: Alliance) -> Place:
    """The alliance's office, and its members where the viewer belongs to them."""
    inside = Membership.objects.filter(current_memberships(), alliance=alliance, member__in=viewer.member_ids)
    return Place(place_of_alliance(alliance).alliances, frozenset(inside.values_list("member_id", flat=True)))


def _instants(start: date, end: date) -> tuple[datetime, datetime]:
    return midnight_in_china(start), midnight_in_china(date.fromordinal(end.toordinal() + 1))


def _interests(members: dict[int, Member], start: date, end: date) -> list[Case]:
    first, after = _instants(start, end)
    rows = Interest.objects.filter(created_at__gte=first, created_at__lt=after).filter(
        Q(from_member__in=members) | Q(to_listing__owner_member__in=members)
    )
    return [
        Case("interest", f"/match/interest/{uid}/", timezone.localtime(at).date(), _those((one, other), members))
        for uid, at, one, other in rows.values_list(
            "uid", "created_at", "from_member_id", "to_listing__owner_member_id"
        )
    ]


def _introductions(members: dict[int, Member], start: date, end: date) -> list[Case]:
    first, after = _instants(start, end)
    rows = Introduction.objects.filter(opened_at__gte=first, opened_at__lt=after).filter(
        Q(first_member__in=members) | Q(second_member__in=members)
    )
    return [
        Case("introduction", f"/introductions/{uid}/", timezone.localtime(at).date(), _those((one, other), members))
        for uid, at, one, other in rows.values_list("uid", "opened_at", "first_member_id", "second_member_id")
    ]


def _deals(members: dict[int, Member], start: date, end: date) -> list[Case]:
    """Deals signed, from the measure of that name where it is there: nobody counts the same thing in two places."""
    measure = next((m for m in measures() if m.code == DEALS), None)
    if measure is None:
        return []
    question = Question(start=start, end=end, member_ids=frozenset(members))
    counted = [r for r in measure.records(question, SYSTEM) if r.member_id in members and r.value > 0]
    return [Case("deal", r.url, r.effective_on, (r.member_id,)) for r in counted if r.member_id is not None]


def _those(pair: tuple[int, int], members: dict[int, Member]) -> tuple[int, ...]:
    """The members of a case that are in the alliance: the other side's part is counted in its own alliance."""
    return tuple(pk for pk in dict.fromkeys(pair) if pk in members)


def _count_listings(lines: Iterable[Yearly]) -> None:
    """Published listings of each line's member, shared equally by its officers: the size of the desk."""
    every = list(lines)
    rows = Listing.objects.unscoped("only counted").filter(
        status="published", owner_member__in={y.member.pk for y in every}
    )
    counts = dict(rows.values_list("owner_member_id").annotate(n=Count("pk")).values_list("owner_member_id", "n"))
    for line in every:
        colleagues = sum(1 for other in every if other.member.pk == line.member.pk)
        line.listings = counts.get(line.member.pk, 0) // max(1, colleagues)

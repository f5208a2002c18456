"""Every read of matching: inboxes, interests, introductions, the liaison's worklist, figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import read_personal_data
from duijie.core.errors import NotFound
from duijie.core.language import ENGLISH, current_language
from duijie.engines.matching.diversity import WINDOW, diverse_order
from duijie.match.models import Interest, Introduction, Suggestion, Verdict
from duijie.match.models.suggestions import Side
from duijie.match.rules import is_party, speaks_for_listing
from duijie.members.models import User
from duijie.publish.models import Listing
from duijie.publish.queries import SeenListing, seen
from duijie.publish.rules import REVIEWERS


@dataclass(frozen=True)
class SeenSuggestion:
    """A suggestion as one side sees it: the own listing, the other as far as it is open, the reasons in the viewer's language."""

    record: Suggestion
    side: str
    own: SeenListing
    other: SeenListing
    verdict: Verdict | None

    @property
    def uid(self) -> str:
        return self.record.uid

    @property
    def reasons(self) -> dict[str, Any]:
        return dict(self.record.reasons_for_asking if self.side == Side.ASKING else self.record.reasons_for_giving)

    @property
    def sentences(self) -> list[str]:
        return list(self.reasons.get("en" if current_language() == ENGLISH else "zh", []))

    @property
    def terms(self) -> list[str]:
        return list(self.reasons.get("terms", []))

    @property
    def percent(self) -> int:
        return round(100 * self.record.probability)


def _own_listings(viewer: Viewer) -> QuerySet[Listing]:
    """Published listings for which the viewer answers."""
    reviews_for = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in REVIEWERS]
    writes_for = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role == "editor"]
    mine = (
        Q(owner_organisation_id__in=viewer.organisation_ids)
        | Q(owner_member_id__in=reviews_for)
        | Q(owner_member_id__in=writes_for, owner_organisation__isnull=True)
    )
    rows: QuerySet[Listing] = Listing.objects.visible_to(viewer).filter(mine)
    return rows


def suggestions_for(
    viewer: Viewer, *, listing: Listing | None = None, include_answered: bool = False, grades: Iterable[str] = ()
) -> QuerySet[Suggestion]:
    """Open suggestions for the viewer's own listings (or for one of them), best worth first."""
    own = _own_listings(viewer).filter(pk=listing.pk) if listing is not None else _own_listings(viewer)
    own_ids = own.values("pk")
    rows = Suggestion.objects.filter(Q(asking_id__in=own_ids) | Q(giving_id__in=own_ids), open=True)
    if grades:
        rows = rows.filter(grade__in=list(grades))
    if not include_answered:
        said = Verdict.objects.filter(suggestion=OuterRef("pk"))
        asked = Exists(said.filter(side=Side.ASKING, suggestion__asking_id__in=own_ids))
        given = Exists(said.filter(side=Side.GIVING, suggestion__giving_id__in=own_ids))
        rows = rows.exclude(asked).exclude(given)
    return rows.order_by("-worth", "-score", "pk")


def seen_suggestions(rows: Iterable[Suggestion], viewer: Viewer) -> list[SeenSuggestion]:
    """Suggestions as the viewer's side sees them; those whose other side is out of sight are left out."""
    rows = list(rows)
    ids = {x.asking_id for x in rows} | {x.giving_id for x in rows}
    visible = Listing.objects.visible_to(viewer).filter(pk__in=ids).select_related("owner_member", "owner_organisation")
    listings = {x.record.pk: x for x in seen(visible, viewer)}
    verdicts = {(v.suggestion_id, v.side): v for v in Verdict.objects.filter(suggestion__in=rows)}
    found = []
    for row in rows:
        asking, giving = listings.get(row.asking_id), listings.get(row.giving_id)
        if asking is None or giving is None:
            continue
        side = Side.ASKING if speaks_for_listing(viewer, asking.record) else Side.GIVING
        own, other = (asking, giving) if side == Side.ASKING else (giving, asking)
        if not speaks_for_listing(viewer, own.record):
            continue
        found.append(SeenSuggestion(row, side, own, other, verdicts.get((row.pk, side))))
    return found


def page_of_suggestions(rows: QuerySet[Suggestion], viewer: Viewer, start: int, stop: int) -> list[SeenSuggestion]:
    """One page of suggestions as they should be read: no near-copies and no single owner all over a listing's first ten."""
    if start >= WINDOW:
        return seen_suggestions(rows[start:stop], viewer)
    found = seen_suggestions(rows[: max(WINDOW, stop)], viewer)
    order = diverse_order(
        [one.record.worth for one in found],
        [one.other.title for one in found],
        [one.other.record.owner_organisation_id if one.other.full else None for one in found],
        [one.own.uid for one in found],
    )
    return [found[place] for place in order[start:stop]]


def put_shown_on_record(shown: Sequence[SeenSuggestion]) -> None:
    """Note the first time that each suggestion was put before its side; figures count it."""
    now = timezone.now()
    for side, name in ((Side.ASKING, "shown_to_asking_at"), (Side.GIVING, "shown_to_giving_at")):
        new = [s.record.pk for s in shown if s.side == side and getattr(s.record, name) is None]
        if new:
            Suggestion.objects.filter(pk__in=new, **{f"{name}__isnull": True}).update(**{name: now})


def get_suggestion(uid: str, viewer: Viewer) -> SeenSuggestion:
    """One suggestion of the viewer's own, or NotFound."""
    row = Suggestion.objects.filter(uid=uid).first()
    found = seen_suggestions([row], viewer) if row is not None else []
    if not found:
        raise NotFound
    return found[0]


def get_interest(uid: str, viewer: Viewer) -> Interest:
    """An interest of either side."""
    row = (
        Interest.objects.select_related(
            "to_listing__owner_member",
            "to_listing__owner_organisation",
            "from_listing",
            "from_member",
            "from_organisation",
        )
        .filter(uid=uid)
        .first()
    )
    if row is None or not (_showed(viewer, row) or speaks_for_listing(viewer, row.to_listing)):
        raise NotFound
    return row


def _showed(viewer: Viewer, interest: Interest) -> bool:
    if interest.from_listing is not None and speaks_for_listing(viewer, interest.from_listing):
        return True
    if interest.from_organisation_id in viewer.organisation_ids:
        return True
    return viewer.user_id is not None and viewer.user_id == interest.from_user_id


def received_interests(viewer: Viewer) -> QuerySet[Interest]:
    """Interests that wait for the viewer's answer, the one that runs out first on top."""
    rows = Interest.objects.filter(status=Interest.Status.WAITING, to_listing_id__in=_own_listings(viewer).values("pk"))
    return rows.select_related("to_listing", "from_listing", "from_member", "from_organisation").order_by("due_at")


def shown_interests(viewer: Viewer) -> QuerySet[Interest]:
    """Interests that the viewer's side has shown, newest first."""
    own = _own_listings(viewer).values("pk")
    mine = Q(from_listing_id__in=own) | Q(from_organisation_id__in=viewer.organisation_ids)
    if viewer.user_id is not None:
        mine |= Q(from_user_id=viewer.user_id)
    rows = Interest.objects.filter(mine).select_related(
        "to_listing", "from_listing", "from_member", "from_organisation"
    )
    return rows.order_by("-created_at")


def introductions_of(viewer: Viewer) -> QuerySet[Introduction]:
    """Introductions of the viewer's organisation or member, the next step first."""
    liaison_of = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in REVIEWERS]
    staff_of = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role == "editor"]
    mine = (
        Q(first_organisation_id__in=viewer.organisation_ids)
        | Q(second_organisation_id__in=viewer.organisation_ids)
        | Q(first_member_id__in=liaison_of)
        | Q(second_member_id__in=liaison_of)
        | Q(first_member_id__in=staff_of, first_organisation__isnull=True)
        | Q(second_member_id__in=staff_of, second_organisation__isnull=True)
    )
    if viewer.user_id is not None:
        mine |= Q(first_user_id=viewer.user_id) | Q(second_user_id=viewer.user_id)
    rows = Introduction.objects.filter(mine).select_related(
        "first_listing", "second_listing", "first_member", "second_member", "first_organisation", "second_organisation"
    )
    return rows.order_by("next_on", "-opened_at")


def get_introduction(uid: str, viewer: Viewer) -> Introduction:
    """An introduction of the viewer's, or NotFound."""
    row = (
        Introduction.objects.select_related(
            "first_listing",
            "second_listing",
            "first_member",
            "second_member",
            "first_organisation",
            "second_organisation",
            "first_user",
            "second_user",
        )
        .filter(uid=uid)
        .first()
    )
    if row is None or not is_party(viewer, row):
        raise NotFound
    return row


@dataclass(frozen=True)
class Contact:
    """How to reach a person."""

    name: str
    title: str
    organisation: str
    phone: str
    email: str


def contacts_of(introduction: Introduction, viewer: Viewer) -> list[Contact]:
    """Contact data of both sides, for the parties only; the reading goes on record."""
    if not is_party(viewer, introduction):
        raise NotFound
    read_personal_data(viewer, "introduction", "introduction", introduction.uid, introduction.first_member_id)
    pairs: list[tuple[User | None, Any]] = [
        (introduction.first_user, introduction.first_organisation or introduction.first_member),
        (introduction.second_user, introduction.second_organisation or introduction.second_member),
    ]
    return [
        Contact(user.name or user.username, user.title, str(side), user.phone, user.email)
        for user, side in pairs
        if user
    ]

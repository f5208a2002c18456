"""Every read of listings. Each takes the viewer and returns what the viewer may see, teaser or full."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.errors import NotFound
from duijie.members.models import Member, Organisation
from duijie.publish.audience import revealed_ids
from duijie.publish.fingerprints import LIKE, fingerprint, likeness
from duijie.publish.kinds import KINDS
from duijie.publish.models import Listing, ListingVersion, Review, SavedSearch
from duijie.publish.models.listings import Status, Visibility
from duijie.publish.rules import REVIEWERS, WRITERS, may_change, may_review
from duijie.publish.schemas import as_data
from duijie.publish.search import SearchRequest, search


@dataclass(frozen=True)
class SeenListing:
    """A listing as one viewer sees it. Where `full` is false only the teaser's fields may be shown; `record` is not to be used."""

    record: Listing
    full: bool
    may_change: bool
    may_review: bool

    @property
    def uid(self) -> str:
        return self.record.uid

    @property
    def kind(self) -> str:
        return self.record.kind

    @property
    def title(self) -> str:
        return self.record.title if self.full else (self.record.teaser or str(KINDS[self.record.kind].label))

    @property
    def summary(self) -> str:
        return self.record.summary if self.full else ""

    @property
    def owner(self) -> str:
        """Who publishes it; for a teaser only the member, through whose liaison one asks."""
        if self.full and self.record.owner_organisation is not None:
            return self.record.owner_organisation.name
        return self.record.owner_member.name


def _with_owner(rows: QuerySet[Listing]) -> QuerySet[Listing]:
    return rows.select_related("owner_member", "owner_organisation", "visible_alliance")


def seen(rows: Iterable[Listing], viewer: Viewer) -> list[SeenListing]:
    """Rows that are visible to the viewer, each as the viewer sees it."""
    rows = list(rows)
    open_ids = revealed_ids(rows, viewer)
    return [SeenListing(x, x.pk in open_ids, may_change(viewer, x), may_review(viewer, x)) for x in rows]


def get_listing(uid: str, viewer: Viewer) -> SeenListing:
    """One listing, or NotFound where there is none that the viewer may see."""
    row = _with_owner(Listing.objects.visible_to(viewer)).filter(uid=uid).first()
    if row is None:
        raise NotFound(
            "没有这条信息，或者它没有向您公开；可以向发布成员的联络员询问。",
            "There is no such listing, or it is not open to you; ask the liaison officer of the member that published it.",
        )
    return seen([row], viewer)[0]


def get_by_external_id(member: Member, external_id: str, viewer: Viewer) -> SeenListing:
    """A member's listing by the member's own id."""
    rows = _with_owner(Listing.objects.visible_to(viewer)).filter(owner_member=member, external_id=external_id)
    row = rows.first()
    if row is None:
        raise NotFound
    return seen([row], viewer)[0]


def listings_by_uid(uids: Sequence[str], viewer: Viewer) -> list[SeenListing]:
    """Listings in the order of `uids`; those that the viewer may not see are left out."""
    found = {x.uid: x for x in seen(_with_owner(Listing.objects.visible_to(viewer)).filter(uid__in=list(uids)), viewer)}
    return [found[uid] for uid in uids if uid in found]


def own_listings(
    viewer: Viewer, *, status: str | None = None, kind: str | None = None, member_id: int | None = None
) -> QuerySet[Listing]:
    """What the viewer's member or organisation publishes, in every state, newest change first."""
    rows = _with_owner(Listing.objects.visible_to(viewer))
    writes_for = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in WRITERS]
    mine = rows.filter(owner_organisation_id__in=viewer.organisation_ids) | rows.filter(owner_member_id__in=writes_for)
    mine = mine.scoped()  # type: ignore[attr-defined]
    if member_id is not None:
        mine = mine.filter(owner_member_id=member_id)
    if status:
        mine = mine.filter(status=status)
    if kind:
        mine = mine.filter(kind=kind)
    return mine.order_by("-changed_at")


def review_queue(viewer: Viewer) -> QuerySet[Listing]:
    """Submitted listings that the viewer may review, longest waiting first."""
    reviews_for = [g.scope_id for g in viewer.grants if g.scope == "member" and g.role in REVIEWERS]
    rows = _with_owner(Listing.objects.visible_to(viewer))
    return rows.filter(status=Status.SUBMITTED, owner_member_id__in=reviews_for).order_by("submitted_at")


def reviews_of(listing: Listing, viewer: Viewer) -> QuerySet[Review]:
    """The decisions on a listing, for those who may change it."""
    rows = Review.objects.filter(listing=listing).select_related("reviewer").order_by("-at")
    return rows if may_change(viewer, listing) else rows.none()


def history_of(listing: Listing, viewer: Viewer) -> QuerySet[ListingVersion]:
    """The versions of a listing, for those who may change it."""
    rows = ListingVersion.objects.filter(listing=listing).order_by("-number")
    return rows if may_change(viewer, listing) else rows.none()


def published_by(
    viewer: Viewer, *, member: Member | None = None, organisation: Organisation | None = None, kind: str | None = None
) -> QuerySet[Listing]:
    """Published listings in the open to this viewer, newest first: pages, feeds, exports."""
    rows = _with_owner(Listing.objects.visible_to(viewer).published())
    if member is not None:
        rows = rows.filter(owner_member=member)
    if organisation is not None:
        rows = rows.filter(owner_organisation=organisation)
        if not viewer.is_system and organisation.pk not in viewer.organisation_ids:
            rows = rows.filter(confidential=False)  # a teaser must not be traced to its owner by its owner's page
    if kind:
        rows = rows.filter(kind=kind)
    return rows.order_by("-published_at", "-id")


def stream(rows: QuerySet[Listing], viewer: Viewer, *, chunk: int = 500) -> Iterator[SeenListing]:
    """Go through many rows in bounded memory, each as the viewer sees it."""
    batch: list[Listing] = []
    for row in rows.iterator(chunk_size=chunk):
        batch.append(row)
        if len(batch) == chunk:
            yield from seen(batch, viewer)
            batch = []
    yield from seen(batch, viewer)


def counts_by_kind(viewer: Viewer) -> dict[str, int]:
    """How many published listings of each kind the viewer may see."""
    rows = Listing.objects.visible_to(viewer).published().order_by().values("kind").annotate(n=Count("id"))
    return {row["kind"]: row["n"] for row in rows}


def expiring_soon(viewer: Viewer, *, days: int = 14) -> QuerySet[Listing]:
    """Own published listings that end within `days`."""
    until = timezone.localdate() + dt.timedelta(days=days)
    return own_listings(viewer, status=Status.PUBLISHED).filter(expires_on__lte=until).order_by("expires_on")


def news(viewer: Viewer, *, limit: int = 10) -> list[SeenListing]:
    """Notices and policies, newest first."""
    rows = _with_owner(Listing.objects.visible_to(viewer).published()).filter(kind__in=["notice", "policy"])
    return seen(rows.order_by(F("published_at").desc(nulls_last=True))[:limit], viewer)


@dataclass(frozen=True)
class Lookalike:
    """A listing that says nearly the same. likeness: 0 to 1; exact: word for word."""

    listing: SeenListing
    likeness: float
    exact: bool


def lookalikes(viewer: Viewer, *, kind: str, title: str, text: str, exclude_uid: str = "") -> list[Lookalike]:
    """Published listings of the same kind, visible to the viewer in full, that say nearly the same; most alike first."""
    probe = Listing(kind=kind, title=title, summary="", body=text)
    mark = fingerprint(probe)
    request = SearchRequest(text=f"{title} {text[:60]}", filters={"kind": (kind,)}, page_size=10)
    uids = [hit.uid for hit in search(request, viewer, with_facets=False).hits if hit.uid != exclude_uid]
    found = []
    for other in listings_by_uid(uids, viewer):
        if not other.full:
            continue
        said = f"{other.record.title}{other.record.summary}{other.record.body}"
        like = likeness(f"{title}{text}", said)
        exact = other.record.fingerprint == mark
        if exact or like >= LIKE:
            found.append(Lookalike(other, 1.0 if exact else like, exact))
    return sorted(found, key=lambda x: -x.likeness)


def saved_searches(viewer: Viewer) -> QuerySet[SavedSearch]:
    """The viewer's own saved searches."""
    if viewer.user_id is None:
        return SavedSearch.objects.none()
    return SavedSearch.objects.filter(user_id=viewer.user_id).order_by("-created_at")


def as_public_data(listing: SeenListing) -> dict[str, Any]:
    """A listing as feeds, exports and the API show it to this viewer: nothing behind the teaser where it is not open."""
    row = listing.record
    base: dict[str, Any] = {
        "id": row.uid,
        "kind": row.kind,
        "status": row.status,
        "title": listing.title,
        "member": row.owner_member.slug,
        "confidential": row.confidential,
        "regions": row.regions,
        "industries": row.industries,
        "published_at": row.published_at.isoformat() if row.published_at else None,
        "expires_on": row.expires_on.isoformat() if row.expires_on else None,
        "version": row.version,
    }
    if not listing.full:
        return base
    amount = None
    if row.amount_low_minor is not None or row.amount_high_minor is not None:
        amount = {"low_minor": row.amount_low_minor, "high_minor": row.amount_high_minor, "currency": row.currency}
    return base | {
        "summary": row.summary,
        "body": row.body,
        "keywords": row.keywords,
        "amount": amount,
        "stage": row.stage,
        "starts_on": row.starts_on.isoformat() if row.starts_on else None,
        "organisation": row.owner_organisation.uid if row.owner_organisation else None,
        "organisation_name": row.owner_organisation.name if row.owner_organisation else None,
        "external_id": row.external_id,
        "visibility": row.visibility,
        "completeness": row.completeness,
        "facets": row.facets,
    }


_OF_THE_INSTALLATION = frozenset({"visibility", "visible_alliance", "confidential", "teaser"})


def as_record(listing: SeenListing) -> dict[str, Any] | None:
    """A listing that is open to everybody, whole, as another installation would write it; None where it is not for everybody."""
    if not listing.full or listing.record.confidential or listing.record.visibility != Visibility.PUBLIC:
        return None
    data = as_data(listing.record)
    return {
        name: value for name, value in data.items() if name not in _OF_THE_INSTALLATION and value not in (None, [], {})
    }

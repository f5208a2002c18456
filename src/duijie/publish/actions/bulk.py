"""Many listings at once: parsed rows in, one transaction for a batch, an audit line and a version for each, one event for all.

The same rules and the same result as `upsert_listing` one by one (a test holds them together); only the number of queries differs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.members.models import Member, Organisation
from duijie.members.queries import limits_of_standing
from duijie.publish.actions.writing import default_expiry, snapshot
from duijie.publish.audience import visible_tokens
from duijie.publish.fingerprints import fingerprint
from duijie.publish.models import Listing, ListingAudience, ListingVersion, NarrowedListing
from duijie.publish.models.listings import Status, Visibility
from duijie.publish.rules import demand_write_for, publishes_directly
from duijie.publish.schemas import Circle, ListingValues, apply_values, as_data


@dataclass
class Row:
    """A parsed row: where it stood, its id, its values, whose it is and who may see it.

    origin: the address it was taken from, where it was harvested. home_node: the installation that it belongs to, where it is
    only shown here.
    """

    number: int
    external_id: str
    values: ListingValues
    organisation: Organisation | None
    circle: Circle
    origin: str = ""
    home_node: str = ""


@dataclass
class Tally:
    """What a batch came to. ids of what was created and changed, for undo."""

    created: list[int] = field(default_factory=list)
    changed: list[tuple[int, int]] = field(default_factory=list)
    unchanged: int = 0


def _existing(member: Member, rows: Sequence[Row]) -> dict[str, Listing]:
    wanted = [row.external_id for row in rows]
    found = Listing.objects.unscoped("a batch looks for its own rows").filter(
        owner_member=member, external_id__in=wanted
    )
    return {x.external_id or "": x for x in found.select_for_update().prefetch_related("visible_members")}


def upsert_many(
    *, actor: Viewer, member: Member, rows: Sequence[Row], put_forward: bool, created_by_id: int | None = None
) -> Tally:
    """Create or change the listings of `rows` in one transaction. All are `member`'s."""
    for organisation in {row.organisation for row in rows}:
        demand_write_for(actor, member, organisation)
    tally = Tally()
    today, now = timezone.localdate(), timezone.now()
    with acting(actor, "listing.import") as act:
        existing = _existing(member, rows)
        fresh: list[tuple[Row, Listing]] = []
        altered: list[tuple[Row, Listing]] = []
        for row in rows:
            listing = existing.get(row.external_id)
            if listing is None:
                listing = Listing(
                    owner_member=member,
                    owner_organisation=row.organisation,
                    external_id=row.external_id,
                    created_by_id=created_by_id,
                    contact_id=created_by_id,
                    origin=row.origin,
                    home_node=row.home_node,
                )
                apply_values(listing, row.values, row.circle)
                fresh.append((row, listing))
            elif _alter(listing, row):
                altered.append((row, listing))
            else:
                tally.unchanged += 1
                continue
            if put_forward and listing.status == Status.DRAFT:
                _put_forward(actor, listing, now, today)
            listing.fingerprint = fingerprint(listing)
        if not fresh and not altered:
            act.nothing_changed()
            return tally
        _write(actor, act.verb, fresh, altered)
        tally.created = [x.pk for _, x in fresh]
        tally.changed = [(x.pk, x.version - 1) for _, x in altered]
        batch = [x for _, x in fresh + altered]
        published = any(x.status == Status.PUBLISHED for x in batch)
        event = "listing.published" if published else "listing.changed"
        act.done_many(batch, member_id=member.pk, event=event, ids=[x.pk for x in batch], bulk=True)
    return tally


def load_many(*, actor: Viewer, member: Member, rows: Sequence[Row]) -> int:
    """Publish rows that are all new, for load tests only: one audit line for the batch and no event.

    What follows from events (search, matching) is built afterwards for all of them at once; see docs/benchmarks-platform.md.
    """
    demand_write_for(actor, member, None)
    today, now = timezone.localdate(), timezone.now()
    made: list[tuple[Row, Listing]] = []
    for row in rows:
        listing = Listing(owner_member=member, owner_organisation=row.organisation, external_id=row.external_id)
        apply_values(listing, row.values, row.circle)
        _put_forward(actor, listing, now, today)
        listing.fingerprint = fingerprint(listing)
        made.append((row, listing))
    with acting(actor, "listing.load") as act:
        _write(actor, act.verb, made, [])
        act.done(("listing", f"{len(made)} rows"), member_id=member.pk)
    return len(made)


def _alter(listing: Listing, row: Row) -> bool:
    """Put the row's values on an existing listing; False where they change nothing or may not be changed."""
    before = as_data(listing) | {"circle": sorted(m.pk for m in listing.visible_members.all())}
    kept = listing.expires_on
    if listing.kind != row.values.kind or listing.status == Status.ARCHIVED:
        return False
    apply_values(listing, row.values, row.circle)
    if listing.status == Status.PUBLISHED and listing.expires_on is None:
        listing.expires_on = kept
    if as_data(listing) | {"circle": sorted(m.pk for m in row.circle.members)} == before:
        return False
    listing.version += 1
    return True


def _put_forward(actor: Viewer, listing: Listing, now: dt.datetime, today: dt.date) -> None:
    if publishes_directly(actor, listing.owner_member, listing.owner_organisation):
        listing.status, listing.published_at = Status.PUBLISHED, now
        listing.expires_on = listing.expires_on or default_expiry(listing, today)
    else:
        listing.status, listing.submitted_at = Status.SUBMITTED, now


_CHANGING = [
    "status", "title", "summary", "body", "keywords", "regions", "industries", "amount_low_minor", "amount_high_minor",
    "currency", "stage", "starts_on", "expires_on", "visibility", "visible_alliance", "confidential", "teaser", "facets",
    "schema_version", "completeness", "fingerprint", "version", "published_at", "submitted_at", "changed_at",
]  # fmt: skip


def _write(actor: Viewer, verb: str, fresh: list[tuple[Row, Listing]], altered: list[tuple[Row, Listing]]) -> None:
    Listing.objects.bulk_create([x for _, x in fresh], batch_size=200)
    now = timezone.now()
    for _, listing in altered:
        listing.changed_at = now
    if altered:
        changed = [x for _, x in altered]
        # Rows that meet themselves: many times faster than bulk_update, whose CASEs grow with every row and field.
        Listing.objects.bulk_create(
            changed, batch_size=200, update_conflicts=True, unique_fields=["id"], update_fields=_CHANGING
        )
        ListingAudience.objects.filter(listing__in=changed).delete()
        # Whatever lost an eye is left out of searches until the index has caught up; marking all is safe and cheap.
        NarrowedListing.objects.bulk_create(
            [NarrowedListing(listing_uid=x.uid, version=x.version) for x in changed],
            update_conflicts=True,
            update_fields=["version"],
            unique_fields=["listing_uid"],
        )
    both = fresh + altered
    named = [(row, x) for row, x in both if x.visibility == Visibility.MEMBERS]
    through = Listing.visible_members.through
    if named:
        through.objects.filter(listing__in=[x for _, x in named]).delete()
        through.objects.bulk_create(
            [through(listing_id=x.pk, member_id=m.pk) for row, x in named for m in row.circle.members]
        )
    limits = limits_of_standing()
    audience = [
        ListingAudience(listing=x, token=token)
        for row, x in both
        for token in sorted(visible_tokens(x, [m.pk for m in row.circle.members], limits))
    ]
    ListingAudience.objects.bulk_create(audience, batch_size=400)
    ListingVersion.objects.bulk_create([snapshot(x, actor=actor, verb=verb) for _, x in both], batch_size=200)


def archive_many(*, actor: Viewer, member: Member, listings: Sequence[Listing], reason: str) -> int:
    """Close and put away many published, closed or expired listings of `member` at once; who saw them still finds the address."""
    for organisation in {x.owner_organisation for x in listings}:
        demand_write_for(actor, member, organisation)
    now = timezone.now()
    with acting(actor, "listing.archive") as act:
        batch = [x for x in listings if x.status in (Status.PUBLISHED, Status.CLOSED, Status.EXPIRED)]
        if not batch:
            act.nothing_changed()
            return 0
        for listing in batch:
            if listing.status == Status.PUBLISHED:
                listing.closed_reason = reason[:300]
            listing.status, listing.closed_at, listing.changed_at = Status.ARCHIVED, listing.closed_at or now, now
            listing.version += 1
        fields = ["status", "closed_at", "closed_reason", "version", "changed_at"]
        Listing.objects.unscoped("the batch writes its own rows").bulk_update(batch, fields, batch_size=200)
        ListingVersion.objects.bulk_create([snapshot(x, actor=actor, verb=act.verb) for x in batch], batch_size=200)
        act.done_many(batch, member_id=member.pk, event="listing.closed", ids=[x.pk for x in batch], bulk=True)
    return len(batch)

"""Creating and changing listings, one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import Act, acting
from duijie.core.errors import Conflict, Fault, Stale
from duijie.members.models import Member, Organisation, User
from duijie.publish.audience import rewrite_audience
from duijie.publish.fingerprints import fingerprint
from duijie.publish.kinds import KINDS
from duijie.publish.models import Listing, ListingVersion, NarrowedListing
from duijie.publish.models.listings import ONCE_PUBLIC, Status, Visibility
from duijie.publish.rules import demand_change, demand_write_for, publishes_directly
from duijie.publish.schemas import (
    Circle,
    ListingValues,
    apply_values,
    as_data,
    read_listing,
    resolve_circle,
    resolve_organisation,
)

LAST_DAY = dt.date(2100, 1, 1)


@dataclass(frozen=True)
class Outcome:
    """What an upsert came to: "created", "changed" or "unchanged"."""

    listing: Listing
    what: str


def check_dates(values: ListingValues) -> None:
    """A listing cannot end before it begins, nor lie beyond any calendar."""
    start, end = values.draft.starts_on, values.draft.expires_on
    if start and end and end < start:
        raise Fault(
            "dates.order",
            "截止日期早于开始日期。",
            "The end date is before the start date.",
            place="expires_on",
            status=422,
        )
    if end and end > LAST_DAY:
        raise Fault("dates.far", "截止日期太远。", "The end date is too far away.", place="expires_on", status=422)


USUAL_DAYS = 365


def default_expiry(listing: Listing, today: dt.date) -> dt.date:
    """The last day of a listing whose owner names none; kinds with a window of their own fall back on a year."""
    return today + dt.timedelta(days=KINDS[listing.kind].validity_days or USUAL_DAYS)


def snapshot(listing: Listing, *, actor: Viewer, verb: str) -> ListingVersion:
    """The history row of the listing as it stands (unsaved)."""
    content = as_data(listing) | {"status": listing.status}
    if listing.visibility == Visibility.MEMBERS:
        content["visible_members"] = sorted(m.slug for m in listing.visible_members.all())
    return ListingVersion(listing=listing, number=listing.version, actor=actor.reference(), verb=verb, snapshot=content)


def mark_narrowed(listing: Listing) -> None:
    NarrowedListing.objects.update_or_create(listing_uid=listing.uid, defaults={"version": listing.version})


def keep(
    listing: Listing, *, actor: Viewer, verb: str, members: list[Member] | None = None, narrowed: bool = False
) -> None:
    """Save a changed listing with its audience and history. `narrowed`: its text is now shown to fewer than before."""
    listing.save()
    if members is not None:
        listing.visible_members.set(members)
    lost = rewrite_audience(listing, [m.pk for m in members] if members is not None else None)
    if lost or narrowed:
        mark_narrowed(listing)
    snapshot(listing, actor=actor, verb=verb).save(force_insert=True)


def locked(listing: Listing) -> Listing:
    """The row as it stands now, held until the action ends."""
    return Listing.objects.unscoped("an action re-reads the row it was given").select_for_update().get(pk=listing.pk)


def demand_version(listing: Listing, expected: int | None) -> None:
    if expected is not None and listing.version != expected:
        raise Stale


def _put_forward(act: Act, listing: Listing, organisation: Organisation | None) -> None:
    """Publish where the actor may, submit to the liaison otherwise."""
    now = timezone.now()
    if publishes_directly(act.actor, listing.owner_member, organisation):
        listing.status, listing.published_at = Status.PUBLISHED, now
        listing.expires_on = listing.expires_on or default_expiry(listing, timezone.localdate())
    else:
        listing.status, listing.submitted_at = Status.SUBMITTED, now


def create_listing(
    *,
    actor: Viewer,
    member: Member,
    data: Mapping[str, Any],
    organisation: Organisation | None = None,
    put_forward: bool = False,
    dry_run: bool = False,
) -> Listing:
    """A new listing of `member` (or of its `organisation`). With `put_forward` it is published or submitted at once."""
    values = read_listing(data)
    check_dates(values)
    organisation = organisation or resolve_organisation(values.draft.owner_organisation, member)
    demand_write_for(actor, member, organisation)
    circle = resolve_circle(values.draft)
    with acting(actor, "listing.create", dry_run=dry_run) as act:
        listing = Listing(owner_member=member, owner_organisation=organisation, external_id=values.draft.external_id)
        if actor.user_id is not None:
            listing.created_by = User.objects.get(pk=actor.user_id)
            listing.contact = listing.created_by
        _fill_and_keep(act, listing, values, circle, organisation, put_forward)
    return listing


def _fill_and_keep(
    act: Act,
    listing: Listing,
    values: ListingValues,
    circle: Circle,
    organisation: Organisation | None,
    put_forward: bool,
) -> None:
    apply_values(listing, values, circle)
    listing.fingerprint = fingerprint(listing)
    if put_forward:
        _put_forward(act, listing, organisation)
    try:
        with transaction.atomic():
            keep(listing, actor=act.actor, verb=act.verb, members=circle.members)
    except IntegrityError:
        raise Conflict(
            "external_id.taken",
            f"编号“{listing.external_id}”已经存在，请改用更新。",
            f"The id “{listing.external_id}” exists already; update it instead.",
            place="external_id",
        ) from None
    event = "listing.published" if listing.status == Status.PUBLISHED else "listing.created"
    act.done(listing, member_id=listing.owner_member_id, event=event, ids=[listing.pk])


def change_listing(
    *,
    actor: Viewer,
    listing: Listing,
    data: Mapping[str, Any],
    expected_version: int | None = None,
    put_forward: bool = False,
    dry_run: bool = False,
) -> Outcome:
    """Put new content in a listing. What is the same leaves no trace; what is published stays published."""
    demand_change(actor, listing)
    values = read_listing({"kind": listing.kind} | dict(data))
    check_dates(values)
    circle = resolve_circle(values.draft)
    with acting(actor, "listing.change", dry_run=dry_run) as act:
        listing = locked(listing)
        demand_version(listing, expected_version)
        if values.kind != listing.kind:
            raise Conflict(
                "kind.fixed",
                "类别不能更改，请另建一条。",
                "The kind cannot change; make another listing.",
                place="kind",
            )
        if listing.status == Status.ARCHIVED:
            raise Conflict("listing.archived", "已归档的信息不能修改。", "An archived listing cannot be changed.")
        before, was_members = as_data(listing), set(listing.visible_members.values_list("pk", flat=True))
        was_confidential, was_alliance = listing.confidential, listing.visible_alliance_id
        kept_expiry, was_draft = listing.expires_on, listing.status == Status.DRAFT
        apply_values(listing, values, circle)
        if listing.status in ONCE_PUBLIC and listing.expires_on is None:
            listing.expires_on = kept_expiry
        same = as_data(listing) == before and was_members == {m.pk for m in circle.members}
        same = same and was_alliance == listing.visible_alliance_id
        if same and not (put_forward and was_draft):
            act.nothing_changed()
            return Outcome(listing, "unchanged")
        if put_forward and was_draft:
            _put_forward(act, listing, listing.owner_organisation)
        listing.version += 1
        listing.fingerprint = fingerprint(listing)
        narrowed = listing.confidential and not was_confidential
        keep(listing, actor=actor, verb=act.verb, members=circle.members, narrowed=narrowed)
        fresh = listing.status == Status.PUBLISHED and was_draft
        act.done(
            listing,
            member_id=listing.owner_member_id,
            event="listing.published" if fresh else "listing.changed",
            ids=[listing.pk],
        )
    return Outcome(listing, "changed")


def upsert_listing(
    *,
    actor: Viewer,
    member: Member,
    external_id: str,
    data: Mapping[str, Any],
    expected_version: int | None = None,
    must_be_new: bool = False,
    put_forward: bool = True,
    dry_run: bool = False,
) -> Outcome:
    """Create or change the listing that `member` knows as `external_id`: the same content sent twice changes nothing."""
    existing = (
        Listing.objects.unscoped("an upsert looks for its own row; rights are checked next")
        .filter(owner_member=member, external_id=external_id)
        .first()
    )
    if existing is None:
        if expected_version is not None:
            raise Stale
        data = dict(data) | {"external_id": external_id}
        created = create_listing(actor=actor, member=member, data=data, put_forward=put_forward, dry_run=dry_run)
        return Outcome(created, "created")
    if must_be_new:
        demand_change(actor, existing)
        raise Stale
    body = {key: value for key, value in data.items() if key not in {"external_id", "owner_organisation"}}
    return change_listing(
        actor=actor,
        listing=existing,
        data=body,
        expected_version=expected_version,
        put_forward=put_forward,
        dry_run=dry_run,
    )

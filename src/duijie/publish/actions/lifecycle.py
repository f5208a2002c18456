"""A listing's life: submitted, reviewed, published, renewed, closed, expired, archived."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault
from duijie.members.models import User
from duijie.publish.actions.writing import default_expiry, demand_version, keep, locked
from duijie.publish.models import Disclosure, Listing, Review
from duijie.publish.models.listings import Status
from duijie.publish.rules import demand_change, demand_review, demand_standing, publishes_directly

RENEW_WITHIN_DAYS = 30
MAX_RENEWALS = 1
ARCHIVE_AFTER_DAYS = 365

_STATES = {
    Status.DRAFT: ("草稿", "a draft"),
    Status.SUBMITTED: ("待审核", "waiting for review"),
    Status.PUBLISHED: ("已发布", "published"),
    Status.CLOSED: ("已关闭", "closed"),
    Status.EXPIRED: ("已过期", "expired"),
    Status.ARCHIVED: ("已归档", "archived"),
}


def _demand_status(listing: Listing, *allowed: str) -> None:
    if listing.status not in allowed:
        zh, en = _STATES[Status(listing.status)]
        raise Conflict(
            "listing.state",
            f"这条信息现在是“{zh}”，不能这样做。",
            f"This listing is {en}; this cannot be done now.",
            place="status",
        )


def submit_listing(*, actor: Viewer, listing: Listing, expected_version: int | None = None) -> Listing:
    """Hand a draft to the member's liaison; published at once where the actor may."""
    demand_change(actor, listing)
    demand_standing(listing.owner_member)
    with acting(actor, "listing.submit") as act:
        listing = locked(listing)
        demand_version(listing, expected_version)
        _demand_status(listing, Status.DRAFT)
        direct = publishes_directly(actor, listing.owner_member, listing.owner_organisation)
        _set(listing, Status.PUBLISHED if direct else Status.SUBMITTED)
        keep(listing, actor=actor, verb=act.verb)
        event = "listing.published" if direct else "listing.submitted"
        act.done(listing, member_id=listing.owner_member_id, event=event, ids=[listing.pk])
    return listing


def _set(listing: Listing, status: Status) -> None:
    now = timezone.now()
    listing.status = status
    listing.version += 1
    if status == Status.PUBLISHED:
        listing.published_at = listing.published_at or now
        today = timezone.localdate()
        if listing.expires_on is None or listing.expires_on < today:
            listing.expires_on = default_expiry(listing, today)
        listing.closed_at, listing.closed_reason = None, ""
    elif status == Status.SUBMITTED:
        listing.submitted_at = now
    elif status in (Status.CLOSED, Status.EXPIRED, Status.ARCHIVED):
        listing.closed_at = listing.closed_at or now


def publish_listing(*, actor: Viewer, listing: Listing) -> Listing:
    """Publish a draft, or put a closed or expired listing back (by the member's officers)."""
    demand_change(actor, listing)
    demand_standing(listing.owner_member)
    if not publishes_directly(actor, listing.owner_member, listing.owner_organisation):
        return submit_listing(actor=actor, listing=listing)
    with acting(actor, "listing.publish") as act:
        listing = locked(listing)
        _demand_status(listing, Status.DRAFT, Status.SUBMITTED, Status.CLOSED, Status.EXPIRED)
        _set(listing, Status.PUBLISHED)
        keep(listing, actor=actor, verb=act.verb)
        act.done(listing, member_id=listing.owner_member_id, event="listing.published", ids=[listing.pk])
    return listing


def review_listing(
    *, actor: Viewer, listing: Listing, decision: str, reasons: list[str] | None = None, remark: str = ""
) -> Listing:
    """The liaison's decision on a submitted listing. Anything but acceptance needs a reason that the owner will read."""
    demand_review(actor, listing)
    if decision not in Review.Decision.values:
        raise Fault(
            "review.decision", "请选择通过、退回或不予发布。", "Accept, return or reject.", place="decision", status=422
        )
    if decision != Review.Decision.ACCEPTED and not (reasons or remark.strip()):
        raise Fault(
            "review.reason",
            "退回或不予发布时请写明原因，发布单位会看到。",
            "Give a reason when returning or rejecting; the owner will read it.",
            place="reasons",
            status=422,
        )
    with acting(actor, "listing.review") as act:
        listing = locked(listing)
        _demand_status(listing, Status.SUBMITTED)
        if decision == Review.Decision.ACCEPTED:
            demand_standing(listing.owner_member)
        reviewer = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
        Review.objects.create(
            listing=listing, reviewer=reviewer, decision=decision, reasons=reasons or [], remark=remark.strip()
        )
        # What was never public goes back to its owner as a draft, with the reasons; it is not kept among the closed.
        _set(listing, Status.PUBLISHED if decision == Review.Decision.ACCEPTED else Status.DRAFT)
        keep(listing, actor=actor, verb=act.verb)
        event = "listing.published" if listing.status == Status.PUBLISHED else "listing.returned"
        act.done(
            listing,
            member_id=listing.owner_member_id,
            event=event,
            ids=[listing.pk],
            detail={"decision": decision},
        )
    return listing


def close_listing(*, actor: Viewer, listing: Listing, reason: str = "", expected_version: int | None = None) -> Listing:
    """Take a published listing off the exchange; its address stays and says so."""
    demand_change(actor, listing)
    with acting(actor, "listing.close") as act:
        listing = locked(listing)
        demand_version(listing, expected_version)
        _demand_status(listing, Status.PUBLISHED, Status.SUBMITTED)
        if listing.status == Status.SUBMITTED:
            _set(listing, Status.DRAFT)  # withdrawn before anybody else saw it
        else:
            _set(listing, Status.CLOSED)
            listing.closed_reason = reason[:300]
        keep(listing, actor=actor, verb=act.verb)
        act.done(listing, member_id=listing.owner_member_id, event="listing.closed", ids=[listing.pk])
    return listing


def renew_listing(*, actor: Viewer, listing: Listing, today: dt.date | None = None) -> Listing:
    """Prolong by the kind's usual term: once, from 30 days before the end until 30 days after it."""
    demand_change(actor, listing)
    demand_standing(listing.owner_member)
    today = today or timezone.localdate()
    with acting(actor, "listing.renew") as act:
        listing = locked(listing)
        _demand_status(listing, Status.PUBLISHED, Status.EXPIRED)
        end = listing.expires_on or today
        if listing.renewals >= MAX_RENEWALS:
            raise Conflict(
                "renew.once",
                "每条信息只能续期一次；仍需要的话请更新内容后重新发布。",
                "A listing can be renewed once; update it and publish it anew if it still holds.",
            )
        if (end - today).days > RENEW_WITHIN_DAYS:
            raise Conflict(
                "renew.early",
                f"到期前 {RENEW_WITHIN_DAYS} 天起才能续期，这条到 {end} 才到期。",
                f"Renewal opens {RENEW_WITHIN_DAYS} days before the end; this one ends on {end}.",
            )
        listing.expires_on = default_expiry(listing, max(end, today))
        listing.renewals += 1
        was_expired = listing.status == Status.EXPIRED
        listing.status = Status.PUBLISHED
        listing.closed_at = None
        listing.version += 1
        keep(listing, actor=actor, verb=act.verb)
        event = "listing.published" if was_expired else "listing.changed"
        act.done(listing, member_id=listing.owner_member_id, event=event, ids=[listing.pk])
    return listing


def archive_listing(*, actor: Viewer, listing: Listing) -> Listing:
    """Put a closed or expired listing away for good."""
    demand_change(actor, listing)
    with acting(actor, "listing.archive") as act:
        listing = locked(listing)
        _demand_status(listing, Status.CLOSED, Status.EXPIRED)
        _set(listing, Status.ARCHIVED)
        keep(listing, actor=actor, verb=act.verb)
        act.done(listing, member_id=listing.owner_member_id, event="listing.closed", ids=[listing.pk])
    return listing


def discard_draft(*, actor: Viewer, listing: Listing) -> None:
    """Delete a draft that was never public."""
    demand_change(actor, listing)
    with acting(actor, "listing.discard") as act:
        listing = locked(listing)
        _demand_status(listing, Status.DRAFT)
        if listing.published_at is not None:
            raise Conflict(
                "listing.was_public",
                "公开过的信息不能删除，只能关闭。",
                "What was ever public cannot be deleted, only closed.",
            )
        reference, number, member_id = ("listing", listing.uid), listing.pk, listing.owner_member_id
        listing.delete()
        act.done(reference, member_id=member_id, event="listing.discarded", ids=[number])


def disclose(*, actor: Viewer, listing: Listing, token: str, because: str) -> None:
    """Open a confidential listing's full text to the holder of `token`. The caller has established that both sides agree."""
    with acting(actor, "listing.disclose") as act:
        _, made = Disclosure.objects.get_or_create(listing=listing, token=token, defaults={"because": because})
        if not made:
            act.nothing_changed()
            return
        act.done(
            listing,
            member_id=listing.owner_member_id,
            event="listing.disclosed",
            ids=[listing.pk],
            detail={"token": token, "because": because},
        )


def expire_due(*, actor: Viewer, today: dt.date | None = None, limit: int = 500) -> int:
    """Expire what is past its day and archive what has been over for a year. Returns how many rows changed."""
    today = today or timezone.localdate()
    changed = 0
    rows = Listing.objects.unscoped("the sweep looks at every listing")
    due = rows.filter(status=Status.PUBLISHED, expires_on__lt=today)[:limit]
    long_ago = timezone.now() - dt.timedelta(days=ARCHIVE_AFTER_DAYS)
    old = rows.filter(status__in=[Status.CLOSED, Status.EXPIRED], closed_at__lt=long_ago)[:limit]
    for verb, status, chosen in (("listing.expire", Status.EXPIRED, due), ("listing.archive", Status.ARCHIVED, old)):
        batch = list(chosen)
        if not batch:
            continue
        with acting(actor, verb) as act:
            for listing in batch:
                _set(listing, status)
                keep(listing, actor=actor, verb=verb)
            event = "listing.expired" if status == Status.EXPIRED else "listing.closed"
            act.done_many(batch, event=event, ids=[x.pk for x in batch])
        changed += len(batch)
    return changed

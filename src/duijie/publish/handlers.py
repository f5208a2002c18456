"""What publishing does when events arrive: keep the index equal to the records."""

from __future__ import annotations

from duijie.core.access import SYSTEM
from duijie.core.events import handles
from duijie.core.models import Event
from duijie.core.worker import at_start, every
from duijie.publish.actions import expire_due, resettle_audiences, resettle_changed
from duijie.publish.alerts import tell_at_once, tell_due, tell_owner_of_review, tell_reviewers
from duijie.publish.search.index import forget_search_index, is_damage, search_index
from duijie.publish.search.syncing import compare, index_listings, index_members, index_organisations, rebuild, repair

LISTING_EVENTS = (
    "listing.created",
    "listing.submitted",
    "listing.published",
    "listing.changed",
    "listing.closed",
    "listing.expired",
    "listing.returned",
    "listing.disclosed",
)


def _ids(events: list[Event]) -> set[int]:
    return {number for event in events for number in event.payload.get("ids", [])}


@handles(*LISTING_EVENTS, priority=0, outside=True)
def index_changed_listings(events: list[Event]) -> None:
    index_listings(_ids(events))


@handles(
    "organisation.verified", "organisation.changed", "organisation.verification_withdrawn", priority=1, outside=True
)
def index_changed_organisations(events: list[Event]) -> None:
    index_organisations(_ids(events))


@handles("member.admitted", "member.changed", priority=1, outside=True)
def index_changed_members(events: list[Event]) -> None:
    index_members(_ids(events))


@handles("member.suspended", "member.restored", "member.left", "member.admitted", priority=0)
def show_or_hide_the_listings_of_a_member(event: Event) -> None:
    """What a member shares within an alliance is seen there only while its membership is in force."""
    for member_id in event.payload["ids"]:
        resettle_audiences(actor=SYSTEM, member_id=member_id)


@handles("listing.published", priority=6, outside=True)
def tell_saved_searches(events: list[Event]) -> None:
    tell_at_once(_ids(events))


@handles("listing.submitted", "listing.created", priority=4)
def tell_who_reviews(event: Event) -> None:
    tell_reviewers(event.payload.get("ids", []))


@handles("listing.returned", "listing.published", priority=4)
def tell_how_it_was_reviewed(event: Event) -> None:
    if not event.payload.get("bulk"):
        tell_owner_of_review(event.payload.get("ids", []))


@every(600)
def tell_searches_that_are_due() -> None:
    tell_due()


@at_start
def heal_search_index() -> None:
    """An index that is new or was set aside is built from the records; one that is behind catches up."""
    try:
        if search_index().was_empty:
            rebuild()
            return
        difference = compare()
    except BaseException as error:
        if not is_damage(error):
            raise
        forget_search_index()
        rebuild()
        return
    if difference.total:
        repair(difference)


@every(1800)
def show_or_hide_by_the_day() -> None:
    """Suspensions begin and end, and memberships end, on days on which nobody does anything."""
    resettle_changed(actor=SYSTEM)


@every(60)
def expire_what_is_due() -> None:
    while expire_due(actor=SYSTEM, limit=200):
        pass

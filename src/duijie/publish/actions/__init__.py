"""Every write to listings. Page, API, command line, sheet and harvest all come through here."""

from duijie.publish.actions.lifecycle import (
    archive_listing,
    close_listing,
    discard_draft,
    disclose,
    expire_due,
    publish_listing,
    renew_listing,
    review_listing,
    submit_listing,
)
from duijie.publish.actions.searches import delete_search, save_search
from duijie.publish.actions.standing import (
    close_listings_of,
    hand_over_listings,
    resettle_audiences,
    resettle_changed,
)
from duijie.publish.actions.writing import Outcome, change_listing, create_listing, upsert_listing

__all__ = [
    "Outcome",
    "archive_listing",
    "change_listing",
    "close_listing",
    "close_listings_of",
    "create_listing",
    "delete_search",
    "discard_draft",
    "disclose",
    "expire_due",
    "hand_over_listings",
    "publish_listing",
    "renew_listing",
    "resettle_audiences",
    "resettle_changed",
    "review_listing",
    "save_search",
    "submit_listing",
    "upsert_listing",
]

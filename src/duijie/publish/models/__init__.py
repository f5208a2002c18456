"""What members say: listings, their history and review, saved searches, imports."""

from duijie.publish.models.imports import ImportBatch
from duijie.publish.models.listings import (
    Disclosure,
    Listing,
    ListingAudience,
    ListingVersion,
    NarrowedListing,
    Review,
)
from duijie.publish.models.searches import SavedSearch

__all__ = [
    "Disclosure",
    "ImportBatch",
    "Listing",
    "ListingAudience",
    "ListingVersion",
    "NarrowedListing",
    "Review",
    "SavedSearch",
]

"""What members say: listings, their history and review, saved searches, imports."""

from duijie.publish.models.imports import ImportBatch
from duijie.publish.models.listings import Listing, ListingAudience, ListingVersion, Review
from duijie.publish.models.searches import SavedSearch

__all__ = ["ImportBatch", "Listing", "ListingAudience", "ListingVersion", "Review", "SavedSearch"]

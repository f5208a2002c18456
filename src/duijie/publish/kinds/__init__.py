"""The twelve kinds of listing: what each one asks for, how it is shown, when it is complete.

`KINDS["need"].schema` is the record people fill in; `parse_listing` understands a whole listing; `completeness` scores it.
"""

from duijie.publish.kinds.completeness import Missing, completeness
from duijie.publish.kinds.definition import KindDefinition, Side
from duijie.publish.kinds.draft import (
    KindChoice,
    ListingDraft,
    ParsedListing,
    VisibilityChoice,
    draft_of,
    parse_listing,
)
from duijie.publish.kinds.registry import KINDS, side_of

__all__ = [
    "KINDS",
    "KindChoice",
    "KindDefinition",
    "ListingDraft",
    "Missing",
    "ParsedListing",
    "Side",
    "VisibilityChoice",
    "completeness",
    "draft_of",
    "parse_listing",
    "side_of",
]

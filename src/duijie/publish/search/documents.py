"""What the index holds of a record: words for finding, tokens for seeing, columns for facets and sorting.

A confidential listing is two documents: the full one for those who may read it, the teaser for everybody else who may know of it.
The teaser is hidden from readers of the full text, so that nobody finds the same listing twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import rjieba

from duijie.core import industries, regions
from duijie.core.schema import describe
from duijie.core.text import half_width, simplified
from duijie.members.models import Member, Organisation
from duijie.members.queries import Limits, limits_of_standing
from duijie.publish.audience import full_tokens, visible_tokens
from duijie.publish.kinds import KINDS
from duijie.publish.models import Disclosure, Listing
from duijie.publish.models.listings import Status, Visibility

_NOT_WORD = re.compile(r"[^\w]+", re.UNICODE)
_JOINT = re.compile(r"[-_]|(?<=[a-z])\.|\.(?=[a-z])")
"""Where a code such as no.12-345678 comes apart: jieba keeps it whole, but people look for a part of it. A point between digits is
a decimal point; what stands on either side of it is no word (12.5 %, 0.5mm)."""

BODY_LIMIT = 20_000
UNSPOKEN = {"money", "whole", "decimal", "date", "yes_no", "region", "regions", "industries"}


def words(text: str) -> list[str]:
    """Search words of `text`: simplified, half-width, lower case, cut by jieba for search (long words and the short ones inside)."""
    plain = simplified(half_width(text)).casefold()
    return [word for word in rjieba.cut_for_search(plain) if not _NOT_WORD.fullmatch(word)]


def _joined(texts: Iterable[str]) -> str:
    found = words(" ".join(text for text in texts if text)[:BODY_LIMIT])
    known = set(found)
    parts = dict.fromkeys(part for word in found for part in _JOINT.split(word) if len(part) > 1)
    return " ".join([*found, *(part for part in parts if part not in known)])


def place_codes(codes: Iterable[str]) -> list[str]:
    """Region codes with everything above them, so that a search in a province finds its districts."""
    found: dict[str, None] = {}
    for code in codes:
        for above in regions.ancestry(code):
            found.setdefault(above)
    return list(found)


def trade_codes(codes: Iterable[str]) -> list[str]:
    """Industry codes with everything above them."""
    found: dict[str, None] = {}
    for code in codes:
        for above in industries.ancestry(code):
            found.setdefault(above)
    return list(found)


def facet_text(listing: Listing, *, english: bool = True) -> Iterator[str]:
    """The written parts of the facets; closed lists by their Chinese and (with `english`) English names."""
    for field in describe(KINDS[listing.kind].schema):
        value = listing.facets.get(field.name)
        if value in (None, "", []) or field.kind in UNSPOKEN:
            continue
        values = value if isinstance(value, list) else [value]
        names = {member.value: f"{member.zh} {member.en}" if english else member.zh for member in field.choices}
        for item in values:
            if isinstance(item, str):
                yield names.get(item, item)


def _columns(listing: Listing) -> dict[str, Any]:
    amount = listing.amount_high_minor if listing.amount_high_minor is not None else listing.amount_low_minor
    published = listing.published_at or listing.created_at
    return {
        "uid": listing.uid,
        "record": f"listing:{listing.uid}",
        "kind": listing.kind,
        "member": str(listing.owner_member_id),
        "organisation": str(listing.owner_organisation_id or ""),
        "regions": place_codes(listing.regions),
        "industries": trade_codes(listing.industries),
        "stage": listing.stage,
        "published": int(published.timestamp()),
        "ends": listing.expires_on.toordinal() if listing.expires_on else 0,
        "amount": amount or 0,
        "version": listing.version,
    }


def listing_documents(
    listing: Listing, member_ids: Sequence[int], disclosed: Sequence[str], owner_name: str, limits: Limits | None = None
) -> list[dict[str, Any]]:
    """The documents of a published listing: one, or two where it is confidential; none where it is not published."""
    if listing.status != Status.PUBLISHED:
        return []
    visible = visible_tokens(listing, member_ids, limits)
    full = full_tokens(listing, visible, disclosed)
    columns = _columns(listing)
    documents = [
        columns
        | {
            "face": "full",
            "audience": sorted(full),
            "title": _joined([listing.title]),
            "keywords": _joined([*listing.keywords, owner_name]),
            "body": _joined([listing.summary, listing.body, *facet_text(listing)]),
        }
    ]
    if listing.confidential:
        # Whose it is and what it says stay out of the teaser's words and columns; the amount is shown as it is on the card.
        documents.append(
            columns
            | {
                "face": "teaser",
                "organisation": "",
                "audience": sorted(visible),
                "hidden_from": sorted(full),
                "title": _joined([listing.teaser]),
                "keywords": "",
                "body": "",
                "stage": "",
                "amount": 0,
            }
        )
    return documents


def documents_of(listings: Iterable[Listing]) -> dict[str, list[dict[str, Any]]]:
    """uid -> documents for a batch of listings (fetched with owner and circle), in a fixed number of queries."""
    batch = list(listings)
    told: dict[int, list[str]] = {}
    for listing_id, token in Disclosure.objects.filter(listing_id__in=[x.pk for x in batch]).values_list(
        "listing_id", "token"
    ):
        told.setdefault(listing_id, []).append(token)
    circles: dict[int, list[int]] = {}
    named = [x.pk for x in batch if x.visibility == Visibility.MEMBERS]
    if named:
        through = Listing.visible_members.through
        for listing_id, member_id in through.objects.filter(listing_id__in=named).values_list(
            "listing_id", "member_id"
        ):
            circles.setdefault(listing_id, []).append(member_id)
    limits = limits_of_standing()
    return {
        x.uid: listing_documents(
            x,
            circles.get(x.pk, []),
            told.get(x.pk, []),
            x.owner_organisation.name if x.owner_organisation else x.owner_member.name,
            limits,
        )
        for x in batch
    }


def organisation_document(organisation: Organisation) -> dict[str, Any]:
    """A verified organisation is public."""
    verified = organisation.verified_at
    return {
        "uid": organisation.uid,
        "record": f"organisation:{organisation.uid}",
        "face": "full",
        "kind": "organisation",
        "member": str(organisation.home_member_id),
        "organisation": str(organisation.pk),
        "audience": ["public"],
        "regions": place_codes([organisation.region] if organisation.region else []),
        "industries": trade_codes(organisation.industries),
        "stage": "",
        "published": int(verified.timestamp()) if verified else 0,
        "ends": 0,
        "amount": 0,
        "version": organisation.version,
        "title": _joined([organisation.name, organisation.name_en]),
        "keywords": "",
        "body": _joined([organisation.profile]),
    }


def member_document(member: Member) -> dict[str, Any]:
    """Members are public."""
    return {
        "uid": member.uid,
        "record": f"member:{member.uid}",
        "face": "full",
        "kind": "member",
        "member": str(member.pk),
        "organisation": "",
        "audience": ["public"],
        "regions": place_codes([member.region]),
        "industries": trade_codes(member.industries),
        "stage": "",
        "published": int(member.created_at.timestamp()),
        "ends": 0,
        "amount": 0,
        "version": 1,
        "title": _joined([member.name, member.name_en]),
        "keywords": "",
        "body": _joined([member.summary, member.summary_en]),
    }

"""Listings as the matching engine sees them: in full for finding, as a teaser for telling."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from duijie.engines.matching import Document, complementary_kinds
from duijie.publish.audience import visible_tokens
from duijie.publish.kinds import KINDS
from duijie.publish.models import Listing
from duijie.publish.models.listings import Visibility
from duijie.publish.search.documents import facet_text

ENGINE_KIND = {kind: kind for kind in KINDS} | {"project": "project_offer"}
MATCHED = tuple(kind for kind in KINDS if complementary_kinds(ENGINE_KIND[kind]))

# Names of facets in the schemas -> names that the engine's tests read.
_FACETS: dict[str, tuple[str, ...]] = {
    "deadline": ("deadline", "start_by", "start_wanted"),
    "available_from": ("free_from",),
    "cooperation": ("cooperation_modes",),
    "service": ("tests_offered", "services"),
    "monthly_units": ("monthly_output",),
    "skills": ("skills", "skilled_in"),
    "rounds": ("invested_stages",),
    "area_m2": ("area_m2", "workshop_needed_m2"),
    "tenure": ("tenures",),
    "applicant": ("applicants",),
}


def _engine_facets(listing: Listing) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, sources in _FACETS.items():
        for source in sources:
            value = listing.facets.get(source)
            if value in (None, "", []):
                continue
            found[name] = tuple(value) if isinstance(value, list) else value
            break
    if listing.kind == "project" and listing.stage:
        found["rounds"] = (listing.stage,)
    return {k: v for k, v in found.items() if isinstance(v, str | int | float | bool | tuple)}


def _stage(listing: Listing) -> int | None:
    for name in ("maturity",):
        value = listing.facets.get(name)
        text = str(value).removeprefix("trl").strip() if value is not None else ""
        if text.isdigit() and 1 <= int(text) <= 9:
            return int(text)
    text = listing.stage.removeprefix("trl")
    return int(text) if text.isdigit() and 1 <= int(text) <= 9 else None


def document_of(listing: Listing, member_ids: Collection[int] = ()) -> Document:
    """The listing in full, with the tokens of those who may know that it exists."""
    in_yuan = listing.currency == "CNY"
    return Document(
        id=listing.uid,
        kind=ENGINE_KIND[listing.kind],
        title=listing.title,
        summary=listing.summary,
        body="\n".join(part for part in (listing.body, *facet_text(listing)) if part),
        keywords=tuple(listing.keywords),
        regions=tuple(listing.regions),
        industries=tuple(listing.industries),
        amount_min_fen=listing.amount_low_minor if in_yuan else None,
        amount_max_fen=listing.amount_high_minor if in_yuan else None,
        stage=_stage(listing),
        owner=f"member:{listing.owner_member_id}" if listing.owner_organisation_id is None else "",
        organisation=str(listing.owner_organisation_id or ""),
        audience=frozenset(visible_tokens(listing, member_ids)),
        facets=_engine_facets(listing),
        version=str(listing.version),
    )


def teaser_of(listing: Listing) -> Document:
    """What those who may read only the teaser can be told reasons from."""
    return Document(
        id=listing.uid,
        kind=ENGINE_KIND[listing.kind],
        title=listing.teaser or KINDS[listing.kind].label.zh,
        regions=tuple(listing.regions),
        industries=tuple(listing.industries),
        version=str(listing.version),
    )


def documents_of(listings: Iterable[Listing]) -> dict[str, Document]:
    """uid -> full document of the published listings that take part in matching."""
    batch = [x for x in listings if x.kind in MATCHED]
    named = [x.pk for x in batch if x.visibility == Visibility.MEMBERS]
    circles: dict[int, list[int]] = {}
    if named:
        through = Listing.visible_members.through
        for listing_id, member_id in through.objects.filter(listing_id__in=named).values_list(
            "listing_id", "member_id"
        ):
            circles.setdefault(listing_id, []).append(member_id)
    return {x.uid: document_of(x, circles.get(x.pk, [])) for x in batch}


def asking_first(one: Listing, other: Listing) -> tuple[Listing, Listing]:
    """The two listings as (asking, giving), by the engine's table of complementary kinds."""
    from duijie.engines.matching import complement_of

    found = complement_of(ENGINE_KIND[one.kind], ENGINE_KIND[other.kind])
    return (one, other) if found is None or found[1] else (other, one)

"""Listings as the matching engine sees them: in full for finding, as a teaser for telling."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from duijie.core import regions
from duijie.engines.matching import Document, complementary_kinds
from duijie.members.queries import Limits, limits_of_standing
from duijie.publish.audience import visible_tokens
from duijie.publish.kinds import KINDS
from duijie.publish.models import Listing
from duijie.publish.models.listings import Visibility
from duijie.publish.search.documents import facet_text

_ENGINE_KIND = {kind: kind for kind in KINDS} | {"project": "project_offer"}
MATCHED = tuple(kind for kind in KINDS if complementary_kinds(_ENGINE_KIND[kind]))


def engine_kind(kind: str, facets: Mapping[str, Any]) -> str:
    """The engine's kind of a listing: a vacancy and the person who could fill it are one kind of listing, but two sides."""
    if kind == "talent" and facets.get("form") != "person":
        return "post"
    return _ENGINE_KIND[kind]


# Names of facets in the schemas -> names that the engine's tests read.
_FACETS: dict[str, tuple[str, ...]] = {
    "deadline": ("deadline", "start_by", "start_wanted"),
    "available_from": ("free_from",),
    "cooperation": ("cooperation_modes",),
    "service": ("tests_offered", "services"),
    "monthly_units": ("monthly_output",),
    "skills": ("skills", "skilled_in"),
    "rounds": ("invested_stages", "rounds_sought"),
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
    return {k: v for k, v in found.items() if isinstance(v, str | int | float | bool | tuple)}


def _stage(listing: Listing) -> int | None:
    for name in ("maturity",):
        value = listing.facets.get(name)
        text = str(value).removeprefix("trl").strip() if value is not None else ""
        if text.isdigit() and 1 <= int(text) <= 9:
            return int(text)
    text = listing.stage.removeprefix("trl")
    return int(text) if text.isdigit() and 1 <= int(text) <= 9 else None


def _amounts_fen(listing: Listing) -> tuple[int | None, int | None]:
    """What the two sides compare: a project's total investment is not what it asks of a fund, nor a fund's size its ticket."""
    facet = {"project": "money_sought", "fund": "ticket"}.get(listing.kind)
    named = listing.facets.get(facet) if facet else None
    if isinstance(named, dict):
        in_yuan = named.get("currency", "CNY") == "CNY"
        return (named.get("low_minor"), named.get("high_minor")) if in_yuan else (None, None)
    if listing.kind == "project" or listing.currency != "CNY":
        return None, None
    return listing.amount_low_minor, listing.amount_high_minor


def _divisions(codes: Iterable[str]) -> tuple[str, ...]:
    """The divisions of GB/T 2260 of these places: a zone with a code of its own is compared as the city that it lies in."""
    found: dict[str, None] = {}
    for code in codes:
        chain = regions.ancestry(code) if regions.get(code) else (code,)
        found.setdefault(next((step for step in chain if step.isdigit()), code))
    return tuple(found)


def document_of(listing: Listing, member_ids: Collection[int] = (), limits: Limits | None = None) -> Document:
    """The listing in full, with the tokens of those who may know that it exists."""
    low, high = _amounts_fen(listing)
    return Document(
        id=listing.uid,
        kind=engine_kind(listing.kind, listing.facets),
        title=listing.title,
        summary=listing.summary,
        # English names of choices would be shared words that nobody wrote.
        body="\n".join(part for part in (listing.body, *facet_text(listing, english=False)) if part),
        keywords=tuple(listing.keywords),
        regions=_divisions(listing.regions),
        industries=tuple(listing.industries),
        amount_min_fen=low,
        amount_max_fen=high,
        stage=_stage(listing),
        owner=f"member:{listing.owner_member_id}" if listing.owner_organisation_id is None else "",
        organisation=str(listing.owner_organisation_id or ""),
        audience=frozenset(visible_tokens(listing, member_ids, limits)),
        facets=_engine_facets(listing),
        version=str(listing.version),
    )


def teaser_of(listing: Listing) -> Document:
    """What those who may read only the teaser can be told reasons from."""
    return Document(
        id=listing.uid,
        kind=engine_kind(listing.kind, listing.facets),
        title=listing.teaser or KINDS[listing.kind].label.zh,
        regions=_divisions(listing.regions),
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
    limits = limits_of_standing() if batch else None
    return {x.uid: document_of(x, circles.get(x.pk, []), limits) for x in batch}


def asking_first(one: Listing, other: Listing) -> tuple[Listing, Listing]:
    """The two listings as (asking, giving), by the engine's table of complementary kinds."""
    from duijie.engines.matching import complement_of

    found = complement_of(engine_kind(one.kind, one.facets), engine_kind(other.kind, other.facets))
    return (one, other) if found is None or found[1] else (other, one)

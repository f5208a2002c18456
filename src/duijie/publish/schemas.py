"""A listing as people give it: the common part and the facets of its kind, flat (sheet, form) or nested (API)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duijie.core.errors import Fault
from duijie.core.schema import AmountValue, parse_partial
from duijie.members.models import Alliance, Member, Organisation
from duijie.publish.kinds import KINDS, ListingDraft, completeness, parse_listing
from duijie.publish.models import Listing
from duijie.publish.models.listings import Visibility


@dataclass(frozen=True)
class ListingValues:
    """A parsed listing: the common part and its facets as JSON."""

    draft: ListingDraft
    facets: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.draft.kind)


def read_listing(data: Mapping[str, Any]) -> ListingValues:
    """Parse a listing, facets nested or flat; raises Faults with every field at fault, of both parts, at once."""
    parsed = parse_listing(data)
    return ListingValues(parsed.draft, parsed.facet_values)


def read_partial(kind: str, data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """What is understood so far of a form that is being filled in, and the faults of the rest."""
    common = {key: value for key, value in data.items() if key in ListingDraft.model_fields}
    facets = {k: v for k, v in data.items() if k not in ListingDraft.model_fields and k != "facets"}
    facets |= dict(data.get("facets") or {})
    good, faults = parse_partial(ListingDraft, common)
    more, others = parse_partial(KINDS[kind].schema, facets)
    return good | {"facets": {k: v for k, v in more.items() if v not in (None, [], "")}}, faults + others


@dataclass(frozen=True)
class Circle:
    """Who a listing is for, resolved: the alliance or members that its visibility names."""

    alliance: Alliance | None
    members: list[Member]


def resolve_circle(draft: ListingDraft) -> Circle:
    """The alliance and members that `draft` names by slug or name. Raises Fault where one is unknown or missing."""
    if draft.visibility == Visibility.ALLIANCE:
        wanted = (draft.visible_alliance or "").strip()
        alliance = Alliance.objects.filter(slug=wanted).first() or Alliance.objects.filter(name=wanted).first()
        if alliance is None:
            raise Fault(
                "visibility.alliance",
                f"可见范围：没有联盟“{wanted}”。" if wanted else "可见范围为联盟时，请写明是哪个联盟。",
                f"Visibility: there is no alliance “{wanted}”." if wanted else "Name the alliance that may see this.",
                place="visible_alliance",
                status=422,
            )
        return Circle(alliance, [])
    if draft.visibility == Visibility.MEMBERS:
        names = list(draft.visible_members or [])
        found = {m.slug: m for m in Member.objects.filter(slug__in=names)}
        found |= {m.name: m for m in Member.objects.filter(name__in=names)}
        unknown = [name for name in names if name not in found]
        if unknown or not names:
            raise Fault(
                "visibility.members",
                f"可见范围：没有成员“{unknown[0]}”。" if unknown else "可见范围为指定成员时，请写明是哪些成员。",
                f"Visibility: there is no member “{unknown[0]}”." if unknown else "Name the members that may see this.",
                place="visible_members",
                status=422,
            )
        return Circle(None, list(dict.fromkeys(found[name] for name in names)))
    return Circle(None, [])


def resolve_organisation(text: str | None, member: Member) -> Organisation | None:
    """An organisation homed in `member`, by its own id there, uid, credit code or name."""
    if not text:
        return None
    homed = Organisation.objects.filter(home_member=member)
    for field in ("external_id", "uid", "credit_code", "name"):
        found = homed.filter(**{field: text}).first()
        if found is not None:
            return found
    raise Fault(
        "organisation.unknown",
        f"{member}没有单位“{text}”，请先登记，或核对编号、统一社会信用代码、名称。",
        f"{member} has no organisation “{text}”; register it first or check its id, credit code or name.",
        place="owner_organisation",
        status=422,
    )


def apply_values(listing: Listing, values: ListingValues, circle: Circle) -> None:
    """Write parsed values onto an (unsaved) listing."""
    draft = values.draft
    amount = draft.amount if isinstance(draft.amount, AmountValue) else None
    listing.kind, listing.title = values.kind, draft.title
    listing.summary, listing.body = draft.summary or "", draft.body or ""
    listing.keywords, listing.regions = draft.keywords or [], draft.regions or []
    listing.industries = draft.industries or []
    listing.amount_low_minor = amount.low_minor if amount else None
    listing.amount_high_minor = amount.high_minor if amount else None
    listing.currency = amount.currency if amount else "CNY"
    listing.stage = draft.stage or ""
    listing.starts_on, listing.expires_on = draft.starts_on, draft.expires_on
    listing.visibility = draft.visibility or Visibility.PUBLIC
    listing.visible_alliance = circle.alliance
    listing.confidential, listing.teaser = bool(draft.confidential), draft.teaser or ""
    listing.facets, listing.schema_version = values.facets, KINDS[values.kind].schema_version
    listing.completeness = completeness(values.kind, as_data(listing))[0]


def as_data(listing: Listing) -> dict[str, Any]:
    """A listing as the data that `read_listing` would take: for snapshots, forms and the API."""
    amount = None
    if listing.amount_low_minor is not None or listing.amount_high_minor is not None:
        amount = {
            "low_minor": listing.amount_low_minor,
            "high_minor": listing.amount_high_minor,
            "currency": listing.currency,
        }
    return {
        "kind": listing.kind,
        "title": listing.title,
        "summary": listing.summary or None,
        "body": listing.body or None,
        "keywords": listing.keywords or None,
        "regions": listing.regions or None,
        "industries": listing.industries or None,
        "amount": amount,
        "stage": listing.stage or None,
        "starts_on": listing.starts_on.isoformat() if listing.starts_on else None,
        "expires_on": listing.expires_on.isoformat() if listing.expires_on else None,
        "visibility": listing.visibility,
        "visible_alliance": listing.visible_alliance.slug if listing.visible_alliance else None,
        "confidential": listing.confidential,
        "teaser": listing.teaser or None,
        "facets": KINDS[listing.kind].upgraded(listing.facets, listing.schema_version),
    }

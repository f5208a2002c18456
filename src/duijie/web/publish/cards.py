"""A listing as a card: what a reader needs to decide whether to open it."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone

from duijie.core import regions
from duijie.core.language import Label, t
from duijie.core.schema import AmountValue, describe
from duijie.publish.kinds import KINDS
from duijie.publish.queries import SeenListing
from duijie.web.kit.cards import Fact, ListingCard, marked

STATUS_BADGES: dict[str, tuple[str, Label]] = {
    "draft": ("line", Label("草稿", "Draft")),
    "submitted": ("warn", Label("待审核", "In review")),
    "published": ("good", Label("已发布", "Published")),
    "closed": ("line", Label("已关闭", "Closed")),
    "expired": ("warn", Label("已过期", "Expired")),
    "archived": ("line", Label("已归档", "Archived")),
}


def amount_text(listing: SeenListing) -> str:
    row = listing.record
    if row.amount_low_minor is None and row.amount_high_minor is None:
        return ""
    return str(AmountValue(low_minor=row.amount_low_minor, high_minor=row.amount_high_minor, currency=row.currency))


def facts_of(listing: SeenListing) -> list[Fact]:
    """Region, amount, deadline; a teaser shows region only."""
    row = listing.record
    found = []
    names = [place.label() for code in row.regions[:2] if (place := regions.get(code)) is not None]
    if names:
        found.append(Fact("、".join(names), "map-pin"))
    if listing.full:
        amount = amount_text(listing)
        if amount:
            found.append(Fact(amount, "coin", strong=True))
        if row.expires_on and row.status == "published" and (row.expires_on - timezone.localdate()).days <= 60:
            found.append(Fact(t("{d} 截止", "until {d}", d=row.expires_on.isoformat()), "calendar"))
    return found


def facet_values(listing: SeenListing, names: Sequence[str]) -> list[tuple[str, str]]:
    """(label, shown value) of the facets named that are filled in."""
    found = []
    by_name = {d.name: d for d in describe(KINDS[listing.kind].schema)}
    for name in names:
        described = by_name.get(name)
        value = listing.record.facets.get(name) if described else None
        if described is None or value in (None, "", []):
            continue
        found.append((str(described.label), shown_value(described, value)))
    return found


def shown_value(described: object, value: object) -> str:
    """A facet's value as people read it."""
    from duijie.core import industries

    labels = {c.value: str(c.label) for c in described.choices}  # type: ignore[attr-defined]
    kind = described.kind  # type: ignore[attr-defined]
    unit = described.said.unit  # type: ignore[attr-defined]

    def one(item: object) -> str:
        if isinstance(item, bool):
            return t("是", "Yes") if item else t("否", "No")
        if isinstance(item, dict):
            return str(AmountValue.model_validate(item))
        text = labels.get(str(item), str(item))
        if kind in {"region", "regions"} and (place := regions.get(text)) is not None:
            return place.label()
        if kind == "industries" and (trade := industries.get(text)) is not None:
            return trade.label()
        return text

    items = value if isinstance(value, list) else [value]
    text = "、".join(one(item) for item in items)
    return f"{text} {unit}" if unit and not isinstance(value, dict) else text


def card_of(
    listing: SeenListing, *, words: Sequence[str] = (), why: str = "", with_status: bool = False
) -> ListingCard:
    """The card; `words` are marked in title and text."""
    row = listing.record
    definition = KINDS[row.kind]
    text = row.summary or row.body[:160] if listing.full else ""
    badges = [STATUS_BADGES[row.status]] if with_status or row.status not in ("published",) else []
    return ListingCard(
        title=marked(listing.title, words),
        url=reverse("listing", args=[row.uid]),
        kind=definition.label,
        owner=listing.owner,
        owner_url="",
        published_on=row.published_at,
        text=marked(_around(text, words), words),
        facts=facts_of(listing),
        badges=badges,
        tags=row.keywords[:5] if listing.full else (),
        why=why,
        confidential=row.confidential,
    )


def _around(text: str, words: Sequence[str], width: int = 120) -> str:
    """The part of `text` that holds the first of `words`."""
    places = [place for word in words if (place := text.lower().find(word.lower())) > width // 2]
    if not places or any(word.lower() in text[: width // 2].lower() for word in words):
        return text[: width * 2]
    start = max(0, min(places) - width // 3)
    return "…" + text[start : start + width * 2]

"""Deals that come from a match or from a signed intent, with their source kept."""

from __future__ import annotations

from duijie.core.access import SYSTEM
from duijie.core.schema import AmountValue
from duijie.core.text import shorten
from duijie.land.actions.deals import create_deal
from duijie.land.models import Deal
from duijie.land.schemas import DealRecord
from duijie.match.models import Introduction
from duijie.meet.models import Intent
from duijie.members.models import Member, Organisation
from duijie.members.queries import liaisons_of
from duijie.publish.models import Listing

# Kinds of listings whose owner is where a deal is to land; else it lands with who needs something.
_LANDS_AT = ("site", "policy", "project", "fund")
_KINDS = {
    "site": "investment", "project": "investment", "policy": "investment", "capacity": "investment", "fund": "finance",
    "talent": "service", "notice": "service",
}  # fmt: skip
_KINDS_OF_INTENTS = {"technology": "technology", "investment": "investment", "settlement": "investment"}


def deal_of_introduction(number: int) -> Deal | None:
    """The deal of an introduction that was handed on; None where there is one already."""
    row = Introduction.objects.select_related(
        "first_listing", "second_listing", "first_member", "second_member", "first_organisation", "second_organisation"
    ).get(pk=number)
    if _exists("introduction", row.uid):
        return None
    sides = [
        (row.first_listing, row.first_member, row.first_organisation, row.first_user_id),
        (row.second_listing, row.second_member, row.second_organisation, row.second_user_id),
    ]
    own, other = sides if _owner_side(row.first_listing, row.second_listing) == 0 else sides[::-1]
    listing = own[0] or other[0]
    both = [x for x in (row.first_listing, row.second_listing) if x is not None]
    record = DealRecord(
        title=shorten(listing.title if listing else f"{row.first_member} — {row.second_member}", 160),
        kind=_kind([x.kind for x in both]),
        summary=(listing.summary or "") if listing else "",
        industry=next((code for x in both for code in x.industries), None),
        amount=_amount(own[0]) or _amount(other[0]),
        origin=other[1].region,
        region=own[1].region,
        confidential=any(x.confidential for x in both),
        source="introduction",
        source_label=" × ".join(shorten(x.title, 70) for x in both if not x.confidential),
        next_step=row.next_step or None,
        next_on=row.next_on,
        **_parties(own[1], own[2], other[1], other[2]),
    )
    return _create(own[1], record, row.uid)


def deal_of_intent(number: int) -> Deal | None:
    """The deal of an intent that was signed for the first time; an upgrade of one makes no new deal."""
    row = Intent.objects.select_related(
        "event", "first_member", "second_member", "first_organisation", "second_organisation", "listing"
    ).get(pk=number)
    if row.upgrade_of_id is not None or _exists("meeting_intent", row.uid):
        return None
    first, second = (row.first_member, row.first_organisation), (row.second_member, row.second_organisation)
    listing = row.listing
    own, other = (first, second)
    if listing is not None and listing.owner_member_id == row.second_member_id:
        own, other = second, first
    amount = AmountValue(low_minor=row.amount_minor, high_minor=row.amount_minor, currency=row.currency)
    record = DealRecord(
        title=row.title,
        kind=_KINDS_OF_INTENTS.get(row.kind, "service"),
        summary=row.summary,
        industry=next(iter(listing.industries), None) if listing else None,
        amount=amount if row.amount_minor is not None else None,
        origin=other[0].region,
        region=own[0].region,
        source="meeting_intent",
        source_label=shorten(str(row.event), 160),
        stage="intent",
        stage_on=row.effective_on,
        evidence=f"{row.event} {row.uid}"[:300],
        **_parties(own[0], own[1], other[0], other[1]),
    )
    return _create(own[0], record, row.uid)


def _exists(source: str, ref: str) -> bool:
    rows = Deal.objects.unscoped("one deal for each source")
    return bool(rows.filter(source=source, source_ref=ref).exists())


def _create(member: Member, record: DealRecord, ref: str) -> Deal:
    """Registered by the system, in the charge of the member's liaison officer."""
    deal = create_deal(actor=SYSTEM, member=member, record=record, source_ref=ref)
    person = liaisons_of(member).order_by("pk").first()
    if person is not None:
        deal.owner_user = person
        deal.save(update_fields=["owner_user"])
    return deal


def _owner_side(first: Listing | None, second: Listing | None) -> int:
    """0 where the deal lands with the first side, 1 with the second."""
    for side, listing in enumerate((first, second)):
        if listing is not None and listing.kind in _LANDS_AT:
            return side
    for side, listing in enumerate((first, second)):
        if listing is not None and listing.kind == "need":
            return side
    return 0 if first is not None else 1


def _kind(kinds: list[str]) -> str:
    return next((_KINDS[k] for k in kinds if k in _KINDS), "technology")


def _amount(listing: Listing | None) -> AmountValue | None:
    """The upper end of what a listing names; a deal carries one amount."""
    if listing is None:
        return None
    amount = listing.amount_high_minor if listing.amount_high_minor is not None else listing.amount_low_minor
    if amount is None:
        return None
    return AmountValue(low_minor=amount, high_minor=amount, currency=listing.currency)


def _parties(
    own: Member, own_organisation: Organisation | None, other: Member, other_organisation: Organisation | None
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if own_organisation is not None:
        found["own_organisations"] = [own_organisation.uid]
    if other_organisation is not None:
        found["other_organisations"] = [other_organisation.uid]
    if other.pk != own.pk:
        found["other_members"] = [other.slug]
    return found

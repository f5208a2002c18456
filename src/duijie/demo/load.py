"""Loading the demonstration region through the same actions as everybody's page, key or sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.schema import parse
from duijie.demo import reading
from duijie.demo.people import PASSWORD, DemoPeople, load_people, logins
from duijie.members.actions import (
    admit_member,
    create_member,
    found_alliance,
    register_organisation,
    sign_agreement,
)
from duijie.members.models import Alliance, Member, Organisation
from duijie.members.schemas import AgreementRecord, AllianceRecord, MemberRecord, OrganisationRecord
from duijie.publish import actions as publish
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status

Tell = Callable[[str], object]
_STANDINGS = {"founders": "founder", "members": "member", "partners": "partner"}

__all__ = ["PASSWORD", "load_demo", "logins"]


def load_demo(*, tell: Tell = lambda line: None, today: dt.date | None = None) -> dict[str, int]:
    """Load everything, or nothing where something is refused. Returns how many of each were made.

    today: the day from which the files' days are counted. Told to `tell`, one line for each step. Loading twice raises the
    Fault of the first record that exists already.
    """
    today = today or timezone.localdate()
    with transaction.atomic():
        members = _load_members(today)
        tell(f"成员 members: {len(members)}")
        organisations = _load_organisations()
        tell(f"单位 organisations: {len(organisations)}")
        people = load_people(members, organisations)
        tell(f"人员 people: {people.count}")
        agreements = _load_agreements()
        tell(f"协议 agreements: {agreements}")
        listings = _load_listings(members, organisations, people, today)
        tell(f"信息 listings: {len(listings)}")
        for search in reading.searches():
            publish.save_search(
                actor=people.viewers[search["user"]], name=search["name"], query=search["query"], pace=search["pace"]
            )
    return {
        "members": len(members),
        "organisations": len(organisations),
        "people": people.count,
        "agreements": agreements,
        "listings": len(listings),
    }


def _load_members(today: dt.date) -> dict[str, Member]:
    members: dict[str, Member] = {}
    for record in reading.members():
        members[record["slug"]] = create_member(actor=SYSTEM, record=parse(MemberRecord, record))
    for record in reading.alliances():
        circles = {standing: record.get(key, []) for key, standing in _STANDINGS.items()}
        values = {name: value for name, value in record.items() if name not in _STANDINGS}
        alliance = found_alliance(actor=SYSTEM, record=parse(AllianceRecord, values))
        _admit(alliance, circles, members, today)
    return members


def _admit(alliance: Alliance, circles: dict[str, list[str]], members: dict[str, Member], today: dt.date) -> None:
    founded = alliance.founded_on or today
    for standing, slugs in circles.items():
        for number, slug in enumerate(slugs):
            # Those who weren't there on the first day joined one after the other in the months after it.
            since = founded if standing == "founder" else founded + dt.timedelta(days=60 + 35 * number)
            admit_member(actor=SYSTEM, alliance=alliance, member=members[slug], standing=standing, since=since)


def _load_organisations() -> dict[str, Organisation]:
    made = {}
    for values in reading.organisations():
        record = parse(OrganisationRecord, values)
        made[values["external_id"]] = register_organisation(actor=SYSTEM, record=record, verified=True)
    return made


def _load_agreements() -> int:
    for record in reading.agreements():
        sign_agreement(actor=SYSTEM, record=parse(AgreementRecord, record))
    return len(reading.agreements())


def _load_listings(
    members: dict[str, Member], organisations: dict[str, Organisation], people: DemoPeople, today: dt.date
) -> list[Listing]:
    made = []
    for entry in _in_the_order_of_telling(reading.listings(today)):
        liaison = people.liaison(entry.member)
        # A firm with somebody who can sign in states its own; for the others, and for what has run out since, their liaison
        # officer does (an acceptance would give what has run out a new term).
        spoken_for = entry.organisation if entry.status != Status.EXPIRED else None
        owner = people.viewers_of_organisations.get(spoken_for or "", liaison)
        listing = publish.create_listing(
            actor=owner,
            member=members[entry.member],
            organisation=organisations[entry.organisation] if entry.organisation else None,
            data=entry.data,
            put_forward=entry.status != Status.DRAFT,
        )
        made.append(_brought_to(entry, listing, liaison))
    publish.expire_due(actor=SYSTEM, today=today)
    return made


def _in_the_order_of_telling(entries: list[reading.DemoListing]) -> list[reading.DemoListing]:
    """The kinds mixed as in real life, and the fullest of each kind last, so that the newest are worth reading."""
    places: dict[str, float] = {}
    by_kind: dict[str, list[reading.DemoListing]] = {}
    for entry in sorted(entries, key=lambda entry: len(str(entry.data))):
        by_kind.setdefault(entry.data["kind"], []).append(entry)
    for same in by_kind.values():
        places |= {entry.external_id: position / len(same) for position, entry in enumerate(same, start=1)}
    return sorted(entries, key=lambda entry: places[entry.external_id])


def _brought_to(entry: reading.DemoListing, listing: Listing, liaison: Viewer) -> Listing:
    """The listing reviewed, and closed or put away where the files say so."""
    review = reading.reviews().get(entry.external_id)
    if listing.status == Status.SUBMITTED and (review or entry.status != Status.SUBMITTED):
        review = review or {"decision": "accepted"}
        listing = publish.review_listing(
            actor=liaison,
            listing=listing,
            decision=review["decision"],
            reasons=review.get("reasons", []),
            remark=review.get("remark", ""),
        )
    if entry.status in (Status.CLOSED, Status.ARCHIVED):
        listing = publish.close_listing(actor=liaison, listing=listing, reason=entry.closed_reason)
    if entry.status == Status.ARCHIVED:
        listing = publish.archive_listing(actor=liaison, listing=listing)
    return listing

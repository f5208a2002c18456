"""The demonstration's files: complete, understood by the kinds' schemas, and nobody's copy of anybody else."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from duijie.core.creditcode import is_credit_code
from duijie.core.schema import parse
from duijie.demo import reading
from duijie.members.schemas import AgreementRecord, AllianceRecord, MemberRecord, OrganisationRecord
from duijie.publish.fingerprints import shingles
from duijie.publish.kinds import KINDS, completeness, parse_listing

TODAY = dt.date(2026, 11, 21)
LISTINGS = {listing.external_id: listing for listing in reading.listings(TODAY)}


def test_there_is_enough_of_everything() -> None:
    kinds = Counter(listing.data["kind"] for listing in reading.listings(TODAY))
    assert set(kinds) == set(KINDS)
    assert min(kinds.values()) >= 20
    assert len(LISTINGS) == kinds.total() >= 400
    assert len(reading.organisations()) >= 60
    assert len(reading.pairs()) >= 45
    statuses = {listing.status for listing in LISTINGS.values()}
    assert statuses == {"published", "draft", "submitted", "closed", "expired", "archived"}
    circles = {listing.data.get("visibility", "public") for listing in LISTINGS.values()}
    assert circles == {"public", "alliance", "members", "member", "owner"}
    assert sum(bool(listing.data.get("confidential")) for listing in LISTINGS.values()) >= 5


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_listing_is_understood(kind: str) -> None:
    scores = []
    for listing in LISTINGS.values():
        if listing.data["kind"] == kind:
            parsed = parse_listing(listing.data)
            scores.append(completeness(kind, {**parsed.draft.model_dump(), "facets": parsed.facet_values})[0])
            assert not listing.data.get("confidential") or parsed.draft.teaser
    assert min(scores) < 50 < max(scores)  # some people write three words, others everything


def test_members_organisations_and_agreements_are_understood() -> None:
    slugs = {parse(MemberRecord, record).slug for record in reading.members()}
    codes = [parse(OrganisationRecord, record).credit_code for record in reading.organisations()]
    assert len(set(codes)) == len(codes) and all(is_credit_code(code or "") for code in codes)
    assert {record["home_member"] for record in reading.organisations()} <= slugs
    for record in reading.agreements():
        assert set(parse(AgreementRecord, record).members or []) <= slugs
    for record in reading.alliances():
        circles = {"founders", "members", "partners"}
        parse(AllianceRecord, {name: value for name, value in record.items() if name not in circles})
        assert {slug for circle in circles for slug in record.get(circle, [])} <= slugs


def test_the_zones_and_cities_of_the_alliances_are_there() -> None:
    alliances = {record["slug"]: record for record in reading.alliances()}
    assert len(alliances["yangtze-parks"]["founders"]) == 5
    cities = alliances["delta-cities"]
    assert len([*cities["founders"], *cities["members"]]) == 8
    assert cities["partners"] == ["linyi"]
    parts = {member["slug"] for member in reading.members() if member.get("parent") == "nanhu"}
    signed = {slug for agreement in reading.agreements() for slug in agreement["members"] if slug in parts}
    assert (len(parts), len(signed)) == (11, 8)


def test_owners_and_circles_of_listings_exist() -> None:
    slugs = {record["slug"] for record in reading.members()}
    alliances = {record["slug"] for record in reading.alliances()}
    for listing in LISTINGS.values():
        assert listing.member in slugs
        assert listing.data.get("visible_alliance", "yangtze-parks") in alliances
        assert set(listing.data.get("visible_members", [])) <= slugs


def test_pairs_name_listings_that_stand_on_the_two_sides() -> None:
    for pair in reading.pairs():
        wanted, offered = LISTINGS[pair.wants], LISTINGS[pair.offers]
        assert (wanted.status, offered.status) == ("published", "published")
        assert offered.data["kind"] in KINDS[wanted.data["kind"]].complements
        assert all(name in LISTINGS for name in pair.lookalikes)


def test_no_two_listings_are_written_from_one_template() -> None:
    texts = {
        listing.external_id: " ".join(str(listing.data.get(part, "")) for part in ("title", "summary", "body"))
        for listing in LISTINGS.values()
        if listing.external_id != "te-dup-weld"  # a duplicate on purpose, rejected by its liaison
    }
    pieces = [(name, shingles(text)) for name, text in texts.items() if len(text.strip()) > 30]
    alike = [
        (one, other)
        for position, (one, mine) in enumerate(pieces)
        for other, theirs in pieces[position + 1 :]
        if len(mine & theirs) > len(mine | theirs) / 2
    ]
    assert alike == []


def test_days_count_from_the_day_that_is_given() -> None:
    assert reading.dated({"a": ["+10d", "x"], "b": "-21d"}, TODAY) == {"a": ["2026-12-01", "x"], "b": "2026-10-31"}
    first, later = (
        {listing.external_id: listing.data.get("deadline") for listing in reading.listings(day)}["nd-porosity"]
        for day in (TODAY, TODAY + dt.timedelta(days=7))
    )
    assert dt.date.fromisoformat(later) - dt.date.fromisoformat(first) == dt.timedelta(days=7)

"""The factories make what they say: the right tokens for each role."""

from __future__ import annotations

import pytest

from tests.factories import make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db


def test_a_liaison_sees_what_its_members_staff_sees() -> None:
    alliance = make_alliance()
    park = make_member(alliances=[alliance])
    seen = viewer(make_user("liaison", park))
    assert seen.member_ids == {park.id}
    assert seen.tokens == {
        "public",
        f"staff:{park.id}",
        f"member:{park.id}",
        f"alliance:{alliance.id}",
        f"council:{alliance.id}",
        f"officers:{alliance.id}",
        f"user:{seen.user_id}",
    }


def test_a_firms_person_stands_in_the_circle_of_its_home_member_without_being_its_staff() -> None:
    alliance = make_alliance()
    firm = make_organisation(member=make_member(alliances=[alliance]))
    seen = viewer("organisation", firm)
    assert seen.member_ids == set()
    assert seen.organisation_ids == {firm.id}
    assert {f"member:{firm.home_member_id}", f"org:{firm.id}", f"alliance:{alliance.id}"} <= seen.tokens


def test_a_guest_has_the_public_token_alone() -> None:
    assert viewer().tokens == {"public"}

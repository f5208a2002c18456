"""The figures that plans take: counted on one agreed pair; records add up to totals and open only what one may see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.measures import Question, measure
from duijie.match import actions
from tests.factories import make_alliance, make_member, make_user, viewer
from tests.match.test_finding import need_and_technology

pytestmark = pytest.mark.django_db
CODES = ("match.shown", "match.interests", "match.agreed", "match.introductions")


def test_one_agreed_pair_in_every_figure() -> None:
    need, right = need_and_technology()
    liaison = make_user("liaison", need.owner_member)
    client = Client()
    client.force_login(liaison)
    client.get("/match/?weak=1")
    interest = actions.express_interest(actor=viewer(liaison), to_listing=right, from_listing=need)
    actions.accept_interest(actor=viewer("liaison", right.owner_member), interest=interest)
    today = timezone.localdate()
    ours, outsider = viewer(liaison), viewer("liaison", make_member())
    for code in CODES:
        found, asked = measure(code), Question(today, today)
        assert found.totals(asked).keys() == {need.owner_member_id}
        records = list(found.records(asked, SYSTEM))
        assert sum(one.value for one in records) == found.value(asked) >= 1
        seen = list(found.records(asked, ours))
        assert [one.uid for one in seen] == [one.uid for one in records]
        assert all(client.get(one.url).status_code == 200 for one in seen)
        assert {(one.title, one.url) for one in found.records(asked, outsider)} == {("", "")}


def test_the_period_the_members_the_alliance_and_what_was_known_narrow_a_figure() -> None:
    need, right = need_and_technology()
    actions.express_interest(actor=viewer("liaison", need.owner_member), to_listing=right, from_listing=need)
    interests, today, day = measure("match.interests"), timezone.localdate(), dt.timedelta(days=1)
    assert interests.value(Question(today, today)) == 1
    assert interests.value(Question(today - 3 * day, today - day)) == 0
    assert interests.value(Question(today, today, member_ids=frozenset({right.owner_member_id}))) == 0
    assert interests.value(Question(today, today, known_at=timezone.now() - day)) == 0
    alliance = make_alliance()
    assert interests.value(Question(today, today, alliance_id=alliance.pk)) == 0
    alliance.memberships.create(member=need.owner_member, standing="member", since=today)
    assert interests.value(Question(today, today, alliance_id=alliance.pk)) == 1

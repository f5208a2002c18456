"""The demonstration region, loaded through the actions and matched: what a person would call right is among the first three."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator

import pytest
from django.contrib.auth import authenticate

from duijie.core.access import GUEST
from duijie.core.errors import Fault
from duijie.core.models import AuditLine
from duijie.demo import reading
from duijie.demo.conversations import load_conversations
from duijie.demo.load import PASSWORD, load_demo, logins
from duijie.match.finding import suggest_for, sync_index
from duijie.match.index import close_match_index, folder
from duijie.match.models import Interest, Introduction, Suggestion
from duijie.match.upkeep import all_published_ids, learn
from duijie.members.models import Agreement, Member, Organisation, User
from duijie.members.viewers import viewer_of
from duijie.publish.models import Listing, Review, SavedSearch
from duijie.publish.search import search_index

FIRST = 3
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_indexes() -> Iterator[None]:
    close_match_index()
    shutil.rmtree(folder(), ignore_errors=True)
    search_index().clear()
    yield
    close_match_index()
    search_index().close()


def _listing(external_id: str) -> Listing:
    return Listing.objects.unscoped("the test looks at every listing").get(external_id=external_id)


def test_everything_is_there_as_its_owners_left_it() -> None:
    counts = load_demo()
    assert counts == {
        "members": Member.objects.count(),
        "organisations": Organisation.objects.count(),
        "people": User.objects.count(),
        "agreements": Agreement.objects.count(),
        "listings": Listing.objects.unscoped("counted").count(),
    }
    returned = {name for name, review in reading.reviews().items() if review["decision"] != "accepted"}
    for entry in reading.listings(_listing("nd-porosity").created_at.date()):
        expected = "draft" if entry.external_id in returned else entry.status
        assert _listing(entry.external_id).status == expected, entry.external_id
    assert SavedSearch.objects.count() == len(reading.searches())
    assert set(Review.objects.values_list("decision", flat=True)) == {"accepted", "returned", "rejected"}
    assert AuditLine.objects.filter(verb="listing.create").count() == counts["listings"]
    _people_can_sign_in()
    _circles_hold()
    with pytest.raises(Fault):
        load_demo()


def _people_can_sign_in() -> None:
    roles = dict(logins())
    assert {"admin", "mishu", "nanhu", "hecheng"} <= set(roles)
    assert roles["nanhu"] == "联络员 · 嘉兴市南湖区"
    for username in roles:
        assert authenticate(username=username, password=PASSWORD) == User.objects.get(username=username)
    assert User.objects.get(username="hecheng").organisation == Organisation.objects.get(external_id="hecheng")


def _circles_hold() -> None:
    for_robots, own = _listing("fu-robot-alliance"), _listing("no-internal")
    robots, guest = viewer_of(User.objects.get(username="jingyue")), GUEST
    nanhu = viewer_of(User.objects.get(username="nanhu"))
    assert for_robots in Listing.objects.visible_to(robots)
    assert own in Listing.objects.visible_to(nanhu)
    for viewer in (guest, nanhu):
        assert for_robots not in Listing.objects.visible_to(viewer)
    for viewer in (guest, robots):
        assert own not in Listing.objects.visible_to(viewer)


def test_the_right_partners_are_found() -> None:
    load_demo()
    sync_index(all_published_ids())
    learn()
    suggest_for([_listing(pair.wants) for pair in reading.pairs()])
    missed = []
    for pair in reading.pairs():
        suggestions = Suggestion.objects.filter(asking__external_id=pair.wants, open=True).order_by("-score")
        first = list(suggestions.values_list("giving__external_id", flat=True)[:FIRST])
        if pair.offers not in first:
            missed.append((pair.wants, pair.offers, first))
    assert len(reading.pairs()) - len(missed) >= 60, missed
    _conversations_begin()


def _conversations_begin() -> None:
    assert load_conversations() == len(reading.conversations()) == Interest.objects.count()
    answers = Counter(row.get("answer", "waiting") for row in reading.conversations())
    assert Counter(Interest.objects.values_list("status", flat=True)) == answers
    assert Introduction.objects.count() == answers["accepted"]
    warp = Interest.objects.get(from_listing__external_id="nd-warp-defect")
    assert warp.suggestion is not None and warp.introduction.status == Introduction.Status.PROMISING
    crystal = Interest.objects.get(from_listing__external_id="nd-crystal")
    assert crystal.anonymous and crystal.from_listing.confidential

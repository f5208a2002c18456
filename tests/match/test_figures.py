"""Figures, counted by hand on one pair."""

from __future__ import annotations

import pytest
from django.test import Client

from duijie.match import actions
from duijie.match.figures import figures
from duijie.match.models import Suggestion
from tests.factories import make_user, viewer
from tests.match.test_finding import need_and_technology

pytestmark = pytest.mark.django_db


def test_figures_of_one_agreed_pair() -> None:
    need, right = need_and_technology(industries=["3392"])
    Suggestion.objects.update(grade="weak")
    Suggestion.objects.filter(asking=need, giving=right).update(grade="strong")
    liaison = make_user("liaison", need.owner_member)
    client = Client()
    client.force_login(liaison)
    client.get("/match/")
    client.get("/match/")
    ours, theirs = viewer(liaison), viewer("liaison", right.owner_member)
    interest = actions.express_interest(actor=ours, to_listing=right, from_listing=need)
    actions.accept_interest(actor=theirs, interest=interest)
    line = figures(ours)[str(need.owner_member_id)]
    assert (line.shown, line.interests, line.agreed, line.introductions) == (1, 1, 1, 1)
    assert (line.needs, line.needs_with_good_match, line.share_percent, line.median_days) == (1, 1, 100, None)
    assert figures(theirs)[str(right.owner_member_id)].median_days == 0.0
    assert list(figures(ours, by="industry")) == ["33"]
    assert figures(viewer("organisation", need.owner_organisation)) == {}
    for address in ("/match/figures/", "/match/figures/?by=industry"):
        assert "100 %" in client.get(address).content.decode()
    assert Client().get("/match/figures/").status_code == 302

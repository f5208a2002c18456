"""Figures, counted by hand on one pair."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from duijie.match import actions
from duijie.match.figures import FIGURES, figures
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


def test_each_figure_opens_exactly_its_records_and_downloads_them() -> None:
    need, right = need_and_technology(industries=["3392"])
    liaison = make_user("liaison", need.owner_member)
    client = Client()
    client.force_login(liaison)
    client.get("/match/?weak=1")
    interest = actions.express_interest(actor=viewer(liaison), to_listing=right, from_listing=need)
    actions.accept_interest(actor=viewer("liaison", right.owner_member), interest=interest)
    for by in ("member", "industry"):
        for key, line in figures(viewer(liaison), by=by).items():
            for figure in FIGURES:
                address = f"/match/figures/records/?figure={figure}&by={by}&key={key}"
                rows = list(csv.reader(client.get(f"{address}&format=csv").content.decode("utf-8-sig").splitlines()))
                count = {"answers": len(line.answer_days), "served": line.needs_with_good_match}.get(figure)
                assert len(rows) - 1 == (getattr(line, figure) if count is None else count)
                assert client.get(address).status_code == 200
    book = load_workbook(io.BytesIO(client.get("/match/figures/?format=xlsx").content))
    assert book.active["A2"].value == need.owner_member.name
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    later = figures(viewer(liaison), start=tomorrow)[str(need.owner_member_id)]
    assert (later.shown, later.interests, later.introductions, later.needs) == (0, 0, 0, 1)
    assert client.get("/match/figures/?from=someday").status_code == 422
    for address in ("?figure=nothing&key=1", "?figure=shown&from=someday"):
        assert client.get(f"/match/figures/records/{address}").status_code == 404
    stranger = Client()
    stranger.force_login(make_user("liaison", right.owner_member))
    page = stranger.get(f"/match/figures/records/?figure=needs&by=member&key={need.owner_member_id}").content.decode()
    assert need.title not in page

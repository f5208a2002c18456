"""The worklist: each row where it belongs, for those in charge only."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from duijie.match import actions
from duijie.match.models import Introduction, Suggestion
from duijie.match.worklist import SORTS, worklist
from tests.factories import make_user, viewer
from tests.match.test_finding import need_and_technology

pytestmark = pytest.mark.django_db


def kinds(who: object) -> list[str]:
    return [task.what for task in worklist(who)]  # type: ignore[arg-type]


def test_from_promising_to_a_step_that_is_due() -> None:
    need, right = need_and_technology(industries=["3392"])
    Suggestion.objects.filter(asking=need, giving=right).update(grade="strong")
    Suggestion.objects.exclude(asking=need, giving=right).update(grade="fair")
    ours, theirs = viewer("liaison", need.owner_member), viewer("liaison", right.owner_member)
    assert (kinds(ours), kinds(theirs)) == (["promising"], ["promising"])
    assert kinds(viewer("organisation", need.owner_organisation)) == []
    assert [t.what for t in worklist(ours, industry="33")] == ["promising"]
    assert worklist(ours, industry="01") == []
    interest = actions.express_interest(actor=ours, to_listing=right, from_listing=need)
    assert (kinds(ours), kinds(theirs)) == (["theirs"], ["ours"])
    actions.accept_interest(actor=theirs, interest=interest)
    assert (kinds(ours), kinds(theirs)) == ([], [])
    introduction = Introduction.objects.get()
    actions.set_next_step(actor=ours, introduction=introduction, step="看样机", on=introduction.opened_at.date())
    assert (kinds(ours), kinds(theirs)) == (["step"], ["step"])


def test_the_page_acts_by_one_click_and_exports() -> None:
    need, right = need_and_technology()
    actions.express_interest(actor=viewer("liaison", need.owner_member), to_listing=right, from_listing=need)
    liaison = Client()
    liaison.force_login(make_user("liaison", right.owner_member))
    page = liaison.get("/worklist/").content.decode()
    uid = worklist(viewer("liaison", right.owner_member))[0].uid
    assert f"/match/interest/{uid}/accept/" in page
    sheet = liaison.get("/worklist/?format=csv").content.decode("utf-8-sig").splitlines()
    assert len(sheet) == 2
    assert sheet[1].startswith(f"等我们答复,{right.title}")
    book = load_workbook(io.BytesIO(liaison.get("/worklist/?format=xlsx&sort=member").content))
    assert [row[1].value for row in book.active.iter_rows(min_row=2)] == [right.title]
    assert liaison.post(f"/match/interest/{uid}/accept/").status_code == 302
    assert "没有等着处理的事" in liaison.get("/worklist/").content.decode()
    assert Client().get("/worklist/").status_code == 302


def test_a_promising_row_leads_among_the_matches_of_its_listing_in_any_order() -> None:
    need, right = need_and_technology()
    Suggestion.objects.filter(asking=need, giving=right).update(grade="strong")
    ours = viewer("liaison", need.owner_member)
    assert all(worklist(ours, sort=sort) == worklist(ours) != [] for sort in SORTS)
    client = Client()
    client.force_login(make_user("liaison", need.owner_member))
    assert f"/match/?listing={need.uid}#" in client.get("/worklist/?what=promising&sort=who").content.decode()

"""The pages of the exchange with real content: axe finds nothing and nothing scrolls sideways, on a phone and on a desk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.match.index import close_match_index, folder
from duijie.members.models import User
from duijie.publish.actions import create_listing
from duijie.publish.models import Listing
from duijie.publish.search import search_index
from tests.e2e.conftest import OpenPage, ready, sideways
from tests.factories import PASSWORD, make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPEN = ["/", "/search/", "/search/?q=压铸&kind=need", "/search/?q=没有的东西", "/publish/", "/members/", "/organisations/",
        "/agreements/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/no-such-page/"]  # fmt: skip
OWN = ["/desk/", "/match/", "/introductions/", "/review/", "/import/", "/searches/", "/notifications/", "/account/",
       "/publish/need/", "/publish/technology/", "/people/", "/keys/", "/accounts/2fa/", "/accounts/password/change/"]  # fmt: skip


@pytest.fixture(autouse=True)
def _empty_indexes() -> Iterator[None]:
    close_match_index()
    shutil.rmtree(folder(), ignore_errors=True)
    search_index().clear()
    yield
    close_match_index()
    search_index().close()


@pytest.fixture
def liaison() -> User:
    """A liaison officer whose member has a need, and a partner in another member who has what it wants."""
    alliance = make_alliance("长江流域园区合作联盟")
    park, other = make_member("南湖高新区", alliances=[alliance]), make_member("张江高新区", alliances=[alliance])
    firm, institute = make_organisation("禾城精密", member=park), make_organisation("声学研究所", member=other)
    person = make_user("liaison", park, name="陈晓梅")
    for owner, data in (
        (
            firm,
            {"kind": "need", "title": "压铸件内部气孔在线检测", "body": "铝合金压铸件气孔漏检多", "amount": "30-50万"},
        ),
        (institute, {"kind": "technology", "title": "压铸件X射线在线检测系统", "body": "铝合金压铸件气孔自动识别"}),
    ):
        member = owner.home_member
        actor = viewer(person if member == park else make_user("liaison", member))
        create_listing(actor=actor, member=member, organisation=owner, data=data, put_forward=True)
    for _ in range(2):
        dispatch_all()
        run_all()
    return person


@pytest.mark.parametrize(("width", "theme", "language"), [(360, "dark", "en"), (1440, "light", "zh-hans")])
def test_axe_finds_nothing_on_any_page(
    open_page: OpenPage,
    sign_in: Callable[[Page, Any], None],
    axe_findings: Callable[[Page], list[str]],
    take_picture: Callable[[Page, str], None],
    liaison: User,
    width: int,
    theme: str,
    language: str,
) -> None:
    page = open_page(width=width, theme=theme, language=language)
    listing = Listing.objects.unscoped("test").filter(kind="need").get()
    found: dict[str, list[str]] = {}
    for signed, addresses in (
        (False, OPEN),
        (True, [*OWN, f"/listings/{listing.uid}/", f"/listings/{listing.uid}/edit/"]),
    ):
        if signed:
            sign_in(page, liaison)
        for place, address in enumerate(addresses):
            page.goto(address)
            ready(page)
            take_picture(page, f"page-{int(signed)}-{place:02}-{width}")
            problems = axe_findings(page) + (["scrolls sideways"] if sideways(page) else [])
            if problems:
                found[address] = problems
    assert found == {}


def test_what_was_written_survives_a_sign_in_that_timed_out(
    open_page: OpenPage, sign_in: Callable[[Page, Any], None], liaison: User
) -> None:
    page = open_page()
    sign_in(page, liaison)
    page.goto("/publish/need/")
    ready(page)
    page.fill("#f-title", "转向节内部气孔在线检测")
    page.fill("#f-problem", "人工抽检漏检三成，客户退货。")
    page.wait_for_timeout(600)  # typing is kept after a short rest
    page.context.clear_cookies(name="sessionid")
    page.locator("form[data-draft] .btn-primary").click()
    page.wait_for_url("**/accounts/login/**")
    page.fill("#id_login", liaison.username)
    page.fill("#id_password", PASSWORD)
    page.locator("form[data-sign-in] .btn-primary").click()
    page.wait_for_url("**/publish/need/")
    ready(page)
    expect(page.locator("#f-title")).to_have_value("转向节内部气孔在线检测")
    expect(page.locator("#f-problem")).to_have_value("人工抽检漏检三成，客户退货。")
    page.locator("form[data-draft] .btn-primary").click()
    page.wait_for_url("**/listings/**")
    ready(page)
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []

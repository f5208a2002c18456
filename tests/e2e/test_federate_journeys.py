"""A member plugs in its feed, looks at the preview, publishes, and sees its first match; the pages as they look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from duijie.core.access import SYSTEM
from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.federate.models import Source
from duijie.publish.actions import create_listing
from tests.e2e.conftest import OpenPage, ready
from tests.factories import make_alliance, make_member, make_user
from tests.federate.conftest import Elsewhere, elsewhere  # noqa: F401 (a fixture)
from tests.federate.help import atom

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "铝合金压铸件内部气孔在线检测，X射线成像，最小孔径0.2毫米，节拍25秒"
Axe = Callable[[Page], list[str]]
Picture = Callable[[Page, str], None]


def work() -> None:
    for _ in range(3):
        run_all()
        dispatch_all()


def test_a_member_plugs_in_its_feed_and_sees_its_first_match(
    open_page: OpenPage, sign_in: Any, live_server: Any, elsewhere: Elsewhere, axe_findings: Axe, take_picture: Picture, settings: Any  # noqa: F811
) -> None:  # fmt: skip
    settings.BASE_URL = live_server.url
    alliance = make_alliance("长江流域园区合作联盟", slug="parks")
    park = make_member("南湖高新技术产业园区", slug="nanhu", alliances=[alliance])
    other = make_member("秀洲高新区", slug="xiuzhou", alliances=[alliance])
    offer = {"kind": "technology", "title": "压铸件气孔X射线检测装置", "body": TEXT, "keywords": ["压铸", "气孔"]}
    create_listing(actor=SYSTEM, member=other, put_forward=True, data=offer)
    elsewhere.pages["/feed.xml"] = atom(
        ("1", "压铸件内部气孔在线检测", TEXT), ("2", "注塑车间能耗监测", "三十台注塑机")
    )
    work()
    liaison = make_user("liaison", park)
    page = open_page()
    sign_in(page, liaison)
    page.goto("/members/nanhu/sources/")
    assert axe_findings(page) == []
    page.get_by_role("link", name="接入来源").first.click()
    ready(page)
    page.get_by_label("名称", exact=False).first.fill("园区需求公告")
    page.get_by_label("地址", exact=False).first.fill(f"{elsewhere.url}/feed.xml")
    page.locator("[name=listing_kind]").first.select_option("need")
    page.get_by_role("button", name="预览").click()
    page.wait_for_selector("#preview")
    assert "压铸件内部气孔在线检测" in page.inner_text("#preview")
    assert axe_findings(page) == []
    take_picture(page, "federate-preview")
    page.get_by_role("button", name="接入并采集").click()
    page.wait_for_url("**/sources/*/")
    work()
    page.reload()
    take_picture(page, "federate-source")
    assert axe_findings(page) == []
    page.goto(page.url + "items/")
    take_picture(page, "federate-items")
    page.get_by_role("link", name="压铸件内部气孔在线检测").click()
    page.get_by_role("button", name="发布").click()  # the entry was a draft to complete
    work()
    page.goto("/match/")
    assert "压铸件气孔X射线检测装置" in page.inner_text("main")
    take_picture(page, "federate-match")
    assert Source.objects.unscoped("t").get().failures == 0


def test_the_interface_and_the_widget_at_every_size(
    open_page: OpenPage, sign_in: Any, live_server: Any, axe_findings: Axe, take_picture: Picture, settings: Any
) -> None:
    settings.BASE_URL = live_server.url
    park = make_member("南湖高新技术产业园区", slug="nanhu")
    for number in range(3):
        create_listing(
            actor=SYSTEM,
            member=park,
            put_forward=True,
            data={"kind": "need", "title": f"压铸件内部气孔在线检测 {number}", "body": TEXT},
        )
    work()
    for width, theme, language in ((1440, "light", "zh-hans"), (360, "dark", "en")):
        page = open_page(width=width, theme=theme, language=language)
        sign_in(page, make_user("member_admin", park))
        for name, address in (("interface", "/members/nanhu/interface/"), ("edit", "/members/nanhu/interface/edit/"), ("widget", "/members/nanhu/widget/?view=needs")):  # fmt: skip
            page.goto(address)
            assert axe_findings(page) == [], name
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
            take_picture(page, f"federate-{name}-{width}")
    page = open_page(width=1440)
    sign_in(page, make_user("platform"))
    page.goto("/peers/")
    assert axe_findings(page) == []
    take_picture(page, "federate-peers")

"""A member plugs in its feed, looks at the preview, publishes, and sees its first match; the pages as they look."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from duijie.core.access import SYSTEM
from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.federate.models import Source
from duijie.match.index import close_match_index, folder
from duijie.match.upkeep import learn_anew_if_due
from duijie.publish.actions import create_listing
from tests.e2e.conftest import OpenPage, ready
from tests.factories import make_alliance, make_member, make_user
from tests.federate.conftest import Elsewhere, elsewhere  # noqa: F401 (a fixture)
from tests.federate.help import atom

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TEXT = "铝合金压铸件内部气孔在线检测，X射线成像，最小孔径0.2毫米，节拍25秒"
Axe = Callable[[Page], list[str]]
Picture = Callable[[Page, str], None]
# What others have on offer: a model of the language is learnt from it, as on any exchange.
OTHERS = (
    "水稻病虫害防治无人机", "污水处理膜材料", "肿瘤早筛试剂盒", "光伏逆变器", "锂电池回收工艺", "智能仓储机器人", "茶叶精深加工",
    "纺织印染节水技术", "轴承故障诊断软件", "氢燃料电池电堆", "中药材质量追溯", "地下管网探测", "柔性显示材料", "冷链物流调度平台",
    "工业废盐资源化", "骨科手术导航", "海水淡化装置", "农产品检测试剂",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _empty_index() -> Iterator[None]:
    """What earlier tests left in the index would be in the ranking."""
    close_match_index()
    shutil.rmtree(folder(), ignore_errors=True)
    yield
    close_match_index()


def work() -> None:
    """What the worker does in an installation."""
    for _ in range(3):
        run_all()
        dispatch_all()
    learn_anew_if_due()
    run_all()


def test_a_member_plugs_in_its_feed_and_sees_its_first_match(
    open_page: OpenPage, sign_in: Any, live_server: Any, elsewhere: Elsewhere, axe_findings: Axe, take_picture: Picture, settings: Any  # noqa: F811
) -> None:  # fmt: skip
    settings.BASE_URL = live_server.url
    alliance = make_alliance("长江流域园区合作联盟", slug="parks")
    park = make_member("南湖高新技术产业园区", slug="nanhu", alliances=[alliance])
    other = make_member("秀洲高新区", slug="xiuzhou", alliances=[alliance])
    offer = {"kind": "technology", "title": "压铸件气孔X射线检测装置", "body": TEXT, "keywords": ["压铸", "气孔"]}
    for given in (
        offer,
        *({"kind": "technology", "title": title, "body": f"{title}，已有应用案例"} for title in OTHERS),
    ):
        create_listing(actor=SYSTEM, member=other, put_forward=True, data=given)
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
    cards = page.locator("article.k-match")
    assert "压铸件气孔X射线检测装置" in cards.first.inner_text()
    assert cards.count() == 1  # the others are no answer to it
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

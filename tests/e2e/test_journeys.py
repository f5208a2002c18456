"""The three journeys in a real browser: a firm states a need and finds somebody; a liaison imports a sheet with errors, mends
it, publishes; a second member's firm answers. And every page on the way: axe finds nothing, a phone need not scroll sideways.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.match.upkeep import learn
from duijie.members.models import User
from duijie.publish.actions import create_listing
from duijie.publish.models import Listing
from tests.e2e.conftest import OpenPage, ready, sideways
from tests.factories import make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NEED = "我们在嘉兴做汽车零部件，铝合金压铸件老有气孔，靠人工抽检。想找在线检测设备，检出率要求99%以上，预算30到50万，年底前装好。"


@pytest.fixture(autouse=True)
def _indexes() -> Iterator[None]:
    import shutil

    from duijie.match.index import close_match_index, folder
    from duijie.publish.search import search_index

    close_match_index()
    shutil.rmtree(folder(), ignore_errors=True)
    search_index().clear()
    yield
    close_match_index()
    search_index().close()


def work() -> None:
    """What the worker does in an installation."""
    for _ in range(3):
        run_all()
        dispatch_all()


class Scene:
    """Two members of one alliance, each with a firm and its people, and a pool of technologies."""

    def __init__(self) -> None:
        alliance = make_alliance("长江流域园区合作联盟")
        self.park = make_member("嘉兴南湖高新区", alliances=[alliance], slug="nanhu")
        self.other = make_member("上海张江高新区", alliances=[alliance], slug="zhangjiang", region="310115")
        self.firm = make_organisation("禾城压铸", member=self.park)
        self.maker = make_organisation("循光视觉", member=self.other)
        self.boss = self._person("organisation", self.firm, "陆铸")
        self.seller = self._person("organisation", self.maker, "沈光")
        self.liaison = self._person("liaison", self.park, "周南")
        for title in (
            "水稻病虫害防治无人机",
            "污水处理膜材料",
            "肿瘤早筛试剂盒",
            "光伏逆变器",
            "智慧养老平台",
            "锂电池回收",
        ):
            self.offer(title, f"{title}，已有应用案例，可现场考察")
        self.offer("铝合金压铸件内部气孔X射线在线检测设备", "面向汽车零部件压铸件，自动识别气孔，检出率99.5%，节拍40秒")
        work()
        learn()

    def _person(self, role: str, where: Any, name: str) -> User:
        return make_user(role, where, name=name)

    def offer(self, title: str, body: str) -> Listing:
        return create_listing(
            actor=viewer("liaison", self.other),
            member=self.other,
            organisation=self.maker,
            data={"kind": "technology", "title": title, "body": body},
            put_forward=True,
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


SignIn = Callable[[Page, Any], None]


def test_a_firm_states_a_need_finds_somebody_and_the_other_firm_answers(
    scene: Scene, open_page: OpenPage, sign_in: SignIn
) -> None:
    boss = open_page(width=360)
    sign_in(boss, scene.boss)
    boss.goto("/publish/")
    ready(boss)
    boss.fill("#text", NEED)
    boss.locator("#text").press("End")
    boss.locator("#text").press(" ")
    expect(boss.locator("#understood")).to_contain_text("30万元至50万元")
    expect(boss.locator("#understood")).to_contain_text("嘉兴")
    boss.get_by_role("button", name="下一步").click()
    ready(boss)
    assert boss.locator("[name=title]").input_value()
    assert NEED.strip() in boss.locator("[name=body]").input_value()
    boss.get_by_role("button", name="提交审核").click()
    ready(boss)
    expect(boss.locator("main")).to_contain_text("已提交")
    work()

    liaison = open_page()
    sign_in(liaison, scene.liaison)
    liaison.goto("/review/")
    ready(liaison)
    liaison.locator("summary", has_text="审核").first.click()
    liaison.get_by_role("button", name="通过").click()
    ready(liaison)
    expect(liaison.locator("main")).to_contain_text("没有等您审核的信息")
    work()

    need = Listing.objects.unscoped("test").get(kind="need")
    boss.goto(f"/match/?listing={need.uid}&weak=1")
    ready(boss)
    first = boss.locator("article.k-match").first
    expect(first).to_contain_text("X射线在线检测设备")
    expect(first.locator("mark").first).to_be_visible()
    first.get_by_role("button", name="感兴趣").click()
    expect(boss.locator("article.k-match").first).to_contain_text("已表示感兴趣")

    seller = open_page(width=360)
    sign_in(seller, scene.seller)
    seller.goto("/desk/")
    ready(seller)
    seller.get_by_role("link", name="有单位对").first.click()
    ready(seller)
    assert scene.boss.phone not in seller.content()
    seller.get_by_role("button", name="同意对接").click()
    ready(seller)
    expect(seller.locator("aside.k-stack")).to_contain_text(scene.boss.phone)
    seller.fill("textarea[name=text]", "周四上午可以看样机")
    seller.get_by_role("button", name="发送").click()
    ready(seller)
    expect(seller.locator("main")).to_contain_text("周四上午可以看样机")


def _sheet(rows: list[list[object]]) -> bytes:
    book = Workbook()
    book.active.append(["编号", "标题", "内容", "预算", "地区"])
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_liaison_imports_a_sheet_with_errors_mends_it_and_publishes(
    scene: Scene, open_page: OpenPage, sign_in: SignIn, tmp_path: Path
) -> None:
    page = open_page()
    sign_in(page, scene.liaison)
    rows: list[list[object]] = [
        ["A1", "电机降噪", "振动大", "12 万", "嘉兴"],
        ["A2", "废水处理", "要达标", "很多钱", "上梅市"],
    ]
    (tmp_path / "需求.xlsx").write_bytes(_sheet(rows))
    page.goto("/import/")
    ready(page)
    page.set_input_files("input[type=file]", tmp_path / "需求.xlsx")
    page.get_by_role("button", name="检查").click()
    page.wait_for_url("**/import/*/")
    work()
    page.reload()
    ready(page)
    expect(page.locator("main")).to_contain_text("有 1 行有错")
    expect(page.locator("table")).to_contain_text("很多钱")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标注副本").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet = book["Sheet"]
    assert "很多钱" in sheet["D3"].comment.text
    assert Listing.objects.unscoped("test").filter(kind="need").count() == 0

    rows[1][3:] = ["120万", "上海"]
    (tmp_path / "需求2.xlsx").write_bytes(_sheet(rows))
    page.get_by_role("link", name="改好重新上传").click()
    ready(page)
    page.set_input_files("input[type=file]", tmp_path / "需求2.xlsx")
    page.get_by_role("button", name="检查").click()
    page.wait_for_url("**/import/*/")
    work()
    page.reload()
    ready(page)
    page.get_by_role("button", name="导入 2 行").click()
    work()
    page.reload()
    ready(page)
    expect(page.locator("main")).to_contain_text("新增 2")
    page.goto("/search/?q=废水处理&kind=need")
    ready(page)
    expect(page.locator("ul.k-list")).to_contain_text("废水处理")


PAGES = [
    "/",
    "/search/?q=检测",
    "/publish/",
    "/publish/need/",
    "/desk/",
    "/match/?weak=1",
    "/introductions/",
    "/import/",
    "/notifications/",
    "/searches/",
    "/members/",
]


@pytest.mark.parametrize(("width", "theme", "language"), [(360, "light", "zh-hans"), (1440, "dark", "en")])
def test_every_page_is_whole_and_accessible(
    scene: Scene,
    open_page: OpenPage,
    sign_in: SignIn,
    axe_findings: Callable[[Page], list[str]],
    take_picture: Callable[[Page, str], None],
    width: int,
    theme: str,
    language: str,
) -> None:
    create_listing(
        actor=viewer("liaison", scene.park),
        member=scene.park,
        organisation=scene.firm,
        data={"kind": "need", "title": "压铸件气孔在线检测", "body": NEED, "amount": "30-50万", "regions": "嘉兴"},
        put_forward=True,
    )
    work()
    listing = Listing.objects.unscoped("test").get(kind="need")
    page = open_page(width=width, theme=theme, language=language)
    sign_in(page, scene.liaison)
    faults = []
    for address in [*PAGES, f"/listings/{listing.uid}/", f"/listings/{listing.uid}/edit/", "/members/nanhu/"]:
        page.goto(address)
        ready(page)
        faults += [f"{address}: {finding}" for finding in axe_findings(page)]
        if sideways(page):
            faults.append(f"{address}: {sideways(page)} px wider than the screen")
        take_picture(page, f"{address.strip('/').replace('/', '-').split('?')[0] or 'home'}-{width}-{theme}-{language}")
    assert faults == []

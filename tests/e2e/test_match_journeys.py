"""Matching in a real browser: a confidential match from both sides until contacts are shown; the liaison's worklist; a digest read
back from the mail server. And every page of matching: axe finds nothing, a phone need not scroll sideways.
"""

from __future__ import annotations

import email
import io
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from email.policy import default as mail_policy
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.core.models import Notification
from duijie.match.index import close_match_index, folder
from duijie.match.models import Interest, Introduction, Suggestion
from duijie.match.upkeep import learn
from duijie.members.mails import send_daily
from duijie.members.models import Mails, User
from duijie.publish.actions import create_listing
from duijie.publish.models import Listing
from duijie.publish.search import search_index
from tests.e2e.conftest import OpenPage, ready, sideways
from tests.factories import make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Page, Any], None]
TEASER = "某汽配企业求铸件检测方案"


@pytest.fixture(autouse=True)
def _empty_indexes() -> Iterator[None]:
    close_match_index()
    shutil.rmtree(folder(), ignore_errors=True)
    search_index().clear()
    yield
    close_match_index()
    search_index().close()


def work() -> None:
    """What the worker does in an installation."""
    for _ in range(2):
        run_all()
        dispatch_all()


class Scene:
    """A park whose firm has a confidential need, another with a maker of what it wants, and the people of both."""

    def __init__(self) -> None:
        alliance = make_alliance("长江流域园区合作联盟")
        self.park = make_member("嘉兴南湖高新区", alliances=[alliance], slug="nanhu")
        self.other = make_member("上海张江高新区", alliances=[alliance], slug="zhangjiang", region="310115")
        self.firm = make_organisation("禾城压铸", member=self.park)
        self.maker = make_organisation("循光视觉", member=self.other)
        self.boss = make_user("organisation", self.firm, name="陆铸")
        self.seller = make_user("organisation", self.maker, name="沈光")
        self.liaison = make_user("liaison", self.park, name="周南")
        self.other_liaison = make_user("liaison", self.other, name="许江")
        for title in ("水稻病虫害防治无人机", "污水处理膜材料", "肿瘤早筛试剂盒", "光伏逆变器"):
            self.published(self.maker, "technology", title, f"{title}，已有应用案例")
        body = "面向汽车零部件铝合金压铸件，自动识别内部气孔，检出率99.5%"
        self.offer = self.published(self.maker, "technology", "铝合金压铸件内部气孔X射线在线检测设备", body)
        self.need = self.published(
            self.firm, "need", "铝合金压铸件气孔在线检测", "禾城三号线压铸件内部气孔靠人工抽检，想在线检出", industries=["3392"],
            confidential=True, teaser=TEASER,
        )  # fmt: skip
        work()
        learn()
        pair = Suggestion.objects.filter(asking=self.need, giving=self.offer)
        assert pair.update(grade="strong") == 1
        Suggestion.objects.exclude(pk__in=pair).update(grade="weak")

    def published(self, owner: Any, kind: str, title: str, body: str, **more: object) -> Listing:
        member = owner.home_member
        data = {"kind": kind, "title": title, "body": body} | more
        return create_listing(
            actor=viewer("liaison", member), member=member, organisation=owner, data=data, put_forward=True
        )


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture
def opened(open_page: OpenPage, sign_in: SignIn) -> Callable[..., Page]:
    """A function that signs a person in and opens an address."""

    def go(person: User, address: str, **screen: Any) -> Page:
        page = open_page(**screen)
        sign_in(page, person)
        page.goto(address)
        ready(page)
        return page

    return go


def test_a_confidential_match_is_seen_from_both_sides_until_contacts_are_shown(
    scene: Scene, opened: Callable[..., Page]
) -> None:
    boss = opened(scene.boss, "/match/", width=360)
    card = boss.locator("article.k-match").first
    expect(card).to_contain_text("X射线在线检测设备")
    expect(card.locator("mark").first).to_be_visible()

    seller = opened(scene.seller, "/match/", width=360)
    expect(seller.locator("article.k-match").first).to_contain_text(TEASER)
    assert "禾城" not in seller.content()
    assert "气孔在线检测" not in seller.locator("article.k-match").first.inner_text()

    card.get_by_role("button", name="感兴趣").click()
    expect(boss.locator("article.k-match").first).to_contain_text("已表示感兴趣")
    work()
    interest = Interest.objects.get()
    assert interest.anonymous
    seller.goto(f"/match/interest/{interest.uid}/")
    ready(seller)
    expect(seller.locator("h1")).to_contain_text("嘉兴南湖高新区的一家单位")
    expect(seller.locator("main")).to_contain_text("为什么合适")
    assert "禾城" not in seller.content()
    assert scene.boss.phone not in seller.content()
    boss.goto(f"/match/interest/{interest.uid}/")
    ready(boss)
    assert scene.seller.phone not in boss.content()

    seller.get_by_role("button", name="同意对接").click()
    ready(seller)
    expect(seller.locator("aside.k-stack")).to_contain_text(scene.boss.phone)
    expect(seller.locator("h1")).to_contain_text("禾城压铸")
    expect(seller.locator(".k-head-lead")).to_contain_text("铝合金压铸件气孔在线检测")  # the full text is open now
    introduction = Introduction.objects.get()
    boss.goto(f"/introductions/{introduction.uid}/")
    ready(boss)
    expect(boss.locator("aside.k-stack")).to_contain_text(scene.seller.phone)
    told = Notification.objects.filter(kind="introduction.opened").values_list("user_id", flat=True)
    assert {scene.liaison.pk, scene.other_liaison.pk, scene.boss.pk, scene.seller.pk} <= set(told)

    boss.fill("[name=step]", "周四上午看样机")
    boss.get_by_role("button", name="保存").click()
    ready(boss)
    boss.get_by_role("button", name="谈成了，转入项目").click()
    ready(boss)
    introduction.refresh_from_db()
    assert (introduction.next_step, introduction.status) == ("周四上午看样机", "handed_on")


def test_a_liaison_works_through_the_worklist(scene: Scene, opened: Callable[..., Page]) -> None:
    page = opened(scene.liaison, "/worklist/")
    promising = page.locator("section", has_text="跨成员有望")
    expect(promising).to_contain_text("X射线在线检测设备")
    promising.get_by_role("button", name="代为表示感兴趣").first.click()
    ready(page)
    page.goto("/worklist/")
    ready(page)
    expect(page.locator("section", has_text="等对方答复")).to_contain_text("X射线在线检测设备")
    work()

    other = opened(scene.other_liaison, "/worklist/", width=360)
    ours = other.locator("section", has_text="等我们答复")
    expect(ours).to_contain_text("嘉兴南湖高新区的一家单位")
    other.locator("#what").select_option("ours")
    other.wait_for_url("**what=ours**")
    ready(other)
    with other.expect_download() as download:
        other.get_by_role("link", name="导出 Excel").click()
    sheet = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).active
    assert sheet is not None
    assert sheet["A2"].value == "等我们答复"
    other.get_by_role("button", name="同意对接").click()
    ready(other)
    expect(other.locator("aside.k-stack")).to_contain_text("周南")  # who showed interest for the firm

    page.goto("/match/figures/")
    ready(page)
    page.locator("table").get_by_role("link", name="1", exact=True).last.click()
    ready(page)
    expect(page.locator("table")).to_contain_text("铝合金压铸件")


class Mailbox:
    """What arrived at the mail server."""

    def __init__(self) -> None:
        self.letters: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.letters.append(email.message_from_bytes(envelope.content, policy=mail_policy))
        return "250 OK"


def test_a_days_digest_is_read_back_from_the_mail_server_and_stopped_by_one_click(
    scene: Scene, opened: Callable[..., Page], settings: Any, open_page: OpenPage
) -> None:
    User.objects.filter(pk=scene.seller.pk).update(mails=Mails.DAILY)
    boss = opened(scene.boss, "/match/")
    boss.get_by_role("button", name="感兴趣").first.click()
    expect(boss.locator("article.k-match").first).to_contain_text("已表示感兴趣")
    work()
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        assert send_daily() == 1
        assert send_daily() == 0  # nothing twice
    finally:
        server.stop()
    (letter,) = [one for one in box.letters if one["To"] == scene.seller.email]
    text = letter.get_body(("plain",)).get_content()
    assert "嘉兴南湖高新区的一家单位对“铝合金压铸件内部气孔X射线在线检测设备”感兴趣" in text
    assert "禾城" not in text
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = re.search(r"https?://[^/]+(/\S+)>", letter["List-Unsubscribe"])
    assert path is not None
    page = open_page(width=360)
    page.goto(path.group(1))
    ready(page)
    page.locator("main").get_by_role("button").first.click()
    ready(page)
    scene.seller.refresh_from_db()
    assert scene.seller.mails == Mails.NEVER


@pytest.mark.parametrize(
    ("width", "theme", "language"), [(360, "light", "zh-hans"), (1440, "dark", "en"), (1440, "light", "zh-hans")]
)
def test_every_page_of_matching_is_whole_and_accessible(
    scene: Scene, opened: Callable[..., Page], axe_findings: Callable[[Page], list[str]],
    take_picture: Callable[[Page, str], None], width: int, theme: str, language: str,
) -> None:  # fmt: skip
    from duijie.match import actions

    interest = actions.express_interest(actor=viewer(scene.boss), to_listing=scene.offer, from_listing=scene.need)
    screen = {"width": width, "theme": theme, "language": language}
    page = opened(scene.other_liaison, "/worklist/", **screen)
    faults: list[str] = []

    def look(page: Page, *addresses: str) -> None:
        for address in addresses:
            page.goto(address)
            ready(page)
            faults.extend(f"{address}: {finding}" for finding in axe_findings(page))
            if sideways(page):
                faults.append(f"{address}: {sideways(page)} px wider than the screen")
            name = re.sub(r"[^a-z-]+", "-", address.strip("/"))[:40].strip("-")
            take_picture(page, f"{name}-{width}-{theme}-{language}")

    why = f"/match/why/?own={scene.offer.uid}&other={scene.need.uid}"
    look(page, "/worklist/", "/match/?weak=1", f"/match/interest/{interest.uid}/", why, "/match/figures/?by=industry",
         f"/match/figures/records/?figure=interests&by=member&key={scene.other.pk}", "/account/channels/", "/account/channels/new/")  # fmt: skip
    actions.accept_interest(actor=viewer(scene.seller), interest=interest)
    introduction = Introduction.objects.get()
    actions.say(actor=viewer(scene.boss), introduction=introduction, text="周四上午可以来看生产线吗？")
    look(page, f"/introductions/{introduction.uid}/", "/introductions/")
    look(opened(make_user("platform", None), "/match/ranking/", **screen), "/match/ranking/")
    assert faults == []

"""A plan from its first word to an amendment in a real browser: those who write at a desk, those who decide and report on phones."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from duijie.core.access import SYSTEM
from duijie.core.schema import parse
from duijie.land import actions as land
from duijie.land.schemas import ProjectRecord
from duijie.members.models import Member
from duijie.plan.models import Plan
from tests.e2e.conftest import ready, sideways
from tests.factories import make_alliance, make_member, make_organisation, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def park() -> Member:
    return make_member("秀洲高新区", alliances=[make_alliance("长三角园区联盟")], slug="xz", region="330411")


def save(page: Page, said: str, **fields: str) -> None:
    """Fill the fields of a form by name, send it, and see that it was taken."""
    for name, value in fields.items():
        control = page.locator(f"main [name={name}]").first
        if control.evaluate("e => e.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    page.locator(".k-form-actions .btn-primary").click()
    expect(page.locator("body")).to_contain_text(said)


def more(page: Page, entry: str) -> None:
    """Choose an entry of the menu at the head of a plan."""
    page.locator(".k-head summary").click()
    page.locator(".k-head").locator(".k-menu-item", has_text=entry).click()


def below(page: Page, code: str, entry: str) -> None:
    """Choose an entry of the menu of an item of the tree."""
    node = page.locator(".p-node").filter(
        has=page.locator(".p-node-code", has_text=re.compile(rf"^{re.escape(code)}$"))
    )
    node.locator("summary").click()
    node.locator(".k-menu-item", has_text=entry).click()


def confirm(page: Page, dialog: str, button: str, **fields: str) -> None:
    shown = page.locator(f"#{dialog}")
    expect(shown).to_be_visible()
    for name, value in fields.items():
        shown.locator(f"[name={name}]").fill(value)
    shown.get_by_role("button", name=button, exact=True).click()


def signed(park: Member, name: str, **values: str) -> None:
    day = timezone.localdate().isoformat()
    record = parse(ProjectRecord, {"name": name, "total": "1.2亿元", "signed_on": day, "origin": "上海", **values})
    land.create_project(actor=SYSTEM, member=park, record=record)


def test_a_plan_is_written_fed_approved_reported_read_and_amended(
    open_page: Any, sign_in: Any, park: Member, axe_findings: Any, take_picture: Any, tmp_path: Any
) -> None:
    year = timezone.localdate().year
    alliance = park.memberships.get().alliance
    firm = make_organisation("禾城精密", member=park)
    signed(park, "光伏逆变器项目", openness="public")
    signed(park, "不便公开的项目", openness="parties")
    desk, meeting, office, works = open_page(), open_page(width=360), open_page(width=360), open_page(width=360)
    sign_in(desk, make_user("secretariat", alliance))
    sign_in(meeting, make_user("leader", alliance))
    sign_in(office, make_user("liaison", park))
    sign_in(works, make_user("organisation", firm))

    def fit(page: Page, name: str) -> None:
        ready(page)
        take_picture(page, f"plan-{name}")
        assert sideways(page) == 0, name
        assert axe_findings(page) == [], name

    # The secretariat drafts a plan of three years: a goal, a special action, a task; two indicators.
    desk.goto("/plans/")
    fit(desk, "list-empty")
    desk.get_by_role("link", name="起草计划").click()
    fit(desk, "new")
    save(
        desk,
        "草稿已建立",
        title="接轨上海三年行动计划",
        alliance=alliance.slug,
        starts_on=f"{year - 1}-01-01",
        ends_on=f"{year + 1}-12-31",
    )
    fit(desk, "draft-empty")
    desk.locator(".k-empty").get_by_role("link", name="添加条目").click()
    save(desk, "条目已保存", code="1", kind="goal", title="项目落地")
    below(desk, "1", "添加下级条目")
    save(desk, "条目已保存", code="1.1", kind="action", title="招商专项行动")
    below(desk, "1.1", "添加下级条目")
    save(desk, "条目已保存", code="1.1.1", kind="task", title="办好推介会", ends_on=f"{year + 1}-06-30")
    more(desk, "添加条目")
    save(desk, "编号“1.1”已被另一个条目使用", code="1.1", kind="task", title="别的任务")
    desk.get_by_role("link", name="接轨上海三年行动计划").click()
    for period in (str(year - 1), str(year)):
        more(desk, "添加期间")
        save(desk, "期间已添加", code=period)
    below(desk, "1.1", "添加指标")
    fit(desk, "new-indicator")
    save(
        desk,
        "指标已保存",
        code="1.1-1",
        title="签约项目",
        unit="count",
        measure="land.projects_signed",
        filters="origin=上海",
    )
    below(desk, "1.1.1", "添加指标")
    save(desk, "指标已保存", code="1.1.1-1", title="推介会", unit="count", unit_name="场")
    more(desk, "添加基期值")
    save(desk, "基期值已保存", indicator="1.1.1-1", on=f"{year - 1}-12-31", value="2")
    for indicator, value in (("1.1-1", "4"), ("1.1.1-1", "6")):
        more(desk, "设定目标")
        save(
            desk,
            "目标已设定",
            indicator=indicator,
            period=str(year),
            value=value,
            **({"member": "xz"} if value == "6" else {}),
        )
    fit(desk, "draft")

    # A firm answers the call, and its project is taken in.
    more(desk, "征集项目")
    save(desk, "征集已发起", title="重大项目征集", closes_on=(timezone.localdate() + dt.timedelta(days=30)).isoformat())
    works.goto("/plans/")
    works.get_by_role("link", name="重大项目征集").click()
    fit(works, "call")
    works.get_by_role("link", name="申报项目").click()
    fit(works, "submit")
    save(works, "已申报", title="压铸件二期产线", amount="1.2亿元", partner_wanted="检测设备")
    fit(works, "submission")
    desk.reload()
    desk.get_by_role("link", name="压铸件二期产线").click()
    fit(desk, "submission-decide")
    desk.locator("[name=code]").fill("1.1.2")
    desk.locator("[name=parent]").select_option("1.1")
    desk.get_by_role("button", name="纳入", exact=True).click()
    expect(desk.locator("main")).to_contain_text("已纳入计划，编号 1.1.2")

    # The leaders' meeting approves; it is published.
    plan = Plan.objects.unscoped("test").get()
    desk.goto(f"/plans/{plan.uid}/")
    expect(desk.locator(".p-tree")).to_contain_text("压铸件二期产线")
    desk.get_by_role("button", name="提交领导会议").click()
    expect(desk.locator(".k-head")).to_contain_text("待审议")
    meeting.goto("/plans/")
    meeting.get_by_role("link", name="接轨上海三年行动计划").click()
    fit(meeting, "to-approve")
    meeting.get_by_role("button", name="通过", exact=True).click()
    confirm(meeting, "approve", "通过", resolution=f"〔{year}〕1 号")
    expect(meeting.locator(".k-head")).to_contain_text("第 1 版")
    desk.reload()
    desk.get_by_role("button", name="发布", exact=True).click()
    expect(desk.locator(".k-head")).to_contain_text("已发布")

    # A member reports with its evidence; the secretariat verifies.
    office.goto(f"/plans/{plan.uid}/")
    office.locator(".p-line").filter(has_text="推介会").click()
    office.get_by_role("link", name="上报").click()
    fit(office, "report-actual")
    ledger = tmp_path / "台账.exe"
    ledger.write_bytes(b"MZ")
    office.locator("[name=file]").set_input_files(ledger)
    expect(office.locator("#f-file-problem")).to_be_visible()
    office.locator("[name=file]").set_input_files(
        {"name": "台账.csv", "mimeType": "text/csv", "buffer": "推介会,5\n".encode()}
    )
    save(office, "已上报，等待核实", value="5")
    desk.goto(f"/plans/{plan.uid}/")
    desk.locator(".p-line").filter(has_text="推介会").click()
    desk.get_by_role("link", name=f"{year} 秀洲高新区").click()
    expect(desk.get_by_role("link", name="台账.csv")).to_be_visible()
    fit(desk, "actual")
    desk.get_by_role("button", name="核实").click()
    expect(desk.locator(".k-head")).to_contain_text("已核实")

    # Whoever comes by reads the light and the sentence and opens the records; what is confidential is counted only.
    for width in (360, 1440):
        visitor = open_page(width=width)
        visitor.goto("/plans/")
        visitor.get_by_role("link", name="接轨上海三年行动计划").click()
        fit(visitor, f"public-{width}")
        told = visitor.locator(".p-line").filter(has_text="推介会")
        expect(told).to_contain_text("5 场")
        visitor.locator(".p-line").filter(has_text="签约项目").click()
        expect(visitor.locator(".p-sentence")).to_contain_text("目标不少于 4 个")
        expect(visitor.locator(".p-sentence")).to_contain_text("2 个")
        expect(visitor.locator("#records")).to_contain_text("光伏逆变器项目")
        expect(visitor.locator("#records")).to_contain_text("另有 1 条")
        expect(visitor.locator("body")).not_to_contain_text("不便公开的项目")
        fit(visitor, f"indicator-{width}")
        visitor.locator("#records").get_by_role("link", name="光伏逆变器项目").click()
        expect(visitor.locator("h1")).to_contain_text("光伏逆变器项目")

    # More is promised: the amendment leaves the public its edition until the leaders have approved it, and a trail afterwards.
    desk.goto(f"/plans/{plan.uid}/")
    more(desk, "发起调整")
    confirm(desk, "amend", "发起", reason="上半年已完成一半，加码")
    more(desk, "设定目标")
    save(desk, "目标已设定", indicator="1.1-1", period=str(year), value="8")
    expect(desk.locator(".p-tree")).to_contain_text("不少于 8 个")
    visitor.goto(f"/plans/{plan.uid}/")
    expect(visitor.locator(".p-tree")).to_contain_text("不少于 4 个")
    desk.get_by_role("button", name="提交领导会议").click()
    meeting.goto(f"/plans/{plan.uid}/")
    expect(meeting.locator("main")).to_contain_text("上半年已完成一半，加码")
    meeting.get_by_role("link", name="查看变化").click()
    expect(meeting.locator("main del")).to_have_text("4")
    expect(meeting.locator("main ins")).to_have_text("8")
    fit(meeting, "amendment")
    meeting.goto(f"/plans/{plan.uid}/")
    meeting.get_by_role("button", name="通过", exact=True).click()
    confirm(meeting, "approve", "通过", resolution=f"〔{year}〕2 号")
    expect(meeting.locator(".k-head")).to_contain_text("第 2 版")
    visitor.reload()
    expect(visitor.locator(".p-tree")).to_contain_text("不少于 8 个")
    visitor.get_by_role("link", name="第 2 版").click()
    expect(visitor.locator("main")).to_contain_text(f"〔{year}〕2 号")
    expect(visitor.locator("main")).to_contain_text("上半年已完成一半，加码")
    fit(visitor, "editions")

"""One deal from a match to production in a real browser; the board by mouse and by keyboard; pages at every width."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from duijie.core.access import SYSTEM
from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.core.schema import parse
from duijie.land import actions
from duijie.land.models import Deal, Project
from duijie.land.schemas import DealRecord, FigureRecord, ProjectRecord, ZoneRecord
from duijie.match.actions import accept_interest, express_interest
from duijie.members.models import Member
from duijie.plan import actions as plan_actions
from duijie.plan.loading import load_plan
from duijie.plan.models import Plan
from duijie.publish.actions import create_listing
from tests.e2e.conftest import ready, sideways
from tests.factories import make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def own() -> Member:
    return make_member("秀洲高新区", alliances=[make_alliance("长三角园区联盟")], slug="xz", region="330411")


def introduced(own: Member) -> Any:
    """An introduction between a firm of `own` that needs something and one of another member that offers it."""
    firm, other = (
        make_organisation("禾城精密", member=own),
        make_organisation("巡光智能", member=make_member("张江高新区")),
    )
    need = {"kind": "need", "title": "压铸件气孔在线检测", "amount": "30-50万"}
    asking = create_listing(actor=SYSTEM, member=own, organisation=firm, data=need, put_forward=True)
    offer = {"kind": "technology", "title": "X 射线在线检测"}
    giving = create_listing(actor=SYSTEM, member=other.home_member, organisation=other, data=offer, put_forward=True)
    interest = express_interest(actor=viewer("organisation", firm), to_listing=giving, from_listing=asking)
    accept_interest(actor=viewer("organisation", other), interest=interest)
    from duijie.match.models import Introduction

    return Introduction.objects.get(interest=interest)


def step(page: Page, stage: str, field: str, text: str, day: str) -> None:
    """Go on to a stage from the deal's page, with its day and evidence."""
    page.get_by_role("link", name=stage, exact=True).click()
    page.locator("input[name=effective_on]").fill(day)
    if field:
        page.locator(f"input[name={field}]").fill(text)
    page.locator(".k-form-actions .btn-primary").click()
    expect(page.locator(".k-head")).to_contain_text(stage)


def promised(own: Member) -> Plan:
    """A published plan of 2025: projects in production and money paid in, of the alliance."""
    secretary = viewer("secretariat", own.memberships.get().alliance)
    document = {
        "plan": {"title": "2025 年行动计划", "alliance": own.memberships.get().alliance.slug, "starts_on": "2025-01-01", "ends_on": "2025-12-31"},
        "periods": [{"code": "2025"}],
        "items": [{"code": "1", "kind": "goal", "title": "项目落地"}],
        "indicators": [
            {"code": "1-1", "item": "1", "title": "投产项目", "unit": "count", "measure": "land.projects_in_production", "headline": True},
            {"code": "1-2", "item": "1", "title": "实到资金", "unit": "CNY", "measure": "land.paid_in", "headline": True},
        ],
        "targets": [{"indicator": "1-1", "period": "2025", "value": "2"}, {"indicator": "1-2", "period": "2025", "value": "40万"}],
    }  # fmt: skip
    plan = load_plan(actor=secretary, document=document)
    plan_actions.submit_plan(actor=secretary, plan=plan)
    plan_actions.approve_plan(actor=viewer("leader", own.memberships.get().alliance), plan=plan, resolution="1 号")
    return plan_actions.publish_plan(actor=secretary, plan=plan)


def plan_cockpit_and_report_say(page: Page, plan: Plan, produced: str, paid: str) -> None:
    """The plan's page, the cockpit and the report of the quarter give these two figures."""
    page.goto(f"/plans/{plan.uid}/")
    expect(page.locator(".p-tree")).to_contain_text(produced)
    expect(page.locator(".p-tree")).to_contain_text(paid)
    page.goto(f"/cockpit/?plan={plan.uid}")
    tiles = page.locator(".p-wall")
    expect(tiles).to_contain_text(re.compile(rf"投产项目\s*\S*\s*{produced.split()[0]}\s"))
    expect(tiles).to_contain_text(re.compile(rf"实到资金\s*\S*\s*{int(re.sub('[^0-9]', '', paid))}\s"))
    page.goto(f"/plans/{plan.uid}/reports/new/")
    page.locator("input[name=period]").fill("2025Q1")
    page.locator(".k-form-actions .btn-primary").click()
    page.wait_for_url(re.compile("/plan/reports/"))
    run_all()
    page.reload()
    rows = page.locator("table").filter(has_text="投产项目").first
    expect(rows.locator("tr").filter(has_text="投产项目")).to_contain_text(produced)
    expect(rows.locator("tr").filter(has_text="实到资金")).to_contain_text(paid)


def test_a_deal_walks_from_a_match_to_production_and_plan_cockpit_and_report_change(
    open_page: Any, sign_in: Any, own: Member, take_picture: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duijie.plan.wall.DEAR_SECONDS", 1000)  # computed at each look, however busy the machine is
    introduction, plan = introduced(own), promised(own)
    meeting = open_page()
    sign_in(meeting, make_user("secretariat", own.memberships.get().alliance))
    plan_cockpit_and_report_say(meeting, plan, "0 个", "0元")
    liaison = make_user("liaison", own, name="陈秀清")
    page = open_page()
    sign_in(page, liaison)
    page.goto(f"/introductions/{introduction.uid}/")
    page.get_by_role("button", name="谈成了，转入项目").click()
    dispatch_all()
    page.goto("/deals/")
    ready(page)
    expect(page.locator("[data-lane=lead] [data-ticket]")).to_have_count(1)
    page.get_by_role("link", name="压铸件气孔在线检测").click()
    expect(page.locator(".k-head-over")).to_contain_text("平台匹配 · 压铸件气孔在线检测 × X 射线在线检测")
    Deal.objects.unscoped("the walk begins a while ago").update(stage_since="2024-01-05")
    Deal.objects.unscoped("as above").get().moves.update(effective_on="2024-01-05")
    step(page, "意向", "note", "意向书 3 号", "2024-02-01")
    step(page, "签约", "contract", "投资协议 2024-7", "2024-03-01")
    step(page, "注册", "registration", "91330411MA28A1234X", "2024-04-02")
    step(page, "开工", "permit", "施工许可 12 号", "2024-05-06")
    step(page, "竣工", "acceptance", "验收备案 5 号", "2025-02-10")
    step(page, "投产", "production", "试生产报告", "2025-03-15")
    take_picture(page, "deal-in-production")
    project = Project.objects.unscoped("test").get()
    page.get_by_role("link", name=project.name).last.click()
    expect(page.locator("main")).to_contain_text("2025-03-15")
    page.get_by_role("link", name="填报数据").click()
    page.locator("input[name=month]").fill("2025-03")
    page.locator("input[name=amount]").first.fill("20万元")
    page.locator(".k-form-actions .btn-primary").click()
    expect(page.locator("main")).to_contain_text("20万元")
    plan_cockpit_and_report_say(meeting, plan, "1 个", "20万元")
    take_picture(meeting, "report-of-the-quarter")


def test_the_board_moves_by_keyboard_asks_for_evidence_and_tells_of_a_card_that_somebody_moved(
    open_page: Any, sign_in: Any, own: Member
) -> None:
    values = {"title": "光伏组件回收产线", "kind": "investment", "stage_on": "2024-01-05"}
    deal = actions.create_deal(actor=SYSTEM, member=own, record=parse(DealRecord, values))
    page = open_page()
    sign_in(page, make_user("liaison", own))
    page.goto("/deals/")
    ready(page)
    onward = page.locator("[data-lane=lead] button[data-move='1']")
    onward.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-lane=contact] [data-ticket]")).to_have_count(1)
    expect(page.locator(".k-toast")).to_contain_text("已移到“接洽”", timeout=30_000)
    page.locator("[data-lane=contact] [data-ticket]").drag_to(page.locator("[data-lane=intent]"))
    dialog = page.locator("#move-dialog")
    expect(dialog).to_be_visible(timeout=30_000)
    dialog.locator("input[name=note]").fill("意向书 1 号")
    # The move before it was of today: this one can be no earlier.
    dialog.locator("input[name=effective_on]").fill(timezone.localdate().isoformat())
    dialog.get_by_role("button", name="推进").click()
    expect(page.locator("[data-lane=intent] [data-ticket]")).to_have_count(1)
    deal.refresh_from_db()
    actions.set_next_step(actor=SYSTEM, deal=deal, step="换人跟进", on=None)
    page.locator("[data-lane=intent] button[data-move='-1']").click()
    expect(page.locator(".k-toast")).to_contain_text(re.compile("已被他人修改"), timeout=30_000)
    expect(page.locator("[data-lane=intent] [data-ticket]")).to_have_count(1)


def test_pages_are_fit_for_every_width_and_for_everybody(
    open_page: Any, sign_in: Any, own: Member, axe_findings: Any, take_picture: Any
) -> None:
    values = {"title": "异质结整线设备基地", "kind": "investment", "amount": "8.6亿元", "origin": "上海", "stage_on": "2024-01-05", "next_step": "看厂房", "next_on": "2024-02-01", "other_names": ["申能源装备"]}  # fmt: skip
    deal = actions.create_deal(actor=SYSTEM, member=own, record=parse(DealRecord, values))
    zone = {
        "name": "张江长三角科技城",
        "slug": "town",
        "kind": "示范区",
        "area_square_metres": "7100000",
        "partners": ["金山|2400000|", "xz|4700000|"],
    }
    actions.write_zone(actor=SYSTEM, record=parse(ZoneRecord, zone))
    record = {
        "name": "光伏逆变器项目",
        "total": "3.5亿元",
        "signed_on": "2024-03-01",
        "planned_start_on": "2024-05-01",
        "origin": "上海",
        "zone": "town",
    }
    project = actions.create_project(actor=SYSTEM, member=own, record=parse(ProjectRecord, record))
    paid = parse(FigureRecord, {"kind": "paid_in", "month": "2024-04", "amount": "1200万元"})
    actions.record_figure(actor=SYSTEM, project=project, record=paid)
    user = make_user("liaison", own)
    addresses = {
        "board": "/deals/", "deals": "/deals/list/", "deal": f"/deals/{deal.uid}/", "move": f"/deals/{deal.uid}/move/?stage=signed",
        "projects": "/projects/", "project": f"/projects/{project.uid}/", "zones": "/zones/", "zone": "/zones/town/",
        "periods": "/members/xz/periods/",
    }  # fmt: skip
    for width, theme, language in ((360, "light", "zh-hans"), (1440, "dark", "zh-hans")):
        page = open_page(width=width, theme=theme, language=language)
        sign_in(page, user)
        for name, address in addresses.items():
            page.goto(address)
            ready(page)
            assert axe_findings(page) == [], (name, width)
            assert sideways(page) == 0, (name, width)
            take_picture(page, f"land-{name}-{width}")

"""In a real browser: a member fills in a round with a wrong cell, the secretariat verifies, builds, publishes; a visitor opens a
number and reaches the record behind it. axe finds nothing on any page of the way, a phone need not scroll sideways.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duijie.core.jobs import run_all
from duijie.measure import actions
from duijie.measure.indices import tree
from duijie.measure.models import Edition
from tests.e2e.conftest import OpenPage, ready, sideways
from tests.factories import make_alliance, make_member, make_user, viewer
from tests.measure.factories import make_indicator, make_round, make_values, submission_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Axe = Callable[[Page], list[str]]


class Scene:
    """Four members with a year of figures, an open round for one of them, a design that waits for its last touch."""

    def __init__(self) -> None:
        from duijie.core.schema import parse
        from duijie.measure.schemas import IndexRecord

        self.alliance = make_alliance("长江流域园区合作联盟", slug="parks")
        names = ("南湖高新区", "秀洲高新区", "张江高新区", "东湖高新区")
        self.members = [make_member(name, alliances=[self.alliance], slug=f"park-{n}") for n, name in enumerate(names)]
        self.output = make_indicator("output", name="营业收入", unit="亿元", lower="0", change_limit="60")
        self.green = make_indicator("green", name="绿电占比", unit="%", lower="0", upper="100")
        make_values(
            {(m, "2024"): {"output": str(100 + 30 * n), "green": str(20 + 5 * n)} for n, m in enumerate(self.members)}
        )
        make_values(
            {
                (m, "2025"): {"output": str(120 + 35 * n), "green": str(24 + 6 * n)}
                for n, m in enumerate(self.members)
                if n
            }
        )
        self.round = make_round(self.alliance, ["output", "green"], due_on="2099-01-01", members=["park-0"])
        self.row = submission_of(self.round, self.members[0])
        self.liaison = make_user("liaison", self.members[0], name="周南")
        self.secretary = make_user("secretariat", self.alliance, name="许知远")
        record = parse(
            IndexRecord,
            {
                "name": "园区发展指数",
                "name_en": "Park index",
                "slug": "park-index",
                "alliance": "parks",
                "periods": "2024、2025",
            },
        )
        design = actions.make_design(actor=viewer(self.secretary), record=record)
        document = tree.add_node(design.document, "growth", "经济发展", "Growth", "index")
        document = tree.add_node(document, "clean", "绿色集约", "Green", "index")
        document = tree.add_indicator(document, self.output, "growth")
        self.design = actions.change_design(actor=viewer(self.secretary), design=design, document=document)


def looked_at(page: Page, axe_findings: Axe) -> None:
    ready(page)
    assert axe_findings(page) == [], page.url
    whole = page.viewport_size
    assert whole is not None
    assert sideways(page) == 0, page.url
    page.set_viewport_size({"width": 360, "height": whole["height"]})
    for _ in range(30):
        if sideways(page) == 0:
            break
        page.wait_for_timeout(100)  # charts follow the new width a frame later
    assert sideways(page) == 0, (page.url, 360)
    page.set_viewport_size(whole)


def test_from_a_wrong_cell_to_the_record_behind_a_published_number(
    open_page: OpenPage,
    sign_in: Callable[[Page, Any], None],
    axe_findings: Axe,
    take_picture: Callable[[Page, str], None],
) -> None:
    scene = Scene()
    _fill_in(scene, open_page, sign_in, axe_findings, take_picture)
    _verify_and_publish(scene, open_page, sign_in, axe_findings)
    _build(scene, open_page, sign_in, axe_findings, take_picture)
    _visit(open_page, axe_findings, take_picture)


def _fill_in(
    scene: Scene,
    open_page: OpenPage,
    sign_in: Callable[[Page, Any], None],
    axe: Axe,
    picture: Callable[[Page, str], None],
) -> None:
    page = open_page(width=360)
    sign_in(page, scene.liaison)
    page.goto("/rounds/")
    looked_at(page, axe)
    page.get_by_role("link", name="年度采集 · 南湖高新区").click()
    page.get_by_label("营业收入", exact=True).fill("12,5")
    page.get_by_label("绿电占比", exact=True).fill("26%")
    page.get_by_role("button", name="保存并提交").click()
    expect(page.get_by_role("alert")).to_contain_text("逗号不清楚")
    expect(page.get_by_label("营业收入", exact=True)).to_have_value("12,5")
    looked_at(page, axe)
    picture(page, "measure-wrong-cell-360")
    page.get_by_label("营业收入", exact=True).fill("125.5")
    page.get_by_role("button", name="保存并提交").click()
    expect(page.get_by_text("待核验").first).to_be_visible()


def _verify_and_publish(scene: Scene, open_page: OpenPage, sign_in: Callable[[Page, Any], None], axe: Axe) -> None:
    page = open_page()
    sign_in(page, scene.secretary)
    page.goto("/rounds/")
    page.get_by_role("link", name="年度采集 · 南湖高新区").click()
    expect(page.get_by_role("row", name="营业收入")).to_contain_text("125.5")
    looked_at(page, axe)
    page.get_by_role("button", name="核验通过").click()
    page.goto(f"/rounds/{scene.round.uid}/")
    looked_at(page, axe)
    page.get_by_role("button", name="发布已核验的").click()
    expect(page.get_by_text("已发布").first).to_be_visible()


def _build(
    scene: Scene,
    open_page: OpenPage,
    sign_in: Callable[[Page, Any], None],
    axe: Axe,
    picture: Callable[[Page, str], None],
) -> None:
    page = open_page()
    sign_in(page, scene.secretary)
    page.goto("/workbench/park-index/")
    page.get_by_label("指标（可多选）").select_option("green")
    page.locator("#add-under").select_option("clean")
    page.locator("form", has=page.locator("#add-indicator")).get_by_role("button", name="加入").click()
    expect(page.get_by_role("link", name="绿电占比")).to_be_visible()
    looked_at(page, axe)
    page.get_by_role("link", name="步骤").click()
    looked_at(page, axe)
    page.locator("#m-normalise").select_option("z_score")
    expect(page.locator("#preview")).to_contain_text("-1.")
    picture(page, "measure-steps-1440")
    _own_methods(page, axe)
    page.locator("#m-normalise").select_option("min_max")
    page.get_by_role("button", name="保存这些步骤").click()
    page.get_by_role("link", name="权重").click()
    slider = page.get_by_role("slider", name="绿色集约")
    slider.focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#o-clean")).not_to_have_text("1")
    looked_at(page, axe)
    page.get_by_role("button", name="保存权重").click()
    page.get_by_role("link", name="敏感性").click()
    page.locator("#replications").select_option("64")
    page.get_by_role("button", name="开始计算").click()
    run_all()
    page.reload()
    expect(page.get_by_text("谁稳居谁之前").first).to_be_visible()
    looked_at(page, axe)
    page.get_by_role("link", name="结果").click()
    looked_at(page, axe)
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("第 1 版已发布")).to_be_visible()
    assert Edition.objects.unscoped("the test looks").count() == 1


def _own_methods(page: Page, axe: Axe) -> None:
    """Settings are asked for as the method needs them, their refusal names the field, and one indicator goes its own way."""
    edges, lower = page.get_by_label("分档界限", exact=True).first, page.get_by_label("下端", exact=True).first
    expect(edges).to_be_hidden()
    page.locator("#m-normalise").select_option("categories")
    expect(edges).to_be_visible()
    expect(lower).to_be_hidden()
    expect(page.locator("#preview")).to_contain_text("分档界限：必须填写")
    edges.fill("50")
    page.get_by_label("各档得分", exact=True).first.fill("3 9")
    page.keyboard.press("Tab")
    expect(page.locator("#preview")).to_contain_text("最大 9")
    page.get_by_text("单项指标另定方法").click()
    page.locator("#c-each-0").select_option("green")
    page.locator("#m-each-0").select_option("z_score")
    expect(page.locator("#f-each-0-sd")).to_be_visible()
    expect(page.locator("#f-each-0-edges")).to_be_hidden()
    looked_at(page, axe)
    page.get_by_role("button", name="保存这些步骤").click()
    expect(page.locator("#c-each-0")).to_have_value("green")
    expect(page.locator("#f-normalise-marks")).to_have_value("3、9")
    page.locator("#c-each-0").select_option("")


def _visit(open_page: OpenPage, axe: Axe, picture: Callable[[Page, str], None]) -> None:
    page = open_page(width=360)
    page.goto("/indices/")
    looked_at(page, axe)
    page.get_by_role("article").get_by_role("link", name="园区发展指数").first.click()
    looked_at(page, axe)
    picture(page, "measure-edition-360")
    page.get_by_role("link", name="南湖高新区").first.click()
    looked_at(page, axe)
    page.get_by_role("link", name="营业收入").first.click()
    looked_at(page, axe)
    page.get_by_role("link", name="打开观测值").click()
    expect(page.get_by_text("125.5").first).to_be_visible()
    expect(page.locator("#source")).to_contain_text("年度采集")
    looked_at(page, axe)

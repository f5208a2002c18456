"""Three days of an alliance in a real browser: a city applies, is voted in and appears as a member; a council decides by
circulation with a secret ballot; an officer goes on leave and the substitute works its queue. axe finds nothing on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duijie.core.events import dispatch_all
from duijie.govern import actions
from duijie.govern.models import Application, Motion
from duijie.members.models import Member
from duijie.publish.actions import create_listing
from duijie.publish.models import Listing
from tests.e2e.conftest import OpenPage, ready, sideways
from tests.factories import make_organisation, make_user, viewer
from tests.govern.council import Council

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SignIn = Callable[[Page, Any], None]


def clean(page: Page, axe_findings: Callable[[Page], list[str]]) -> None:
    """What is looked at on every page of the way."""
    ready(page)
    assert axe_findings(page) == []
    assert sideways(page) == 0


def the_motion() -> Motion:
    found: Motion = Motion.objects.unscoped("the test looks").get()
    return found


def test_a_city_applies_is_voted_in_and_appears_as_a_member(
    open_page: OpenPage, sign_in: SignIn, axe_findings: Callable[[Page], list[str]], tmp_path: Path,
    take_picture: Callable[[Page, str], None],
) -> None:  # fmt: skip
    council = Council()
    papers = tmp_path / "材料.pdf"
    papers.write_bytes(b"%PDF-1.4\n%%EOF\n")
    city = open_page(width=360)
    city.goto("/alliances/five/apply/")
    clean(city, axe_findings)
    take_picture(city, "apply-360")
    city.get_by_label("单位名称").fill("芜湖市")
    city.get_by_label("为什么加入，能带来什么").fill("十二个园区，愿意开放中试基地")
    city.locator("[name=contact_name]").fill("宣城山")
    city.locator("[name=contact_email]").fill("xuan@example.cn")
    city.locator("[name=slug]").fill("wuhu")
    for number in range(3):
        city.locator(f"[name=paper-{number}]").set_input_files(papers)
    city.get_by_role("button", name="提交申请").click()
    expect(city.get_by_role("heading", name="芜湖市")).to_be_visible()
    clean(city, axe_findings)
    follow = city.url
    application = Application.objects.unscoped("the test looks").get()
    officer = open_page()
    sign_in(officer, make_user("liaison", council.members[1], name="胡楚楚"))
    officer.goto(f"/applications/{application.uid}/")
    clean(officer, axe_findings)
    officer.locator("[name=text]").fill("产业互补，建议吸收")
    officer.get_by_role("button", name="建议吸收").click()
    expect(officer.get_by_role("heading", name="初审意见", exact=True)).to_be_visible()
    secretary = open_page()
    sign_in(secretary, council.secretary_user)
    secretary.goto(f"/applications/{application.uid}/")
    secretary.get_by_role("button", name="提交理事会（记名）").click()
    secretary.wait_for_url("**/motions/**")
    secretary.locator("[name=last_day]").fill(council.day(5).isoformat())
    secretary.get_by_role("button", name="开始表决").click()
    expect(secretary.locator("#vote")).to_be_visible()
    clean(secretary, axe_findings)
    take_picture(secretary, "motion-voting-1440")
    council.vote(the_motion(), "yyyy")
    leader = open_page(width=360)
    sign_in(leader, council.leaders[4])
    leader.goto(f"/motions/{the_motion().uid}/")
    leader.get_by_role("button", name="赞成").click()
    expect(leader.get_by_text("已表决；截止前可以更改")).to_be_visible()
    secretary.reload()
    secretary.get_by_role("button", name="结束表决并计票").click()
    expect(secretary.locator("#result")).to_contain_text("通过")
    dispatch_all()
    city.goto(follow)
    expect(city.get_by_text("已加入").first).to_be_visible()
    city.goto("/members/wuhu/")
    expect(city.get_by_role("heading", name="芜湖市").first).to_be_visible()
    assert Member.objects.filter(slug="wuhu").count() == 1


def test_a_council_decides_by_circulation_in_secret(
    open_page: OpenPage, sign_in: SignIn, axe_findings: Callable[[Page], list[str]], take_picture: Callable[[Page, str], None]
) -> None:  # fmt: skip
    council = Council()
    motion = council.opened(ballot="secret")
    council.vote(motion, "yyyn")
    leader = open_page()
    sign_in(leader, council.leaders[4])
    leader.goto("/today/")
    clean(leader, axe_findings)
    leader.get_by_role("link", name="举办大会").click()
    leader.get_by_role("button", name="赞成").click()
    number = leader.locator("code").first.inner_text()
    assert len(number) == 16
    clean(leader, axe_findings)
    actions.close_vote(actor=council.secretary, motion=motion)
    dispatch_all()
    leader.goto(f"/motions/{motion.uid}/")
    leader.get_by_text("全部选票").click()
    expect(leader.get_by_text(number)).to_be_visible()
    expect(leader.get_by_text("按选票重新计算，结果一致")).to_be_visible()
    take_picture(leader, "motion-decided-1440")
    leader.get_by_role("link", name="决议").first.click()
    expect(leader.get_by_role("heading", name="谁去办")).to_be_visible()
    clean(leader, axe_findings)
    for path in ("council", "charter", "resolutions", "duties", "rota"):
        leader.goto(f"/alliances/five/{path}/")
        clean(leader, axe_findings)


def test_an_officer_goes_on_leave_and_the_substitute_works_its_queue(
    open_page: OpenPage, sign_in: SignIn, axe_findings: Callable[[Page], list[str]], take_picture: Callable[[Page, str], None]
) -> None:  # fmt: skip
    council = Council()
    park = council.members[0]
    officer = make_user("liaison", park, username="zhounan", name="周南")
    colleague = make_user("editor", park, username="wutong", name="吴桐")
    firm = make_organisation("禾城压铸", member=park)
    create_listing(
        actor=viewer("organisation", firm), member=park, organisation=firm, put_forward=True,
        data={"kind": "need", "title": "铝合金压铸件气孔在线检测"},
    )  # fmt: skip
    away = open_page()
    sign_in(away, officer)
    away.goto("/officers/absences/new/")
    clean(away, axe_findings)
    away.locator("[name=substitute]").fill("wutong")
    away.locator("[name=last_day]").fill(council.day(6).isoformat())
    away.get_by_role("button", name="保存").click()
    expect(away.get_by_text("周南 休假，吴桐 代理")).to_be_visible()
    clean(away, axe_findings)
    take_picture(away, "officers-1440")
    dispatch_all()
    here = open_page(width=360)
    sign_in(here, colleague)
    here.goto("/today/")
    expect(here.get_by_text("您正在代理 周南")).to_be_visible()
    clean(here, axe_findings)
    take_picture(here, "desk-360")
    here.get_by_role("link", name="铝合金压铸件气孔在线检测").click()
    expect(here.get_by_role("heading", name="铝合金压铸件气孔在线检测").first).to_be_visible()
    here.goto("/review/")
    ready(here)
    here.locator("summary", has_text="审核").first.click()
    here.get_by_role("button", name="通过").click()
    expect(here.locator("main")).to_contain_text("没有等您审核的信息")
    assert Listing.objects.unscoped("the test looks").get().status == "published"

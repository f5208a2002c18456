"""The pages of members in a real browser: axe finds nothing, nothing scrolls sideways; a registration from end to end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duijie.core.schema import parse
from duijie.members import actions
from duijie.members.models import Organisation, User
from duijie.members.schemas import AgreementRecord, ApiKeyRecord
from tests.e2e.conftest import OpenPage, ready, sideways
from tests.factories import credit_code, make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class World:
    """An alliance, two members with a map between them, organisations, people, a key; one person with every role."""

    def __init__(self) -> None:
        self.alliance = make_alliance("长江流域园区合作联盟", slug="parks")
        make_alliance("生物医药子联盟", slug="bio", parent=self.alliance)
        self.park = make_member("南湖高新技术产业园区", slug="nanhu", alliances=[self.alliance], standing="founder")
        self.park.summary = "以集成电路、生物医药和智能制造为主导产业。"
        self.park.industries = ["27", "39"]
        self.park.office_phone, self.park.office_email = "0573-8280 1234", "office@nanhu.example.cn"
        self.park.website = "https://nanhu.example.cn/"
        self.park.save()
        make_member("七星街道", slug="qixing", kind="town", parent=self.park)
        make_member("张江高科技园区", slug="zhangjiang", region="310115", alliances=[self.alliance])
        self.firm = make_organisation("禾城精密机械有限公司", member=self.park)
        make_organisation("候核实验室", member=self.park, verified=False)
        self.worker = make_user("organisation", self.firm, name="王工")
        self.person: User = make_user("member_admin", self.park, name="陆敏")
        admin, platform = viewer(self.person), viewer("platform")
        for role, scope, where in (("platform", "platform", 0), ("secretariat", "alliance", self.alliance.pk)):
            actions.grant_role(actor=platform, person=self.person, role=role, scope=scope, scope_id=where)
        record = parse(
            AgreementRecord,
            {"title": "共建中试基地协议", "kind": "project", "valid_from": "2022-01-01", "members": ["nanhu", "zhangjiang"], "agreed": "互派联络员。"},
        )  # fmt: skip
        self.agreement = actions.sign_agreement(actor=admin, record=record)
        key = parse(ApiKeyRecord, {"name": "政务服务系统推送", "scopes": ["listings:write", "organisations:write"]})
        actions.create_api_key(actor=admin, record=key, member=self.park)

    def addresses(self) -> list[str]:
        return [
            "/members/nanhu/", "/alliances/parks/", f"/organisations/{self.firm.uid}/", "/agreements/",
            f"/agreements/{self.agreement.uid}/", "/members/nanhu/edit/", "/organisations/new/", "/organisations/verification/",
            "/agreements/new/", "/people/", "/people/invite/", f"/people/{self.worker.uid}/", "/keys/", "/keys/new/", "/administration/",
            "/administration/audit/", "/administration/members/new/", "/jobs/", "/members/nanhu/import/organisations/", "/account/",
            "/account/edit/", "/account/erase/",
        ]  # fmt: skip


@pytest.mark.parametrize(("width", "theme", "language"), [(360, "dark", "en"), (1440, "light", "zh-hans")])
def test_axe_finds_nothing_on_the_pages_of_members(
    open_page: OpenPage,
    sign_in: Callable[[Page, Any], None],
    axe_findings: Callable[[Page], list[str]],
    take_picture: Callable[[Page, str], None],
    width: int,
    theme: str,
    language: str,
) -> None:
    world = World()
    page = open_page(width=width, theme=theme, language=language)
    sign_in(page, world.person)
    found: dict[str, list[str]] = {}
    for place, address in enumerate(world.addresses()):
        page.goto(address)
        ready(page)
        take_picture(page, f"members-{place:02}-{width}")
        problems = axe_findings(page) + (["scrolls sideways"] if sideways(page) else [])
        if problems:
            found[address] = problems
    assert found == {}


def test_a_firm_registers_itself_and_the_liaison_verifies_it(
    open_page: OpenPage, sign_in: Callable[[Page, Any], None]
) -> None:
    make_alliance("长江流域园区合作联盟")
    park = make_member("南湖高新技术产业园区", slug="nanhu")
    page = open_page()
    sign_in(page, make_user(name="沈禾"))
    page.goto("/organisations/new/")
    ready(page)
    page.fill("#f-name", "禾城精密机械有限公司")
    page.select_option("#f-kind", "firm")
    page.fill("#f-home_member", "南湖")
    page.locator("#f-home_member-list [role=option]", has_text="南湖高新技术产业园区").click()
    page.fill("#f-credit_code", "91330402MA28A1234X")
    page.fill("#f-region", "南湖区")  # typed and not chosen: understood all the same
    page.locator(".k-form-actions .btn-primary").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("第18位应为")
    expect(page.locator("#f-name")).to_have_value("禾城精密机械有限公司")
    page.fill("#f-credit_code", credit_code(42))
    page.locator(".k-form-actions .btn-primary").click()
    page.wait_for_url("**/organisations/0*/")
    expect(page.locator("h1")).to_have_text("禾城精密机械有限公司")
    expect(page.locator(".k-head")).to_contain_text("待核验")
    assert Organisation.objects.get().region == "330402"

    other = open_page()
    sign_in(other, make_user("liaison", park, name="陈晓梅"))
    other.goto("/organisations/verification/")
    ready(other)
    other.get_by_role("button", name="核验通过").click()
    expect(other.locator(".k-messages")).to_contain_text("已核验")
    assert Organisation.objects.get().is_verified

"""The pages of how an alliance is run, and of sources, in a real browser: axe finds nothing, nothing scrolls sideways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duijie.core.access import SYSTEM
from duijie.core.schema import parse
from duijie.govern import actions
from duijie.govern.carrying import carry_out
from duijie.govern.models import Resolution
from duijie.govern.schemas import (
    ApplicationRecord,
    AttendanceRow,
    BudgetLineRecord,
    DutyRecord,
    ExchangeRecord,
    MeetingRecord,
    TrainingRecord,
)
from duijie.members.actions import name_substitute, sign_agreement
from duijie.members.schemas import AbsenceRecord, AgreementRecord
from tests.e2e.conftest import OpenPage, ready, sideways
from tests.factories import make_user
from tests.federate.conftest import Elsewhere, elsewhere  # noqa: F401 (a fixture)
from tests.federate.help import atom, plug, run
from tests.govern.council import TODAY, Council

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class World:
    """A council with everything that its pages show, and a member's source with an item at fault."""

    def __init__(self, elsewhere: Elsewhere) -> None:  # noqa: F811
        self.council = council = Council()
        secretary, alliance = council.secretary, council.alliance
        decided = council.opened()
        council.vote(decided, "yyyny")
        resolution = council.closed(decided).resolution
        duty = {"text": "半年内提交方案", "due_on": council.day(30).isoformat(), "owner": "aqu"}
        actions.give_duty(actor=secretary, resolution=resolution, record=parse(DutyRecord, duty))
        open_one = council.opened()
        moved = council.motion(kind="budget")
        line = {"year": TODAY.year, "item": "大会", "item_en": "Conference", "amount": "160万元", "purpose": "年度大会", "owner": "aqu"}  # fmt: skip
        actions.write_line(actor=secretary, motion=moved, record=parse(BudgetLineRecord, line))
        adopted = council.motion(kind="budget")
        actions.write_line(actor=secretary, motion=adopted, record=parse(BudgetLineRecord, line | {"item": "培训"}))
        actions.open_vote(actor=secretary, motion=adopted, last_day=council.day(7))
        council.vote(adopted, "yyyyy")
        carry_out(council.closed(adopted))
        session = {"title": "第二次会议", "held_on": council.day(3).isoformat(), "time": "14:00"}
        meeting = actions.call_meeting(actor=secretary, alliance=alliance, record=parse(MeetingRecord, session))
        values = {
            "name": "某市",
            "kind": "city",
            "reasons": "想加入",
            "contact_name": "某",
            "contact_email": "a@example.cn",
        }
        application, _ = actions.apply_to_join(actor=SYSTEM, alliance=alliance, record=parse(ApplicationRecord, values))
        record = parse(TrainingRecord, {"title": "业务培训", "held_on": council.day(-1).isoformat()})
        training = actions.hold_training(actor=secretary, alliance=alliance, record=record)
        people = {"name": "周南", "member": "aqu", "attended": True}
        actions.enrol(actor=secretary, training=training, record=parse(AttendanceRow, people))
        actions.certify(actor=secretary, training=training)
        visit = {
            "kind": "互访",
            "title": "考察",
            "sender": "aqu",
            "host": "bqu",
            "first_day": council.day(5).isoformat(),
        }
        exchange = actions.plan_exchange(actor=SYSTEM, record=parse(ExchangeRecord, visit))
        for title, members in (("五区协议", ["aqu", "bqu", "cqu"]), ("两区协议", ["aqu", "bqu"])):
            agreement = {
                "title": title,
                "kind": "战略合作",
                "valid_from": "2026-01-01",
                "members": members,
                "others": "瑞金医院",
            }
            self.agreement = sign_agreement(actor=SYSTEM, record=parse(AgreementRecord, agreement))
        away, stands_in = (make_user("liaison", council.members[0], name=name) for name in ("周南", "吴桐"))
        leave = {"person": away.username, "substitute": stands_in.username, "first_day": TODAY.isoformat(), "last_day": council.day(4).isoformat()}  # fmt: skip
        name_substitute(actor=SYSTEM, record=parse(AbsenceRecord, leave))
        elsewhere.pages["/feed"] = atom(("1", "人才新政", "补贴"), ("2", "", ""))
        source = plug(council.members[0], "feed", f"{elsewhere.url}/feed", listing_kind="policy")
        run(source)
        at = "/alliances/five/"
        self.of_the_secretary = [
            "/today/", "/officers/", "/officers/messages/", "/officers/absences/new/", "/exchanges/", f"/exchanges/{exchange.uid}/",
            "/exchanges/new/", "/certificates/", *(f"{at}{page}/" for page in (
                "council", "motions", "motions/new", "resolutions", "duties", "applications", "trainings", "trainings/new", "officers",
                "charter", "apply", "rota", "budget",
            )), f"/motions/{moved.uid}/", f"/motions/{moved.uid}/lines/", f"/resolutions/{Resolution.objects.get(motion=adopted).uid}/", f"/motions/{decided.uid}/", f"/motions/{open_one.uid}/", f"/resolutions/{resolution.uid}/", f"/council-meetings/{meeting.uid}/",
            f"/applications/{application.uid}/", f"/trainings/{training.uid}/", "/agreements/network/", "/agreements/matrix/",
            "/agreements/coverage/", f"/agreements/{self.agreement.uid}/",
        ]  # fmt: skip
        self.of_the_officer = [
            "/sources/", "/members/aqu/sources/new/", f"/sources/{source.uid}/", f"/sources/{source.uid}/items/", "/today/",
        ]  # fmt: skip
        self.officer = stands_in


@pytest.mark.parametrize(("width", "theme", "language"), [(360, "dark", "en"), (1440, "light", "zh-hans")])
def test_axe_finds_nothing_on_the_pages_of_an_alliance(
    open_page: OpenPage, sign_in: Callable[[Page, Any], None], axe_findings: Callable[[Page], list[str]],
    take_picture: Callable[[Page, str], None], elsewhere: Elsewhere, width: int, theme: str, language: str,  # noqa: F811
) -> None:  # fmt: skip
    world = World(elsewhere)
    found: dict[str, list[str]] = {}
    for person, addresses in (
        (world.council.secretary_user, world.of_the_secretary), (world.officer, world.of_the_officer),
    ):  # fmt: skip
        page = open_page(width=width, theme=theme, language=language)
        sign_in(page, person)
        for place, address in enumerate(addresses):
            answer = page.goto(address)
            assert answer is not None and answer.status == 200, address
            ready(page)
            take_picture(page, f"govern-{len(addresses)}-{place:02}-{width}")
            problems = axe_findings(page) + (["scrolls sideways"] if sideways(page) else [])
            if problems:
                found[address] = problems
    assert found == {}


def test_the_network_is_drawn_and_a_party_leads_to_its_agreements(
    open_page: OpenPage, elsewhere: Elsewhere  # noqa: F811
) -> None:  # fmt: skip
    World(elsewhere)
    page = open_page(width=360)
    page.goto("/agreements/network/")
    drawing = page.locator(".k-chart-canvas svg")
    expect(drawing).to_be_visible()
    expect(drawing.get_by_text("a区", exact=True)).to_be_visible()
    page.get_by_text("看数字").click()
    page.get_by_role("link", name="a区").first.click()
    page.wait_for_url("**/agreements/?member=aqu")
    expect(page.get_by_text("两区协议").first).to_be_visible()

"""Pages of landing: what stands on them, in as many queries for three records as for one."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duijie.core.access import SYSTEM
from duijie.core.schema import parse
from duijie.land import actions
from duijie.land.schemas import DealRecord, FigureRecord, ProjectRecord, ZoneRecord
from duijie.members.models import Member
from tests.factories import make_alliance, make_member, make_organisation, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> Member:
    return make_member("秀洲高新区", alliances=[make_alliance()], slug="xz", region="330411")


@pytest.fixture
def client(own: Member) -> Client:
    made = Client()
    made.force_login(make_user("liaison", own, username="liu"))
    return made


def deal(own: Member, title: str, **more: Any) -> Any:
    values = {"title": title, "kind": "investment", "origin": "上海", "owner": "liu", "stage_on": "2020-01-06", "next_step": "看厂房", "next_on": "2020-02-01", **more}  # fmt: skip
    return actions.create_deal(actor=SYSTEM, member=own, record=parse(DealRecord, values))


def project(own: Member, name: str, **more: Any) -> Any:
    values = {"name": name, "total": "1亿元", "signed_on": "2020-02-03", "origin": "上海", "openness": "public", **more}
    made = actions.create_project(actor=SYSTEM, member=own, record=parse(ProjectRecord, values))
    record = parse(FigureRecord, {"kind": "paid_in", "month": "2020-03", "amount": "100万元"})
    actions.record_figure(actor=SYSTEM, project=made, record=record)
    return made


def words_of(response: Any) -> str:
    """What stands on a page, without its tags and spaces."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", response.content.decode()))


def count(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize("address", ["/deals/", "/deals/list/", "/projects/", "/desk/", "/zones/"])
def test_a_list_asks_as_often_for_three_as_for_one(address: str, own: Member, client: Client) -> None:
    def add(number: int) -> None:
        deal(own, f"产线{number}", other_organisations=[make_organisation(member=own).uid])
        project(own, f"电池{number}")
        zone = {
            "name": f"共建{number}",
            "slug": f"z{number}",
            "kind": "shared",
            "partners": ["xz||"],
            "area_square_metres": "1000",
        }
        actions.write_zone(actor=SYSTEM, record=parse(ZoneRecord, zone))

    add(1)
    once = count(client, address)
    add(2)
    add(3)
    assert count(client, address) == once


def test_a_deal_s_page_shows_what_is_next_and_takes_comments_documents_and_blockers(
    own: Member, client: Client
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    one = deal(own, "光伏回收产线", other_names=["上海某某新材料公司"], amount="1.2亿元")
    other = make_member("平湖市", slug="ph")
    address = f"/deals/{one.uid}/"
    text = client.get(address).content.decode()
    for words in ("光伏回收产线", "上海某某新材料公司", "1.2亿元", "看厂房", "超期", "线索"):
        assert words in text
    act = f"{address}act/"
    client.post(act, {"do": "step", "step": "签意向书", "on": "2020-03-01"})
    client.post(
        act, {"do": "say", "text": "谈得不错", "file": SimpleUploadedFile("纪要.pdf", b"%PDF", "application/pdf")}
    )
    client.post(act, {"do": "block", "to": "member:ph", "text": "缺用地指标"})
    refused = client.post(
        act, {"do": "say", "file": SimpleUploadedFile("a.html", b"<script>", "text/html")}, follow=True
    )
    assert "不能上传“a.html”这类文件" in refused.content.decode()
    text = client.get(address).content.decode()
    for words in ("签意向书", "谈得不错", "纪要.pdf", "缺用地指标", "提请 平湖市"):
        assert words in text
    comment = one.comments.get()
    got = client.get(f"{address}documents/{comment.file.uid}/")
    assert (got["X-Content-Type-Options"], got["Content-Type"]) == ("nosniff", "application/octet-stream")
    assert got["Content-Disposition"].startswith("attachment")
    helper = Client()
    helper.force_login(make_user("liaison", other))
    assert "缺用地指标" in helper.get("/desk/").content.decode()
    helper.post(f"/blockers/{one.blockers.get().uid}/clear/", {"answer": "已调剂 20 亩", "from": "desk"})
    assert "已调剂 20 亩" in client.get(address).content.decode()
    assert helper.get(address).status_code == 404


def test_a_project_s_page_looks_back(own: Member, client: Client) -> None:
    one = project(own, "异质结电池", planned_start_on="2020-06-01", foreign="否")
    address = f"/projects/{one.uid}/"
    text = words_of(client.get(address))
    for words in ("异质结电池", "1亿元", "100万元", "2020-06-01", "首次签约"):
        assert words in text
    client.post(
        f"{address}figures/", {"kind": "paid_in", "source": "domestic", "month": "2020-04", "amount": "250万元"}
    )
    assert "350万" in words_of(client.get(address))
    assert "350万" not in words_of(client.get(address, {"on": "2020-04-01"}))
    assert "还没有登记数额" in words_of(client.get(address, {"known": "2020-01-01"}))
    figure = one.figures.filter(kind="paid_in").first()
    answered = client.post(
        f"{address}figures/{figure.uid}/", {"amount": "200万元", "on": "2020-03-31", "reason": "多计一笔"}
    )
    assert answered.status_code == 302
    assert "450万" in words_of(client.get(address))
    client.post(f"{address}act/", {"do": "risk", "risky": "true", "reason": "设备交期推迟"})
    assert "设备交期推迟" in words_of(client.get(address))
    client.post(f"{address}act/", {"do": "cancel", "on": "2020-09-01", "reason": "资金链断裂"})
    assert "已撤销" in words_of(client.get(address))
    guest = Client().get(address)
    assert (guest.status_code, "填报数据" in guest.content.decode()) == (200, False)


def test_forms_make_deals_projects_and_zones_and_periods_close(own: Member, client: Client) -> None:
    answered = client.post(
        "/deals/new/", {"title": "新线索", "kind": "technology", "stage": "lead", "source": "by_hand"}
    )
    assert answered.status_code == 302
    refused = client.post("/projects/new/", {"name": "新项目", "total": "很多"})
    assert (refused.status_code, "看不懂" in refused.content.decode()) == (422, True)
    answered = client.post(
        "/projects/new/", {"name": "新项目", "total": "2亿元", "signed_on": "2020-02-01", "kind": "investment"}
    )
    assert answered.status_code == 302
    edit = f"{answered['Location']}edit/"
    assert "新项目" in client.get(edit).content.decode()
    zone = {
        "name": "走廊",
        "slug": "way",
        "kind": "corridor",
        "partners": ["xz|100|", "上海|200|"],
        "area_square_metres": "300",
    }
    assert client.post("/zones/new/", zone)["Location"] == "/zones/way/"
    assert "走廊" in client.get("/zones/way/").content.decode()
    closed = client.post("/members/xz/periods/", {"do": "close", "period": "2020年第一季度"}, follow=True)
    assert "现在已结账：2020Q1" in closed.content.decode()
    again = client.post("/members/xz/periods/", {"do": "close", "period": "2020年第一季度"})
    assert (again.status_code, "已经结账" in again.content.decode()) == (422, True)
    assert "新项目" in client.get("/members/xz/").content.decode()


def test_english_pages_say_english(own: Member, client: Client) -> None:
    deal(own, "Recycling line")
    project(own, "Cells")
    client.cookies["django_language"] = "en"
    text = client.get("/deals/").content.decode() + client.get("/projects/").content.decode()
    for words in ("Under construction", "Total", "Register a deal", "days over"):
        assert words in text


class _Form(HTMLParser):
    """What a browser would send of the form of a page that nobody touched."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._select, self._area = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        name, value = own.get("name") or "", own.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in own and self._select:
            self.sent.setdefault(self._select, []).append(value)
        elif tag == "textarea":
            self._area = name
        elif tag == "input" and name and (own.get("type") not in ("checkbox", "radio", "file") or "checked" in own):
            self.sent.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent[self._area] = [data.strip()]

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area
        self._select = "" if tag == "select" else self._select


def test_a_form_that_is_opened_and_sent_untouched_changes_nothing(own: Member, client: Client) -> None:
    firm = make_organisation("禾城精密", member=own)
    one = deal(own, "光伏回收产线", amount="1.2亿元", foreign="是", own_organisations=[firm.uid], other_members=[make_member("张江").slug], other_names=["某厂"], summary="两期", industry="汽车制造业")  # fmt: skip
    abroad = actions.create_project(actor=SYSTEM, member=own, record=parse(ProjectRecord, {"name": "外资电机", "total": "9000万元", "contracted": "1200万美元", "rate": "6.8", "jobs": "120", "signed_on": "2020-03-01", "foreign": "是", "longitude": "120.71", "latitude": "30.75"}))  # fmt: skip
    again = {
        "name": "外资电机二期",
        "total": "1亿元",
        "signed_on": "2020-06-01",
        "relation": "upgrade",
        "relates_to": abroad.uid,
    }
    second = actions.create_project(actor=SYSTEM, member=own, record=parse(ProjectRecord, again))
    for record, address in ((one, f"/deals/{one.uid}/edit/"), (abroad, f"/projects/{abroad.uid}/edit/"), (second, f"/projects/{second.uid}/edit/")):  # fmt: skip
        page = client.get(address).content.decode()
        assert "low_minor" not in page
        form = _Form()
        form.feed(page[page.index('<form class="k-form"') :].split("</form>")[0])
        answer = client.post(address, form.sent)
        assert answer.status_code == 302, (address, re.findall(r'k-error"[^>]*>(.*?)</p>', answer.content.decode()))
        before = record.version
        record.refresh_from_db()
        assert record.version == before, (address, form.sent)

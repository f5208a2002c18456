"""The pages of plans answer, say what they should, and cost the same number of queries for one row and for three."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.models import AuditLine
from duijie.core.schema import parse
from duijie.land.actions import create_project
from duijie.land.schemas import ProjectRecord
from duijie.plan import actions
from duijie.plan.models import Actual, Plan, PlannedProject
from duijie.plan.schemas import CallRecord, SubmissionRecord
from tests.factories import PASSWORD, make_organisation, make_user
from tests.plan.conftest import FACTS, Fact, _no_facts  # noqa: F401 (the fixture empties the facts)
from tests.plan.making import YEAR, Made, make_plan

pytestmark = pytest.mark.django_db


def client_of(role: str = "", where: Any = None) -> Client:
    client = Client()
    if role:
        user = make_user(role, where)
        assert client.login(username=user.username, password=PASSWORD)
    return client


def ready() -> Made:
    made = make_plan(starts=f"{YEAR}-01-01", ends=f"{YEAR}-12-31")
    one, two, _ = made.members
    made.item("2", kind="action", parent="1", responsible=[one.slug])
    made.item("2.1", kind="task", parent="2", responsible=[one.slug], ends_on=f"{YEAR}-02-01")
    made.indicator("1-1", title="招商推介会", unit_name="场", headline=True, filters="source=上海")
    made.indicator("1-2", title="引进资金", unit="CNY", measure="test.money", headline=True)
    made.indicator("1-3", title="培训人次", unit="persons", measure="", item="2")
    made.target("1-1", "6", member=one.slug)
    made.target("1-2", "45亿")
    made.target("1-3", "50")
    made.publish()
    FACTS.extend(
        [Fact(one.pk, dt.date(YEAR, month, 5), 10**10, "上海") for month in (1, 2, 3)]
        + [Fact(two.pk, dt.date(YEAR, 5, 5), 10**9, "上海", secret=True)]
    )
    return made


def test_a_guest_reads_a_public_plan_with_its_lights_and_opens_the_records() -> None:
    made = ready()
    client = client_of()
    assert made.plan.title in client.get("/plans/").content.decode()
    page = client.get(f"/plans/{made.plan.uid}/?on={YEAR}-06-30").content.decode()
    for word in ("招商推介会", "不少于 6 场", "完成 50", "正常推进", "逾期", "k-badge-good"):
        assert word in page
    indicator = made.plan.indicators.get(code="1-1")
    shown = client.get(f"/plans/{made.plan.uid}/indicators/{indicator.uid}/?on={YEAR}-06-30&period={YEAR}").content.decode()  # fmt: skip
    assert "另有 1 条未公开的记录只计数、不列出。" in shown
    assert "事实0" in shown
    one = client.get(f"/plans/{made.plan.uid}/indicators/{indicator.uid}/?member={made.members[0].slug}&on={YEAR}-06-30")  # fmt: skip
    assert "目标不少于 6 场，截至" in one.content.decode()
    table = client.get(f"/plans/{made.plan.uid}/indicators/{indicator.uid}/records.csv").content.decode("utf-8-sig")
    assert table.splitlines()[0] == "kind,id,title,day,member,value"
    assert len(table.splitlines()) == 4


def test_a_period_is_closed_and_reopened_by_a_button_of_the_plans_page() -> None:
    made = ready()
    client = client_of("secretariat", made.alliance)
    address = f"/plans/{made.plan.uid}/?period={YEAR}"
    assert f"/plans/{made.plan.uid}/periods/{YEAR}/" in client.get(address).content.decode()
    assert "关闭期间" not in client_of().get(address).content.decode()
    client.post(f"/plans/{made.plan.uid}/periods/{YEAR}/", {"verb": "close"})
    closed = client.get(address).content.decode()
    assert "期间已关闭" in closed
    assert "期间已关闭" in client_of().get(address).content.decode()
    row = made.plan.periods.get(code=str(YEAR))
    assert row.closed_at is not None
    client.post(f"/plans/{made.plan.uid}/periods/{YEAR}/", {"verb": "reopen", "reason": " "})
    row.refresh_from_db()
    assert row.closed_at is not None
    client.post(f"/plans/{made.plan.uid}/periods/{YEAR}/", {"verb": "reopen", "reason": "漏报一场活动"})
    row.refresh_from_db()
    assert row.closed_at is None
    line = AuditLine.objects.get(verb="plan.reopen_period")
    assert line.detail["reason"] == "漏报一场活动"


def test_the_league_table_is_fair_and_downloads() -> None:
    made = ready()
    client = client_of()
    page = client.get(f"/plans/{made.plan.uid}/league/?on={YEAR}-12-31").content.decode()
    assert "50.0%" in page
    assert "未设目标" in page
    lines = client.get(f"/plans/{made.plan.uid}/league/?form=csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert client.get(f"/plans/{made.plan.uid}/league/?form=xlsx").content[:2] == b"PK"


def test_the_cockpit_shows_figures_and_answers_briefly_when_nothing_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duijie.plan.wall.DEAR_SECONDS", 1000)  # computed at each look, however busy the machine is
    made = ready()
    cache.clear()
    client = client_of()
    page = client.get("/cockpit/")
    text = page.content.decode()
    assert 'data-bs-theme="dark"' in text
    for word in ("招商推介会", "引进资金", "wall-map", "wall-trend", 'hx-trigger="every 30s"'):
        assert word in text
    seen = page["ETag"].strip('"')
    assert client.get("/cockpit/", headers={"If-None-Match": page["ETag"]}).status_code == 304
    poll = client.get(f"/cockpit/?seen={seen}", headers={"HX-Request": "true"})
    assert (poll["HX-Retarget"], len(poll.content)) == ("#wall-at", 8)
    FACTS.append(Fact(made.members[2].pk, dt.date(YEAR, 6, 5), 10**9, "上海"))
    changed = client.get(f"/cockpit/?seen={seen}", headers={"HX-Request": "true"})
    assert "HX-Retarget" not in changed
    assert "p-wall" in changed.content.decode()


def test_the_cockpit_of_an_empty_house_teaches_the_first_step() -> None:
    assert "还没有发布的计划" in client_of().get("/cockpit/").content.decode()


def test_a_secretary_drafts_and_a_leader_approves_on_the_pages() -> None:
    made = make_plan()
    secretary, leader = client_of("secretariat", made.alliance), client_of("leader", made.alliance)
    values = {"title": "行动计划乙", "alliance": made.alliance.slug, "starts_on": "2025-01-01", "ends_on": "2025-12-31"}
    answer = secretary.post("/plans/new/", values)
    assert answer.status_code == 302
    plan = Plan.objects.unscoped("test").get(title="行动计划乙")
    at = f"/plans/{plan.uid}/"
    for address, posted in (
        ("items/new/", {"code": "1", "kind": "goal", "title": "总目标"}),
        ("periods/new/", {"code": "2025"}),
        ("indicators/new/", {"code": "1-1", "item": "1", "title": "推介会", "unit": "count", "relation": "at_least", "date_rule": "period", "measure": "test.facts", "filters": "source=上海"}),
        ("targets/new/", {"indicator": "1-1", "period": "2025", "value": "6"}),
        ("baselines/new/", {"indicator": "1-1", "on": "2024-12-31", "value": "2"}),
    ):  # fmt: skip
        done = secretary.post(at + address, posted)
        assert done.status_code == 302, (address, done.content.decode()[-3000:])
    assert secretary.post(at + "targets/new/", {"indicator": "1-1", "period": "2026", "value": "6"}).status_code == 422
    secretary.post(at + "do/submit/")
    assert "等待您审议" in leader.get(at).content.decode()
    leader.post(at + "decide/", {"decision": "approve", "resolution": "1号"})
    secretary.post(at + "do/publish/")
    assert client_of().get(at).status_code == 200
    secretary.post(at + "amend/", {"reason": "加码"})
    secretary.post(at + "targets/new/", {"indicator": "1-1", "period": "2025", "value": "8"})
    difference = secretary.get(at + "editions/?to=draft").content.decode()
    assert "<del>6</del>" in difference
    assert "<ins>8</ins>" in difference
    assert "<ins>" not in client_of().get(at + "editions/?to=draft").content.decode()


def test_reporting_and_verifying_on_the_pages() -> None:
    made = ready()
    liaison, secretary = client_of("liaison", made.members[0]), client_of("secretariat", made.alliance)
    indicator = made.plan.indicators.get(code="1-3")
    at = f"/plans/{made.plan.uid}/indicators/{indicator.uid}/"
    done = liaison.post(at + "report/", {"period": str(YEAR), "value": "30", "member": made.members[0].slug})
    assert done.status_code == 302, done.content.decode()[-2000:]
    row = Actual.objects.get()
    assert secretary.get(f"/plan/actuals/{row.uid}/").status_code == 200
    secretary.post(f"/plan/actuals/{row.uid}/decide/", {"decision": "verify", "version": "1"})
    row.refresh_from_db()
    assert row.status == "verified"
    assert "30 人次" in client_of().get(at).content.decode()


def test_a_figure_and_its_file_are_taken_together_or_not_at_all() -> None:
    made = ready()
    liaison = client_of("liaison", made.members[0])
    indicator = made.plan.indicators.get(code="1-3")
    at = f"/plans/{made.plan.uid}/indicators/{indicator.uid}/report/"
    values = {"period": str(YEAR), "value": "30", "member": made.members[0].slug}
    refused = liaison.post(at, values | {"file": SimpleUploadedFile("台账.exe", b"MZ")})
    assert (refused.status_code, Actual.objects.count()) == (422, 0)
    assert "只收这些类型的文件" in refused.content.decode()
    done = liaison.post(at, values | {"file": SimpleUploadedFile("台账.csv", b"1,2")})
    assert done.url == f"/plans/{made.plan.uid}/indicators/{indicator.uid}/?period={YEAR}&member={made.members[0].slug}"
    row = Actual.objects.get()
    assert [e.file.name for e in row.evidence.all()] == ["台账.csv"]


def test_adding_never_writes_over_and_filters_are_called_by_their_labels() -> None:
    made = make_plan()
    secretary = client_of("secretariat", made.alliance)
    at = f"/plans/{made.plan.uid}/"
    taken = secretary.post(at + "items/new/", {"code": "1", "kind": "task", "title": "别的"})
    assert (taken.status_code, "编号“1”已被另一个条目使用" in taken.content.decode()) == (409, True)
    values = {"code": "1-1", "item": "1", "title": "推介会", "unit": "count", "relation": "at_least", "date_rule": "period", "measure": "test.facts", "filters": "来源=上海"}  # fmt: skip
    assert secretary.post(at + "indicators/new/", values).status_code == 302
    indicator = made.plan.indicators.get()
    assert indicator.filters == {"source": "上海"}
    assert secretary.post(at + "indicators/new/", values).status_code == 409
    page = secretary.get(at + f"indicators/{indicator.uid}/").content.decode()
    assert "来源：上海" in page
    assert "test.facts" not in page
    unknown = secretary.post(at + "indicators/new/", values | {"code": "1-2", "filters": "颜色=红"}).content.decode()
    assert "没有“颜色”这个筛选条件；可用：来源、不低于。" in unknown


def test_a_firm_submits_a_project_and_it_is_taken_in() -> None:
    made = make_plan()
    today = dt.date.today()  # noqa: DTZ011
    call = actions.open_call(
        actor=made.secretary, plan=made.plan, record=parse(CallRecord, {"title": "项目征集", "closes_on": str(today + dt.timedelta(days=9))})
    )  # fmt: skip
    firm = make_organisation("禾城精密", member=made.members[0])
    client = client_of("organisation", firm)
    assert "项目征集" in client.get("/plans/").content.decode()
    done = client.post(f"/plan/calls/{call.uid}/submit/", {"title": "二期产线", "amount": "1.2亿"})
    assert done.status_code == 302, done.content.decode()[-2000:]
    row = PlannedProject.objects.unscoped("test").get()
    assert (row.amount_minor, row.organisation) == (12 * 10**9, firm)
    assert client_of("organisation", make_organisation()).get(f"/plan/projects/{row.uid}/").status_code == 404
    secretary = client_of("secretariat", made.alliance)
    secretary.post(f"/plan/projects/{row.uid}/decide/", {"decision": "take_in", "code": "1.1", "parent": "1", "version": row.version})  # fmt: skip
    row.refresh_from_db()
    assert (row.status, row.item.title if row.item else "") == ("taken_in", "二期产线")


@pytest.mark.parametrize("address", ["/plans/", "/plans/{plan}/", "/plans/{plan}/league/", "/cockpit/"])
def test_more_rows_cost_no_more_queries(address: str) -> None:
    made = ready()
    client = client_of("secretariat", made.alliance)
    at = address.format(plan=made.plan.uid)
    client.get(at)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(at).status_code == 200
        return len(found)

    before = count()
    actions.open_amendment(actor=SYSTEM, plan=made.again(), reason="x")
    for code in ("3", "4"):
        made.item(code, responsible=[made.members[1].slug])
        made.indicator(f"{code}-1", item=code)
        made.target(f"{code}-1", "5", member=made.members[1].slug)
    actions.submit_plan(actor=SYSTEM, plan=made.again())
    actions.approve_plan(actor=SYSTEM, plan=made.again())
    for _ in range(2):
        other = make_plan()
        other.publish()
    assert count() <= before


def test_calls_list_costs_the_same_for_one_and_three() -> None:
    made = make_plan()
    today = dt.date.today()  # noqa: DTZ011
    call = actions.open_call(
        actor=made.secretary, plan=made.plan, record=parse(CallRecord, {"title": "征集", "closes_on": str(today + dt.timedelta(days=9))})
    )  # fmt: skip
    client = client_of("secretariat", made.alliance)

    def add(title: str) -> None:
        record = parse(SubmissionRecord, {"title": title, "member": made.members[0].slug})
        actions.submit_project(actor=SYSTEM, call=call, record=record)

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/plan/calls/{call.uid}/").status_code == 200
        return len(found)

    add("甲")
    count()
    before = count()
    add("乙")
    add("丙")
    assert count() == before


AS_OF = (
    "2026-04-10 08:00",
    "2026-04-10T08:00",
    "2026-04-10T00:00Z",
    "2026-04-10T08:00+08:00",
    "2026-04-10",
    "2026年4月10日",
)


def test_every_page_that_looks_back_understands_an_instant_and_refuses_what_is_none() -> None:
    made = ready()
    indicator = made.plan.indicators.get(code="1-1")
    project = create_project(
        actor=SYSTEM, member=made.members[0], record=parse(ProjectRecord, {"name": "逆变器", "signed_on": f"{YEAR}-03-01", "openness": "public"})
    )  # fmt: skip
    client, at = client_of(), f"/plans/{made.plan.uid}"
    pages = ["/cockpit/", f"{at}/", f"{at}/league/", f"{at}/indicators/{indicator.uid}/", f"/projects/{project.uid}/"]
    api = [
        (f"/api/v1{at}/figures", "known_at"),
        (f"/api/v1/projects/{project.uid}", "known_at"),
        ("/api/v1/observations", "known_on"),
    ]
    for address in pages:
        assert [client.get(address, {"known": text}).status_code for text in AS_OF] == [200] * len(AS_OF), address
        refused = client.get(address, {"known": "昨天"})
        assert (refused.status_code, "时点“昨天”看不懂" in refused.content.decode()) == (400, True), address
    for address, name in api:
        assert [client.get(address, {name: text}).status_code for text in AS_OF] == [200] * len(AS_OF), address
        told = client.get(address, {name: "昨天"})
        assert (told.status_code, told["Content-Type"].split(";")[0]) == (400, "application/problem+json"), address
        assert (told.json()["code"], told.json()["place"]) == ("instant.unreadable", name)


def test_the_cockpit_shows_what_was_known_then() -> None:
    made = ready()
    cache.clear()
    then = timezone.now().isoformat()
    FACTS.append(Fact(made.members[0].pk, dt.date(YEAR, 4, 5), 10**10, "上海", known=timezone.now()))
    client = client_of()

    def number(**asked: str) -> str:
        page = client.get("/cockpit/", asked).content.decode()
        return page.split("招商推介会</span>")[1].split('p-wall-number">')[1].split("<")[0]

    assert (number(known=then), number()) == ("4", "5")
    assert "hx-get" not in client.get("/cockpit/", {"known": then}).content.decode()

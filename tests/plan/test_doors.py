"""REST, sheets, the command line and others' events do what the pages do and say the same sentences."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from django.test import Client
from openpyxl import Workbook

from duijie.cli.main import main
from duijie.core.errors import Fault, Faults
from duijie.core.events import dispatch_all, emit
from duijie.core.jobs import run_all
from duijie.core.models import Job, Notification
from duijie.core.schema import parse
from duijie.members.actions import create_api_key, start_sheet
from duijie.members.schemas import ApiKeyRecord
from duijie.plan import actions
from duijie.plan.loading import load_plan
from duijie.plan.models import Actual, Plan, PlannedProject, Target
from duijie.plan.schemas import CallRecord
from tests.factories import PASSWORD, make_alliance, make_member, make_user, viewer
from tests.plan.conftest import FACTS, Fact
from tests.plan.making import YEAR, make_plan

pytestmark = pytest.mark.django_db


def client_of(role: str, where: Any) -> Client:
    client = Client()
    assert client.login(username=make_user(role, where).username, password=PASSWORD)
    return client


def send(client: Client, method: str, address: str, data: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.generic(
        method.upper(), f"/api/v1{address}", json.dumps(data or {}), content_type="application/json", headers=named
    )


def test_a_plan_is_written_approved_and_measured_over_rest() -> None:
    alliance = make_alliance()
    member = make_member(alliances=[alliance])
    secretary, leader = client_of("secretariat", alliance), client_of("leader", alliance)
    values = {"title": "行动计划", "alliance": alliance.slug, "starts_on": f"{YEAR}-01-01", "ends_on": f"{YEAR}-12-31"}
    made = send(secretary, "post", "/plans", values)
    assert made.status_code == 201, made.content
    at = f"/plans/{made.json()['id']}"
    for part, data in (
        ("items", {"code": "1", "kind": "goal", "title": "总目标"}),
        ("periods", {"code": str(YEAR)}),
        ("indicators", {"code": "1-1", "item": "1", "title": "推介会", "unit": "count", "measure": "test.facts"}),
        ("targets", {"indicator": "1-1", "period": str(YEAR), "value": "6", "member": member.slug}),
        ("baselines", {"indicator": "1-1", "on": f"{YEAR - 1}-12-31", "value": "2"}),
    ):
        assert send(secretary, "put", f"{at}/{part}", data).status_code == 200, part
    refused = send(secretary, "put", f"{at}/targets", {"indicator": "1-1", "period": "2031", "value": "6"})
    assert (refused.status_code, refused.json()["code"], refused.json()["place"]) == (422, "period.unknown", "period")
    etag = send(secretary, "get", at)["ETag"]
    assert send(secretary, "post", f"{at}/submit", If_Match=etag).status_code == 200
    assert send(secretary, "post", f"{at}/approve").status_code == 403
    assert send(leader, "post", f"{at}/approve", {"resolution": "1号"}, If_Match=etag).status_code == 412
    assert send(leader, "post", f"{at}/approve", {"resolution": "1号"}).json()["edition"] == 1
    assert send(Client(), "get", at).status_code == 404
    assert send(secretary, "post", f"{at}/publish").json()["status"] == "published"
    FACTS.append(Fact(member.pk, dt.date(YEAR, 3, 1)))
    figures = send(Client(), "get", f"{at}/figures?on={YEAR}-12-31&outlook=true").json()["items"]
    assert [(f["member"], f["value"], f["target"]) for f in figures] == [(None, 1, None), (member.slug, 1, 6)]
    records = send(Client(), "get", f"{at}/figures/1-1/records?on={YEAR}-12-31").json()
    assert (records["total"], [r["member"] for r in records["items"]]) == (1, [member.slug])
    content = send(Client(), "get", f"{at}/content").json()
    assert content["indicators"][0]["targets"][0]["member"] == member.slug
    assert send(Client(), "get", f"{at}/content?draft=true").status_code == 404


def test_figures_are_reported_and_verified_over_rest_with_a_key_of_its_own_scope() -> None:
    made = make_plan()
    one = made.members[0]
    made.indicator("1-1", measure="")
    made.publish()
    at = f"/plans/{made.plan.uid}"

    def key(*scopes: str) -> dict[str, str]:
        record = parse(ApiKeyRecord, {"name": "报送", "scopes": list(scopes)})
        secret = create_api_key(actor=viewer("member_admin", one), record=record, member=one)[1]
        return {"Authorization": f"Bearer {secret}"}

    data = {"indicator": "1-1", "period": str(YEAR), "value": "5", "member": one.slug}
    assert send(Client(), "post", f"{at}/actuals", data, **key("listings:write")).status_code == 403
    posted = send(Client(), "post", f"{at}/actuals", data, **key("plans:write"))
    assert posted.status_code == 201, posted.content
    again = send(Client(), "post", f"{at}/actuals", data, **key("plans:write"))
    assert (again.status_code, again.json()["code"]) == (409, "actual.twice")
    secretary = client_of("secretariat", made.alliance)
    decided = send(secretary, "post", f"/plan-actuals/{posted.json()['id']}/decision", {"verified": True})
    assert decided.json()["status"] == "verified"


def test_a_report_is_made_over_rest() -> None:
    made = make_plan(starts=f"{YEAR}-01-01", ends=f"{YEAR}-12-31")
    made.indicator("1-1")
    made.publish()
    secretary = client_of("secretariat", made.alliance)
    asked = send(secretary, "post", f"/plans/{made.plan.uid}/reports", {"period": f"{YEAR}Q1"})
    assert asked.status_code == 202, asked.content
    run_all()
    ready = send(secretary, "get", f"/plan-reports/{asked.json()['id']}").json()
    assert sorted(ready["files"]) == ["brief", "data", "excel", "word"]
    assert send(secretary, "get", f"/plan-reports/{ready['id']}/word").content[:2] == b"PK"


def test_a_project_is_submitted_twice_by_its_own_id_and_decided_over_rest() -> None:
    made = make_plan()
    day = dt.date.today() + dt.timedelta(days=5)  # noqa: DTZ011
    call = actions.open_call(actor=made.secretary, plan=made.plan, record=parse(CallRecord, {"title": "征集", "closes_on": str(day)}))  # fmt: skip
    liaison = client_of("liaison", made.members[0])
    for title in ("一期", "一期（改）"):
        sent = send(liaison, "post", f"/plan-calls/{call.uid}/projects", {"title": title, "external_id": "P-1"})
        assert sent.status_code == 201, sent.content
    row = PlannedProject.objects.unscoped("test").get()
    assert (row.title, row.version) == ("一期（改）", 2)
    stranger = client_of("liaison", make_member())
    assert send(stranger, "post", f"/plan-calls/{call.uid}/projects", {"title": "外来"}).status_code == 403
    assert send(stranger, "get", f"/planned-projects/{row.uid}").status_code == 404
    secretary = client_of("secretariat", made.alliance)
    at = f"/planned-projects/{row.uid}/decision"
    assert send(secretary, "post", at, {"decision": "decline"}).json()["code"] == "reason.missing"
    assert send(secretary, "post", at, {"decision": "take_in", "code": "1.1", "parent": "1"}).json()["item"] == "1.1"
    assert send(secretary, "post", at, {"decision": "decline", "reason": "x"}).json()["code"] == "submission.decided"


# --- sheets -------------------------------------------------------------------------------------------------------------


def sheet(tmp_path: Path, head: list[str], *rows: list[Any]) -> Path:
    book = Workbook()
    page: Any = book.active
    for row in (head, *rows):
        page.append(row)
    path = tmp_path / "sheet.xlsx"
    book.save(path)
    return path


def bring(path: Path, actor: Any, member: Any, kind: str, *, dry_run: bool) -> Job:
    with path.open("rb") as handle:
        job = start_sheet(actor=actor, member=member, kind=kind, chunks=[handle.read()], name="s.xlsx", dry_run=dry_run)
    run_all()
    job.refresh_from_db()
    return job


def test_reported_figures_come_by_sheet_checked_first_and_marked_where_wrong(tmp_path: Path) -> None:
    made = make_plan()
    one = made.members[0]
    made.indicator("1-1", measure="")
    made.publish()
    liaison = viewer("liaison", one)
    head = ["计划", "指标编号", "期间", "数值", "说明"]
    good, bad = [made.plan.title, "1-1", str(YEAR), "5", "附台账"], [made.plan.title, "1-1", "2099", "6", ""]
    checked = bring(sheet(tmp_path, head, good, bad), liaison, one, "plan-actuals", dry_run=True)
    assert checked.result["bad_rows"] == 1, checked.error
    assert checked.result["marked_file"]
    assert checked.result["faults"][0]["code"] == "period.unknown"
    assert not Actual.objects.exists()
    done = bring(sheet(tmp_path, head, good), liaison, one, "plan-actuals", dry_run=False)
    assert done.result["written"]["created"] == 1, done.result
    assert Actual.objects.get().member == one
    again = bring(sheet(tmp_path, head, good), liaison, one, "plan-actuals", dry_run=False)
    assert again.result["written"]["unchanged"] == 1


def test_targets_come_by_sheet(tmp_path: Path) -> None:
    made = make_plan()
    made.indicator("1-1")
    secretary = viewer("secretariat", made.alliance)
    path = sheet(tmp_path, ["计划", "指标编号", "期间", "数值"], [made.plan.uid, "1-1", str(YEAR), "6"])
    done = bring(path, secretary, made.members[0], "plan-targets", dry_run=False)
    assert done.result["written"]["created"] == 1, done.result
    assert (Target.objects.get().value, Target.objects.get().member) == (6, made.members[0])


# --- command line and documents ---------------------------------------------------------------------------------------------


def run(*arguments: str) -> Result:
    return CliRunner(env={"DUIJIE_LANG": "zh"}).invoke(main, list(arguments))


def document(alliance: str) -> dict[str, Any]:
    return {
        "plan": {"title": "行动计划", "alliance": alliance, "starts_on": f"{YEAR}-01-01", "ends_on": f"{YEAR}-12-31", "external_id": "P"},
        "periods": [{"code": str(YEAR)}],
        "items": [{"code": "1", "kind": "goal", "title": "总目标"}],
        "indicators": [{"code": "1-1", "item": "1", "title": "推介会", "unit": "count", "measure": "test.facts"}],
        "targets": [{"indicator": "1-1", "period": str(YEAR), "value": "6"}],
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_plan_goes_its_way_from_the_command_line(tmp_path: Path) -> None:
    alliance = make_alliance()
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump(document(alliance.slug), allow_unicode=True), encoding="utf-8")
    assert run("plan", "load", str(path), "--dry-run").output == "ok\n"
    assert not Plan.objects.unscoped("test").exists()
    uid = run("plan", "load", str(path)).output.strip()
    assert uid == run("plan", "load", str(path)).output.strip()
    for step in ("submit", "approve", "publish"):
        done = run("plan", step, uid)
        assert (done.exit_code, done.output) == (0, "ok\n"), done.stderr
    assert run("plan", "approve", uid).exit_code == 1
    assert uid in run("plan", "list", "--status", "published").output
    assert json.loads(run("plan", "figures", uid, "--on", f"{YEAR}-06-30", "--json").output)[0]["target"] == 6
    assert json.loads(run("plan", "show", uid).output)["edition"] == 1
    made = run("report", "make", uid, "--period", f"{YEAR}Q1", "-o", str(tmp_path / "out"))
    assert made.exit_code == 0, made.output
    assert len(list((tmp_path / "out").iterdir())) == 4
    assert "ready" in run("report", "list", uid).output


def test_a_document_is_written_whole_or_not_at_all() -> None:
    alliance = make_alliance()
    actor = viewer("secretariat", alliance)
    wrong = document(alliance.slug) | {"targets": [{"indicator": "1-1", "period": "2031", "value": "6"}]}
    with pytest.raises(Fault) as refusal:
        load_plan(actor=actor, document=wrong)
    assert (refusal.value.code, refusal.value.place) == ("period.unknown", "targets[0].period")
    with pytest.raises(Faults) as several:
        load_plan(actor=actor, document=document(alliance.slug) | {"items": [{"code": "1"}]})
    assert several.value.faults[0].place == "items[0].kind"
    for content in ([], {"plan": 1}, document(alliance.slug) | {"x": []}):
        with pytest.raises(Fault):
            load_plan(actor=actor, document=content)
    assert not Plan.objects.unscoped("test").exists()


# --- events -----------------------------------------------------------------------------------------------------------------


def test_a_resolution_of_the_council_approves_a_plan_that_is_before_the_leaders() -> None:
    made = make_plan()
    for _ in range(2):  # before it is submitted a resolution changes nothing; the second finds it submitted
        emit("resolution.adopted", subject_kind="plan", subject=made.plan.uid, number="〔2025〕3 号")
        dispatch_all()
        if made.again().status == "draft":
            actions.submit_plan(actor=made.secretary, plan=made.plan)
    assert (made.again().status, made.plan.edition) == ("approved", 1)
    assert made.plan.editions.get().resolution == "〔2025〕3 号"


def test_people_are_told_what_waits_for_them() -> None:
    made = make_plan()
    leader = make_user("leader", made.alliance)
    made.indicator("1-1", measure="")
    made.publish()
    liaison = make_user("liaison", made.members[0])
    row = made.report(viewer(liaison), "1-1", "5", member=made.members[0].slug)
    actions.return_actual(actor=made.secretary, actual=row, reason="请附台账")
    dispatch_all()
    assert Notification.objects.filter(user_id=leader.pk, kind="plan.submitted").count() == 1
    assert "请附台账" in Notification.objects.get(user_id=liaison.pk, kind="actual.returned").zh

"""One sentence for one fault, whichever door it comes through: page, REST, command line, sheet."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duijie.cli.land import deal as deal_command
from duijie.cli.land import project as project_command
from duijie.core.access import SYSTEM
from duijie.core.errors import Fault
from duijie.core.jobs import run_all
from duijie.core.schema import parse
from duijie.core.sheets import write_table
from duijie.land import actions
from duijie.land.models import Deal, Figure, Posting, Project
from duijie.land.schemas import DealRecord, FigureRecord, MoveRecord
from duijie.members.actions import create_api_key, start_sheet
from duijie.members.schemas import ApiKeyRecord
from duijie.members.sheets import columns_of
from tests.factories import make_user, viewer
from tests.land.conftest import Land

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(land: Land) -> str:
    record = parse(ApiKeyRecord, {"name": "系统", "scopes": ["deals:read", "deals:write"]})
    return create_api_key(actor=viewer("member_admin", land.own), record=record, member=land.own)[1]


def rest(key: str, address: str, data: Any, method: str = "post", **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().generic(
        method.upper(), f"/api/v1{address}", json.dumps(data), content_type="application/json",
        headers={"Authorization": f"Bearer {key}", **named},
    )  # fmt: skip


def sheet_faults(land: Land, kind: str, row: dict[str, Any], *, write: bool = False) -> list[str]:
    """What a sheet of one row says; its cells are text as offices write it."""
    out = io.BytesIO()
    write_table(columns_of(kind), [row], out, form="csv")
    job = start_sheet(
        actor=SYSTEM, member=land.own, kind=kind, chunks=[out.getvalue()], name=f"{kind}.csv", dry_run=not write
    )
    run_all()
    job.refresh_from_db()
    assert job.status == "done", job.error
    return [fault["zh"] for fault in job.result["faults"]]


def page(client: Client, address: str, data: dict[str, Any]) -> str:
    return client.post(address, data).content.decode()


@pytest.fixture
def client(land: Land) -> Client:
    made = Client()
    made.force_login(make_user("liaison", land.own))
    return made


def figure(land: Land, project: Project, key: str, client: Client, values: dict[str, Any]) -> str:
    """The sentence that all four doors say of a figure that is refused."""
    with pytest.raises(Fault) as caught:
        record = parse(FigureRecord, values)
        actions.record_figure(actor=land.liaison, project=project, record=record)
    told = caught.value.zh
    refused = rest(key, f"/projects/{project.uid}/figures", values)
    assert (refused.status_code, refused.json()["detail"]) == (caught.value.status, told)
    assert told in page(client, f"/projects/{project.uid}/figures/", values).replace("&quot;", "“")
    options = [f"--{name}={value}" for name, value in values.items()]
    ran = CliRunner().invoke(project_command, ["report", project.uid, "--member", "xz", *options])
    assert (ran.exit_code, told in ran.output) == (1, True), ran.output
    assert told in sheet_faults(land, "figures", values | {"project": project.uid})
    return told


def test_a_figure_is_refused_with_the_same_sentence_at_every_door(land: Land, key: str, client: Client) -> None:
    project = land.project(total="1000万元")
    assert land.figure(project, "800万元", "2017-05") == "created"
    before = (Figure.objects.count(), Posting.objects.count())
    paid = {"kind": "实到资金", "month": "2017-06"}
    assert "累计实到资金 " in figure(land, project, key, client, paid | {"amount": "300万元"})
    foreign = figure(land, project, key, client, {"kind": "合同外资", "on": "2017-06-05", "amount": "100万美元"})
    assert foreign == "没有 2017-06-05 的美元汇率：请填写汇率，或先登记当日汇率。"
    again = figure(land, project, key, client, {"kind": "实到资金", "month": "2017-05", "amount": "700万元"})
    assert again == "2017-05-31的实到资金已填报为 8,000,000元；要更正请写明原因。"
    actions.close_period(actor=land.admin, member=land.own, period="2017Q2")
    closed = figure(land, project, key, client, paid | {"amount": "100万元"})
    assert closed.startswith("2017年第二季度已结账")
    assert (Figure.objects.count(), Posting.objects.count()) == before


def test_a_move_is_refused_with_the_same_sentence_at_every_door(land: Land, key: str, client: Client) -> None:
    deal = land.deal(external_id="D-1")
    before = Posting.objects.count()

    def refused(values: dict[str, Any]) -> str:
        with pytest.raises(Fault) as caught:
            actions.move_deal(actor=land.liaison, deal=deal, record=parse(MoveRecord, values))
        told = caught.value.zh
        answer = rest(key, f"/deals/{deal.uid}/moves", values)
        # A key writes as an editor: what only liaison officers may is refused to it by another sentence.
        assert answer.status_code in (caught.value.status, 403)
        assert told in page(client, f"/deals/{deal.uid}/move/", values | {"version": deal.version})
        evidence = [f"--evidence={k}={v}" for k, v in values.items() if k not in ("stage", "effective_on")]
        on = ["--on", values["effective_on"]] if "effective_on" in values else []
        ran = CliRunner().invoke(deal_command, ["move", deal.uid, values["stage"], *on, *evidence])
        assert (ran.exit_code, told in ran.output) == (1, True), ran.output
        row = {
            "title": deal.title,
            "kind": "产业投资",
            "external_id": "D-1",
            "origin": "上海",
            "stage": values["stage"],
        }
        row |= {"stage_on": values.get("effective_on"), "evidence": values.get("contract")}
        assert told in sheet_faults(land, "deals", row)
        return told

    assert refused({"stage": "投产"}).startswith("不能从“线索”改为“投产”；可以改为：")
    assert refused({"stage": "签约"}) == "改为“签约”需要“合同或协议”。"
    assert refused({"stage": "签约", "contract": "协议", "effective_on": "2016-12-01"}).startswith(
        "2016-12-01 早于上一步"
    )
    assert (Deal.objects.unscoped("test").get().stage, Posting.objects.count()) == ("lead", before)


def test_two_people_move_one_card_at_once_and_the_second_is_told(land: Land, key: str, client: Client) -> None:
    deal = land.deal()
    ticket = f"{deal.uid}.{deal.version}"
    first = client.post("/deals/move/", {"ticket": ticket, "lane": "contact"})
    assert (first.status_code, first["X-Ticket"]) == (204, f"{deal.uid}.2")
    second = client.post("/deals/move/", {"ticket": ticket, "lane": "negotiation"})
    told = "这条记录在您读取之后已被他人修改，请重新读取后再提交。"
    assert (second.status_code, second.content.decode()) == (412, told)
    answer = rest(key, f"/deals/{deal.uid}/moves", {"stage": "negotiation"}, If_Match=f'"{deal.uid}.1"')
    assert (answer.status_code, answer.json()["detail"]) == (412, told)
    assert told in page(client, f"/deals/{deal.uid}/move/", {"stage": "negotiation", "version": 1})
    ran = CliRunner().invoke(deal_command, ["move", deal.uid, "negotiation", "--version", "1"])
    assert (ran.exit_code, told in ran.output) == (1, True)


def test_a_card_that_needs_evidence_is_answered_by_the_dialog(land: Land, client: Client) -> None:
    deal = land.deal()
    asked = client.post("/deals/move/", {"ticket": f"{deal.uid}.1", "lane": "signed"})
    assert asked.status_code == 428
    assert 'name="contract"' in asked.content.decode()
    done = client.post(
        f"/deals/{deal.uid}/move/",
        {"stage": "signed", "version": "1", "contract": "协议 1 号", "effective_on": "2017-03-01", "back": "/deals/"},
    )
    assert (done.status_code, done["Location"]) == (302, "/deals/")
    assert Deal.objects.unscoped("test").get().stage == "signed"


def test_projects_by_rest_are_upserted_and_looked_back_on(land: Land, key: str) -> None:
    values = {"name": "异质结电池", "total": "3亿元", "signed_on": "2017-03-01", "origin": "上海", "external_id": "P-1"}
    made = rest(key, "/members/xz/projects", values)
    assert (made.status_code, made.json()["what"]) == (201, "created")
    assert rest(key, "/members/xz/projects", values).json()["what"] == "unchanged"
    uid = made.json()["project"]["id"]
    then = Project.objects.unscoped("test").get().changed_at.isoformat().replace("+00:00", "Z")
    changed = rest(key, "/members/xz/projects", values | {"total": "5亿元"}, If_Match=made["ETag"])
    assert changed.json()["project"]["total_cny_minor"] == 50_000_000_000
    now = Client().get(f"/api/v1/projects/{uid}", headers={"Authorization": f"Bearer {key}"}).json()
    past = (
        Client().get(f"/api/v1/projects/{uid}", {"known_at": then}, headers={"Authorization": f"Bearer {key}"}).json()
    )
    assert [f["cny_minor"] for f in now["figures"]] == [50_000_000_000]
    assert [f["cny_minor"] for f in past["figures"]] == [30_000_000_000]
    bad = rest(key, "/members/xz/projects", values | {"started_on": "2017-01-01"})
    assert (bad.status_code, bad.json()["code"]) == (422, "date.before")
    assert bad.json()["detail"] == "“开工”2017-01-01 早于“签约”2017-03-01。"


def test_a_sheet_of_projects_is_written_and_written_again_changes_nothing(land: Land, tmp_path: Path) -> None:
    row = {"name": "组件边框", "total": "1.2亿元", "signed_on": "2017-03-01", "origin": "上海", "external_id": "S-1"}
    assert sheet_faults(land, "projects", row) == []
    assert Project.objects.unscoped("test").count() == 0
    assert sheet_faults(land, "projects", row, write=True) == []
    postings = Posting.objects.count()
    assert sheet_faults(land, "projects", row, write=True) == []
    assert (Project.objects.unscoped("test").count(), Posting.objects.count()) == (1, postings)
    template = tmp_path / "t.xlsx"
    ran = CliRunner().invoke(project_command, ["template", "-o", str(template)])
    assert (ran.exit_code, template.stat().st_size > 5000) == (0, True)


def test_a_key_without_the_scope_reads_and_writes_nothing(land: Land) -> None:
    record = parse(ApiKeyRecord, {"name": "别的", "scopes": ["listings:read"]})
    other = create_api_key(actor=viewer("member_admin", land.own), record=record, member=land.own)[1]
    land.deal()
    read = Client().get("/api/v1/deals", headers={"Authorization": f"Bearer {other}"})
    assert (read.status_code, "deals:read" in read.json()["detail"]) == (403, True)
    assert rest(other, "/members/xz/deals", {"title": "x", "kind": "investment"}).status_code == 403


def test_a_zone_s_shares_add_up_and_its_areas_too(land: Land) -> None:
    from duijie.land.schemas import ZoneRecord

    def refused(**values: Any) -> str:
        base = {"name": "科技城", "slug": "town", "kind": "示范区", **values}
        with pytest.raises(Fault) as caught:
            actions.write_zone(actor=land.liaison, record=parse(ZoneRecord, base))
        return caught.value.zh

    told = refused(partners=["秀洲高新区||60", "平湖市||30"])
    assert told == "各方份额合计应为 100%，现在是 90%。"
    told = refused(area_square_metres="7100000", partners=["秀洲高新区|2400000|", "平湖市|4800000|"])
    assert "与总面积 7100000 平方米不符" in told
    record = parse(ZoneRecord, {"name": "科技城", "slug": "town", "kind": "示范区", "area_square_metres": "7100000", "partners": ["秀洲高新区|2400000|60", "平湖市|4700000|40"]})  # fmt: skip
    zone = actions.write_zone(actor=land.liaison, record=record)
    assert list(zone.partners.values_list("share_basis_points", flat=True)) == [6000, 4000]


def test_an_exported_sheet_has_the_filtered_rows_and_no_formula(land: Land, client: Client) -> None:
    land.deal("=HYPERLINK(1)")
    land.deal("别的", kind="technology")
    text = client.get("/deals/list/", {"format": "csv", "kind": "investment"}).content.decode("utf-8-sig")
    assert ("'=HYPERLINK(1)" in text, "别的" in text) == (True, False)
    assert client.get("/projects/", {"format": "xlsx"})["Content-Type"].endswith("spreadsheetml.sheet")


def test_confidential_deals_are_seen_by_their_parties_and_counted(land: Land) -> None:
    from duijie.land import queries
    from tests.land.conftest import asked

    land.deal("秘密产线", confidential="是", other_members=["平湖市"])
    open_one = land.deal("公开产线")
    assert [d.title for d in queries.deals(land.liaison)] == ["公开产线", "秘密产线"]
    assert [d.title for d in queries.deals(land.ally_liaison)] == ["公开产线", "秘密产线"]
    secretariat = viewer("secretariat", land.own.memberships.get().alliance)
    assert [d.title for d in queries.deals(secretariat)] == ["公开产线"]
    assert (list(queries.deals(land.outsider)), asked("leads")) == ([], 2)
    assert queries.deal_page(secretariat, open_one.uid).comments == []


def test_documents_go_in_and_out_over_rest_with_the_rights_of_the_page(land: Land, key: str) -> None:
    values = {"title": "传感器产线", "kind": "investment", "stage_on": "2024-01-05"}
    deal = actions.create_deal(actor=SYSTEM, member=land.own, record=parse(DealRecord, values))
    address = f"/api/v1/deals/{deal.uid}/documents"
    mine = {"Authorization": f"Bearer {key}"}

    def hand_over(name: str, content: bytes, headers: dict[str, str]) -> Any:
        file = SimpleUploadedFile(name, content)
        return Client().post(address, {"file": file, "text": "第二稿"}, headers=headers)

    made = hand_over("意向书.pdf", b"%PDF-1.7 x", mine)
    assert (made.status_code, made.json()["name"], made.json()["bytes"]) == (201, "意向书.pdf", 10)
    listed = Client().get(address, headers=mine).json()
    assert [(d["id"], d["text"]) for d in listed] == [(made.json()["id"], "第二稿")]
    fetched = Client().get(f"{address}/{listed[0]['id']}", headers=mine)
    assert (fetched.getvalue(), fetched["X-Content-Type-Options"]) == (b"%PDF-1.7 x", "nosniff")
    assert fetched["Content-Disposition"].startswith("attachment")
    refused = hand_over("看图.html", b"<script>", mine)
    assert (refused.status_code, refused.json()["code"]) == (415, "document.type")
    record = parse(ApiKeyRecord, {"name": "他方", "scopes": ["deals:read", "deals:write"]})
    other = create_api_key(actor=viewer("member_admin", land.outside), record=record, member=land.outside)[1]
    theirs = {"Authorization": f"Bearer {other}"}
    assert Client().get(address, headers=theirs).status_code == 404
    assert Client().get(f"{address}/{listed[0]['id']}", headers=theirs).status_code == 404
    assert hand_over("意向书.pdf", b"%PDF-1.7 x", theirs).status_code == 404
    assert deal.comments.count() == 1


def test_the_command_computes_a_figure_as_known_at_an_instant(land: Land) -> None:
    from duijie.cli.land import figures as figures_command

    land.project(signed_on="2017-02-05")
    asked = ["show", "land.projects_signed", "--from", "2017-01-01", "--to", "2017-12-31"]
    before = "2017-02-04 08:00"
    said = [
        CliRunner().invoke(figures_command, [*asked, *more]).output.splitlines()[-1]
        for more in ([], ["--known-at", before])
    ]
    assert said == ["=\t1", "=\t0"]
    refused = CliRunner().invoke(figures_command, [*asked, "--known-at", "昨天"])
    assert (refused.exit_code, "时点“昨天”看不懂" in refused.output) == (1, True)


def test_a_request_that_does_not_say_who_may_see_a_deal_opens_nothing(land: Land, key: str) -> None:
    def confidential(**more: Any) -> bool:
        values = {"title": "保密产线", "kind": "investment", "external_id": "D-9"} | more
        assert rest(key, "/members/xz/deals", values).status_code in (200, 201)
        return Deal.objects.unscoped("test").get(external_id="D-9").confidential

    said = [confidential(confidential=True), confidential(summary="二期"), confidential(confidential=False)]
    assert said == [True, True, False]

"""The council's business over REST and the command line: what comes before a vote, meetings, applications, leave, trainings, promises."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duijie.cli.main import main
from duijie.core.access import SYSTEM
from duijie.core.schema import parse
from duijie.govern import actions
from duijie.govern.models import Motion, Resolution, Training, TrainingPlace
from duijie.govern.schemas import ApplicationRecord, AttendanceRow, TrainingRecord
from duijie.members.actions import sign_agreement
from duijie.members.models import Absence, Agreement, Obligation
from duijie.members.schemas import AgreementRecord
from tests.factories import make_member, make_user, viewer
from tests.govern.council import TODAY, Council

pytestmark = pytest.mark.django_db


@pytest.fixture
def council() -> Council:
    return Council()


class Caller:
    """Somebody at the API, signed in."""

    def __init__(self, user: Any) -> None:
        self.client = Client()
        if user is not None:
            self.client.force_login(user)

    def get(self, address: str) -> Any:
        return self.client.get(f"/api/v1{address}")

    def post(self, address: str, content: Any = None, **more: Any) -> Any:
        return self.client.post(f"/api/v1{address}", json.dumps(content or {}), content_type="application/json", **more)


def run(*arguments: str) -> str:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 0, done.output
    return done.output.strip()


def test_papers_discussion_and_amendments_over_rest(council: Council) -> None:
    motion = council.motion()
    at = f"/motions/{motion.uid}"
    secretary, leader, stranger = (
        Caller(council.secretary_user), Caller(council.leaders[0]), Caller(make_user("leader", make_member())),
    )  # fmt: skip
    paper = {"file": SimpleUploadedFile("方案.pdf", b"%PDF-1", "application/pdf"), "title": "大会方案"}
    made = secretary.client.post(f"/api/v1{at}/papers", paper)
    assert (made.status_code, made.json()["title"], made.json()["bytes"]) == (201, "大会方案", 6)
    number = made.json()["number"]
    assert [p["number"] for p in leader.get(f"{at}/papers").json()] == [number]
    assert b"".join(leader.get(f"{at}/papers/{number}").streaming_content) == b"%PDF-1"
    for address in (f"{at}/papers", f"{at}/papers/{number}", f"{at}/discussion", f"{at}/amendments"):
        assert stranger.get(address).status_code == 404
        assert Caller(None).get(address).status_code in {401, 404}

    said = leader.post(f"{at}/discussion", {"text": "建议放在秋季"})
    assert (said.status_code, said.json()["speaker"]) == (201, "a区")
    assert [s["text"] for s in secretary.get(f"{at}/discussion").json()] == ["建议放在秋季"]
    assert leader.post(f"{at}/discussion", {"text": " "}).json()["code"] == "speech.empty"

    wording = leader.post(f"{at}/amendments", {"text": "明年秋季举办大会。", "reason": "天气"}).json()
    assert leader.post(f"{at}/amendments/{wording['id']}", {"accept": True}).status_code == 403
    assert secretary.post(f"{at}/amendments/{wording['id']}", {"accept": "yes"}).json()["code"] == "json.not_boolean"
    taken = secretary.post(f"{at}/amendments/{wording['id']}", {"accept": True})
    assert (taken.json()["status"], taken.json()["before"]) == ("accepted", "明年举办大会。")
    assert secretary.get(at).json()["text"] == "明年秋季举办大会。"
    assert secretary.post(f"{at}/withdraw", HTTP_IF_MATCH='"x.1"').status_code in {400, 412}
    assert secretary.post(f"{at}/withdraw").json()["status"] == "withdrawn"


def test_a_meeting_with_its_agenda_and_minutes_over_rest(council: Council) -> None:
    motion = council.motion()
    secretary, leader = Caller(council.secretary_user), Caller(council.leaders[0])
    record = {"title": "第二次会议", "held_on": council.day(3).isoformat(), "time": "14:00", "place": "南湖"}
    assert leader.post("/alliances/five/council-meetings", record).status_code == 403
    made = secretary.post("/alliances/five/council-meetings", record)
    assert made.status_code == 201
    uid = made.json()["id"]
    put = secretary.post(f"/motions/{motion.uid}/agenda", {"meeting": uid})
    assert put.json()["way"] == "meeting"
    assert leader.get(f"/council-meetings/{uid}").json()["motions"] == [motion.uid]
    assert secretary.post(f"/council-meetings/{uid}/minutes", {"present": "张三"}).json()["code"] == "minutes.present"
    written = secretary.post(
        f"/council-meetings/{uid}/minutes", {"chaired_by": "严国栋", "present": ["甲", "乙"], "notes": "一、\n二、"}
    )
    assert (written.json()["held"], written.json()["present"], written.json()["notes"]) == (
        True,
        ["甲", "乙"],
        "一、\n二、",
    )
    assert [s["id"] for s in leader.get("/alliances/five/council-meetings").json()] == [uid]
    assert Caller(make_user("leader", make_member())).get("/alliances/five/council-meetings").json() == []
    assert secretary.post(f"/motions/{motion.uid}/agenda", {"meeting": ""}).json()["way"] == "circulation"


def test_an_application_goes_through_the_secretariat_over_rest(council: Council) -> None:
    values = {
        "name": "某市",
        "kind": "city",
        "reasons": "想加入",
        "contact_name": "某",
        "contact_email": "a@example.cn",
    }
    made, _ = actions.apply_to_join(actor=viewer(), alliance=council.alliance, record=parse(ApplicationRecord, values))
    at, secretary = f"/applications/{made.uid}", Caller(council.secretary_user)
    officer = Caller(make_user("liaison", council.members[1]))
    (listed,) = secretary.get("/alliances/five/applications").json()
    assert (listed["name"], listed["status"], "contact_email" in listed) == ("某市", "incomplete", False)
    assert Caller(make_user("liaison", make_member())).get(at).status_code == 404
    assert secretary.post(f"{at}/ask", {"remark": ""}).json()["code"] == "reason.missing"
    assert secretary.post(f"{at}/ask", {"remark": "缺委托书"}).json()["remark"] == "缺委托书"
    assert officer.post(f"{at}/opinion", {"text": "好", "favours": True}).json()["code"] == "application.papers"
    for title in secretary.get(at).json()["missing"]:
        actions.add_application_paper(actor=SYSTEM, application=made, paper=actions.Paper(title, "a.pdf", "application/pdf", [b"x"]))  # fmt: skip
    assert secretary.post(f"{at}/council").json()["code"] == "application.opinion"
    assert officer.post(f"{at}/opinion", {"text": "建议吸收", "favours": True}).json()["status"] == "examined"
    assert officer.post(f"{at}/council").status_code == 403
    motion = secretary.post(f"{at}/council", {"ballot": "secret"})
    assert (motion.status_code, motion.json()["kind"], motion.json()["ballot"]) == (201, "admission", "secret")
    assert secretary.get(at).json()["motion"] == motion.json()["id"]
    assert secretary.post(f"{at}/reject", {"remark": "x"}).json()["code"] == "application.closed"


def test_a_motion_from_the_command_line_to_its_resolution(council: Council) -> None:
    uid = run("council", "propose", "five", "关于办会", "--kind", "活动", "--text", "明年办会。")
    assert run("council", "motions", "five").split("\t")[:3] == [uid, "discussion", "event"]
    assert run("council", "open", uid, "--last-day", council.day(5).isoformat()) == "voting"
    motion = Motion.objects.unscoped("t").get(uid=uid)
    council.vote(motion, "yyyyy")
    assert run("council", "close", uid) == "carried"
    assert Resolution.objects.get().text == "明年办会。"
    other = run("council", "propose", "five", "作废", "--kind", "其他事项", "--text", "x")
    assert run("council", "withdraw", other) == "withdrawn"
    assert CliRunner().invoke(main, ["council", "open", other, "--last-day", council.day(5).isoformat()]).exit_code == 1


def test_leave_from_the_command_line() -> None:
    park = make_member()
    for name in ("zhou", "wu"):
        make_user("liaison", park, username=name)
    first, last = TODAY + timedelta(days=2), TODAY + timedelta(days=9)
    uid = run("leave", "record", "zhou", "--substitute", "wu", "--from", first.isoformat(), "--until", last.isoformat())
    assert run("leave", "list").split("\t")[:3] == [uid, first.isoformat(), last.isoformat()]
    assert run("leave", "end", uid) == "ok"
    assert Absence.objects.count() == 0


def test_a_training_from_the_command_line_and_its_certificates_over_rest(council: Council, tmp_path: Any) -> None:
    uid = run(
        "training", "record", "业务培训", "--alliance", "five", "--on", council.day(-1).isoformat(), "--hours", "8"
    )
    sheet = tmp_path / "people.csv"
    sheet.write_text("姓名,成员,到课\n周南,aqu,是\n吴桐,bqu,否\n", encoding="utf-8")
    assert json.loads(run("training", "import", uid, str(sheet), "--dry-run"))
    assert TrainingPlace.objects.unscoped("t").count() == 0
    run("training", "import", uid, str(sheet))
    assert run("training", "list", "five").split("\t")[2:] == ["8", "1", "业务培训"]
    assert run("training", "certify", uid) == "1"
    assert Caller(council.secretary_user).post(f"/trainings/{uid}/certificates").json() == {"given": 0}
    assert Caller(council.leaders[0]).post(f"/trainings/{uid}/certificates").status_code == 403


def test_promises_of_an_agreement_from_the_command_line(council: Council) -> None:
    values = {"title": "合作协议", "kind": "战略合作", "valid_from": "2026-01-01", "members": ["aqu", "bqu"]}
    made: Agreement = sign_agreement(actor=SYSTEM, record=parse(AgreementRecord, values))
    uid = run("agreement", "promise", made.uid, "互派干部", "--due", council.day(30).isoformat(), "--party", "aqu")
    assert run("agreement", "promises", made.uid).split("\t")[2:] == ["-", "a区", "互派干部"]
    assert run("agreement", "fulfil", uid, "--report", "已互派三名") == TODAY.isoformat()
    assert Obligation.objects.get().report == "已互派三名"


def test_a_certificate_as_a_sheet_to_print_for_its_holder_alone(council: Council) -> None:
    holder = make_user("liaison", council.members[0], username="zhou", name="周南")
    record = parse(TrainingRecord, {"title": "业务培训", "held_on": council.day(-1).isoformat()})
    training: Training = actions.hold_training(actor=council.secretary, alliance=council.alliance, record=record)
    row = parse(AttendanceRow, {"name": "周南", "member": "aqu", "attended": True, "account": "zhou"})
    place = actions.enrol(actor=council.secretary, training=training, record=row)
    actions.certify(actor=council.secretary, training=training)
    place.refresh_from_db()
    address = f"/trainings/{training.uid}/certificates/{place.certificate}.pdf"
    answered = Caller(holder).client.get(address)
    assert (answered["Content-Type"], answered.content[:5]) == ("application/pdf", b"%PDF-")
    assert len(answered.content) > 5_000
    assert Caller(make_user("liaison", council.members[1])).client.get(address).status_code == 404


def test_a_motion_leads_to_what_it_is_about_and_an_agreement_to_a_motion(council: Council) -> None:
    values = {"title": "五区协议", "kind": "战略合作", "valid_from": "2026-01-01", "members": ["aqu", "bqu"]}
    made: Agreement = sign_agreement(actor=SYSTEM, record=parse(AgreementRecord, values))
    client, guest = Caller(council.leaders[0]).client, Client()
    page = client.get(f"/agreements/{made.uid}/").content.decode()
    form = f"/alliances/five/motions/new/?kind=agreement&amp;about={made.uid}"
    assert form in page
    assert form not in guest.get(f"/agreements/{made.uid}/").content.decode()
    filled = client.get(form.replace("&amp;", "&") + "&title=关于五区协议的议案").content.decode()
    assert made.uid in filled and "关于五区协议的议案" in filled
    motion = council.motion(kind="agreement", about=made.uid)
    assert f'href="/agreements/{made.uid}/"' in client.get(f"/motions/{motion.uid}/").content.decode()
    nothing = council.motion(kind="agreement", about="没有这份")
    assert "对象：" not in client.get(f"/motions/{nothing.uid}/").content.decode()

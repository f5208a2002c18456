"""The council's pages: a motion from its proposal to its resolution, by hand of the people who do it, and who may look."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from docx import Document

from duijie.core.events import dispatch_all
from duijie.core.models import Notification, StoredFile
from duijie.govern import actions
from duijie.govern.models import Amendment, Application, Duty, Motion, Resolution
from duijie.members.models import Member, Membership, User
from tests.factories import PASSWORD, make_user, viewer
from tests.govern.council import TODAY, Council

pytestmark = pytest.mark.django_db


@pytest.fixture
def council() -> Council:
    return Council()


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        assert client.login(username=user.username, password=PASSWORD)
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode())


def the_motion() -> Motion:
    found: Motion = Motion.objects.unscoped("test").get()
    return found


def test_a_council_decides_from_proposal_to_fulfilment(council: Council) -> None:
    secretary, leader = client_of(council.secretary_user), client_of(council.leaders[0])
    made = leader.post(
        "/alliances/five/motions/new/",
        {"kind": "event", "title": "关于举办大会的议案", "text": "明年六月举办大会。", "proposed_by": "a区", "way": "circulation", "ballot": "open"},
    )  # fmt: skip
    motion = the_motion()
    assert made.url == f"/motions/{motion.uid}/"
    at = made.url
    leader.post(f"{at}papers/", {"title": "方案", "file": SimpleUploadedFile("方案.pdf", b"%PDF", "application/pdf")})
    page = text_of(client_of(council.leaders[1]).get(at))
    assert "方案" in page
    client_of(council.leaders[1]).post(f"{at}amend/", {"text": "明年九月举办大会。", "reason": "六月汛期"})
    amendment = Amendment.objects.unscoped("test").get()
    secretary.post(f"{at}amendments/{amendment.uid}/", {"answer": "accept"})
    client_of(council.leaders[2]).post(f"{at}say/", {"text": "同意改期"})
    assert the_motion().text == "明年九月举办大会。"
    refused = secretary.post(f"{at}open/", {"last_day": TODAY.isoformat()}, follow=True)
    assert "截止日最早是" in text_of(refused)
    secretary.post(f"{at}open/", {"last_day": council.day(4).isoformat()})
    late = client_of(council.leaders[1]).post(f"{at}amend/", {"text": "再改"}, follow=True)
    assert "表决已经开始" in text_of(late)
    dispatch_all()
    assert Notification.objects.filter(kind="motion.vote_opened").count() == 5
    for number in range(5):
        voter = client_of(council.leaders[number])
        voter.post(f"{at}vote/", {"seat": f"m{council.members[number].pk}", "choice": "yes" if number < 4 else "no"})
    secretary.post(f"{at}close/")
    dispatch_all()
    resolution = Resolution.objects.get()
    page = text_of(leader.get(at))
    assert "按选票重新计算，结果一致" in page and resolution.label in page
    public = f"/resolutions/{resolution.uid}/"
    assert "明年九月" in text_of(client_of(None).get(public))
    word = Document(io.BytesIO(client_of(None).get(f"{public}resolution.docx").content))
    assert any(resolution.label in p.text for p in word.paragraphs)
    secretary.post(f"{public}duties/", {"text": "提交场地方案", "owner": "bqu", "due_on": council.day(30).isoformat()})
    duty = Duty.objects.get()
    nobody = client_of(council.leaders[3]).post(f"/duties/{duty.uid}/report/", {"status": "done", "report": "好了"})
    assert nobody.status_code == 403
    client_of(council.leaders[1]).post(f"/duties/{duty.uid}/report/", {"status": "done", "report": "已提交三处场地"})
    duty.refresh_from_db()
    assert (duty.status, duty.done_on) == ("done", TODAY)
    for path in ("council", "charter", "resolutions", "duties", "rota"):
        assert client_of(None).get(f"/alliances/five/{path}/").status_code == 200
    assert secretary.get("/alliances/five/resolutions/?format=xlsx").content[:2] == b"PK"
    assert secretary.get("/alliances/five/duties/?format=xlsx").content[:2] == b"PK"


def test_papers_and_motions_are_for_the_council_only(council: Council) -> None:
    motion = council.motion()
    paper = actions.add_paper(
        actor=council.secretary, motion=motion, chunks=[b"x"], name="a.pdf", media_type="application/pdf"
    )
    assert StoredFile.objects.get(pk=paper.file_id).audience == [f"council:{council.alliance.pk}"]
    outside = [
        None,
        make_user("platform"),
        make_user("editor", council.members[0]),
        make_user("leader", council_of_others()),
    ]
    for user in outside:
        client = client_of(user)
        for path in (f"/motions/{motion.uid}/", f"/motions/{motion.uid}/papers/{paper.pk}/"):
            assert client.get(path).status_code in {302, 404}, (user, path)
        assert "举办大会" not in text_of(client.get("/alliances/five/council/"))
        if user is not None:
            assert client.get("/alliances/five/motions/").status_code == 403
    inside = [council.leaders[0], make_user("liaison", council.members[1]), make_user("auditor", council.alliance)]
    for user in inside:
        assert client_of(user).get(f"/motions/{motion.uid}/").status_code == 200


def council_of_others() -> Member:
    from tests.factories import make_member

    return make_member()


def test_a_secret_ballots_number_is_in_the_answer_and_nowhere_else(council: Council) -> None:
    from django.contrib.sessions.models import Session

    motion = council.opened(ballot="secret")
    client = client_of(council.leaders[0])
    answered = client.post(f"/motions/{motion.uid}/vote/", {"seat": f"m{council.members[0].pk}", "choice": "no"})
    page = text_of(answered)
    assert (answered.status_code, answered["Cache-Control"]) == (200, "no-store")
    number = page.split("<code>")[1].split("</code>")[0]
    assert len(number) == 16
    assert all(number not in str(s.get_decoded()) for s in Session.objects.all())
    assert number not in text_of(client.get(f"/motions/{motion.uid}/"))
    again = client.post(
        f"/motions/{motion.uid}/vote/", {"seat": f"m{council.members[0].pk}", "choice": "yes"}, follow=True
    )
    assert "已经表决过" in text_of(again)


def test_a_city_applies_is_examined_voted_in_and_registered(council: Council) -> None:
    guest, secretary = client_of(None), client_of(council.secretary_user)
    form = {
        "name": "芜湖市", "kind": "city", "slug": "wuhu", "region": "340200", "reasons": "十二个园区，愿意开放中试基地",
        "contact_name": "宣城山", "contact_email": "xuan@example.cn", "standing": "member",
    }  # fmt: skip
    wrong = guest.post("/alliances/five/apply/", form | {"contact_email": "不是邮箱"})
    assert wrong.status_code == 422 and Application.objects.unscoped("t").count() == 0
    files = {"paper-0": SimpleUploadedFile("函.pdf", b"%PDF"), "paper-1": SimpleUploadedFile("简介.docx", b"PK")}
    made = guest.post("/alliances/five/apply/", form | files)
    follow = made.url
    application = Application.objects.unscoped("t").get()
    assert application.status == "incomplete"
    assert "授权委托书" in text_of(guest.get(follow))
    twice = guest.post("/alliances/five/apply/", form)
    assert twice.status_code == 409 and "已有一份申请在办" in text_of(twice)
    at = f"/applications/{application.uid}/"
    assert guest.get(at).status_code == 302
    officer = client_of(make_user("liaison", council.members[1]))
    early = officer.post(f"{at}do/opinion/", {"text": "好", "favours": "yes"}, follow=True)
    assert "还缺" in text_of(early)
    bad = guest.post(
        f"{follow}paper/", {"title": "授权委托书", "file": SimpleUploadedFile("x.exe", b"MZ")}, follow=True
    )
    assert "PDF、Word、图片或 ZIP" in text_of(bad)
    guest.post(f"{follow}paper/", {"title": "授权委托书", "file": SimpleUploadedFile("委托.pdf", b"%PDF")})
    officer.post(f"{at}do/opinion/", {"text": "产业互补，建议吸收", "favours": "yes"})
    moved = secretary.post(f"{at}do/council/", {"ballot": "open"})
    motion = the_motion()
    assert moved.url == f"/motions/{motion.uid}/"
    closed = guest.post(f"{follow}withdraw/", follow=True)
    assert "已进入表决" in text_of(closed)
    secretary.post(f"/motions/{motion.uid}/open/", {"last_day": council.day(5).isoformat()})
    council.vote(the_motion(), "yyyy")
    council.closed(the_motion())
    dispatch_all()
    member = Member.objects.get(slug="wuhu")
    membership = Membership.objects.get(member=member)
    assert membership.probation_until is not None and membership.holds_on(TODAY)
    assert "已加入" in Resolution.objects.get().outcome
    assert "已加入" in text_of(guest.get(follow))
    assert [m.to for m in mail.outbox if "申请结果" in m.subject] == [["xuan@example.cn"]]
    dispatch_all()
    assert Membership.objects.filter(alliance=council.alliance).count() == 6


def test_a_rejected_motion_closes_the_application(council: Council) -> None:
    from duijie.core.schema import parse
    from duijie.govern.schemas import ApplicationRecord

    record = parse(
        ApplicationRecord,
        {"name": "某市", "kind": "city", "reasons": "想加入", "contact_name": "某", "contact_email": "a@example.cn"},
    )
    papers = [actions.Paper(t, "a.pdf", "application/pdf", [b"x"]) for t in ("入盟申请函", "单位简介", "授权委托书")]
    application, _ = actions.apply_to_join(actor=viewer(), alliance=council.alliance, record=record, papers=papers)
    actions.give_opinion(actor=council.secretary, application=application, text="再看看", favours=False)
    motion = actions.put_to_council(actor=council.secretary, application=application)
    actions.open_vote(actor=council.secretary, motion=motion, last_day=council.day(5))
    council.vote(motion, "nnny")
    council.closed(motion)
    dispatch_all()
    application.refresh_from_db()
    assert (application.status, Member.objects.filter(name="某市").count()) == ("rejected", 0)


def test_lists_ask_as_often_for_three_as_for_one(council: Council) -> None:
    client = client_of(council.secretary_user)
    counts = []
    for round_ in range(2):
        for _ in range(1 + round_):
            motion = council.opened()
            council.vote(motion, "yyyyy")
            actions.close_vote(actor=council.secretary, motion=motion)
        taken = []
        for path in ("council", "motions", "resolutions", "duties", "applications"):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(f"/alliances/five/{path}/").status_code == 200
            taken.append(len(captured))
        counts.append(taken)
    assert counts[0] == counts[1]


def test_a_charter_says_its_rules_in_the_readers_language() -> None:
    Council(voting="weighted", votes="aqu=3、bqu=2", two_thirds="吸收成员")
    Member.objects.filter(slug="aqu").update(name_en="A Park")
    said = {lang: text_of(client_of(None).get("/alliances/five/charter/", {"lang": lang})) for lang in ("zh", "en")}
    assert "（a区 3、b区 2）" in said["zh"]
    assert "(A Park 3, b区 2)" in said["en"]
    assert "：" not in said["en"] and "；" not in said["en"]

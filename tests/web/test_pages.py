"""Every page answers for those who may see it, in both languages, with the words that matter on it."""

from __future__ import annotations

import pytest
from django.test import Client

from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.core.models import Notification
from duijie.match.models import Interest, Introduction, Suggestion
from duijie.publish.actions import create_listing
from duijie.publish.kinds import KINDS
from duijie.publish.models import Listing
from tests.factories import PASSWORD, make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db


def sign_in(user: object) -> Client:
    client = Client()
    assert client.login(username=user.username, password=PASSWORD)  # type: ignore[attr-defined]
    return client


def work() -> None:
    dispatch_all()
    run_all()
    dispatch_all()


@pytest.fixture
def scene() -> dict[str, object]:
    alliance = make_alliance("长三角联盟")
    park, other = make_member("南湖高新区", alliances=[alliance]), make_member("张江", alliances=[alliance])
    firm, institute = make_organisation("禾城精密", member=park), make_organisation("声学所", member=other)
    boss, scholar = make_user("organisation", firm), make_user("organisation", institute)
    return {
        "park": park, "firm": firm, "institute": institute, "boss": boss, "scholar": scholar,
        "liaison": make_user("liaison", park), "secretary": make_user("secretariat", alliance),
    }  # fmt: skip


def test_a_guest_reads_what_is_public(scene: dict[str, object]) -> None:
    client = Client()
    for address, word in (
        ("/", "匹配"),
        ("/search/", "全部信息"),
        ("/publish/", "说说您的需求"),
        ("/members/", "南湖高新区"),
        ("/accounts/login/", "登录"),
    ):
        page = client.get(address)
        assert page.status_code == 200, address
        assert word in page.content.decode(), address
    assert "State a need" in client.get("/publish/?lang=en").content.decode()
    for closed in ("/desk/", "/match/", "/introductions/", "/import/"):
        assert client.get(closed).status_code == 302, closed


def test_every_kind_has_a_form_that_opens_and_publishes(scene: dict[str, object]) -> None:
    client = sign_in(scene["liaison"])
    for kind, definition in KINDS.items():
        page = client.get(f"/publish/{kind}/")
        assert page.status_code == 200, kind
        posted = client.post(f"/publish/{kind}/", {"title": f"{definition.label.zh}一条", "then": "publish"})
        assert posted.status_code == 302, (kind, posted.content.decode()[:3000])
    assert {x.kind for x in Listing.objects.unscoped("test").published()} == set(KINDS)
    work()
    listed = client.get("/search/").content.decode()
    assert all(f"{k.label.zh}一条" in listed for k in KINDS.values())


def test_the_journey_from_a_need_to_an_introduction(scene: dict[str, object]) -> None:
    boss, liaison, scholar = (sign_in(scene[name]) for name in ("boss", "liaison", "scholar"))
    create_listing(
        actor=viewer("liaison", scene["institute"].home_member),  # type: ignore[attr-defined]
        member=scene["institute"].home_member,  # type: ignore[attr-defined]
        organisation=scene["institute"],  # type: ignore[arg-type]
        data={"kind": "technology", "title": "压铸件内部气孔X射线在线检测系统", "body": "铝合金压铸件气孔自动识别"},
        put_forward=True,
    )
    text = "我们在嘉兴，铝合金压铸件有气孔，想找在线检测设备，预算30到50万"
    understood = boss.post("/publish/understand/", {"text": text}).content.decode()
    assert "30万元至50万元" in understood
    form = boss.post("/publish/need/", {"text": text})
    assert form.status_code == 200
    assert "300000" in form.content.decode() or "30万" in form.content.decode()
    sent = boss.post(
        "/publish/need/", {"title": "铝合金压铸件气孔在线检测", "body": text, "amount": "30-50万", "then": "publish"}
    )
    need = Listing.objects.unscoped("test").get(kind="need")
    assert sent.headers["Location"] == f"/listings/{need.uid}/"
    assert need.status == "submitted"
    assert "待我审核" in liaison.get("/desk/").content.decode()
    assert need.title in liaison.get("/review/").content.decode()
    liaison.post(f"/listings/{need.uid}/review/", {"decision": "accepted"})
    work()
    inbox = boss.get("/match/?weak=1").content.decode()  # two texts are too few to be sure of anything
    suggestion = Suggestion.objects.get()
    assert suggestion.giving.title in inbox.replace("<mark>", "").replace("</mark>", "")
    assert boss.get(f"/listings/{need.uid}/").status_code == 200
    assert boss.post(f"/match/{suggestion.uid}/interested/", headers={"HX-Request": "true"}).status_code == 200
    interest = Interest.objects.get()
    assert "等您答复" in scholar.get("/desk/").content.decode()
    assert scholar.get(f"/match/interest/{interest.uid}/").status_code == 200
    assert boss.get(f"/match/interest/{interest.uid}/").status_code == 200
    agreed = scholar.post(f"/match/interest/{interest.uid}/accept/")
    introduction = Introduction.objects.get()
    assert agreed.headers["Location"] == f"/introductions/{introduction.uid}/"
    page = boss.get(f"/introductions/{introduction.uid}/").content.decode()
    assert scene["scholar"].phone in page  # type: ignore[attr-defined]
    assert boss.post(f"/introductions/{introduction.uid}/", {"do": "say", "text": "周四见"}).status_code == 302
    assert boss.post(f"/introductions/{introduction.uid}/", {"do": "say", "text": " "}).status_code == 422
    assert "周四见" in scholar.get(f"/introductions/{introduction.uid}/").content.decode()
    for who in (boss, scholar, liaison):
        for address in ("/desk/", "/match/", "/introductions/", "/notifications/", "/searches/"):
            assert who.get(address).status_code == 200, address
    stranger = sign_in(make_user("organisation", make_organisation()))
    assert stranger.get(f"/introductions/{introduction.uid}/").status_code == 404
    assert Notification.objects.filter(kind="introduction.opened").exists()


def test_a_listing_that_was_not_matched_says_why(scene: dict[str, object]) -> None:
    boss, liaison = sign_in(scene["boss"]), viewer("liaison", scene["institute"].home_member)  # type: ignore[attr-defined]
    for kind, title, organisation in (("need", "压铸件气孔检测", "firm"), ("technology", "水稻育种", "institute")):
        owner = scene[organisation]
        create_listing(
            actor=viewer("liaison", owner.home_member) if kind == "need" else liaison,  # type: ignore[attr-defined]
            member=owner.home_member,  # type: ignore[attr-defined]
            organisation=owner,  # type: ignore[arg-type]
            data={"kind": kind, "title": title},
            put_forward=True,
        )
    work()
    Suggestion.objects.all().delete()
    uid = Listing.objects.unscoped("test").get(kind="technology").uid
    assert f"/match/why/?other={uid}" in boss.get(f"/listings/{uid}/").content.decode()
    page = boss.get(f"/match/why/?other={uid}").content.decode()
    assert "它不在您的匹配里" in page
    assert "压铸件气孔检测" in page
    assert Client().get(f"/match/why/?other={uid}").status_code == 302


def test_a_form_at_fault_keeps_what_was_typed_and_names_the_field(scene: dict[str, object]) -> None:
    client = sign_in(scene["boss"])
    page = client.post("/publish/need/", {"title": "检测", "amount": "很多钱", "body": "正文在此", "then": "publish"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "正文在此" in text
    assert "很多钱" in text
    assert Listing.objects.unscoped("test").count() == 0


def test_an_edit_of_an_older_version_is_told(scene: dict[str, object]) -> None:
    client = sign_in(scene["liaison"])
    client.post("/publish/need/", {"title": "第一版", "then": "publish"})
    listing = Listing.objects.unscoped("test").get()
    assert client.get(f"/listings/{listing.uid}/edit/").status_code == 200
    assert client.post(f"/listings/{listing.uid}/edit/", {"title": "第二版", "version": "1"}).status_code == 302
    stale = client.post(f"/listings/{listing.uid}/edit/", {"title": "第三版", "version": "1"})
    assert stale.status_code == 422
    assert "已被他人修改" in stale.content.decode()


def test_feeds_give_what_is_public(scene: dict[str, object]) -> None:
    client = sign_in(scene["liaison"])
    client.post("/publish/need/", {"title": "公开需求", "then": "publish"})
    client.post("/publish/need/", {"title": "内部需求", "visibility": "owner", "then": "publish"})
    for address in ("/feeds/all.atom", "/feeds/all.json", "/feeds/all.csv"):
        answer = Client().get(address)
        body = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
        assert "公开需求" in body, address
        assert "内部需求" not in body, address


def test_health(scene: dict[str, object]) -> None:
    assert Client().get("/healthz").json() == {"status": "ok"}
    assert Client().get("/readyz").json() == {"status": "ok", "faults": []}


def test_an_address_that_is_not_there_says_so_kindly(scene: dict[str, object]) -> None:
    page = Client().get("/listings/01ARZ3NDEKTSV4RRFFQ69G5FAV/")
    assert page.status_code == 404
    assert "联络员" in page.content.decode()

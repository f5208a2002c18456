"""The pages of members: every one for every role, and the journeys that change something, with the sentences people read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from duijie.core.events import dispatch_all
from duijie.core.models import AuditLine, Notification
from duijie.core.schema import parse
from duijie.members import actions
from duijie.members.models import Agreement, ApiKey, Member, Membership, Organisation, RoleGrant, User
from duijie.members.schemas import AgreementRecord
from tests.factories import credit_code, make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db


class World:
    def __init__(self) -> None:
        self.alliance = make_alliance("园区联盟", slug="parks")
        self.sub = make_alliance("医药子联盟", slug="bio", parent=self.alliance)
        self.park = make_member("南湖高新区", slug="nanhu", alliances=[self.alliance, self.sub])
        self.part = make_member("七星镇", slug="qixing", kind="town", parent=self.park)
        self.other = make_member("徐汇区", slug="xuhui", kind="district", region="310104")
        self.firm = make_organisation("禾城精密", member=self.park)
        self.waiting = make_organisation("候核实验室", member=self.park, verified=False)
        record = parse(
            AgreementRecord,
            {
                "title": "南徐协议",
                "kind": "project",
                "valid_from": "2020-01-01",
                "members": ["nanhu", "xuhui"],
                "others": "瑞金医院",
            },
        )
        self.agreement = actions.sign_agreement(actor=viewer("liaison", self.park), record=record)
        self.worker = make_user("organisation", self.firm, name="王工")

    def addresses(self) -> dict[str, str]:
        def at(name: str, *args: Any) -> str:
            return reverse(f"members:{name}", args=args)

        return {
            "directory": at("directory"),
            "member": at("member", "nanhu"),
            "edit member": at("edit_member", "nanhu"),
            "alliance": at("alliance", "parks"),
            "edit alliance": at("edit_alliance", "parks"),
            "organisations": at("organisations"),
            "register": at("register"),
            "verification": at("verification"),
            "organisation": at("organisation", self.firm.uid),
            "waiting organisation": at("organisation", self.waiting.uid),
            "edit organisation": at("edit_organisation", self.firm.uid),
            "agreements": at("agreements"),
            "new agreement": at("new_agreement"),
            "agreement": at("agreement", self.agreement.uid),
            "edit agreement": at("edit_agreement", self.agreement.uid),
            "people": at("people"),
            "invite": at("invite"),
            "person": at("person", self.worker.uid),
            "keys": at("keys"),
            "new key": at("new_key"),
            "administration": at("administration"),
            "new member": at("new_member"),
            "new alliance": at("new_alliance"),
            "audit": at("audit"),
            "audit csv": at("audit_csv"),
            "jobs": at("jobs"),
            "account": reverse("account"),
            "edit account": reverse("edit_account"),
            "export": reverse("export_account"),
            "erase": reverse("erase_account"),
        }


EVERYBODY = {"directory", "member", "alliance", "organisations", "organisation", "agreements", "agreement"}
SIGNED_IN = EVERYBODY | {"register", "verification", "people", "jobs", "account", "edit account", "export", "erase"}
OPEN_TO: dict[str, set[str]] = {
    "guest": EVERYBODY,
    "citizen": SIGNED_IN,
    "platform": SIGNED_IN
    | {"edit member", "edit alliance", "waiting organisation", "edit organisation", "new agreement", "edit agreement", "invite", "person",
       "keys", "new key", "administration", "new member", "new alliance", "audit", "audit csv"},
    "secretariat": SIGNED_IN
    | {"edit member", "edit alliance", "waiting organisation", "new agreement", "edit agreement", "invite", "person", "administration",
       "new member", "new alliance", "audit", "audit csv"},
    "secretariat elsewhere": SIGNED_IN | {"invite", "administration", "new member", "new alliance", "audit", "audit csv"},
    "member_admin": SIGNED_IN
    | {"edit member", "waiting organisation", "edit organisation", "new agreement", "edit agreement", "invite", "person", "keys", "new key",
       "audit", "audit csv"},
    "liaison": SIGNED_IN
    | {"waiting organisation", "edit organisation", "new agreement", "edit agreement", "person", "keys", "new key"},
    "editor": SIGNED_IN | {"waiting organisation", "edit organisation", "person"},
    "leader": SIGNED_IN | {"waiting organisation", "person"},
    "liaison elsewhere": SIGNED_IN | {"new agreement", "edit agreement", "keys", "new key"},
    "representative": SIGNED_IN | {"edit organisation", "invite", "person", "keys", "new key"},
    "representative elsewhere": SIGNED_IN | {"invite", "keys", "new key"},
}  # fmt: skip


def person_of(role: str, world: World) -> User | None:
    elsewhere = make_organisation(member=world.other)
    return {
        "guest": lambda: None,
        "citizen": lambda: make_user("citizen"),
        "platform": lambda: make_user("platform"),
        "secretariat": lambda: make_user("secretariat", world.alliance),
        "secretariat elsewhere": lambda: make_user("secretariat", make_alliance()),
        "member_admin": lambda: make_user("member_admin", world.park),
        "liaison": lambda: make_user("liaison", world.park),
        "editor": lambda: make_user("editor", world.park),
        "leader": lambda: make_user("leader", world.park),
        "liaison elsewhere": lambda: make_user("liaison", world.other),
        "representative": lambda: make_user("organisation", world.firm),
        "representative elsewhere": lambda: make_user("organisation", elsewhere),
    }[role]()


@pytest.mark.parametrize("role", sorted(OPEN_TO))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_to_exactly_those_it_is_for(client: Client, role: str, language: str) -> None:
    world = World()
    person = person_of(role, world)
    if person is not None:
        client.force_login(person)
    seen, leaks = set(), []
    for name, address in world.addresses().items():
        response = client.get(address, {"lang": language})
        if response.status_code == 200:
            seen.add(name)
            text = b"".join(response) if response.streaming else response.content
            if "waiting organisation" not in OPEN_TO[role] and "候核实验室" in text.decode():
                leaks.append(name)
            if world.worker.phone in text.decode():
                leaks.append(f"{name}: phone")
        else:
            assert response.status_code in {302, 403, 404}, (name, response.status_code)
            if role == "guest" and name != "waiting organisation":
                assert response.status_code == 302, name
                assert response["Location"].startswith("/accounts/login/?next="), name
    expected = OPEN_TO[role]
    assert (seen, leaks) == (expected, [])


def test_a_person_registers_a_firm_and_the_liaison_verifies_it(client: Client) -> None:
    world = World()
    liaison, person = make_user("liaison", world.park), make_user()
    client.force_login(person)
    body = {
        "name": "新生物科技",
        "kind": "firm",
        "home_member": "南湖高新区",
        "credit_code": "91330402MA28A1234X",
        "region": "330402",
    }
    refused = client.post(reverse("members:register"), body)
    assert refused.status_code == 422
    assert "统一社会信用代码" in refused.content.decode()
    assert "校验不符" in refused.content.decode()
    assert "新生物科技" in refused.content.decode()
    assert Organisation.objects.filter(name="新生物科技").count() == 0
    done = client.post(reverse("members:register"), body | {"credit_code": credit_code(400), "industries": ["27"]})
    made = Organisation.objects.get(name="新生物科技")
    assert (done.status_code, done["Location"], made.industries) == (
        302,
        reverse("members:organisation", args=[made.uid]),
        ["27"],
    )
    dispatch_all()
    assert (
        Notification.objects.filter(user_id=liaison.pk, kind="organisation.waiting").get().zh == "“新生物科技”等待核验"
    )
    client.force_login(liaison)
    assert "新生物科技" in client.get(reverse("members:verification")).content.decode()
    missing = client.post(
        reverse("members:verify", args=[made.uid]), {"decision": "withdraw", "version": 1}, follow=True
    )
    assert "请写明原因，对方会看到。" in missing.content.decode()
    client.post(reverse("members:verify", args=[made.uid]), {"decision": "verify", "version": 1, "from": "queue"})
    made.refresh_from_db()
    assert made.is_verified
    dispatch_all()
    assert Notification.objects.filter(user_id=person.pk, kind="organisation.verified").count() == 1


def test_two_people_edit_the_same_organisation_and_the_second_keeps_what_was_typed(client: Client) -> None:
    world = World()
    client.force_login(world.worker)
    address = reverse("members:edit_organisation", args=[world.firm.uid])
    base = {
        "name": "禾城精密",
        "kind": "firm",
        "home_member": "nanhu",
        "credit_code": world.firm.credit_code,
        "region": "330402",
    }
    assert client.post(address, base | {"profile": "甲写的", "version": 1}).status_code == 302
    second = client.post(address, base | {"profile": "乙写的", "version": 1})
    assert second.status_code == 409
    assert "已被他人修改" in second.content.decode()
    assert "乙写的" in second.content.decode()
    world.firm.refresh_from_db()
    assert world.firm.profile == "甲写的"


def test_a_key_is_shown_on_one_page_only(client: Client) -> None:
    world = World()
    client.force_login(make_user("member_admin", world.park))
    address = reverse("members:new_key")
    assert (
        client.post(
            address, {"name": "x", "owner": f"member:{world.other.pk}", "scopes": ["listings:read"]}
        ).status_code
        == 422
    )
    made = client.post(
        address, {"name": "政务", "owner": f"member:{world.park.pk}", "scopes": ["listings:read", "feeds:read"]}
    )
    secret = made.context["secret"]
    assert actions.authenticate_key(secret).scopes == ["listings:read", "feeds:read"]
    assert (secret in made.content.decode(), made["Cache-Control"].count("no-store")) == (True, 1)
    assert secret not in client.get(reverse("members:keys")).content.decode()
    key = ApiKey.objects.get()
    rotated = client.post(reverse("members:rotate_key", args=[key.uid]), {"overlap_days": "3"})
    assert actions.authenticate_key(rotated.context["secret"]).replaces == key
    bad = client.post(reverse("members:rotate_key", args=[key.uid]), {"overlap_days": "很久"}, follow=True)
    assert "天数要写整数。" in bad.content.decode()
    client.post(reverse("members:revoke_key", args=[key.uid]))
    key.refresh_from_db()
    assert key.revoked_at is not None


def test_the_secretariat_admits_a_member_and_lets_it_leave(client: Client) -> None:
    world = World()
    client.force_login(make_user("secretariat", world.alliance))
    body = {
        "name": "嘉善县",
        "slug": "jiashan",
        "kind": "district",
        "region": "330421",
        "alliance": "parks",
        "standing": "partner",
    }
    assert client.post(reverse("members:new_member"), body | {"alliance": "nowhere"}).status_code == 422
    assert client.post(reverse("members:new_member"), body).status_code == 302
    assert Membership.objects.get(member__slug="jiashan").standing == "partner"
    client.post(reverse("members:admit", args=["parks"]), {"member": "徐汇区", "standing": "member"})
    assert Membership.objects.filter(member=world.other, alliance=world.alliance).count() == 1
    client.post(reverse("members:admit", args=["parks"]), {"member": "徐汇区", "until": "2099-12-31"})
    assert str(Membership.objects.get(member=world.other).until) == "2099-12-31"
    page = client.get(reverse("members:alliance", args=["parks"]), {"on": "2100-01-01"}).content.decode()
    assert ("徐汇区" in page, "嘉善县" in page) == (False, True)
    assert client.post(reverse("members:admit", args=["nope"]), {"member": "徐汇区"}).status_code == 404


def test_inviting_giving_and_taking_a_role(client: Client) -> None:
    world = World()
    client.force_login(make_user("member_admin", world.park))
    body = {"name": "沈禾", "email": "shen@example.cn", "role": "liaison", "where": f"member:{world.park.pk}"}
    assert client.post(reverse("members:invite"), body | {"where": f"member:{world.other.pk}"}).status_code == 422
    assert client.post(reverse("members:invite"), body | {"role": "platform"}).status_code == 403
    assert client.post(reverse("members:invite"), body).status_code == 302
    grant = RoleGrant.objects.get(user__email="shen@example.cn")
    assert "沈禾" in client.get(reverse("members:people"), {"member": "nanhu"}).content.decode()
    client.post(reverse("members:take_role", args=[grant.pk]))
    assert not RoleGrant.objects.filter(pk=grant.pk).exists()
    strange = RoleGrant.objects.get(user=make_user("liaison", world.other))
    assert client.post(reverse("members:take_role", args=[strange.pk])).status_code == 404


def test_contact_data_appears_after_the_purpose_is_on_record(client: Client) -> None:
    world = World()
    client.force_login(make_user("liaison", world.park))
    address = reverse("members:person", args=[world.worker.uid])
    assert world.worker.phone not in client.get(address).content.decode()
    empty = client.post(address, {"purpose": " "})
    assert (empty.status_code, world.worker.phone in empty.content.decode()) == (422, False)
    assert world.worker.phone in client.post(address, {"purpose": "核对对接会名单"}).content.decode()
    assert AuditLine.objects.get(verb="personal.read").detail == {"purpose": "核对对接会名单"}
    client.force_login(make_user("leader", world.park))
    assert client.post(address, {"purpose": "好奇"}).status_code == 403


def test_an_agreement_is_recorded_changed_and_ended(client: Client) -> None:
    world = World()
    client.force_login(make_user("liaison", world.park))
    body = {"title": "新协议", "kind": "talent", "valid_from": "2021-01-01", "members": ["南湖高新区", "无此园区"]}
    refused = client.post(reverse("members:new_agreement"), body)
    assert (refused.status_code, "没有名为“无此园区”的成员。" in refused.content.decode()) == (422, True)
    assert (
        client.post(reverse("members:new_agreement"), body | {"members": ["南湖高新区", "徐汇区"]}).status_code == 302
    )
    made = Agreement.objects.get(title="新协议")
    edit = reverse("members:edit_agreement", args=[made.uid])
    page = client.get(edit).content.decode()
    assert "徐汇区" in page
    changed = body | {"members": ["南湖高新区", "徐汇区"], "field": "集成电路", "version": 1}
    assert client.post(edit, changed).status_code == 302
    end = reverse("members:end_agreement", args=[made.uid])
    client.post(end, {"last_day": "2022-06-30", "reason": "另签新协议", "version": 2})
    made.refresh_from_db()
    assert (made.field, str(made.valid_until), made.version) == ("集成电路", "2022-06-30", 3)
    assert "另签新协议" in client.get(reverse("members:agreement", args=[made.uid])).content.decode()


def test_the_map_shows_the_graph_of_the_day(client: Client) -> None:
    World()
    address = reverse("members:agreements")
    assert client.get(address).context["pairs"] == 3
    assert client.get(address, {"on": "2019-12-31"}).context["pairs"] == 0
    everything = client.get(address, {"on": "2019-12-31", "all": "1"})
    assert (everything.context["total"], "南徐协议" in everything.content.decode()) == (1, True)
    assert "看不懂" in client.get(address, {"on": "某天"}).content.decode()


def test_the_audit_trail_is_filtered_and_exported(client: Client) -> None:
    world = World()
    client.force_login(make_user("member_admin", world.park))
    address = reverse("members:audit_csv")
    rows = b"".join(client.get(address, {"verb": "agreement."})).decode("utf-8-sig").splitlines()
    assert [row.split(",")[4] for row in rows] == ["verb", "agreement.sign"]
    assert b"".join(client.get(address, {"verb": "nothing"})).decode("utf-8-sig").count("\n") == 1
    page = client.get(reverse("members:audit"), {"since": "昨天的昨天"})
    assert page.status_code == 422


def test_a_member_page_changes_with_its_version(client: Client) -> None:
    world = World()
    client.force_login(make_user("member_admin", world.park))
    address = reverse("members:edit_member", args=["nanhu"])
    body = {
        "name": "南湖高新区",
        "slug": "nanhu",
        "kind": "park",
        "region": "330402",
        "colour": "#A03020",
        "version": 1,
    }
    assert client.post(address, body | {"colour": "红"}).status_code == 422
    assert client.post(address, body).status_code == 302
    member = Member.objects.get(slug="nanhu")
    assert (member.colour, member.review_needed, member.version) == ("#a03020", False, 2)
    assert "#a03020" in client.get(reverse("members:member", args=["nanhu"])).content.decode()


def test_my_account_is_mine_to_change_export_and_erase(client: Client, mailoutbox: list[Any]) -> None:
    world = World()
    client.force_login(world.worker)
    body = {"name": "王工", "email": "wang.new@example.cn", "language": "en", "mails": "daily"}
    done = client.post(reverse("edit_account"), body)
    assert (done.status_code, done.cookies["django_language"].value) == (302, "en")
    dispatch_all()
    assert [m.to for m in mailoutbox if "confirm" in m.subject] == [["wang.new@example.cn"]]
    exported = client.get(reverse("export_account")).json()
    assert exported["account"]["email"] == "wang.new@example.cn"
    wrong = client.post(reverse("erase_account"), {"username": "somebody"})
    assert (wrong.status_code, User.objects.get(pk=world.worker.pk).erased_at) == (422, None)
    gone = client.post(reverse("erase_account"), {"username": world.worker.username})
    assert (gone.status_code, User.objects.get(pk=world.worker.pk).email) == (302, "")
    assert client.get(reverse("account")).status_code == 302


LISTS = [
    "directory",
    "organisations",
    "verification",
    "people",
    "agreements",
    "audit",
    "jobs",
    "administration",
    "invite",
]


def grow(world: World, count: int) -> None:
    """More of everything that a list shows."""
    for _ in range(count):
        park = make_member(alliances=[world.alliance], parent=world.park)
        make_member(parent=make_member())
        firm = make_organisation(member=world.park)
        make_organisation(member=world.park, verified=False)
        make_user("organisation", firm)
        make_user("liaison", park)
        record = parse(
            AgreementRecord,
            {"title": "又一份", "kind": "project", "valid_from": "2020-01-01", "members": [park.slug, "xuhui"]},
        )
        actions.sign_agreement(actor=viewer("liaison", park), record=record)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("role", ["platform", "secretariat", "liaison"])
def test_a_list_asks_no_more_queries_for_more_rows(client: Client, name: str, role: str) -> None:
    world = World()
    client.force_login(person_of(role, world) or make_user())
    address = reverse(f"members:{name}")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (1, 3):
        grow(world, more)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))
    assert counts[1] <= counts[0], captured.captured_queries
    assert counts[0] < 60

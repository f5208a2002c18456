"""REST of members: every operation for every role and for keys, on one's own and on another's; nothing is seen or changed beyond.

The expectation is said once for each operation: who may. All others get 401, 403 or 404, and nothing in the database moves.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duijie.core.models import AuditLine, Event
from duijie.core.schema import parse
from duijie.members import actions
from duijie.members.models import Agreement, ApiKey, Member, Membership, Organisation, RoleGrant, User
from duijie.members.schemas import AgreementRecord, ApiKeyRecord
from tests.factories import make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db
SECRETS = ("候核实验室", "13912345678", "hidden@example.cn")


class World:
    def __init__(self) -> None:
        self.alliance = make_alliance(slug="parks")
        self.park = make_member("南湖高新区", slug="nanhu", alliances=[self.alliance])
        self.other = make_member("徐汇区", slug="xuhui", alliances=[make_alliance()])
        self.firm = make_organisation("禾城精密", member=self.park)
        self.waiting = make_organisation("候核实验室", member=self.park, verified=False)
        self.far = make_organisation("徐汇企业", member=self.other)
        self.worker = make_user("organisation", self.firm, name="王工")
        User.objects.filter(pk=self.worker.pk).update(phone="13912345678", email="hidden@example.cn")
        record = parse(
            AgreementRecord,
            {
                "title": "南徐",
                "kind": "project",
                "valid_from": "2020-01-01",
                "members": ["nanhu"],
                "others": "瑞金医院",
            },
        )
        self.agreement = actions.sign_agreement(actor=viewer("liaison", self.park), record=record)
        self.key, _ = self.make_key(self.park, "listings:read")
        self.grant = RoleGrant.objects.get(user=make_user("editor", self.park))

    def make_key(self, member: Member, *scopes: str) -> tuple[ApiKey, str]:
        record = parse(ApiKeyRecord, {"name": "系统", "scopes": list(scopes)})
        return actions.create_api_key(actor=viewer("member_admin", member), record=record, member=member)


OPERATIONS: dict[str, tuple[str, Callable[[World], str], Any, set[str]]] = {
    "found alliance": ("POST", lambda w: "/alliances", {"name": "新联盟", "slug": "fresh"}, {"platform"}),
    "found sub-alliance": ("POST", lambda w: "/alliances", {"name": "子", "slug": "sub", "parent": "parks"}, {"platform", "secretariat"}),
    "register member": ("POST", lambda w: "/members",
                        {"name": "嘉善县", "slug": "jiashan", "kind": "district", "region": "330421", "alliance": "parks"},
                        {"platform", "secretariat"}),
    "admit": ("PUT", lambda w: "/alliances/parks/members/xuhui", {"standing": "partner", "since": "2024-01-01"}, {"platform", "secretariat"}),
    "change member": ("PATCH", lambda w: "/members/nanhu", {"summary": "改"}, {"platform", "secretariat", "member_admin"}),
    "register": ("POST", lambda w: "/organisations", {"name": "新", "kind": "firm", "home_member": "nanhu"},
                 {"platform", "secretariat", "secretariat elsewhere", "member_admin", "liaison", "editor", "leader", "liaison elsewhere",
                  "representative", "representative elsewhere", "citizen", "approver", "auditor"}),
    "change organisation": ("PATCH", lambda w: f"/organisations/{w.firm.uid}", {"profile": "改"},
                            {"platform", "member_admin", "liaison", "editor", "representative", "key write"}),
    "read waiting": ("GET", lambda w: f"/organisations/{w.waiting.uid}", None,
                     {"platform", "secretariat", "member_admin", "liaison", "editor", "leader", "approver", "auditor", "key read"}),
    "verify": ("POST", lambda w: f"/organisations/{w.waiting.uid}/verification", {"verified": True}, {"member_admin", "liaison"}),
    "withdraw": ("POST", lambda w: f"/organisations/{w.firm.uid}/verification", {"verified": False, "reason": "x"}, {"member_admin", "liaison"}),
    "put by id": ("PUT", lambda w: "/members/nanhu/organisations/Z-1", {"name": "新", "kind": "firm"},
                  {"platform", "member_admin", "liaison", "editor", "key write"}),
    "sign": ("POST", lambda w: "/agreements", {"title": "x", "kind": "project", "valid_from": "2024-01-01", "members": ["nanhu"], "others": "乙"},
             {"platform", "secretariat", "member_admin", "liaison"}),
    "change agreement": ("PATCH", lambda w: f"/agreements/{w.agreement.uid}", {"field": "改"}, {"platform", "secretariat", "member_admin", "liaison"}),
    "end agreement": ("POST", lambda w: f"/agreements/{w.agreement.uid}/end", {"last_day": "2024-01-01", "reason": "x"},
                      {"platform", "secretariat", "member_admin", "liaison"}),
    "make key": ("POST", lambda w: "/keys", {"name": "x", "scopes": ["feeds:read"], "member": "nanhu"}, {"platform", "member_admin", "liaison"}),
    "rotate key": ("POST", lambda w: f"/keys/{w.key.uid}/rotation", {}, {"platform", "member_admin", "liaison"}),
    "revoke key": ("DELETE", lambda w: f"/keys/{w.key.uid}", None, {"platform", "member_admin", "liaison"}),
    "give role": ("POST", lambda w: "/roles", lambda w: {"person": w.worker.uid, "role": "liaison", "scope": "member", "where": "nanhu"},
                  {"platform", "secretariat", "member_admin"}),
    "give platform": ("POST", lambda w: "/roles", lambda w: {"person": w.worker.uid, "role": "platform", "scope": "platform"}, {"platform"}),
    "take role": ("DELETE", lambda w: f"/roles/{w.grant.pk}", None, {"platform", "member_admin"}),
    "invite": ("POST", lambda w: "/invitations", {"name": "沈", "email": "s@example.cn", "role": "expert", "scope": "organisation", "where": "禾城精密"},
               {"platform", "member_admin", "liaison", "representative"}),
    "audit": ("GET", lambda w: "/audit", None, {"platform", "secretariat", "secretariat elsewhere", "member_admin", "auditor"}),
}  # fmt: skip
READING = ["/members", "/organisations", "/organisations?q=候核", "/organisations?verified=false", "/agreements", "/agreements/graph",
           "/roles", "/keys", "/me", "/alliances", "/members/nanhu/coverage"]  # fmt: skip
SEES_WAITING = OPERATIONS["read waiting"][3]

ROLES: dict[str, Callable[[World], tuple[str, Any]]] = {
    "guest": lambda w: ("", None),
    "citizen": lambda w: ("citizen", None),
    "platform": lambda w: ("platform", None),
    "secretariat": lambda w: ("secretariat", w.alliance),
    "secretariat elsewhere": lambda w: ("secretariat", make_alliance()),
    "member_admin": lambda w: ("member_admin", w.park),
    "liaison": lambda w: ("liaison", w.park),
    "editor": lambda w: ("editor", w.park),
    "leader": lambda w: ("leader", w.park),
    "approver": lambda w: ("approver", w.park),
    "auditor": lambda w: ("auditor", w.park),
    "liaison elsewhere": lambda w: ("liaison", w.other),
    "representative": lambda w: ("organisation", w.firm),
    "representative elsewhere": lambda w: ("organisation", w.far),
}
KEYS = {"key none": (), "key read": ("organisations:read",), "key write": ("organisations:write",),
        "key elsewhere": ("organisations:read", "organisations:write")}  # fmt: skip
EVERYBODY = [*ROLES, *KEYS]


def as_(role: str, world: World) -> Client:
    if role in KEYS:
        member = world.other if role == "key elsewhere" else world.park
        _, secret = world.make_key(member, *(KEYS[role] or ("feeds:read",)))
        return Client(headers={"Authorization": f"Bearer {secret}"})
    client = Client()
    word, where = ROLES[role](world)
    if word:
        client.force_login(make_user(word, where))
    return client


def state() -> str:
    """Everything that an operation could change, as one text; the minute of a key's last use aside."""
    tables = [Member, Membership, Organisation, Agreement, RoleGrant, User]
    rows = [list(model.objects.order_by("pk").values_list()) for model in tables]
    keys = list(ApiKey.objects.order_by("pk").values_list("pk", "expires_at", "revoked_at"))
    return str(rows) + str(keys) + str((AuditLine.objects.count(), Event.objects.count()))


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_operation_is_done_for_exactly_those_who_may(name: str) -> None:
    from django.db import transaction

    world = World()
    method, path, body, allowed = OPERATIONS[name]
    done: set[str] = set()
    for role in EVERYBODY:
        with transaction.atomic():
            client = as_(role, world)
            before = state()
            content = body(world) if callable(body) else body
            response = client.generic(
                method,
                "/api/v1" + path(world),
                json.dumps(content) if content is not None else "",
                content_type="application/json",
            )
            if response.status_code < 300:
                done.add(role)
                assert method == "GET" or state() != before, role
            else:
                assert response.status_code in {401, 403, 404}, (role, response.content)
                assert state() == before, role
            transaction.set_rollback(True)
    assert done == allowed


@pytest.mark.parametrize("role", EVERYBODY)
def test_nothing_hidden_is_read_by_anybody_it_is_not_for(role: str) -> None:
    world = World()
    client = as_(role, world)
    for path in READING:
        response = client.get("/api/v1" + path)
        assert response.status_code == 200, path
        text = json.dumps(response.json(), ensure_ascii=False)
        hidden = [s for s in SECRETS if s in text]
        assert hidden == ([SECRETS[0]] if SECRETS[0] in text and role in SEES_WAITING else []), path
        if path.startswith("/organisations?q=") and role not in SEES_WAITING:
            assert response.json()["total"] == 0


def test_a_nul_in_an_address_is_refused_before_any_query(client: Client) -> None:
    answers = [client.get(f"/api/v1{p}").status_code for p in ("/organisations?q=%00", "/members?kind=%00x")]
    pages = [client.get(p).status_code for p in ("/members/?q=%00", "/organisations/a%00b/")]
    assert answers + pages == [400, 400, 400, 400]

"""REST over the same actions: every field by its label's sentence, versions by ETag, keys no further than their scopes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from duijie.core.schema import parse
from duijie.members import actions
from duijie.members.models import ApiKey, Member, Organisation
from duijie.members.schemas import ApiKeyRecord
from tests.factories import credit_code, make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db
BASE = "/api/v1"


def key_of(member: Member, *scopes: str) -> dict[str, str]:
    """The header of a new key of `member`."""
    record = parse(ApiKeyRecord, {"name": "系统", "scopes": list(scopes)})
    _, secret = actions.create_api_key(actor=viewer("member_admin", member), record=record, member=member)
    return {"Authorization": f"Bearer {secret}"}


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    content = "" if body is None else json.dumps(body, ensure_ascii=False)
    return client.generic(
        method,
        BASE + path,
        content,
        content_type="application/json",
        headers={k.replace("_", "-"): v for k, v in headers.items()},
    )


def test_everybody_reads_the_directory(client: Client) -> None:
    alliance = make_alliance(slug="parks")
    park = make_member("南湖高新区", slug="nanhu", alliances=[alliance], standing="founder")
    make_organisation(member=park)
    make_organisation(member=park, verified=False)
    assert [a["slug"] for a in send(client, "GET", "/alliances").json()] == ["parks"]
    assert send(client, "GET", "/alliances/parks").json()["members"] == [
        {"slug": "nanhu", "name": "南湖高新区", "standing": "founder", "since": "2020-01-01", "until": None}
    ]
    assert [(m["slug"], m["organisations"]) for m in send(client, "GET", "/members?alliance=parks").json()] == [
        ("nanhu", 1)
    ]
    assert [m["slug"] for m in send(client, "GET", "/members?region=330000&q=南湖高新區").json()] == ["nanhu"]
    assert send(client, "GET", "/members?region=310000").json() == []
    found = send(client, "GET", "/members/nanhu")
    assert (found.json()["name"], found["ETag"]) == ("南湖高新区", f'"{park.uid}.1"')
    assert send(client, "GET", "/members/none").status_code == 404


def test_a_registration_names_every_fault_and_leaves_nothing(client: Client) -> None:
    make_member("南湖高新区")
    client.force_login(make_user())
    body = {
        "name": "禾城精密",
        "kind": "企业",
        "home_member": "南湖高新区",
        "credit_code": "91330402MA28A1234X",
        "region": "亚特兰蒂斯市",
    }
    refused = send(client, "POST", "/organisations", body)
    problem = refused.json()
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert [(e["place"], e["code"].split(".")[0]) for e in problem["errors"]] == [
        ("credit_code", "credit_code"),
        ("region", "region"),
    ]
    assert send(client, "POST", "/organisations", body | {"colour": "red"}).json()["errors"][-1]["place"] == "colour"
    assert Organisation.objects.count() == 0
    fine = send(client, "POST", "/organisations", body | {"credit_code": credit_code(9), "region": "嘉兴市"})
    assert (fine.status_code, fine.json()["verified"], fine.json()["region"]) == (201, False, "330400")


def test_a_key_puts_by_external_id_again_and_again(client: Client) -> None:
    park = make_member(slug="nanhu")
    key = key_of(park, "organisations:write", "organisations:read")
    body = {"name": "禾城精密", "kind": "firm", "credit_code": credit_code(3)}
    path = "/members/nanhu/organisations/A-1"
    dry = send(client, "PUT", path + "?dry_run=true", body, **key)
    assert (dry.status_code, Organisation.objects.count()) == (200, 0)
    first = send(client, "PUT", path, body, **key)
    assert (first.status_code, first.json()["what"]) == (201, "created")
    again = send(client, "PUT", path, body, **key)
    assert (again.status_code, again["ETag"]) == (200, first["ETag"])
    changed = send(client, "PUT", path, body | {"size": "大型"}, **key, If_Match=first["ETag"])
    assert (changed.status_code, changed.json()["organisation"]["version"]) == (200, 2)
    for header in ({"If_Match": first["ETag"]}, {"If_None_Match": "*"}):
        stale = send(client, "PUT", path, body | {"size": "小型"}, **key, **header)
        assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert Organisation.objects.get().size == "large"


def test_a_key_does_only_what_its_scopes_open_and_only_at_home(client: Client) -> None:
    park, other = make_member(slug="nanhu"), make_member(slug="xuhui")
    body = {"name": "甲", "kind": "firm"}
    reading, writing = key_of(park, "organisations:read"), key_of(park, "organisations:write")
    assert send(client, "PUT", "/members/nanhu/organisations/1", body, **reading).status_code == 403
    assert send(client, "PUT", f"/members/{other.slug}/organisations/1", body, **writing).status_code == 403
    assert (
        send(
            client, "POST", "/keys", {"name": "x", "scopes": ["listings:read"], "member": "nanhu"}, **writing
        ).status_code
        == 403
    )
    assert send(client, "GET", "/audit", **writing).status_code == 403
    assert send(client, "GET", "/keys", **writing).json() == []
    assert send(client, "GET", "/me/export", **writing).status_code == 404
    assert Organisation.objects.count() == 0


def test_an_expired_key_is_refused_with_its_sentence(client: Client) -> None:
    park = make_member(slug="nanhu")
    key = key_of(park, "organisations:write")
    ApiKey.objects.update(expires_at="2020-01-01T00:00:00Z")
    refused = send(client, "PUT", "/members/nanhu/organisations/1", {"name": "甲", "kind": "firm"}, **key)
    assert (refused.status_code, refused.json()["code"]) == (401, "key.expired")
    assert "2020-01-01" in refused.json()["detail"]
    english = send(client, "GET", "/members/nanhu", **key, Accept_Language="en")
    assert english.json()["detail"].startswith("The API key “系统” expired")


def test_keys_are_made_rotated_and_revoked_by_people(client: Client) -> None:
    park = make_member(slug="nanhu")
    client.force_login(make_user("member_admin", park))
    made = send(client, "POST", "/keys", {"name": "政务", "scopes": ["feeds:read"], "member": "nanhu"})
    assert made.status_code == 201
    assert actions.authenticate_key(made.json()["secret"]).name == "政务"
    rotated = send(client, "POST", f"/keys/{made.json()['id']}/rotation", {"overlap_days": 0})
    assert (rotated.status_code, actions.authenticate_key(rotated.json()["secret"]).name) == (201, "政务")
    assert [k["secret"] for k in send(client, "GET", "/keys").json()] == [None, None]
    assert send(client, "DELETE", f"/keys/{rotated.json()['id']}").status_code == 204
    assert [k["live"] for k in send(client, "GET", "/keys").json()] == [False, False]
    assert send(client, "POST", f"/keys/{made.json()['id']}/rotation", {"overlap_days": "x"}).status_code == 422


def test_agreements_are_signed_changed_ended_and_drawn(client: Client) -> None:
    one = make_member(slug="nanhu")
    make_member(slug="xuhui")
    client.force_login(make_user("liaison", one))
    body = {"title": "合作", "kind": "战略合作", "valid_from": "2020年1月1日", "members": ["nanhu", "xuhui"]}
    made = send(client, "POST", "/agreements", body)
    assert made.status_code == 201
    path = f"/agreements/{made.json()['id']}"
    changed = send(client, "PATCH", path, {"field": "生物医药"}, If_Match=made["ETag"])
    assert (changed.json()["field"], changed.json()["version"], len(changed.json()["parties"])) == ("生物医药", 2, 2)
    assert send(client, "PATCH", path, {"field": "x"}, If_Match=made["ETag"]).status_code == 412
    ended = send(client, "POST", f"{path}/end", {"last_day": "2021-12-31", "reason": "期满不续"})
    assert (ended.json()["valid_until"], ended.json()["end_reason"]) == ("2021-12-31", "期满不续")
    drawn = send(client, "GET", "/agreements/graph?on=2021-12-31").json()
    assert [(e["one"], e["other"]) for e in drawn["edges"]] == [("member:nanhu", "member:xuhui")]
    assert send(client, "GET", "/agreements/graph?on=2022-01-01").json()["edges"] == []
    assert send(client, "GET", "/agreements/graph?on=昨天").json()["place"] == "on"
    assert send(client, "GET", "/agreements?on=2021-06-01&member=xuhui").json()["total"] == 1
    client.force_login(make_user("liaison", make_member()))
    assert send(client, "POST", f"{path}/end", {"last_day": "2021-01-01", "reason": "x"}).status_code == 403
    assert Client().post(BASE + "/agreements", "{}", content_type="application/json").status_code == 401


def test_roles_and_invitations(client: Client, mailoutbox: list[Any]) -> None:
    from duijie.core.events import dispatch_all

    park = make_member("南湖高新区", slug="nanhu")
    client.force_login(make_user("member_admin", park))
    made = send(
        client,
        "POST",
        "/invitations",
        {"name": "沈禾", "email": "shen@example.cn", "role": "联络员", "scope": "成员", "where": "nanhu"},
    )
    assert made.status_code == 201
    dispatch_all()
    assert [(m.to, m.subject) for m in mailoutbox] == [(["shen@example.cn"], "邀请您使用南湖高新区")]
    listed = {r["name"]: r for r in send(client, "GET", "/roles").json()}
    assert (listed["沈禾"]["role"], listed["沈禾"]["where"]) == ("liaison", "南湖高新区")
    person = {"person": made.json()["id"], "role": "editor", "scope": "member", "where": "南湖高新区"}
    assert send(client, "POST", "/roles", person).status_code == 201
    assert send(client, "POST", "/roles", person | {"role": "secretariat"}).json()["code"] == "role.wrong_scope"
    assert send(client, "DELETE", f"/roles/{listed['沈禾']['id']}").status_code == 204
    assert send(client, "DELETE", f"/roles/{10**30}").status_code in {404, 422}


def test_verification_through_the_api(client: Client) -> None:
    firm = make_organisation(verified=False)
    client.force_login(make_user("liaison", firm.home_member))
    path = f"/organisations/{firm.uid}/verification"
    assert send(client, "POST", path, {"verified": False}).json()["place"] == "reason"
    assert send(client, "POST", path, {"verified": True}).json()["verified"] is True
    client.force_login(make_user("organisation", firm))
    assert send(client, "POST", path, {"verified": True}).status_code == 403


def test_a_key_says_who_it_is(client: Client) -> None:
    park = make_member()
    found = send(client, "GET", "/me", **key_of(park, "feeds:read")).json()
    assert found == {"kind": "key", "name": "系统", "roles": [["editor", "member", park.id]], "scopes": ["feeds:read"]}
    assert send(client, "GET", "/me").json()["kind"] == "guest"

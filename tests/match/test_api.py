"""The REST door of matching: own side only, reasons in both languages, keys bounded by their scopes, contacts on record."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from duijie.core.models import AuditLine
from duijie.core.schema import parse
from duijie.match.models import Introduction, Verdict
from duijie.members.actions import create_api_key
from duijie.members.models import Organisation
from duijie.members.schemas import ApiKeyRecord
from tests.factories import make_organisation, viewer
from tests.match.test_finding import need_and_technology, publish, work

pytestmark = pytest.mark.django_db


def key_of(organisation: Organisation | None, *scopes: str) -> str:
    assert organisation is not None
    record = parse(ApiKeyRecord, {"name": "系统", "scopes": list(scopes) or ["matches:read", "matches:write"]})
    actor = viewer("organisation", organisation)
    return create_api_key(actor=actor, record=record, organisation=organisation)[1]


def call(key: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    response = Client().generic(
        method,
        f"/api/v1{path}",
        json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    return response.status_code, response.json() if response.content else None


def test_each_side_reads_its_own_matches_with_reasons_in_both_languages() -> None:
    need, right = need_and_technology()
    status, found = call(key_of(need.owner_organisation), "GET", "/matches")
    first = found["items"][0]
    assert (status, first["side"], first["own"]["id"], first["other"]["id"]) == (200, "asking", need.uid, right.uid)
    assert first["reasons"]["zh"]
    assert first["reasons"]["en"]
    assert call(key_of(right.owner_organisation), "GET", "/matches")[1]["items"][0]["side"] == "giving"
    stranger = key_of(make_organisation())
    assert call(stranger, "GET", "/matches") == (200, {"total": 0, "items": []})
    assert call(stranger, "GET", f"/matches/{first['id']}")[0] == 404


def test_a_key_answers_only_with_its_scope_and_a_refusal_stays() -> None:
    need, _ = need_and_technology()
    reader = key_of(need.owner_organisation, "matches:read")
    uid = call(reader, "GET", "/matches")[1]["items"][0]["id"]
    said = {"answer": "not_suitable", "reasons": ["price"]}
    assert call(reader, "PUT", f"/matches/{uid}/verdict", said)[0] == 403
    writer = key_of(need.owner_organisation)
    assert call(writer, "PUT", f"/matches/{uid}/verdict", {"answer": "interested"})[0] == 422
    assert call(writer, "PUT", f"/matches/{uid}/verdict", said | {"reasons": ["x"]})[1]["place"] == "reasons"
    assert call(writer, "PUT", f"/matches/{uid}/verdict", said)[1]["answer"] == "not_suitable"
    assert Verdict.objects.values_list("answer", "reasons").get() == ("not_suitable", ["price"])
    listed = call(writer, "GET", "/matches")[1]["items"]
    assert uid not in [one["id"] for one in listed]


def test_from_interest_to_contacts() -> None:
    need, right = need_and_technology(confidential=True, teaser="某汽配企业求检测方案")
    asking, giving = key_of(need.owner_organisation), key_of(right.owner_organisation)
    viewer("organisation", need.owner_organisation)
    sent = {"to": right.uid, "own": need.uid, "message": "想看设备"}
    status, interest = call(asking, "POST", "/interests", sent)
    assert (status, interest["status"], interest["received"]) == (201, "waiting", False)
    received = call(giving, "GET", "/interests")[1]["items"][0]
    assert received["id"] == interest["id"]
    assert need.owner_organisation is not None
    assert need.owner_organisation.name not in json.dumps(received, ensure_ascii=False)
    assert received["message"] == ""  # words may tell who writes
    assert call(asking, "POST", f"/interests/{interest['id']}/accept")[0] == 403
    status, agreed = call(giving, "POST", f"/interests/{interest['id']}/accept")
    assert (status, agreed["status"]) == (200, "accepted")
    address = f"/introductions/{agreed['introduction']}"
    contacts = call(asking, "GET", address)[1]["contacts"]
    assert [c["organisation"] for c in contacts] == [str(right.owner_organisation)]
    assert AuditLine.objects.filter(verb="personal.read").count() == 1
    assert call(key_of(make_organisation()), "GET", address)[0] == 404
    assert call(giving, "POST", f"{address}/messages", {"text": "周四见"})[0] == 201
    stepped = call(asking, "PUT", f"{address}/next-step", {"step": "看样机", "on": "2026-12-01", "promising": "是"})[1]
    assert (stepped["status"], stepped["next_on"]) == ("promising", "2026-12-01")
    assert call(giving, "POST", f"{address}/end", {})[0] == 422
    assert call(giving, "POST", f"{address}/end", {"reason": "路线不同"})[1]["status"] == "ended"
    assert Introduction.objects.get().messages.get().text == "周四见"


def test_decline_and_withdraw() -> None:
    need, right = need_and_technology()
    asking, giving = key_of(need.owner_organisation), key_of(right.owner_organisation)
    first = call(asking, "POST", "/interests", {"to": right.uid, "own": need.uid})[1]["id"]
    assert call(asking, "POST", f"/interests/{first}/withdraw")[1]["status"] == "withdrawn"
    second = call(asking, "POST", "/interests", {"to": right.uid, "own": need.uid})[1]["id"]
    declined = call(giving, "POST", f"/interests/{second}/decline", {"reasons": ["field"]})[1]
    assert (declined["status"], declined["reasons"]) == ("declined", ["field"])
    assert call(giving, "POST", f"/interests/{second}/accept")[0] == 409


def why(key: str, own: str, other: str) -> Any:
    return call(key, "GET", f"/match/why?own={own}&other={other}")


def test_why_and_why_not_only_from_what_one_may_read() -> None:
    need, right = need_and_technology()
    far = publish("technology", "铝合金压铸件盐雾试验")
    same_kind = publish("need", "铝合金压铸件气孔修补")
    hidden = publish("technology", "齉齾爩龗压铸", confidential=True, teaser="某校成果")
    work()
    key = key_of(need.owner_organisation)
    assert why(key, need.uid, right.uid)[1]["suggested"] is True
    explained = why(key, need.uid, far.uid)[1]
    assert "压铸件" in "".join(explained["reasons"]["terms"])
    assert 0 <= explained["probability"] <= 1
    assert why(key, need.uid, same_kind.uid)[1]["rules_zh"] == ["这两类信息不互补，不会互相匹配。"]
    behind = why(key, need.uid, hidden.uid)[1]
    assert (behind["probability"], behind["reasons"]["terms"]) == (None, [])
    assert "齉" not in json.dumps(behind, ensure_ascii=False)
    assert why(key, right.uid, need.uid)[0] == 403
    secret = publish("technology", "内部成果", visibility="owner")
    assert why(key, need.uid, secret.uid)[0] == 404

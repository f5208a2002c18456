"""The API against its own OpenAPI document, by schemathesis: no 500, no undocumented answer; and the doors' fine print."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from duijie.config.wsgi import application
from duijie.core.schema import parse
from duijie.members.actions import create_api_key
from duijie.members.models import Member
from duijie.members.schemas import ApiKeyRecord
from duijie.publish.models import Listing
from tests.factories import make_member, viewer

pytestmark = pytest.mark.django_db(transaction=True)
SCOPES = [
    "listings:read",
    "listings:write",
    "listings:review",
    "organisations:write",
    "organisations:read",
    "matches:read",
    "matches:write",
    "feeds:read",
    "events:read",
    "events:write",
    "sources:write",
]


def make_key(member: Member, *, scopes: list[str] | None = None) -> str:
    from duijie.members.choices import KeyScope

    known = [s.value for s in KeyScope]
    wanted = [s for s in (scopes or SCOPES) if s in known]
    record = parse(ApiKeyRecord, {"name": "契约", "scopes": wanted})
    return create_api_key(actor=viewer("member_admin", member), record=record, member=member)[1]


@pytest.fixture
def key() -> str:
    return make_key(make_member(slug="own"))


CHECKED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


def test_every_operation_answers_as_documented(key: str) -> None:
    """No 500; every status, media type and body is one that the document names, whatever is sent."""
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    checks = [schemathesis.checks.CHECKS.get_one(name) for name in CHECKED]
    operations = [result.ok() for result in document.get_all_operations()]
    assert len(operations) > 40
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(
            max_examples=6, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def attempt(case: Any) -> None:
            headers = {"Authorization": f"Bearer {key}", "Host": "testserver"}
            case.call_and_validate(headers=headers, checks=checks)

        attempt()


def put(key: str, external_id: str, data: Any, **headers: str) -> Any:
    body = data if isinstance(data, str) else json.dumps(data)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Client().put(
        f"/api/v1/members/own/listings/{external_id}",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}", **named},
    )


NEED = {"kind": "need", "title": "压铸件气孔检测", "amount": "30-50万"}


def test_put_creates_then_changes_and_says_which(key: str) -> None:
    first = put(key, "X-1", NEED)
    assert (first.status_code, first.json()["what"]) == (201, "created")
    again = put(key, "X-1", NEED)
    assert (again.status_code, again.json()["what"], again["ETag"]) == (200, "unchanged", first["ETag"])
    changed = put(key, "X-1", NEED | {"title": "新"}, If_Match=first["ETag"])
    assert (changed.status_code, changed.json()["what"]) == (200, "changed")
    stale = put(key, "X-1", NEED, If_Match=first["ETag"])
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    assert stale["Content-Type"] == "application/problem+json"
    assert put(key, "X-1", NEED, If_None_Match="*").status_code == 412


def test_an_idempotency_key_gives_the_same_answer_and_refuses_other_content(key: str) -> None:
    first = put(key, "X-2", NEED, Idempotency_Key="k1")
    again = put(key, "X-2", NEED, Idempotency_Key="k1")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert again["Idempotent-Replay"] == "true"
    other = put(key, "X-2", NEED | {"title": "别的"}, Idempotency_Key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.other_content")
    assert Listing.objects.unscoped("test").get().title == NEED["title"]


def test_a_dry_run_writes_nothing(key: str) -> None:
    response = Client().put(
        "/api/v1/members/own/listings/D-1?dry_run=true",
        json.dumps(NEED),
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}"},
    )
    assert (response.status_code, response.json()["what"]) == (200, "created")
    assert Listing.objects.unscoped("test").count() == 0


@pytest.mark.parametrize(
    ("data", "place", "zh", "en"),
    [
        (NEED | {"amount": "很多"}, "amount", "看不懂", "not understood"),
        (NEED | {"regions": ["上梅市"]}, "regions", "上梅", "上梅"),
        (NEED | {"kind": "wish"}, "kind", "不在可选项中", "is not one of"),
        (NEED | {"facets": {"visits_possible": "也许"}}, "facets.visits_possible", "是", "yes or no"),
        ({"kind": "need"}, "title", "必须填写", "is required"),
        ("{", "1:2", "不是 JSON", "not JSON"),
        ("[]", None, "JSON 对象", "JSON object"),
    ],
)
def test_bad_input_gets_one_sentence_in_the_callers_language_with_its_place(
    key: str, data: Any, place: str | None, zh: str, en: str
) -> None:
    chinese = put(key, "X-3", data).json()
    english = put(key, "X-3", data, Accept_Language="en").json()
    assert chinese["place"] == place
    assert zh in chinese["detail"]
    assert en in english["detail"]
    assert Listing.objects.unscoped("test").count() == 0


def test_bulk_is_all_or_nothing_by_choice(key: str) -> None:
    rows = [NEED | {"external_id": "B1"}, NEED | {"external_id": "B2", "amount": "很多"}]

    def send(query: str) -> Any:
        return Client().put(
            f"/api/v1/members/own/listings?{query}",
            json.dumps(rows),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )

    refused = send("all_or_nothing=true")
    assert (refused.status_code, refused.json()["place"]) == (422, "[1].amount")
    assert Listing.objects.unscoped("test").count() == 0
    partly = send("all_or_nothing=false").json()
    assert (partly["created"], partly["refused"]) == (1, 1)
    assert Listing.objects.unscoped("test").count() == 1


def test_a_key_without_the_scope_or_that_is_expired_is_told_so(key: str) -> None:
    from django.utils import timezone

    from duijie.members.models import ApiKey

    reader = make_key(Member.objects.get(slug="own"), scopes=["listings:read"])
    denied = put(reader, "X-4", NEED)
    assert denied.status_code == 403
    assert "listings:write" in denied.json()["detail"]
    ApiKey.objects.update(expires_at=timezone.now())
    expired = put(key, "X-4", NEED)
    assert expired.status_code == 401
    assert expired.json()["code"].startswith("key.")
    assert put("nonsense", "X-4", NEED).status_code == 401


def test_every_documented_method_reaches_its_operation() -> None:
    """Two routers that name one address hide each other: the first to match would answer 405 for the other's methods."""
    document = Client().get("/api/v1/openapi.json").json()
    hidden = [
        (method, address)
        for address, operations in document["paths"].items()
        for method in operations
        # No record has the uid of 1, so whatever is found there is a refusal of the operation itself.
        if Client().generic(method.upper(), re.sub(r"{\w+}", "1", address)).status_code == 405
    ]
    assert hidden == []


def test_what_the_table_of_addresses_refuses_is_a_problem_too() -> None:
    missing = Client().get("/api/v1/nowhere", headers={"Accept-Language": "en"})
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    assert missing.json()["detail"] == "There is no such address."
    refused = Client().delete("/api/v1/listings")
    assert (refused.status_code, refused["Content-Type"], refused["Allow"]) == (405, "application/problem+json", "GET")
    assert (refused.json()["code"], refused.json()["detail"]) == ("method", "这个地址不接受这种请求方法。")

"""The operations that only people may do, against the OpenAPI document: no 500, no undocumented answer, whatever is sent."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from duijie.config.wsgi import application
from duijie.core.schema import parse
from duijie.members import actions
from duijie.members.schemas import AgreementRecord, ApiKeyRecord
from tests.factories import make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db(transaction=True)
OURS = (
    "/alliances", "/members", "/organisations", "/agreements", "/keys", "/roles", "/invitations", "/me", "/audit", "/sheets",
    "/sheet-templates",
)  # fmt: skip
CHECKED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
EXAMPLES = int(os.environ.get("DUIJIE_CONTRACT_EXAMPLES", "5"))


def test_a_signed_in_administrator_finds_every_operation_as_documented() -> None:
    park = make_member(slug="nanhu", alliances=[make_alliance(slug="parks")])
    firm = make_organisation(member=park, external_id="A-1")
    admin = viewer("member_admin", park)
    agreement = actions.sign_agreement(
        actor=admin,
        record=parse(
            AgreementRecord,
            {"title": "x", "kind": "project", "valid_from": "2020-01-01", "members": ["nanhu"], "others": "乙方"},
        ),
    )
    key, _ = actions.create_api_key(
        actor=admin, record=parse(ApiKeyRecord, {"name": "x", "scopes": ["feeds:read"]}), member=park
    )
    known = {
        "slug": ["nanhu", "parks"],
        "uid": [firm.uid, agreement.uid, key.uid],
        "external_id": ["A-1"],
        "kind": ["organisations", "people"],
    }
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    checks = [schemathesis.checks.CHECKS.get_one(name) for name in CHECKED]
    operations = [result.ok() for result in document.get_all_operations()]
    ours = [o for o in operations if o.path.removeprefix("/api/v1").startswith(OURS) and "listings" not in o.path]
    assert len(ours) >= 34
    for operation in ours:

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def attempt(case: Any) -> None:
            for name, values in known.items():
                if name in (case.path_parameters or {}):  # a random id is found by nobody: put one that exists
                    case.path_parameters[name] = values[len(str(case.body)) % len(values)]
            client = Client()
            client.force_login(make_user("platform"))
            cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={'a' * 32}"
            headers = {"Cookie": cookie, "X-CSRFToken": "a" * 32, "Host": "testserver"}
            case.call_and_validate(headers=headers, checks=checks)

        attempt()

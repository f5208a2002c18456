"""Nobody changes what is not theirs: every writing operation of the API and every page, by roles without the right and by strangers."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from duijie.core.models import AuditLine
from duijie.members.models import Member, Organisation
from duijie.publish.models import ImportBatch, Listing
from tests.web.matrix import World, addresses, client_of, db, fitting, whole, world

__all__ = ["db", "whole", "world"]


@pytest.fixture(autouse=True)
def _empty_indexes() -> None:
    """The world's own: what it indexed stays for the whole file."""


WRITERS = {"firm", "liaison", "editor", "member_admin", "key_own"}


def _writes(uid: str) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        ("post", f"/api/v1/listings/{uid}/close", {"reason": "x"}),
        ("post", f"/api/v1/listings/{uid}/publish", {}),
        ("post", f"/api/v1/listings/{uid}/renew", {}),
        ("post", f"/api/v1/listings/{uid}/review", {"decision": "accepted"}),
        ("delete", f"/api/v1/listings/{uid}", {}),
        ("post", f"/listings/{uid}/edit/", {"title": "篡改"}),
        ("post", f"/listings/{uid}/do/close/", {}),
        ("post", f"/listings/{uid}/review/", {"decision": "accepted"}),
    ]


def test_nobody_changes_what_is_not_theirs(world: World) -> None:
    """Every writing operation x every role without the right: refused, and nothing is different afterwards."""
    before = sorted(Listing.objects.unscoped("t").values_list("uid", "version", "status", "title"))
    lines = AuditLine.objects.exclude(verb="personal.read").count()
    for name in world.names:
        if name in WRITERS:
            continue
        client, headers = client_of(world, name)
        for secret in world.secrets:
            if not secret.uid:
                continue
            for method, address, data in _writes(secret.uid):
                if name in world.keys and not address.startswith("/api/"):
                    continue
                if address.startswith("/api/"):
                    response = client.generic(
                        method.upper(), address, json.dumps(data), content_type="application/json", headers=headers
                    )
                    assert response.status_code in (401, 403, 404), (name, address, response.status_code)
                else:
                    response = getattr(client, method)(address, data)
                    assert response.status_code in (302, 403, 404), (name, address, response.status_code)
        put = client.put(
            "/api/v1/members/own/listings/NEW-1",
            json.dumps({"kind": "need", "title": "冒名"}),
            content_type="application/json",
            headers=headers,
        )
        assert put.status_code in (401, 403), (name, put.status_code)
        bulk = client.put(
            "/api/v1/members/own/listings",
            json.dumps([{"kind": "need", "title": "冒名", "external_id": "N"}]),
            content_type="application/json",
            headers=headers,
        )
        assert bulk.status_code in (401, 403), (name, bulk.status_code)
    assert sorted(Listing.objects.unscoped("t").values_list("uid", "version", "status", "title")) == before
    assert AuditLine.objects.exclude(verb="personal.read").count() == lines
    assert ImportBatch.objects.count() == 0


# --- every writing operation, from the OpenAPI document and the table of pages ------------------------------------------------
WRITING = ("post", "put", "patch", "delete")
# What a stranger writes and may write: traces of requests, and one's own things.
TRACES = {
    "core.auditline", "core.auditseal", "core.event", "core.delivery", "core.job", "core.notification", "core.storedfile",
    "members.apikey", "members.user",
}  # fmt: skip
STRANGERS = ("guest", "outsider", "key_other")
NONSENSE: dict[str, Any] = {
    "string": "篡改",
    "integer": 1,
    "number": 1.0,
    "boolean": True,
    "array": [],
    "object": {},
    "null": None,
}


def _sample(schema: dict[str, Any], components: dict[str, Any]) -> Any:
    """A value that fits a schema of the document, full of what a stranger would like to write."""
    if "$ref" in schema:
        return _sample(components[schema["$ref"].rsplit("/", 1)[-1]], components)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return _sample(schema[several][0], components)
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        return {name: _sample(part, components) for name, part in schema["properties"].items()}
    return schema.get("example", NONSENSE[schema.get("type", "string")])


def _writing_operations(made: World) -> Iterator[tuple[str, str, Any]]:
    """(method, address, body) of every writing operation of the API, with every fitting record of the own member."""
    document = Client().get("/api/v1/openapi.json").json()
    components = document.get("components", {}).get("schemas", {})
    for route, operations in document["paths"].items():
        names = re.findall(r"{(\w+)}", route)
        brackets = route.lstrip("/").replace("{", "<").replace("}", ">")
        for method in WRITING:
            if method not in operations:
                continue
            content = operations[method].get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema", {})
            for values in itertools.product(*(fitting(name, brackets, made.values) for name in names)):
                address = route
                for name, value in zip(names, values, strict=True):
                    address = address.replace("{" + name + "}", value)
                yield method, address, _sample(schema, components) if schema else {}


def _rows() -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row of ours, by table and key, but for traces."""
    found: dict[str, dict[Any, dict[str, Any]]] = {}
    for model in apps.get_models():
        if model.__module__.startswith("duijie.") and model._meta.label_lower not in TRACES:
            rows = model._base_manager.using("default").all().values()
            found[model._meta.label_lower] = {row[model._meta.pk.attname]: row for row in rows}  # type: ignore[union-attr]
    return found


def _damage(before: dict[str, dict[Any, dict[str, Any]]], member: int, firm: int) -> list[str]:
    """What is other than before of rows that stood, and what has come in the name of the member or its firm."""
    told: list[str] = []
    for label, rows in _rows().items():
        old = before[label]
        told += [f"{label} {key} is gone" for key in old if key not in rows]
        told += [f"{label} {key} is changed" for key, row in old.items() if key in rows and rows[key] != row]
        told += [
            f"{label} {key} is new in their name"
            for key, row in rows.items()
            if key not in old and (row.get("owner_member_id") == member or row.get("owner_organisation_id") == firm)
        ]
    return told


def _owners() -> tuple[int, int]:
    return Member.objects.get(slug="own").pk, Organisation.objects.get(name="矩阵精密").pk


@pytest.mark.parametrize("name", STRANGERS)
def test_no_writing_operation_of_the_api_does_anything_for_a_stranger(world: World, name: str) -> None:
    before, owners = _rows(), _owners()
    client, headers = client_of(world, name)
    operations = list(_writing_operations(world))
    assert len({(method, address) for method, address, _ in operations}) > 60
    for method, address, body in operations:
        response = client.generic(
            method.upper(), address, json.dumps(body), content_type="application/json", headers=headers
        )
        assert response.status_code < 500, (method, address, response.content[:300])
    assert _damage(before, *owners) == []


@pytest.mark.parametrize("name", ("guest", "outsider"))
def test_no_page_does_anything_for_a_stranger(world: World, name: str) -> None:
    before, owners = _rows(), _owners()
    client, _ = client_of(world, name)
    form = {
        "title": "篡改", "name": "篡改", "text": "篡改", "reason": "篡改", "remark": "篡改", "decision": "accepted", "answer": "interested",
        "version": "1", "kind": "need", "note": "篡改", "slug": "own", "region": "嘉兴", "home_member": "own", "on": "2030-01-01",
    }  # fmt: skip
    verbs = ("publish", "close", "renew", "archive", "discard", "apply", "undo", "accept", "decline", "end", "hand-on")
    for address in dict.fromkeys(addresses(world)):
        if address.startswith(("/api/", "/account/")):  # the API has its own walk; one's own account is one's own
            continue
        for posted in {
            address,
            *(address.replace("/publish/", f"/{verb}/") for verb in verbs if "/do/publish/" in address),
        }:
            assert client.post(posted, form).status_code < 500, posted
    assert _damage(before, *owners) == []

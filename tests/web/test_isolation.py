"""Nobody sees or changes what is not theirs: every page and every operation of the API, for every role, own and other member,
every visibility. The addresses are taken from the url table, so that a new page is in the matrix the moment it exists.
"""

from __future__ import annotations

import importlib
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from duijie.core.access import SYSTEM
from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.core.models import AuditLine
from duijie.match.actions import accept_interest, express_interest, say
from duijie.match.models import Introduction, Suggestion
from duijie.members.actions import create_api_key
from duijie.members.models import Member, Organisation, User
from duijie.publish.actions import create_listing
from duijie.publish.models import ImportBatch, Listing
from duijie.publish.models.listings import Status, Visibility
from tests.factories import PASSWORD, make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db
# Words that stand in no other text of the product; each secret has one of its own.
_CHARACTERS = "犇骉羴猋鱻麤毳焱淼垚鑫磊龘靐齉齾爩龗灪龖厵滟爨癵"


@dataclass
class Secret:
    """A marker word and who may read it, said here by hand and not asked of the product."""

    word: str
    allowed: set[str]
    uid: str = ""


@dataclass
class World:
    users: dict[str, User | None] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    slugs: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [*self.users, *self.keys]


def _words() -> Iterator[str]:
    """No two share a character, so that no search for one finds another."""
    for start in range(0, len(_CHARACTERS), 2):
        yield _CHARACTERS[start : start + 2]


SECRETS = [
    *((visibility, Status.PUBLISHED, False) for visibility in Visibility.values),
    (Visibility.PUBLIC, Status.PUBLISHED, True),
    (Visibility.ALLIANCE, Status.PUBLISHED, True),
    (Visibility.PUBLIC, Status.DRAFT, False),
    (Visibility.PUBLIC, Status.SUBMITTED, False),
]
OWN_STAFF = {"liaison", "editor", "member_admin", "key_own"}
OWNER = {"firm"} | OWN_STAFF
CIRCLE = OWNER | {"sister_firm", "auditor", "leader"}
ALLIES = CIRCLE | {"other_liaison", "other_firm", "secretariat", "key_other"}
EVERYBODY = ALLIES | {"guest", "outsider", "platform"}
# Officers who read but do not write see what their member's officers see.
READERS = OWNER | {"auditor", "leader"}


def _allowed(visibility: str, status: str, confidential: bool) -> set[str]:
    """Who may read a listing's own words."""
    if status in (Status.DRAFT, Status.SUBMITTED) or confidential:
        return READERS
    return {
        Visibility.PUBLIC: EVERYBODY,
        Visibility.ALLIANCE: ALLIES,
        Visibility.MEMBERS: CIRCLE | {"other_liaison", "other_firm", "key_other"},
        Visibility.MEMBER: CIRCLE,
        Visibility.OWNER: READERS,
    }[Visibility(visibility)]


def _people(world: World, own: Member, other: Member, alliance: Any, firm: Organisation) -> None:
    outside = make_member()
    world.users = {
        "guest": None,
        "firm": make_user("organisation", firm),
        "sister_firm": make_user("organisation", make_organisation(member=own)),
        "liaison": make_user("liaison", own),
        "editor": make_user("editor", own),
        "member_admin": make_user("member_admin", own),
        "auditor": make_user("auditor", own),
        "leader": make_user("leader", own),
        "other_liaison": make_user("liaison", other),
        "other_firm": make_user("organisation", make_organisation(member=other)),
        "secretariat": make_user("secretariat", alliance),
        "platform": make_user("platform", None),
        "outsider": make_user("organisation", make_organisation(member=outside)),
    }
    world.keys = {"key_own": _key(own), "key_other": _key(other)}


def _key(member: Member) -> str:
    from duijie.core.schema import parse
    from duijie.members.schemas import ApiKeyRecord

    scopes = ["listings:read", "listings:write", "organisations:write", "matches:read"]
    record = parse(ApiKeyRecord, {"name": "矩阵", "scopes": scopes})
    _, secret = create_api_key(actor=viewer("member_admin", member), record=record, member=member)
    return secret


@pytest.fixture
def world() -> World:
    made = World()
    words = _words()
    alliance = make_alliance(slug="matrix")
    own, other = make_member(alliances=[alliance], slug="own"), make_member(alliances=[alliance], slug="other")
    firm = make_organisation("矩阵精密", member=own)
    _people(made, own, other, alliance, firm)
    for visibility, status, confidential in SECRETS:
        word = next(words)
        listing = create_listing(
            actor=SYSTEM,
            member=own,
            organisation=firm,
            data={
                "kind": "need", "title": f"{word}检测设备", "body": f"{word}方案", "keywords": [word],
                "visibility": visibility, "visible_alliance": "matrix", "visible_members": ["other"],
                "confidential": confidential, "teaser": "某单位寻求方案", "external_id": f"M-{word}",
                "facets": {"problem": f"{word}难题"},
            },
        )  # fmt: skip
        _set_status(listing, status)
        made.secrets.append(Secret(word, _allowed(visibility, status, confidential), listing.uid))
    _talk(made, own, firm, next(words))
    dispatch_all()
    run_all()
    dispatch_all()
    made.values = _known_values(made, own, other, firm)
    for extension in _extensions():
        extension.extend(made, own=own, other=other, alliance=alliance, firm=firm)
    dispatch_all()
    overlapping = [(a.word, b.word) for a in made.secrets for b in made.secrets if a is not b and a.word in b.word]
    assert overlapping == []  # a word that stands in another would be found where it is not
    return made


def _extensions() -> list[Any]:
    """`isolation_<app>.py` beside this file: each adds the records, secrets and addresses of its app to the world."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("isolation_*.py"))
    return [importlib.import_module(f"tests.web.{name}") for name in found]


def _set_status(listing: Listing, status: str) -> None:
    from duijie.publish.actions import publish_listing

    if status == Status.PUBLISHED:
        publish_listing(actor=SYSTEM, listing=listing)
    elif status == Status.SUBMITTED:
        from duijie.publish.actions import submit_listing

        assert listing.owner_organisation is not None
        submit_listing(actor=viewer("organisation", listing.owner_organisation), listing=listing)


def _talk(made: World, own: Member, firm: Organisation, word: str) -> None:
    """An introduction between the firm and the other member's firm, with a message that only its parties may read."""
    other_firm = Organisation.objects.get(pk=made.users["other_firm"].role_grants.get().scope_id)  # type: ignore[union-attr]
    giving = create_listing(
        actor=SYSTEM,
        member=other_firm.home_member,
        organisation=other_firm,
        data={"kind": "technology", "title": "公开检测设备技术"},
        put_forward=True,
    )
    firm_viewer = viewer(made.users["firm"])
    other_viewer = viewer(made.users["other_firm"])
    interest = express_interest(actor=firm_viewer, to_listing=giving)
    accept_interest(actor=other_viewer, interest=interest)
    say(actor=firm_viewer, introduction=Introduction.objects.get(), text=f"{word}价格")
    parties = {"firm", "other_firm", "liaison", "member_admin", "other_liaison"}
    made.secrets.append(Secret(word, parties))


def _known_values(made: World, own: Member, other: Member, firm: Organisation) -> dict[str, list[str]]:
    listings = [s.uid for s in made.secrets if s.uid]
    suggestion = Suggestion.objects.first()
    introduction = Introduction.objects.get()
    return {
        "listing": listings,
        "match": [suggestion.uid] if suggestion else [introduction.uid],
        "interest": [introduction.interest.uid],
        "introduction": [introduction.uid],
        "organisation": [firm.uid],
        "person": [made.users["firm"].uid],  # type: ignore[union-attr]
        "slug": [own.slug, other.slug],
        "alliance": ["matrix"],
    }


def _addresses(made: World) -> Iterator[str]:
    """Every address of the product that takes a GET, with every fitting value in its place."""
    known = made.values

    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, URLPattern]]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            else:
                yield route, pattern

    for route, _ in walk(get_resolver().url_patterns, ""):
        # readyz tells of the worker and the disk, nothing of anybody's; it answers 503 where no worker runs.
        if route.startswith(("accounts/", "kit/", "static", "readyz")) or "(?P" in route or "^" in route:
            continue
        choices: list[list[str]] = []
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        for name in names:
            choices.append(_fitting(name, route, known))
        for values in itertools.product(*choices):
            address = route
            for value in values:
                address = re.sub(r"<(?:\w+:)?\w+>", value, address, count=1)
            yield "/" + address


def _fitting(name: str, route: str, known: dict[str, list[str]]) -> list[str]:
    if name == "slug":
        return known["alliance"] if "alliance" in route else known["slug"]
    if name == "kind":
        return ["need"]
    if name == "external_id":
        return [f"M-{word}" for word in list(_words())[:9]]
    if name in {"verb", "number", "file_uid"}:
        return {"verb": ["publish"], "number": ["1"], "file_uid": ["0" * 26]}[name]
    # A value is known by the name in angle brackets, else by a part of its address: the part that stands last counts.
    if name in known:
        return known[name]
    parts = [part for part in re.split(r"[/<>:]", route.partition("<")[0]) if part]
    for part in reversed(parts):
        singular = {"people": "person", "matches": "match"}.get(part, part.removesuffix("s"))
        if singular in known:
            return known[singular]
    return ["0" * 26]


def _client(made: World, name: str) -> tuple[Client, dict[str, str]]:
    client = Client()
    if name in made.keys:
        return client, {"Authorization": f"Bearer {made.keys[name]}"}
    user = made.users[name]
    if user is not None:
        assert client.login(username=user.username, password=PASSWORD)
    return client, {}


def _text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode("utf-8", "replace").replace("<mark>", "").replace("</mark>", "")
    # JSON may carry the words as escapes.
    return text.encode().decode("unicode_escape", "replace") + text if "\\u" in text else text


GROUPS = 5  # the roles are walked in five tests, so that they share the workers of a parallel run


@pytest.mark.timeout(900)
@pytest.mark.parametrize("group", range(GROUPS))
def test_nobody_reads_a_word_that_is_not_for_them(world: World, group: int) -> None:
    """Every address x every role: no secret word where it must not stand, search snippets and counts included."""
    addresses = list(dict.fromkeys(_addresses(world)))
    assert len(addresses) > 100
    leaks: list[str] = []
    seen: dict[str, set[str]] = {s.word: set() for s in world.secrets}
    names = world.names[group::GROUPS]
    for name in names:
        client, headers = _client(world, name)
        for address in addresses:
            is_api = address.startswith("/api/")
            if name in world.keys and not is_api:
                continue
            response = client.get(address, headers=headers)
            assert response.status_code < 500, (address, name)
            text = _text(response)
            for secret in world.secrets:
                if secret.word in text:
                    seen[secret.word].add(name)
                    if name not in secret.allowed:
                        leaks.append(f"{name} reads {secret.word} at {address}")
    assert not leaks, "\n".join(leaks)
    # The matrix would be empty if nobody saw anything: who may read did read.
    for secret in world.secrets:
        assert secret.allowed & set(world.users) & set(names) <= seen[secret.word] | {
            "auditor",
            "leader",
            "platform",
            "secretariat",
        }, secret


def test_searches_count_and_quote_only_what_is_in_sight(world: World) -> None:
    for name in world.names:
        client, headers = _client(world, name)
        for secret in world.secrets:
            if not secret.uid:
                continue
            answer = client.get("/api/v1/listings", {"q": secret.word}, headers=headers)
            assert answer.status_code == 200, (name, answer.content)
            found = answer.json()
            row = Listing.objects.unscoped("the test knows").get(uid=secret.uid)
            indexed = row.status == Status.PUBLISHED
            assert found["total"] == (1 if name in secret.allowed and indexed else 0), (name, secret, found)
            assert sum(f["count"] for f in found["facets"]["kind"]) == found["total"]
            if name in world.users:
                page = _text(client.get("/search/", {"q": secret.word}))
                assert (secret.uid in page) == (found["total"] == 1), (name, secret)


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
        client, headers = _client(world, name)
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
            for values in itertools.product(*(_fitting(name, brackets, made.values) for name in names)):
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
    client, headers = _client(world, name)
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
    client, _ = _client(world, name)
    form = {
        "title": "篡改", "name": "篡改", "text": "篡改", "reason": "篡改", "remark": "篡改", "decision": "accepted", "answer": "interested",
        "version": "1", "kind": "need", "note": "篡改", "slug": "own", "region": "嘉兴", "home_member": "own", "on": "2030-01-01",
    }  # fmt: skip
    verbs = ("publish", "close", "renew", "archive", "discard", "apply", "undo", "accept", "decline", "end", "hand-on")
    for address in dict.fromkeys(_addresses(world)):
        if address.startswith(("/api/", "/account/")):  # the API has its own walk; one's own account is one's own
            continue
        for posted in {
            address,
            *(address.replace("/publish/", f"/{verb}/") for verb in verbs if "/do/publish/" in address),
        }:
            assert client.post(posted, form).status_code < 500, posted
    assert _damage(before, *owners) == []

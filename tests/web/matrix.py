"""The world of the isolation matrix: people of every role, a secret word for every visibility, every address of the product.

The addresses are taken from the url table, so that a new page is in the matrix the moment it exists. The world is made once for a
file of tests, in a transaction that is rolled back at its end; what one test writes in it is undone before the next.
"""

from __future__ import annotations

import importlib
import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from duijie.core.access import SYSTEM
from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.match.actions import accept_interest, express_interest, say
from duijie.match.index import close_match_index, folder
from duijie.match.models import Introduction, Suggestion
from duijie.members.actions import create_api_key
from duijie.members.models import Member, Organisation, User
from duijie.publish.actions import create_listing
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status, Visibility
from duijie.publish.search import search_index
from tests.factories import PASSWORD, make_alliance, make_member, make_organisation, make_user, viewer

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


ROLES = (
    "guest", "firm", "sister_firm", "liaison", "editor", "member_admin", "auditor", "leader", "other_liaison", "other_firm",
    "secretariat", "platform", "outsider", "key_own", "key_other",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        empty_indexes()
        made = _made()
        assert tuple(made.names) == ROLES
        yield made
        transaction.set_rollback(True)
        empty_indexes()


@pytest.fixture
def db(whole: World) -> Iterator[None]:
    """In the place of pytest-django's: it would begin with an empty database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(whole: World, db: None) -> World:
    return whole


def empty_indexes() -> None:
    close_match_index()
    shutil.rmtree(folder(), ignore_errors=True)
    search_index().clear()


def _made() -> World:
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


def addresses(made: World) -> Iterator[str]:
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
            choices.append(fitting(name, route, known))
        for values in itertools.product(*choices):
            address = route
            for value in values:
                address = re.sub(r"<(?:\w+:)?\w+>", value, address, count=1)
            yield "/" + address


def fitting(name: str, route: str, known: dict[str, list[str]]) -> list[str]:
    if name == "slug":
        return known["alliance"] if "alliance" in route else known["slug"]
    if name == "kind":
        return ["need"]
    if name == "external_id":
        return [f"M-{word}" for word in list(_words())[:9]]
    if name in {"verb", "file_uid"}:
        return {"verb": ["publish"], "file_uid": ["0" * 26]}[name]
    if name == "number":
        return known["paper"] if "papers" in route else ["1"]
    # A value is known by the name in angle brackets, else by a part of its address: the part that stands last counts.
    if name in known:
        return known[name]
    parts = [part for part in re.split(r"[/<>:]", route.partition("<")[0]) if part]
    for part in reversed(parts):
        singular = {"people": "person", "matches": "match"}.get(part, part.removesuffix("s"))
        if singular in known:
            return known[singular]
    return ["0" * 26]


def client_of(made: World, name: str) -> tuple[Client, dict[str, str]]:
    client = Client()
    if name in made.keys:
        return client, {"Authorization": f"Bearer {made.keys[name]}"}
    user = made.users[name]
    if user is not None:
        assert client.login(username=user.username, password=PASSWORD)
    return client, {}


def text_of(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode("utf-8", "replace").replace("<mark>", "").replace("</mark>", "")
    # JSON may carry the words as escapes.
    return text.encode().decode("unicode_escape", "replace") + text if "\\u" in text else text

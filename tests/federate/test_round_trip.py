"""Round trip: what goes out by each way and comes in by the pipeline at a second member is the same, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from duijie.core.access import SYSTEM
from duijie.core.events import dispatch_all
from duijie.federate.out import oai
from duijie.members.models import Member
from duijie.publish.actions import close_listing, create_listing
from duijie.publish.kinds import KINDS
from duijie.publish.models import Listing
from duijie.publish.schemas import as_data
from tests.factories import make_member
from tests.federate.help import counts, every, plug, run

pytestmark = pytest.mark.django_db(transaction=True)


def fill(member: Member) -> None:
    """One listing of each kind, as its own example has it, and one without anything but a title."""
    for kind, definition in KINDS.items():
        data = {"kind": kind, "external_id": f"X-{kind}", "regions": "嘉兴市南湖区"} | dict(definition.example)
        create_listing(actor=SYSTEM, member=member, data=data, put_forward=True)
    bare = {"kind": "need", "title": "只有标题 <b>&amp;</b>", "external_id": "X-bare"}
    create_listing(actor=SYSTEM, member=member, data=bare, put_forward=True)
    dispatch_all()


def content(member: Member, kind: str = "") -> list[dict[str, Any]]:
    rows = every(Listing).filter(owner_member=member, status="published").select_related("visible_alliance")
    found = [as_data(x) for x in rows if not kind or x.kind == kind]
    return sorted(found, key=lambda data: (data["kind"], data["title"]))


WAYS = [
    ("feed", "/feeds/first.atom"), ("ckan", "/members/first"), ("oai", "/members/first/oai/"),
    ("dcat", "/members/first/catalogue.ttl"), ("dcat", "/members/first/catalogue.jsonld"), ("dcat", "/members/first/catalogue.rdf"),
]  # fmt: skip


def test_every_way_out_comes_in_again_the_same(live_server: Any, settings: Any, monkeypatch: Any) -> None:
    """One exchange, one member after another that takes in all of the first: one flush of the tables instead of nine."""
    settings.BASE_URL, settings.ALLOW_PRIVATE_WEBHOOKS = live_server.url, True
    monkeypatch.setattr(oai, "PAGE", 5)
    monkeypatch.setattr("duijie.web.federate.out.CATALOGUE_PAGE", 5)
    monkeypatch.setattr("duijie.federate.gather.ckan.ROWS", 5)
    first = make_member(slug="first")
    fill(first)
    plugged = []
    for kind, path in WAYS:
        second = make_member()
        source = plug(second, kind, live_server.url + path, publish="是")
        done = run(source)
        assert (path, done.error_zh, counts(done)) == (path, "", {"gathered": 13, "created": 13})
        assert content(second) == content(first), path
        # A repository that tells its deletions is asked only for what changed since the last time.
        assert counts(run(source)) in ({"gathered": 13, "unchanged": 13}, {}), path
        plugged.append((path, second, source))
    for kind in ("need", "policy", "instrument"):
        second = make_member()
        done = run(plug(second, "sheet", f"{live_server.url}/feeds/first.csv?kind={kind}", listing_kind=kind))
        assert (kind, done.failed, done.created) == (kind, 0, len(content(first, kind)))
        assert content(second, kind) == content(first, kind), kind
    close_listing(actor=SYSTEM, listing=every(Listing).filter(owner_member=first, kind="fund").get())
    dispatch_all()
    for path, second, source in plugged[1:]:  # a feed shows the latest only: what is not in it has not vanished
        assert counts(run(source))["archived"] == 1, path
        assert content(second) == content(first), path

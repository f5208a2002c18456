"""What travels between nodes, inside one process: composed from events, acted on, given back; the rest is in tests/faults/test_nodes.py."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from duijie.cli.main import main
from duijie.core.access import SYSTEM
from duijie.core.errors import Fault, NotAllowed
from duijie.core.events import dispatch_all
from duijie.core.ids import new_id
from duijie.core.jobs import run_all
from duijie.core.schema import parse
from duijie.federate import queries
from duijie.federate.actions import register_peer, start_run, switch_peer
from duijie.federate.models import Across, Letter, Peer
from duijie.federate.nodes.conversation import act_on
from duijie.federate.nodes.identity import fingerprint, own_key
from duijie.federate.nodes.letters import send_due
from duijie.federate.schemas import PeerRecord
from duijie.match.actions import accept_interest, express_interest, withdraw_interest
from duijie.match.models import Interest, Introduction
from duijie.publish.actions import change_listing, create_listing
from duijie.publish.models import Listing
from duijie.publish.schemas import as_data
from tests.factories import make_alliance, make_member, make_user, viewer
from tests.federate.conftest import Asked, Elsewhere, Said
from tests.federate.help import every

pytestmark = pytest.mark.django_db
KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # the public key of RFC 8032, 7.1, test 2


def register(elsewhere: Elsewhere, records: list[dict[str, Any]]) -> Peer:
    """A peer played by the test's server."""
    said = {"algorithm": "ed25519", "key_id": "ed25519-test", "public_key": KEY, "url": elsewhere.url}
    member = {"slug": "suzhou", "name": "苏州工业园区", "kind": "park", "region": "320500"}
    elsewhere.pages["/.well-known/duijie"] = json.dumps(said).encode()

    def page(asked: Asked) -> bytes:
        items = [
            {
                "id": r["id"],
                "version": 1,
                "url": f"{elsewhere.url}/listings/{r['id']}/",
                "member": member,
                "record": {k: v for k, v in r.items() if k != "id"},
            }
            for r in records
        ]
        return json.dumps({"node": elsewhere.url, "items": items, "next": None}).encode()

    elsewhere.pages["/api/v1/node/listings"] = page
    record = parse(
        PeerRecord,
        {
            "name": "江苏平台",
            "slug": "jiangsu",
            "url": elsewhere.url,
            "region": "江苏省",
            "fingerprint": fingerprint(KEY),
        },
    )
    peer = register_peer(actor=viewer("platform"), record=record)
    assert peer.source is not None
    start_run(actor=SYSTEM, source=peer.source)
    run_all()
    dispatch_all()
    return peer


def remote(title: str, kind: str = "technology") -> dict[str, Any]:
    return {"id": new_id(), "kind": kind, "title": title, "body": "X射线成像"}


def test_a_peers_listings_are_shown_as_its_own_and_changed_by_nobody(elsewhere: Elsewhere) -> None:
    records = [remote("苏州的检测装置"), remote("苏州的政策", "policy")]
    peer = register(elsewhere, records)
    shown = {x.title: x for x in every(Listing).filter(home_node="江苏平台").select_related("owner_member")}
    assert set(shown) == {"苏州的检测装置", "苏州的政策"}
    one = shown["苏州的检测装置"]
    assert (one.owner_member.name, one.owner_member.parent_id, one.origin) == (
        "苏州工业园区（江苏平台）",
        peer.member_id,
        f"{elsewhere.url}/listings/{records[0]['id']}/",
    )
    intruder = viewer("member_admin", one.owner_member)
    with pytest.raises(NotAllowed, match="江苏平台"):
        change_listing(actor=intruder, listing=one, data=as_data(one) | {"title": "篡改"})
    assert "来自“江苏平台”平台" in Client().get(f"/listings/{one.uid}/").content.decode()
    assert "苏州的检测装置" not in Client().get("/catalogue.ttl").content.decode(), (
        "offered at its home, not here again"
    )
    assert "苏州的检测装置" not in str(Client().get("/api/v1/node/listings").json())
    del records[0]
    assert peer.source is not None
    start_run(actor=SYSTEM, source=peer.source)
    run_all()
    one.refresh_from_db()
    assert one.status == "archived"
    switch_peer(actor=viewer("platform"), peer=peer, active=False)
    with pytest.raises(NotAllowed):
        queries.peers(viewer("secretariat", None))


def test_a_key_that_is_not_the_one_told_is_not_taken(elsewhere: Elsewhere) -> None:
    register(elsewhere, [])
    record = parse(
        PeerRecord,
        {
            "name": "冒名",
            "slug": "fake",
            "url": elsewhere.url,
            "fingerprint": "0000 1111 2222 3333 4444 5555 6666 7777",
        },
    )
    with pytest.raises(Fault) as refused:
        register_peer(actor=viewer("platform"), record=record)
    assert refused.value.code == "peer.fingerprint"
    with pytest.raises(NotAllowed):
        register_peer(actor=viewer("liaison", make_member()), record=record)


def test_interest_goes_out_and_the_yes_brings_the_contact_back(elsewhere: Elsewhere) -> None:
    register(elsewhere, [remote("苏州的检测装置")])
    own_key()
    park = make_member("南湖高新区", slug="nanhu")
    liaison = make_user("liaison", park, name="沈禾")
    need = create_listing(
        actor=viewer(liaison), member=park, data={"kind": "need", "title": "要检测装置"}, put_forward=True
    )
    there = every(Listing).get(home_node="江苏平台")
    elsewhere.pages["/api/v1/node/letters"] = b"{}"
    interest = express_interest(actor=viewer(liaison), to_listing=there, from_listing=need, message="想看看")
    dispatch_all()
    dispatch_all()
    assert (Letter.objects.get().kind, send_due(), send_due()) == ("interest", 1, 0)
    asked = elsewhere.asked[-1]
    assert (asked.path, "signature" in asked.headers, "沈禾" in asked.body.decode()) == (
        "/api/v1/node/letters",
        True,
        False,
    )
    across = Across.objects.get()
    contact = {
        "name": "顾越",
        "title": "处长",
        "organisation": "苏州工业园区",
        "phone": "0512-1",
        "email": "gu@example.cn",
    }
    act_on(Letter(kind="accept", peer=across.peer, uid=new_id()), {"thread": across.thread, "contact": contact})
    dispatch_all()
    introduction = Introduction.objects.get()
    side = queries.other_side(introduction, viewer(liaison))
    assert side is not None and side.contact is not None
    assert (side.node, side.contact.name, side.contact.phone) == ("江苏平台", "顾越", "0512-1")
    client = Client()
    client.force_login(liaison)
    assert "顾越" in client.get(f"/introductions/{introduction.uid}/").content.decode()
    answer = Letter.objects.get(kind="contact")
    assert answer.body["data"]["contact"]["name"] == "沈禾"
    act_on(Letter(kind="accept", peer=across.peer, uid=new_id()), {"thread": across.thread, "contact": contact})
    dispatch_all()
    assert (Introduction.objects.count(), Letter.objects.filter(kind="contact").count()) == (1, 1), (
        "a second yes changes nothing"
    )
    assert Interest.objects.get(pk=interest.pk).status == "accepted"


def test_a_letter_given_back_ends_the_interest_and_a_tired_node_is_tried_again(elsewhere: Elsewhere) -> None:
    register(elsewhere, [remote("苏州的检测装置")])
    liaison = make_user("liaison", make_member())
    there = every(Listing).get(home_node="江苏平台")
    express_interest(actor=viewer(liaison), to_listing=there)
    dispatch_all()
    elsewhere.pages["/api/v1/node/letters"] = Said(b"", 503)
    send_due()
    letter = Letter.objects.get()
    assert (letter.status, letter.attempts, letter.due_at is not None) == ("waiting", 1, True)
    Letter.objects.update(due_at="2026-01-01T00:00:00Z")
    elsewhere.pages["/api/v1/node/letters"] = Said(b'{"code": "letter.listing_over", "detail": "over"}', 404)
    send_due()
    assert (Letter.objects.get().status, Interest.objects.get().status) == ("refused", "declined")


def test_interest_comes_in_is_answered_and_contacts_wait_for_both(elsewhere: Elsewhere) -> None:
    peer = register(elsewhere, [remote("苏州的需求", "need")])
    theirs = every(Listing).get(home_node="江苏平台")
    item_id = queries.items(SYSTEM, source=peer.source).get().remote_id
    park = make_member("南湖高新区")
    liaison = make_user("liaison", park, name="沈禾")
    offer = create_listing(
        actor=viewer(liaison), member=park, data={"kind": "technology", "title": "检测装置"}, put_forward=True
    )
    thread = new_id()
    data = {"thread": thread, "to": offer.uid, "from_listing": item_id, "message": "可否面谈", "organisation": "苏州精密",
            "member": {"slug": "suzhou", "name": "苏州工业园区"}}  # fmt: skip
    act_on(Letter(kind="interest", peer=peer, uid=thread), data)
    dispatch_all()
    interest = Interest.objects.get()
    assert (interest.from_listing_id, interest.message, interest.from_member.name) == (
        theirs.pk,
        "【苏州精密】可否面谈",
        "苏州工业园区（江苏平台）",
    )
    with pytest.raises(Fault) as early:
        act_on(Letter(kind="contact", peer=peer, uid=new_id()), {"thread": thread, "contact": {"name": "早"}})
    assert early.value.code == "letter.not_agreed"
    accept_interest(actor=viewer(liaison), interest=interest)
    dispatch_all()
    sent = Letter.objects.get(direction="out")
    assert (sent.kind, sent.body["data"]["contact"]["name"]) == ("accept", "沈禾")
    act_on(
        Letter(kind="contact", peer=peer, uid=new_id()), {"thread": thread, "contact": {"name": "顾越", "phone": "1"}}
    )
    side = queries.other_side(Introduction.objects.get(), viewer(liaison))
    assert side is not None and side.contact is not None and side.contact.name == "顾越"
    act_on(Letter(kind="withdraw", peer=peer, uid=new_id()), {"thread": thread})
    assert Introduction.objects.get().status == "ended"


def test_an_interest_taken_back_here_is_taken_back_there(elsewhere: Elsewhere) -> None:
    register(elsewhere, [remote("苏州的检测装置")])
    liaison = make_user("liaison", make_member())
    interest = express_interest(actor=viewer(liaison), to_listing=every(Listing).get(home_node="江苏平台"))
    dispatch_all()
    withdraw_interest(actor=viewer(liaison), interest=interest)
    dispatch_all()
    assert [x.kind for x in Letter.objects.order_by("pk")] == ["interest", "withdraw"]
    across = Across.objects.get()
    act_on(Letter(kind="accept", peer=across.peer, uid=new_id()), {"thread": across.thread, "contact": {"name": "晚"}})
    across.refresh_from_db()
    assert (across.contact, Introduction.objects.count(), Letter.objects.filter(kind="withdraw").count()) == ({}, 0, 2)


def test_a_letter_is_taken_once_and_what_is_forged_altered_late_or_replayed_is_on_record() -> None:
    """The other side's key is this installation's own, so that its letters can be signed here."""
    import datetime as dt
    import json

    from django.conf import settings
    from django.utils import timezone

    from duijie.core.models import AuditLine
    from duijie.federate.models import Source
    from duijie.federate.nodes.letters import PATH
    from duijie.federate.nodes.signing import signed_headers

    key = own_key()
    assert key is not None
    node = make_member(slug="node-x")
    source = Source.objects.create(member=node, name="x", kind="node", url="https://x.example", schedule="by_hand")
    peer = Peer.objects.create(slug="x", name="对方平台", url="https://x.example", key_id=key.key_id, public_key=key.public, member=node, source=source)  # fmt: skip
    park = make_member()
    offer = create_listing(
        actor=SYSTEM, member=park, data={"kind": "technology", "title": "检测装置"}, put_forward=True
    )

    def letter(**more: Any) -> bytes:
        thread = new_id()
        data = {"thread": thread, "to": offer.uid, "member": {"slug": "suzhou", "name": "苏州"}, "message": "m"}
        return json.dumps({"id": thread, "kind": "interest", "to": settings.BASE_URL, "data": data} | more).encode()

    def post(body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        given = {name: value for name, value in headers.items() if name.lower() != "content-type"}
        response = Client().post(PATH, body, content_type="application/json", headers=given)
        return response.status_code, response.json()

    def sign(body: bytes, **more: Any) -> dict[str, str]:
        return signed_headers(settings.BASE_URL + PATH, body, **more)

    good = letter()
    headers = sign(good)
    assert post(good, headers)[1] | {"id": ""} == {
        "id": "", "digest": Letter.objects.get().digest, "status": "accepted", "again": False,
    }  # fmt: skip
    assert post(good, sign(good))[1]["again"] is True, "the same letter signed anew counts once"
    late = timezone.now() - dt.timedelta(minutes=6)
    refusals = [
        (good, headers, "letter.replayed"),
        (good.replace(b'"m"', b'"n"'), headers, "letter.forged"),
        (good, sign(good, now=late), "letter.late"),
        (good, {}, "letter.unsigned"),
        (good, {k: v.replace(key.key_id, "ed25519-other") for k, v in sign(good).items()}, "letter.unknown_key"),
        (good, {k: v.replace("content-digest", "content-length") for k, v in sign(good).items()}, "letter.forged"),
        (letter(to="https://elsewhere.example"), None, "letter.misdirected"),
        (letter(kind="nonsense"), None, "letter.unreadable"),
        (b"[]", None, "letter.unreadable"),
        (letter(kind="contact"), None, "letter.no_thread"),
    ]  # fmt: skip
    for body, given, code in refusals:
        status, said = post(body, sign(body) if given is None else given)
        assert (said["code"], status >= 400) == (code, True), code
    switch_peer(actor=viewer("platform"), peer=peer, active=False)
    fresh = letter()
    assert post(fresh, sign(fresh))[1]["code"] == "letter.switched_off"
    assert (Interest.objects.count(), Across.objects.count()) == (1, 1)
    kept = Letter.objects.filter(status="refused")
    assert [x.reason_code for x in kept.order_by("pk")] == [code for _, _, code in refusals] + ["letter.switched_off"]
    assert AuditLine.objects.filter(verb="letter.refused").count() == kept.count()
    accepted = AuditLine.objects.get(verb="letter.accepted")
    assert accepted.detail["digest"] == Letter.objects.get(status="accepted").digest


def test_a_peer_is_switched_off_and_on_over_rest_and_the_command_line(elsewhere: Elsewhere) -> None:
    peer = register(elsewhere, [remote("苏州的检测装置")])
    client, other = Client(), Client()
    client.force_login(make_user("platform"))
    other.force_login(make_user("secretariat", make_alliance()))
    at = f"/api/v1/peers/{peer.uid}"

    def switch(by: Client, content: dict[str, Any], **more: str) -> Any:
        return by.post(f"{at}/switch", json.dumps(content), content_type="application/json", headers=more)

    etag = client.get(at)["ETag"]
    assert switch(other, {"active": False}).status_code == 403
    assert switch(client, {"active": "no"}).json()["code"] == "json.not_boolean"
    off = switch(client, {"active": False}, **{"If-Match": etag})
    assert (off.status_code, off.json()["active"]) == (200, False)
    assert switch(client, {"active": True}, **{"If-Match": etag}).status_code == 412
    peer.refresh_from_db()
    assert peer.source is not None
    peer.source.refresh_from_db()
    assert (peer.active, peer.source.active) == (False, False)
    done = CliRunner().invoke(main, ["node", "switch", "jiangsu", "on"])
    assert done.output == "jiangsu\ton\n"
    peer.refresh_from_db()
    assert peer.active

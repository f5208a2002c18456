"""A member's interface: brand, widget, own host; and webhooks of listings to those who may see them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from standardwebhooks import Webhook

from duijie.core.access import SYSTEM
from duijie.core.errors import Fault
from duijie.core.events import dispatch_all
from duijie.core.schema import parse
from duijie.federate.actions import change_interface
from duijie.federate.actions.interface import contrast_with_white
from duijie.federate.schemas import InterfaceRecord
from duijie.match import actions as matching
from duijie.match.models import Channel, Outgoing
from duijie.match.schemas import ChannelRecord
from duijie.match.telling.outbox import send_due
from duijie.members.models import Member
from duijie.publish.actions import close_listing, create_listing
from tests.factories import make_alliance, make_member, viewer
from tests.federate.conftest import Elsewhere
from tests.federate.test_source_doors import signed_in

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32


def test_contrast_is_that_of_wcag() -> None:
    assert [round(contrast_with_white(c), 2) for c in ("#000000", "#ffffff", "#767676", "#1f5a8a")] == [
        21.0,
        1.0,
        4.54,
        7.27,
    ]


def test_a_brand_is_checked_and_shown() -> None:
    park, other = make_member("南湖高新区", slug="nanhu"), make_member(slug="other")
    client = signed_in("member_admin", park)
    given = {
        "colour": "#0a5c36",
        "host": "duijie.nanhu.example.cn",
        "origins": ["https://www.nanhu.example.cn"],
        "mark": SimpleUploadedFile("m.png", PNG),
    }
    assert client.post("/members/nanhu/interface/edit/", given).status_code == 302
    assert Member.objects.get(slug="nanhu").colour == "#0a5c36"
    assert b"".join(Client().get("/members/nanhu/interface/mark/").streaming_content) == PNG
    assert "https://www.nanhu.example.cn" in Client().get("/members/nanhu/interface/").content.decode()
    led = Client().get("/", headers={"host": "duijie.nanhu.example.cn"})
    assert led.status_code in (302, 400), "the operator allows the name first"
    for bad, words in (({"colour": "#ffee00"}, "看不清"), ({"host": "no host"}, "不是域名"), ({"origins": ["https://x.cn/path"]}, "到域名为止"), ({"origins": ["http://x.cn"]}, "到域名为止"), ({"mark": SimpleUploadedFile("m.svg", b"<svg/>")}, "PNG")):  # fmt: skip
        page = client.post("/members/nanhu/interface/edit/", bad)
        assert (page.status_code, words in page.content.decode()) == (422, True), bad
    with pytest.raises(Fault, match="另一成员"):
        change_interface(
            actor=viewer("member_admin", other),
            member=other,
            record=parse(InterfaceRecord, {"host": "duijie.nanhu.example.cn"}),
        )
    assert signed_in("liaison", other).get("/members/nanhu/interface/edit/").status_code == 403


def test_the_widget_shows_what_is_public_sets_no_cookie_and_is_framed_by_the_named_sites_only() -> None:
    alliance = make_alliance(slug="parks")
    park = make_member("南湖高新区", slug="nanhu", alliances=[alliance])
    create_listing(actor=SYSTEM, member=park, put_forward=True, data={"kind": "need", "title": "公开的需求"})
    create_listing(
        actor=SYSTEM,
        member=park,
        put_forward=True,
        data={"kind": "need", "title": "联盟的需求", "visibility": "alliance", "visible_alliance": "parks"},
    )
    client = signed_in("liaison", park)
    closed = client.get("/members/nanhu/widget/")
    assert "frame-ancestors 'none'" in closed["Content-Security-Policy"]
    change_interface(
        actor=viewer("liaison", park),
        member=park,
        record=parse(InterfaceRecord, {"origins": ["https://www.nanhu.example.cn"]}),
    )
    client.cookies.clear()
    page = client.get("/members/nanhu/widget/?view=needs")
    text = page.content.decode()
    assert ("公开的需求" in text, "联盟的需求" in text) == (True, False)
    assert (page.cookies, page.get("X-Frame-Options")) == ({}, None)
    assert "frame-ancestors https://www.nanhu.example.cn" in page["Content-Security-Policy"]
    signed = signed_in("liaison", park).get("/members/nanhu/widget/")
    assert "联盟的需求" not in signed.content.decode(), "as a guest sees it, whoever is signed in"
    script = client.get("/members/nanhu/widget.js")
    assert (script["Content-Type"], "/members/nanhu/widget/" in script.content.decode()) == (
        "text/javascript; charset=utf-8",
        True,
    )


def test_subscribers_are_told_of_what_they_may_see_and_can_check_the_signature(elsewhere: Elsewhere) -> None:
    alliance = make_alliance(slug="parks")
    park, ally, stranger = (
        make_member(slug="nanhu", alliances=[alliance]),
        make_member(alliances=[alliance]),
        make_member(),
    )
    elsewhere.pages["/hook"] = b"ok"
    for member in (ally, stranger):
        record = {
            "kind": "standard",
            "name": member.slug,
            "url": f"{elsewhere.url}/hook",
            "events": ["listing.published", "listing.closed"],
        }
        matching.create_channel(actor=viewer("liaison", member), member=member, record=parse(ChannelRecord, record))
    create_listing(actor=SYSTEM, member=park, put_forward=True, data={"kind": "need", "title": "公开的"})
    secret = create_listing(
        actor=SYSTEM,
        member=park,
        put_forward=True,
        data={"kind": "need", "title": "联盟的", "visibility": "alliance", "visible_alliance": "parks"},
    )
    teaser = create_listing(
        actor=SYSTEM,
        member=park,
        put_forward=True,
        data={"kind": "need", "title": "真标题", "confidential": True, "teaser": "某企业"},
    )
    dispatch_all()
    close_listing(actor=SYSTEM, listing=secret)
    dispatch_all()
    told = sorted(
        (o.channel.member_id, o.body["type"], o.body["listing"]["title"])
        for o in Outgoing.objects.select_related("channel")
    )
    expected = [(m.pk, "duijie.listing.published", t) for m in (ally, stranger) for t in ("公开的", "某企业")]
    expected += [(ally.pk, "duijie.listing.published", "联盟的"), (ally.pk, "duijie.listing.closed", "联盟的")]
    assert told == sorted(expected)
    assert send_due() == 6
    assert Outgoing.objects.filter(status="sent").count() == 6
    asked = elsewhere.asked[0]
    channel = next(c for c in Channel.objects.all() if _verifies(c, asked))
    event = json.loads(asked.body)
    assert (event["specversion"], channel.kind, "listing" in event["data"]) == ("1.0", "standard", True)
    assert teaser.uid not in {e["data"]["listing"]["title"] for e in (json.loads(a.body) for a in elsewhere.asked)}


def _verifies(channel: Channel, asked: Any) -> bool:
    try:
        Webhook(channel.secret).verify(asked.body, asked.headers)
    except Exception:
        return False
    return True

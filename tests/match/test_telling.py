"""Telling: a mail read back from a real mail server, a webhook verified by its own library, robots' signatures, the outbox."""

from __future__ import annotations

import base64
import datetime as dt
import email
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller
from django.core.mail import get_connection
from django.test import Client
from standardwebhooks import Webhook, WebhookVerificationError

from duijie.core.errors import Fault
from duijie.core.guarded_http import is_public, post
from duijie.core.schema import parse
from duijie.match import actions
from duijie.match.models import Channel, Outgoing, Suggestion
from duijie.match.schemas import ChannelRecord
from duijie.match.telling.news import tell_of_found
from duijie.match.telling.outbox import PAUSES, due_moment, owe, send_due
from duijie.match.telling.wire import dingtalk_sign, feishu_sign
from duijie.members import mails
from duijie.members.models import User
from tests.factories import make_member, make_organisation, make_user, viewer
from tests.match.test_finding import need_and_technology

NOW = dt.datetime(2026, 11, 21, 2, 0, tzinfo=dt.UTC)  # a Saturday, ten in the morning in Shanghai


@dataclass
class Heard:
    """What a local HTTP server was sent, and what it answers."""

    url: str = ""
    status: int = 200
    answer: bytes = b'{"errcode":0}'
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def heard(settings: Any) -> Iterator[Heard]:
    settings.ALLOW_PRIVATE_WEBHOOKS = True
    found = Heard()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(found.status)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(found.answer)

        def log_message(self, *args: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/hook"
    yield found
    server.shutdown()
    server.server_close()


def make_channel(kind: str, url: str, **more: Any) -> Channel:
    firm = make_organisation()
    record = parse(ChannelRecord, {"kind": kind, "name": "群", "url": url, "quiet_from": 0, "quiet_until": 0} | more)
    return actions.create_channel(actor=viewer("organisation", firm), record=record, organisation=firm)


def owe_one(channel: Channel, key: str = "k", now: dt.datetime = NOW) -> None:
    owe(channel, kind="match.found", key=key, zh="找到伙伴", en="Found", address="/match/", now=now)


@pytest.mark.django_db
def test_a_webhook_is_verified_by_the_library_of_the_standard(heard: Heard) -> None:
    from django.utils import timezone

    channel = make_channel("standard", heard.url)
    owe_one(channel, now=timezone.now())
    assert send_due() == 1
    _, headers, body = heard.requests[0]
    event = Webhook(channel.secret).verify(body, headers)
    row = Outgoing.objects.get()
    assert (event["specversion"], event["id"], event["type"]) == ("1.0", row.uid, "duijie.match.found")
    assert event["data"]["zh"] == "找到伙伴"
    assert (row.status, row.answer_status, row.attempts) == ("sent", 200, 1)
    with pytest.raises(WebhookVerificationError):
        Webhook(channel.secret).verify(body.replace(b"Found", b"Other"), headers)


@pytest.mark.django_db
def test_robots_sign_as_published_and_their_no_is_heard(heard: Heard) -> None:
    secret = "SECabc"
    for kind in ("dingtalk", "feishu", "wecom"):
        owe_one(make_channel(kind, f"{heard.url}/{kind}?access_token=t", secret=secret if kind != "wecom" else ""))
    assert send_due(NOW) == 3
    # Channels are sent to side by side, so the order of arrival says nothing.
    asked = {urlsplit(path).path.rpartition("/")[2]: (path, body) for path, _, body in heard.requests}
    (ding, _), (_, feishu), (_, wecom) = asked["dingtalk"], asked["feishu"], asked["wecom"]
    query = parse_qs(urlsplit(ding).query)
    stamp = query["timestamp"][0]
    formula = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    assert query["sign"] == [base64.b64encode(formula).decode()]
    assert stamp == str(int(NOW.timestamp() * 1000))
    said = json.loads(feishu)
    key = f"{said['timestamp']}\n{secret}".encode()
    assert said["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    assert said["msg_type"] == "text"
    assert json.loads(wecom)["text"]["content"].startswith("【对接】找到伙伴")
    heard.answer = b'{"errcode":310000,"errmsg":"sign not match"}'
    channel = Channel.objects.get(kind="dingtalk")
    tried = actions.test_channel(actor=viewer("organisation", channel.organisation), channel=channel)
    assert (tried.status, "310000" in tried.error) == ("waiting", True)


def test_signatures_of_known_secrets() -> None:
    """The published formulas, by the standard library's one-shot digest."""
    assert base64.b64decode(dingtalk_sign("this is secret", 1700000000000)) == hmac.digest(
        b"this is secret", b"1700000000000\nthis is secret", "sha256"
    )
    assert base64.b64decode(feishu_sign("demo", 1599360473)) == hmac.digest(b"1599360473\ndemo", b"", "sha256")


@pytest.mark.django_db
def test_failures_are_retried_with_growing_pauses_then_given_up_and_can_be_sent_again(heard: Heard) -> None:
    channel = make_channel("standard", heard.url)
    owe_one(channel)
    owe_one(channel)  # the same key is owed once
    heard.status = 500
    now = NOW
    for pause in PAUSES:
        assert send_due(now) == 1
        row = Outgoing.objects.get()
        assert (row.status, row.due_at - now) == ("waiting", pause)
        assert send_due(now) == 0
        now += pause
    send_due(now)
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("failed", len(PAUSES) + 1)
    heard.status = 302  # a redirect is a failure and is not followed
    actions.send_again(actor=viewer("organisation", channel.organisation), outgoing=row)
    send_due()
    row.refresh_from_db()
    assert (row.status, row.answer_status) == ("waiting", 302)
    heard.status = 204
    actions.send_again(actor=viewer("organisation", channel.organisation), outgoing=row)
    send_due()
    assert Outgoing.objects.get().status == "sent"
    assert len({headers["webhook-id"] for _, headers, _ in heard.requests}) == 1


@pytest.mark.django_db
def test_a_daily_channel_gets_one_message_in_the_morning(heard: Heard) -> None:
    channel = make_channel("standard", heard.url, pace="daily")
    owe_one(channel, "a")
    owe_one(channel, "b")
    assert send_due(NOW + dt.timedelta(hours=1)) == 0
    morning = dt.datetime(2026, 11, 22, 0, 0, tzinfo=dt.UTC)
    assert send_due(morning) == 2
    assert [len(json.loads(body)["data"]["items"]) for _, _, body in heard.requests] == [2]


def test_when_a_message_may_go_out() -> None:
    night = dt.datetime(2026, 11, 21, 14, 30, tzinfo=dt.UTC)  # half past ten at night in Shanghai
    robot = Channel(kind="wecom", quiet_from=21, quiet_until=8)
    assert due_moment(robot, NOW) == NOW
    assert due_moment(robot, night) == dt.datetime(2026, 11, 22, 0, 0, tzinfo=dt.UTC)
    assert due_moment(robot, night + dt.timedelta(hours=4)) == dt.datetime(2026, 11, 22, 0, 0, tzinfo=dt.UTC)
    assert due_moment(Channel(kind="standard"), night) == night
    weekly = Channel(kind="wecom", pace="weekly")
    assert due_moment(weekly, NOW) == dt.datetime(2026, 11, 23, 0, 0, tzinfo=dt.UTC)  # Monday at eight


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("127.0.0.1", False), ("10.1.2.3", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False), ("fe80::1%eth0", False), ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("2606:4700::1", True),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/x", "https://localhost/x", "http://example.com/", "ftp://example.com/", "https://[::1]/",
     "https://a:b@example.com/", "https://2130706433/", "nonsense", "https://exa mple.com/", "https://[x/"],
)  # fmt: skip
def test_the_own_network_is_never_called(url: str) -> None:
    with pytest.raises(Fault) as refused:
        post(url, b"", {})
    assert refused.value.code == "address.refused"


@pytest.mark.django_db
def test_only_its_owner_runs_a_channel(heard: Heard) -> None:
    channel = make_channel("wecom", heard.url)
    for stranger in (viewer("organisation", make_organisation()), viewer("liaison", make_member()), viewer()):
        with pytest.raises(Fault):
            actions.switch_channel(actor=stranger, channel=channel, active=False)
        with pytest.raises(Fault):
            actions.test_channel(actor=stranger, channel=channel)
    assert heard.requests == []


class Mailbox:
    """Keeps what a mail server was given."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    assert get_connection().open()
    yield box
    controller.stop()


@pytest.mark.django_db
def test_a_digest_is_read_back_from_the_mail_server_and_its_link_stops_the_mails(mailbox: Mailbox) -> None:
    firm = make_organisation()
    person = make_user("organisation", firm)
    for pace in ("daily", "weekly"):
        User.objects.filter(pk=person.pk).update(mails=pace)
    need, _ = need_and_technology(organisation=firm)
    Suggestion.objects.update(grade="strong")  # so few texts make the engine sure of nothing
    tell_of_found(Suggestion.objects.values_list("pk", flat=True))
    mailbox.mails.clear()
    assert mails.send_daily() == 0
    assert mails.send_weekly() == 1
    (mail,) = mailbox.mails
    assert mail["To"] == person.email
    assert "找到" in str(make_header(decode_header(mail["Subject"])))
    body = mail.get_payload(decode=True).decode()
    assert f"/match/?listing={need.uid}" in body
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = urlsplit(mail["List-Unsubscribe"].strip("<> \r\n")).path
    client = Client(enforce_csrf_checks=True)
    assert client.get(path).status_code == 200
    person.refresh_from_db()
    assert person.mails == "weekly"  # a scanner that opens the link changes nothing
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    person.refresh_from_db()
    assert person.mails == "never"
    assert client.post(path[:-5] + "aaaa/").status_code == 404
    assert mails.send_weekly() == 0


def test_quiet_hours_may_pass_midnight() -> None:
    assert [mails.is_quiet(h, 21, 8) for h in (20, 21, 0, 7, 8)] == [False, True, True, True, False]
    assert [mails.is_quiet(h, 1, 3) for h in (0, 1, 2, 3)] == [False, True, True, False]
    assert not any(mails.is_quiet(h, 0, 0) for h in range(24))


@pytest.mark.django_db
def test_the_pages_add_a_channel_test_it_and_keep_strangers_out(heard: Heard) -> None:
    firm = make_organisation()
    boss, stranger = Client(), Client()
    boss.force_login(make_user("organisation", firm))
    stranger.force_login(make_user("organisation", make_organisation()))
    form = {"kind": "feishu", "name": "招商群", "url": heard.url, "owner": f"organisation:{firm.uid}"}
    assert boss.get("/account/channels/new/").status_code == 200
    assert boss.post("/account/channels/new/", form | {"url": "ftp://x/"}).status_code == 422
    assert stranger.post("/account/channels/new/", form).status_code == 403
    address = boss.post("/account/channels/new/", form).headers["Location"]
    heard.answer = b'{"code":0}'
    assert "已送达" in boss.post(address, {"do": "test"}, follow=True).content.decode()
    assert "招商群" in boss.get("/account/channels/").content.decode()
    assert "招商群" not in stranger.get("/account/channels/").content.decode()
    assert stranger.get(address).status_code == 404
    message = Outgoing.objects.get()
    assert boss.post(address, {"do": "again", "message": message.uid}).status_code == 302
    assert boss.post(address, {"do": "delete"}).headers["Location"] == "/account/channels/"
    assert not Channel.objects.exists()

"""Sign-in through an identity provider: a small one that the test runs itself, spoken to over HTTP as in production."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from duijie.members.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
PERSON = {
    "sub": "officer-7", "email": "officer@gov.example.cn", "email_verified": True, "name": "沈联络",
    "preferred_username": "shen",
}  # fmt: skip


class Provider(ThreadingHTTPServer):
    """Knows one person, gives one code, keeps what was asked of its token endpoint."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[dict[str, list[str]]] = []
        self.person: dict[str, Any] = dict(PERSON)


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_: object) -> None:
        return

    def _say(self, content: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        base = self.server.address
        if self.path == "/.well-known/openid-configuration":
            self._say(
                {
                    "issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                    "userinfo_endpoint": f"{base}/userinfo", "jwks_uri": f"{base}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )  # fmt: skip
        elif self.path == "/userinfo" and self.headers["Authorization"] == "Bearer token-1":
            self._say(self.server.person)
        else:
            self._say({"error": "unknown"}, 404)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append(form)
        good = form.get("code") == ["code-1"] and form.get("client_secret") == ["secret"]
        self._say(
            {"access_token": "token-1", "token_type": "Bearer"} if good else {"error": "invalid_grant"},
            200 if good else 400,
        )


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    server = Provider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app = {
        "provider_id": "oidc", "name": "统一身份认证", "client_id": "duijie", "secret": "secret",
        "settings": {"server_url": server.address},
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def signed_in(client: Client) -> User | None:
    number = client.session.get("_auth_user_id")
    return User.objects.get(pk=number) if number else None


def come_back(client: Client, code: str) -> Any:
    """To the provider and back with `code`, following what the browser would follow."""
    begun = client.post(reverse("openid_connect_login", args=["oidc"]))
    asked = parse_qs(urlsplit(begun["Location"]).query)
    assert (begun.status_code, asked["client_id"], asked["response_type"]) == (302, ["duijie"], ["code"])
    callback = reverse("openid_connect_callback", args=["oidc"])
    assert asked["redirect_uri"] == [f"http://testserver{callback}"]
    return client.get(callback, {"code": code, "state": asked["state"][0]}, follow=True)


def test_an_officer_comes_in_through_the_provider_and_is_known_the_next_time(provider: Provider) -> None:
    first = Client()
    assert come_back(first, "code-1").status_code == 200
    person = signed_in(first)
    assert person is not None
    assert (person.email, person.username) == ("officer@gov.example.cn", "shen")
    second = Client()
    come_back(second, "code-1")
    assert signed_in(second) == person
    assert User.objects.count() == 1
    assert [asked["grant_type"] for asked in provider.asked] == [["authorization_code"]] * 2


def test_a_code_that_the_provider_does_not_know_lets_nobody_in(provider: Provider) -> None:
    client = Client()
    assert come_back(client, "code-2").status_code in (200, 401)
    assert signed_in(client) is None
    assert User.objects.count() == 0


def test_an_answer_that_nobody_asked_for_lets_nobody_in(provider: Provider) -> None:
    client = Client()
    client.get(reverse("openid_connect_callback", args=["oidc"]), {"code": "code-1", "state": "forged"}, follow=True)
    assert signed_in(client) is None


def test_an_unverified_address_does_not_open_somebody_elses_account(provider: Provider) -> None:
    victim = make_user("guest")
    provider.person |= {"email": victim.email, "email_verified": False}
    client = Client()
    come_back(client, "code-1")
    assert signed_in(client) != victim


def test_the_saved_language_is_spoken_from_sign_in_unless_the_browser_chose_one() -> None:
    person = make_user("guest")
    User.objects.filter(pk=person.pk).update(language="en")
    form = {"login": person.username, "password": PASSWORD}
    fresh = Client()
    fresh.post(reverse("account_login"), form)
    assert fresh.cookies["django_language"].value == "en"
    assert 'lang="en"' in fresh.get("/desk/").content.decode()
    chosen = Client()
    chosen.cookies["django_language"] = "zh-hans"
    chosen.post(reverse("account_login"), form)
    assert 'lang="zh' in chosen.get("/desk/").content.decode()

"""Sign-in and what belongs to it: in the kit's style, in both languages, with the way through an identity provider when there is one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

ENTRANCES = ["account_login", "account_signup", "account_reset_password", "account_reset_password_done"]
OWN = ["mfa_index", "account_change_password", "account_email", "socialaccount_connections", "account_logout"]


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("name", ENTRANCES)
def test_a_guest_sees_the_kit(client: Client, name: str) -> None:
    page = text(client.get(reverse(name)))
    assert 'class="k-bar"' in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("name", OWN)
def test_a_person_sees_the_kit(client: Client, name: str) -> None:
    client.force_login(make_user("guest"))
    answer = client.get(reverse(name), follow=True)  # some pages first ask for the password again
    assert answer.status_code == 200
    assert 'class="k-bar"' in text(answer)
    assert text(answer).count("<h1") == 1


def test_sign_in_speaks_both_languages(client: Client) -> None:
    assert "用户名或邮箱" in text(client.get(reverse("account_login"), {"lang": "zh-hans"}))
    assert "User name or email" in text(client.get(reverse("account_login"), {"lang": "en"}))


def test_a_wrong_password_is_said_on_top_and_the_name_stays(client: Client) -> None:
    person = make_user("guest")
    answer = client.post(reverse("account_login"), {"login": person.username, "password": "wrong-password-1"})
    page = text(answer)
    assert "data-error-summary" in page
    assert f'value="{person.username}"' in page
    assert "wrong-password-1" not in page


def test_the_right_password_signs_in(client: Client) -> None:
    person = make_user("guest")
    client.post(reverse("account_login"), {"login": person.username, "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_no_identity_provider_no_button(client: Client) -> None:
    assert "或用密码" not in text(client.get(reverse("account_login")))


def test_a_configured_identity_provider_has_a_button(client: Client, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": "统一身份认证",
                    "client_id": "duijie",
                    "secret": "s",
                    "settings": {"server_url": "https://id.example.org"},
                }
            ]
        }
    }
    page = text(client.get(reverse("account_login")))
    assert "用统一身份认证登录" in page
    assert reverse("openid_connect_login", args=["oidc"]) in page


def test_a_letter_to_reset_the_password_goes_out(client: Client, mailoutbox: list[Any]) -> None:
    person = make_user("guest")
    person.email = "guest@example.org"
    person.save()
    answer = client.post(reverse("account_reset_password"), {"email": "guest@example.org"}, follow=True)
    assert "信已发出" in text(answer)
    assert [letter.to for letter in mail.outbox] == [["guest@example.org"]]

"""The style page holds every component, and only whoever works on the look finds it."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_nobody_finds_it_in_production(client: Client) -> None:
    assert client.get("/kit/").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("part", ["all", "words", "forms", "lists", "figures", "records", "states"])
def test_every_part_is_shown_in_both_languages(client: Client, settings, part: str, language: str) -> None:
    settings.STYLE_PAGE = True
    answer = client.get(f"/kit/part/{part}/", {"lang": language})
    assert answer.status_code == 200
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in answer.content.decode()


def test_an_unknown_part_is_not_there(client: Client, settings) -> None:
    settings.STYLE_PAGE = True
    assert client.get("/kit/part/nothing/").status_code == 404


def test_the_picker_finds_places_by_the_beginning_of_their_names(client: Client, settings) -> None:
    settings.STYLE_PAGE = True
    results = client.get("/kit/pick/", {"q": "嘉兴"}).json()["results"]
    assert "330400" in [one["value"] for one in results]


@pytest.mark.parametrize(("status", "words"), [(403, "沿江新材料子联盟"), (409, "王敏")])
def test_a_refusal_is_a_page_with_its_sentence(client: Client, settings, status: int, words: str) -> None:
    settings.STYLE_PAGE = True
    answer = client.get(f"/kit/fault/{status}/")
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert answer["X-Request-Id"] in answer.content.decode()


def test_a_breakdown_of_ours_is_a_page_with_the_number_to_quote(settings) -> None:
    settings.STYLE_PAGE = True
    answer = Client(raise_request_exception=False).get("/kit/fault/500/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert answer["X-Request-Id"] in page
    assert "没有丢失" in page
    assert "Nothing you saved is lost" in page

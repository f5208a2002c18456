"""Every component in each state, in a real browser: axe finds nothing, nothing scrolls sideways, in all sizes, themes, languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import OpenPage, ready, sideways

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _style_page(settings: Any) -> None:
    settings.STYLE_PAGE = True


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440, 3840])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    open_page: OpenPage,
    axe_findings: Callable[[Page], list[str]],
    take_picture: Callable[[Page, str], None],
    width: int,
    theme: str,
    language: str,
) -> None:
    page = open_page(width=width, theme=theme, language=language)
    page.goto("/kit/")
    ready(page)
    for picker in page.locator("[data-chart]").all():
        picker.scroll_into_view_if_needed()
    page.wait_for_selector("#map-data >> xpath=.. >> svg", state="attached")
    page.evaluate("window.scrollTo(0, 0)")
    take_picture(page, f"kit-{width}-{theme}-{language}")
    assert axe_findings(page) == []
    assert sideways(page) == 0

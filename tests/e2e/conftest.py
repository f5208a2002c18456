"""A real browser for the tests that need one: one browser for the whole session, a fresh page for each test.

    @pytest.mark.browser
    @pytest.mark.django_db(transaction=True)   # the server answers in a thread of its own
    def test_x(open_page, live_server): page = open_page(width=360, theme="dark", language="en"); page.goto(live_server.url + "/")

The browser is Debian's chromium; DUIJIE_CHROMIUM names another.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
MANIFEST = ROOT / "src" / "duijie" / "web" / "static" / "built" / "manifest.json"
SCREENS = {360: 780, 1440: 900, 3840: 2160}
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# A busy machine is slow, not wrong: ms that a page, a click or an expectation may take before a test calls it a failure.
PATIENCE = 120_000
OpenPage = Callable[..., Page]


def chromium_path() -> str:
    """Where the browser is; a clear failure where there is none."""
    found = os.environ.get("DUIJIE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        pytest.fail("no chromium: install it (apt-get install chromium fonts-noto-cjk) or name one in DUIJIE_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    if not MANIFEST.exists():
        pytest.fail("the pages' styles and scripts are not built: npm ci && npm run build")
    launched = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS, timeout=PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield launched
    launched.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """A function that opens an empty page: width in px (with the height that belongs to it), theme, language.

    A script error or a resource refused by the content security policy fails the test.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(
        *, width: int = 1440, height: int | None = None, theme: str = "light", language: str = "zh-hans"
    ) -> Page:
        phone = width < 500
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height or SCREENS.get(width, 900)},
            color_scheme="dark" if theme == "dark" else "light",
            is_mobile=phone,
            has_touch=phone,
            reduced_motion="reduce",
            locale="en-GB" if language == "en" else "zh-CN",
            timezone_id="Asia/Shanghai",
        )
        context.set_default_timeout(PATIENCE)
        context.set_default_navigation_timeout(PATIENCE)
        context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on(
            "console", lambda m: problems.append(m.text) if m.type == "error" and "Content Security" in m.text else None
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def sign_in(live_server: Any) -> Callable[[Page, Any], None]:
    """A function that signs a person in on a page without going through the form: `sign_in(page, user)`."""
    from django.conf import settings
    from django.test import Client

    def signed(page: Page, user: Any) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return signed


def ready(page: Page) -> None:
    """Wait until the kit's scripts have started."""
    page.wait_for_selector("html[data-ready]", state="attached")


@pytest.fixture
def axe_findings() -> Callable[[Page], list[str]]:
    """A function that lists what axe-core finds on a page against WCAG 2.2 A and AA and its best practices, one line each."""
    source = AXE.read_text(encoding="utf-8")
    rules = {
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        "resultTypes": ["violations"],
    }

    def found(page: Page) -> list[str]:
        page.evaluate(source)
        result = page.evaluate(f"axe.run(document, {json.dumps(rules)})")
        return [
            f"{one['id']}: {one['help']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
            for one in result["violations"]
            for node in one["nodes"]
        ]

    return found


@pytest.fixture
def take_picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """A function that keeps a picture of the page in the folder DUIJIE_PICTURES; without that variable it does nothing."""

    def taken(page: Page, name: str) -> None:
        folder = os.environ.get("DUIJIE_PICTURES")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)

    return taken


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen (0: it does not scroll sideways)."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

"""What the kit's scripts do, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import OpenPage, ready

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _style_page(settings: Any) -> None:
    settings.STYLE_PAGE = True


def style(open_page: OpenPage, part: str, **how: Any) -> Page:
    page = open_page(**how)
    page.goto(f"/kit/part/{part}/")
    ready(page)
    return page


# --- drafts ------------------------------------------------------------------------------------------------------------
def test_a_draft_survives_a_reload_with_its_words_and_places(open_page: OpenPage) -> None:
    page = style(open_page, "forms")
    page.fill("#f-problem", "铸件打磨太慢，想换成机器人")
    page.fill("#f-words", "打磨")
    page.press("#f-words", "Enter")
    page.click(".k-switch")
    page.wait_for_timeout(600)  # typing is kept after a short rest
    page.reload()
    ready(page)
    expect(page.get_by_text("已恢复您上次未提交的内容")).to_be_visible()
    expect(page.locator("#f-problem")).to_have_value("铸件打磨太慢，想换成机器人")
    held = page.locator('[data-name="words"] input[type=hidden]').evaluate_all("all => all.map(one => one.value)")
    assert held == ["膜浓缩", "高盐废水", "打磨"]
    expect(page.locator("#f-secret")).not_to_be_checked()


def test_a_discarded_draft_gives_way_to_what_the_server_holds(open_page: OpenPage) -> None:
    page = style(open_page, "forms")
    page.fill("#f-title", "不要了")
    page.wait_for_timeout(600)
    page.reload()
    page.get_by_role("button", name="放弃恢复").click()
    expect(page.locator("#f-title")).to_have_value("")
    page.reload()
    ready(page)
    expect(page.get_by_text("已恢复您上次未提交的内容")).to_have_count(0)


def test_a_draft_is_gone_after_success(open_page: OpenPage) -> None:
    page = style(open_page, "forms")
    page.fill("#f-title", "发布出去")
    page.locator("form[data-draft] .btn-primary").click()
    page.wait_for_url("**/kit/")
    ready(page)
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


def test_a_draft_is_kept_when_the_connection_is_lost_while_sending(open_page: OpenPage) -> None:
    page = style(open_page, "forms")
    page.fill("#f-title", "断网时写的")
    page.route("**/kit/swallow/", lambda route: route.abort("connectionfailed"))
    with page.expect_event("framenavigated", lambda frame: frame.url.startswith("chrome-error:")):
        page.locator("form[data-draft] .btn-primary").click(no_wait_after=True)
    page.goto("/kit/")
    page.goto("/kit/part/forms/")
    ready(page)
    expect(page.locator("#f-title")).to_have_value("断网时写的")


# --- keys --------------------------------------------------------------------------------------------------------------
def test_slash_puts_the_cursor_into_the_search_box(open_page: OpenPage) -> None:
    page = style(open_page, "lists")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("a/b")
    expect(page.locator(".k-bar-search input")).to_have_value("a/b")


def test_slash_opens_the_search_box_of_a_phone(open_page: OpenPage) -> None:
    page = style(open_page, "lists", width=360)
    expect(page.locator(".k-bar-search")).to_be_hidden()
    page.locator("[data-search-open]").click()
    expect(page.locator(".k-bar-search input")).to_be_focused()


def test_j_and_k_walk_through_the_results_and_enter_opens(open_page: OpenPage) -> None:
    page = style(open_page, "lists")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#listing-2"
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**#listing-1")


# --- fields ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "echo"),
    [
        ("12万", "= 120,000 元"),
        ("１２ 万元", "= 120,000 元"),
        ("1.5亿", "= 150,000,000 元"),
        ("300-500万", "= 3,000,000 元 至 5,000,000 元"),
        ("不超过80万", "= 不超过 800,000 元"),
        ("面议", "= 面议"),
        ("三百万", "= 3,000,000 元"),
        ("", ""),
    ],
)
def test_an_amount_is_echoed_while_it_is_typed(open_page: OpenPage, typed: str, echo: str) -> None:
    page = style(open_page, "forms")
    page.fill("#f-budget", typed)
    expect(page.locator("#f-budget-echo")).to_have_text(echo)


def test_a_place_is_found_by_typing_and_taken_by_enter(open_page: OpenPage) -> None:
    page = style(open_page, "forms")
    page.locator("#f-regions").press_sequentially("苏州")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("苏州")
    page.keyboard.press("Enter")
    held = page.locator('[data-name="regions"] input[type=hidden]').evaluate_all("all => all.map(one => one.value)")
    assert held[0] == "330402"
    assert len(held) == 2
    page.keyboard.press("Backspace")
    expect(page.locator('[data-name="regions"] .k-chip')).to_have_count(1)


def test_several_words_at_once_become_chips(open_page: OpenPage) -> None:
    page = style(open_page, "forms")
    page.fill("#f-words", "传感器、机器视觉，")
    expect(page.locator('[data-name="words"] .k-chip')).to_have_count(4)


def test_a_file_of_the_wrong_kind_or_size_does_not_travel(open_page: OpenPage, tmp_path: Path) -> None:
    page = style(open_page, "forms")
    wrong, large, right = tmp_path / "a.exe", tmp_path / "b.csv", tmp_path / "需求.csv"
    wrong.write_text("x")
    large.write_bytes(b"1" * (10 * 1024 * 1024 + 1))
    right.write_text("编号,标题\n")
    page.set_input_files("#f-sheet", wrong)
    expect(page.locator("#f-sheet-problem")).to_contain_text("只接受这些格式")
    page.set_input_files("#f-sheet", large)
    expect(page.locator("#f-sheet-problem")).to_contain_text("最大 10.0 MB")
    page.set_input_files("#f-sheet", right)
    expect(page.locator("#f-sheet-problem")).to_be_hidden()
    expect(page.locator(".k-drop-name")).to_contain_text("需求.csv")


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_field(open_page: OpenPage) -> None:
    page = style(open_page, "forms")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.locator("[data-error-summary] a").first.click()
    assert page.evaluate("document.activeElement.id") == "bad-code"


# --- shell -------------------------------------------------------------------------------------------------------------
def test_the_theme_is_kept(open_page: OpenPage) -> None:
    page = style(open_page, "words")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.locator("summary[aria-label=深浅色]").click()
    page.get_by_role("button", name="深色", exact=True).click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_language_is_switched_and_kept(open_page: OpenPage) -> None:
    page = style(open_page, "words")
    page.locator(".k-bar").get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1).first).to_have_text("Everything there is")
    page.goto("/kit/part/words/")
    assert page.evaluate("document.documentElement.lang") == "en"


def test_a_banner_says_that_the_network_is_away(open_page: OpenPage) -> None:
    page = style(open_page, "words")
    page.context.set_offline(True)
    expect(page.get_by_text("网络已断开")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("网络已恢复")).to_be_visible()


def test_a_dialog_opens_and_closes_by_keyboard_and_a_menu_by_escape(open_page: OpenPage) -> None:
    page = style(open_page, "words")
    page.get_by_role("button", name="打开对话框").press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    menu = page.locator(".k-content details.k-menu").first
    menu.locator("summary").press("Enter")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.className") == "k-menu-item"
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None


def test_the_drawer_of_a_phone_holds_every_stage(open_page: OpenPage) -> None:
    page = style(open_page, "words", width=360)
    page.locator("[data-dialog-open=drawer]").click()
    expect(page.get_by_role("dialog").get_by_role("link", name="指数")).to_be_visible()


# --- records and figures -----------------------------------------------------------------------------------------------
def test_a_ticket_moves_by_keyboard_and_comes_back_when_refused(open_page: OpenPage) -> None:
    page = style(open_page, "records")
    ticket = page.locator('[data-ticket="t1"]')
    ticket.locator('[data-move="1"]').press("Enter")
    expect(page.locator('[data-lane="talk"] [data-ticket="t1"]')).to_have_count(1)
    expect(page.get_by_text("已移到“洽谈”")).to_be_visible()
    page.evaluate("document.querySelector('[data-lane=sign]').dataset.lane = 'refused'")
    with page.expect_response(lambda answer: answer.status == 409):
        ticket.locator('[data-move="1"]').press("Enter")
    expect(page.locator('[data-lane="talk"] [data-ticket="t1"]')).to_have_count(1)


def test_a_chart_gives_its_figures_as_a_table_and_both_to_take_away(open_page: OpenPage) -> None:
    page = style(open_page, "figures")
    figure = page.locator("figure.k-chart", has_text="每月发布与签约")
    expect(figure.locator("svg").first).to_be_visible()
    with page.expect_download() as taken:
        figure.locator('[data-chart-save="csv"]').click()
    lines = Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[:2] == ["项目,需求（条）,签约（条）", "2026-01,120,12"]
    with page.expect_download() as picture:
        figure.locator('[data-chart-save="png"]').click()
    assert Path(picture.value.path()).read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_job_asks_again_until_it_is_over(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/kit/part/states/")
    ready(page)
    page.evaluate("htmx.ajax('GET', '/kit/job/0/', {target: '#job-running', swap: 'outerHTML'})")
    expect(page.locator("#job-sample")).to_contain_text("已完成", timeout=15_000)


def test_the_exact_figure_shows_on_focus(open_page: OpenPage) -> None:
    page = style(open_page, "figures")
    figure = page.locator(".k-stats a.k-figure", has_text="6.55")
    expect(figure.locator(".k-figure-exact")).to_be_hidden()
    figure.focus()
    expect(figure.locator(".k-figure-exact")).to_have_text("655,300,000 元")
    expect(figure.locator(".k-figure-exact")).to_be_visible()

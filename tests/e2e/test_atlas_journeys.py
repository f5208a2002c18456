"""The map in a real browser: layers, the year, the picture, and the way to a record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duijie.atlas.models import ChainLink, IndustryFigure, MapPoint
from tests.e2e.conftest import OpenPage, ready, sideways
from tests.factories import make_alliance, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def region_with_points() -> None:
    park = make_member("南湖园", alliances=[make_alliance()])
    make_member("台州园", region="331000")
    for n in range(3):
        MapPoint.objects.create(
            member=park,
            external_id=f"P{n}",
            kind="toilet",
            name=f"{n}号公厕",
            longitude=120.7 + n / 50,
            latitude=30.7,
            region="330402",
            opened_year=2018 + 3 * n,
        )
    for region, employees in (("330400", 9000), ("331000", 3000)):
        for year in (2020, 2025):
            for industry in ("17", "27"):
                IndustryFigure.objects.create(
                    member=park,
                    region=region,
                    industry=industry,
                    year=year,
                    employees=employees,
                    output_minor=employees * (9 if industry == "17" else 4) * 10_000_000,
                )
    ChainLink.objects.create(member=park, chain="纺织", supplier="17", user="27", need=2.5)


def test_layers_year_and_picture(
    region_with_points: None, open_page: OpenPage, live_server: Any, take_picture: Callable[[Page, str], None]
) -> None:
    page = open_page()
    page.goto(f"{live_server.url}/atlas/")
    page.wait_for_selector("[data-atlas-ready]")
    page.get_by_label("公共厕所").check()
    page.get_by_label("产业集群").check()
    page.get_by_label("集群的行业").select_option("27")
    slider = page.get_by_label("年份", exact=True)
    slider.focus()
    for _ in range(5):
        slider.press("ArrowLeft")
    expect(page.locator("[data-atlas-said-year]")).to_have_text("2021")
    page.get_by_label("点的画法").select_option("heat")
    page.get_by_label("点的画法").select_option("dots")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="保存图片").click()
    assert waiting.value.suggested_filename == "产业地图2021.png"
    take_picture(page, "atlas")
    page.get_by_text("看数字").click()
    page.get_by_role("link", name="南湖园").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("南湖园")


@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    width: int,
    region_with_points: None,
    open_page: OpenPage,
    live_server: Any,
    axe_findings: Callable[[Page], list[str]],
    take_picture: Callable[[Page, str], None],
) -> None:
    page = open_page(width=width)
    for address in (
        "/atlas/",
        "/atlas/tiles/",
        "/atlas/clusters/",
        "/atlas/chains/",
        "/atlas/coverage/",
        "/atlas/points/",
        "/atlas/regions/330402/",
        "/atlas/industries/17/",
    ):
        page.goto(live_server.url + address)
        ready(page)
        assert axe_findings(page) == [], address
        assert sideways(page) == 0, address
        if address == "/atlas/chains/":
            expect(page.get_by_role("table").first).to_contain_text("缺上游")
            take_picture(page, f"atlas-chains-{width}")

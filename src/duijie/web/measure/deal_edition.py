"""An edition of an index of deals: series of both markets, sub-indices, and the deals behind each month."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from duijie.core.access import Viewer
from duijie.core.calendar import parse_period
from duijie.core.language import Label, t
from duijie.measure import queries
from duijie.measure.models import Edition
from duijie.web.kit import Cell, Column, Table
from duijie.web.kit.charts import Chart, Series
from duijie.web.measure.frame import DOWNLOADS, crumb, note_parts, scored, shown

REGIONS = {"whole": Label("全部", "All"), "delta": Label("长三角", "Yangtze Delta")}
MARKET_WORDS = {
    "securities": Label("证券市场", "Securities market"),
    "exchange": Label("产权交易市场", "Property-rights exchange"),
}


def deal_edition_page(request: HttpRequest, viewer: Viewer, edition: Edition) -> HttpResponse:
    """The series as charts and tables; each figure opens the deals of its month or quarter."""
    document = json.loads(edition.content)
    results, method = document["results"], document["method"]
    areas = [key for key, found in results.items() if found is not None]
    area = request.GET.get("area", "whole")
    area = area if area in areas else "whole"
    grain = "quarterly" if request.GET.get("grain") == "quarterly" else "monthly"
    provinces = list(method["regions"].get(area, [])) if area != "whole" else []
    found = results[area][grain]
    title = t(edition.title, edition.title_en or edition.title)
    context = {
        "edition": edition, "title": title, "design": edition.design, "lead": t(edition.design.description, edition.design.description_en or edition.design.description), "area": area, "areas": [(a, REGIONS.get(a, a)) for a in areas], "grain": grain,
        "chart": _lines(found, method), "markets": _markets(found), "composition": _composition(results[area]["quarterly"]),
        "table": _table(found, provinces), "years": _years(results[area]["monthly"]), "note": note_parts(t(edition.note_zh, edition.note_en)), "winsorised": results[area]["winsorised"],
        "last": scored(found["index"][-1]), "last_period": found["periods"][-1], "rolling": scored(found["rolling"][-1]), "base": method["base"],
        "points": shown(float(method["points"])), "editions": list(queries.editions(viewer, slug=edition.design.slug)[:12]), "crumbs": [crumb("indices"), (title, "")],
        "downloads": DOWNLOADS,
    }  # fmt: skip
    return render(request, "measure/edition_deals.html", context)


def _rounded(values: list[float | None]) -> list[float | None]:
    return [None if v is None else round(v, 1) for v in values]


def _lines(found: dict[str, Any], method: dict[str, Any]) -> Chart:
    return Chart(
        "line", t("综合指数", "Composite index"), found["periods"],
        [Series(t("指数", "Index"), _rounded(found["index"])), Series(t("滚动平均", "Rolling mean"), _rounded(found["rolling"]), dashed=True)],
        target=float(method["points"]), target_name=t("基期", "Base"), unit=t("点", "points"),
    )  # fmt: skip


def _markets(found: dict[str, Any]) -> Chart:
    return Chart(
        "line", t("两个市场", "The two markets"), found["periods"],
        [Series(str(word), _rounded(found[market]["index"])) for market, word in MARKET_WORDS.items()], unit=t("点", "points"),
    )  # fmt: skip


def _composition(found: dict[str, Any]) -> Chart:
    part = found["securities"]
    return Chart(
        "line", t("证券市场：数量与平均规模（费雪，构成不变）", "Securities: volume and mean size (Fisher, constant composition)"), found["periods"],
        [Series(t("数量", "Volume"), _rounded(part["volume_index"])), Series(t("平均规模", "Mean size"), _rounded(part["size_index"]))], unit=t("点", "points"),
    )  # fmt: skip


def deals_url(period: str, market: str, provinces: list[str]) -> str:
    """The deals of a period and market."""
    asked = parse_period(period)
    words = {"from": asked.first_day.isoformat(), "to": asked.last_day.isoformat(), "market": market}
    if provinces:
        words["provinces"] = ",".join(provinces)
    return reverse("measure:deals") + "?" + urlencode(words)


def _table(found: dict[str, Any], provinces: list[str]) -> Table:
    columns = [
        Column("period", Label("期间", "Period")), Column("index", Label("综合指数", "Index"), "number"), Column("rolling", Label("滚动平均", "Rolling"), "number"),
        *(Column(f"{m}-{k}", f"{word} {label}", "number") for m, word in MARKET_WORDS.items() for k, label in (("deals", t("笔数", "deals")), ("amount", t("金额（亿元）", "CNY 100 m")), ("index", t("指数", "index")))),
    ]  # fmt: skip
    rows = []
    for at in reversed(range(len(found["periods"]))):
        period = found["periods"][at]
        cells: list[Any] = [period, scored(found["index"][at]), scored(found["rolling"][at])]
        for market in MARKET_WORDS:
            part = found[market]
            cells += [
                Cell(shown(part["deals"][at], 0), deals_url(period, market, provinces)), shown(part["amount"][at] / 1e8, 2), scored(part["index"][at]),
            ]  # fmt: skip
        rows.append(cells)
    return Table(columns, rows, caption=t("各期数值", "Figures by period"), as_cards=False, tight=True)


def _years(found: dict[str, Any]) -> Table:
    """The yearly edition: means of each year, and the rise in points and in per cent."""
    years: dict[str, list[float]] = {}
    for period, value in zip(found["periods"], found["index"], strict=True):
        years.setdefault(period[:4], []).append(value)
    rows, before = [], None
    for year, values in years.items():
        mean = sum(values) / len(values)
        points = f"{mean - before:+.1f}" if before is not None else "—"
        percent = f"{(mean / before - 1) * 100:+.1f}%" if before else "—"
        rows.append([year, scored(mean), points, percent, len(values)])
        before = mean
    columns = [
        Column("year", Label("年度", "Year")), Column("mean", Label("年均", "Mean"), "number"), Column("points", Label("升降（点）", "Change, points"), "number"),
        Column("percent", Label("变化率", "Change, %"), "number"), Column("months", Label("月数", "Months"), "number"),
    ]  # fmt: skip
    return Table(columns, rows, caption=t("年度版", "By year"), tight=True)

"""Charts, a map and figures of the style page."""

from __future__ import annotations

from datetime import date
from typing import Any

from duijie.core.language import t
from duijie.web.kit import Chart, Flow, MapView, Point, Series

_CITIES = {
    "shanghai": (121.47, 31.23), "suzhou": (120.62, 31.30), "hangzhou": (120.16, 30.28), "nanjing": (118.80, 32.06),
    "hefei": (117.23, 31.82), "jiaxing": (120.76, 30.75), "wuhu": (118.38, 31.33), "ningbo": (121.55, 29.88),
}  # fmt: skip


def everything() -> dict[str, Any]:
    """One chart of each kind that leaders look at, the map and a trend."""
    months = [f"2026-{m:02d}" for m in range(1, 11)]
    parks = [t("紫竹", "Zizhu"), t("苏州", "Suzhou"), t("合肥", "Hefei"), t("杭州", "Hangzhou"), t("武汉", "Wuhan")]
    needs = Series(t("需求", "Needs"), [120, 132, 101, 154, 190, 230, 210, 260, 284, 312])
    deals = Series(t("签约", "Signed"), [12, 18, 9, 21, 26, 30, 28, 41, 38, 44])
    as_of = date(2026, 11, 21)
    return {
        "trend": needs.values,
        "line": Chart("line", t("每月发布与签约", "Published and signed each month"), months, [needs, deals],
                      t("条", "records"), as_of=as_of, source=t("联盟秘书处", "Secretariat"), records_url="#records"),
        "hbar": Chart("hbar", t("意向金额前五", "Largest intentions"), parks,
                      [Series(t("意向金额", "Intended"), [342e6, 208e6, 96.5e6, 88e6, 61e6])], t("元", "CNY"), target=1e8,
                      target_name=t("目标", "Target"), as_of=as_of),
        "donut": Chart("donut", t("在架内容", "What is offered"),
                       [t("需求", "Needs"), t("技术", "Technology"), t("专家", "Experts"), t("资金", "Funds")],
                       [Series(t("条数", "Records"), [1280, 8432, 960, 310])], t("条", "records"), height=14),
        "sankey": Chart("sankey", t("从线索到落地", "From lead to project"), unit=t("项", "items"), height=16,
                        links=[(t("匹配", "Matched"), t("感兴趣", "Interested"), 420), (t("匹配", "Matched"), t("未回应", "No answer"), 610),
                               (t("感兴趣", "Interested"), t("会面", "Met"), 180), (t("会面", "Met"), t("签约", "Signed"), 64)]),
        "map_view": _map(as_of),
    }  # fmt: skip


def _map(as_of: date) -> MapView:
    names = {
        "shanghai": t("上海", "Shanghai"), "suzhou": t("苏州", "Suzhou"), "hangzhou": t("杭州", "Hangzhou"), "nanjing": t("南京", "Nanjing"),
        "hefei": t("合肥", "Hefei"), "jiaxing": t("嘉兴", "Jiaxing"), "wuhu": t("芜湖", "Wuhu"), "ningbo": t("宁波", "Ningbo"),
    }  # fmt: skip
    values = {
        "shanghai": 340,
        "suzhou": 260,
        "hangzhou": 220,
        "nanjing": 180,
        "hefei": 160,
        "jiaxing": 70,
        "wuhu": 45,
        "ningbo": 120,
    }
    flows = [
        ("hefei", "shanghai", 64),
        ("jiaxing", "shanghai", 120),
        ("wuhu", "nanjing", 30),
        ("ningbo", "hangzhou", 48),
    ]
    return MapView(
        t("跨地区签约", "Deals between regions"),
        [Point(names[key], *_CITIES[key], values[key]) for key in _CITIES],
        [Flow(f"{names[a]} → {names[b]}", _CITIES[a], _CITIES[b], n) for a, b, n in flows],
        unit=t("项", "deals"),
        as_of=as_of,
        source=t("联盟秘书处", "Secretariat"),
        height=26,
    )

"""The index of deals (mergers and acquisitions): two markets, counts and amounts on a base-period mean, Fisher over bands.

The method is a plain document; with the deals as they stood it gives the same bytes again. Steps, in this order:
giant deals are pulled down to a quantile within their market; monthly counts and amounts; each on the mean of the base periods; the mean
size and the number of deals at constant composition (Fisher over bands of size or industry, by quarter); rolling four quarters; the
composite of both markets with stated weights; the same for the sub-index of a region.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from duijie.core.calendar import PeriodKind, period_of
from duijie.core.errors import Fault
from duijie.engines.composite import canonical
from duijie.engines.composite.numbers.deals import Deals, deal_index, size_bands, winsorised
from duijie.engines.composite.numbers.series import composite, on_base_mean, rolling_mean
from duijie.engines.composite.panel import Floats
from duijie.measure.indices.composite import as_faults

FORMAT = "duijie-deals/1"
FIRST_METHOD: dict[str, Any] = {
    "format": FORMAT,
    "base": "2022",  # a year: its months' (quarters') mean is the base
    "points": 1000,
    "winsorise": 0.99,
    "bands": "size",  # or industry
    "edges": [10_000_000, 100_000_000, 1_000_000_000],  # yuan
    "method": "fisher",
    "weights": {"securities": 0.6, "exchange": 0.4},
    "parts": {"count": 0.5, "amount": 0.5},
    "rolling": 4,
    "regions": {"delta": ["31", "32", "33", "34"]},
}
MARKETS = ("securities", "exchange")
Row = Sequence[Any]  # id, market, day, amount in yuan, industry, region


def check_method(method: Mapping[str, Any]) -> None:
    """Refuse a method that cannot be followed. Raises Fault "deals.method" naming the key."""

    def demand(right: bool, key: str, zh: str, en: str) -> None:
        if not right:
            raise Fault("deals.method", f"{key}：{zh}", f"{key}: {en}", place=key, status=422)

    unknown = set(method) - set(FIRST_METHOD)
    demand(not unknown, next(iter(unknown), ""), "没有这个设置。", "there is no such setting.")
    base = str(method.get("base", ""))
    demand(base.isdigit() and len(base) == 4, "base", "应是一个年份。", "should be a year.")
    points = method.get("points")
    demand(isinstance(points, int | float) and points > 0, "points", "应大于零。", "should be above zero.")
    share = method.get("winsorise")
    demand(
        share is None or (isinstance(share, int | float) and 0.5 <= share <= 1),
        "winsorise",
        "应在 0.5 到 1 之间。",
        "should be between 0.5 and 1.",
    )
    demand(
        method.get("bands") in {"size", "industry"}, "bands", "应是 size 或 industry。", "should be size or industry."
    )
    for key, names in (("weights", set(MARKETS)), ("parts", {"count", "amount"})):
        found = method.get(key)
        values = list(found.values()) if isinstance(found, Mapping) and set(found) == names else []
        right = bool(values) and all(isinstance(v, int | float) and v >= 0 for v in values) and sum(values) > 0
        demand(right, key, "每一项的权重不小于零，且不能全为零。", "weights are zero or more, and not all zero.")
    demand(
        isinstance(method.get("rolling"), int) and 1 <= method["rolling"] <= 12,
        "rolling",
        "应在 1 到 12 之间。",
        "should be between 1 and 12.",
    )


def compute(method: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    """Every series of the index by period, monthly and quarterly, with the number of deals pulled down.

    Raises Fault "deals.method", "deals.none", "index.…" (no deal in the base, a market without deals).
    """
    check_method(method)
    if not rows:
        raise Fault("deals.none", "还没有交易记录。", "There are no deals yet.", status=422)
    found: dict[str, Any] = {"whole": _area(method, rows)}
    for name, provinces in dict(method.get("regions") or {}).items():
        inside = [row for row in rows if str(row[5])[:2] in set(provinces)]
        found[name] = _area(method, inside) if inside else None
    return found


def _area(method: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
    days = [dt.date.fromisoformat(row[2]) for row in rows]
    amounts = np.array([float(row[3]) for row in rows])
    markets = tuple(str(row[1]) for row in rows)
    bands = (
        size_bands(amounts, method["edges"])
        if method["bands"] == "size"
        else tuple(str(row[4])[:1] or "?" for row in rows)
    )
    labels = {"market": markets, "band": bands}
    result: dict[str, Any] = {}
    with as_faults():
        for name, kind in (("monthly", PeriodKind.MONTH), ("quarterly", PeriodKind.QUARTER)):
            deals = Deals(tuple(period_of(day, kind).code for day in days), amounts, labels)
            cut, count = winsorised(deals, float(method["winsorise"] or 1), by="market")
            periods = _periods(min(days), max(days), kind)
            result[name] = _series(method, cut, periods, with_bands=kind is PeriodKind.QUARTER)
            result["winsorised"] = count
    return result


def _periods(first: dt.date, last: dt.date, kind: PeriodKind) -> list[str]:
    at, end, found = period_of(first, kind), period_of(last, kind), []
    while at.last_day <= end.last_day:
        found.append(at.code)
        at = at.shifted(1)
    return found


def _series(method: Mapping[str, Any], deals: Deals, periods: list[str], *, with_bands: bool) -> dict[str, Any]:
    base = [p for p in periods if p.startswith(str(method["base"]))]
    points, parts = float(method["points"]), method["parts"]
    found: dict[str, Any] = {"periods": periods}
    whole: dict[str, Floats] = {}
    for market in MARKETS:
        made = deal_index(
            deals.where("market", market), base, points=points, bands="band" if with_bands else None, method=method["method"],
            chain=with_bands, periods=periods,
        )  # fmt: skip
        joined = (made.count_index * parts["count"] + made.amount_index * parts["amount"]) / (
            parts["count"] + parts["amount"]
        )
        whole[market] = joined
        found[market] = {
            "deals": made.counts, "amount": made.amounts, "count_index": made.count_index, "amount_index": made.amount_index,
            "index": joined, "size_index": made.price_index, "volume_index": made.quantity_index,
        }  # fmt: skip
    together = composite(whole, method["weights"])
    found["index"] = on_base_mean(together, [periods.index(p) for p in base], points)
    found["rolling"] = rolling_mean(
        found["index"], int(method["rolling"]) if with_bands else 3 * int(method["rolling"])
    )
    return found


def content_of(method: Mapping[str, Any], rows: Sequence[Row], name: Mapping[str, str]) -> bytes:
    """Everything an edition keeps: method, deals as they stood, results."""
    return canonical(
        {"format": FORMAT, "name": dict(name), "method": dict(method), "deals": [list(r) for r in rows], "results": compute(method, rows)}
    )  # fmt: skip


def rebuilt(document: Mapping[str, Any]) -> bytes:
    """The same bytes made again from the method and deals inside an edition."""
    return content_of(document["method"], document["deals"], document["name"])

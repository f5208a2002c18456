"""What the workbench shows of an index: the tree, each step's effect on one indicator, ranks before and after, intervals."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from duijie.core.language import Label, t
from duijie.engines.composite import Index, effective_weights
from duijie.engines.composite.analysis.statistics import column_statistics
from duijie.measure.indices import tree
from duijie.measure.indices.words import STEPS
from duijie.web.kit import Column, Table
from duijie.web.kit.charts import Chart, Series
from duijie.web.measure.frame import element_name, four_figures, rows_with_a_score, scored, shown

BINS = 12


def label_of(document: Mapping[str, Any], code: str) -> str:
    """The name of an element of a document."""
    for element in tree.elements(document):
        if str(element["code"]) == code:
            name = element.get("name") or code
            if isinstance(name, Mapping):
                return t(str(name.get("zh") or code), str(name.get("en") or name.get("zh") or code))
            return str(name)
    return code


def tree_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tree from the top, each element with its depth and its share within its parent."""
    children: dict[str, list[dict[str, Any]]] = {}
    for element in tree.elements(document):
        children.setdefault(str(element.get("parent") or ""), []).append(element)
    nodes = set(tree.parent_codes(document))
    rows: list[dict[str, Any]] = []

    def walk(code: str, depth: int) -> None:
        members = children.get(code, [])
        total = sum(float(m.get("weight", 1)) for m in members) or 1
        for element in members:
            own = str(element["code"])
            rows.append(
                {
                    "code": own, "name": label_of(document, own), "depth": depth, "is_node": own in nodes, "parent": element.get("parent") or "",
                    "weight": element.get("weight", 1), "share": f"{100 * float(element.get('weight', 1)) / total:.1f}%" if element.get("parent") else "",
                    "direction": element.get("direction", 1), "unit": element.get("unit", ""), "denominator": element.get("denominator") or "",
                }
            )  # fmt: skip
            if depth < 12:
                walk(own, depth + 1)

    walk("", 0)
    return rows


def posts(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Goalposts and targets of the indicators, for their form."""

    def said(value: Any) -> str:
        return "" if value is None else f"{value:.15g}"

    rows = []
    for element in document.get("indicators", []):
        low, high = element.get("goalposts") or (None, None)
        code = str(element["code"])
        rows.append(
            {"code": code, "name": label_of(document, code), "unit": element.get("unit", ""), "low": said(low), "high": said(high),
             "target": said(element.get("target"))}
        )  # fmt: skip
    return rows


def weight_groups(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Sliders: the children of each node, on a scale of 0 to 100 (or up to the largest weight, where that is more)."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for element in tree.elements(document):
        if element.get("parent"):
            weight = float(element.get("weight", 1))
            row = {
                "code": str(element["code"]),
                "name": label_of(document, str(element["code"])),
                "weight": f"{weight:g}",
            }
            groups.setdefault(str(element["parent"]), []).append(row)
    found = []
    for node in tree.parent_codes(document):
        members = groups.get(node, [])
        if len(members) > 1:
            largest = max(float(m["weight"]) for m in members)
            top = 100 if largest > 5 else 5
            found.append(
                {
                    "code": node,
                    "name": label_of(document, node),
                    "members": members,
                    "max": max(top, int(largest * 1.5)),
                    "step": 1 if top == 100 else 0.1,
                }
            )
    found.sort(key=lambda g: g["code"] != tree.top_of(document))
    return found


def stages(index: Index, code: str) -> list[dict[str, Any]]:
    """Each data set of the chain for one indicator: how its values are spread, and what they say in figures."""
    found = []
    names = ["raw", *(entry.writes for entry in index.log)]
    kinds = {"raw": "", **{entry.writes: entry.kind for entry in index.log}}
    before: Any = None
    for name in names:
        panel = index.panels[name]
        if code not in panel.columns:
            continue
        values = panel.column(code)
        if before is not None and values.shape == before.shape and np.array_equal(values, before, equal_nan=True):
            continue
        before = values
        known = values[~np.isnan(values)]
        title = t("原始数据", "As it came") if name == "raw" else t(*STEPS[kinds[name]])
        found.append(
            {"title": title, "chart": _spread(title, known), "facts": _facts(known, int(np.isnan(values).sum()))}
        )
    return found


def _spread(title: str, values: Any) -> Chart | None:
    if len(values) < 2 or float(np.ptp(values)) == 0:
        return None
    counts, edges = np.histogram(values, bins=BINS)
    words = [shown(float((a + b) / 2), _places(edges)) for a, b in pairwise(edges)]
    return Chart("bar", title, words, [Series(t("个数", "count"), [int(c) for c in counts])], height=11)


def _places(edges: Any) -> int:
    return max(0, min(6, int(np.ceil(-np.log10(float(edges[1] - edges[0]) or 1))) + 1))


def _facts(values: Any, gaps: int) -> list[tuple[str, str]]:
    if not len(values):
        return [(t("缺失", "missing"), str(gaps))]
    facts = [
        (t("最小", "least"), float(values.min())),
        (t("均值", "mean"), float(values.mean())),
        (t("最大", "largest"), float(values.max())),
    ]
    return [(word, four_figures(value)) for word, value in facts] + [(t("缺失", "missing"), str(gaps))]


def statistics(index: Index) -> Table:
    """Statistics of every indicator as it came, with flags."""
    codes = [c for c in index.framework.indicators if c in index.raw.columns]
    columns = [
        Column("name", Label("指标", "Indicator")), Column("missing", Label("有值", "Known"), "number"), Column("mean", Label("均值", "Mean"), "number"),
        Column("low", Label("最小", "Least"), "number"), Column("high", Label("最大", "Largest"), "number"), Column("skew", Label("偏度", "Skew"), "number"),
    ]  # fmt: skip
    rows = []
    for line in column_statistics(index.raw, codes):
        rows.append(
            [
                element_name(index, line.code),
                line.available,
                *(four_figures(value) for value in (line.mean, line.minimum, line.maximum, line.skewness)),
            ]
        )
    return Table(columns, rows, caption=t("各指标概况", "The indicators"), tight=True, as_cards=False)


def moves(before: Index, after: Index) -> Table:
    """Ranks and scores of the last period, before and after a change."""
    period = after.final.period_list()[-1]
    was = {before.final.units[r]: before.ranks()[r] for r in before.final.rows_of(period)}
    ranks, scores, panel = after.ranks(), after.scores(), after.final
    rows = rows_with_a_score(after, period)
    body = []
    for row in rows:
        unit, old = panel.units[row], was.get(panel.units[row], np.nan)
        change = 0 if np.isnan(old) else int(old - ranks[row])
        word = "—" if not change else (f"▲ {change}" if change > 0 else f"▼ {-change}")
        body.append([panel.names.get(unit, unit), int(ranks[row]), word, scored(float(scores[row]))])
    columns = [
        Column("unit", Label("成员", "Member")), Column("rank", Label("名次", "Rank"), "number"), Column("move", Label("升降", "Move"), "number"),
        Column("score", Label("得分", "Score"), "number"),
    ]  # fmt: skip
    return Table(columns, body, caption=t("名次", "Ranks"), tight=True, as_cards=False)


def shares(index: Index) -> Chart:
    """Effective weights of the parts of the result."""
    framework, found = index.framework, effective_weights(index.framework, index.used_weights())
    parts = framework.children[framework.result]
    return Chart(
        "hbar",
        t("各部分占总指数", "Shares of the index"),
        [element_name(index, c) for c in parts],
        [Series(t("占比", "share"), [round(100 * found[c], 1) for c in parts])],
        unit="%",
        height=12,
    )


def results(index: Index) -> dict[str, Any]:
    """The last period's results with all parts, and the course of the first six."""
    panel, scores, ranks, framework = index.final, index.scores(), index.ranks(), index.framework
    period = panel.period_list()[-1]
    parts = [c for c in framework.children[framework.result] if c in panel.columns]
    rows = rows_with_a_score(index, period)
    columns = [
        Column("unit", Label("成员", "Member")), Column("rank", Label("名次", "Rank"), "number"), Column("score", element_name(index, framework.result), "number"),
        *(Column(c, element_name(index, c), "number") for c in parts),
    ]  # fmt: skip
    body = [
        [
            panel.names.get(panel.units[r], panel.units[r]),
            int(ranks[r]),
            scored(float(scores[r])),
            *(scored(float(panel.column(c)[r])) for c in parts),
        ]
        for r in rows
    ]
    chart = Chart(
        "hbar",
        t("{p} 结果", "Results {p}", p=period),
        [panel.names.get(panel.units[r], panel.units[r]) for r in rows],
        [Series(element_name(index, framework.result), [round(float(scores[r]), 2) for r in rows])],
        height=max(14, 1.6 * len(rows)),
    )
    return {
        "table": Table(columns, body, caption=t("结果", "Results"), tight=True, as_cards=False),
        "chart": chart,
        "period": period,
    }


def sensitivity(result: Mapping[str, Any]) -> dict[str, Any]:
    """Intervals of ranks and the indices of each choice, as charts and tables."""
    names = dict(result.get("names") or {})
    header, rows = result["intervals"]["header"], result["intervals"]["rows"]
    at = {name: position for position, name in enumerate(header)}
    columns = [
        Column("unit", Label("成员", "Member")), Column("nominal", Label("名次", "Rank"), "number"), Column("median", Label("中位名次", "Median"), "number"),
        Column("q5", Label("5%", "5 %"), "number"), Column("q95", Label("95%", "95 %"), "number"), Column("first", Label("第一的机会", "First in"), "number"),
    ]  # fmt: skip
    body = [
        [
            names.get(r[at["unit"]], r[at["unit"]]),
            *(shown(r[at[k]], 1) for k in ("nominal", "median", "q5", "q95")),
            f"{100 * r[at['share_first']]:.0f}%",
        ]
        for r in rows
    ]
    words = {
        "weights": t("权重", "weights"),
        "normalisation": t("标准化", "normalisation"),
        "outliers": t("极端值", "outliers"),
        "aggregation": t("加总", "aggregation"),
    }
    found = result["sensitivity"]["rows"]
    chart = Chart(
        "hbar", t("名次变动由哪些选择引起", "Which choices move the ranks"), [words.get(r[0], r[0]) for r in found],
        [Series(t("单独", "alone"), [max(0.0, round(r[1] or 0, 3)) for r in found]), Series(t("连同交互", "with interactions"), [max(0.0, round(r[4] or 0, 3)) for r in found])],
        height=14,
    )  # fmt: skip
    spread = Chart(
        "line", t("名次区间", "Intervals of ranks"), [names.get(r[at["unit"]], r[at["unit"]]) for r in rows],
        [Series(t("名次", "rank"), [r[at["nominal"]] for r in rows]), Series("5%", [r[at["q5"]] for r in rows], dashed=True), Series("95%", [r[at["q95"]] for r in rows], dashed=True)],
    )  # fmt: skip
    return {
        "intervals": Table(columns, body, caption=t("名次区间", "Intervals of ranks"), tight=True, as_cards=False), "indices": chart if found else None,
        "spread": spread, "runs": result["runs"], "ahead": _ahead(result, names),
    }  # fmt: skip


def _ahead(result: Mapping[str, Any], names: Mapping[str, str]) -> Table:
    """How often each of the first eight stays ahead of the next one."""
    header, rows = result["ahead"]["header"], result["ahead"]["rows"]
    order = [r[0] for r in result["intervals"]["rows"]][:9]
    share = {(r[0], unit): r[at] for r in rows for at, unit in enumerate(header) if at}
    body = [
        [names.get(a, a), names.get(b, b), f"{100 * share[a, b]:.0f}%"] for a, b in pairwise(order) if (a, b) in share
    ]
    columns = [
        Column("a", Label("成员", "Member")),
        Column("b", Label("在其之前于", "stays ahead of")),
        Column("share", Label("的机会", "in"), "number"),
    ]
    return Table(columns, body, caption=t("谁稳居谁之前", "Who stays ahead of whom"), tight=True)


def deals_chart(results: Mapping[str, Any]) -> Chart:
    """The composite of an index of deals, by month."""
    found = results["whole"]["monthly"]
    rounded = [None if np.isnan(v) else round(float(v), 1) for v in found["index"]]
    rolling = [None if np.isnan(v) else round(float(v), 1) for v in found["rolling"]]
    return Chart(
        "line",
        t("综合指数", "Composite index"),
        found["periods"],
        [Series(t("指数", "Index"), rounded), Series(t("滚动平均", "Rolling mean"), rolling, dashed=True)],
    )

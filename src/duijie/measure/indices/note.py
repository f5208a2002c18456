"""The method note of an edition, written from its log: what was done to the data, in which order, with which settings."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from duijie.core.models.indicators import plain_figures
from duijie.engines.composite import Index, effective_weights
from duijie.measure.indices.words import METHODS, PARTS, SETTINGS, STEPS


def note_of(index: Index, document: Mapping[str, Any], *, chinese: bool) -> str:
    """Paragraphs in one language, separated by blank lines; a line that begins with "# " is a heading."""
    parts = [
        _heading("数据", "Data", chinese),
        _data(index, chinese),
        _heading("指标体系", "Framework", chinese),
        _framework(index, chinese),
    ]
    parts.append(_heading("编制步骤", "Steps", chinese))
    for number, entry in enumerate(index.log, start=1):
        parts.append(f"{number}. {_step(entry.kind, entry.arguments, entry.report, chinese)}")
    if index.flags:
        parts.append(_heading("需要留意", "Worth a look", chinese))
        parts += [f"· {flag.sentence('zh' if chinese else 'en')}" for flag in index.flags[:20]]
    parts += [_heading("可复算", "Made again", chinese), _seal(index, chinese)]
    return "\n\n".join(parts)


def _heading(zh: str, en: str, chinese: bool) -> str:
    return f"# {zh if chinese else en}"


def _data(index: Index, chinese: bool) -> str:
    panel = index.raw
    units, periods, codes = len(panel.unit_list()), panel.period_list(), len(index.framework.indicators)
    reference = index.reference
    if chinese:
        last = f"，以 {reference} 年为各期共同的尺度" if reference else ""
        return f"{units} 个参评单位，{len(periods)} 个期间（{'、'.join(periods)}），{codes} 项指标{last}。"
    last = f"; {reference} is the measure of all periods" if reference else ""
    return f"{units} units, {len(periods)} periods ({', '.join(periods)}), {codes} indicators{last}."


def _framework(index: Index, chinese: bool) -> str:
    weights = effective_weights(index.framework, index.used_weights())
    lines = []
    for code in index.framework.children[index.framework.result]:
        element = index.framework[code]
        name = element.name if chinese or not element.name_en else element.name_en
        members = index.framework.children.get(code, ())
        share = f"{100 * weights.get(code, 0):.1f}%"
        if chinese:
            lines.append(f"{name or code}（{share}，{len(members)} 项指标）")
        else:
            lines.append(f"{name or code} ({share}, {len(members)} indicators)")
    return ("、" if chinese else "; ").join(lines) + ("。" if chinese else ".")


def _step(kind: str, arguments: Mapping[str, Any], report: Mapping[str, Any], chinese: bool) -> str:
    at = 0 if chinese else 1
    said = STEPS[kind][at]
    method = arguments.get("method")
    if method is not None:
        said += ("：" if chinese else ": ") + METHODS.get(str(method), (str(method), str(method)))[at]
    if kind == "aggregate":
        said += ("：" if chinese else ": ") + _plan(arguments, at)
    shown = [
        f"{SETTINGS[name][at]} {_value(value)}"
        for name, value in arguments.items()
        if name in SETTINGS and value not in (None, {}, [], False, "")
    ]
    if shown:
        said += ("，" if chinese else ", ") + ("，" if chinese else ", ").join(shown)
    told = [
        PARTS[name][at].format(plain_figures(Decimal(f"{value:.4g}") if isinstance(value, float) else Decimal(value)))
        for name, value in report.items()
        if name in PARTS and isinstance(value, int | float)
    ]
    end = "。" if chinese else "."
    return said + end + ("".join(f"{line}。" for line in told) if chinese else "".join(f" {line}." for line in told))


def _plan(arguments: Mapping[str, Any], at: int) -> str:
    found: dict[str, int] = {}
    for node in arguments.get("plan", []):
        found[str(node["method"])] = found.get(str(node["method"]), 0) + 1
    parts = [f"{METHODS.get(m, (m, m))[at]}{(f'（{n} 个节点）', f' ({n} nodes)')[at]}" for m, n in found.items()]
    return ("、", "; ")[at].join(parts)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "、".join(f"{k}={_value(v)}" for k, v in list(value.items())[:12])
    return plain_figures(Decimal(f"{value:g}")) if isinstance(value, float) else str(value)


def _seal(index: Index, chinese: bool) -> str:
    seal = index.raw.digest()[:16]
    if chinese:
        return (
            f"输入数据的指纹以 {seal} 开头。每一步的完整参数和结果都在数据包的日志里，按日志重算得到逐字节相同的结果。"
        )
    return (
        f"The fingerprint of the data begins with {seal}. Every step's complete arguments and result are in the log of the data package; "
        "running the log again gives the same bytes."
    )


def deals_note(method: Mapping[str, Any], results: Mapping[str, Any], count: int, *, chinese: bool) -> str:
    """The method note of an index of deals."""
    weights, parts, whole = method["weights"], method["parts"], results["whole"]
    share = method["winsorise"]
    if chinese:
        return "\n\n".join(
            [
                "# 数据",
                f"共 {count} 笔交易，分证券市场和产权交易市场；按公告日归入月和季。",
                "# 编制步骤",
                f"1. 巨额交易：每个市场中超过 {share} 分位数的金额压到该分位数，共 {whole['winsorised']} 笔。",
                f"2. 以 {method['base']} 年各期的平均数为基期（{method['points']:g} 点），分别编制笔数指数和金额指数。",
                f"3. 构成调整：按{'交易规模' if method['bands'] == 'size' else '行业门类'}分档，逐季链式费雪指数，分出平均规模指数和数量指数；两者之积等于同档总额指数。",
                f"4. 市场指数：笔数 {parts['count']:g}、金额 {parts['amount']:g} 加权；综合指数：证券 {weights['securities']:g}、产权 {weights['exchange']:g} 加权。",
                f"5. 平滑：滚动 {method['rolling']} 个季度（月度为 {3 * method['rolling']} 个月）。",
                f"6. 分区指数：{'、'.join(method.get('regions') or {}) or '无'}，方法相同。",
                "平均升幅用点数，变化率用百分比，两者不混用。",
            ]
        )
    return "\n\n".join(
        [
            "# Data",
            f"{count} deals of the securities market and the property-rights exchange, by the day of announcement.",
            "# Steps",
            f"1. Giant deals: amounts above the quantile {share} of their market are pulled down to it; {whole['winsorised']} of them.",
            f"2. Count and amount indices on the mean of the periods of {method['base']} ({method['points']:g} points).",
            f"3. Composition: bands of {'deal size' if method['bands'] == 'size' else 'industry'}, chained Fisher by quarter, into an index of "
            "mean size and one of volume, whose product is the amount over matched bands.",
            f"4. Market index: counts {parts['count']:g}, amounts {parts['amount']:g}; composite: securities {weights['securities']:g}, "
            f"exchange {weights['exchange']:g}.",
            f"5. Rolling {method['rolling']} quarters (months: {3 * method['rolling']}).",
            f"6. Sub-indices by region, made the same way: {', '.join(method.get('regions') or {}) or 'none'}.",
            "Rises are in points, changes in per cent; the two are not mixed.",
        ]
    )

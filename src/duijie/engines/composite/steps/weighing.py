"""The weighing step: makes a weight set for the aggregating step that follows; the data pass through unchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.methods import weighting
from duijie.engines.composite.methods.components import factor_weights
from duijie.engines.composite.methods.optimising import optimise_weights
from duijie.engines.composite.panel import Floats, Panel
from duijie.engines.composite.settings import Settings
from duijie.engines.composite.steps.state import State, Step

_FROM_DATA: dict[str, Callable[[Floats, str], Floats]] = {
    "entropy": weighting.entropy_weights,
    "variation": weighting.variation_weights,
    "critic": weighting.critic_weights,
    "pca": weighting.component_weights,
}
METHODS = (*_FROM_DATA, "factor", "optimised", "ahp", "budget", "set")


def _read(settings: Settings, state: State) -> dict[str, Any]:
    method = settings.text("method", choices=METHODS)
    arguments: dict[str, Any] = {"method": method, "name": settings.text("name", method)}
    if method in _FROM_DATA or method == "factor":
        arguments["level"] = settings.whole("level", 1, low=1)
        nodes = settings.texts("nodes") or [c for c in state.framework.nodes if _at_level(state, c, arguments["level"])]
        arguments["nodes"] = nodes
        arguments["negative"] = settings.text("negative", "refuse", choices=("refuse", "keep", "zero", "square"))
        if method == "factor":
            arguments["factors"] = None if settings.value("factors", None) is None else settings.whole("factors", low=1)
    elif method == "optimised":
        arguments |= _read_optimised(settings, state)
    elif method == "ahp":
        arguments |= _read_hierarchy(settings, state)
    elif method == "budget":
        arguments |= _read_budget(settings, state)
    else:
        arguments["weights"] = _read_set(settings, state, "weights")
    return arguments


def _at_level(state: State, node: str, level: int) -> bool:
    return any(state.framework.level[child] == level for child in state.framework.children[node])


def _read_set(settings: Settings, state: State, name: str) -> dict[str, float]:
    inner = settings.section(name)
    for code in inner.names():
        if code not in state.framework:
            refuse("code_unknown", inner.place, code=code)
    return {code: inner.number(code, low=0) for code in inner.names()}


def _read_optimised(settings: Settings, state: State) -> dict[str, Any]:
    level = settings.whole("level", 1, low=1)
    target = settings.value("target", "equal")
    if target != "equal":
        target = _read_set(settings, state, "target")
    return {
        "level": level,
        "aim": settings.text("aim", "balance", choices=("balance", "infomax")),
        "target": target,
        "correlation": settings.text("correlation", "pearson", choices=("pearson", "spearman", "kendall")),
        "aggregate": settings.value("aggregate", {}),
        "tolerance": settings.number("tolerance", 1e-8, low=0),
        "evaluations_max": settings.whole("evaluations_max", 5000, low=1),
    }


def _read_hierarchy(settings: Settings, state: State) -> dict[str, Any]:
    matrices: dict[str, list[list[float]]] = {}
    for node, rows in settings.items("judgements"):
        place = f"{settings.place}.judgements.{node}"
        if node not in state.framework or state.framework[node].is_indicator:
            refuse("code_unknown", place, code=node)
        members = state.framework.children[node]
        if (
            not isinstance(rows, (list, tuple))
            or len(rows) != len(members)
            or any(not isinstance(row, (list, tuple)) or len(row) != len(members) for row in rows)
        ):
            refuse("judgements_size", place, count=len(members), members=", ".join(members))
        matrices[node] = [[weighting.parse_judgement(cell, place) for cell in row] for row in rows]
    if not matrices:
        refuse("setting_missing", settings.place, name="judgements")
    return {
        "judgements": matrices,
        "by": settings.text("by", "eigenvector", choices=("eigenvector", "row_means")),
        "consistency_limit": settings.number("consistency_limit", 0.1, low=0),
    }


def _read_budget(settings: Settings, state: State) -> dict[str, Any]:
    experts: dict[str, dict[str, float]] = {}
    for expert, raw in sorted(settings.items("allocations")):
        inner = Settings(raw, f"{settings.place}.allocations.{expert}")
        for code in inner.names():
            if code not in state.framework:
                refuse("code_unknown", inner.place, code=code)
        experts[expert] = {code: inner.number(code) for code in sorted(inner.names())}
    if not experts:
        refuse("setting_missing", settings.place, name="allocations")
    first = next(iter(experts.values()))
    for expert, points in experts.items():
        if set(points) != set(first):
            refuse("budget_codes", f"{settings.place} {expert}")
    centre = settings.text("centre", "mean", choices=("mean", "median"))
    return {"allocations": experts, "budget": settings.number("budget", 100.0), "centre": centre}


def _from_data(panel: Panel, arguments: Mapping[str, Any], state: State, place: str) -> tuple[dict[str, float], Any]:
    rows = panel.rows_of(state.reference) if state.reference is not None else np.arange(panel.size)
    weights: dict[str, float] = {}
    detail: dict[str, Any] = {}
    for node in arguments["nodes"]:
        members = state.framework.children[node]
        where = f"{place} {node}"
        values = panel.block(members)[rows]
        if arguments["method"] == "factor":
            found, loadings = factor_weights(values, arguments["factors"], where)
            detail[node] = {"loadings": loadings.tolist()}
        else:
            found = _FROM_DATA[arguments["method"]](values, where)
        if arguments["negative"] == "square":
            found = found**2 / (found**2).sum()
        if bool((found < 0).any()):
            if arguments["negative"] == "refuse":
                refuse("weight_negative", where, code=members[int(np.argmin(found))], value=float(found.min()))
            found = np.maximum(found, 0) if arguments["negative"] == "zero" else found
        weights |= dict(zip(members, (float(weight) for weight in found), strict=True))
    return weights, detail


def _from_experts(arguments: Mapping[str, Any], state: State, place: str) -> tuple[dict[str, float], Any]:
    if arguments["method"] == "set":
        return dict(arguments["weights"]), {}
    if arguments["method"] == "budget":
        codes = list(next(iter(arguments["allocations"].values())))
        table = {expert: [points[code] for code in codes] for expert, points in arguments["allocations"].items()}
        found, spread = weighting.budget_weights(table, arguments["budget"], place, arguments["centre"])
        return dict(zip(codes, found.tolist(), strict=True)), {"spread": dict(zip(codes, spread.tolist(), strict=True))}
    weights: dict[str, float] = {}
    detail: dict[str, Any] = {}
    for node, rows in arguments["judgements"].items():
        judged = weighting.hierarchy_weights(np.array(rows), f"{place} {node}", arguments["by"])
        if judged.consistency_ratio > arguments["consistency_limit"]:
            ratio, limit = round(judged.consistency_ratio, 4), arguments["consistency_limit"]
            refuse("judgements_inconsistent", f"{place} {node}", ratio=ratio, limit=limit)
        weights |= dict(zip(state.framework.children[node], judged.weights.tolist(), strict=True))
        detail[node] = {"consistency_ratio": judged.consistency_ratio, "largest_eigenvalue": judged.largest_eigenvalue}
    return weights, detail


def _weigh(panel: Panel, arguments: Mapping[str, Any], state: State, place: str) -> tuple[Panel, dict[str, Any]]:
    if arguments["method"] == "optimised":
        weights, detail = optimise_weights(panel, arguments, state, place)
    elif arguments["method"] in ("ahp", "budget", "set"):
        weights, detail = _from_experts(arguments, state, place)
    else:
        weights, detail = _from_data(panel, arguments, state, place)
    state.weight_sets[arguments["name"]] = weights
    return panel, {"weights": weights, "detail": detail}


WEIGH = Step(_read, _weigh, "weighed")

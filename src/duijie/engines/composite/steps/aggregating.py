"""The aggregating step: children into parents, level by level, each node by its own method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.methods.frontier import benefit_of_the_doubt
from duijie.engines.composite.methods.means import MEANS, MeanRefused
from duijie.engines.composite.methods.outranking import borda, copeland, ideal_solution, outranking_matrix
from duijie.engines.composite.panel import Floats, Panel
from duijie.engines.composite.settings import Settings
from duijie.engines.composite.steps.state import State, Step

# Methods that compare the units of one period with one another.
BESIDE = ("copeland", "borda", "topsis", "benefit_of_the_doubt")
METHODS = (*MEANS, *BESIDE)
_KEYS = ("method", "power", "threshold", "share_low", "share_high", "weight_low")


def _read_node(settings: Settings, defaults: Mapping[str, Any]) -> dict[str, Any]:
    method = settings.text("method", defaults["method"], choices=METHODS)
    power = settings.optional_number("power", defaults["power"])
    if method == "generalised" and power is None:
        refuse("setting_missing", settings.place, name="power")
    if method == "generalised" and power == 0:
        refuse("power_zero", settings.place)
    return {
        "method": method,
        "power": power,
        "threshold": settings.number("threshold", defaults["threshold"], low=0, high=1),
        "share_low": settings.number("share_low", defaults["share_low"], low=0, high=1),
        "share_high": settings.number("share_high", defaults["share_high"], low=0, high=1),
        "weight_low": settings.number("weight_low", defaults["weight_low"], low=0),
    }


_DEFAULTS: dict[str, Any] = {
    "method": "arithmetic",
    "power": None,
    "threshold": 0.0,
    "share_low": 0.0,
    "share_high": 1.0,
    "weight_low": 0.0,
}


def _read(settings: Settings, state: State) -> dict[str, Any]:
    general = _read_node(settings, _DEFAULTS)
    weights = settings.text("weights", "framework")
    by_level = _read_by_level(settings, state, general)
    by_node = dict(settings.items("by_node"))
    levels = settings.value("levels", None)
    wanted = None if levels is None else [int(level) for level in settings.numbers("levels")]
    plan: list[dict[str, Any]] = []
    for code in state.framework.nodes:
        level = state.framework.level[code]
        if wanted is not None and level not in wanted:
            continue
        entry = by_level.get(level, general)
        element = state.framework[code]
        if element.method is not None:
            raw = {"method": element.method, "power": element.power}
            entry = _read_node(Settings(raw, f"framework {code}"), entry)
        if code in by_node:
            inner = Settings(by_node.pop(code), f"{settings.place}.by_node.{code}")
            entry = _read_node(inner, entry)
            inner.done()
        plan.append({"code": code, "children": list(state.framework.children[code])} | entry)
    if by_node:
        refuse("code_unknown", f"{settings.place}.by_node", code=next(iter(by_node)))
    if not plan:
        refuse("nothing_to_aggregate", settings.place)
    return {"weights": weights, "plan": plan}


def _read_by_level(settings: Settings, state: State, general: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for key, raw in settings.items("by_level"):
        if not key.isdigit() or not 2 <= int(key) <= state.framework.height:
            refuse("level_too_high", f"{settings.place}.by_level", level=key, height=state.framework.height)
        inner = Settings({"method": raw} if isinstance(raw, str) else raw, f"{settings.place}.by_level.{key}")
        found[int(key)] = _read_node(inner, general)
        inner.done()
    return found


def aggregate_node(children: Sequence[Floats], weights: Sequence[Any], entry: Mapping[str, Any], place: str) -> Floats:
    """One node by a mean. Children are (..., rows); weights are numbers or arrays that broadcast against them."""
    shape = np.broadcast_shapes(*(child.shape for child in children))
    values = np.stack([np.broadcast_to(child, shape) for child in children], axis=-1)
    if any(np.ndim(weight) for weight in weights):
        rows = max(np.size(weight) for weight in weights)
        stacked = np.stack([np.broadcast_to(np.asarray(weight, dtype=float), rows) for weight in weights], axis=-1)
        stacked = stacked[:, None, :]
    else:
        stacked = np.array(weights, dtype=float)
    if bool((stacked.sum(axis=-1) <= 0).any()):
        refuse("weights_sum_to_zero", f"{place} {entry['code']}", members=", ".join(entry["children"]))
    known = (~np.isnan(values)).sum(axis=-1)
    # A row without any child is a gap, not a fault of the mean.
    empty = (known == 0) | (known / len(children) < entry["threshold"])
    with np.errstate(all="ignore"):
        found = MEANS[entry["method"]](values, stacked, entry["power"])
    return np.where(empty, np.nan, found)


def _beside(block: Floats, weights: Floats, entry: Mapping[str, Any], place: str) -> Floats:
    """One node by a method that compares the units of a period, (units, children); rows below the threshold are left out."""
    known = (~np.isnan(block)).sum(axis=1)
    keep = (known > 0) & (known / block.shape[1] >= entry["threshold"])
    found = np.full(len(block), np.nan)
    if entry["method"] == "benefit_of_the_doubt":
        bounds = {name: entry[name] for name in ("share_low", "share_high", "weight_low")}
        found[keep] = benefit_of_the_doubt(block[keep], place, **bounds)[0]
    elif entry["method"] == "topsis":
        if bool(np.isnan(block[keep]).any()):
            refuse("frontier_gap", place)
        found[keep] = ideal_solution(block[keep], weights)
    elif entry["method"] == "copeland":
        found[keep] = copeland(outranking_matrix(block[keep], weights))
    else:
        found[keep] = borda(block[keep], weights)
    return found


def aggregate(panel: Panel, plan: Sequence[Mapping[str, Any]], weights: Mapping[str, float], place: str) -> Panel:
    """Run a plan on a panel: every node becomes a column."""
    columns = {code: panel.values[:, at] for at, code in enumerate(panel.columns)}
    fresh: list[str] = []
    for entry in plan:
        children, code = list(entry["children"]), str(entry["code"])
        for child in children:
            if child not in columns:
                refuse("child_missing", f"{place} {code}", child=child)
        if entry["method"] in BESIDE:
            block = np.stack([columns[child] for child in children], axis=-1)
            own = np.array([weights[child] for child in children])
            if own.sum() <= 0:
                refuse("weights_sum_to_zero", f"{place} {code}", members=", ".join(children))
            found = np.full(panel.size, np.nan)
            for period, rows in panel.period_rows().items():
                found[rows] = _beside(block[rows], own, entry, f"{place} {code} {period}".rstrip())
            columns[code] = found
        else:
            try:
                columns[code] = aggregate_node(
                    [columns[child] for child in children], [weights[child] for child in children], entry, place
                )
            except MeanRefused as fault:
                child = children[fault.at[-1]] if len(fault.at) > 1 else None
                refuse(fault.code, f"{place} {code} {panel.place(fault.at[0], child)}", **fault.values)
        fresh.append(code)
    return panel.with_block(fresh, np.stack([columns[code] for code in fresh], axis=-1))


def _aggregate(panel: Panel, arguments: Mapping[str, Any], state: State, place: str) -> tuple[Panel, dict[str, Any]]:
    weights = state.weights(arguments["weights"], place)
    found = aggregate(panel, arguments["plan"], weights, place)
    used = {child: weights[child] for entry in arguments["plan"] for child in entry["children"]}
    return found, {"nodes": len(arguments["plan"]), "weights": used}


AGGREGATE = Step(_read, _aggregate, "aggregated")

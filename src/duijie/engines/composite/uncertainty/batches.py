"""Thousands of weight sets through the tree at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.methods.means import MeanRefused
from duijie.engines.composite.panel import Floats, Panel
from duijie.engines.composite.steps.aggregating import BESIDE, aggregate, aggregate_node

_CELLS_AT_ONCE = 4_000_000


def aggregate_batch(
    panel: Panel,
    plan: Sequence[Mapping[str, Any]],
    base: Mapping[str, float],
    weights: Sequence[Mapping[str, float]],
    result: str,
    place: str,
) -> Floats:
    """(runs, rows) of the result: all weight sets through the tree together, in portions that fit the memory."""
    if any(entry["method"] in BESIDE for entry in plan):
        return np.array([aggregate(panel, plan, {**base, **own}, place).column(result) for own in weights])
    varied = {code for own in weights for code in own}
    widest = max(len(entry["children"]) for entry in plan)
    portion = max(1, _CELLS_AT_ONCE // max(1, panel.size * widest))
    parts = [
        _portion(panel, plan, base, weights[start : start + portion], varied, result, place)
        for start in range(0, len(weights), portion)
    ]
    return np.vstack(parts)


def _portion(
    panel: Panel,
    plan: Sequence[Mapping[str, Any]],
    base: Mapping[str, float],
    weights: Sequence[Mapping[str, float]],
    varied: set[str],
    result: str,
    place: str,
) -> Floats:
    own: dict[str, Any] = dict(base)
    for code in varied:
        column = np.array([one.get(code, base[code]) for one in weights])
        own[code] = float(column[0]) if bool((column == column[0]).all()) else column
    columns: dict[str, Floats] = {code: panel.values[:, at] for at, code in enumerate(panel.columns)}
    for entry in plan:
        children = list(entry["children"])
        try:
            columns[entry["code"]] = aggregate_node(
                [columns[child] for child in children], [own[child] for child in children], entry, place
            )
        except MeanRefused as fault:
            where = f"{place} {entry['code']} {panel.place(fault.at[-2], children[fault.at[-1]])}"
            refuse(fault.code, where, **fault.values)
    return np.broadcast_to(columns[result], (len(weights), panel.size))

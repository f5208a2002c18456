"""Weights sought so that the result answers to its parts as wished: equal influence, or most information kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from duijie.engines.composite.analysis.correlation import correlation
from duijie.engines.composite.errors import refuse
from duijie.engines.composite.methods.weighting import nelder_mead
from duijie.engines.composite.panel import Floats, Panel
from duijie.engines.composite.settings import Settings
from duijie.engines.composite.steps.aggregating import AGGREGATE, aggregate
from duijie.engines.composite.steps.state import State


def optimise_weights(
    panel: Panel, arguments: Mapping[str, Any], state: State, place: str
) -> tuple[dict[str, float], dict[str, Any]]:
    """Weights of one level by Nelder and Mead.

    "balance": correlations of the level's elements with the result are in the proportions of `target` (Becker, Saisana, Paruolo,
    Vandecasteele 2017); "infomax": their sum is as large as can be.

    Raises:
        CompositeError: the search did not settle.
    """
    settings = Settings(arguments["aggregate"], f"{place}.aggregate")
    plan = AGGREGATE.read(settings, state)
    settings.done()
    stated = state.weights(plan["weights"], place)
    codes = state.framework.at_level(arguments["level"])
    aim = arguments["aim"]
    target = np.ones(len(codes))
    if arguments["target"] != "equal":
        told = arguments["target"]
        for code in codes:
            if code not in told:
                refuse("setting_missing", f"{place}.target", name=code)
        for code in told:
            if code not in codes:
                refuse("target_of_another_level", f"{place}.target", code=code, level=arguments["level"])
        target = np.array([told[code] for code in codes])
    if target.sum() <= 0:
        refuse("weights_sum_to_zero", place, members=", ".join(codes))
    target = target / target.sum()
    rows = panel.rows_of(state.reference) if state.reference is not None else np.arange(panel.size)
    chosen = panel.with_rows(np.isin(np.arange(panel.size), rows))

    def influence(weights: Floats) -> Floats:
        own = stated | dict(zip(codes, (weights / weights.sum()).tolist(), strict=True))
        built = aggregate(chosen, plan["plan"], own, place)
        result = built.column(state.framework.result)
        return np.array([correlation(built.column(code), result, arguments["correlation"])[0] for code in codes])

    def loss(weights: Floats) -> float:
        if bool((weights < 0).any()) or weights.sum() <= 0:
            return float("inf")
        found = influence(weights)
        if aim == "infomax":
            return -float(found.sum())
        return float(np.log(((target - found / found.sum()) ** 2).mean() + 1e-300))

    start = target if aim == "balance" else np.array([stated[code] for code in codes])
    best, value, used, settled = nelder_mead(loss, start, arguments["tolerance"], arguments["evaluations_max"])
    if not settled:
        refuse("search_unsettled", place, evaluations=used)
    weights = best / best.sum()
    found = influence(weights)
    detail = {
        "objective": value,
        "evaluations": used,
        "correlations": dict(zip(codes, found.tolist(), strict=True)),
        "target": dict(zip(codes, target.tolist(), strict=True)) if aim == "balance" else None,
    }
    return dict(zip(codes, weights.tolist(), strict=True)), detail

"""The treating step: outliers, in two stages, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.methods.moments import shapes
from duijie.engines.composite.methods.outliers import TRANSFORMS, Limits, treat
from duijie.engines.composite.panel import Panel, scopes
from duijie.engines.composite.settings import Settings
from duijie.engines.composite.steps.state import OVER, State, Step, columns_of, read_columns


def _read_limits(settings: Settings, defaults: Mapping[str, Any]) -> dict[str, Any]:
    points = settings.value("winsorise_max", defaults["winsorise_max"])
    return {
        "skewness": settings.number("skewness", defaults["skewness"], low=0),
        "kurtosis": settings.number("kurtosis", defaults["kurtosis"]),
        "winsorise": settings.flag("winsorise", defaults["winsorise"]),
        "winsorise_max": None if points is None else settings.whole("winsorise_max", defaults["winsorise_max"], low=0),
        "force": settings.flag("force", defaults["force"]),
        "then": settings.text("then", defaults["then"], choices=TRANSFORMS),
        "box_cox_power": settings.optional_number("box_cox_power", defaults["box_cox_power"]),
        "combine": settings.flag("combine", defaults["combine"]),
        "percentiles": _read_percentiles(settings, defaults["percentiles"]),
    }


def _read_percentiles(settings: Settings, default: list[float] | None) -> list[float] | None:
    if settings.value("percentiles", default) is None:
        return None
    low, high = settings.numbers("percentiles", default, length=2)
    if not 0 <= low < high <= 100:
        refuse("bounds_reversed", settings.place, name="percentiles", low=low, high=high)
    return [low, high]


DEFAULTS: dict[str, Any] = {
    "skewness": 2.0,
    "kurtosis": 3.5,
    "winsorise": True,
    "winsorise_max": 5,
    "force": False,
    "then": "log_shifted",
    "box_cox_power": None,
    "combine": False,
    "percentiles": None,
}


def _read(settings: Settings, state: State) -> dict[str, Any]:
    arguments: dict[str, Any] = read_columns(settings, state)
    arguments |= _read_limits(settings, DEFAULTS)
    arguments["over"] = settings.text("over", state.default_over(), choices=OVER)
    each: dict[str, Any] = {}
    for code, entry in settings.items("each"):
        if code not in state.framework:
            refuse("code_unknown", f"{settings.place}.each", code=code)
        if entry == "none":
            each[code] = "none"
            continue
        inner = Settings(entry, f"{settings.place}.each.{code}")
        each[code] = _read_limits(inner, arguments)
        inner.done()
    arguments["each"] = each
    return arguments


def _limits(arguments: Mapping[str, Any]) -> Limits:
    return Limits(
        arguments["skewness"],
        arguments["kurtosis"],
        arguments["winsorise"],
        arguments["winsorise_max"],
        arguments["force"],
        arguments["then"],
        arguments["box_cox_power"],
        arguments["combine"],
        None if arguments["percentiles"] is None else (arguments["percentiles"][0], arguments["percentiles"][1]),
    )


def _treat(panel: Panel, arguments: Mapping[str, Any], state: State, place: str) -> tuple[Panel, dict[str, Any]]:
    codes = columns_of(arguments, panel, state)
    block = panel.block(codes)
    found = block.copy()
    report: dict[str, Any] = {}
    for scope in scopes(panel, arguments["over"], state.reference, place):
        skews, kurts = shapes(block[scope.fitted_on])
        # Column after column: each stands in one piece of memory.
        fitted = np.ascontiguousarray(block[scope.fitted_on].T)
        same = scope.fitted_on is scope.applied_to
        applied = fitted if same else np.ascontiguousarray(block[scope.applied_to].T)
        treated = applied.copy()
        for at, code in enumerate(codes):
            own = arguments["each"].get(code, arguments)
            if own == "none":
                continue
            where = f"{place} {code}" + (f" / {scope.label}" if scope.label else "")
            column = fitted[at]
            if bool(np.isnan(column).all()):
                refuse("all_missing", where)
            treatment = treat(column, _limits(own), where, (float(skews[at]), float(kurts[at])))
            if treatment.recipe.kind != "none":
                treated[at] = treatment.recipe.apply(applied[at], where)
            report[f"{code} / {scope.label}" if scope.label else code] = treatment.report()
        found[scope.applied_to] = treated.T
    return panel.with_block(codes, found), {"columns": report}


TREAT = Step(_read, _treat, "treated")

"""The imputing step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.methods import imputation
from duijie.engines.composite.panel import Floats, Panel, period_position
from duijie.engines.composite.settings import Settings
from duijie.engines.composite.steps.state import State, Step, columns_of, read_columns

COLUMN_METHODS = ("mean", "median", "group_mean", "group_median", "row_mean", "row_median", "value")
PANEL_METHODS = ("latest", "constant", "linear", "linear_constant")


def _read(settings: Settings, state: State) -> dict[str, Any]:
    arguments: dict[str, Any] = read_columns(settings, state)
    method = settings.text("method", choices=COLUMN_METHODS + PANEL_METHODS)
    arguments["method"] = method
    if method.startswith("group"):
        arguments["group"] = settings.text("group")
    if method.startswith("row"):
        arguments["within_level"] = settings.whole("within_level", 2, low=2)
    if method == "value":
        arguments["value"] = settings.number("value")
    if method == "latest":
        arguments["max_back"] = None if settings.value("max_back", None) is None else settings.whole("max_back", low=1)
    if method in COLUMN_METHODS:
        arguments["over"] = settings.text("over", "period", choices=("period", "all"))
    arguments["complete"] = settings.flag("complete", False)
    return arguments


def _within_rows(
    panel: Panel, block: Floats, codes: tuple[str, ...], arguments: Mapping[str, Any], state: State
) -> Floats:
    centre = "mean" if arguments["method"].endswith("mean") else "median"
    families: dict[str, list[int]] = {}
    for at, code in enumerate(codes):
        families.setdefault(state.framework.ancestor(code, arguments["within_level"]) or "", []).append(at)
    for members in families.values():
        signs = np.array([state.framework[codes[at]].direction for at in members], dtype=float)
        block[:, members] = imputation.fill_rows(block[:, members], signs, centre)
    return block


def _fill(panel: Panel, rows: np.ndarray, codes: tuple[str, ...], arguments: Mapping[str, Any], state: State) -> Floats:
    method = arguments["method"]
    block = panel.block(codes)[rows]
    if method in ("mean", "median"):
        return imputation.fill_columns(block, method)
    if method.startswith("group"):
        labels = panel.group(arguments["group"])
        centre = "mean" if method.endswith("mean") else "median"
        return imputation.fill_by_group(block, [labels[row] for row in rows], centre)
    if method == "value":
        return np.where(np.isnan(block), arguments["value"], block)
    return _within_rows(panel, block, codes, arguments, state)


def _fill_panel(panel: Panel, codes: tuple[str, ...], arguments: Mapping[str, Any], place: str) -> Floats:
    periods = panel.period_list()
    if len(periods) < 2:
        refuse("one_period", place)
    cube, units, _, flat = panel.cube(codes)
    positions = np.array([period_position(period, place) for period in periods])
    method = arguments["method"]
    if method == "latest":
        filled = imputation.latest(cube, arguments["max_back"])
    elif method == "constant":
        filled = imputation.constant(cube)
    else:
        filled, lone = imputation.linear(cube, positions, "constant" if method == "linear_constant" else "refuse")
        if method == "linear" and lone.any():
            unit, column = np.argwhere(lone)[0]
            refuse("line_of_one_point", f"{place} {units[unit]} / {codes[column]}")
    found: Floats = filled.reshape(-1, len(codes))[flat]
    return found


def _impute(panel: Panel, arguments: Mapping[str, Any], state: State, place: str) -> tuple[Panel, dict[str, Any]]:
    codes = columns_of(arguments, panel, state)
    before = panel.block(codes)
    if arguments["method"] in PANEL_METHODS:
        after = _fill_panel(panel, codes, arguments, place)
    elif arguments["over"] == "all":
        after = _fill(panel, np.arange(panel.size), codes, arguments, state)
    else:
        after = before.copy()
        for rows in panel.period_rows().values():
            after[rows] = _fill(panel, rows, codes, arguments, state)
    left = np.argwhere(np.isnan(after))
    if arguments["complete"] and len(left):
        row, column = left[0]
        refuse("gap_left", f"{place} {panel.place(int(row), codes[column])}", count=len(left))
    filled = np.isnan(before) & ~np.isnan(after)
    cells = [panel.place(int(row), codes[column]) for row, column in np.argwhere(filled)[:1000]]
    report = {"filled": int(filled.sum()), "left": len(left), "cells": cells}
    return panel.with_block(codes, after), report


IMPUTE = Step(_read, _impute, "imputed")

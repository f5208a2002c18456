"""Steps on what goes in: derived columns, denominators, screening of units."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from duijie.engines.composite.errors import refusal, refuse
from duijie.engines.composite.formula import Formula
from duijie.engines.composite.panel import Panel
from duijie.engines.composite.settings import Settings
from duijie.engines.composite.steps.state import State, Step, columns_of, read_columns


def _read_derive(settings: Settings, state: State) -> dict[str, Any]:
    formulas = {code: str(text) for code, text in settings.items("formulas")}
    if not formulas:
        refuse("setting_missing", settings.place, name="formulas")
    parsed = {code: Formula(text, f"{settings.place} {code}") for code, text in formulas.items()}
    # A column may replace itself; every other mention must be worked out first, whatever the order of writing.
    needs = {code: set(formula.names) & set(parsed) - {code} for code, formula in sorted(parsed.items())}
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as fault:
        raise refusal("loop", settings.place, path=" → ".join(fault.args[1])) from fault
    return {"formulas": [[code, formulas[code]] for code in order]}


def _derive(panel: Panel, arguments: Mapping[str, Any], state: State, place: str) -> tuple[Panel, dict[str, Any]]:
    for code, text in arguments["formulas"]:
        formula = Formula(text, f"{place} {code}")
        values = formula.evaluate({name: panel.column(name) for name in formula.names})
        panel = panel.with_block([code], np.broadcast_to(values, panel.size)[:, None])
    return panel, {"columns": [code for code, _ in arguments["formulas"]]}


def _read_denominate(settings: Settings, state: State) -> dict[str, Any]:
    stated = {
        element.code: {"by": element.denominator, "scale": element.denominator_scale}
        for element in state.framework.elements
        if element.denominator is not None
    }
    by: dict[str, Any] = {}
    for code, entry in settings.items("by"):
        inner = Settings({"by": entry} if isinstance(entry, str) else entry, f"{settings.place}.by.{code}")
        by[code] = {"by": inner.text("by"), "scale": inner.number("scale", 1.0)}
        inner.done()
    chosen = by or stated
    if not chosen:
        refuse("no_denominators", settings.place)
    return {"by": chosen}


def _denominate(panel: Panel, arguments: Mapping[str, Any], state: State, place: str) -> tuple[Panel, dict[str, Any]]:
    codes = list(arguments["by"])
    numerators = panel.block(codes)
    denominators = panel.block([entry["by"] for entry in arguments["by"].values()])
    wrong = np.argwhere((denominators == 0) & ~np.isnan(numerators))
    if len(wrong):
        row, column = wrong[0]
        denominator = arguments["by"][codes[column]]["by"]
        refuse("denominator_zero", f"{place} {panel.place(int(row), codes[column])}", denominator=denominator)
    scales = np.array([entry["scale"] for entry in arguments["by"].values()])
    with np.errstate(divide="ignore", invalid="ignore"):
        divided = numerators / (denominators / scales)
    lost = int((np.isnan(divided) & ~np.isnan(numerators)).sum())
    return panel.with_block(codes, divided), {"columns": len(codes), "lost_for_want_of_denominator": lost}


def _read_screen(settings: Settings, state: State) -> dict[str, Any]:
    arguments: dict[str, Any] = read_columns(settings, state)
    arguments["availability"] = settings.number("availability", 2 / 3, low=0, high=1)
    arguments["non_zero"] = settings.number("non_zero", 0.0, low=0, high=1)
    arguments["group_availability"] = settings.number("group_availability", 0.0, low=0, high=1)
    arguments["group_level"] = settings.whole("group_level", 2, low=2)
    arguments["by"] = settings.text("by", "row", choices=("row", "unit"))
    arguments["include"] = settings.texts("include")
    arguments["exclude"] = settings.texts("exclude")
    return arguments


def availability(panel: Panel, codes: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per row: number missing, number of zeros, share available; share non-zero follows from them."""
    block = panel.block(codes)
    missing = np.isnan(block).sum(axis=1)
    zeros = (block == 0).sum(axis=1)
    return missing, zeros, 1 - missing / len(codes)


def _screen(panel: Panel, arguments: Mapping[str, Any], state: State, place: str) -> tuple[Panel, dict[str, Any]]:
    codes = columns_of(arguments, panel, state)
    missing, zeros, available = availability(panel, codes)
    known = len(codes) - missing
    non_zero = np.divide(known - zeros, known, out=np.zeros(panel.size), where=known > 0)
    units = np.array(panel.units)
    if arguments["by"] == "unit":
        for unit in panel.unit_list():
            rows = units == unit
            available[rows], non_zero[rows] = available[rows].mean(), non_zero[rows].mean()
    keep = (available >= arguments["availability"]) & (non_zero >= arguments["non_zero"])
    if arguments["group_availability"] > 0:
        for node in state.framework.at_level(arguments["group_level"]):
            leaves = tuple(code for code in state.framework.leaves(node) if code in codes)
            if leaves:
                keep &= availability(panel, leaves)[2] >= arguments["group_availability"]
    for name, wanted in (("include", True), ("exclude", False)):
        for unit in arguments[name]:
            if unit not in panel.units:
                refuse("unit_missing", f"{place}.{name}", unit=unit)
            keep[units == unit] = wanted
    if not keep.any():
        refuse("all_screened_out", place)
    removed = [panel.place(int(row)) for row in np.flatnonzero(~keep)]
    return panel.with_rows(keep), {"kept": int(keep.sum()), "removed": removed}


DERIVE = Step(_read_derive, _derive, "derived")
DENOMINATE = Step(_read_denominate, _denominate, "denominated")
SCREEN = Step(_read_screen, _screen, "screened")

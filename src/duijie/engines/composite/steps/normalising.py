"""The normalising step, and the small adjustments of scores (clip, rescale, round)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.framework import Element
from duijie.engines.composite.methods.normalisers import NORMALISERS, WITHIN_ROWS, Columns, normalise
from duijie.engines.composite.panel import Floats, Panel, Scope, scopes
from duijie.engines.composite.settings import Settings
from duijie.engines.composite.steps.state import OVER, State, Step, columns_of, read_columns

METHODS = (*NORMALISERS, "ratio_to_base")
_SCALED_BY_HUNDRED = {"min_max", "goalposts", "log_goalposts"}
_BETWEEN = {*_SCALED_BY_HUNDRED, "scaled", "centred"}
_OF_ONE = {"percentile_rank", "percentile", "normal_percentile"}
_WITH_SCALE = {
    "ratio_to_mean",
    "ratio_to_worst",
    "difference_to_mean",
    "difference_to_worst",
    "share",
    "fraction_of_best",
}


def _read_method(settings: Settings, method: str, inherited: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of one method; what an indicator of its own does not say it takes from the step (`inherited`)."""
    arguments: dict[str, Any] = {"method": method}
    if method in _BETWEEN:
        centred = method == "centred"
        arguments["lower"] = settings.number("lower", inherited.get("lower", 70.0 if centred else 0.0))
        arguments["upper"] = settings.number("upper", inherited.get("upper", 130.0 if centred else 100.0))
        if arguments["lower"] == arguments["upper"]:
            refuse(
                "bounds_reversed", settings.place, name="lower, upper", low=arguments["lower"], high=arguments["upper"]
            )
    if method in ("goalposts", "log_goalposts", "scaled"):
        arguments |= _read_posts(settings, inherited.get("truncate", method != "scaled"))
    if method == "z_score":
        arguments["mean"] = settings.number("mean", inherited.get("mean", 0.0))
        arguments["sd"] = settings.number("sd", inherited.get("sd", 1.0), low=1e-12)
        arguments["population"] = settings.flag("population", inherited.get("population", False))
    if method.startswith("distance") or method in _WITH_SCALE or method in _OF_ONE:
        arguments["scale"] = settings.number("scale", inherited.get("scale", 1.0))
    if method in ("distance_to_reference", "distance_to_target"):
        arguments["cap"] = settings.flag("cap", inherited.get("cap", False))
    if method == "distance_to_reference":
        arguments["unit"] = settings.text("unit", *([inherited["unit"]] if "unit" in inherited else []))
    if method == "distance_to_target":
        arguments["target"] = settings.optional_number("target")
    if method in WITHIN_ROWS:
        arguments["ties"] = settings.text(
            "ties", inherited.get("ties", "min"), choices=("min", "max", "average", "dense")
        )
    if method == "above_below_mean":
        arguments["margin"] = settings.number("margin", inherited.get("margin", 0.2), low=0)
    if method == "categories":
        arguments |= _read_categories(settings)
    if method == "ratio_to_base":
        arguments["base"] = settings.text("base", *([inherited["base"]] if "base" in inherited else []))
        arguments["scale"] = settings.number("scale", inherited.get("scale", 100.0))
        arguments["of"] = settings.text("of", inherited.get("of", "own"), choices=("own", "mean"))
    clip = settings.value("clip", inherited.get("clip"))
    arguments["clip"] = None if clip is None else settings.numbers("clip", clip, length=2)
    return arguments


def _read_posts(settings: Settings, truncate: bool) -> dict[str, Any]:
    """Goalposts given here, or as percentiles of the measure; else each indicator's own."""
    arguments: dict[str, Any] = {"low": settings.optional_number("low"), "high": settings.optional_number("high")}
    for name in ("low_percentile", "high_percentile"):
        share = settings.value(name, None)
        arguments[name] = None if share is None else settings.number(name, low=0, high=100)
    arguments["truncate"] = settings.flag("truncate", truncate)
    return arguments


def _read_categories(settings: Settings) -> dict[str, Any]:
    edges, marks = settings.numbers("edges"), settings.numbers("marks")
    if len(marks) != len(edges) + 1:
        refuse("categories_count", settings.place, marks=len(marks), edges=len(edges))
    by = settings.text("by", "percentile", choices=("percentile", "value"))
    for low, high in pairwise(edges):
        if not low < high:
            refuse("bounds_reversed", settings.place, name="edges", low=low, high=high)
    if by == "percentile" and edges and not 0 <= edges[0] <= edges[-1] <= 100:
        refuse("setting_out_of_range", settings.place, name="edges", found=edges, low=0, high=100)
    return {"by": by, "edges": edges, "marks": marks}


def _read(settings: Settings, state: State) -> dict[str, Any]:
    arguments: dict[str, Any] = read_columns(settings, state)
    arguments |= _read_method(settings, settings.text("method", "min_max", choices=METHODS), {})
    default = "period" if arguments["method"] in WITHIN_ROWS else state.default_over()
    arguments["over"] = settings.text("over", default, choices=OVER)
    each: dict[str, Any] = {}
    for code, entry in settings.items("each"):
        if code not in state.framework:
            refuse("code_unknown", f"{settings.place}.each", code=code)
        inner = Settings(entry, f"{settings.place}.each.{code}")
        each[code] = _read_method(inner, inner.text("method", arguments["method"], choices=METHODS), arguments)
        inner.done()
    arguments["each"] = each
    return arguments


def _element(state: State, code: str) -> Element:
    return state.framework[code] if code in state.framework else Element(code)


def _reference_row(panel: Panel, scope: Scope, unit: str, place: str) -> int:
    rows = [at for at, row in enumerate(scope.fitted_on) if panel.units[row] == unit]
    if len(rows) != 1:
        refuse("reference_unit_missing" if not rows else "reference_unit_many", place)
    return rows[0]


def _ratio_to_base(panel: Panel, codes: list[str], state: State, arguments: Mapping[str, Any], place: str) -> Floats:
    """Each row against the same unit's value in the base period, or against the units' mean of that period."""
    rows = panel.rows_of(arguments["base"])
    block = panel.block(codes)
    empty = np.isnan(block[rows]).all(axis=0)
    if empty.any():
        refuse("all_missing", f"{place} {codes[int(np.argmax(empty))]} / {arguments['base']}")
    if arguments["of"] == "mean":
        base = np.broadcast_to(np.nanmean(block[rows], axis=0), block.shape)
    else:
        own = {panel.units[row]: block[row] for row in rows}
        base = np.array([own.get(unit, np.full(len(codes), np.nan)) for unit in panel.units])
    signs = np.array([_element(state, code).direction for code in codes])
    wrong = np.argwhere((base <= 0) | ((block <= 0) & (signs < 0)))
    if len(wrong):
        row, column = wrong[0]
        refuse("ratio_not_positive", f"{place} {panel.place(int(row), codes[column])}", value=float(base[row, column]))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(signs > 0, block / base, base / block)
    return np.asarray(share * arguments["scale"], dtype=float)


def _normalise(panel: Panel, arguments: Mapping[str, Any], state: State, place: str) -> tuple[Panel, dict[str, Any]]:
    codes = columns_of(arguments, panel, state)
    together: dict[str, list[str]] = {}
    for code in codes:
        together.setdefault(code if code in arguments["each"] else "", []).append(code)
    found = panel.block(codes)
    at = {code: position for position, code in enumerate(codes)}
    for members in together.values():
        own = arguments["each"].get(members[0], arguments)
        positions = [at[code] for code in members]
        block = _one_method(panel, members, own, arguments["over"], state, place)
        found[:, positions] = block if own["clip"] is None else np.clip(block, *own["clip"])
    with np.errstate(all="ignore"):
        low, high = np.nanmin(found), np.nanmax(found)
    return panel.with_block(codes, found), {"columns": len(codes), "lowest": float(low), "highest": float(high)}


def _one_method(panel: Panel, codes: list[str], own: Mapping[str, Any], over: str, state: State, place: str) -> Floats:
    if own["method"] == "ratio_to_base":
        return _ratio_to_base(panel, codes, state, own, place)
    if own["method"] in WITHIN_ROWS and over == "reference":
        refuse("rank_on_reference", place, method=own["method"])
    block = panel.block(codes)
    found = np.full_like(block, np.nan)
    elements = tuple(_element(state, code) for code in codes)
    for scope in scopes(panel, over, state.reference, place):
        where = f"{place} {scope.label}".rstrip()
        row = _reference_row(panel, scope, own["unit"], where) if "unit" in own else None
        centre = None
        if own["method"] == "centred":
            at_centre = panel.rows_of(state.reference) if state.reference is not None else scope.fitted_on
            centre = np.nanmean(np.where(np.isnan(block[at_centre]).all(axis=0), 0.0, block[at_centre]), axis=0)
            centre = np.where(np.isnan(block[at_centre]).all(axis=0), np.nan, centre)
        columns = Columns(block[scope.fitted_on], block[scope.applied_to], elements, own, where, row, centre)
        found[scope.applied_to] = normalise(columns, own["method"])
    return found


def _read_adjust(settings: Settings, state: State) -> dict[str, Any]:
    arguments: dict[str, Any] = read_columns(settings, state)
    arguments["multiply"] = settings.number("multiply", 1.0)
    arguments["add"] = settings.number("add", 0.0)
    clip = settings.value("clip", None)
    arguments["clip"] = None if clip is None else settings.numbers("clip", length=2)
    digits = settings.value("round", None)
    arguments["round"] = None if digits is None else settings.whole("round", low=0, high=15)
    return arguments


def _adjust(panel: Panel, arguments: Mapping[str, Any], state: State, place: str) -> tuple[Panel, dict[str, Any]]:
    codes = columns_of(arguments, panel, state)
    block = panel.block(codes) * arguments["multiply"] + arguments["add"]
    if arguments["clip"] is not None:
        block = np.clip(block, *arguments["clip"])
    if arguments["round"] is not None:
        block = np.round(block, arguments["round"])
    return panel.with_block(codes, block), {"columns": len(codes)}


NORMALISE = Step(_read, _normalise, "normalised")
ADJUST = Step(_read_adjust, _adjust, "adjusted")

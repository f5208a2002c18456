"""Where a change comes from: contributions of every part to the difference of two results, summing to it exactly.

A node's change is split by secant slopes: for a power mean y = f⁻¹(Σ w f(x)) the slope of child c is
[y]/[Σ w f] · w · [f]/[x], where [·] is the difference between the two ends (the derivative where they meet). This is the
logarithmic mean Divisia decomposition for the geometric mean and plain weight times change for the arithmetic one. A child
that is missing at one end stands at its node's own value, which is what leaving it out of a mean amounts to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from duijie.engines.composite.build import Index
from duijie.engines.composite.errors import refusal, refuse
from duijie.engines.composite.panel import Floats
from duijie.engines.composite.results import Table
from duijie.engines.composite.steps.aggregating import BESIDE

_NEAR = 1e-9


@dataclass(frozen=True)
class Contribution:
    """One part: its value at both ends (NaN where missing), and what its change adds to the result."""

    code: str
    before: float
    after: float
    contribution: float


@dataclass(frozen=True)
class Decomposition:
    """A change and its parts: `leaves` sum to `change`, and so do the parts of every node."""

    before: float
    after: float
    leaves: tuple[Contribution, ...]
    nodes: tuple[Contribution, ...]

    @property
    def change(self) -> float:
        """The change of the result."""
        return self.after - self.before


def decompose_change(index: Index, unit: str, start: str, end: str) -> Decomposition:
    """Contributions to a unit's change between two periods.

    Raises:
        CompositeError: no such row, no result at one end, or an aggregation that compares units with one another.
    """
    return _decompose(index, _row(index, unit, start), _row(index, unit, end))


def decompose_gap(index: Index, unit: str, other: str, period: str) -> Decomposition:
    """Contributions to the lead of `unit` over `other` in one period."""
    return _decompose(index, _row(index, other, period), _row(index, unit, period))


def can_decompose(index: Index) -> bool:
    """Whether the last aggregation up to the result is made of methods whose change can be split."""
    methods = [entry for entry in index.log if entry.kind == "aggregate"]
    if not methods:
        return False
    plan = methods[-1].arguments["plan"]
    return any(node["code"] == index.framework.result for node in plan) and all(
        node["method"] not in BESIDE and (node["method"] not in _ORDERED or len(node["children"]) <= 12)
        for node in plan
    )


def contributions_table(index: Index, start: str, end: str) -> Table:
    """Every unit with a result in both periods: its change, and what each part contributed."""
    panel = index.panels[index.aggregation().writes]
    ends = [{panel.units[row]: row for row in panel.rows_of(period)} for period in (start, end)]
    column = panel.column(index.framework.result)
    units = [unit for unit in ends[1] if unit in ends[0] and not np.isnan(column[[ends[0][unit], ends[1][unit]]]).any()]
    parts = [decompose_change(index, unit, start, end) for unit in units]
    codes = list(dict.fromkeys(leaf.code for part in parts for leaf in part.leaves))
    rows = []
    for unit, part in zip(units, parts, strict=True):
        found = {leaf.code: leaf.contribution for leaf in part.leaves}
        rows.append((unit, start, end, part.before, part.after, part.change, *(found.get(code) for code in codes)))
    return Table(("unit", "from", "to", "before", "after", "change", *codes), tuple(rows))


def _row(index: Index, unit: str, period: str) -> int:
    panel = index.panels[index.aggregation().writes]
    for row in panel.rows_of(period):
        if panel.units[row] == unit:
            return int(row)
    raise refusal("unit_missing", period, unit=unit)


def _decompose(index: Index, first: int, second: int) -> Decomposition:
    entry = index.aggregation()
    panel, weights = index.panels[entry.writes], index.used_weights()
    plan = {str(node["code"]): node for node in entry.arguments["plan"]}
    result = index.framework.result
    if result not in plan:
        refuse("result_missing", "result", code=result)
    ends = {
        code: (float(panel.values[first, at]), float(panel.values[second, at])) for at, code in enumerate(panel.columns)
    }
    if any(np.isnan(ends[result])):
        refuse("no_result_at_end", panel.place(first if np.isnan(ends[result][0]) else second))
    leaves: list[Contribution] = []
    nodes: list[Contribution] = []

    def descend(code: str, slope: float, own: tuple[float, float]) -> None:
        before, after = ends[code]
        line = Contribution(code, before, after, slope * (own[1] - own[0]))
        if code not in plan or np.isnan(before) or np.isnan(after):
            leaves.append(line)
            return
        nodes.append(line)
        members = list(plan[code]["children"])
        fill = (0.0, 0.0) if plan[code]["method"] == "sum" else own
        filled = [tuple(f if np.isnan(e) else e for e, f in zip(ends[m], fill, strict=True)) for m in members]
        start, end = (np.array([pair[side] for pair in filled]) for side in (0, 1))
        slopes = _slopes(plan[code], start, end, np.array([weights[member] for member in members]), own)
        for member, part, pair in zip(members, slopes, filled, strict=True):
            descend(member, slope * float(part), (float(pair[0]), float(pair[1])))

    descend(result, 1.0, ends[result])
    return Decomposition(ends[result][0], ends[result][1], tuple(leaves), tuple(nodes))


def _secant(
    function: Callable[[Floats], Floats], slope: Callable[[Floats], Floats], start: Floats, end: Floats
) -> Floats:
    """(f(end) - f(start)) / (end - start), the derivative half way where the ends all but meet."""
    gap = end - start
    near = np.abs(gap) <= _NEAR * np.maximum(np.abs(start), np.abs(end))
    with np.errstate(all="ignore"):
        found: Floats = np.where(
            near, slope((start + end) / 2), (function(end) - function(start)) / np.where(near, 1, gap)
        )
    return found


def _power_slopes(power: float, start: Floats, end: Floats, shares: Floats) -> Floats:
    if power == 1:
        return shares
    function: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    back_slope: Callable[[Floats], Floats]
    if power == 0:
        function, slope, back, back_slope = np.log, lambda x: 1 / x, np.exp, np.exp
    else:
        function, slope = lambda x: x**power, lambda x: power * x ** (power - 1)
        back, back_slope = lambda g: g ** (1 / power), lambda g: g ** (1 / power - 1) / power
    inner = shares * _secant(function, slope, start, end)
    low = np.array([(shares * function(start)).sum()])
    high = np.array([(shares * function(end)).sum()])
    return inner * _secant(back, back_slope, low, high)[0]


def _mazziotta_slopes(sign: float, start: Floats, end: Floats, shares: Floats) -> Floats:
    """M ± (Q - M²)/M with Q the mean square: 2M - Q/M or Q/M, Q/M split by the product rule."""
    mean_start, mean_end = float((shares * start).sum()), float((shares * end).sum())
    square_start, square_end = float((shares * start**2).sum()), float((shares * end**2).sum())
    ratio = shares * (start + end) * 0.5 * (1 / mean_start + 1 / mean_end)
    ratio = ratio - 0.5 * (square_start + square_end) * shares / (mean_start * mean_end)
    return ratio if sign > 0 else 2 * shares - ratio


def _shapley_slopes(function: Callable[[Floats], float], start: Floats, end: Floats) -> Floats:
    """Average effect of moving each child over all orders of moving them, over the child's own change."""
    count = len(start)
    if count > 12:
        refuse("shapley_too_many", "decomposition", count=count)
    effects = np.zeros(count)
    for child in range(count):
        others = [other for other in range(count) if other != child]
        for size in range(count):
            share = 1 / (count * comb(count - 1, size))
            for moved in combinations(others, size):
                mixed = start.copy()
                mixed[list(moved)] = end[list(moved)]
                without = function(mixed)
                mixed[child] = end[child]
                effects[child] += share * (function(mixed) - without)
    gap = end - start
    return np.divide(effects, gap, out=np.zeros(count), where=gap != 0)


_ORDERED: Mapping[str, Callable[[Floats], float]] = {
    "minimum": lambda values: float(values.min()),
    "maximum": lambda values: float(values.max()),
    "median": lambda values: float(np.median(values)),
}


def _slopes(node: Mapping[str, Any], start: Floats, end: Floats, weights: Floats, own: Sequence[float]) -> Floats:
    method, shares = node["method"], weights / weights.sum()
    powers = {"arithmetic": 1.0, "geometric": 0.0, "harmonic": -1.0}
    if method == "sum":
        return weights
    if method in powers or method == "generalised":
        return _power_slopes(powers.get(method, node["power"]), start, end, shares)
    if method.startswith("mazziotta_pareto"):
        return _mazziotta_slopes(1.0 if method.endswith("plus") else -1.0, start, end, shares)
    if method in _ORDERED:
        return _shapley_slopes(_ORDERED[method], start, end)
    raise refusal("not_decomposable", f"decomposition {node['code']}", method=method)

"""What a reader asks of a finished index: tables, ranks within groups, a unit's profile, strengths and weaknesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from duijie.engines.composite.build import Index
from duijie.engines.composite.errors import refusal
from duijie.engines.composite.framework import Framework
from duijie.engines.composite.methods.moments import ranks_descending
from duijie.engines.composite.panel import Floats, Panel, Rows


@dataclass(frozen=True)
class Table:
    """A table for people: a header and rows, gaps as None."""

    header: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    def column(self, name: str) -> list[object]:
        """One column's cells."""
        at = self.header.index(name)
        return [row[at] for row in self.rows]


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def latest_period(panel: Panel, period: str | None = None) -> str:
    """The period asked for, else the last."""
    return panel.period_list()[-1] if period is None else period


def rows_in_order(index: Index, period: str | None) -> Rows:
    """Rows of `final` by period, then score from the best, units without a score last (ties by code)."""
    scores, panel = index.scores() * index.sign, index.final
    periods = panel.period_list() if period is None else [period]
    order: list[int] = []
    for label in periods:
        rows = panel.rows_of(label)
        order += sorted(
            rows.tolist(), key=lambda row: (np.isnan(scores[row]), -np.nan_to_num(scores[row]), panel.units[row])
        )
    return np.array(order, dtype=np.intp)


def result_codes(framework: Framework, panel: Panel, *, indicators: bool = False) -> list[str]:
    """The result first, then nodes from the top down, then indicators if wanted."""
    nodes = [code for code in reversed(framework.nodes) if code in panel.columns and code != framework.result]
    by_level = sorted(nodes, key=lambda code: -framework.level[code])
    order = {element.code: at for at, element in enumerate(framework.elements)}
    by_level.sort(key=lambda code: (-framework.level[code], order[code]))
    leaves = [code for code in framework.indicators if code in panel.columns] if indicators else []
    return [framework.result, *by_level, *leaves]


def results_table(
    index: Index, *, period: str | None = None, indicators: bool = False, digits: int | None = None
) -> Table:
    """Unit, name, period, rank, score, and the scores of the nodes (and indicators), best unit first."""
    panel, ranks = index.final, index.ranks()
    codes = result_codes(index.framework, panel, indicators=indicators)
    block = panel.block(codes)
    rows: list[tuple[object, ...]] = []
    for row in rows_in_order(index, period):
        values = [_cell(value if digits is None else round(float(value), digits)) for value in block[row]]
        rank = None if np.isnan(ranks[row]) else int(ranks[row])
        unit = panel.units[row]
        rows.append((unit, panel.names.get(unit, ""), panel.periods[row], rank, *values))
    return Table(("unit", "name", "period", "rank", *codes), tuple(rows))


def ranks_table(index: Index, *, period: str | None = None, group: str | None = None) -> Table:
    """Ranks of every node, within the period, or within each label of a grouping column as well."""
    panel = index.final
    codes = result_codes(index.framework, panel)
    found = element_ranks(panel, codes, group)
    labels = panel.group(group) if group is not None else None
    order = rows_in_order(index, period)
    if labels is not None:
        order = np.array(sorted(order, key=lambda row: labels[row] or ""), dtype=np.intp)
    rows: list[tuple[object, ...]] = []
    for row in order:
        ranks = [None if np.isnan(rank) else int(rank) for rank in found[row]]
        extra = () if labels is None else (labels[row],)
        rows.append((panel.units[row], panel.names.get(panel.units[row], ""), panel.periods[row], *extra, *ranks))
    return Table(("unit", "name", "period", *(() if group is None else (group,)), *codes), tuple(rows))


def element_ranks(panel: Panel, codes: Sequence[str], group: str | None = None) -> Floats:
    """(rows, codes): rank of each value among the rows of its period (and group), 1 for the highest."""
    block = panel.block(codes)
    found = np.full(block.shape, np.nan)
    labels = np.array([label or "" for label in panel.group(group)]) if group is not None else None
    for rows in panel.period_rows().values():
        parts = [rows] if labels is None else [rows[labels[rows] == label] for label in dict.fromkeys(labels[rows])]
        for part in parts:
            found[part] = ranks_descending(block[part], axis=0)
    return found


def effective_weights(framework: Framework, weights: Mapping[str, float]) -> dict[str, float]:
    """Each element's share of the top: its share within its parent times the parent's own effective weight."""
    found: dict[str, float] = {}
    for code in reversed(framework.nodes):
        found.setdefault(code, 1.0)
        members = framework.children[code]
        total = sum(weights[member] for member in members)
        for member in members:
            found[member] = found[code] * weights[member] / total
    return {element.code: found[element.code] for element in framework.elements if element.code in found}


@dataclass(frozen=True)
class ProfileLine:
    """One element of a unit's profile. `share` is the element's part of the result where all means are arithmetic, else None."""

    code: str
    level: int
    score: float
    rank: int | None
    count: int
    share: float | None


@dataclass(frozen=True)
class Standing:
    """One strength or weakness: the indicator, the unit's rank on it, its value as it came."""

    code: str
    parent: str | None
    rank: int
    value: float


@dataclass(frozen=True)
class Profile:
    """One unit in one period."""

    unit: str
    period: str
    lines: tuple[ProfileLine, ...]
    strengths: tuple[Standing, ...]
    weaknesses: tuple[Standing, ...]
    peers: tuple[str, ...]


def _row_of(panel: Panel, unit: str, period: str) -> int:
    for row in panel.rows_of(period):
        if panel.units[row] == unit:
            return int(row)
    raise refusal("unit_missing", period, unit=unit)


def unit_profile(
    index: Index, unit: str, *, period: str | None = None, top: int = 5, peers: int = 3, group: str | None = None
) -> Profile:
    """A unit's scores and ranks on every element, its best and worst indicators, and the units nearest to it in score.

    With `group` the peers are of the same label in that grouping column.
    """
    panel, framework = index.final, index.framework
    label = latest_period(panel, period)
    row = _row_of(panel, unit, label)
    codes = result_codes(framework, panel, indicators=True)
    ranks = element_ranks(panel, codes)[row]
    block = panel.block(codes)
    rows = panel.rows_of(label)
    shares = effective_weights(framework, index.used_weights())
    linear = all(entry["method"] == "arithmetic" for entry in index.aggregation().arguments["plan"])
    lines = []
    for at, code in enumerate(codes):
        score = float(block[row, at])
        rank = None if np.isnan(ranks[at]) else int(ranks[at])
        level = framework.level.get(code, framework.height)
        share = score * shares[code] if linear and code in shares and not np.isnan(score) else None
        lines.append(ProfileLine(code, level, score, rank, int((~np.isnan(block[rows, at])).sum()), share))
    strengths, weaknesses = strengths_and_weaknesses(index, unit, period=label, top=top)
    scores = index.scores()
    labels = panel.group(group) if group is not None else ("",) * panel.size
    others = [o for o in rows if o != row and not np.isnan(scores[o]) and labels[o] == labels[row]]
    nearest = sorted(others, key=lambda other: (abs(scores[other] - scores[row]), panel.units[other]))[:peers]
    return Profile(unit, label, tuple(lines), strengths, weaknesses, tuple(panel.units[other] for other in nearest))


def strengths_and_weaknesses(
    index: Index,
    unit: str,
    *,
    dataset: str = "raw",
    period: str | None = None,
    top: int = 5,
    distinct_share: float | None = None,
    drop_shared_last: bool = True,
) -> tuple[tuple[Standing, ...], tuple[Standing, ...]]:
    """The indicators on which a unit ranks best and worst among the units of its period.

    Args:
        distinct_share: leave out indicators whose distinct values are at most this share of the units (yes/no indicators).
        drop_shared_last: leave out an indicator where the unit is last, as ties at the bottom often mean "no data of note".
    """
    panel, framework = index.dataset(dataset), index.framework
    label = latest_period(panel, period)
    rows, row = panel.rows_of(label), _row_of(panel, unit, label)
    standings: list[Standing] = []
    # Before normalising, a low value of a "lower is better" indicator is the good one.
    flip = dataset not in {entry.writes for entry in index.log if entry.kind in ("normalise", "aggregate", "adjust")}
    for code in (code for code in framework.indicators if code in panel.columns):
        values = panel.column(code)[rows]
        own = panel.column(code)[row]
        if np.isnan(own):
            continue
        if distinct_share is not None and len(np.unique(values)) / len(values) <= distinct_share:
            continue
        ranks = ranks_descending(values * (framework[code].direction if flip else 1))
        rank = int(ranks[int(np.flatnonzero(rows == row)[0])])
        if drop_shared_last and rank == int(np.nanmax(ranks)):
            continue
        standings.append(Standing(code, framework[code].parent, rank, float(own)))
    ordered = sorted(standings, key=lambda standing: standing.rank)
    return tuple(ordered[:top]), tuple(ordered[-top:])

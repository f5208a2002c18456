"""An uncertainty analysis as tables and plain data."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from duijie.engines.composite.results import Table
from duijie.engines.composite.uncertainty.replications import Uncertainty


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def intervals_table(found: Uncertainty) -> Table:
    """Units by nominal rank with mean, median and the 5 to 95 per cent interval of their ranks, and how often they lead."""
    statistics = found.rank_statistics()
    first, tenth = found.top(1), found.top(10)
    order = np.argsort(np.nan_to_num(found.nominal_ranks, nan=np.inf), kind="stable")
    rows = tuple(
        (
            found.units[at],
            _cell(found.nominal_scores[at]),
            *(_cell(statistics[name][at]) for name in ("nominal", "mean", "median", "q5", "q95")),
            float(first[at]),
            float(tenth[at]),
        )
        for at in order
    )
    return Table(("unit", "score", "nominal", "mean", "median", "q5", "q95", "share_first", "share_top_10"), rows)


def sensitivity_table(found: Uncertainty) -> Table:
    """First-order and total indices of each input with their intervals; only for the design "sobol". No rows where the ranks are steady."""
    header = ("input", "first_order", "first_q5", "first_q95", "total", "total_q5", "total_q95")
    if found.steady:
        return Table(header, ())
    indices = found.sensitivity()
    columns = (
        indices.first,
        indices.first_low,
        indices.first_high,
        indices.total,
        indices.total_low,
        indices.total_high,
    )
    rows = tuple((name, *(_cell(column[at]) for column in columns)) for at, name in enumerate(indices.names))
    return Table(header, rows)


def parameters_table(found: Uncertainty) -> Table:
    """One row per replication: its number, every parameter, the mean shift of ranks, and every unit's score."""
    names, shift = found.plan.names, found.rank_shift()
    rows = tuple(
        (
            run + 1,
            *(_plain(parameters[name]) for name in names),
            float(shift[run]),
            *(_cell(score) for score in found.scores[run]),
        )
        for run, parameters in enumerate(found.parameters)
    )
    return Table(("replication", *names, "mean_rank_shift", *found.units), rows)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float)) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def drawn_table(found: Uncertainty) -> Table:
    """The weight sets that the numbers of "noise" inputs point to: input, set, element, weight."""
    rows = [
        (name, number + 1, code, weight)
        for name, sets in found.drawn.items()
        for number, one in enumerate(sets)
        if isinstance(one, dict)
        for code, weight in one.items()
    ]
    return Table(("input", "set", "code", "weight"), tuple(rows))


def ahead_table(found: Uncertainty) -> Table:
    """Share of replications in which the row's unit is ahead of the column's."""
    matrix = found.ahead()
    rows = tuple((unit, *(float(share) for share in matrix[at])) for at, unit in enumerate(found.units))
    return Table(("unit", *found.units), rows)


def uncertainty_tables(found: Uncertainty) -> dict[str, Table]:
    """Every table by its name; sheets with more rows than Excel holds are cut by the caller."""
    tables = {"intervals": intervals_table(found)}
    if found.plan.design == "sobol":
        tables["sensitivity"] = sensitivity_table(found)
    tables |= {"ahead": ahead_table(found), "replications": parameters_table(found)}
    drawn = drawn_table(found)
    return tables | ({"drawn weights": drawn} if drawn.rows else {})


def uncertainty_document(found: Uncertainty) -> dict[str, Any]:
    """Every table as plain data, with the period and the number of runs."""
    tables = {
        name: {"header": list(t.header), "rows": [list(row) for row in t.rows]}
        for name, t in uncertainty_tables(found).items()
    }
    steady = {"steady": True} if found.plan.design == "sobol" and found.steady else {}
    return {"period": found.period, "runs": found.runs, **steady, **tables}

"""What each part is worth: leave one out at a time and see how far the ranks move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from duijie.engines.composite.build import Index
from duijie.engines.composite.methods.moments import ranks_descending
from duijie.engines.composite.panel import Floats
from duijie.engines.composite.results import latest_period
from duijie.engines.composite.steps.aggregating import aggregate


@dataclass(frozen=True)
class Removal:
    """Scores and ranks without each element, (elements, units), beside the nominal ones."""

    period: str
    units: tuple[str, ...]
    elements: tuple[str, ...]
    nominal_ranks: Floats
    scores: Floats
    ranks: Floats

    def mean_shift(self) -> dict[str, float]:
        """Mean absolute change of rank when each element is left out."""
        shifts = np.nanmean(np.abs(self.ranks - self.nominal_ranks), axis=1)
        return dict(zip(self.elements, shifts.tolist(), strict=True))


def remove_elements(index: Index, level: int, *, period: str | None = None) -> Removal:
    """Leave out each element of a level in turn, the weights of its siblings taking its place.

    A node left without any weighted child is left out of its own parent in turn.
    """
    entry = index.aggregation()
    framework, weights = index.framework, index.used_weights()
    label = latest_period(index.final, period)
    source = index.panels[entry.reads]
    rows = source.rows_of(label)
    chosen = source.with_rows(np.isin(np.arange(source.size), rows))
    elements = framework.at_level(level)
    nominal = aggregate(chosen, entry.arguments["plan"], weights, entry.place).column(framework.result)
    scores = []
    for element in elements:
        without, gone = dict(weights), element
        plan = list(entry.arguments["plan"])
        while True:
            without[gone] = 0.0
            parent = framework[gone].parent
            if parent is None or sum(without[child] for child in framework.children[parent]) > 0:
                break
            plan = [node for node in plan if node["code"] != parent]
            gone = parent
        missing = [
            c for n in plan for c in n["children"] if c not in chosen.columns and c not in {p["code"] for p in plan}
        ]
        ready = chosen.with_block(missing, np.full((chosen.size, len(missing)), np.nan)) if missing else chosen
        scores.append(aggregate(ready, plan, without, entry.place).column(framework.result))
    table, sign = np.array(scores), index.sign
    ranks = ranks_descending(table * sign, axis=1)
    return Removal(label, chosen.units, elements, ranks_descending(nominal * sign), table, ranks)

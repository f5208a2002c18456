"""What if: other values, other weights, other settings, and what it does to scores and ranks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from duijie.engines.composite.analysis.comparison import Comparison, compare
from duijie.engines.composite.build import Index, build
from duijie.engines.composite.errors import refuse
from duijie.engines.composite.framework import assemble
from duijie.engines.composite.panel import Panel
from duijie.engines.composite.specification import Specification, read_steps
from duijie.engines.composite.uncertainty.replications import change_step, copied_step


@dataclass(frozen=True)
class WhatIf:
    """The index before and after, and the comparison of the two."""

    before: Index
    after: Index
    comparison: Comparison


def what_if(
    specification: Specification,
    panel: Panel,
    *,
    values: Mapping[tuple[str, str, str], float] | None = None,
    weights: Mapping[str, float] | None = None,
    settings: Mapping[str, Any] | None = None,
    period: str | None = None,
) -> WhatIf:
    """Build the index twice, as it is and with changes.

    Args:
        values: new raw values by (unit, period, indicator).
        weights: new stated weights by code.
        settings: new settings by path, as uncertain inputs name them: "normalise.method", "treat.winsorise_max".
        period: the period compared, by default the last.

    Raises:
        CompositeError: an unknown unit, period, code or path, or whatever the changed chain refuses.
    """
    changed = panel
    if values:
        block = panel.values.copy()
        for (unit, label, code), value in values.items():
            rows = [row for row in panel.rows_of(label) if panel.units[row] == unit]
            if not rows:
                refuse("unit_missing", label, unit=unit)
            block[rows[0], panel.at(code)] = value
        changed = replace(panel, values=block)
    other = specification
    if weights:
        other = with_weights(other, weights)
    if settings:
        raw_steps = [copied_step(entry) for entry in specification.document["steps"]]
        for path, value in settings.items():
            change_step(raw_steps, path, value, "what if")
        other = replace(other, steps=read_steps(raw_steps), document={**specification.document, "steps": raw_steps})
    before, after = build(specification, panel), build(other, changed)
    return WhatIf(before, after, compare(before, after, period=period))


def with_weights(specification: Specification, weights: Mapping[str, float]) -> Specification:
    """The same specification with other stated weights."""
    for code, weight in weights.items():
        if code not in specification.framework:
            refuse("code_unknown", "weights", code=code)
        if not weight >= 0 or np.isinf(weight):
            refuse("setting_out_of_range", "weights", name=code, found=weight, low=0, high="∞")
    elements = tuple(
        replace(element, weight=float(weights.get(element.code, element.weight)))
        for element in specification.framework.elements
    )
    return replace(specification, framework=assemble(elements, specification.framework.result))

"""Checks of the data against what the framework says of them, before any step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.framework import Element, Framework
from duijie.engines.composite.panel import Floats, Panel
from duijie.engines.composite.sentences import SENTENCES


@dataclass(frozen=True)
class Flag:
    """Something worth a look that does not stop the work; the sentence comes from the same catalogue as refusals."""

    code: str
    place: str
    values: dict[str, object]

    def sentence(self, language: str = "zh") -> str:
        """The sentence in "zh" or "en"."""
        text = SENTENCES[self.code][0 if language == "zh" else 1].format(**self.values)
        return f"{self.place}：{text}" if language == "zh" else f"{self.place}: {text}"


def check_data(panel: Panel, framework: Framework) -> list[Flag]:
    """Refuse what cannot be right, flag what looks odd.

    Raises:
        CompositeError: a value outside its stated range; an indicator in per cent whose values are all fractions, or a
            fraction with values above one; an indicator without any value; infinite values.
    """
    flags: list[Flag] = []
    endless = np.argwhere(np.isinf(panel.values))
    if len(endless):
        refuse("not_finite", panel.place(int(endless[0][0]), panel.columns[endless[0][1]]))
    for code in framework.indicators:
        if code not in panel.columns:
            continue
        column = panel.column(code)
        element = framework[code]
        if bool(np.isnan(column).all()):
            refuse("all_missing", f"data {code}")
        _check_range(panel, element, column)
        flags += _check_percent(panel, element, column)
        flags += _check_alike(panel, element, column)
    return flags


def _check_range(panel: Panel, element: Element, column: Floats) -> None:
    low, high = element.allowed
    outside = np.zeros(len(column), dtype=bool)
    if low is not None:
        outside |= column < low
    if high is not None:
        outside |= column > high
    if outside.any():
        row = int(np.flatnonzero(outside)[0])
        code = "above_range" if low is None else "below_range" if high is None else "out_of_range"
        refuse(code, panel.place(row, element.code), value=column[row], low=low, high=high)


def _check_percent(panel: Panel, element: Element, column: Floats) -> list[Flag]:
    if not (element.in_percent or element.in_fraction):
        return []
    known = np.abs(column[~np.isnan(column)])
    known = known[known > 0]
    if not len(known):
        return []
    if element.in_percent and len(known) > 1 and known.max() <= 1:
        # Small per cents do exist; whoever states the range has thought of it.
        if element.allowed == (None, None):
            refuse("percent_as_fraction", f"data {element.code}", largest=float(known.max()))
        return [Flag("percent_as_fraction", f"data {element.code}", {"largest": float(known.max())})]
    if element.in_fraction and known.max() > 1:
        row = int(np.nanargmax(np.abs(column)))
        refuse("fraction_as_percent", panel.place(row, element.code), value=float(column[row]))
    if element.in_percent and (suspects := _hundredths(panel, column)):
        place = panel.place(suspects[0], element.code)
        return [Flag("percent_suspect", place, {"value": float(column[suspects[0]]), "count": len(suspects)})]
    return []


def _hundredths(panel: Panel, column: Floats) -> list[int]:
    """Rows up to one where the same unit stands, or the middle of the others stands, some hundred times higher."""
    middle = float(np.nanmedian(np.abs(column)))
    if middle < 5:
        return []
    small = np.flatnonzero((np.abs(column) <= 1) & (column != 0) & (np.abs(column) * 100 > middle / 3))
    return [int(row) for row in small if np.abs(column[row]) * 100 < middle * 3]


def _check_alike(panel: Panel, element: Element, column: Floats) -> list[Flag]:
    known = column[~np.isnan(column)]
    counts = np.unique(known, return_counts=True)[1]
    flags: list[Flag] = []
    if len(counts) == 1 and len(known) > 1:
        flags.append(Flag("flag_one_value", f"data {element.code}", {"value": float(known[0])}))
    elif counts.max() / len(known) > 0.5 and len(known) > 3:
        flags.append(
            Flag("flag_same", f"data {element.code}", {"share": round(100 * float(counts.max()) / len(known))})
        )
    missing = 1 - len(known) / len(column)
    if missing > 0.35:
        flags.append(Flag("flag_missing", f"data {element.code}", {"share": round(100 * missing)}))
    return flags

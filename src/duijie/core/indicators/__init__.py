"""Indicators, their observations and vintages: what was measured, of whom, when, and as known at which instant.

    from duijie.core.indicators import Value, record_vintage, observations, values_at, series

    record_vintage(actor=actor, title="…", source_kind="import", values=[Value("gdp", member_unit(7), "2025", Decimal("12.5"))])
    values_at(viewer, ["gdp"], ["2025"], known_at=instant)          # {("gdp", "member:7", "2025"): Observation}
    series(viewer, "gdp", member_unit(7))                            # the same over time, last vintage of each period

Corrections append; nothing is overwritten. Who may write is decided by the app that calls (inside its own action).
"""

from __future__ import annotations

from duijie.core.indicators.evaluation import computed_values, evaluation_order
from duijie.core.indicators.formula import Formula
from duijie.core.indicators.queries import (
    history,
    indicator_by_code,
    indicators,
    indicators_by_code,
    name_of_indicator,
    observation,
    observations,
    series,
    unit_label,
    values_at,
)
from duijie.core.indicators.recording import (
    WHOLE,
    Value,
    area_unit,
    member_unit,
    record_vintage,
    region_unit,
    split_unit,
    write_indicator,
)
from duijie.core.indicators.schemas import IndicatorRecord
from duijie.core.models import Indicator, Observation, Vintage

__all__ = [
    "WHOLE",
    "Formula",
    "Indicator",
    "IndicatorRecord",
    "Observation",
    "Value",
    "Vintage",
    "area_unit",
    "computed_values",
    "evaluation_order",
    "history",
    "indicator_by_code",
    "indicators",
    "indicators_by_code",
    "member_unit",
    "name_of_indicator",
    "observation",
    "observations",
    "record_vintage",
    "region_unit",
    "series",
    "split_unit",
    "unit_label",
    "values_at",
    "write_indicator",
]

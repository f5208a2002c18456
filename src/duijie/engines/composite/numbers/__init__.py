"""Index numbers: bilateral, GEKS, series on a base, indices of deals."""

from __future__ import annotations

from duijie.engines.composite.numbers.bilateral import METHODS, Items, bilateral, chained, fixed_base, period_on_period
from duijie.engines.composite.numbers.deals import DealIndex, Deals, deal_index, size_bands, sub_indices, winsorised
from duijie.engines.composite.numbers.multilateral import SPLICES, geks
from duijie.engines.composite.numbers.series import (
    change,
    composite,
    mean_rise,
    on_base_mean,
    rebase,
    rolling_mean,
    rolling_sum,
    splice,
)

__all__ = [
    "METHODS",
    "SPLICES",
    "DealIndex",
    "Deals",
    "Items",
    "bilateral",
    "chained",
    "change",
    "composite",
    "deal_index",
    "fixed_base",
    "geks",
    "mean_rise",
    "on_base_mean",
    "period_on_period",
    "rebase",
    "rolling_mean",
    "rolling_sum",
    "size_bands",
    "splice",
    "sub_indices",
    "winsorised",
]

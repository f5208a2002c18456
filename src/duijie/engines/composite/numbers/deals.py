"""Indices of deals (mergers, transfers of technology, projects): counts, amounts, composition held constant, sub-indices.

A count index and an amount index against a base-period mean; and, with bands of industry or deal size as items, a price index (mean deal
size at constant composition) and a quantity index (deals at constant composition). For Fisher's, price times quantity is the amount
exactly. Single giant deals are winsorised first, and how many is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.numbers.bilateral import Items, chained, fixed_base
from duijie.engines.composite.numbers.series import on_base_mean
from duijie.engines.composite.panel import Floats, period_position


@dataclass(frozen=True)
class Deals:
    """One entry per deal: its period, its amount (any one unit), and labels such as region, theme, industry, size band."""

    periods: tuple[str, ...]
    amounts: Floats
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wrong = np.flatnonzero(~(self.amounts >= 0))
        if len(wrong):
            refuse("deal_amount", f"deals [{int(wrong[0]) + 1}]", value=float(self.amounts[wrong[0]]))

    def where(self, label: str, value: str) -> Deals:
        """The deals of one region, theme or market: the ground of a sub-index."""
        if label not in self.labels:
            refuse("group_missing", "deals", group=label, known=", ".join(self.labels))
        keep = [at for at, found in enumerate(self.labels[label]) if found == value]
        return Deals(
            tuple(self.periods[at] for at in keep),
            self.amounts[keep],
            {name: tuple(found[at] for at in keep) for name, found in self.labels.items()},
        )


def winsorised(deals: Deals, share: float = 0.99, *, by: str | None = None) -> tuple[Deals, int]:
    """Amounts above the quantile `share` (within each label of `by`, if given) pulled down to it; how many there were."""
    if not 0 < share <= 1:
        refuse("setting_out_of_range", "winsorise", name="share", found=share, low=0, high=1)
    amounts, count = deals.amounts.copy(), 0
    labels = deals.labels[by] if by is not None else ("",) * len(amounts)
    for label in dict.fromkeys(labels):
        rows = np.array([at for at, found in enumerate(labels) if found == label])
        limit = float(np.quantile(amounts[rows], share))
        count += int((amounts[rows] > limit).sum())
        amounts[rows] = np.minimum(amounts[rows], limit)
    return replace(deals, amounts=amounts), count


def size_bands(amounts: Floats, edges: Sequence[float]) -> tuple[str, ...]:
    """The size band of each deal, named by its bounds."""
    names = [
        f"<{edges[0]:g}",
        *(f"{a:g}-{b:g}" for a, b in pairwise(edges)),
        f">={edges[-1]:g}",
    ]
    return tuple(names[int(at)] for at in np.searchsorted(edges, amounts, side="right"))


def in_order(deals: Deals, periods: Sequence[str] | None = None) -> list[str]:
    """The periods in order of time; give them to keep periods without a deal."""
    return sorted(set(periods or deals.periods), key=period_position)


def counts_and_amounts(deals: Deals, periods: Sequence[str]) -> tuple[Floats, Floats]:
    """Number and amount of deals in each period."""
    at = {period: position for position, period in enumerate(periods)}
    rows = np.array([at[period] for period in deals.periods], dtype=np.intp)
    counts: Floats = np.bincount(rows, minlength=len(periods)).astype(np.float64)
    amounts: Floats = np.bincount(rows, weights=deals.amounts, minlength=len(periods)).astype(np.float64)
    return counts, amounts


@dataclass(frozen=True)
class DealIndex:
    """Index series by period; `price` and `quantity` are NaN-free only where bands were given."""

    periods: tuple[str, ...]
    counts: Floats
    amounts: Floats
    count_index: Floats
    amount_index: Floats
    price_index: Floats | None
    quantity_index: Floats | None
    value_index: Floats | None
    winsorised: int


def deal_index(
    deals: Deals,
    base: Sequence[str],
    *,
    points: float = 100.0,
    bands: str | None = None,
    method: str = "fisher",
    chain: bool = False,
    winsorise: float | None = None,
    winsorise_by: str | None = None,
    periods: Sequence[str] | None = None,
) -> DealIndex:
    """Count and amount index on the mean of the base periods, and price and quantity index over bands.

    Args:
        base: base periods, for example the four quarters of a year; price and quantity indices are on the first of them.
        bands: a label whose values are the items (industry, size band); a band is used where both periods have deals in it.
        chain: link period by period, for bands that change.
        winsorise: quantile above which an amount is pulled down before anything else.

    Raises:
        CompositeError: a base period without a name in the data, or no common band.
    """
    count = 0
    if winsorise is not None:
        deals, count = winsorised(deals, winsorise, by=winsorise_by)
    order = in_order(deals, periods)
    missing = [period for period in base if period not in order]
    if missing or not base:
        refuse("period_missing", "base", period=missing[0] if missing else "", known=", ".join(order))
    counts, amounts = counts_and_amounts(deals, order)
    at_base = [order.index(period) for period in base]
    price = quantity = value = None
    if bands is not None:
        items = band_items(deals, order, bands)
        first = at_base[0]
        if chain:
            price, quantity = chained(items, method), chained(items.exchanged(), method)
            price, quantity = price / price[first], quantity / quantity[first]
        else:
            price = fixed_base(items, method, base=first)
            quantity = fixed_base(items.exchanged(), method, base=first)
        price, quantity = price * points, quantity * points
        value = np.array([items.value(first, at) for at in range(items.periods)]) * points
    return DealIndex(
        tuple(order),
        counts,
        amounts,
        on_base_mean(counts, at_base, points),
        on_base_mean(amounts, at_base, points),
        price,
        quantity,
        value,
        count,
    )


def band_items(deals: Deals, periods: Sequence[str], bands: str) -> Items:
    """Bands as items: the price is the mean amount of a deal, the quantity the number of deals; gaps where there is none."""
    if bands not in deals.labels:
        refuse("group_missing", "deals", group=bands, known=", ".join(deals.labels))
    names = sorted(set(deals.labels[bands]))
    counts, amounts = np.zeros((len(periods), len(names))), np.zeros((len(periods), len(names)))
    at_period = {period: at for at, period in enumerate(periods)}
    at_band = {name: at for at, name in enumerate(names)}
    for period, band, amount in zip(deals.periods, deals.labels[bands], deals.amounts, strict=True):
        counts[at_period[period], at_band[band]] += 1
        amounts[at_period[period], at_band[band]] += amount
    there = (counts > 0) & (amounts > 0)
    prices = np.full(counts.shape, np.nan)
    prices[there] = amounts[there] / counts[there]
    return Items(prices, np.where(there, counts, np.nan))


def sub_indices(deals: Deals, label: str, base: Sequence[str], *, points: float = 100.0) -> dict[str, DealIndex]:
    """A count and amount index for every value of a label (region, theme), on the same periods and base.

    A value without a deal in the base has no index and is left out.
    """
    order = in_order(deals)
    if label not in deals.labels:
        refuse("group_missing", "deals", group=label, known=", ".join(deals.labels))
    found: dict[str, DealIndex] = {}
    for value in sorted(set(deals.labels[label])):
        part = deals.where(label, value)
        in_base = [amount for period, amount in zip(part.periods, part.amounts, strict=True) if period in base]
        if sum(in_base) > 0:
            found[value] = deal_index(part, base, points=points, periods=order)
    return found

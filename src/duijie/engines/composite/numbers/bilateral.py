"""Bilateral index numbers: one period against another, from prices and quantities of the items both have.

Formulas as in the Consumer Price Index Manual (IMF and others, 2020) and von der Lippe (2007). Every function takes `price_0`, `quantity_0`,
`price_1`, `quantity_1` of the matched items, (items,), and returns the price index of period 1 on period 0; a quantity index is the
same formula with prices and quantities exchanged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Floats


@dataclass(frozen=True)
class Pair:
    """The matched items of two periods; `price_b`, `quantity_b` are those of the base period of Young and Lowe."""

    price_0: Floats
    quantity_0: Floats
    price_1: Floats
    quantity_1: Floats
    price_b: Floats
    quantity_b: Floats
    elasticity: float = 1.0

    @property
    def relatives(self) -> Floats:
        """Price relatives."""
        return self.price_1 / self.price_0

    @property
    def share_0(self) -> Floats:
        """Value shares of period 0."""
        values = self.price_0 * self.quantity_0
        return values / values.sum()

    @property
    def share_1(self) -> Floats:
        """Value shares of period 1."""
        values = self.price_1 * self.quantity_1
        return values / values.sum()


def dutot(pair: Pair) -> float:
    """Ratio of mean prices."""
    return float(pair.price_1.mean() / pair.price_0.mean())


def carli(pair: Pair) -> float:
    """Mean of price relatives."""
    return float(pair.relatives.mean())


def jevons(pair: Pair) -> float:
    """Geometric mean of price relatives."""
    return float(np.exp(np.log(pair.relatives).mean()))


def harmonic(pair: Pair) -> float:
    """Harmonic mean of price relatives (Coggeshall)."""
    return float(1 / (1 / pair.relatives).mean())


def cswd(pair: Pair) -> float:
    """Carruthers, Sellwood, Ward, Dalén: geometric mean of Carli and harmonic."""
    return float(np.sqrt(carli(pair) * harmonic(pair)))


def laspeyres(pair: Pair) -> float:
    """Basket of period 0."""
    return float((pair.price_1 * pair.quantity_0).sum() / (pair.price_0 * pair.quantity_0).sum())


def paasche(pair: Pair) -> float:
    """Basket of period 1."""
    return float((pair.price_1 * pair.quantity_1).sum() / (pair.price_0 * pair.quantity_1).sum())


def fisher(pair: Pair) -> float:
    """Geometric mean of Laspeyres and Paasche."""
    return float(np.sqrt(laspeyres(pair) * paasche(pair)))


def drobish(pair: Pair) -> float:
    """Arithmetic mean of Laspeyres and Paasche."""
    return (laspeyres(pair) + paasche(pair)) / 2


def walsh(pair: Pair) -> float:
    """Basket of geometric mean quantities."""
    basket = np.sqrt(pair.quantity_0 * pair.quantity_1)
    return float((pair.price_1 * basket).sum() / (pair.price_0 * basket).sum())


def marshall_edgeworth(pair: Pair) -> float:
    """Basket of summed quantities."""
    basket = pair.quantity_0 + pair.quantity_1
    return float((pair.price_1 * basket).sum() / (pair.price_0 * basket).sum())


def palgrave(pair: Pair) -> float:
    """Relatives weighted by the shares of period 1."""
    return float((pair.share_1 * pair.relatives).sum())


def geometric_laspeyres(pair: Pair) -> float:
    """Geometric mean of relatives, shares of period 0."""
    return float(np.exp((pair.share_0 * np.log(pair.relatives)).sum()))


def geometric_paasche(pair: Pair) -> float:
    """Geometric mean of relatives, shares of period 1."""
    return float(np.exp((pair.share_1 * np.log(pair.relatives)).sum()))


def tornqvist(pair: Pair) -> float:
    """Geometric mean of relatives, mean shares."""
    return float(np.exp(((pair.share_0 + pair.share_1) / 2 * np.log(pair.relatives)).sum()))


def sato_vartia(pair: Pair) -> float:
    """Geometric mean of relatives, logarithmic mean shares brought to one."""
    first, second = pair.share_0, pair.share_1
    near = np.isclose(first, second, rtol=1e-14, atol=0)
    with np.errstate(all="ignore"):
        logarithmic = np.where(near, first, (second - first) / np.where(near, 1, np.log(second) - np.log(first)))
    weights = logarithmic / logarithmic.sum()
    return float(np.exp((weights * np.log(pair.relatives)).sum()))


def lloyd_moulton(pair: Pair) -> float:
    """Constant elasticity of substitution with the shares of period 0; elasticity 1 is the geometric Laspeyres."""
    power = 1 - pair.elasticity
    if power == 0:
        return geometric_laspeyres(pair)
    return float((pair.share_0 * pair.relatives**power).sum() ** (1 / power))


def stuvel(pair: Pair) -> float:
    """Stuvel: the index whose quantity counterpart has the same form."""
    value = float((pair.price_1 * pair.quantity_1).sum() / (pair.price_0 * pair.quantity_0).sum())
    exchanged = Pair(pair.quantity_0, pair.price_0, pair.quantity_1, pair.price_1, pair.quantity_b, pair.price_b)
    half = (laspeyres(pair) - laspeyres(exchanged)) / 2
    return half + float(np.sqrt(half**2 + value))


def young(pair: Pair) -> float:
    """Relatives weighted by the shares of the base period b."""
    values = pair.price_b * pair.quantity_b
    return float((values / values.sum() * pair.relatives).sum())


def lowe(pair: Pair) -> float:
    """Basket of the base period b."""
    return float((pair.price_1 * pair.quantity_b).sum() / (pair.price_0 * pair.quantity_b).sum())


def geary_khamis(pair: Pair) -> float:
    """Geary and Khamis for two periods: basket of harmonic mean quantities."""
    basket = pair.quantity_0 * pair.quantity_1 / (pair.quantity_0 + pair.quantity_1)
    return float((pair.price_1 * basket).sum() / (pair.price_0 * basket).sum())


def time_product_dummy(pair: Pair) -> float:
    """Weighted time product dummy for two periods: geometric mean of relatives, harmonic mean shares."""
    first, second = pair.share_0, pair.share_1
    weights = first * second / (first + second)
    return float(np.exp((weights / weights.sum() * np.log(pair.relatives)).sum()))


def time_product_dummy_adjusted(pair: Pair) -> float:
    """The same less half the variance of its logarithm (Kennedy 1981), the estimate of a mean and not of a median."""
    first, second = pair.share_0, pair.share_1
    weights, logs = first * second / (first + second), np.log(pair.relatives)
    centre = float((weights * logs).sum() / weights.sum())
    freedom = len(logs) - 1
    variance = float((weights * (logs - centre) ** 2).sum()) / freedom / float(weights.sum()) if freedom else 0.0
    return float(np.exp(centre - variance / 2))


METHODS: dict[str, Callable[[Pair], float]] = {
    "laspeyres": laspeyres,
    "paasche": paasche,
    "fisher": fisher,
    "tornqvist": tornqvist,
    "walsh": walsh,
    "sato_vartia": sato_vartia,
    "ces": lloyd_moulton,
    "geometric_laspeyres": geometric_laspeyres,
    "geometric_paasche": geometric_paasche,
    "dutot": dutot,
    "carli": carli,
    "jevons": jevons,
    "harmonic": harmonic,
    "cswd": cswd,
    "drobish": drobish,
    "stuvel": stuvel,
    "marshall_edgeworth": marshall_edgeworth,
    "palgrave": palgrave,
    "young": young,
    "lowe": lowe,
    "time_product_dummy": time_product_dummy,
    "time_product_dummy_adjusted": time_product_dummy_adjusted,
    "geary_khamis": geary_khamis,
}


def _check(table: Floats, name: str) -> None:
    wrong = np.argwhere(table <= 0)
    if len(wrong):
        period, item = (int(at) + 1 for at in wrong[0])
        refuse("price_not_positive", f"{name} [{period}, {item}]", value=float(table[tuple(wrong[0])]))


@dataclass(frozen=True)
class Items:
    """Prices and quantities, (periods, items); NaN where an item is not there in a period."""

    prices: Floats
    quantities: Floats

    def __post_init__(self) -> None:
        if self.prices.shape != self.quantities.shape:
            refuse("items_shape", "items", prices=self.prices.shape, quantities=self.quantities.shape)
        _check(self.prices, "prices")
        _check(self.quantities, "quantities")

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.prices)

    def exchanged(self) -> Items:
        """Prices for quantities: turns a price index into a quantity index."""
        return Items(self.quantities, self.prices)

    def pair(self, start: int, end: int, base: int = 0, elasticity: float = 1.0, *, with_base: bool = False) -> Pair:
        """The items that both periods have, and with `with_base` (Young, Lowe) the base period as well.

        Raises:
            CompositeError: the two periods share no item.
        """
        there = ~np.isnan(self.prices) & ~np.isnan(self.quantities)
        both = there[start] & there[end] & (there[base] if with_base else True)
        if not both.any():
            refuse("items_unmatched", f"periods {start + 1}, {end + 1}")
        return Pair(
            self.prices[start, both],
            self.quantities[start, both],
            self.prices[end, both],
            self.quantities[end, both],
            self.prices[base, both],
            self.quantities[base, both],
            elasticity,
        )

    def value(self, start: int, end: int) -> float:
        """Value of period `end` over that of period `start`, all items."""
        return float(
            np.nansum(self.prices[end] * self.quantities[end]) / np.nansum(self.prices[start] * self.quantities[start])
        )


def bilateral(items: Items, method: str, start: int, end: int, *, base: int = 0, elasticity: float = 1.0) -> float:
    """One index number of period `end` on period `start`."""
    if method not in METHODS:
        refuse("setting_not_known", "index number", name="method", found=method, known=", ".join(METHODS))
    return METHODS[method](items.pair(start, end, base, elasticity, with_base=method in ("young", "lowe")))


def fixed_base(items: Items, method: str, *, base: int = 0, elasticity: float = 1.0) -> Floats:
    """Every period against the base period, 1 in the base."""
    return np.array(
        [bilateral(items, method, base, at, base=base, elasticity=elasticity) for at in range(items.periods)]
    )


def period_on_period(items: Items, method: str, *, base: int = 0, elasticity: float = 1.0) -> Floats:
    """Every period against the one before it, 1 for the first."""
    links = [1.0]
    links += [bilateral(items, method, at - 1, at, base=base, elasticity=elasticity) for at in range(1, items.periods)]
    return np.array(links)


def chained(items: Items, method: str, *, base: int = 0, elasticity: float = 1.0) -> Floats:
    """The links multiplied together."""
    return np.asarray(np.cumprod(period_on_period(items, method, base=base, elasticity=elasticity)), dtype=float)

"""Where industries are: location quotients, specialisation of regions, concentration of industries.

Every function takes `activity`, (regions, industries), of employment, output or firms: zero or more, no gaps.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Floats


def checked(activity: npt.ArrayLike, place: str = "activity") -> Floats:
    """The table as numbers.

    Raises:
        CompositeError: gaps, negative values, or nothing at all.
    """
    table = np.asarray(activity, dtype=float)
    wrong = np.argwhere(~(table >= 0) | np.isinf(table))
    if len(wrong):
        at = tuple(int(position) for position in wrong[0])
        refuse("activity_value", f"{place} {[position + 1 for position in at]}", value=float(table[at]))
    if table.sum() == 0:
        refuse("activity_empty", place)
    return table


def location_quotient(activity: npt.ArrayLike) -> Floats:
    """Share of the industry in the region over its share in all regions; NaN for an industry or region with nothing.

    Weighted by the regions' shares of all activity it averages to one for every industry.
    """
    table = checked(activity)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    return np.divide(table, expected, out=np.full(table.shape, np.nan), where=expected > 0)


def symmetric_location_quotient(activity: npt.ArrayLike) -> Floats:
    """(LQ - 1) / (LQ + 1), in [-1, 1], 0 where the region is like the whole (Dalum, Laursen, Villumsen 1998)."""
    quotient = location_quotient(activity)
    return (quotient - 1) / (quotient + 1)


def standardised_location_quotient(activity: npt.ArrayLike) -> Floats:
    """Logarithm of the LQ in standard deviations of its industry (O'Donoghue, Gleave 2004); NaN where the industry is absent.

    Above 1.96 an agglomeration is called exceptional; the usual cut-offs of a plain LQ have no such meaning.
    """
    quotient = location_quotient(activity)
    logs = np.log(quotient, out=np.full(quotient.shape, np.nan), where=quotient > 0)
    found = np.full(logs.shape, np.nan)
    for industry in range(logs.shape[1]):
        column = logs[:, industry]
        known = ~np.isnan(column)
        if known.sum() > 1 and float(np.ptp(column[known])) > 0:
            found[:, industry] = (column - column[known].mean()) / column[known].std(ddof=1)
    return found


def excess_activity(activity: npt.ArrayLike) -> Floats:
    """Activity above what the region would have at an LQ of one (Fingleton, Igliori, Moore 2004): size and specialisation in one."""
    table = checked(activity)
    return table - np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()


def proximity_adjusted_location_quotient(activity: npt.ArrayLike, distances: npt.ArrayLike, reach: float) -> Floats:
    """LQ of each region together with its surroundings, near ones counting more: exp(-distance / reach), itself fully.

    A small remote place with one plant scores high on a plain LQ; here it has to be surrounded by the industry too.

    Args:
        distances: (regions, regions), the same unit as `reach`.
    """
    table, apart = checked(activity), np.asarray(distances, dtype=float)
    if apart.shape != (len(table), len(table)):
        refuse("distances_shape", "distances", shape=apart.shape, count=len(table))
    if not reach > 0 or bool((apart < 0).any()) or bool(np.isnan(apart).any()):
        refuse("distance_value", "distances", value=reach)
    around = np.exp(-apart / reach)
    np.fill_diagonal(around, 1.0)
    near = around @ table
    totals = near.sum(axis=1, keepdims=True)
    shares = np.divide(near, totals, out=np.full(near.shape, np.nan), where=totals > 0)
    overall = table.sum(axis=0) / table.sum()
    return np.divide(shares, overall, out=np.full(near.shape, np.nan), where=overall > 0)


def region_shares(activity: npt.ArrayLike) -> Floats:
    """Share of each industry in its region, rows summing to one (NaN for an empty region)."""
    table = checked(activity)
    totals = table.sum(axis=1, keepdims=True)
    return np.divide(table, totals, out=np.full(table.shape, np.nan), where=totals > 0)


def industry_shares(activity: npt.ArrayLike) -> Floats:
    """Share of each region in its industry, columns summing to one (NaN for an absent industry)."""
    table = checked(activity)
    totals = table.sum(axis=0, keepdims=True)
    return np.divide(table, totals, out=np.full(table.shape, np.nan), where=totals > 0)


def krugman_specialisation(activity: npt.ArrayLike) -> Floats:
    """Per region, the sum of absolute differences of its industry shares from those of all *other* regions: 0 alike, 2 apart."""
    table = checked(activity)
    if len(table) < 2:
        refuse("regions_few", "krugman", count=len(table))
    rest = table.sum(axis=0) - table
    return np.asarray(np.abs(region_shares(table) - region_shares(rest)).sum(axis=1), dtype=float)


def krugman_between(activity: npt.ArrayLike) -> Floats:
    """(regions, regions): sum of absolute differences of industry shares of each pair."""
    shares = region_shares(activity)
    return np.asarray(np.abs(shares[:, None, :] - shares[None, :, :]).sum(axis=2), dtype=float)


def herfindahl(shares: npt.ArrayLike, *, normalised: bool = False, axis: int = -1) -> Floats:
    """Sum of squared shares; `normalised` brings equal shares to 0 and a single holder to 1."""
    table = np.asarray(shares, dtype=float)
    found = (table**2).sum(axis=axis)
    count = table.shape[axis]
    if normalised and count > 1:
        found = (found - 1 / count) / (1 - 1 / count)
    return np.asarray(found, dtype=float)


def ellison_glaeser(activity: npt.ArrayLike, plant_herfindahl: npt.ArrayLike) -> Floats:
    """Ellison and Glaeser (1997) per industry: concentration beyond what the sizes of its plants would give by chance.

    gamma = (G - (1 - Σx²) H) / ((1 - Σx²)(1 - H)), G the squared differences of shares, x all activity's shares, H the Herfindahl
    index of the industry's plants. Above 0.05 is called highly concentrated, below 0.02 not very.

    Raises:
        CompositeError: an industry of one plant (H = 1), or a single region.
    """
    table = checked(activity)
    plants = np.asarray(plant_herfindahl, dtype=float)
    if plants.shape != (table.shape[1],):
        refuse("plants_shape", "ellison-glaeser", count=table.shape[1], found=plants.shape)
    if bool((plants >= 1).any()) or bool((plants <= 0).any()):
        refuse("plants_value", f"ellison-glaeser [{int(np.flatnonzero((plants >= 1) | (plants <= 0))[0]) + 1}]")
    overall = table.sum(axis=1) / table.sum()
    spread = 1 - float((overall**2).sum())
    if spread <= 0:
        refuse("regions_few", "ellison-glaeser", count=int((overall > 0).sum()))
    raw = ((industry_shares(table) - overall[:, None]) ** 2).sum(axis=0)
    return np.asarray((raw - spread * plants) / (spread * (1 - plants)), dtype=float)


def locational_gini(activity: npt.ArrayLike) -> Floats:
    """Gini coefficient per industry of its regional shares against the regions' shares of all activity: 0 spread like all else.

    Krugman 1991: the Lorenz curve orders regions by LQ.
    """
    table = checked(activity)
    own, overall = industry_shares(table), table.sum(axis=1) / table.sum()
    quotients = location_quotient(table)
    found = np.full(table.shape[1], np.nan)
    for industry in range(table.shape[1]):
        if np.isnan(own[:, industry]).any():
            continue
        order = np.argsort(np.nan_to_num(quotients[:, industry]), kind="stable")
        across = np.concatenate([[0.0], np.cumsum(overall[order])])
        up = np.concatenate([[0.0], np.cumsum(own[order, industry])])
        found[industry] = 1 - float(((up[1:] + up[:-1]) * np.diff(across)).sum())
    return found


def hoover(activity: npt.ArrayLike) -> Floats:
    """Share of an industry that would have to move to be spread like all activity, per industry."""
    table = checked(activity)
    overall = table.sum(axis=1) / table.sum()
    return np.asarray(np.abs(industry_shares(table) - overall[:, None]).sum(axis=0) / 2, dtype=float)

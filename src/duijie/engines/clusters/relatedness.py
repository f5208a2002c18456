"""Which industries belong together: co-location, and groups of related industries (benchmark clusters)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from duijie.engines.clusters.concentration import checked, location_quotient, locational_gini
from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Floats


def colocation(activity: npt.ArrayLike) -> Floats:
    """(industries, industries): correlation of activity over regions, after taking logarithms of one plus it (Delgado, Porter, Stern 2016)."""
    table = checked(activity)
    if len(table) < 3:
        refuse("regions_few", "colocation", count=len(table))
    logs = np.log1p(table)
    spread = logs.std(axis=0)
    if bool((spread == 0).any()):
        refuse("one_value", f"colocation [{int(np.argmin(spread)) + 1}]", value=float(table[0, int(np.argmin(spread))]))
    return np.asarray(np.corrcoef(logs, rowvar=False), dtype=float)


def proximity(activity: npt.ArrayLike, quotient_least: float = 1.0) -> Floats:
    """(industries, industries): the smaller of the two conditional chances that a region specialised in one is so in the other.

    Hidalgo, Klinger, Barabási, Hausmann 2007.
    """
    strong = (np.nan_to_num(location_quotient(activity)) >= quotient_least).astype(float)
    together, counts = strong.T @ strong, strong.sum(axis=0)
    larger = np.maximum(counts[:, None], counts[None, :])
    return np.divide(together, larger, out=np.zeros_like(together), where=larger > 0)


def traded_industries(activity: npt.ArrayLike, gini_least: float = 0.3) -> npt.NDArray[np.bool_]:
    """Industries that sell beyond their region, told by how unevenly they are spread (locational Gini at least `gini_least`)."""
    found: npt.NDArray[np.bool_] = np.nan_to_num(locational_gini(activity)) >= gini_least
    return found


def related_groups(similarity: npt.ArrayLike, groups: int) -> list[tuple[int, ...]]:
    """Industries in so many groups by average linkage of a similarity matrix; largest group first."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    table = np.asarray(similarity, dtype=float)
    if table.ndim != 2 or table.shape[0] != table.shape[1]:
        refuse("distances_shape", "similarity", shape=table.shape, count=len(table))
    if not 1 <= groups <= len(table):
        refuse("setting_out_of_range", "groups", name="groups", found=groups, low=1, high=len(table))
    apart = table.max() - (table + table.T) / 2
    np.fill_diagonal(apart, 0.0)
    labels = fcluster(linkage(squareform(apart, checks=False), "average"), groups, "maxclust")
    found = [tuple(int(at) for at in np.flatnonzero(labels == label)) for label in sorted(set(labels))]
    return sorted(found, key=lambda members: (-len(members), members))


def coherence(similarity: npt.ArrayLike, groups: list[tuple[int, ...]]) -> list[tuple[float, float]]:
    """Mean similarity within each group and of its members with the others: a sound group has the first above the second."""
    table = np.asarray(similarity, dtype=float)
    found: list[tuple[float, float]] = []
    for members in groups:
        inside = np.ix_(members, members)
        others = [at for at in range(len(table)) if at not in members]
        pairs = len(members) * (len(members) - 1)
        within = float((table[inside].sum() - np.trace(table[inside])) / pairs) if pairs else float("nan")
        between = float(table[np.ix_(members, others)].mean()) if others else float("nan")
        found.append((within, between))
    return found

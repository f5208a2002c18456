"""Industry chains: which segments a region has, lacks, or has too little of for its neighbours up and down the chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from duijie.engines.clusters.concentration import checked, location_quotient
from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Floats


@dataclass(frozen=True)
class Link:
    """One row of a chain table: `supplier` feeds `user`; one unit of the user's activity takes `need` of the supplier's."""

    supplier: str
    user: str
    need: float = 1.0


@dataclass(frozen=True)
class Gap:
    """A segment that a region lacks or has too little of.

    `direction` is "upstream" (suppliers of what is there are short) or "downstream" (what is there finds no user); `wanted` and `there` are in
    the unit of the activity; `sources` are regions with some to spare, most first.
    """

    region: str
    segment: str
    direction: str
    wanted: float
    there: float
    because_of: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def short(self) -> float:
        """How much is missing."""
        return self.wanted - self.there


@dataclass(frozen=True)
class Chain:
    """A chain table over the segments of an activity table."""

    segments: tuple[str, ...]
    links: tuple[Link, ...]

    def __post_init__(self) -> None:
        seen: set[tuple[str, str]] = set()
        for at, link in enumerate(self.links):
            for segment in (link.supplier, link.user):
                if segment not in self.segments:
                    refuse("segment_unknown", f"chain [{at + 1}]", segment=segment)
            if link.supplier == link.user:
                refuse("loop", f"chain [{at + 1}]", path=f"{link.supplier} → {link.user}")
            if (link.supplier, link.user) in seen:
                refuse("link_twice", f"chain [{at + 1}]", supplier=link.supplier, user=link.user)
            if not link.need > 0:
                refuse("link_need", f"chain [{at + 1}]", need=link.need)
            seen.add((link.supplier, link.user))

    def matrix(self) -> Floats:
        """(suppliers, users) of needs."""
        at = {segment: position for position, segment in enumerate(self.segments)}
        found = np.zeros((len(self.segments), len(self.segments)))
        for link in self.links:
            found[at[link.supplier], at[link.user]] = link.need
        return found

    def stages(self) -> dict[str, int]:
        """Steps from the most upstream segment: 0 for those nobody feeds, one more than the latest supplier for others.

        Raises:
            CompositeError: the chain has a loop, and so no order.
        """
        stage: dict[str, int] = {}
        path: list[str] = []

        def measure(segment: str) -> int:
            if segment in path:
                refuse("loop", "chain", path=" → ".join([*path[path.index(segment) :], segment]))
            if segment not in stage:
                path.append(segment)
                suppliers = [link.supplier for link in self.links if link.user == segment]
                stage[segment] = 1 + max((measure(supplier) for supplier in suppliers), default=-1)
                path.pop()
            return stage[segment]

        for segment in self.segments:
            measure(segment)
        return stage


def chain_gaps(
    chain: Chain,
    regions: Sequence[str],
    activity: npt.ArrayLike,
    *,
    short_least: float = 0.0,
    sources: int = 3,
    distances: npt.ArrayLike | None = None,
    reach: float | None = None,
) -> list[Gap]:
    """Gaps of every region, the largest first.

    Upstream: the region's users of a segment need more of it than is there. Downstream: a region makes more of a segment than its own users can take,
    while it has less of some user than all regions together have for that much supply.

    Args:
        activity: (regions, segments), in one unit (output, or employment with needs to match).
        short_least: smaller gaps are left out.
        distances, reach: only regions within reach count as sources, the nearer first among equals.
    """
    table = checked(activity)
    if table.shape != (len(regions), len(chain.segments)):
        refuse("items_shape", "chain", prices=table.shape, quantities=(len(regions), len(chain.segments)))
    needs = chain.matrix()
    demand = table @ needs.T
    spare = table - demand
    apart = None if distances is None else np.asarray(distances, dtype=float)
    found: list[Gap] = []
    for row, region in enumerate(regions):
        found += _upstream(chain, regions, table, needs, demand, spare, row, region, apart, reach, sources)
        found += _downstream(chain, regions, table, needs, demand, row, region)
    kept = [gap for gap in found if gap.short > short_least]
    return sorted(kept, key=lambda gap: (-gap.short, gap.region, gap.segment))


def _upstream(
    chain: Chain,
    regions: Sequence[str],
    table: Floats,
    needs: Floats,
    demand: Floats,
    spare: Floats,
    row: int,
    region: str,
    apart: Floats | None,
    reach: float | None,
    sources: int,
) -> list[Gap]:
    gaps: list[Gap] = []
    for at, segment in enumerate(chain.segments):
        if demand[row, at] <= table[row, at]:
            continue
        users = tuple(chain.segments[u] for u in np.flatnonzero(needs[at] > 0) if table[row, u] > 0)
        others = [
            other
            for other in range(len(regions))
            if other != row and spare[other, at] > 0 and (apart is None or reach is None or apart[row, other] <= reach)
        ]
        others.sort(
            key=lambda other: (-spare[other, at], apart[row, other] if apart is not None else 0.0, regions[other])
        )
        named = tuple(regions[other] for other in others[:sources])
        gaps.append(Gap(region, segment, "upstream", float(demand[row, at]), float(table[row, at]), users, named))
    return gaps


def _downstream(
    chain: Chain, regions: Sequence[str], table: Floats, needs: Floats, demand: Floats, row: int, region: str
) -> list[Gap]:
    """Users that a region's surplus could feed, were they as present here as they are per unit of that supply overall."""
    gaps: dict[int, tuple[float, list[str]]] = {}
    totals = table.sum(axis=0)
    for supplier in range(len(chain.segments)):
        if table[row, supplier] <= demand[row, supplier] or totals[supplier] == 0:
            continue
        for user in np.flatnonzero(needs[supplier] > 0):
            usual = totals[user] / totals[supplier] * table[row, supplier]
            wanted, because = gaps.get(int(user), (0.0, []))
            gaps[int(user)] = (max(wanted, float(usual)), [*because, chain.segments[supplier]])
    return [
        Gap(region, chain.segments[user], "downstream", wanted, float(table[row, user]), tuple(because), ())
        for user, (wanted, because) in gaps.items()
        if wanted > table[row, user]
    ]


@dataclass(frozen=True)
class Completeness:
    """A region's place in a chain: segments present, specialised in (LQ at least 1), and missing."""

    region: str
    present: tuple[str, ...]
    specialised: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """Share of the segments that are present."""
        return len(self.present) / (len(self.present) + len(self.missing))


def chain_completeness(
    chain: Chain, regions: Sequence[str], activity: npt.ArrayLike, *, size_least: float = 0.0
) -> list[Completeness]:
    """How much of the chain each region has, by segment."""
    table = checked(activity)
    quotient = np.nan_to_num(location_quotient(table))
    found: list[Completeness] = []
    for row, region in enumerate(regions):
        there = (table[row] > 0) & (table[row] >= size_least)
        present = tuple(segment for segment, has in zip(chain.segments, there, strict=True) if has)
        missing = tuple(segment for segment, has in zip(chain.segments, there, strict=True) if not has)
        strong = tuple(s for s, has, lq in zip(chain.segments, there, quotient[row], strict=True) if has and lq >= 1)
        found.append(Completeness(region, present, strong, missing))
    return found


def links_from_rows(rows: Sequence[Mapping[str, object]]) -> tuple[Link, ...]:
    """Links from a table with the columns `supplier`, `user` and, if there is one, `need`."""
    links: list[Link] = []
    for at, row in enumerate(rows):
        for column in ("supplier", "user"):
            if not str(row.get(column) or "").strip():
                refuse("column_missing", f"chain [{at + 2}]", column=column)
        raw = row.get("need")
        try:
            need = 1.0 if raw is None or str(raw).strip() == "" else float(str(raw))
        except ValueError:
            refuse("not_a_number", f"chain [{at + 2}] need", found=raw)
        links.append(Link(str(row["supplier"]).strip(), str(row["user"]).strip(), need))
    return tuple(links)

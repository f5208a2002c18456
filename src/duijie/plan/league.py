"""Members side by side: what each brought, and how far it is with its own targets; fair to small and large, with ties."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from duijie.plan.content import Content, Cut, IndicatorPart, PeriodPart
from duijie.plan.figures import Figure, Reckoning

MIXED = "targets"  # the order by progress on own targets


@dataclass(frozen=True)
class Place:
    """A member's line. rank: None where it has nothing to be ranked by; tied: others share it.

    values: by indicator. targets: its own figures with targets. met: how many are met. progress: the mean of the shares reached of its
    own targets, each at most 1, so that no single figure can carry the others.
    """

    member: int
    values: dict[str, int | None]
    targets: tuple[Figure, ...]
    met: int
    progress: float | None
    rank: int | None = None
    tied: bool = False


def league(
    reckoning: Reckoning, indicators: Iterable[IndicatorPart], period: PeriodPart, *, by: str = MIXED
) -> list[Place]:
    """Every member of the plan's circle in order: by the progress on own targets, or by the value of one indicator (its code)."""
    chosen = list(indicators)
    wholes = {i.code: reckoning.figure(i, period) for i in chosen}
    places = [_place(reckoning, chosen, wholes, period, pk) for pk in reckoning.circle.ids]

    def key(place: Place) -> float | None:
        if by == MIXED:
            return round(place.progress, 6) if place.progress is not None else None
        found = place.values.get(by)
        return float(found) if found is not None else None

    return _ranked(places, key)


def _place(
    reckoning: Reckoning, indicators: list[IndicatorPart], wholes: dict[str, Figure], period: PeriodPart, member: int
) -> Place:
    values = {
        i.code: wholes[i.code].totals.get(member, 0) if wholes[i.code].totals else reckoning.figure(i, period, Cut(member)).value
        for i in indicators
    }  # fmt: skip
    targets = tuple(own_targets(reckoning, period, member))
    shares = [min(1.0, max(0.0, f.standing.share)) if f.standing.share is not None else 0.0 for f in targets]
    progress = sum(shares) / len(shares) if shares else None
    return Place(member, values, targets, sum(f.light == "achieved" for f in targets), progress)


def own_targets(reckoning: Reckoning, period: PeriodPart, member: int) -> list[Figure]:
    """The figures of a member's own targets in a period."""
    content: Content = reckoning.content
    wanted = [i for i in content.indicators if not i.retired and i.target(period.uid, Cut(member)) is not None]
    return [reckoning.figure(i, period, Cut(member)) for i in wanted]


def _ranked(places: list[Place], key: Callable[[Place], float | None]) -> list[Place]:
    """Competition ranks (1, 2, 2, 4); those without a key stand last without a rank, in the circle's order."""
    counted = sorted((p for p in places if key(p) is not None), key=lambda p: -(key(p) or 0.0))
    found: list[Place] = []
    for number, place in enumerate(counted, start=1):
        same = sum(key(p) == key(place) for p in counted)
        rank = found[-1].rank if found and key(counted[number - 2]) == key(place) else number
        found.append(Place(place.member, place.values, place.targets, place.met, place.progress, rank, same > 1))
    return found + [p for p in places if key(p) is None]

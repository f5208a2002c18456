"""The table of places: GB/T 2260 divisions, national zones and named groups of provinces, loaded once from package data.

Codes have six digits. Zones that the National Bureau of Statistics lists as county units keep its code; other zones carry
a letter (E economic and technological, H high-tech, N new area), groups R. Centres are GCJ-02 longitude and latitude in
degrees; a place without a centre of its own has that of its parent.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from duijie.core.language import ENGLISH, current_language

COUNTRY_CODE = "100000"
DELTA_CODE = "R01"
BASIN_CODE = "R02"
_DELTA_PROVINCES = ("310000", "320000", "330000", "340000")


class Level(StrEnum):
    """What a place is."""

    COUNTRY = "country"
    GROUP = "group"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Region:
    """A place. `kind` tells zones apart (economic, hightech, new_area, other) and is empty elsewhere.

    `centre` is (longitude, latitude) in GCJ-02; `own_centre` is False where it was taken from the parent.
    """

    code: str
    name: str
    level: Level
    parent: str | None
    english: str
    kind: str
    centre: tuple[float, float] | None
    own_centre: bool
    members: tuple[str, ...] = ()

    def label(self, language: str | None = None) -> str:
        """The name in the language; the Chinese one where no English name is known."""
        english = (language or current_language()) == ENGLISH
        return self.english if english and self.english else self.name

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=1)
def load() -> dict[str, Region]:
    """Every place by code."""
    english = {row["code"]: row["english"] for row in rows("english.csv")}
    table: dict[str, Region] = {}
    for row in rows("divisions.csv"):
        _add(table, row, _level(row["code"]), _division_parent(row["code"], table), english.get(row["code"], ""))
    for row in rows("zones.csv"):
        _add(table, row, Level.ZONE, row["parent"], english.get(row["code"], ""))
    for row in rows("groups.csv"):
        members = tuple(row["members"].split("|"))
        table[row["code"]] = Region(
            row["code"], row["name"], Level.GROUP, COUNTRY_CODE, row["english"], "", None, False, members
        )
    return table


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the package's tables."""
    text = (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def _level(code: str) -> Level:
    if code == COUNTRY_CODE:
        return Level.COUNTRY
    if code.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if code.endswith("00") else Level.COUNTY


def _division_parent(code: str, table: dict[str, Region]) -> str | None:
    """Counties that stand directly under a province (济源, 仙桃, the districts of 上海) have no city between."""
    if code == COUNTRY_CODE:
        return None
    city, province = code[:4] + "00", code[:2] + "0000"
    if code == province:
        return COUNTRY_CODE
    return city if city != code and city in table else province


def _add(table: dict[str, Region], row: dict[str, str], level: Level, parent: str | None, english: str) -> None:
    own = (float(row["longitude"]), float(row["latitude"])) if row["longitude"] else None
    inherited = table[parent].centre if parent and parent != COUNTRY_CODE else None
    table[row["code"]] = Region(
        row["code"], row["name"], level, parent, english, row.get("kind", ""), own or inherited, own is not None
    )


@lru_cache(maxsize=8192)
def ancestry(code: str) -> tuple[str, ...]:
    """The codes from the place itself up to the country."""
    table, chain = load(), []
    step: str | None = code
    while step is not None:
        chain.append(step)
        step = table[step].parent
    return tuple(chain)


def path(code: str) -> tuple[Region, ...]:
    """The places from the province down to the place itself; the country is left out unless it is the place."""
    chain = [load()[step] for step in reversed(ancestry(code))]
    return tuple(chain[1:] if len(chain) > 1 else chain)


def full_name(code: str) -> str:
    """``浙江省舟山市普陀区``: enough to tell it from its namesakes."""
    return "".join(region.name for region in path(code))


def within(code: str, ancestor: str) -> bool:
    """Whether the place lies in `ancestor` (a division, a zone's parent or a group) or is it."""
    if code == ancestor:
        return True
    container = load().get(ancestor)
    if container is None or code not in load():
        return False
    chain = ancestry(code)
    if container.members:
        inner = load()[code].members
        if inner:
            return all(within(member, ancestor) for member in inner)
        return any(step in container.members for step in chain)
    return ancestor in chain


def children(code: str) -> tuple[Region, ...]:
    """The divisions and zones directly under the place, by code."""
    return _children().get(code, ())


@lru_cache(maxsize=1)
def _children() -> dict[str, tuple[Region, ...]]:
    found: dict[str, list[Region]] = {}
    for region in load().values():
        if region.parent is not None and region.level is not Level.GROUP:
            found.setdefault(region.parent, []).append(region)
    return {code: tuple(sorted(regions, key=lambda region: region.code)) for code, regions in found.items()}


@lru_cache(maxsize=1)
def delta_cities() -> tuple[Region, ...]:
    """The 41 cities of the Yangtze River Delta: Shanghai and the prefecture cities of Jiangsu, Zhejiang and Anhui."""
    table = load()
    cities = [region for region in table.values() if region.level is Level.CITY and region.parent in _DELTA_PROVINCES]
    return (table["310000"], *sorted(cities, key=lambda region: region.code))


def provinces() -> tuple[Region, ...]:
    """The 34 provinces, municipalities, autonomous and special administrative regions, by code."""
    return tuple(region for region in load().values() if region.level is Level.PROVINCE)

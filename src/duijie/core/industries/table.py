"""The tree of GB/T 4754-2017 (20 sections, 97 divisions, 473 groups, 1,381 classes) and the strategic emerging industries.

Codes are a letter for sections and two, three or four digits below, as the standard prints them; `Industry.label_code`
puts the section's letter before the digits (C3973), as forms usually do.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from duijie.core.language import ENGLISH, current_language


@dataclass(frozen=True, slots=True)
class Industry:
    """A section (level 1), division (2), group (3) or class (4). English names exist for levels 1 and 2."""

    code: str
    level: int
    name: str
    parent: str | None
    section: str
    english: str

    @property
    def label_code(self) -> str:
        return self.code if self.level == 1 else self.section + self.code

    def label(self, language: str | None = None) -> str:
        """The name in the language; the Chinese one where there is no English name."""
        english = (language or current_language()) == ENGLISH
        return self.english if english and self.english else self.name

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class StrategicIndustry:
    """A strategic emerging industry (2018 classification, levels 1 and 2) and the GB/T 4754 codes closest to it."""

    code: str
    name: str
    english: str
    parent: str | None
    industries: tuple[str, ...]


@lru_cache(maxsize=1)
def load() -> dict[str, Industry]:
    """Every industry by code, in the order of the standard."""
    english = {row["code"]: row["english"] for row in rows("english.csv")}
    table: dict[str, Industry] = {}
    for row in rows("industries.csv"):
        code, parent = row["code"], row["parent"] or None
        section = table[parent].section if parent else code
        level = 1 if parent is None else len(code)
        table[code] = Industry(code, level, row["name"], parent, section, english.get(code, ""))
    return table


@lru_cache(maxsize=1)
def strategic() -> dict[str, StrategicIndustry]:
    """The strategic emerging industries by code (``1`` to ``9``, ``1.1`` to ``9.2``)."""
    return {
        row["code"]: StrategicIndustry(
            row["code"], row["name"], row["english"], row["parent"] or None, tuple(row["industries"].split())
        )
        for row in rows("strategic.csv")
    }


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one of the package's tables."""
    text = (resources.files(__package__) / "data" / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@lru_cache(maxsize=4096)
def ancestry(code: str) -> tuple[str, ...]:
    """The codes from the industry itself up to its section."""
    table, chain = load(), []
    step: str | None = code
    while step is not None:
        chain.append(step)
        step = table[step].parent
    return tuple(chain)


def path(code: str) -> tuple[Industry, ...]:
    """The industries from the section down to the industry itself."""
    return tuple(load()[step] for step in reversed(ancestry(code)))


def full_name(code: str) -> str:
    """``制造业 / 汽车制造业 / 汽车整车制造 / 新能源车整车制造``."""
    return " / ".join(industry.name for industry in path(code))


def within(code: str, ancestor: str) -> bool:
    """Whether the industry lies under `ancestor` or is it."""
    return code == ancestor or (code in load() and ancestor in ancestry(code))


def children(code: str) -> tuple[Industry, ...]:
    """The industries directly under the code."""
    return _children().get(code, ())


@lru_cache(maxsize=1)
def _children() -> dict[str, tuple[Industry, ...]]:
    found: dict[str, list[Industry]] = {}
    for industry in load().values():
        if industry.parent is not None:
            found.setdefault(industry.parent, []).append(industry)
    return {code: tuple(industries) for code, industries in found.items()}


def sections() -> tuple[Industry, ...]:
    """The 20 sections A to T."""
    return tuple(industry for industry in load().values() if industry.level == 1)

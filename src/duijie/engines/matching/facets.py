"""Tests of facets: does what one side asks for agree with what the other side states?

Each test takes the asking document and the giving document and answers with a `FacetFit`. A facet that either side leaves
open is "unknown": it never excludes, and the reasons name it as something still to ask.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from duijie.engines.matching.document import Document, FacetValue


class Fit(StrEnum):
    """How a facet stands between two documents."""

    FITS = "fits"
    PARTLY = "partly"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


VALUES = {Fit.FITS: 1.0, Fit.PARTLY: 0.5, Fit.UNKNOWN: 0.0, Fit.DIFFERS: -1.0}


@dataclass(frozen=True, slots=True)
class FacetFit:
    """One facet's outcome: its name, how it stands, and what either side says (as it should be shown)."""

    facet: str
    fit: Fit
    asked: str
    given: str

    @property
    def value(self) -> float:
        """1 fits, 0.5 partly, 0 unknown, -1 differs: the number that weighs in the score."""
        return VALUES[self.fit]


FacetTest = Callable[[Document, Document], FacetFit]


def _listed(document: Document, name: str) -> tuple[str, ...]:
    value: FacetValue = document.facets.get(name, ())
    if isinstance(value, tuple):
        return tuple(str(each) for each in value)
    return (str(value),) if value not in ("", None) else ()


def _number(document: Document, name: str) -> float | None:
    value = document.facets.get(name)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _shown(values: tuple[str, ...]) -> str:
    return "、".join(values)


@lru_cache(maxsize=4_096)
def _is_code(text: str) -> bool:
    return text.isascii() and any(character.isdigit() for character in text)


# The same few codes are compared again and again: a question meets hundreds of listings, in some dozens of places and industries.
@lru_cache(maxsize=65_536)
def _region_level(asked: str, given: str) -> float:
    """1 the same county or city (or one lies within the other), 0.5 the same province, 0 elsewhere."""
    if asked == given or "000000" in (asked, given):
        return 1.0
    if _is_code(asked) and _is_code(given):
        shorter = min(asked.rstrip("0"), given.rstrip("0"), key=len)
        if asked.startswith(shorter) and given.startswith(shorter):
            return 1.0
        return 1.0 if asked[:4] == given[:4] else 0.5 if asked[:2] == given[:2] else 0.0
    return 1.0 if asked in given or given in asked else 0.0


@lru_cache(maxsize=65_536)
def _industry_level(asked: str, given: str) -> float:
    """1 the same class (or one within the other), 0.5 the same division (two digits), 0 elsewhere."""
    if _is_code(asked) and _is_code(given):
        if asked.startswith(given) or given.startswith(asked):
            return 1.0
        digits = "".join(filter(str.isdigit, asked))[:2], "".join(filter(str.isdigit, given))[:2]
        return 0.5 if digits[0] and digits[0] == digits[1] else 0.0
    return 1.0 if asked in given or given in asked else 0.0


def _graded(asked: tuple[str, ...], given: tuple[str, ...], level: Callable[[str, str], float]) -> Fit:
    if not asked or not given:
        return Fit.UNKNOWN
    best = max(level(one, other) for one in asked for other in given)
    return Fit.FITS if best == 1 else Fit.PARTLY if best > 0 else Fit.DIFFERS


def region_fit(asked: tuple[str, ...], given: tuple[str, ...]) -> Fit:
    """`region` without its words."""
    return _graded(asked, given, _region_level)


def industry_fit(asked: tuple[str, ...], given: tuple[str, ...]) -> Fit:
    """`industry` without its words."""
    return _graded(asked, given, _industry_level)


def region(asking: Document, giving: Document) -> FacetFit:
    """The same city fits, the same province partly; 000000 is the whole country."""
    asked, given = asking.regions, giving.regions
    return FacetFit("region", region_fit(asked, given), _shown(asked), _shown(given))


def industry(asking: Document, giving: Document) -> FacetFit:
    """The same GB/T 4754 class or one within the other fits, the same division partly."""
    asked, given = asking.industries, giving.industries
    return FacetFit("industry", industry_fit(asked, given), _shown(asked), _shown(given))


def yuan(amount_fen: int | None) -> str:
    """An amount as offices write it: 万 from ten thousand, 亿 from a hundred million."""
    if amount_fen is None:
        return ""
    amount = amount_fen / 100
    for unit, size in (("亿元", 1e8), ("万元", 1e4)):
        if amount >= size:
            return f"{amount / size:.4g}{unit}"
    return f"{amount:.10g}元"


def _amounts(document: Document) -> str:
    low, high = document.amount_min_fen, document.amount_max_fen
    if low is None and high is None:
        return ""
    if low == high:
        return yuan(low)
    return f"{yuan(low) or '不限'}—{yuan(high) or '不限'}"


Amounts = tuple[int | None, int | None]
"""The lowest and the highest amount in fen; None where an end is open."""


def budget_fit(asked: Amounts, given: Amounts) -> Fit:
    """`budget` without its words."""
    ceiling = asked[1] if asked[1] is not None else asked[0]
    price = given[0] if given[0] is not None else given[1]
    if ceiling is None or price is None:
        return Fit.UNKNOWN
    return Fit.FITS if ceiling >= price else Fit.PARTLY if ceiling * 5 >= price * 4 else Fit.DIFFERS


def budget(asking: Document, giving: Document) -> FacetFit:
    """What is asked for must be payable: the asker's highest amount reaches the giver's lowest; within a fifth it fits partly."""
    asked, given = (asking.amount_min_fen, asking.amount_max_fen), (giving.amount_min_fen, giving.amount_max_fen)
    return FacetFit("amount", budget_fit(asked, given), _amounts(asking), _amounts(giving))


def ticket(asking: Document, giving: Document) -> FacetFit:
    """The money sought and the money given overlap; open ends reach as far as need be."""
    asked, given = _amounts(asking), _amounts(giving)
    if not asked or not given:
        return FacetFit("amount", Fit.UNKNOWN, asked, given)
    low = max(asking.amount_min_fen or 0, giving.amount_min_fen or 0)
    ends = [end for end in (asking.amount_max_fen, giving.amount_max_fen) if end is not None]
    return FacetFit("amount", Fit.FITS if not ends or low <= min(ends) else Fit.DIFFERS, asked, given)


BY_VALUE: dict[FacetTest, Callable[..., Fit]] = {budget: budget_fit, region: region_fit, industry: industry_fit}
"""Tests that need no whole document, by what either side states: places, industries and amounts are of all kinds, and a question
meets hundreds of them."""


def stage(asking: Document, giving: Document) -> FacetFit:
    """The readiness reached is at least the readiness asked for; one level below fits partly."""
    asked = "" if asking.stage is None else f"TRL {asking.stage}"
    given = "" if giving.stage is None else f"TRL {giving.stage}"
    if asking.stage is None or giving.stage is None:
        return FacetFit("stage", Fit.UNKNOWN, asked, given)
    short = asking.stage - giving.stage
    return FacetFit("stage", Fit.FITS if short <= 0 else Fit.PARTLY if short == 1 else Fit.DIFFERS, asked, given)


def timing(asking: Document, giving: Document) -> FacetFit:
    """`available_from` of the giver is not after the `deadline` of the asker (both ISO dates)."""
    asked, given = str(asking.facets.get("deadline", "")), str(giving.facets.get("available_from", ""))
    if not asked or not given:
        return FacetFit("timing", Fit.UNKNOWN, asked, given)
    return FacetFit("timing", Fit.FITS if given <= asked else Fit.DIFFERS, asked, given)


def shared_list(name: str) -> FacetTest:
    """A test that a facet of words of this name has at least one word in common."""

    def test(asking: Document, giving: Document) -> FacetFit:
        asked, given = _listed(asking, name), _listed(giving, name)
        if not asked or not given:
            return FacetFit(name, Fit.UNKNOWN, _shown(asked), _shown(given))
        return FacetFit(name, Fit.FITS if set(asked) & set(given) else Fit.DIFFERS, _shown(asked), _shown(given))

    test.__name__ = name
    return test


def at_least(name: str) -> FacetTest:
    """A test that the giver's number of this name reaches the asker's; nine tenths of it fits partly."""

    def test(asking: Document, giving: Document) -> FacetFit:
        wanted, offered = _number(asking, name), _number(giving, name)
        asked, given = ("" if value is None else f"{value:.10g}" for value in (wanted, offered))
        if wanted is None or offered is None:
            return FacetFit(name, Fit.UNKNOWN, asked, given)
        fit = Fit.FITS if offered >= wanted else Fit.PARTLY if offered >= 0.9 * wanted else Fit.DIFFERS
        return FacetFit(name, fit, asked, given)

    test.__name__ = name
    return test

"""Why two listings are put together, said with names of places, industries and choices, for one side's eyes.

The engine knows codes and words of lists (330402, joint); people read names. What does not fit and what is still open is said too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString

from duijie.core.language import Label, t
from duijie.core.schema import describe
from duijie.engines.matching.reasons import FACET_NAMES
from duijie.match.models.suggestions import Side
from duijie.match.queries import SeenSuggestion
from duijie.match.why import Why
from duijie.publish.kinds import KINDS
from duijie.web.kit.cards import marked
from duijie.web.kit.names import industry_name, region_name

MOST_REASONS, MOST_MISFITS = 3, 2
_ORDER = ("amount", "industry", "region")  # what decides first is said first


@lru_cache(maxsize=32)
def _choice_labels(facet: str = "") -> dict[str, Label]:
    """The words of the closed lists of every kind, with their names; only of fields about `facet` where one is given.

    The same word may mean different things in different fields ("joint": 合作开发, 合作经营).
    """
    return {
        str(choice): choice.label
        for kind in KINDS.values()
        for field in describe(kind.schema)
        if facet in field.name
        for choice in field.choices
    }


def _named(facet: str, shown: str) -> str:
    """330402、340100 → 南湖区、合肥市. Text that is no code stays as it is."""
    if facet == "amount":
        return shown
    words = [word for word in shown.split("、") if word]
    if facet == "region":
        names = [region_name(word) for word in words]
    elif facet == "industry":
        names = [industry_name(word) for word in words]
    else:
        labels = {**_choice_labels(), **_choice_labels(facet)}
        names = [str(labels.get(word, word)) for word in words]
    return t("、", ", ").join(dict.fromkeys(names))


def _facet_name(facet: str) -> str:
    zh, en = FACET_NAMES.get(facet, (facet, facet))
    return t(zh, en)


def _shared_words(suggestion: SeenSuggestion | Why) -> list[str]:
    """The shared terms, without words of closed lists: that both chose 合作研发 is no common subject."""
    lists = {word.casefold() for word in _choice_labels()}
    return [term for term in suggestion.terms if term.casefold() not in lists]


def _fitting(facet: str, own: str, other: str, partly: bool) -> str:
    name = _facet_name(facet)
    if facet == "region":
        if own == other:
            return t("同在{x}", "Both in {x}", x=other)
        return t("地区相近：对方在{x}", "Nearby: the other side is in {x}", x=other)
    if own == other:
        return t("{f}相同：{x}", "Same {f}: {x}", f=name, x=other)
    return t(
        "{f}{y}：您{a}，对方{b}", "{f} {y}: {a} here, {b} there", f=_capital(name), y=_fits(partly), a=own, b=other
    )


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _fits(partly: bool) -> str:
    return t("相近", "is close") if partly else t("相符", "fits")


def _differing(facet: str, own: str, other: str) -> str:
    if facet == "region":
        return t("对方在{b}，您在{a}", "The other side is in {b}, you are in {a}", a=own, b=other)
    return t(
        "{f}不同：您{a}，对方{b}", "{f} differs: {a} here, {b} there", f=_capital(_facet_name(facet)), a=own, b=other
    )


def reasons_of(
    suggestion: SeenSuggestion | Why, *, most_reasons: int = MOST_REASONS, most_misfits: int = MOST_MISFITS
) -> tuple[list[SafeString], list[str]]:
    """What speaks for it (shared words marked), and what does not fit or is still open."""
    terms = _shared_words(suggestion)
    kept: dict[str, Any] = suggestion.reasons
    said = [marked(t("都提到“{x}”", "Both speak of “{x}”", x=t("”“", "”, “").join(terms)), terms)] if terms else []
    misfits: list[str] = []
    rank = {facet: place for place, facet in enumerate(_ORDER)}
    for item in sorted(kept.get("facets", []), key=lambda item: rank.get(item["facet"], len(rank))):
        asked, given = _named(item["facet"], item["asked"]), _named(item["facet"], item["given"])
        own, other = (asked, given) if suggestion.side == Side.ASKING else (given, asked)
        if item["fit"] == "differs":
            misfits.append(_differing(item["facet"], own, other))
        else:
            said.append(marked(_fitting(item["facet"], own, other, item["fit"] == "partly"), ()))
    missing = [_facet_name(facet) for facet in kept.get("missing", [])]
    if missing:
        misfits.append(t("还要问清：{x}", "Still to be asked: {x}", x=t("、", ", ").join(missing)))
    return said[:most_reasons], misfits[:most_misfits]

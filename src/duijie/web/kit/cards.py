"""The listing card and the match card. Texts may hold <mark> around shared words: make them with `marked`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from duijie.core.language import Label
from duijie.web.kit.library import register, render


@dataclass(frozen=True)
class Fact:
    """A small fact under a title: an icon of the sprite and a word. strong: an amount, for instance."""

    text: Label | str
    icon: str = ""
    strong: bool = False


@dataclass(frozen=True)
class ListingCard:
    """One listing in a list.

    kind, owner, published_on: small words above the title. badges: (kind, text) pairs for `badge`. facts: region, industry,
    amount, deadline. why: the sentence that says why it is here. title, text, why may be SafeString with <mark>.
    """

    title: str
    url: str
    kind: Label | str = ""
    owner: str = ""
    owner_url: str = ""
    published_on: date | None = None
    text: str = ""
    facts: Sequence[Fact] = ()
    badges: Sequence[tuple[str, Label | str]] = ()
    tags: Sequence[str] = ()
    why: str = ""
    confidential: bool = False


@dataclass(frozen=True)
class MatchCard:
    """One suggested partner.

    reasons: two or three sentences with the shared words in <mark>. misfits: what does not fit, shown in grey. fit: 1 to 4, how
    well it fits (bars with a word), 0 for none. interest_url, dismiss_url: where the forms post to (dismiss sends `reason`, one of
    `dismiss_reasons`, (value, label) pairs); forward_url: a page. state: "" (open), "interested", "mutual" or "dismissed";
    state_text says it with its date. id: unique on the page.
    """

    id: str
    title: str
    url: str
    kind: Label | str = ""
    owner: str = ""
    owner_url: str = ""
    facts: Sequence[Fact] = ()
    reasons: Sequence[str] = ()
    misfits: Sequence[str] = ()
    fit: int = 0
    interest_url: str = ""
    dismiss_url: str = ""
    forward_url: str = ""
    state: str = ""
    state_text: str = ""
    dismiss_reasons: Sequence[tuple[str, Label | str]] = ()


FIT_WORDS = {
    1: Label("可以一看", "Worth a look"),
    2: Label("较为相符", "Fair fit"),
    3: Label("相符", "Good fit"),
    4: Label("非常相符", "Excellent fit"),
}


def marked(text: str, terms: Sequence[str]) -> SafeString:
    """`text` escaped, with every occurrence of a term in <mark>; longer terms first, case ignored."""
    wanted = sorted({term for term in terms if term.strip()}, key=lambda term: (-len(term), term))
    if not wanted:
        return mark_safe(escape(text))
    pattern = re.compile("|".join(re.escape(term) for term in wanted), re.IGNORECASE)
    parts, end = [], 0
    for found in pattern.finditer(text):
        parts += [escape(text[end : found.start()]), "<mark>", escape(found.group()), "</mark>"]
        end = found.end()
    return mark_safe("".join([*parts, escape(text[end:])]))


@register.simple_tag
def listing_card(card: ListingCard, level: int = 3) -> str:
    """An entry of `<ul class="k-list" data-keys>`; `level` is that of its heading."""
    return render("listing_card", card=card, level=level)


@register.simple_tag(takes_context=True)
def match_card(context: dict[str, Any], card: MatchCard, level: int = 3) -> str:
    """A suggested partner with its reasons and actions. An answer by htmx replaces the card; without script the forms post."""
    return render(
        "match_card",
        card=card,
        level=level,
        fit_word=FIT_WORDS.get(card.fit, ""),
        bars=range(1, 5),
        csrf_token=context.get("csrf_token", ""),
    )

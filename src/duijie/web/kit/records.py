"""Records over time and in order: timeline, difference of two versions, tree, board, QR image, print header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from typing import Any

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from duijie.core.language import Label
from duijie.web.kit.library import register, render


@dataclass(frozen=True)
class Moment:
    """Something that happened. kind: "" or "bad"; text may be safe HTML."""

    when: date | datetime
    title: Label | str
    text: str = ""
    who: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Branch:
    """A node of a tree with its parts."""

    label: Label | str
    url: str = ""
    count: int | None = None
    children: Sequence[Branch] = ()
    is_open: bool = False
    current: bool = False


@dataclass(frozen=True)
class Ticket:
    """A card of a board. id is what is posted when it moves."""

    id: str
    title: str
    url: str = ""
    text: str = ""
    who: str = ""
    badges: Sequence[tuple[str, Label | str]] = ()


@dataclass(frozen=True)
class Lane:
    key: str
    label: Label | str
    tickets: Sequence[Ticket] = ()


@register.simple_tag
def timeline(moments: Sequence[Moment]) -> str:
    """What happened, latest first."""
    return render("timeline", moments=moments)


@register.simple_tag
def tree(branches: Sequence[Branch], label: str = "") -> str:
    """A tree that opens and closes by mouse and arrow keys."""
    return render("tree", branches=branches, label=label)


@register.simple_tag
def board(lanes: Sequence[Lane], move_url: str = "", label: str = "") -> str:
    """Lanes of tickets. Where `move_url` is given they move by mouse and keyboard: POST ticket=id, lane=key."""
    return render("board", lanes=lanes, move_url=move_url, label=label)


# Chinese by the character, other scripts by the word: that is how people see what changed.
_PIECES = re.compile(r"[A-Za-z]+|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)


def difference(before: str, after: str) -> SafeString:
    """`after` with what went out of `before` struck through and what came in underlined."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    parts: list[str] = []
    for _, a0, a1, b0, b1 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = "".join(old[a0:a1]), "".join(new[b0:b1])
        if gone == come:
            parts.append(format_html("{}", come))
            continue
        parts += [format_html("<del>{}</del>", gone)] if gone else []
        parts += [format_html("<ins>{}</ins>", come)] if come else []
    return mark_safe("".join(parts))


@register.simple_tag
def diff(before: str, after: str) -> SafeString:
    """The difference of two texts."""
    return format_html('<div class="k-diff">{}</div>', difference(before, after))


@register.simple_tag
def qr(text: str, caption: str = "", label: str = "") -> SafeString:
    """A QR code of `text` as an image; `label` is its text alternative (the text itself where empty)."""
    code = segno.make(text, error="m", micro=False)
    image = code.svg_data_uri(scale=4, border=2, dark="#14202a", light="#ffffff")
    return render("qr", image=image, caption=caption, label=label or text)


@register.simple_tag(takes_context=True)
def print_head(context: dict[str, Any], title: str = "", note: str = "") -> str:
    """What a printed page begins with: the alliance, the title, a note. Not seen on the screen."""
    return render("print_head", title=title, note=note, shell=context.get("shell"))

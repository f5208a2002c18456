"""Text as people type it, and text as it is compared.

Two things are kept apart. *Tidying* is for what is stored and shown: it keeps the writer's punctuation and characters,
and takes away only what nobody typed on purpose (control characters, zero-width marks, doubled blanks, full-width
letters and digits). *Keys* are for comparing: NFKC, simplified characters, lower case, no blanks, no punctuation.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Protocol

from opencc import OpenCC


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


# Zero-width characters, byte-order marks, and the marks that reorder a line: they hide text from its reader.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_BREAK = re.compile("\r\n|\r|\u2028|\u2029|\x85")
_BLANKS = re.compile(r"[^\S\n]+")
_MANY_BREAKS = re.compile(r"\n{3,}")
_ANY_BLANK = re.compile(r"\s+")
# Full-width letters, digits and the sign characters of numbers and codes; Chinese punctuation stays as it was typed.
_HALF_WIDTH = {ord(wide): chr(ord(wide) - 0xFEE0) for wide in map(chr, range(0xFF01, 0xFF5F)) if not wide.isascii()}
_STORED_HALF_WIDTH = {
    wide: half for wide, half in _HALF_WIDTH.items() if half.isalnum() or half in "+-./%@#&*=_\\^$~"
} | {0x3000: " "}


@lru_cache(maxsize=1)
def _to_simplified() -> _Converter:
    converter: _Converter = OpenCC("t2s")
    return converter


@lru_cache(maxsize=1)
def _traditional() -> tuple[frozenset[str], re.Pattern[str]]:
    """What a conversion can begin from: every character that has a simplified form, and the phrases made of none of these.

    Most texts hold neither, and converting is slow (it is done in Python).
    """
    folder = resources.files("opencc").joinpath("dictionary")
    characters: set[str] = set()
    phrases: list[str] = []
    for name in ("TSCharacters.txt", "TSPhrases.txt"):
        for line in folder.joinpath(name).read_text(encoding="utf-8").splitlines():
            key, _, values = line.partition("\t")
            if not key or values.split(" ")[0] == key:
                continue
            if len(key) == 1:
                characters.add(key)
            elif characters.isdisjoint(key):
                phrases.append(re.escape(key))
    return frozenset(characters), re.compile("|".join(phrases) or "(?!)")


def simplified(text: str) -> str:
    """Traditional characters written as simplified ones; everything else unchanged."""
    if text.isascii():
        return text
    characters, phrases = _traditional()
    return text if characters.isdisjoint(text) and not phrases.search(text) else _to_simplified().convert(text)


def tidy_line(text: str) -> str:
    """One line that is safe to show: no control or invisible characters, blanks collapsed, full-width letters narrowed.

    Traditional characters and Chinese punctuation stay as they were typed.
    """
    return _ANY_BLANK.sub(" ", tidy_text(text)).strip()


def tidy_text(text: str) -> str:
    """Several lines that are safe to show; at most one empty line in a row, no blanks at the ends of lines."""
    text = _LINE_BREAK.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _CONTROL.sub(" ", text)
    text = unicodedata.normalize("NFC", text.translate(_STORED_HALF_WIDTH))
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return _MANY_BREAKS.sub("\n\n", "\n".join(lines)).strip("\n")


def half_width(text: str) -> str:
    """NFKC without invisible and control characters and with single blanks: the form in which a value is read."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
    return _ANY_BLANK.sub(" ", _CONTROL.sub(" ", text)).strip()


def match_key(text: str) -> str:
    """The form in which two names are compared: simplified, lower case, letters and digits only.

    ``match_key("上海·張江（高新區）") == match_key("上海张江高新区")``
    """
    folded = simplified(half_width(text)).casefold()
    return "".join(character for character in folded if character.isalnum())


def shorten(text: str, length: int) -> str:
    """One tidy line of at most `length` characters, ending in an ellipsis where something was cut: for quoting input."""
    line = tidy_line(text)
    return line if len(line) <= length else line[: length - 1] + "…"

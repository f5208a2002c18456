"""Which known names look like a mistyped one, without comparing with all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher

_COMPARED = 80


class NameIndex:
    """Names by the characters in them. Names and what is looked up are match keys (`core.text.match_key`)."""

    def __init__(self, names: Iterable[str]) -> None:
        index: dict[str, set[str]] = {}
        for name in names:
            for character in name:
                index.setdefault(character, set()).add(name)
        self._names = {character: tuple(sorted(found)) for character, found in index.items()}

    def closest(self, key: str, *, at_least: float = 0.5) -> list[tuple[float, str]]:
        """Pairs of likeness (0 to 1, Ratcliff and Obershelp) and name, the likeliest first."""
        shared = Counter(name for character in set(key) for name in self._names.get(character, ()))
        found = []
        for name, common in shared.most_common(_COMPARED):
            if 2 * common < min(len(key), len(name)):
                break
            likeness = SequenceMatcher(None, key, name, autojunk=False).ratio()
            if likeness >= at_least:
                found.append((likeness, name))
        return sorted(found, key=lambda pair: (-pair[0], pair[1]))

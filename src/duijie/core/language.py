"""Two languages, side by side: every sentence is written as a Chinese and an English one where it is used.

The product speaks Chinese first and English second and no other, so a pair in place is always complete and never
out of date (see docs/decisions/0002-two-languages-side-by-side.md). The language in force is a context variable that each
door sets: the page from the session, the API from Accept-Language, the command line from LANG or --lang.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass

CHINESE, ENGLISH = "zh-hans", "en"
_current: ContextVar[str] = ContextVar("duijie_language", default=CHINESE)


def current_language() -> str:
    return _current.get()


def set_language(language: str | None) -> None:
    """Put `language` in force for this context; anything that is not English is Chinese."""
    _current.set(ENGLISH if (language or "").lower().startswith("en") else CHINESE)


@contextlib.contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Speak `language` inside the block, whatever was in force before."""
    token = _current.set(ENGLISH if (language or "").lower().startswith("en") else CHINESE)
    try:
        yield
    finally:
        _current.reset(token)


def t(zh: str, en: str, /, **values: object) -> str:
    """The sentence in the language in force; `{name}` fields are filled from `values`."""
    sentence = en if _current.get() == ENGLISH else zh
    return sentence.format(**values) if values else sentence


@dataclass(frozen=True)
class Label:
    """A name in both languages that chooses when it is shown, for tables declared once at import."""

    zh: str
    en: str

    def __str__(self) -> str:
        return t(self.zh, self.en)

    def format(self, **values: object) -> str:
        return t(self.zh, self.en, **values)

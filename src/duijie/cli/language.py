"""Which language a command speaks: --lang, else LC_ALL, LC_MESSAGES or LANG, else Chinese."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """ "zh" or "en"."""

    code: str

    def say(self, chinese: str, english: str) -> str:
        """The sentence in this language."""
        return chinese if self.code == "zh" else english

    @classmethod
    def chosen(cls, wanted: str | None) -> Language:
        """By the option, else by the environment; the plain C locale speaks Chinese like the product."""
        if wanted:
            return cls(wanted)
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            if value := os.environ.get(name):
                return cls("en" if value.lower().startswith("en") else "zh")
        return cls("zh")

"""The kit's template tags and filters, built into every template by the settings. See docs/kit.md."""

from __future__ import annotations

from duijie.web.kit import cards, charts, facets, figures, forms, names, pages, parts, records, tables, words
from duijie.web.kit.library import register

__all__ = [
    "cards", "charts", "facets", "figures", "forms", "names", "pages", "parts", "records", "register", "tables", "words",
]  # fmt: skip

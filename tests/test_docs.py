"""Every model has its page and every app its words in the glossary."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps

DOCS = Path(__file__).resolve().parent.parent / "docs"


def _page_of(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() + ".md"


def test_every_model_has_a_page() -> None:
    models = [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("duijie.") and config.label != "core"
        for model in config.get_models()
    ]
    missing = [m.__name__ for m in models if not (DOCS / "models" / _page_of(m.__name__)).exists()]
    assert missing == []


def test_pages_of_models_say_what_always_holds() -> None:
    silent = [p.name for p in sorted((DOCS / "models").glob("*.md")) if "What always holds" not in p.read_text("utf-8")]
    assert silent == []

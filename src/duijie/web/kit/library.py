"""The one library that all the kit's tags and filters register with; `templatetags/kit.py` hands it to Django."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


def render(name: str, **context: Any) -> SafeString:
    """The component `templates/kit/<name>.html` with these values."""
    return render_to_string(f"kit/{name}.html", context)

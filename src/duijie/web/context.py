"""What every page has in its context."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The viewer, for the shell."""
    return {"viewer": getattr(request, "viewer", None)}

"""The three lists of this stage as tabs of one entry in the navigation: members, organisations, agreements."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from duijie.core.language import Label

NAMES = {
    "directory": Label("成员", "Members"),
    "organisations": Label("单位", "Organisations"),
    "agreements": Label("协议", "Agreements"),
}


def tabs_of(here: str) -> list[dict[str, object]]:
    """The tabs with `here` as the one in view."""
    return [
        {"label": label, "url": reverse(f"members:{name}"), "active": name == here} for name, label in NAMES.items()
    ]


def under_members(request: HttpRequest) -> None:
    """Let the navigation show this page under its entry for members."""
    request.nav_key = "members"  # type: ignore[attr-defined]

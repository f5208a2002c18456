"""What other parts of the house put on the pages of members and organisations: the latest listings, for one.

@section("member", order=10)
def latest_listings(request: HttpRequest, member: Member) -> str: ...   # safe HTML of a <section>, or ""
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

Maker = Callable[[HttpRequest, Any], str]
_sections: dict[str, list[tuple[int, Maker]]] = {}


def section(page: str, *, order: int) -> Callable[[Maker], Maker]:
    """Register a section of `page` ("member", "organisation", "alliance", "desk": there the record is the viewer)."""

    def register(maker: Maker) -> Maker:
        _sections.setdefault(page, []).append((order, maker))
        return maker

    return register


def sections_of(page: str, request: HttpRequest, record: Any) -> list[str]:
    """The sections of a page for this viewer, in their order, without empty ones."""
    makers = sorted(_sections.get(page, []), key=lambda entry: entry[0])
    return [html for _, maker in makers if (html := maker(request, record))]

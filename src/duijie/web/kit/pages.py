"""Pages of a long list: where we are, and the addresses of the others."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from duijie.web.kit.library import register, render
from duijie.web.kit.words import changed_query


def page_number(request: HttpRequest) -> int:
    """`?page=`, from 1; what is not a page number is page 1."""
    text = request.GET.get("page", "1")
    return max(1, min(int(text), 1_000_000)) if text.isascii() and text.isdigit() and len(text) < 9 else 1


@dataclass(frozen=True)
class Pages:
    """number: this page, from 1. size: rows on a page. total: rows in all; where it was not counted, `has_next` decides."""

    request: HttpRequest
    number: int
    size: int
    total: int | None
    has_next: bool = False

    @classmethod
    def of(cls, request: HttpRequest, *, total: int | None = None, size: int = 20, has_next: bool = False) -> Pages:
        """From the request; a page beyond the last is the last."""
        number = page_number(request)
        if total is not None:
            number = min(number, max(1, -(-total // size)))
        return cls(request, number, size, total, has_next)

    @property
    def start(self) -> int:
        """Rows before this page: `queryset[pages.start:pages.stop]`."""
        return (self.number - 1) * self.size

    @property
    def stop(self) -> int:
        return self.start + self.size

    @property
    def count(self) -> int:
        """Pages in all, 0 where they were not counted."""
        return 0 if self.total is None else max(1, -(-self.total // self.size))

    @property
    def next_url(self) -> str:
        more = self.has_next if self.total is None else self.number < self.count
        return self.url(self.number + 1) if more else ""

    @property
    def previous_url(self) -> str:
        return self.url(self.number - 1) if self.number > 1 else ""

    def url(self, number: int) -> str:
        return changed_query(self.request.GET, {"page": number if number > 1 else None})

    def links(self) -> list[tuple[int, str]]:
        """(number, address) of the first, the last and those around this one; (0, "") is a gap."""
        near = {1, 2, self.number - 1, self.number, self.number + 1, self.count}
        wanted = sorted(near & set(range(1, self.count + 1)))
        found: list[tuple[int, str]] = []
        for before, number in zip([0, *wanted], wanted, strict=False):
            if number - before == 2:
                found.append((number - 1, self.url(number - 1)))
            elif number - before > 2:
                found.append((0, ""))
            found.append((number, self.url(number)))
        return found


@register.simple_tag
def pagination(pages: Pages, label: str = "") -> str:
    """Links to the other pages; nothing where there is only one. label: of what, where a page has two lists."""
    return render("pagination", pages=pages, label=label) if pages.next_url or pages.previous_url else ""

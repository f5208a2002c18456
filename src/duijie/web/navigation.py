"""The left navigation: every app adds its own entries when it exists, so that nothing stands there for what is not.

    register(NavigationItem("publish", Label("发布", "Publish"), "speakerphone", "publish:home", order=20))

Entries of the section "flow" are the stages in their order; "own" is what belongs to the person; "rule" is administration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from duijie.core.access import Viewer
from duijie.core.language import Label

SECTIONS: dict[str, Label | None] = {
    "own": None,
    "flow": Label("对接流程", "The flow"),
    "rule": Label("管理", "Administration"),
}


def everybody(viewer: Viewer) -> bool:
    return True


def signed_in(viewer: Viewer) -> bool:
    return not viewer.is_guest


@dataclass(frozen=True)
class NavigationItem:
    """key: also what a page sets as `nav_key` to be found under it. icon: a name of @tabler/icons (add it to assets/icons.txt).

    order: stages of the flow count members 10, publish 20, match 30, meet 40, land 50, share 60, settle 70, measure 80.
    short: a shorter label for the phone's tab bar; phone_place: its
    place there, the first four stand, 0 never does. count: a small number behind the label, None for none.
    """

    key: str
    label: Label
    icon: str
    url_name: str
    order: int
    visible: Callable[[Viewer], bool] = everybody
    section: str = "flow"
    short: Label | None = None
    phone_place: int = 0
    count: Callable[[Viewer], int | None] | None = field(default=None, compare=False)


@dataclass(frozen=True)
class ShownItem:
    """An entry as it stands on a page."""

    key: str
    label: Label
    short: Label
    icon: str
    url: str
    current: bool
    count: int | None
    phone_place: int = 0


_items: dict[str, NavigationItem] = {}


def register(item: NavigationItem) -> None:
    """Add an entry; the same key again replaces it."""
    if item.section not in SECTIONS:
        raise ValueError(f"no navigation section {item.section!r}; one of {sorted(SECTIONS)}")
    _items[item.key] = item


def unregister(key: str) -> None:
    _items.pop(key, None)


def navigation_for(
    request: HttpRequest, viewer: Viewer, nav_key: str = ""
) -> list[tuple[str, Label | None, list[ShownItem]]]:
    """(section, heading, entries) for this viewer, without empty sections. The entry whose address this page lies under is current."""
    placed = [(item, _address(item)) for item in sorted(_items.values(), key=lambda item: item.order)]
    open_to = [(item, url) for item, url in placed if url and item.visible(viewer)]
    here = nav_key or _longest(request.path, open_to)
    sections = []
    for name, heading in SECTIONS.items():
        shown = [_shown(item, url, viewer, here) for item, url in open_to if item.section == name]
        if shown:
            sections.append((name, heading, shown))
    return sections


def _address(item: NavigationItem) -> str:
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def _longest(path: str, items: list[tuple[NavigationItem, str]]) -> str:
    """The key of the entry whose address is the longest beginning of this page's."""
    fitting = [(len(url), item.key) for item, url in items if path == url or (url != "/" and path.startswith(url))]
    return max(fitting)[1] if fitting else ""


def _shown(item: NavigationItem, url: str, viewer: Viewer, here: str) -> ShownItem:
    count = item.count(viewer) if item.count else None
    return ShownItem(
        item.key,
        item.label,
        item.short or item.label,
        item.icon,
        url,
        item.key == here,
        count or None,
        item.phone_place,
    )

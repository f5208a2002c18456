"""Facets with counts, and the strip of what is active. Every choice is an address: it can be shared and needs no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from duijie.core.language import Label
from duijie.core.language import t as choose
from duijie.web.kit.library import register, render
from duijie.web.kit.words import changed_query


@dataclass(frozen=True)
class Option:
    """One value of a facet. count: None where it was not counted. url and selected are filled by `Facet.of`."""

    value: str
    label: Label | str
    count: int | None = None
    selected: bool = False
    url: str = ""
    children: Sequence[Option] = ()


@dataclass(frozen=True)
class Facet:
    """key: the parameter in the query string. shown: how many options stand open before "more"."""

    key: str
    label: Label | str
    options: Sequence[Option]
    is_open: bool = True
    shown: int = 8

    @classmethod
    def of(
        cls,
        request: HttpRequest,
        key: str,
        label: Label | str,
        options: Iterable[Option],
        *,
        many: bool = True,
        is_open: bool = True,
        shown: int = 8,
    ) -> Facet:
        """A facet whose options know whether they are selected in this request and where a click leads.

        many: several values may be chosen at once; otherwise a choice replaces the one before.
        """
        chosen = request.GET.getlist(key)

        def placed(option: Option) -> Option:
            selected = option.value in chosen
            others = [v for v in chosen if v != option.value] if many else []
            url = changed_query(request.GET, {key: others if selected else [*others, option.value]})
            children = tuple(placed(child) for child in option.children)
            return Option(option.value, option.label, option.count, selected, url, children)

        return cls(key, label, tuple(placed(option) for option in options), is_open, shown)

    @property
    def first(self) -> Sequence[Option]:
        return self.options[: self.shown]

    @property
    def rest(self) -> Sequence[Option]:
        return self.options[self.shown :]

    @property
    def rest_open(self) -> bool:
        return any(option.selected for option in self.rest)


@dataclass(frozen=True)
class ActiveFilter:
    """What narrows the list now: `label` "地区：嘉兴", and the address without it."""

    label: str
    url: str

    @classmethod
    def from_facets(cls, facets: Iterable[Facet]) -> list[ActiveFilter]:
        """One for each selected option; its address is the one that unselects it."""
        return [
            cls(choose("{f}：{o}", "{f}: {o}", f=facet.label, o=option.label), option.url)
            for facet in facets
            for option in _everyone(facet.options)
            if option.selected
        ]


def _everyone(options: Sequence[Option]) -> Iterable[Option]:
    for option in options:
        yield option
        yield from _everyone(option.children)


@register.simple_tag(name="facets")
def facets_tag(facets: Sequence[Facet]) -> str:
    """The panel beside a list."""
    return render("facets", facets=facets)


@register.simple_tag
def active_filters(filters: Sequence[ActiveFilter], clear_url: str = "?") -> str:
    """The strip above a list; nothing where nothing narrows it."""
    return render("active_filters", filters=filters, clear_url=clear_url) if filters else ""

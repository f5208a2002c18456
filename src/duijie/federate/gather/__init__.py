"""Gathering and fetching: one module for each kind of source, all yielding the same pages of the same things."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from duijie.federate.gather import catalogues, ckan, feeds, nodes, oai, sheets
from duijie.federate.gather.base import Client, Gathered, Order, Page

Gatherer = Callable[[Order, Any], Iterator[Page]]

GATHERERS: dict[str, Gatherer] = {
    "sheet": sheets.pages,
    "feed": feeds.pages,
    "ckan": ckan.pages,
    "oai": oai.pages,
    "dcat": catalogues.pages,
    "node": nodes.pages,
}


def gather(order: Order, cursor: Any = None) -> Iterator[Page]:
    """The pages of a source from `cursor` on (None: from the beginning)."""
    return GATHERERS[order.kind](order, cursor)


__all__ = ["Client", "Gathered", "Order", "Page", "gather"]

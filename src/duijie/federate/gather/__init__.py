"""Gathering and fetching: one module for each kind of source, all yielding the same pages of the same things."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from duijie.federate.gather.base import Client, Gathered, Order, Page

# The module of each kind, loaded when first asked for: reading catalogues brings a graph library along.
MODULES = {"sheet": "sheets", "feed": "feeds", "ckan": "ckan", "oai": "oai", "dcat": "catalogues", "node": "nodes"}


def gather(order: Order, cursor: Any = None) -> Iterator[Page]:
    """The pages of a source from `cursor` on (None: from the beginning)."""
    module = import_module(f"duijie.federate.gather.{MODULES[order.kind]}")
    found: Iterator[Page] = module.pages(order, cursor)
    return found


__all__ = ["Client", "Gathered", "Order", "Page", "gather"]

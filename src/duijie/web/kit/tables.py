"""A dense table: numbers right-aligned, headers that sort by query string, pages, exports, an empty state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from duijie.core.language import Label
from duijie.web.kit.library import register, render
from duijie.web.kit.pages import Pages
from duijie.web.kit.words import changed_query


@dataclass(frozen=True)
class Column:
    """key: word in the query string. kind: "text", "number" or "date" (right-aligned), "centre". sortable: its header sorts."""

    key: str
    label: Label | str
    kind: str = "text"
    sortable: bool = False

    @property
    def css(self) -> str:
        return {"number": "is-end", "date": "is-end", "centre": "is-center"}.get(self.kind, "")


@dataclass(frozen=True)
class Cell:
    """What stands in a cell. value: text or safe HTML. url: where it leads. problem: a sentence that marks the cell as bad.

    exact: the plain figure for the CSV download.
    """

    value: Any
    url: str = ""
    problem: str = ""
    exact: Any = None
    css: str = ""
    label: Label | str = ""
    is_head: bool = False


@dataclass(frozen=True)
class Row:
    cells: Sequence[Any]
    id: str = ""


@dataclass(frozen=True)
class Table:
    """rows: `Row`s, or plain sequences with as many cells as there are columns; the first cell names the row.

    sort: the key in force, with "-" for descending. exports: {"Excel": address, "CSV": address}. summary: a sentence above.
    empty: what is shown where there are no rows (safe HTML from the `empty` tag, or a sentence). as_cards: on a phone each row
    becomes a card. Without a `request` nothing sorts. caption: what the table is, for screen readers.
    """

    columns: Sequence[Column]
    rows: Sequence[Any]
    request: HttpRequest | None = None
    pages: Pages | None = None
    caption: str = ""
    sort: str = ""
    exports: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    empty: str = ""
    as_cards: bool = True
    tight: bool = False
    foot: Sequence[Any] = ()

    def heads(self) -> list[dict[str, Any]]:
        """Each header with the address that sorts by it and the order in force ("ascending", "descending" or "")."""
        found = []
        for column in self.columns:
            order = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "")
            found.append({"column": column, "order": order, "url": self._sort_url(column)})
        return found

    def _sort_url(self, column: Column) -> str:
        if not column.sortable or self.request is None:
            return ""
        first, second = column.key, f"-{column.key}"
        if column.kind in {"number", "date"}:  # wanted largest and latest first; names from the beginning
            first, second = second, first
        return changed_query(self.request.GET, {"sort": second if self.sort == first else first})

    def body(self) -> list[dict[str, Any]]:
        """Rows with every cell as a `Cell` that knows its column's alignment and label."""
        found = []
        for row in self.rows:
            cells = row.cells if isinstance(row, Row) else row
            placed = []
            for place, (column, cell) in enumerate(zip(self.columns, cells, strict=True)):
                one = cell if isinstance(cell, Cell) else Cell(cell)
                css = " ".join(filter(None, [column.css, one.css, "is-bad" if one.problem else ""]))
                placed.append(Cell(one.value, one.url, one.problem, one.exact, css, column.label, place == 0))
            found.append({"cells": placed, "id": row.id if isinstance(row, Row) else ""})
        return found

    def foot_cells(self) -> list[Cell]:
        if not self.foot:
            return []
        return [
            Cell(value, css=column.css, label=column.label)
            for column, value in zip(self.columns, self.foot, strict=True)
        ]


def sort_of(request: HttpRequest, allowed: Sequence[str], default: str) -> str:
    """The `?sort=` in force: one of `allowed`, with or without "-"; anything else is `default`."""
    asked = request.GET.get("sort", "")
    return asked if asked.removeprefix("-") in allowed else default


@register.simple_tag(name="table")
def table_tag(table: Table) -> str:
    """Show a `Table`."""
    return render(
        "table", table=table, heads=table.heads(), body=table.body(), foot=table.foot_cells(), pages=table.pages
    )

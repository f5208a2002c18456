"""Listings as sheets: the columns of a kind, rows in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from duijie.core.errors import Fault, Faults
from duijie.core.schema import describe
from duijie.core.schema.columns import column_of
from duijie.core.sheets import Cell, Column, Sheet, open_sheet
from duijie.members.models import Member, Organisation
from duijie.publish.actions.bulk import Row
from duijie.publish.actions.writing import check_dates
from duijie.publish.kinds import KINDS, ListingDraft
from duijie.publish.schemas import Circle, ListingValues, read_listing, resolve_circle, resolve_organisation


@lru_cache(maxsize=32)
def columns_of(kind: str) -> tuple[Column, ...]:
    """The columns of a kind's sheet: the own id first, the common part, then its facets."""
    common = [d for d in describe(ListingDraft) if d.name != "kind"]
    common.sort(key=lambda d: d.name != "external_id")
    return tuple(column_of(d) for d in (*common, *describe(KINDS[kind].schema)))


@dataclass
class ReadRow:
    """A row of a sheet: either parsed, or with its faults (each with the place of its cell)."""

    number: int
    row: Row | None
    faults: list[Fault] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)


class SheetReader:
    """Reads the listings of one sheet for one member; remembers ids so that a repeated one is told with both rows.

    key: what rows without an id of their own are numbered under, the same for the same file, so that a second import of it
    finds them again.
    """

    def __init__(
        self, *, path: Path, kind: str, member: Member, key: str, organisation: Organisation | None = None
    ) -> None:
        self.path, self.kind, self.member, self.key, self.organisation = path, kind, member, key, organisation
        self._seen: dict[str, int] = {}
        self._organisations: dict[str, Organisation | None] = {}
        self._circles: dict[tuple[Any, ...], Circle] = {}

    def __iter__(self) -> Iterator[ReadRow]:
        with open_sheet(self.path, columns=columns_of(self.kind)) as sheet:
            for number, cells in sheet.rows():
                yield self._read(sheet, number, cells)

    def _read(self, sheet: Sheet, number: int, cells: dict[str, Cell]) -> ReadRow:
        shown = {name: cell.shown for name, cell in cells.items()}
        faults = [cell.fault for cell in cells.values() if cell.fault is not None]
        data = {name: cell.value for name, cell in cells.items() if cell.fault is None}
        row: Row | None = None
        try:
            row = self._parse(number, data)
        except Fault as refused:
            troubled = {name for name, cell in cells.items() if cell.fault is not None}
            for fault in refused.faults if isinstance(refused, Faults) else [refused]:
                column = (fault.place or "").removeprefix("facets.").split(".")[0]
                if column not in troubled:  # a cell that could not be read is told once, as that
                    fault.detail["column"] = column
                    faults.append(fault.at(sheet.place(number, column)))
        faults.sort(key=lambda f: (len(f.place or ""), f.place or ""))  # as they stand in the row: Z before AA
        for fault in faults:
            fault.detail["row"] = number
        return ReadRow(number, None if faults else row, faults, shown)

    def _parse(self, number: int, data: dict[str, Any]) -> Row:
        values = read_listing({"kind": self.kind} | data)
        check_dates(values)
        draft = values.draft
        external_id = draft.external_id or f"{self.key}-{number}"
        if external_id in self._seen:
            first = self._seen[external_id]
            raise Fault(
                "sheet.repeated_id",
                f"编号“{external_id}”与第 {first} 行重复。",
                f"The id “{external_id}” stands in row {first} already.",
                place="external_id",
                status=422,
            )
        self._seen[external_id] = number
        return Row(number, external_id, values, self._organisation(draft.owner_organisation), self._circle(values))

    def _organisation(self, text: str | None) -> Organisation | None:
        if self.organisation is not None or not text:
            return self.organisation
        if text not in self._organisations:
            self._organisations[text] = resolve_organisation(text, self.member)
        return self._organisations[text]

    def _circle(self, values: ListingValues) -> Circle:
        draft = values.draft
        key = (draft.visibility, draft.visible_alliance, tuple(draft.visible_members or ()))
        if key not in self._circles:
            self._circles[key] = resolve_circle(draft)
        return self._circles[key]

"""Records as sheets: the columns, the template, and each row as a record or with the faults of its cells.

Every app registers the records that come by sheet to a member; the page, the REST upload, the job with its progress, the marked copy
and `duijie sheet` follow from that:

    register(SheetKind("deals", Label("项目线索", "Deals"), DealRecord, unique=("external_id",), demand=may_write_deals,
                       write=upsert_deal_row, shown_at=lambda member: reverse("deals")))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from duijie.core.access import Viewer
from duijie.core.errors import Fault, Faults, NotAllowed, NotFound
from duijie.core.language import Label
from duijie.core.schema import Record, describe, parse
from duijie.core.schema.columns import column_of
from duijie.core.sheets import Column, Limits, Sheet, open_sheet, write_template
from duijie.members.models import Member

MOST_ROWS = 20_000
LIMITS = Limits(rows=MOST_ROWS)


def _nowhere(member: Member) -> str:
    return ""


@dataclass(frozen=True)
class SheetKind:
    """What a sheet holds.

    demand(viewer, member): raises NotAllowed or NotFound unless the viewer may bring such a sheet in for the member.
    write(actor=, member=, record=, dry_run=): writes one row through its action, "created", "changed" or "unchanged"; with
    dry_run the same path, rolled back. left_out: fields without a column. unique: fields that no two rows may share.
    shown_at(member): the address where what was written can be seen. empties: an empty cell was given, too, and empties its field;
    otherwise it says nothing.
    """

    word: str
    label: Label
    schema: type[Record]
    demand: Callable[[Viewer, Member], None]
    write: Callable[..., str]
    left_out: frozenset[str] = frozenset()
    unique: tuple[str, ...] = ()
    shown_at: Callable[[Member], str] = _nowhere
    empties: bool = False

    def open_to(self, viewer: Viewer, member: Member) -> bool:
        """Whether the viewer may bring such a sheet in for the member."""
        try:
            self.demand(viewer, member)
        except (NotAllowed, NotFound):
            return False
        return True


KINDS: dict[str, SheetKind] = {}


def register(kind: SheetKind) -> SheetKind:
    """Make a kind of sheet known under its word."""
    if kind.word in KINDS:
        raise ValueError(f"sheets of {kind.word} are registered twice")
    KINDS[kind.word] = kind
    return kind


def columns_of(kind: str) -> tuple[Column, ...]:
    sheet = KINDS[kind]
    return tuple(column_of(d) for d in describe(sheet.schema) if d.name not in sheet.left_out)


def write_template_of(kind: str, out: IO[bytes]) -> None:
    """The Excel template of a kind, in the language in force."""
    write_template(columns_of(kind), out, title=str(KINDS[kind].label))


@dataclass
class SheetRow:
    """A row of a sheet: its record, or the faults of its cells, each with its place."""

    number: int
    record: Any | None
    faults: list[Fault] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)

    def place(self, fault: Fault) -> Fault:
        """`fault`, found in the cell that its place names, or else at the row's first cell."""
        column = (fault.place or "").split(".")[0]
        return fault.at(self.places.get(column) or next(iter(self.places.values()), str(self.number)))


def rows_of(path: Path, kind: str) -> Iterator[SheetRow]:
    """Every row with its record or its faults. Raises Fault where the file as a whole is refused."""
    sheet_kind = KINDS[kind]
    seen: dict[tuple[str, str], int] = {}
    with open_sheet(path, columns=columns_of(kind), limits=LIMITS) as sheet:
        for number, cells in sheet.rows():
            row = _row(sheet, sheet_kind, number, cells)
            if row.record is not None:
                _refuse_repeated(sheet_kind, row, seen)
            yield row


def _row(sheet: Sheet, kind: SheetKind, number: int, cells: dict[str, Any]) -> SheetRow:
    names = [d.name for d in describe(kind.schema) if d.name not in kind.left_out]
    row = SheetRow(number, None, places={name: sheet.place(number, name) for name in names})
    row.faults = [cell.fault for cell in cells.values() if cell.fault is not None]
    troubled = {name for name, cell in cells.items() if cell.fault is not None}
    try:
        record = parse(kind.schema, {name: cell.value for name, cell in cells.items() if cell.fault is None})
    except Fault as refused:
        for fault in refused.faults if isinstance(refused, Faults) else [refused]:
            if (fault.place or "").split(".")[0] not in troubled:  # a cell that cannot be read is told once, as that
                row.faults.append(row.place(fault))
        return row
    if not row.faults:
        if kind.empties:
            record.model_fields_set.update(column.name for column in sheet.columns)
        row.record = record
    return row


def _refuse_repeated(kind: SheetKind, row: SheetRow, seen: dict[tuple[str, str], int]) -> None:
    """Two rows of one sheet that mean the same record: the second is told which the first is."""
    for name in kind.unique:
        value = getattr(row.record, name)
        if not value:
            continue
        first = seen.setdefault((name, value), row.number)
        if first != row.number:
            repeated = Fault(
                "sheet.repeated_id",
                f"“{value}”与第 {first} 行重复。",
                f"“{value}” stands in row {first} already.",
                place=name,
                status=422,
            )
            row.faults.append(row.place(repeated))
            row.record = None
            return

"""The data of an index: one row per unit and period, one column per indicator, node or denominator."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from duijie.engines.composite.errors import refuse

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

_PERIOD = re.compile(r"^(\d{4})(?:[-/]?(?:[Qq季]([1-4])|[Hh]([12])|[-/.年]?(\d{1,2})月?)|年)?$")


def period_position(period: str, place: str = "") -> float:
    """A period's place on the time line in years: 2021, 2021Q3, 2021H1, 2021-07; refused when it is none of these."""
    match = _PERIOD.match(period.strip())
    if match is None:
        try:
            position = float(period)
        except ValueError:
            position = float("nan")
        if not abs(position) < float("inf"):
            refuse("period_unreadable", place or "period", period=period)
        return position
    year, quarter, half, month = match.groups()
    if quarter:
        return int(year) + (int(quarter) - 1) / 4
    if half:
        return int(year) + (int(half) - 1) / 2
    if month:
        if not 1 <= int(month) <= 12:
            refuse("period_unreadable", place or "period", period=period)
        return int(year) + (int(month) - 1) / 12
    return float(int(year))


def is_period(name: str) -> bool:
    """Whether a heading is a period with a year: 2021, 2021Q3, 2021-07."""
    return _PERIOD.match(name.strip()) is not None


def _as_slice(positions: Sequence[int]) -> slice | None:
    """Neighbouring columns as a slice, which numpy copies several times faster than a list; None for others."""
    if not positions or any(b - a != 1 for a, b in pairwise(positions)):
        return None
    return slice(positions[0], positions[-1] + 1)


@dataclass(frozen=True)
class Panel:
    """Rows sorted by period, then by the order in which units first came. `values` is (rows, columns), NaN is missing.

    `groups` maps a grouping column to one label per row (None where unknown); `names` maps a unit's code to its name.
    A table without periods has the one period "".
    """

    units: tuple[str, ...]
    periods: tuple[str, ...]
    columns: tuple[str, ...]
    values: Floats
    groups: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.units), len(self.columns)) or len(self.periods) != len(self.units):
            raise ValueError(
                f"values {self.values.shape} do not fit {len(self.units)} rows, {len(self.columns)} columns"
            )

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.units)

    def at(self, code: str) -> int:
        """The column's position."""
        positions: dict[str, int] | None = self.__dict__.get("_positions")
        if positions is None:
            positions = {column: position for position, column in enumerate(self.columns)}
            object.__setattr__(self, "_positions", positions)
        if code not in positions:
            refuse("column_missing", "data", column=code)
        return positions[code]

    def column(self, code: str) -> Floats:
        """One column's values."""
        return self.values[:, self.at(code)]

    def block(self, codes: Sequence[str]) -> Floats:
        """Several columns' values, (rows, codes)."""
        chosen = [self.at(code) for code in codes]
        side_by_side = _as_slice(chosen)
        return self.values[:, chosen] if side_by_side is None else self.values[:, side_by_side].copy()

    def with_block(self, codes: Sequence[str], block: Floats) -> Panel:
        """A copy with these columns replaced or added."""
        fresh = [code for code in codes if code not in self.columns]
        columns = (*self.columns, *fresh)
        values = np.empty((self.size, len(columns)))
        values[:, : len(self.columns)] = self.values
        position = {code: at for at, code in enumerate(columns)}
        chosen = [position[code] for code in codes]
        side_by_side = _as_slice(chosen)
        values[:, chosen if side_by_side is None else side_by_side] = block
        return replace(self, columns=columns, values=values)

    def with_rows(self, keep: npt.NDArray[np.bool_]) -> Panel:
        """A copy with the rows where `keep` holds."""
        chosen = np.flatnonzero(keep)
        return replace(
            self,
            units=tuple(self.units[row] for row in chosen),
            periods=tuple(self.periods[row] for row in chosen),
            values=self.values[chosen],
            groups={name: tuple(labels[row] for row in chosen) for name, labels in self.groups.items()},
        )

    def period_list(self) -> list[str]:
        """The periods in order of time."""
        return list(dict.fromkeys(self.periods))

    def rows_of(self, period: str) -> Rows:
        """Rows of a period; refused when there are none."""
        rows = self.period_rows().get(period)
        if rows is None:
            refuse("period_missing", "data", period=period, known=", ".join(self.period_list()))
        return rows

    def period_rows(self) -> dict[str, Rows]:
        """Rows by period, in order of time."""
        found: dict[str, Rows] | None = self.__dict__.get("_rows")
        if found is None:
            labels = np.array(self.periods)
            found = {period: np.flatnonzero(labels == period) for period in self.period_list()}
            object.__setattr__(self, "_rows", found)
        return found

    def unit_list(self) -> list[str]:
        """Units in the order of their first row."""
        return list(dict.fromkeys(self.units))

    def group(self, name: str) -> tuple[str | None, ...]:
        """Labels of a grouping column; refused when there is none of that name."""
        if name not in self.groups:
            refuse("group_missing", "data", group=name, known=", ".join(self.groups))
        return self.groups[name]

    def place(self, row: int, code: str | None = None) -> str:
        """Words for a cell: unit, period, column."""
        parts = [self.units[row], self.periods[row], code or ""]
        return " / ".join(part for part in parts if part)

    def cube(self, codes: Sequence[str]) -> tuple[Floats, list[str], list[str], Rows]:
        """(units, periods, codes) with NaN where a unit has no row, the two lists, and each row's flat position."""
        units, periods = self.unit_list(), self.period_list()
        unit_at = {unit: at for at, unit in enumerate(units)}
        period_at = {period: at for at, period in enumerate(periods)}
        flat = np.array(
            [
                unit_at[unit] * len(periods) + period_at[period]
                for unit, period in zip(self.units, self.periods, strict=True)
            ],
            dtype=np.intp,
        )
        cube = np.full((len(units) * len(periods), len(codes)), np.nan)
        cube[flat] = self.block(codes)
        return cube.reshape(len(units), len(periods), len(codes)), units, periods, flat

    def digest(self) -> str:
        """SHA-256 of codes and values, for the log."""
        seal = hashlib.sha256()
        for part in (self.units, self.periods, self.columns):
            seal.update("\x1f".join(part).encode() + b"\x1e")
        # Gaps are sealed in one form: arithmetic can leave them with either sign.
        plain = np.array(self.values, dtype="<f8", order="C")
        plain[np.isnan(plain)] = np.nan
        seal.update(plain.data)
        return seal.hexdigest()


def make_panel(
    units: Sequence[str],
    columns: Mapping[str, Sequence[float]],
    *,
    periods: Sequence[str] | None = None,
    groups: Mapping[str, Sequence[str | None]] | None = None,
    names: Mapping[str, str] | None = None,
) -> Panel:
    """A panel from columns, sorted and checked: the door for callers who hold arrays already.

    Raises:
        CompositeError: a unit twice in one period, or twice without periods.
    """
    labels = [str(period) for period in periods] if periods is not None else [""] * len(units)
    seen: set[tuple[str, str]] = set()
    for unit, period in zip(units, labels, strict=True):
        if (unit, period) in seen:
            refuse("period_twice" if period else "unit_twice", "data", unit=unit, period=period)
        seen.add((unit, period))
    first = {unit: at for at, unit in reversed(list(enumerate(units)))}
    keys = {label: (period_position(label) if label else 0.0) for label in dict.fromkeys(labels)}
    order = sorted(range(len(units)), key=lambda row: (keys[labels[row]], first[units[row]], row))
    values = np.array([np.asarray(column, dtype=float) for column in columns.values()], dtype=float)
    values = values.reshape(len(columns), len(units)).T[order]
    return Panel(
        units=tuple(units[row] for row in order),
        periods=tuple(labels[row] for row in order),
        columns=tuple(columns),
        values=np.ascontiguousarray(values),
        groups={name: tuple(found[row] for row in order) for name, found in (groups or {}).items()},
        names=dict(names or {}),
    )


@dataclass(frozen=True)
class Scope:
    """Rows on which a method takes its measure, and rows to which it is applied."""

    label: str
    fitted_on: Rows
    applied_to: Rows


def scopes(panel: Panel, over: str, reference: str | None, place: str) -> Iterator[Scope]:
    """`over` is "period" (each by itself), "all" (all periods together) or "reference" (one year is the measure)."""
    if over == "period":
        for period, rows in panel.period_rows().items():
            yield Scope(period, rows, rows)
        return
    everything = np.arange(panel.size)
    if over == "all":
        yield Scope("", everything, everything)
        return
    if reference is None:
        refuse("reference_missing", place)
    yield Scope(reference, panel.rows_of(reference), everything)

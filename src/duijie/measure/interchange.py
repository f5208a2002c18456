"""Observations as files: tidy CSV and Excel (one row per value), and SDMX-CSV 2.0 with a small structure of six dimensions and attributes.

SDMX: FREQ, REF_AREA, INDICATOR, TIME_PERIOD → OBS_VALUE, with UNIT_MEASURE, OBS_STATUS, COMMENT_OBS and VINTAGE. REF_AREA is a member's short
name, CN and a division code, A_ and the name of another area, or _T for all together.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from duijie.core import regions
from duijie.core.calendar import Period, PeriodKind, parse_period
from duijie.core.errors import Fault, Faults
from duijie.core.indicators import (
    WHOLE,
    Indicator,
    Observation,
    Value,
    area_unit,
    member_unit,
    region_unit,
    split_unit,
)
from duijie.core.models.indicators import plain_figures
from duijie.core.sheets import Column, Limits, open_sheet, write_table
from duijie.core.text import tidy_line
from duijie.measure.checks import Given, check_cell
from duijie.measure.reading import read_value
from duijie.members.models import Member
from duijie.members.places import find_member

STRUCTURE_ID = "DUIJIE:INDICATORS(1.0)"
SDMX_HEADER = (
    "STRUCTURE", "STRUCTURE_ID", "ACTION", "FREQ", "REF_AREA", "INDICATOR", "TIME_PERIOD", "OBS_VALUE",
    "UNIT_MEASURE", "OBS_STATUS", "COMMENT_OBS", "VINTAGE",
)  # fmt: skip
MOST_ROWS = 200_000
_FREQUENCIES = {PeriodKind.YEAR: "A", PeriodKind.HALF: "S", PeriodKind.QUARTER: "Q", PeriodKind.MONTH: "M"}
COLUMNS = (
    Column("indicator", "指标代码", "Indicator", ("代码", "INDICATOR", "code"), required=True, example="revenue"),
    Column("name", "指标", "Name", ("指标名称",)),
    Column(
        "unit",
        "单位或地区",
        "Area",
        ("REF_AREA", "成员", "园区", "地区", "area", "member"),
        required=True,
        example="nanhu",
    ),
    Column("period", "期间", "Period", ("TIME_PERIOD", "时期", "年份", "年度", "time"), required=True, example="2025"),
    Column("value", "数值", "Value", ("OBS_VALUE", "值"), example="12.5"),
    Column("measure_unit", "计量单位", "Unit", ("UNIT_MEASURE",)),
    Column("status", "状态", "Status", ("OBS_STATUS",), example="A"),
    Column("reason", "说明", "Comment", ("COMMENT_OBS", "原因", "备注"), kind="text"),
    Column("vintage", "入库时间", "Recorded", ("VINTAGE",)),
)


def area_code(unit: str, slugs: Mapping[int, str]) -> str:
    """A unit as a file writes it."""
    kind, name = split_unit(unit)
    if kind == "member":
        return slugs.get(int(name), unit)
    return {"region": f"CN{name}", "area": f"A_{name}"}.get(kind, "_T")


def unit_of(text: str) -> str:
    """The unit that a file calls `text`: a member's short name or name, a region's code or name, an area, _T.

    Raises Fault "member.unknown" where it is nothing of these.
    """
    plain = tidy_line(text)
    if plain in {"_T", "全部"}:
        return WHOLE
    if plain.startswith("A_"):
        return area_unit(plain[2:60])
    if plain.startswith("CN") and regions.get(plain[2:]) is not None:
        return region_unit(plain[2:])
    try:
        return member_unit(find_member(plain, place="unit").pk)
    except Fault:
        found = regions.find(plain)
        if found is None:
            raise
        return region_unit(found.code)


def sdmx_period(period: Period) -> str:
    """2024, 2024-S1, 2024-Q1, 2024-05."""
    letter = {PeriodKind.HALF: "S", PeriodKind.QUARTER: "Q"}.get(period.kind)
    return f"{period.year}-{letter}{period.number}" if letter else period.code


def _read_period(text: Any) -> Period:
    plain = str(int(text)) if isinstance(text, float) and text.is_integer() else str(text).strip()
    return parse_period(plain.replace("-S", "-H").replace("-s", "-H"))


def slugs_of(rows: Iterable[Observation]) -> dict[int, str]:
    """Short names of the members that observations are of."""
    ids = {row.member_id for row in rows if row.member_id is not None}
    return dict(Member.objects.filter(pk__in=ids).values_list("pk", "slug"))


def to_sdmx_csv(rows: Iterable[Observation]) -> bytes:
    """Observations as SDMX-CSV 2.0, without a byte order mark (readers of SDMX want none)."""
    found = list(rows)
    slugs = slugs_of(found)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(SDMX_HEADER)
    for row in found:
        period = parse_period(row.period)
        writer.writerow(
            ("datastructure", STRUCTURE_ID, "I", _FREQUENCIES[period.kind], area_code(row.unit, slugs), row.indicator.code,
             sdmx_period(period), "" if row.value is None else plain_figures(row.value), row.indicator.unit, row.status,
             row.reason, row.recorded_at.isoformat())
        )  # fmt: skip
    return text.getvalue().encode()


def tidy_rows(rows: Iterable[Observation]) -> Iterator[dict[str, Any]]:
    """Observations as rows of the tidy table."""
    found = list(rows)
    slugs = slugs_of(found)
    for row in found:
        yield {
            "indicator": row.indicator.code, "name": row.indicator.name, "unit": area_code(row.unit, slugs),
            "period": row.period, "value": None if row.value is None else plain_figures(row.value),
            "measure_unit": row.indicator.unit, "status": row.status, "reason": row.reason,
            "vintage": row.recorded_at.isoformat(),
        }  # fmt: skip


def write_tidy(rows: Iterable[Observation], out: IO[bytes], *, form: str = "csv") -> int:
    """Observations as a tidy CSV or Excel table; how many there were."""
    return write_table(COLUMNS, tidy_rows(rows), out, form=form)


@dataclass(frozen=True)
class ReadRow:
    """A row of a file: the value, and the place of its figure."""

    value: Value
    place: str


def read_values(source: Path | bytes | IO[bytes], *, audience: str = "public") -> list[ReadRow]:
    """The values in a tidy table or an SDMX-CSV file, checked as a whole.

    Raises Faults, each with its cell: an unknown indicator or area, an unreadable period or value, bounds, a value twice, a computed one.
    """
    faults: list[Fault] = []
    rows: list[ReadRow] = []
    seen: dict[tuple[str, str, str], int] = {}
    indicators = {i.code: i for i in Indicator.objects.all()}
    units: dict[str, str] = {}
    with open_sheet(source, columns=COLUMNS, limits=Limits(rows=MOST_ROWS)) as sheet:
        for number, cells in sheet.rows():
            try:
                given = {name: cell.value for name, cell in cells.items() if cell.value is not None}
                value = _row(given, indicators, units, audience)
                key = (value.code, value.unit, value.period)
                if key in seen:
                    raise Fault(
                        "observation.twice", f"与第 {seen[key]} 行重复：同一指标、单位和期间给了两个值。",
                        f"The same indicator, area and period stand in row {seen[key]} already.", place="period", status=422,
                    )  # fmt: skip
                seen[key] = number
                rows.append(ReadRow(value, sheet.place(number, "value")))
            except Fault as fault:
                for one in fault.faults if isinstance(fault, Faults) else [fault]:
                    known = one.place if one.place in {c.name for c in COLUMNS} else "value"
                    faults.append(one.at(sheet.place(number, known or "value")))
    if faults:
        raise Faults(faults[:1000])
    return rows


def _row(given: Mapping[str, Any], indicators: Mapping[str, Indicator], units: dict[str, str], audience: str) -> Value:
    for name, zh, en in (
        ("indicator", "指标代码", "Indicator"),
        ("unit", "单位或地区", "Area"),
        ("period", "期间", "Period"),
    ):
        if not str(given.get(name, "")).strip():
            raise Fault("missing", f"{zh}：必须填写。", f"{en}: is required.", place=name, status=422)
    code = str(given["indicator"]).strip()
    indicator = indicators.get(code)
    if indicator is None:
        raise Fault("indicator.unknown", f"没有代码为“{code[:40]}”的指标。", f"There is no indicator “{code[:40]}”.", place="indicator", status=422)  # fmt: skip
    if indicator.formula:
        raise Fault("indicator.computed", f"指标“{indicator.name}”由公式计算，不能导入。", f"“{code}” is computed by a formula.", place="indicator", status=422)  # fmt: skip
    area = str(given["unit"]).strip()
    if area not in units:
        units[area] = unit_of(area)
    try:
        period = _read_period(given["period"])
    except Fault as fault:
        raise fault.at("period") from None
    status = str(given.get("status", "") or "").strip().upper() or "A"
    if status not in Observation.Status.values:
        raise Fault(
            "value.status",
            f"没有“{status[:20]}”这种状态。",
            f"There is no status “{status[:20]}”.",
            place="status",
            status=422,
        )
    value = read_value(given.get("value"), indicator.unit)
    reason = tidy_line(str(given.get("reason", "") or ""))
    if value is None:
        status = "M"
    elif status == "M":
        raise Fault(
            "value.missing_with_value",
            "标为缺失就不要填数值。",
            "Marked missing, but there is a value.",
            place="status",
            status=422,
        )
    faults = check_cell(indicator, Given(value, status, reason or "—"))
    if faults:
        raise Faults([f.at("value") for f in faults])
    return Value(code, units[area], period.code, value, status, reason, audience=audience)

"""Deals of the markets, by sheet or by a system, found again by their external id."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Fault, Faults
from duijie.core.schema import parse
from duijie.core.schema.columns import column_of
from duijie.core.schema.description import describe
from duijie.core.sheets import Column, Limits, open_sheet
from duijie.measure.models import MarketDeal
from duijie.measure.rules import anywhere, demand
from duijie.measure.schemas import DealRecord

MOST_ROWS = 100_000


def columns() -> tuple[Column, ...]:
    """The columns of the sheet of deals."""
    return tuple(column_of(described) for described in describe(DealRecord))


def read_deals(source: Path | bytes | IO[bytes]) -> list[DealRecord]:
    """The deals of a sheet, checked as a whole. Raises Faults with the cell of each."""
    faults: list[Fault] = []
    found: list[DealRecord] = []
    seen: dict[str, int] = {}
    with open_sheet(source, columns=columns(), limits=Limits(rows=MOST_ROWS)) as sheet:
        for number, cells in sheet.rows():
            try:
                record = parse(DealRecord, {name: cell.value for name, cell in cells.items() if cell.fault is None})
                _check(record)
                if record.external_id in seen:
                    raise Fault(
                        "sheet.repeated_id", f"编号“{record.external_id}”与第 {seen[record.external_id]} 行重复。",
                        f"“{record.external_id}” stands in row {seen[record.external_id]} already.", place="external_id", status=422,
                    )  # fmt: skip
                seen[record.external_id] = number
                found.append(record)
            except Fault as fault:
                for one in fault.faults if isinstance(fault, Faults) else [fault]:
                    faults.append(one.at(sheet.place(number, (one.place or "external_id").split(".")[0])))
            faults += [cell.fault for cell in cells.values() if cell.fault is not None]
    if faults:
        raise Faults(faults[:1000])
    return found


def _check(record: DealRecord) -> None:
    if record.amount is None or record.amount.low_minor is None or record.amount.low_minor != record.amount.high_minor:
        raise Fault("deal.amount", "金额：应是一个数。", "Amount: one figure is wanted.", place="amount", status=422)
    if record.amount.currency != "CNY":
        raise Fault(
            "deal.currency", "金额：请折算为人民币。", "Amount: please convert to CNY.", place="amount", status=422
        )
    if record.announced_on is None:
        raise Fault("missing", "公告日：必须填写。", "Announced on: is required.", place="announced_on", status=422)


def import_deals(
    *, actor: Viewer, records: Iterable[DealRecord], is_demonstration: bool = False, dry_run: bool = False
) -> dict[str, int]:
    """Write deals by external id: how many were created, changed, left as they were. Raises NotAllowed, Faults."""
    rows = list(records)
    for record in rows:
        _check(record)
    there = {d.external_id: d for d in MarketDeal.objects.filter(external_id__in=[r.external_id for r in rows])}
    counts = {"created": 0, "changed": 0, "unchanged": 0}
    fresh: list[MarketDeal] = []
    with acting(actor, "deals.import", dry_run=dry_run) as act:
        demand(actor, "deals.import", anywhere(actor))
        for record in rows:
            values = _values(record)
            row = there.get(record.external_id)
            if row is None:
                fresh.append(MarketDeal(external_id=record.external_id, is_demonstration=is_demonstration, **values))
                counts["created"] += 1
            elif any(getattr(row, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(row, name, value)
                row.save()
                counts["changed"] += 1
            else:
                counts["unchanged"] += 1
        MarketDeal.objects.bulk_create(fresh, batch_size=500)
        act.done(("marketdeal", "import"), event="deals.imported", ids=[], detail=dict(counts))
    return counts


def _values(record: DealRecord) -> Mapping[str, Any]:
    assert record.amount is not None and isinstance(record.announced_on, dt.date)
    return {
        "title": record.title, "market": record.market, "announced_on": record.announced_on, "amount_minor": record.amount.low_minor,
        "currency": record.amount.currency, "industry": record.industry, "region": record.region, "source": record.source,
    }  # fmt: skip

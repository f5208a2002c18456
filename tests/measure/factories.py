"""Rounds, indicators and values for the tests of measuring."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from duijie.core.access import SYSTEM
from duijie.core.indicators import Indicator, IndicatorRecord, Value, member_unit, record_vintage
from duijie.core.schema import parse
from duijie.measure import actions
from duijie.measure.models import Round, Submission
from duijie.measure.schemas import RoundRecord
from duijie.members.models import Alliance, Member


def make_indicator(code: str, **values: Any) -> Indicator:
    record = parse(IndicatorRecord, {"code": code, "name": f"指标{code}", "name_en": f"Indicator {code}"} | values)
    return actions.define_indicator(actor=SYSTEM, record=record)


def make_values(table: Mapping[tuple[Member, str], Mapping[str, str | None]]) -> None:
    """{(member, period): {code: value}} as one vintage."""
    rows = [
        Value(
            code,
            member_unit(member.pk),
            period,
            None if value is None else Decimal(value),
            "M" if value is None else "A",
        )
        for (member, period), cells in table.items()
        for code, value in cells.items()
    ]
    record_vintage(actor=SYSTEM, title="试", source_kind="import", values=rows)


def make_round(
    alliance: Alliance, codes: list[str], *, period: str = "2025", opened: bool = True, **values: Any
) -> Round:
    record = parse(
        RoundRecord,
        {"title": "年度采集", "alliance": alliance.slug, "period": period, "due_on": "2026-02-28", "indicators": codes}
        | values,
    )
    made = actions.prepare_round(actor=SYSTEM, record=record)
    return actions.open_round(actor=SYSTEM, round=made) if opened else made


def submission_of(round: Round, member: Member) -> Submission:
    found: Submission = (
        Submission.objects.unscoped("the test knows").select_related("round", "member").get(round=round, member=member)
    )
    return found

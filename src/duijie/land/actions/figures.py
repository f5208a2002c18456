"""Figures of a project: reporting, correcting, taking back; and what must hold between them."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.calendar import parse_period
from duijie.core.errors import Conflict, Fault
from duijie.core.money import Money, format_money, parse_money
from duijie.land.actions.keeping import locked, settle
from duijie.land.actions.periods import demand_open
from duijie.land.actions.rates import value_of
from duijie.land.choices import MONEY_FIGURES, FigureKind
from duijie.land.counting import PROMISED
from duijie.land.history import standing
from duijie.land.models import Figure, Project
from duijie.land.rules import demand
from duijie.land.schemas import FigureRecord, read_rate
from duijie.land.states import ProjectRows


@dataclass(frozen=True)
class Given:
    """A figure as it is to be recorded: minor units for money, heads for jobs, square metres for land."""

    kind: str
    amount: int
    currency: str = ""
    source: str = ""
    effective_on: dt.date | None = None
    rate: Decimal | None = None
    evidence: str = ""
    place: str = "amount"


def given_of(record: FigureRecord) -> Given:
    """A record's figure, its amount and its day understood."""
    kind = str(record.kind)
    source = str(record.source or "")
    if kind in ("agreed", "paid_in") and not source:
        source = "domestic"
    if kind == "contracted":
        source = "foreign"
    if kind not in ("agreed", "paid_in", "contracted"):
        source = ""
    day = record.on
    if day is None and record.month:
        period = parse_period(record.month)
        day = dt.date(period.last_day.year, period.last_day.month, calendar.monthrange(period.last_day.year, period.last_day.month)[1])  # fmt: skip
        if period.first_day > timezone.localdate():
            raise _future(period.first_day, "month")
    elif day is not None and day > timezone.localdate():
        raise _future(day, "on")
    if day is None and kind not in PROMISED:
        raise Fault("missing", "月份：必须填写。", "Month: is required.", place="month", status=422)
    amount, currency = _amount(kind, record.amount)
    return Given(kind, amount, currency, source, day, read_rate(record.rate), record.evidence or "")


def _future(day: dt.date, place: str) -> Fault:
    return Fault(
        "date.future",
        f"{day} 还没有到，只能登记已经发生的事。",
        f"{day} has not come yet; only what happened is put on record.",
        place=place,
        status=422,
    )


def _amount(kind: str, text: str) -> tuple[int, str]:
    if kind in MONEY_FIGURES:
        try:
            money = parse_money(text)
        except Fault as fault:
            raise fault.at("amount") from None
        if money is None:
            raise Fault("missing", "数额：必须填写。", "Amount: is required.", place="amount", status=422)
        return money.amount_minor, money.currency
    from duijie.core.schema.types import _read_whole

    try:
        number = _read_whole(text)
    except Fault as fault:
        raise fault.at("amount") from None
    if number < 0:
        raise Fault(
            "number.negative", "数额不能小于零。", "The amount cannot be below zero.", place="amount", status=422
        )
    return number, ""


def new_figure(project: Project, given: Given, actor: Viewer, now: dt.datetime) -> Figure:
    """An unsaved row of a given figure, valued at the rates of its day."""
    foreign = given.source == "foreign" or (given.kind == "total" and given.currency not in ("", "CNY"))
    row = Figure(
        project=project, kind=given.kind, source=given.source, currency=given.currency, amount=given.amount,
        effective_on=given.effective_on, recorded_at=now, recorded_by_id=actor.user_id, actor=actor.reference(),
        evidence=given.evidence[:300],
    )  # fmt: skip
    if given.kind in MONEY_FIGURES:
        day = given.effective_on or project.signed_on or timezone.localdate()
        try:
            valued = value_of(given.amount, given.currency, day, foreign=foreign, rate=given.rate)
        except Fault as fault:
            raise fault.at("rate") from None
        row.cny_minor, row.usd_minor = valued.cny_minor, valued.usd_minor
        row.rate, row.usd_rate = valued.rate, valued.usd_rate
        row.rate_on = day if valued.rate or valued.usd_rate else None
    return row


def check_sums(figures: Iterable[Figure], *, place: str = "amount") -> None:
    """Paid-in capital is never above what was agreed: the agreed sum of its source, or else the total (foreign: the contracted).

    Raises Fault "figure.above_agreed", "figure.nothing_agreed" (422).
    """
    rows = list(figures)
    for source, unit, currency in (("domestic", "cny_minor", "CNY"), ("foreign", "usd_minor", "USD")):
        paid = sum(getattr(f, unit) or 0 for f in rows if f.kind == "paid_in" and f.source == source)
        if not paid:
            continue
        agreed = sum(getattr(f, unit) or 0 for f in rows if f.kind == "agreed" and f.source == source)
        word = ("协议资金", "agreed")
        if not agreed:
            kind = "total" if source == "domestic" else "contracted"
            word = ("总投资", "total investment") if source == "domestic" else ("合同外资", "contracted capital")
            agreed = sum(getattr(f, unit) or 0 for f in rows if f.kind == kind)
        if not agreed:
            raise Fault(
                "figure.nothing_agreed",
                f"还没有登记{word[0]}，不能填报实到资金。",
                f"There is no {word[1]} on record yet, so nothing can be paid in.",
                place=place,
                status=422,
            )
        if paid > agreed:
            a, b = Money(paid, currency), Money(agreed, currency)
            raise Fault(
                "figure.above_agreed",
                f"累计实到资金 {format_money(a, exact=True, language='zh-hans')} 超过{word[0]} "
                f"{format_money(b, exact=True, language='zh-hans')}。",
                f"Paid in so far, {format_money(a, exact=True, language='en')}, is above the {word[1]}, "
                f"{format_money(b, exact=True, language='en')}.",
                place=place,
                status=422,
            )


def record_figure(
    *, actor: Viewer, project: Project, record: FigureRecord, dry_run: bool = False
) -> tuple[Figure, str]:
    """Report a figure. The same kind, source and day again is "unchanged" where the amount is the same; another amount is a
    correction and needs its reason. "created", "corrected" or "unchanged"."""
    given = given_of(record)
    row = standing_figure(project, given)
    if row is not None and (row.amount, row.currency) == (given.amount, given.currency):
        demand(actor, "project.figures", {project.owner_member_id})
        return row, "unchanged"
    if row is not None:
        if not (record.reason or "").strip():
            raise _exists(row)
        corrected = correct_figure(actor=actor, figure=row, given=given, reason=record.reason or "", dry_run=dry_run)
        return corrected, "corrected"
    demand(actor, "project.figures", {project.owner_member_id})
    with acting(actor, "project.figure", dry_run=dry_run) as act:
        current = locked(project, None)
        quicker = standing_figure(current, given)
        if quicker is not None:  # somebody reported it since it was looked for
            raise _exists(quicker)
        demand_open(current.owner_member_id, [given.effective_on or current.signed_on], place="month")
        now = timezone.now()
        row, rows = new_figure(current, given, actor, now), ProjectRows.of(current)
        check_sums([*standing(rows.figures), row])
        row.save(force_insert=True)
        settle(current, now, rows.with_figure(row))
        act.done(current, member_id=current.owner_member_id, event="project.figure", ids=[current.pk], kind=given.kind)
    return row, "created"


def standing_figure(project: Project, given: Given) -> Figure | None:
    """The figure that stands for the same kind, source and day."""
    rows = project.figures.filter(kind=given.kind, source=given.source, effective_on=given.effective_on)
    found = standing(rows)
    return found[-1] if found else None


def _exists(row: Figure) -> Conflict:
    kind = FigureKind(row.kind)
    amount = {
        language: format_money(Money(row.amount, row.currency), exact=True, language=language) if row.currency else str(row.amount)
        for language in ("zh-hans", "en")
    }  # fmt: skip
    return Conflict(
        "figure.exists",
        f"{row.effective_on or '签约时'}的{kind.zh}已填报为 {amount['zh-hans']}；要更正请写明原因。",
        f"{kind.en} of {row.effective_on or 'signing'} is on record as {amount['en']}; to correct it, say why.",
        place="reason",
    )


def correct_figure(*, actor: Viewer, figure: Figure, given: Given | None, reason: str, dry_run: bool = False) -> Figure:
    """Put another amount in a figure's place, or take it away (`given` None). The wrong row stays in the history.

    Raises Fault "reason.missing", Conflict "figure.corrected", "period.closed", and what `check_sums` raises.
    """
    demand(actor, "project.correct", {figure.project.owner_member_id})
    if not reason.strip():
        raise Fault("reason.missing", "请写明更正的原因。", "Say why it is corrected.", place="reason", status=422)
    with acting(actor, "project.correct", dry_run=dry_run) as act:
        current = locked(figure.project, None)
        known = ProjectRows.of(current)
        rows = standing(known.figures)
        if figure.pk not in {f.pk for f in rows}:
            raise Conflict("figure.corrected", "这个数据已经更正过了。", "This figure was corrected already.")
        now = timezone.now()
        days = [figure.effective_on or current.signed_on]
        if given is None:
            row = new_figure(current, as_given(figure), actor, now)
            row.cancelled = True
        else:
            row = new_figure(current, given, actor, now)
            days.append(given.effective_on or current.signed_on)
        demand_open(current.owner_member_id, days, place="month")
        row.corrects, row.reason = figure, reason.strip()[:300]
        check_sums([*(f for f in rows if f.pk != figure.pk), *([] if row.cancelled else [row])])
        row.save(force_insert=True)
        settle(current, now, known.with_figure(row))
        act.done(
            current, member_id=current.owner_member_id, event="project.corrected", ids=[current.pk], kind=row.kind,
            detail={"figure": figure.uid, "by": row.uid},
        )  # fmt: skip
    return row


def as_given(figure: Figure) -> Given:
    return Given(
        figure.kind, figure.amount, figure.currency, figure.source, figure.effective_on,
        figure.rate or figure.usd_rate, figure.evidence,
    )  # fmt: skip

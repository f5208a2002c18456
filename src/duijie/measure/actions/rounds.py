"""Rounds of collection: preparing, opening, closing, and publishing what was verified."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.actions import acting
from duijie.core.calendar import parse_period
from duijie.core.errors import Conflict, Fault, Stale
from duijie.core.indicators import (
    Indicator,
    Value,
    Vintage,
    computed_values,
    indicators_by_code,
    member_unit,
    record_vintage,
    values_at,
)
from duijie.core.notifications import tell
from duijie.measure.models import Entry, Round, RoundItem, Step, Submission
from duijie.measure.rules import demand, place_in
from duijie.measure.schemas import RoundRecord, day_needed
from duijie.members.models import Member, Membership
from duijie.members.places import current_memberships, find_alliance, find_member
from duijie.members.queries.people import staff_of_member


def prepare_round(*, actor: Viewer, record: RoundRecord, dry_run: bool = False) -> Round:
    """Prepare a round; members see it once it is opened.

    Raises NotAllowed, Fault "period.unreadable", "round.no_indicators", "round.no_members", "indicator.computed", NotFound (a code).
    """
    with acting(actor, "round.prepare", dry_run=dry_run) as act:
        alliance = find_alliance(record.alliance)
        demand(actor, "round.prepare", place_in(alliance))
        made = Round.objects.create(alliance=alliance, **_values(record))
        _write_items(made, record)
        _write_members(made, record)
        act.done(made, event="round.prepared", ids=[made.pk])
    return made


def change_round(*, actor: Viewer, round: Round, record: RoundRecord, version: int | None = None) -> Round:
    """Change a round: everything while it is prepared; then only title, notes and the last day.

    Raises NotAllowed, Stale, Conflict "round.fixed".
    """
    with acting(actor, "round.change") as act:
        current = locked_round(round)
        demand(actor, "round.prepare", place_in(current.alliance_id))
        if version is not None and version != current.version:
            raise Stale
        values = _values(record)
        if current.status != Round.Status.DRAFT:
            if values["period"] != current.period or record.indicators != _codes(current):
                raise Conflict(
                    "round.fixed", "这一轮已经开始，期间和指标不能再改；请另开一轮。",
                    "The round is open: its period and indicators stay; prepare another round.",
                )  # fmt: skip
            values = {name: values[name] for name in ("title", "title_en", "note", "due_on")}
        else:
            _write_items(current, record)
            _write_members(current, record)
        for name, value in values.items():
            setattr(current, name, value)
        current.version += 1
        current.save()
        act.done(current, event="round.changed", ids=[current.pk])
    return current


def open_round(*, actor: Viewer, round: Round) -> Round:
    """Open a round: its members are told and may fill in. Raises NotAllowed, Conflict "round.not_draft"."""
    with acting(actor, "round.open") as act:
        current = locked_round(round)
        demand(actor, "round.prepare", place_in(current.alliance_id))
        if current.status != Round.Status.DRAFT:
            raise Conflict("round.not_draft", "这一轮已经开始过。", "The round was opened already.")
        current.status, current.opened_at = Round.Status.OPEN, timezone.now()
        current.version += 1
        current.save()
        for submission in _submissions(current):
            Step.objects.create(submission=submission, actor=actor.reference(), verb="opened")
            _tell_member(submission, "请填报“{}”，截止 {}。", "Please fill in “{}”, due {}.", key="opened")
        act.done(current, event="round.opened", ids=[current.pk])
    return current


def close_round(*, actor: Viewer, round: Round) -> Round:
    """Close a round: nobody fills in any more; what was verified can still be published."""
    with acting(actor, "round.close") as act:
        current = locked_round(round)
        demand(actor, "round.prepare", place_in(current.alliance_id))
        if current.status != Round.Status.OPEN:
            raise Conflict("round.not_open", "这一轮不在填报中。", "The round is not open.")
        current.status = Round.Status.CLOSED
        current.version += 1
        current.save()
        act.done(current, event="round.closed", ids=[current.pk])
    return current


def publish_round(*, actor: Viewer, round: Round) -> Vintage:
    """Put every verified submission on record as one vintage, with the values of formulas over it.

    A submission that was reopened and verified again is published again: a later vintage, the earlier one stays.
    Raises NotAllowed, Conflict "round.nothing_verified".
    """
    with acting(actor, "round.publish") as act:
        current = locked_round(round)
        demand(actor, "round.prepare", place_in(current.alliance_id))
        ready = [s for s in _submissions(current) if s.status == Submission.Status.VERIFIED]
        if not ready:
            raise Conflict(
                "round.nothing_verified", "还没有核验通过的填报可以发布。", "No verified submission is waiting to be published."
            )  # fmt: skip
        values = _values_of(current, ready)
        values += _formulas_over(current, ready, values)
        vintage = record_vintage(
            actor=actor, title=current.title, title_en=current.title_en, source_kind="round", source_ref=current.uid,
            values=values,
        )  # fmt: skip
        for submission in ready:
            submission.status, submission.published_at = Submission.Status.PUBLISHED, timezone.now()
            submission.version += 1
            submission.save()
            Step.objects.create(submission=submission, actor=actor.reference(), verb="published")
            _tell_member(
                submission, "“{}”的数据已发布（截止日 {}）。", "The figures of “{}” (due {}) are published.", key=""
            )
        act.done(current, event="round.published", ids=[current.pk], vintage=vintage.pk)
    return vintage


def _values_of(round: Round, ready: list[Submission]) -> list[Value]:
    entries = Entry.objects.unscoped("publishing what was verified").filter(submission__in=ready)
    return [
        Value(
            e.indicator.code, member_unit(e.submission.member_id), round.period, e.value, e.status, e.reason,
            source_ref=e.submission.uid, audience=round.audience_token,
        )
        for e in entries.select_related("indicator", "submission").order_by("submission_id", "indicator__code")
        if e.value is not None or e.status == "M"
    ]  # fmt: skip


def _formulas_over(round: Round, ready: list[Submission], given: list[Value]) -> list[Value]:
    """Values of every formula that can be computed from what is published now and what stood before."""
    formulas = dict(Indicator.objects.exclude(formula="").filter(is_retired=False).values_list("code", "formula"))
    if not formulas:
        return []
    units = [member_unit(s.member_id) for s in ready]
    period = parse_period(round.period)
    known: dict[tuple[str, str, str], Decimal | None] = {
        key: row.value
        for key, row in values_at(SYSTEM, _all_codes(), [period.code, period.shifted(-1).code], units=units).items()
    }
    known |= {(v.code, v.unit, period.code): v.value for v in given}
    touched = {v.code for v in given}
    found = computed_values(formulas, known, units, [period.code])
    return [
        Value(code, unit, at, value, source_ref="formula", audience=round.audience_token)
        for (code, unit, at), value in found.items()
        if value is not None and _reads(code, formulas, touched)
    ]


def _reads(code: str, formulas: dict[str, str], touched: set[str]) -> bool:
    from duijie.core.indicators import Formula

    return any(
        c in touched or (c in formulas and _reads(c, formulas, touched)) for c in Formula.parse(formulas[code]).codes
    )


def _all_codes() -> list[str]:
    return list(Indicator.objects.values_list("code", flat=True))


def _values(record: RoundRecord) -> dict[str, Any]:
    return {
        "title": record.title, "title_en": record.title_en, "note": record.note, "audience": record.audience,
        "period": parse_period(record.period).code,
        "due_on": day_needed(record.due_on, "due_on", "截止日", "Due on"),
    }  # fmt: skip


def _write_items(round: Round, record: RoundRecord) -> None:
    codes = list(dict.fromkeys([*record.indicators, *record.optional]))
    if not codes:
        raise Fault(
            "round.no_indicators", "至少要有一个指标。", "Name at least one indicator.", place="indicators", status=422
        )
    found = indicators_by_code(codes)
    for code in codes:
        if found[code].formula or found[code].measure_code:
            raise Fault(
                "indicator.computed", f"指标“{found[code].name}”由平台计算，不需要填报。",
                f"“{found[code].name_en or code}” is computed by the platform and not asked for.", place="indicators", status=422,
            )  # fmt: skip
    round.items.all().delete()
    RoundItem.objects.bulk_create(
        RoundItem(round=round, indicator=found[code], position=at, required=code not in record.optional)
        for at, code in enumerate(codes)
    )


def _write_members(round: Round, record: RoundRecord) -> None:
    held = Membership.objects.filter(current_memberships(), alliance=round.alliance)
    inside = set(held.values_list("member_id", flat=True))
    chosen: list[Member] = [find_member(name, place="members") for name in record.members]
    for member in chosen:
        if member.pk not in inside:
            raise Fault(
                "round.not_inside", f"“{member.name}”不是这个联盟的成员。", f"“{member.name}” is not in this alliance.",
                place="members", status=422,
            )  # fmt: skip
    ids = [m.pk for m in chosen] or sorted(inside)
    if not ids:
        raise Fault(
            "round.no_members", "这个联盟还没有成员。", "The alliance has no members yet.", place="members", status=422
        )
    Submission.objects.unscoped("a round writes its own").filter(round=round).exclude(member_id__in=ids).delete()
    there = set(
        Submission.objects.unscoped("a round writes its own").filter(round=round).values_list("member_id", flat=True)
    )
    Submission.objects.bulk_create(Submission(round=round, member_id=i) for i in ids if i not in there)


def _codes(round: Round) -> list[str]:
    return list(round.items.values_list("indicator__code", flat=True))


def locked_round(round: Round) -> Round:
    """The round as it stands, held until the action ends."""
    found: Round = Round.objects.unscoped("an action checks for itself").select_for_update().get(pk=round.pk)
    return found


def _submissions(round: Round) -> list[Submission]:
    rows = Submission.objects.unscoped("a round's own").filter(round=round).select_related("round", "member")
    return list(rows.order_by("pk"))


def _tell_member(submission: Submission, zh: str, en: str, *, key: str) -> None:
    title, due = submission.round.title, submission.round.due_on.isoformat()
    tell(
        staff_of_member(submission.member_id),
        kind="measure.round",
        zh=zh.format(title, due),
        en=en.format(submission.round.title_en or title, due),
        address=f"/submissions/{submission.uid}/",
        key=f"{key}:{submission.uid}" if key else "",
    )

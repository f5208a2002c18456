"""Carrying out what the council decided: a function for each kind of subject, called once by the event of the decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.errors import Fault
from duijie.core.money import Money, format_money
from duijie.core.schema import parse
from duijie.govern.actions.admission import settle_application
from duijie.govern.actions.budget import adopt_lines
from duijie.govern.actions.charter import SINGLE_OFFICES, appoint, end_office
from duijie.govern.actions.subjects import plan_of
from duijie.govern.choices import OfficeKind
from duijie.govern.models import Motion, Office, Resolution
from duijie.govern.queries.budget import budget
from duijie.govern.schemas import OfficeRecord
from duijie.members import actions as members
from duijie.members.places import find_member
from duijie.plan.actions import approve_plan

Carrier = Callable[[Motion, str], str]
_carriers: dict[tuple[str, str], Carrier] = {}


def carries(question: str, subject: str) -> Callable[[Carrier], Carrier]:
    """Register what is done when a motion of this question about this kind of subject is carried; it returns a sentence."""

    def register(carrier: Carrier) -> Carrier:
        _carriers[question, subject] = carrier
        return carrier

    return register


def carry_out(motion: Motion) -> None:
    """Do what was decided and note on the resolution what came of it. A refusal is noted too: the council sees it and decides."""
    resolution = Resolution.objects.filter(motion=motion).first()
    if resolution is None:
        if motion.subject_kind == "application":
            settle_application(application_uid=motion.subject_ref, carried=False, label="")
        return
    if resolution.carried_out_at is not None:
        return
    carrier = _carriers.get((motion.kind, motion.subject_kind))
    try:
        told = carrier(motion, resolution.label) if carrier else ""
    except Fault as fault:
        told = f"未能自动办理：{fault.zh}"
    resolution.outcome, resolution.carried_out_at = told[:300], timezone.now()
    resolution.save(update_fields=["outcome", "carried_out_at"])


@carries("admission", "application")
def _admit(motion: Motion, label: str) -> str:
    return settle_application(application_uid=motion.subject_ref, carried=True, label=label)


@carries("suspension", "member")
def _suspend(motion: Motion, label: str) -> str:
    member = find_member(motion.subject_ref)
    members.suspend_member(actor=SYSTEM, alliance=motion.alliance, member=member, reason=f"理事会{label}决议")
    return f"{member}的成员资格已暂停"


@carries("exclusion", "member")
def _exclude(motion: Motion, label: str) -> str:
    member = find_member(motion.subject_ref)
    members.end_membership(
        actor=SYSTEM, alliance=motion.alliance, member=member, until=timezone.localdate(), reason=f"理事会{label}决议"
    )
    return f"{member}的成员资格到今天为止"


@carries("plan", "plan")
def _approve(motion: Motion, label: str) -> str:
    plan = approve_plan(actor=SYSTEM, plan=plan_of(motion.alliance, motion.subject_ref), resolution=label)
    return f"《{plan.title}》第 {plan.edition} 版已批准"


@carries("budget", "")
@carries("budget", "budget_line")
@carries("budget", "budget")  # a reference in words, as motions had it before lines
def _adopt(motion: Motion, label: str) -> str:
    lines = adopt_lines(actor=SYSTEM, motion=motion, resolution=motion.resolution)
    told = []
    for year in sorted({line.year for line in lines}):
        amended = sum(line.year == year and line.amends_id is not None for line in lines)
        new = sum(line.year == year for line in lines) - amended
        total = format_money(Money(budget(SYSTEM, motion.alliance, year).total_minor), language="zh-hans")
        what = "、".join(f"{verb} {count} 项" for verb, count in (("新列", new), ("调整", amended)) if count)
        told.append(f"{year} 年预算{what}，全年合计 {total}")
    return "；".join(told)


@carries("office", "office")
def _fill(motion: Motion, label: str) -> str:
    """The office goes over on the day: whoever is in it until then leaves it the day before, both or neither."""
    wanted = motion.subject
    since = date.fromisoformat(wanted["since"]) if wanted["since"] else timezone.localdate()
    record = parse(
        OfficeRecord,
        {"kind": wanted["office"], "name": wanted["holder"], "member": wanted["member"] or None, "since": since.isoformat()},
    )  # fmt: skip
    with transaction.atomic():
        for held in _held_before(motion, record.kind, since):
            end_office(actor=SYSTEM, office=held, last_day=since - timedelta(days=1), reason=f"理事会{label}决议改选")
        office = appoint(actor=SYSTEM, alliance=motion.alliance, record=record)
    until = f"至 {office.until}" if office.until else "起"
    return f"{office.name}任{OfficeKind(office.kind).zh}，{office.since} {until}"


def _held_before(motion: Motion, kind: str, since: date) -> list[Office]:
    """The terms in an office of one holder that began earlier and reach into the new one."""
    if kind not in SINGLE_OFFICES:
        return []
    found = Office.objects.filter(alliance=motion.alliance, kind=kind, since__lt=since)
    return [office for office in found if office.holds_on(since)]

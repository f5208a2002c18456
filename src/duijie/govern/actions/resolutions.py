"""Duties that come of resolutions, followed until they are done."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.govern.models import Duty, Resolution
from duijie.govern.rules import demand
from duijie.govern.schemas import DutyRecord
from duijie.members.places import find_member, place_of_alliance
from duijie.members.rules import Place

SECRETARIAT = "秘书处"


def give_duty(*, actor: Viewer, resolution: Resolution, record: DutyRecord) -> Duty:
    """Oblige a member (or the secretariat) to something by a day. Raises NotAllowed, Fault "duty.early", "member.unknown"."""
    with acting(actor, "duty.give") as act:
        demand(actor, "duty.give", place_of_alliance(resolution.alliance))
        if record.due_on is None:
            raise Fault("missing", "办结期限：必须填写。", "Due: is required.", place="due_on", status=422)
        if record.due_on < resolution.adopted_on:
            raise Fault(
                "duty.early", "办结期限早于决议日期。", "It is due before it was decided.", place="due_on", status=422
            )
        owner = find_member(record.owner, place="owner") if record.owner and record.owner != SECRETARIAT else None
        duty = Duty.objects.create(
            resolution=resolution, text=record.text, due_on=record.due_on, owner=owner, owner_name="" if owner else SECRETARIAT
        )  # fmt: skip
        act.done(duty, member_id=duty.owner_id, event="duty.given", ids=[duty.pk])
    return duty


def report_duty(
    *, actor: Viewer, duty: Duty, status: str, report: str, done_on: date | None = None, version: int | None = None
) -> Duty:
    """Say how a duty stands; done and dropped ones carry a report. Only the secretariat drops or reopens one.

    Raises NotAllowed, Stale, Fault "duty.report", "duty.status"; Conflict "duty.future".
    """
    if status not in Duty.Status.values:
        raise Fault(
            "duty.status", "状态应为办理中、已办结或不再办理。", "Open, done or dropped.", place="status", status=422
        )
    if status != Duty.Status.OPEN and not report.strip():
        raise Fault("duty.report", "请写明办理结果。", "Say what was done.", place="report", status=422)
    with acting(actor, "duty.report") as act:
        current = (
            Duty.objects.select_for_update(of=("self",))
            .select_related("resolution__alliance")
            .filter(pk=duty.pk)
            .first()
        )
        if current is None:
            raise NotFound
        office = place_of_alliance(current.resolution.alliance)
        closing = status == Duty.Status.DROPPED or current.status != Duty.Status.OPEN
        own = frozenset({current.owner_id} if current.owner_id else ())
        demand(actor, "duty.give" if closing else "duty.report", Place(office.alliances, own))
        if version is not None and version != current.version:
            raise Stale
        day = done_on or timezone.localdate()
        if status == Duty.Status.DONE and day > timezone.localdate():
            raise Conflict("duty.future", "办结日期还没到。", "That day is yet to come.", place="done_on")
        current.status, current.report = status, report.strip()
        current.done_on = day if status == Duty.Status.DONE else None
        current.version += 1
        current.save()
        act.done(
            current, member_id=current.owner_id, event="duty.reported", ids=[current.pk], detail={"status": status}
        )
    return current

"""Closed periods: what lies in one is neither added nor corrected until somebody opens it again, which leaves a trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.calendar import parse_period
from duijie.core.errors import Conflict, Fault
from duijie.land.models import Closing
from duijie.land.rules import demand
from duijie.members.models import Member


def close_period(*, actor: Viewer, member: Member, period: str, reason: str = "") -> Closing:
    """Close a member's month, quarter, half-year or year. Raises Conflict where it is closed, or is not over yet."""
    return _set(actor, member, period, closed=True, reason=reason)


def reopen_period(*, actor: Viewer, member: Member, period: str, reason: str) -> Closing:
    """Open a closed period again, saying why."""
    if not reason.strip():
        raise Fault(
            "period.reason", "请写明重新打开的原因。", "Say why it is opened again.", place="reason", status=422
        )
    return _set(actor, member, period, closed=False, reason=reason)


def _set(actor: Viewer, member: Member, code: str, *, closed: bool, reason: str) -> Closing:
    demand(actor, "period.close" if closed else "period.reopen", {member.pk})
    period = parse_period(code)
    now = timezone.now()
    with acting(actor, "period.close" if closed else "period.reopen") as act:
        Member.objects.select_for_update().get(pk=member.pk)  # one closing of a member at a time
        last = Closing.objects.filter(member=member, period=period.code).order_by("at", "id").last()
        is_closed = last is not None and last.closed
        if closed and not period.is_closed(now):
            raise Conflict(
                "period.open",
                f"{period.label('zh-hans')}还没有结束，不能结账。",
                f"{period.label('en')} is not over and cannot be closed.",
                place="period",
            )
        if closed == is_closed:
            word = ("已经结账", "is closed already") if closed else ("没有结账", "is not closed")
            raise Conflict(
                "period.state",
                f"{period.label('zh-hans')}{word[0]}。",
                f"{period.label('en')} {word[1]}.",
                place="period",
            )
        row = Closing.objects.create(
            member=member, period=period.code, first_day=period.first_day, last_day=period.last_day, closed=closed,
            reason=reason.strip()[:300], at=now, by_id=actor.user_id, actor=actor.reference(),
        )  # fmt: skip
        act.done(
            row, member_id=member.pk, event="period.closed" if closed else "period.reopened",
            member=member.pk, period=period.code, detail={"period": period.code},
        )  # fmt: skip
    return row


def closed_periods(member_id: int) -> list[Closing]:
    """The periods of a member that are closed now: the last word on each."""
    last: dict[str, Closing] = {}
    for row in Closing.objects.filter(member_id=member_id).order_by("at", "id"):
        last[row.period] = row
    return [row for row in last.values() if row.closed]


def demand_open(member_id: int, days: Iterable[dt.date | None], *, place: str = "effective_on") -> None:
    """Raise Conflict "period.closed" where one of the days lies in a closed period of the member."""
    wanted = [day for day in days if day is not None]
    if not wanted:
        return
    for row in closed_periods(member_id):
        for day in wanted:
            if row.first_day <= day <= row.last_day:
                period = parse_period(row.period)
                raise Conflict(
                    "period.closed",
                    f"{period.label('zh-hans')}已结账，{day} 的数据不能再填报或更正；确需更正，请成员管理员先重新打开。",
                    f"{period.label('en')} is closed: nothing of {day} can be added or corrected; "
                    "the member's administrator opens it again first.",
                    place=place,
                )

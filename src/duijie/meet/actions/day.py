"""On the day: who arrived, who did not come, which meeting is on."""

from __future__ import annotations

import datetime as dt
import re

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound
from duijie.core.text import half_width
from duijie.meet.models import CheckIn, Event, Meeting, MeetingParty, Registration, Representative
from duijie.meet.rules import demand_help, may_help, may_speak_for

# Badges and phones show …/check-in/?code=AB12CD34: a camera that knows nothing of us opens the page with the code filled in.
_CODE_IN_ADDRESS = re.compile(r"[?&]code=([^&#\s]+)", re.IGNORECASE)


def badge_of(text: str) -> str:
    """The badge's code out of what a camera read or a person typed: the address on the QR code, or the code alone."""
    given = half_width(text).strip()
    named = _CODE_IN_ADDRESS.search(given)
    code = named[1] if named else given.rstrip("/").rsplit("/", 1)[-1]
    return code.upper().replace(" ", "").replace("-", "")


def check_in(
    *, actor: Viewer, event: Event, code: str, request: str, at: dt.datetime | None = None
) -> tuple[Representative, bool]:
    """Somebody arrived, by badge. `request` is made by the device: sent twice it counts once. Returns (who, for the first time).

    Raises NotFound "badge" where the event has no such badge, Conflict where the organisation is not confirmed.
    """
    demand_help(actor, event)
    if not 8 <= len(request) <= 40:
        raise Fault("check_in.request", "缺少请求编号。", "The request id is missing.", place="request", status=422)
    rows = Representative.objects.select_related("registration__organisation")
    person = rows.filter(badge=badge_of(code), registration__event=event).first()
    if person is None:
        raise NotFound("没有这张胸卡，请核对代码。", "There is no such badge; check the code.", place="code")
    if person.registration.status != Registration.Status.CONFIRMED:
        raise Conflict(
            "registration.state", f"“{person.registration}”没有确认参会。", f"“{person.registration}” is not confirmed."
        )
    now = timezone.now()
    with acting(actor, "event.check_in") as act:
        first = person.checked_in_at is None
        try:
            with transaction.atomic():
                CheckIn.objects.create(
                    event=event, representative=person, request=request, at=min(at or now, now), by_id=actor.user_id
                )
        except IntegrityError:
            act.nothing_changed()
            return person, False
        if first:
            person.checked_in_at = min(at or now, now)
            person.absent = False
            person.save(update_fields=["checked_in_at", "absent"])
        act.done(person, member_id=event.host_member_id, event="event.checked_in", ids=[person.pk])
    return person, first


def mark_absent(*, actor: Viewer, person: Representative, absent: bool = True) -> Representative:
    """Somebody did not come (or did after all). The timetable is repaired by the planners."""
    event = person.registration.event
    demand_help(actor, event)
    with acting(actor, "event.mark_absent") as act:
        person.absent = absent
        if absent:
            person.checked_in_at = None
        person.save(update_fields=["absent", "checked_in_at"])
        act.done(
            person, member_id=event.host_member_id, event="event.absent", ids=[person.pk], detail={"absent": absent}
        )
    return person


_NEXT = {
    Meeting.State.RUNNING: (Meeting.State.PLANNED,),
    Meeting.State.HELD: (Meeting.State.PLANNED, Meeting.State.RUNNING),
    Meeting.State.MISSED: (Meeting.State.PLANNED, Meeting.State.RUNNING),
    Meeting.State.PLANNED: (Meeting.State.RUNNING, Meeting.State.MISSED),
}


def call_meeting(*, actor: Viewer, meeting: Meeting, state: str) -> Meeting:
    """A meeting begins, is over, was missed; said by a helper or by one of its sides."""
    event = meeting.draft.event
    if event.timetable_id != meeting.draft_id:
        raise NotFound
    parties = MeetingParty.objects.filter(meeting=meeting).select_related("registration__organisation")
    if not may_help(actor, event) and not any(may_speak_for(actor, p.registration) for p in parties):
        demand_help(actor, event)
    with acting(actor, "meeting.call") as act:
        current = Meeting.objects.select_for_update().get(pk=meeting.pk)
        allowed = _NEXT.get(Meeting.State(state) if state in Meeting.State.values else Meeting.State.CANCELLED, ())
        if current.state == state:
            act.nothing_changed()
            return current
        if current.state not in allowed:
            raise Conflict("meeting.state", "这场会面现在不能这样标记。", "The meeting cannot be marked so now.")
        now = timezone.now()
        current.state = state
        if state == Meeting.State.RUNNING:
            current.started_at = now
        elif state == Meeting.State.HELD:
            current.started_at, current.ended_at = current.started_at or now, now
        current.save(update_fields=["state", "started_at", "ended_at"])
        act.done(current, member_id=event.host_member_id, event=f"meeting.{state}", ids=[current.pk])
    return current

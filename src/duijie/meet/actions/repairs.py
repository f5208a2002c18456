"""Repair on the day: proposed by the machine, looked at, confirmed. Until then nothing moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault
from duijie.core.jobs import enqueue
from duijie.engines import timetable as engine
from duijie.meet.actions.events import demand_open, locked_event
from duijie.meet.actions.planning import StaleDraft, locked_draft, new_draft, rejudge
from duijie.meet.models import Draft, Event, Meeting, Representative
from duijie.meet.planning import keeping
from duijie.meet.rules import demand_plan
from duijie.meet.schemas import DisruptionRecord

REPAIR = "meet.repair"


def propose_repair(*, actor: Viewer, event: Event, record: DisruptionRecord) -> Draft:
    """Ask the machine how to go on without who did not come, who comes late and what is closed. Names may be names or uids."""
    demand_plan(actor, event)
    with acting(actor, "repair.propose") as act:
        current = locked_event(event)
        demand_open(current)
        if current.timetable is None:
            raise Conflict("timetable.none", "还没有发布的日程。", "There is no published timetable.")
        disruption = _disruption(current, record)
        draft = new_draft(
            current, actor, is_repair=True, based_on=current.timetable, disruption=disruption,
            repair={"version": current.timetable.version},
        )  # fmt: skip
        draft.job = enqueue(REPAIR, actor=actor, member_id=current.host_member_id, draft=draft.pk)
        draft.save(update_fields=["job"])
        act.done(draft, member_id=current.host_member_id, event="draft.started", ids=[draft.pk])
    return draft


def _disruption(event: Event, record: DisruptionRecord) -> dict[str, Any]:
    names: dict[str, str] = {}
    for registration in event.registrations.select_related("organisation").prefetch_related("representatives"):
        names |= {registration.uid: registration.uid, registration.organisation.name: registration.uid}
        for person in registration.representatives.all():
            names |= {person.uid: person.uid}
            names.setdefault(person.name, person.uid)
    slots = [s.code for s in event.slots.all()]
    places = {p.code for p in event.places.all()}

    def known(text: str, field: str) -> str:
        if text not in names:
            raise Fault(
                "participant.unknown",
                f"没有叫“{text}”的单位或代表。",
                f"Nobody here is called “{text}”.",
                place=field,
                status=422,
            )
        return names[text]

    def slot(text: str, field: str) -> str:
        if text not in slots:
            raise Fault("slot.unknown", f"没有时段“{text}”。", f"There is no slot “{text}”.", place=field, status=422)
        return text

    late = {}
    for item in record.late or []:
        who, _, when = item.replace("＝", "=").partition("=")
        late[known(who.strip(), "late")] = slot(when.strip(), "late")
    for place in record.closed or []:
        if place not in places:
            raise Fault(
                "place.unknown", f"没有场地“{place}”。", f"There is no place “{place}”.", place="closed", status=422
            )
    absent = [known(name, "absent") for name in record.absent or []]
    absent += [uid for uid in _already_absent(event) if uid not in absent]
    if not absent and not late and not record.closed:
        raise Fault(
            "repair.nothing",
            "请写明谁没来、谁晚到或哪里关闭。",
            "Say who did not come, who is late, or what is closed.",
            place="absent",
            status=422,
        )
    return {
        "absent": absent, "late": late, "closed": list(record.closed or []),
        "from_slot": slot(record.from_slot, "from_slot") if record.from_slot else _next_slot(event),
    }  # fmt: skip


def _already_absent(event: Event) -> list[str]:
    rows = Representative.objects.filter(registration__event=event, absent=True)
    withdrawn = event.registrations.exclude(status="confirmed").values_list("uid", flat=True)
    return [*rows.values_list("uid", flat=True), *withdrawn]


def _next_slot(event: Event) -> str | None:
    """The first slot that has not begun; None before the first one has (then the whole day is to come)."""
    now = timezone.now()
    slots = list(event.slots.all())
    to_come = [s for s in slots if s.starts_at > now]
    if not to_come or len(to_come) == len(slots):
        return None
    return to_come[0].code


def finish_repair(
    *, actor: Viewer, draft: Draft, published: Sequence[engine.Meeting], repaired: engine.Repaired
) -> Draft:
    """Keep the proposal: the timetable as it would be, and what it does to the published one."""
    with acting(actor, "repair.finish") as act:
        current = locked_draft(draft, None)
        old = {one.id: one for one in published}
        new = {one.id: one for one in repaired.timetable.meetings}
        current.repair |= {
            "kept": len(repaired.kept),
            "moved": [
                {"code": c, "from": [old[c].slot, old[c].place], "to": [new[c].slot, new[c].place]}
                for c in repaired.moved
            ],
            "people": [c for c in repaired.kept if old[c].representatives != new[c].representatives],
            "cancelled": list(repaired.cancelled),
            "added": list(repaired.added),
            "losers": list(repaired.losers),
            "helped": list(repaired.helped),
            "able": list(repaired.able),
            "left": list(repaired.left),
            "most_helped": repaired.most_helped,
        }
        current.goals = keeping.goals_of(repaired.timetable.goals)
        keeping.write_meetings(current, repaired.timetable.meetings)
        current.status = Draft.Status.READY
        current.save()
        act.done(current, member_id=current.event.host_member_id, event="draft.finished", ids=[current.pk])
    return current


def confirm_repair(*, actor: Viewer, draft: Draft) -> Draft:
    """Do what the proposal says to the published timetable: meetings keep their identity, notes and intents. Who is concerned is
    told. Refused where the timetable was changed since the proposal."""
    demand_plan(actor, draft.event)
    with acting(actor, "repair.confirm") as act:
        event = locked_event(draft.event)
        proposal = locked_draft(draft, None)
        if not proposal.is_repair or proposal.status != Draft.Status.READY or proposal.published_at is not None:
            raise Conflict("repair.state", "这份调整方案不能再确认。", "This proposal cannot be confirmed.")
        if event.timetable_id is None or event.timetable_id != proposal.based_on_id:
            raise StaleDraft
        timetable = locked_draft(event.timetable, None)  # type: ignore[arg-type]
        if timetable.version != proposal.repair.get("version"):
            raise StaleDraft
        touched = _apply(timetable, proposal)
        rejudge(timetable)
        absent = set(proposal.disruption["absent"])
        people = Representative.objects.filter(registration__event=event, checked_in_at__isnull=True)
        (people.filter(uid__in=absent) | people.filter(registration__uid__in=absent)).update(absent=True)
        proposal.published_at = timezone.now()
        proposal.save(update_fields=["published_at"])
        act.done(
            proposal, member_id=event.host_member_id, event="timetable.repaired", ids=[event.pk], meetings=touched,
            detail={k: len(proposal.repair[k]) for k in ("moved", "cancelled", "added")},
        )  # fmt: skip
    return proposal


def _apply(timetable: Draft, proposal: Draft) -> list[int]:
    """Move, cancel and add; returns the ids of the meetings concerned."""
    mine = {m.code: m for m in timetable.meetings.prefetch_related("parties")}
    theirs = {
        m.code: m for m in proposal.meetings.prefetch_related("parties__registration").select_related("slot", "place")
    }
    touched = []
    for code in proposal.repair["cancelled"]:
        meeting = mine[code]
        if meeting.state == Meeting.State.PLANNED:
            meeting.state = Meeting.State.CANCELLED
            meeting.save(update_fields=["state"])
            touched.append(meeting.pk)
    for code in [
        *(row["code"] for row in proposal.repair["moved"]),
        *proposal.repair["people"],
        *proposal.repair["added"],
    ]:
        new = theirs[code]
        meeting = mine.get(code) or Meeting(draft=timetable, code=code, worth=new.worth, fixed=new.fixed)
        meeting.slot, meeting.place, meeting.state = new.slot, new.place, Meeting.State.PLANNED
        meeting.save()
        meeting.parties.all().delete()
        for party in new.parties.all():
            meeting.parties.create(registration=party.registration, representatives=party.representatives)
        touched.append(meeting.pk)
    return touched

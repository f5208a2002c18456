"""Calls for projects: opened, answered, reviewed, decided."""

from __future__ import annotations

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound
from duijie.meet.actions.events import demand_open
from duijie.meet.models import Call, Entry, EntryReview, Event
from duijie.meet.rules import demand_plan, demand_speak
from duijie.meet.schemas import CallRecord, DecisionRecord, EntryRecord, ReviewRecord
from duijie.members.places import find_organisation


def open_call(*, actor: Viewer, event: Event, record: CallRecord) -> Call:
    """Call for projects, or change the call."""
    demand_plan(actor, event)
    demand_open(event)
    if record.closes_on is None or record.closes_on > event.ends_on:
        raise Fault(
            "call.date",
            "征集截止日期不能晚于活动结束。",
            "The call closes before the event ends.",
            place="closes_on",
            status=422,
        )
    with acting(actor, "call.open") as act:
        values = {"text": record.text, "closes_on": record.closes_on, "places": record.places}
        call, _ = Call.objects.update_or_create(event=event, defaults=values)
        act.done(("call", event.uid), member_id=event.host_member_id, event="call.opened", ids=[event.pk])
    return call


def submit_entry(*, actor: Viewer, event: Event, record: EntryRecord) -> Entry:
    """Put a project forward for an organisation that the actor speaks for."""
    organisation = find_organisation(record.organisation)
    demand_speak(actor, organisation)
    with acting(actor, "entry.submit") as act:
        call = Call.objects.select_for_update().filter(event=event).first()
        if call is None:
            raise NotFound("这个活动没有征集项目。", "This event calls for no projects.")
        if timezone.localdate() > call.closes_on:
            raise Conflict("call.closed", f"征集已于 {call.closes_on} 截止。", f"The call closed on {call.closes_on}.")
        if call.entries.filter(organisation=organisation, title=record.title).exists():
            raise Conflict("entry.twice", "这个项目已经提交过。", "This project is put forward already.", place="title")
        entry = Entry.objects.create(call=call, organisation=organisation, title=record.title, summary=record.summary)
        act.done(entry, member_id=organisation.home_member_id, event="entry.submitted", ids=[entry.pk])
    return entry


def review_entry(*, actor: Viewer, entry: Entry, record: ReviewRecord) -> EntryReview:
    """A reviewer's score and reason; the planners of the event review. The last word of each counts."""
    demand_plan(actor, entry.call.event)
    with acting(actor, "entry.review") as act:
        if entry.status != Entry.Status.SUBMITTED:
            raise Conflict("entry.decided", "这个项目已经有结果。", "This project is decided.")
        review, _ = EntryReview.objects.update_or_create(
            entry=entry, reviewer_id=actor.user_id, defaults={"score": record.score, "reason": record.reason}
        )
        act.done(entry, member_id=entry.call.event.host_member_id, event="entry.reviewed", ids=[entry.pk])
    return review


def decide_entry(*, actor: Viewer, entry: Entry, record: DecisionRecord) -> Entry:
    """Accept, or reject with a reason that the organisation reads. No more are accepted than the call has places."""
    event = entry.call.event
    demand_plan(actor, event)
    if record.decision == Entry.Status.SUBMITTED:
        raise Fault("entry.decision", "请选择入选或不入选。", "Accept or reject.", place="decision", status=422)
    if record.decision == Entry.Status.REJECTED and not record.reason:
        raise Fault(
            "reason.missing", "不入选时请写明原因。", "Give a reason when rejecting.", place="reason", status=422
        )
    with acting(actor, "entry.decide") as act:
        call = Call.objects.select_for_update().get(pk=entry.call_id)
        accepted = call.entries.filter(status=Entry.Status.ACCEPTED).exclude(pk=entry.pk).count()
        if record.decision == Entry.Status.ACCEPTED and call.places is not None and accepted >= call.places:
            raise Conflict("call.full", f"入选名额 {call.places} 个已满。", f"All {call.places} places are taken.")
        entry.status, entry.decision_reason = record.decision, record.reason or ""
        entry.version += 1
        entry.save(update_fields=["status", "decision_reason", "version"])
        act.done(entry, member_id=event.host_member_id, event="entry.decided", ids=[entry.pk])
    return entry

"""What comes of meetings: notes, intents, things to do."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotAllowed, NotFound, Stale
from duijie.meet.models import Event, FollowUp, Intent, Meeting, MeetingParty, Note, Registration
from duijie.meet.models.events import EventStatus
from duijie.meet.rules import demand_speak, may_plan, may_speak
from duijie.meet.schemas import FollowUpRecord, IntentRecord, NoteRecord
from duijie.members.models import Organisation
from duijie.members.places import find_organisation


def _side(meeting: Meeting, registration: Registration) -> None:
    if meeting.draft.event.timetable_id != meeting.draft_id:
        raise NotFound
    if not MeetingParty.objects.filter(meeting=meeting, registration=registration).exists():
        raise NotFound


def keep_note(*, actor: Viewer, meeting: Meeting, registration: Registration, record: NoteRecord) -> Note:
    """Keep a rating and a note for one's own side; the same again changes it."""
    demand_speak(actor, registration.organisation)
    _side(meeting, registration)
    with acting(actor, "meeting.note") as act:
        values = {"rating": record.rating, "text": record.text or "", "by_id": actor.user_id}
        note, _ = Note.objects.update_or_create(meeting=meeting, registration=registration, defaults=values)
        act.done(meeting, member_id=registration.organisation.home_member_id, event="meeting.noted", ids=[note.pk])
    return note


def propose_intent(
    *,
    actor: Viewer,
    event: Event,
    organisation: Organisation,
    record: IntentRecord,
    meeting: Meeting | None = None,
    both_sign: bool = False,
) -> Intent:
    """Write down an intent for `organisation` and sign it for that side; the other side signs next.

    both_sign: the planners of the event record what both signed on paper.
    """
    planner = may_plan(actor, event)
    if both_sign and not planner:
        raise NotAllowed(
            "只有会务组可以登记双方已签的意向。", "Only the organisers record what both sides signed on paper."
        )
    if not both_sign:
        demand_speak(actor, organisation)
    other = find_organisation(record.other, place="other")
    if other.pk == organisation.pk:
        raise Fault(
            "intent.oneself",
            "意向要由两家单位签署。",
            "An intent is signed by two organisations.",
            place="other",
            status=422,
        )
    if event.status not in (EventStatus.PUBLISHED, EventStatus.OVER):
        raise Conflict("event.state", "活动发布后才能签意向。", "Intents are signed at a published event.")
    _demand_guests(event, organisation, other)
    amount = None
    if record.amount is not None:
        amount = record.amount.low_minor if record.amount.low_minor is not None else record.amount.high_minor
    with acting(actor, "intent.propose") as act:
        intent = Intent(
            event=event, meeting=meeting or _meeting_between(event, organisation, other), kind=record.kind, title=record.title,
            summary=record.summary or "", first_organisation=organisation, second_organisation=other,
            first_member_id=organisation.home_member_id, second_member_id=other.home_member_id, amount_minor=amount,
            currency=record.amount.currency if record.amount else "CNY", first_signed_by_id=actor.user_id,
            upgrade_of=_upgraded(record.upgrade_of, organisation, other),
        )  # fmt: skip
        intent.save()
        if both_sign:
            _sign(intent, actor)
        told = "intent.signed" if both_sign else "intent.proposed"
        act.done(intent, member_id=organisation.home_member_id, event=told, ids=[intent.pk])
    return intent


def _demand_guests(event: Event, *organisations: Organisation) -> None:
    there = set(
        event.registrations.filter(status=Registration.Status.CONFIRMED).values_list("organisation_id", flat=True)
    )
    for organisation in organisations:
        if organisation.pk not in there:
            raise Fault(
                "participant.unknown", f"“{organisation}”没有确认参会。", f"“{organisation}” is no confirmed participant.",
                place="other", status=422,
            )  # fmt: skip


def _meeting_between(event: Event, one: Organisation, other: Organisation) -> Meeting | None:
    if event.timetable_id is None:
        return None
    rows = Meeting.objects.filter(draft_id=event.timetable_id, parties__registration__organisation=one)
    return rows.filter(pk__in=Meeting.objects.filter(parties__registration__organisation=other)).first()


def _upgraded(uid: str | None, one: Organisation, other: Organisation) -> Intent | None:
    if not uid:
        return None
    found = Intent.objects.filter(uid=uid, status=Intent.Status.SIGNED).first()
    if found is None or {found.first_organisation_id, found.second_organisation_id} != {one.pk, other.pk}:
        raise Fault(
            "intent.upgrade", "升级的意向要是这两家已签署的。", "Only an intent that both signed can be upgraded.",
            place="upgrade_of", status=422,
        )  # fmt: skip
    return found


def _sign(intent: Intent, actor: Viewer) -> None:
    """A project counts for its first signing; the same title between the same two, or what says it upgrades, is an upgrade."""
    now = timezone.now()
    if intent.upgrade_of_id is None:
        pair = {intent.first_organisation_id, intent.second_organisation_id}
        earlier = Intent.objects.filter(
            status=Intent.Status.SIGNED, title=intent.title, first_organisation__in=pair, second_organisation__in=pair
        ).exclude(pk=intent.pk)
        intent.upgrade_of = earlier.order_by("signed_at", "pk").first()
    intent.counts = intent.upgrade_of_id is None
    intent.status, intent.signed_at = Intent.Status.SIGNED, now
    intent.effective_on = timezone.localdate()
    intent.second_signed_by_id = actor.user_id
    intent.version += 1
    intent.save()


def sign_intent(*, actor: Viewer, intent: Intent, version: int | None = None) -> Intent:
    """The other side signs: now it counts, a deal is opened from it, and the liaison officers of both sides are told."""
    demand_speak(actor, intent.second_organisation)
    with acting(actor, "intent.sign") as act:
        current = _locked(intent, version)
        if current.status != Intent.Status.PROPOSED:
            raise Conflict("intent.state", "这份意向已经签署或撤回。", "This intent is signed or withdrawn already.")
        _sign(current, actor)
        act.done(current, member_id=current.second_member_id, event="intent.signed", ids=[current.pk])
    return current


def withdraw_intent(*, actor: Viewer, intent: Intent) -> Intent:
    """Take back what the other side has not signed."""
    if not may_speak(actor, intent.second_organisation):
        demand_speak(actor, intent.first_organisation)
    with acting(actor, "intent.withdraw") as act:
        current = _locked(intent, None)
        if current.status != Intent.Status.PROPOSED:
            raise Conflict("intent.state", "已签署的意向不能撤回。", "A signed intent cannot be withdrawn.")
        current.status = Intent.Status.WITHDRAWN
        current.version += 1
        current.save(update_fields=["status", "version"])
        act.done(current, member_id=current.first_member_id, event="intent.withdrawn", ids=[current.pk])
    return current


def _locked(intent: Intent, version: int | None) -> Intent:
    rows = Intent.objects.select_for_update(of=("self",)).select_related("first_organisation", "second_organisation")
    found = rows.filter(pk=intent.pk).first()
    if found is None:
        raise NotFound
    if version is not None and version != found.version:
        raise Stale
    return found


def add_follow_up(
    *,
    actor: Viewer,
    event: Event,
    first: Organisation,
    second: Organisation,
    record: FollowUpRecord,
    meeting: Meeting | None = None,
    intent: Intent | None = None,
) -> FollowUp:
    """What is to be done by a day; the liaison officers of both sides get it on their desks."""
    if not may_plan(actor, event) and not may_speak(actor, second):
        demand_speak(actor, first)
    if record.due_on is None or record.due_on < event.starts_on:
        raise Fault(
            "follow_up.due", "期限不能早于活动。", "It is not due before the event.", place="due_on", status=422
        )
    with acting(actor, "follow_up.add") as act:
        made = FollowUp.objects.create(
            event=event, meeting=meeting, intent=intent, first_organisation=first, second_organisation=second,
            text=record.text, due_on=record.due_on,
        )  # fmt: skip
        act.done(made, member_id=first.home_member_id, event="follow_up.added", ids=[made.pk])
    return made


def finish_follow_up(*, actor: Viewer, follow_up: FollowUp) -> FollowUp:
    """It is done: said by either side, its liaison officers, or the planners."""
    if not may_plan(actor, follow_up.event) and not may_speak(actor, follow_up.second_organisation):
        demand_speak(actor, follow_up.first_organisation)
    with acting(actor, "follow_up.finish") as act:
        if follow_up.done_at is not None:
            act.nothing_changed()
            return follow_up
        follow_up.done_at, follow_up.done_by_id = timezone.now(), actor.user_id
        follow_up.save(update_fields=["done_at", "done_by"])
        act.done(
            follow_up, member_id=follow_up.first_organisation.home_member_id, event="follow_up.done", ids=[follow_up.pk]
        )
    return follow_up


def remind_of_follow_ups(*, actor: Viewer = SYSTEM, today: dt.date | None = None) -> int:
    """Remind once of what is overdue."""
    today = today or timezone.localdate()
    due = list(FollowUp.objects.filter(done_at__isnull=True, reminded_at__isnull=True, due_on__lt=today)[:1_000])
    if not due:
        return 0
    with acting(actor, "follow_up.remind") as act:
        FollowUp.objects.filter(pk__in=[f.pk for f in due]).update(reminded_at=timezone.now())
        act.done_many(due, event="follow_up.overdue", ids=[f.pk for f in due])
    return len(due)

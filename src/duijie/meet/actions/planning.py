"""Timetables: drafts asked of the machine, changed by hand with undo, locked, arranged anew in part, published."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Max
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.jobs import enqueue
from duijie.engines import timetable as engine
from duijie.meet.actions.events import demand_open, locked_event
from duijie.meet.models import Draft, DraftStep, Event, FixedMeeting, Meeting
from duijie.meet.models.events import EventStatus
from duijie.meet.planning import checking, judging, keeping
from duijie.meet.planning.building import build_input, engine_meetings
from duijie.meet.planning.loading import load_day
from duijie.meet.rules import demand_plan
from duijie.meet.schemas import ArrangeRecord, FixedRecord
from duijie.members.places import find_organisation

ARRANGE = "meet.arrange"


class StaleDraft(Stale):
    """Another planner changed the draft meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.zh = "另一位策划人刚改过这份草案，请先看一眼现在的样子再改。"
        self.en = "Another planner has just changed this draft; look at it as it stands, then change it."


def locked_draft(draft: Draft, version: int | None) -> Draft:
    found = Draft.objects.select_for_update().select_related("event").filter(pk=draft.pk).first()
    if found is None:
        raise NotFound
    if version is not None and version != found.version:
        raise StaleDraft
    return found


def new_draft(event: Event, actor: Viewer, **values: Any) -> Draft:
    """The next draft of an event; numbers go on counting. Inside the transaction of an action that holds the event."""
    number = (Draft.objects.filter(event=event).aggregate(last=Max("number"))["last"] or 0) + 1
    return Draft.objects.create(event=event, number=number, made_by_id=actor.user_id, **values)


def input_faults(faults: Sequence[engine.Fault]) -> Fault:
    """The engine's faults of an input as one refusal that names each."""
    from duijie.core.errors import Faults

    return Faults([Fault(f"timetable.{f.record}", f.zh, f.en, place=f.record, status=422) for f in faults[:20]])


def start_draft(
    *,
    actor: Viewer,
    event: Event,
    record: ArrangeRecord,
    based_on: Draft | None = None,
    part_slots: Sequence[str] = (),
    part: Sequence[str] = (),
) -> Draft:
    """Ask the machine for a timetable. What is locked in `based_on` stands; with a part named (slots, participants) all outside
    it stands too. Input that is faulty is refused at once, each fault named; what cannot be satisfied is told by the draft."""
    from duijie.meet.planning.building import locks_of

    demand_plan(actor, event)
    with acting(actor, "draft.start") as act:
        current = locked_event(event)
        demand_open(current)
        locks = locks_of(based_on, part_slots=part_slots, part=part) if based_on else []
        built = build_input(current, locks)
        if len(built.participants) < 2 or not built.slots or not built.places:
            raise Conflict(
                "timetable.empty",
                "还不能编排：至少要有两家确认的单位、一个时段和一个场地。",
                "Nothing to arrange yet: two confirmed participants, a slot and a place are needed.",
            )
        faults = engine.find_faults(built)
        if faults:
            raise input_faults(faults)
        draft = new_draft(
            current, actor, name=record.name or "", seed=record.seed, scale=record.scale, based_on=based_on
        )
        draft.job = enqueue(
            ARRANGE, actor=actor, member_id=current.host_member_id, total=100, draft=draft.pk,
            part_slots=list(part_slots), part=list(part),
        )  # fmt: skip
        draft.save(update_fields=["job"])
        act.done(draft, member_id=current.host_member_id, event="draft.started", ids=[draft.pk])
    return draft


def finish_draft(
    *,
    actor: Viewer,
    draft: Draft,
    built: engine.Event,
    timetable: engine.Timetable,
    stopped: bool,
    locked: Sequence[str],
) -> Draft:
    """Keep what the machine found."""
    with acting(actor, "draft.finish") as act:
        current = locked_draft(draft, None)
        current.conflict = [{"zh": zh, "en": en} for zh, en in timetable.conflict]
        current.goals = keeping.goals_of(timetable.goals)
        current.figures = keeping.figures_of(built, timetable)
        current.unserved = keeping.unserved_of(timetable)
        if timetable.conflict:
            current.status = Draft.Status.IMPOSSIBLE
        else:
            current.status = Draft.Status.STOPPED if stopped else Draft.Status.READY
            keeping.write_meetings(current, timetable.meetings, locked)
        current.save()
        act.done(current, member_id=current.event.host_member_id, event="draft.finished", ids=[current.pk])
    return current


def discard_draft(*, actor: Viewer, draft: Draft) -> None:
    """Delete a draft that was never published."""
    demand_plan(actor, draft.event)
    with acting(actor, "draft.discard") as act:
        current = locked_draft(draft, None)
        if current.published_at is not None:
            raise Conflict("draft.published", "发布过的日程不能删除。", "A published timetable cannot be deleted.")
        reference, event = ("draft", current.uid), current.event
        current.delete()
        act.done(reference, member_id=event.host_member_id, event="draft.discarded", ids=[])


# --- by hand -------------------------------------------------------------------------------------------------------------
def _snapshot(meeting: Meeting) -> dict[str, Any]:
    return {"id": meeting.pk, "slot": meeting.slot_id, "place": meeting.place_id, "locked": meeting.locked}


def _demand_movable(draft: Draft, meeting: Meeting) -> None:
    if meeting.draft_id != draft.pk:
        raise NotFound
    if meeting.state not in (Meeting.State.PLANNED,):
        raise Conflict(
            "meeting.held", "已经开始或结束的会面不能移动。", "A meeting that has begun or is over cannot be moved."
        )
    if meeting.locked:
        raise Conflict("meeting.locked", "这场会面已锁定，请先解锁。", "This meeting is locked; unlock it first.")


def move_meeting(
    *,
    actor: Viewer,
    draft: Draft,
    meeting: Meeting,
    slot: str,
    place: str = "",
    version: int | None = None,
    dry_run: bool = False,
) -> list[checking.Conflict]:
    """Put a meeting elsewhere; without `place` its own table, or the first that fits. What is dropped on another meeting's
    seat changes places with it, where both fit. Refused where it breaks what blocks planning; returns what is to be warned of.
    """
    demand_plan(actor, draft.event)
    with acting(actor, "draft.move", dry_run=dry_run) as act:
        current = locked_draft(draft, version)
        demand_open(current.event)
        _demand_movable(current, meeting)
        day = load_day(current)
        held = day.meetings[meeting.pk]
        if slot not in day.times:
            raise Fault("slot.unknown", f"没有时段“{slot}”。", f"There is no slot “{slot}”.", place="slot", status=422)
        place = place or day.free_place(held, slot) or held.place
        if place not in day.tables:
            raise Fault(
                "place.unknown", f"没有场地“{place}”。", f"There is no place “{place}”.", place="place", status=422
            )
        other = next((o for o in day.meetings.values() if (o.slot, o.place) == (slot, place) and o.id != held.id), None)
        moved = [meeting]
        if other is not None:
            partner = Meeting.objects.select_related("slot", "place").get(pk=other.id)
            _demand_movable(current, partner)
            moved.append(partner)
        before = [_snapshot(m) for m in moved]
        told = _checked(day, held, other, slot, place)
        _seat(current.event, meeting, slot, place)
        if other is not None:
            _seat(current.event, moved[1], held.slot, held.place)
        _keep_step(current, actor, "move", before, moved)
        act.done(current, member_id=current.event.host_member_id, event="draft.changed", ids=[current.pk])
    return told


def _checked(
    day: checking.Day, held: checking.Held, other: checking.Held | None, slot: str, place: str
) -> list[checking.Conflict]:
    """The conflicts of the move with both meetings where they will be; raises Conflict where one blocks planning."""
    from dataclasses import replace

    after = dict(day.meetings)
    after[held.id] = replace(held, slot=slot, place=place)
    if other is not None:
        after[other.id] = replace(other, slot=held.slot, place=held.place)
    then = replace(day, meetings=after)
    told = then.conflicts(after[held.id], slot, place)
    if other is not None:
        told += then.conflicts(after[other.id], held.slot, held.place)
    walls = [one for one in told if one.level == checking.BLOCK_PLANNING]
    if walls:
        raise Conflict(
            f"conflict.{walls[0].kind}", "".join(w.zh for w in walls), " ".join(w.en for w in walls), place="slot"
        )
    return told


def _seat(event: Event, meeting: Meeting, slot: str, place: str) -> None:
    meeting.slot = event.slots.get(code=slot)
    meeting.place = event.places.get(code=place)
    meeting.save(update_fields=["slot", "place"])


def _keep_step(draft: Draft, actor: Viewer, verb: str, before: list[dict[str, Any]], moved: list[Meeting]) -> None:
    DraftStep.objects.filter(draft=draft, undone=True).delete()
    after = [_snapshot(m) for m in moved]
    DraftStep.objects.create(draft=draft, verb=verb, before=before, after=after, by_id=actor.user_id)
    rejudge(draft)


def rejudge(draft: Draft) -> None:
    """Figures as they are now; a proof of the machine holds no longer for what was changed, its bounds on wishes still do."""
    values, figures = judging.judge(build_input(draft.event), engine_meetings(draft))
    for name, value in values.items():
        goal = draft.goals.get(name, {})
        same = goal.get("value") == value
        bound = goal.get("bound") if name in ("musts", "worth") or same else None
        draft.goals[name] = {"value": value, "bound": bound, "proof": goal.get("proof", "") if same else "by_hand"}
    draft.figures = figures
    draft.version += 1
    draft.save(update_fields=["goals", "figures", "version"])


def undo_step(*, actor: Viewer, draft: Draft, version: int | None = None) -> DraftStep:
    """Take back the last step by hand."""
    demand_plan(actor, draft.event)
    with acting(actor, "draft.undo") as act:
        current = locked_draft(draft, version)
        step = current.steps.filter(undone=False).order_by("-pk").first()
        if step is None:
            raise Conflict("draft.nothing_to_undo", "没有可以撤销的步骤。", "There is nothing to undo.")
        meetings = {m.pk: m for m in current.meetings.filter(pk__in=[b["id"] for b in step.before])}
        for row in step.before:
            meeting = meetings[row["id"]]
            if meeting.state != Meeting.State.PLANNED:
                raise Conflict(
                    "meeting.held", "这场会面已经开始，不能撤销。", "The meeting has begun; this cannot be undone."
                )
            meeting.slot_id, meeting.place_id, meeting.locked = row["slot"], row["place"], row["locked"]
            meeting.save(update_fields=["slot", "place", "locked"])
        step.undone = True
        step.save(update_fields=["undone"])
        rejudge(current)
        act.done(current, member_id=current.event.host_member_id, event="draft.changed", ids=[current.pk])
    return step


def lock_meetings(
    *, actor: Viewer, draft: Draft, meetings: Sequence[Meeting], locked: bool = True, version: int | None = None
) -> int:
    """Lock or unlock meetings: the machine keeps what is locked. Returns how many changed."""
    demand_plan(actor, draft.event)
    with acting(actor, "draft.lock") as act:
        current = locked_draft(draft, version)
        changing = [m for m in meetings if m.locked != locked]
        if any(m.draft_id != current.pk for m in meetings):
            raise NotFound
        if not changing:
            act.nothing_changed()
            return 0
        before = [_snapshot(m) for m in changing]
        for meeting in changing:
            meeting.locked = locked
            meeting.save(update_fields=["locked"])
        _keep_step(current, actor, "lock" if locked else "unlock", before, changing)
        act.done(current, member_id=current.event.host_member_id, event="draft.changed", ids=[current.pk])
    return len(changing)


# --- fixed meetings ----------------------------------------------------------------------------------------------------
def fix_meeting(*, actor: Viewer, event: Event, record: FixedRecord) -> FixedMeeting:
    """A meeting of two or more that must be held. Refused where one of them has more fixed meetings than there are slots."""
    demand_plan(actor, event)
    with acting(actor, "event.fix_meeting") as act:
        current = locked_event(event)
        demand_open(current)
        sides = []
        for name in record.organisations:
            found = current.registrations.filter(uid=name, status="confirmed").first()
            organisation = None if found else find_organisation(name, place="organisations")
            found = found or current.registrations.filter(organisation=organisation, status="confirmed").first()
            if found is None:
                raise Fault(
                    "participant.unknown",
                    f"“{name}”没有确认参会。",
                    f"“{name}” is no confirmed participant.",
                    place="organisations",
                    status=422,
                )
            sides.append(found)
        if len(set(sides)) < 2:
            raise Fault(
                "fixed.sides",
                "指定会面至少要有两家不同的单位。",
                "A fixed meeting needs two different participants.",
                place="organisations",
                status=422,
            )
        slot = current.slots.filter(code=record.slot).first() if record.slot else None
        place = current.places.filter(code=record.place).first() if record.place else None
        for given, row, zh, en in ((record.slot, slot, "时段", "slot"), (record.place, place, "场地", "place")):
            if given and row is None:
                raise Fault(
                    f"{en}.unknown", f"没有{zh}“{given}”。", f"There is no {en} “{given}”.", place=en, status=422
                )
        taken = set(current.fixed.values_list("code", flat=True))
        code = next(c for c in (f"F{n:03d}" for n in range(1, 10_000)) if c not in taken)
        fixed = FixedMeeting.objects.create(event=current, code=code, slot=slot, place=place)
        fixed.registrations.set(sides)
        faults = [f for f in engine.find_faults(build_input(current)) if f.record in ("fixed", "participants")]
        if faults:
            raise input_faults(faults)
        act.done(
            ("fixedmeeting", f"{current.uid}.{code}"),
            member_id=current.host_member_id,
            event="event.changed",
            ids=[current.pk],
        )
    return fixed


def unfix_meeting(*, actor: Viewer, fixed: FixedMeeting) -> None:
    demand_plan(actor, fixed.event)
    with acting(actor, "event.unfix_meeting") as act:
        event, reference = fixed.event, ("fixedmeeting", f"{fixed.event.uid}.{fixed.code}")
        fixed.delete()
        act.done(reference, member_id=event.host_member_id, event="event.changed", ids=[event.pk])


# --- publishing --------------------------------------------------------------------------------------------------------
def publish_draft(*, actor: Viewer, draft: Draft, version: int | None = None) -> Draft:
    """Make a draft the event's timetable; everybody is told of it. Refused where something blocks publication, or once
    meetings of the published timetable have begun: then it is repaired."""
    demand_plan(actor, draft.event)
    with acting(actor, "draft.publish") as act:
        event = locked_event(draft.event)
        current = locked_draft(draft, version)
        if event.status != EventStatus.PUBLISHED:
            raise Conflict("event.state", "请先发布活动，再发布日程。", "Publish the event before its timetable.")
        if current.is_repair or current.status not in (Draft.Status.READY, Draft.Status.STOPPED):
            raise Conflict("draft.state", "这份草案还不能发布。", "This draft cannot be published.")
        begun = event.timetable_id and Meeting.objects.filter(draft_id=event.timetable_id).exclude(
            state__in=(Meeting.State.PLANNED, Meeting.State.CANCELLED)
        )
        if event.timetable_id != current.pk and begun and begun.exists():
            raise Conflict(
                "timetable.begun",
                "会面已经开始，不能换成另一份日程；请用“现场调整”。",
                "Meetings have begun; repair the timetable instead of publishing another.",
            )
        walls = [
            c
            for _, c in load_day(current).all_conflicts()
            if c.level in (checking.BLOCK_PUBLICATION, checking.BLOCK_PLANNING)
        ]
        if walls:
            raise Conflict(
                "draft.conflicts",
                f"还有 {len(walls)} 处冲突不允许发布：" + "".join(w.zh for w in walls[:5]),
                f"{len(walls)} conflicts block publication: " + " ".join(w.en for w in walls[:5]),
            )
        now = timezone.now()
        current.published_at = now
        current.save(update_fields=["published_at"])
        event.timetable, event.timetable_at = current, now
        event.version += 1
        event.save(update_fields=["timetable", "timetable_at", "version"])
        act.done(current, member_id=event.host_member_id, event="timetable.published", ids=[event.pk], draft=current.pk)
    return current

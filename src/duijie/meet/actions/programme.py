"""What an event is made of in time and space: slots, places, walking, the programme."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.calendar import SHANGHAI
from duijie.core.errors import Fault, Faults
from duijie.meet.actions.events import demand_no_meetings, demand_open, locked_event
from duijie.meet.models import Event, Place, Session, Slot
from duijie.meet.rules import demand_plan
from duijie.meet.schemas import PlacePlan, PlaceRow, SessionRow, SlotPlan, SlotRow

MOST_SLOTS, MOST_PLACES = 200, 2_000


def _refuse(code: str, zh: str, en: str, place: str = "") -> Fault:
    return Fault(code, zh, en, place=place or None, status=422)


def _clock(instant: dt.datetime) -> str:
    return timezone.localtime(instant, SHANGHAI).strftime("%H:%M")


def slot_faults(event: Event, rows: Sequence[SlotRow]) -> list[Fault]:
    """Everything wrong with a list of slots: ends before it starts, outside the event, twice the same code, two at once."""
    faults = []
    for number, row in enumerate(rows):
        place = f"slots.{number}"
        if row.ends_at <= row.starts_at:
            faults.append(
                _refuse(
                    "slot.order",
                    f"时段 {row.code} 的结束不晚于开始。",
                    f"Slot {row.code} does not end after it starts.",
                    place,
                )
            )
        day = timezone.localtime(row.starts_at, SHANGHAI).date()
        if not event.starts_on <= day <= event.ends_on:
            faults.append(
                _refuse(
                    "slot.day",
                    f"时段 {row.code} 在 {day}，不在活动日期内。",
                    f"Slot {row.code} on {day} is not on a day of the event.",
                    place,
                )
            )
    for code, count in Counter(row.code for row in rows).items():
        if count > 1:
            faults.append(
                _refuse(
                    "slot.twice",
                    f"时段编号“{code}”出现 {count} 次。",
                    f"The code “{code}” stands {count} times.",
                    "slots",
                )
            )
    for one, then in pairwise(sorted(rows, key=lambda row: row.starts_at)):
        if then.starts_at < one.ends_at:
            faults.append(
                _refuse(
                    "slot.overlap",
                    f"时段 {one.code}（到 {_clock(one.ends_at)}）和 {then.code}（从 {_clock(then.starts_at)}）重叠。",
                    f"Slots {one.code} (until {_clock(one.ends_at)}) and {then.code} (from {_clock(then.starts_at)}) overlap.",
                    "slots",
                )
            )
    if len(rows) > MOST_SLOTS:
        faults.append(_refuse("slot.many", f"最多 {MOST_SLOTS} 个时段。", f"At most {MOST_SLOTS} slots.", "slots"))
    return faults


def _slots_of(event: Event) -> list[SlotRow]:
    return [
        SlotRow.model_construct(code=s.code, starts_at=s.starts_at, ends_at=s.ends_at, session=s.session)
        for s in event.slots.all()
    ]


def set_slots(*, actor: Viewer, event: Event, rows: Sequence[SlotRow]) -> list[Slot]:
    """Replace the event's slots."""
    demand_plan(actor, event)
    with acting(actor, "event.set_slots") as act:
        current = locked_event(event)
        demand_open(current)
        demand_no_meetings(current, "时段", "slots")
        faults = slot_faults(current, rows)
        if faults:
            raise Faults(faults)
        current.slots.all().delete()
        made = Slot.objects.bulk_create([_slot(current, row) for row in rows])
        act.done(current, member_id=current.host_member_id, event="event.changed", ids=[current.pk])
    return made


def _slot(event: Event, row: SlotRow) -> Slot:
    return Slot(event=event, code=row.code, starts_at=row.starts_at, ends_at=row.ends_at, session=row.session or "")


def add_slots(*, actor: Viewer, event: Event, plan: SlotPlan) -> list[Slot]:
    """Add the slots of a half day by a rule; the codes go on counting."""
    demand_plan(actor, event)
    rows = _planned(event, plan)
    with acting(actor, "event.add_slots") as act:
        current = locked_event(event)
        demand_open(current)
        faults = slot_faults(current, _slots_of(current) + rows)
        if faults:
            raise Faults(faults)
        made = Slot.objects.bulk_create([_slot(current, row) for row in rows])
        act.done(current, member_id=current.host_member_id, event="event.changed", ids=[current.pk])
    return made


def _planned(event: Event, plan: SlotPlan) -> list[SlotRow]:
    day = plan.day or event.starts_on

    def at(clock: str, field: str) -> dt.datetime:
        try:
            hour, minute = clock.replace("：", ":").split(":")
            return dt.datetime.combine(day, dt.time(int(hour), int(minute)), SHANGHAI)
        except (ValueError, TypeError):
            raise _refuse(
                "clock.unreadable",
                f"“{clock}”不是时间，请写成 09:00。",
                f"“{clock}” is not a time; write 09:00.",
                field,
            ) from None

    start, last = at(plan.first, "first"), at(plan.last, "last")
    taken = {s.code for s in event.slots.all()}
    rows: list[SlotRow] = []
    number = len(taken)
    length, gap = dt.timedelta(minutes=plan.minutes), dt.timedelta(minutes=plan.gap)
    while start + length <= last and len(rows) < MOST_SLOTS:
        number += 1
        while f"S{number:02d}" in taken:
            number += 1
        rows.append(
            SlotRow.model_construct(
                code=f"S{number:02d}", starts_at=start, ends_at=start + length, session=plan.session or ""
            )
        )
        start += length + gap
    if not rows:
        raise _refuse("slot.none", "这段时间放不下一场。", "Not one fits into that time.", "last")
    return rows


def place_faults(rows: Sequence[PlaceRow], slots: set[str]) -> list[Fault]:
    """Everything wrong with a list of places: twice the same code, no seats, closed in a slot that there is not."""
    faults = []
    for code, count in Counter(row.code for row in rows).items():
        if count > 1:
            faults.append(
                _refuse(
                    "place.twice",
                    f"场地编号“{code}”出现 {count} 次。",
                    f"The code “{code}” stands {count} times.",
                    "places",
                )
            )
    for number, row in enumerate(rows):
        if row.capacity < 2:
            faults.append(
                _refuse(
                    "place.seats",
                    f"场地 {row.code} 至少要有 2 个座位。",
                    f"Place {row.code} needs two seats at least.",
                    f"places.{number}.capacity",
                )
            )
        for code in row.closed or []:
            if code not in slots:
                faults.append(
                    _refuse(
                        "slot.unknown",
                        f"场地 {row.code}：没有时段“{code}”。",
                        f"Place {row.code}: there is no slot “{code}”.",
                        f"places.{number}.closed",
                    )
                )
    if len(rows) > MOST_PLACES:
        faults.append(_refuse("place.many", f"最多 {MOST_PLACES} 个场地。", f"At most {MOST_PLACES} places.", "places"))
    return faults


def _place(event: Event, row: PlaceRow, order: int) -> Place:
    return Place(
        event=event, code=row.code, name=row.name or "", kind=row.kind or "", area=row.area or "",
        capacity=row.capacity, closed=row.closed or [], order=order,
    )  # fmt: skip


def set_places(*, actor: Viewer, event: Event, rows: Sequence[PlaceRow]) -> list[Place]:
    """Replace the event's places."""
    demand_plan(actor, event)
    with acting(actor, "event.set_places") as act:
        current = locked_event(event)
        demand_open(current)
        demand_no_meetings(current, "场地", "places")
        faults = place_faults(rows, {s.code for s in current.slots.all()})
        if faults:
            raise Faults(faults)
        current.places.all().delete()
        made = Place.objects.bulk_create([_place(current, row, n) for n, row in enumerate(rows)])
        act.done(current, member_id=current.host_member_id, event="event.changed", ids=[current.pk])
    return made


def add_places(*, actor: Viewer, event: Event, plan: PlacePlan) -> list[Place]:
    """Add tables by a rule; the codes go on counting."""
    demand_plan(actor, event)
    with acting(actor, "event.add_places") as act:
        current = locked_event(event)
        demand_open(current)
        taken = {p.code for p in current.places.all()}
        prefix = plan.prefix or ""
        fresh = (f"{prefix}{n:02d}" for n in range(1, MOST_PLACES + 1))
        codes = [code for code in fresh if code not in taken][: plan.count]
        if len(taken) + plan.count > MOST_PLACES:
            raise _refuse("place.many", f"最多 {MOST_PLACES} 个场地。", f"At most {MOST_PLACES} places.", "count")
        made = Place.objects.bulk_create(
            Place(
                event=current, code=code, kind=plan.kind or "", area=plan.area or "", capacity=plan.capacity,
                order=len(taken) + n,
            )
            for n, code in enumerate(codes)
        )  # fmt: skip
        act.done(current, member_id=current.host_member_id, event="event.changed", ids=[current.pk])
    return made


def change_place(*, actor: Viewer, place: Place, row: PlaceRow) -> Place:
    """Change one place; its meetings stay where they are and the planner sees what no longer fits."""
    demand_plan(actor, place.event)
    with acting(actor, "event.change_place") as act:
        current = locked_event(place.event)
        demand_open(current)
        others = [
            PlaceRow.model_construct(code=p.code, capacity=p.capacity, closed=p.closed)
            for p in current.places.exclude(pk=place.pk)
        ]
        faults = place_faults([row, *others], {s.code for s in current.slots.all()})
        if faults:
            raise Faults(faults)
        changed = _place(current, row, place.order)
        changed.pk = place.pk
        changed.save(force_update=True)
        act.done(current, member_id=current.host_member_id, event="event.changed", ids=[current.pk])
    return changed


def set_walking(*, actor: Viewer, event: Event, walking: Sequence[tuple[str, str, float]]) -> Event:
    """Minutes between areas; areas that are not named are next to each other."""
    demand_plan(actor, event)
    areas = {p.area for p in event.places.all()}
    for one, other, minutes in walking:
        for area in (one, other):
            if area not in areas:
                raise _refuse("area.unknown", f"没有区域“{area}”。", f"There is no area “{area}”.", "walking")
        if not 0 <= minutes <= 240:
            raise _refuse(
                "walking.minutes", "步行分钟应在 0 到 240 之间。", "Walking takes 0 to 240 minutes.", "walking"
            )
    with acting(actor, "event.set_walking") as act:
        current = locked_event(event)
        current.walking = [[one, other, minutes] for one, other, minutes in walking]
        current.version += 1
        current.save(update_fields=["walking", "version"])
        act.done(current, member_id=current.host_member_id, event="event.changed", ids=[current.pk])
    return current


def set_programme(*, actor: Viewer, event: Event, rows: Sequence[SessionRow]) -> list[Session]:
    """Replace the programme."""
    demand_plan(actor, event)
    faults = []
    for number, row in enumerate(rows):
        day = timezone.localtime(row.starts_at, SHANGHAI).date()
        if row.ends_at <= row.starts_at:
            faults.append(
                _refuse(
                    "session.order",
                    f"“{row.title}”的结束不晚于开始。",
                    f"“{row.title}” does not end after it starts.",
                    f"sessions.{number}",
                )
            )
        if not event.starts_on <= day <= event.ends_on:
            faults.append(
                _refuse(
                    "session.day",
                    f"“{row.title}”不在活动日期内。",
                    f"“{row.title}” is not on a day of the event.",
                    f"sessions.{number}",
                )
            )
    if faults:
        raise Faults(faults)
    with acting(actor, "event.set_programme") as act:
        current = locked_event(event)
        demand_open(current)
        current.sessions.all().delete()
        made = Session.objects.bulk_create(
            Session(
                event=current, kind=row.kind, title=row.title, title_en=row.title_en or "", starts_at=row.starts_at,
                ends_at=row.ends_at, where=row.where or "",
                speakers=[
                    {"name": p["name"], "title": p["title"], "organisation": p["account"]} for p in row.speakers or []
                ],
            )
            for row in rows
        )  # fmt: skip
        act.done(current, member_id=current.host_member_id, event="event.changed", ids=[current.pk])
    return made

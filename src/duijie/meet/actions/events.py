"""An event's life: made, changed, published, over, cancelled; its papers; how strict its conflicts are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, Faults, NotFound, Stale
from duijie.core.files import store
from duijie.core.schema import parse
from duijie.meet.choices import ConflictKind, ConflictLevel
from duijie.meet.models import Document, Event, Meeting
from duijie.meet.models.events import EventStatus
from duijie.meet.rules import demand_plan, demand_plan_new
from duijie.meet.schemas import EventRecord
from duijie.members.models import Alliance, Member
from duijie.members.places import find_alliance

_TEXTS = ("title_en", "summary", "region", "venue", "address", "external_id")
LARGEST_DOCUMENT = 50 * 1024 * 1024


def locked_event(event: Event, version: int | None = None) -> Event:
    """The event's row, held for this transaction. Raises Stale where it is no longer what the actor saw."""
    rows = Event.objects.unscoped("an action that has checked its actor").select_for_update()
    found = rows.filter(pk=event.pk).first()
    if found is None:
        raise NotFound
    if version is not None and version != found.version:
        raise Stale
    current: Event = found
    return current


def demand_open(event: Event) -> None:
    """Raise Conflict where the event is over or cancelled."""
    if event.status in (EventStatus.OVER, EventStatus.CANCELLED):
        raise Conflict("event.state", "活动已经结束或取消，不能再改。", "The event is over or cancelled.")


def _dates(record: EventRecord) -> list[Fault]:
    faults: list[Fault] = []

    def refuse(place: str, zh: str, en: str) -> None:
        faults.append(Fault("event.dates", zh, en, place=place, status=422))

    if record.starts_on is None:
        refuse("starts_on", "开始日期：必须填写。", "First day: is required.")
        return faults
    last = record.ends_on or record.starts_on
    if last < record.starts_on:
        refuse(
            "ends_on", f"结束日期 {last} 早于开始日期 {record.starts_on}。", f"The last day {last} is before the first."
        )
    if (last - record.starts_on).days > 60:
        refuse("ends_on", "一个活动最长 60 天。", "An event lasts 60 days at most.")
    pairs = (("registration_from", "registration_until"), ("wishes_from", "wishes_until"))
    for first, until in pairs:
        a, b = getattr(record, first), getattr(record, until)
        if a and b and b < a:
            refuse(until, f"截止日期 {b} 早于开始日期 {a}。", f"The deadline {b} is before the opening {a}.")
    for name in ("registration_until", "wishes_until"):
        day = getattr(record, name)
        if day and day > last:
            refuse(
                name, f"截止日期 {day} 晚于活动结束 {last}。", f"The deadline {day} is after the event ends on {last}."
            )
    return faults


def _values(record: EventRecord) -> dict[str, Any]:
    faults = _dates(record)
    if faults:
        raise Faults(faults)
    values = record.model_dump(exclude={"alliance"})
    values |= {name: values[name] or "" for name in _TEXTS}
    values["ends_on"] = record.ends_on or record.starts_on
    values["industries"] = record.industries or []
    return values


def event_values(event: Event) -> dict[str, Any]:
    """The event as its schema gives it, for forms and partial changes."""
    values: dict[str, Any] = {name: getattr(event, name) for name in EventRecord.model_fields if name != "alliance"}
    return values | {"alliance": event.alliance.slug if event.alliance else None}


def _alliance(record: EventRecord) -> Alliance | None:
    return find_alliance(record.alliance) if record.alliance else None


def create_event(*, actor: Viewer, member: Member, record: EventRecord, dry_run: bool = False) -> Event:
    """Prepare an event of host `member`: by its planners, or the secretariat of the alliance. It begins as a draft."""
    alliance = _alliance(record)
    demand_plan_new(actor, member, alliance)
    with acting(actor, "event.create", dry_run=dry_run) as act:
        event = Event(host_member=member, alliance=alliance, **_values(record))
        event.save()
        act.done(event, member_id=member.pk, event="event.created", ids=[event.pk])
    return event


def change_event(
    *, actor: Viewer, event: Event, record: EventRecord, version: int | None = None, dry_run: bool = False
) -> Event:
    """Write `record` over an event. A smaller capacity than what is confirmed is refused; a larger one lets the waiting in."""
    from duijie.meet.actions.registrations import let_in

    demand_plan(actor, event)
    with acting(actor, "event.change", dry_run=dry_run) as act:
        current = locked_event(event, version)
        demand_open(current)
        alliance = _alliance(record)
        demand_plan_new(actor, current.host_member, alliance)
        values = _values(record)
        days = (values["starts_on"], values["ends_on"]) != (current.starts_on, current.ends_on)
        if days and any(not values["starts_on"] <= _day(s) <= values["ends_on"] for s in current.slots.all()):
            raise Conflict(
                "event.slots_outside",
                "有时段不在新的日期内，请先调整时段。",
                "Some slots lie outside the new dates; change the slots first.",
                place="starts_on",
            )
        confirmed = current.registrations.filter(status="confirmed").count()
        if values["capacity"] is not None and values["capacity"] < confirmed:
            raise Conflict(
                "event.capacity",
                f"已确认 {confirmed} 家，名额不能少于这个数。",
                f"{confirmed} are confirmed; the capacity cannot be less.",
                place="capacity",
            )
        for name, value in values.items():
            setattr(current, name, value)
        current.alliance = alliance
        current.version += 1
        current.save()
        let_in(current)
        act.done(current, member_id=current.host_member_id, event="event.changed", ids=[current.pk])
    return current


def _day(slot: Any) -> Any:
    return timezone.localtime(slot.starts_at).date()


def upsert_event(
    *,
    actor: Viewer,
    member: Member,
    external_id: str,
    data: dict[str, Any],
    version: int | None = None,
    dry_run: bool = False,
) -> tuple[Event, str]:
    """Make or change the event that `member` knows by `external_id`; ("created" | "changed" | "unchanged")."""
    record = parse(EventRecord, data | {"external_id": external_id})
    rows = Event.objects.unscoped("found by its host's own id; the action checks the actor")
    event = rows.filter(host_member=member, external_id=external_id).first()
    if event is None:
        return create_event(actor=actor, member=member, record=record, dry_run=dry_run), "created"
    same = all(getattr(event, name) == value for name, value in _values(record).items())
    if same and event.alliance == _alliance(record):
        demand_plan(actor, event)
        return event, "unchanged"
    return change_event(actor=actor, event=event, record=record, version=version, dry_run=dry_run), "changed"


def publish_event(*, actor: Viewer, event: Event) -> Event:
    """Show the event and open its registration."""
    return _turn(actor, event, "event.publish", EventStatus.PUBLISHED, (EventStatus.DRAFT,), "event.published")


def close_event(*, actor: Viewer, event: Event) -> Event:
    """The event is over: figures and report stand, nothing more is planned."""
    return _turn(actor, event, "event.close", EventStatus.OVER, (EventStatus.PUBLISHED,), "event.over")


def cancel_event(*, actor: Viewer, event: Event) -> Event:
    """Cancel; everybody who registered is told."""
    allowed = (EventStatus.DRAFT, EventStatus.PUBLISHED)
    return _turn(actor, event, "event.cancel", EventStatus.CANCELLED, allowed, "event.cancelled")


def _turn(
    actor: Viewer, event: Event, verb: str, status: EventStatus, allowed: tuple[EventStatus, ...], told: str
) -> Event:
    demand_plan(actor, event)
    with acting(actor, verb) as act:
        current = locked_event(event)
        if current.status not in allowed:
            raise Conflict("event.state", "活动现在的状态不能这样做。", "The event's state does not allow this.")
        current.status = status
        if status == EventStatus.PUBLISHED:
            current.published_at = timezone.now()
        current.version += 1
        current.save(update_fields=["status", "published_at", "version"])
        act.done(current, member_id=current.host_member_id, event=told, ids=[current.pk])
    return current


def add_document(
    *,
    actor: Viewer,
    event: Event,
    title: str,
    chunks: Iterable[bytes],
    name: str,
    media_type: str,
    for_participants: bool,
) -> Document:
    """Keep a paper of the event."""
    demand_plan(actor, event)
    if not title.strip():
        raise Fault("missing", "标题：必须填写。", "Title: is required.", place="title", status=422)
    file = store(
        chunks, name=name, media_type=media_type, audience=[f"staff:{event.host_member_id}"],
        created_by_id=actor.user_id, largest_bytes=LARGEST_DOCUMENT,
    )  # fmt: skip
    with acting(actor, "event.add_document") as act:
        document = Document.objects.create(
            event=event, title=title.strip()[:120], file=file, for_participants=for_participants
        )
        act.done(document, member_id=event.host_member_id, event="event.changed", ids=[event.pk])
    return document


def remove_document(*, actor: Viewer, document: Document) -> None:
    demand_plan(actor, document.event)
    with acting(actor, "event.remove_document") as act:
        reference = ("document", document.uid)
        event = document.event
        document.delete()
        act.done(reference, member_id=event.host_member_id, event="event.changed", ids=[event.pk])


def set_conflict_levels(*, actor: Viewer, event: Event, levels: dict[str, str]) -> Event:
    """How strictly each conflict is taken at this event. Nobody can be in two places at once: that stays a wall."""
    demand_plan(actor, event)
    for kind, level in levels.items():
        if kind not in ConflictKind._value2member_map_ or level not in ConflictLevel._value2member_map_:
            raise Fault(
                "conflict.level", "没有这种冲突或级别。", "There is no such conflict or level.", place=kind, status=422
            )
        if kind in ("person_twice", "place_twice") and level != "block_planning":
            raise Fault(
                "conflict.wall",
                "一个人或一张桌同时只能有一场会面，这一条不能放宽。",
                "Nobody and no table is in two meetings at once; this cannot be relaxed.",
                place=kind,
                status=422,
            )
    with acting(actor, "event.set_conflict_levels") as act:
        current = locked_event(event)
        current.conflict_levels = levels
        current.version += 1
        current.save(update_fields=["conflict_levels", "version"])
        act.done(current, member_id=current.host_member_id, event="event.changed", ids=[current.pk])
    return current


def demand_no_meetings(event: Event, what_zh: str, what_en: str) -> None:
    """Raise Conflict where a timetable stands on the event's slots and places."""
    if Meeting.objects.filter(draft__event=event).exists():
        raise Conflict(
            "event.has_meetings",
            f"已经有排好的会面，不能整体替换{what_zh}；请先删除草案，或只作增补。",
            f"There are arranged meetings, so the {what_en} cannot be replaced; discard the drafts first, or only add.",
        )

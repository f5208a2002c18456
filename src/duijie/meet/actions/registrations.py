"""Who comes: registering, approving, waiting and moving up, withdrawing, saying when one is free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.events import emit
from duijie.meet.actions.events import demand_open, locked_event
from duijie.meet.models import Event, MeetingParty, Registration, Representative
from duijie.meet.models.events import EventStatus
from duijie.meet.rules import demand_plan, demand_speak, may_plan
from duijie.meet.schemas import RegistrationRecord
from duijie.members.models import Organisation, User
from duijie.members.places import find_organisation, find_person
from duijie.publish.models import Listing

Status = Registration.Status


def register(*, actor: Viewer, event: Event, record: RegistrationRecord, dry_run: bool = False) -> Registration:
    """Register an organisation: by its representatives, its liaison officers, or a planner of the event.

    Confirmed at once where no approval is needed and there is room; else it waits, and moves up by itself.
    """
    organisation = find_organisation(record.organisation)
    planner = may_plan(actor, event)
    if not planner:
        demand_speak(actor, organisation)
    with acting(actor, "registration.apply", dry_run=dry_run) as act:
        current = locked_event(event)
        _demand_registration(current, planner)
        if current.registrations.filter(organisation=organisation).exclude(status=Status.WITHDRAWN).exists():
            raise Conflict(
                "registration.twice", f"“{organisation}”已经报名。", f"“{organisation}” is registered already.",
                place="organisation",
            )  # fmt: skip
        registration = current.registrations.filter(organisation=organisation).first()
        if registration is None:
            registration = Registration(event=current, organisation=organisation)
        _fill(registration, record)
        registration.status = Status.APPLIED
        registration.applied_at = timezone.now()
        registration.save()
        _write_people(registration, record.representatives or [])
        if not current.approval_needed or planner:
            registration.status = Status.WAITING
            registration.save(update_fields=["status"])
            let_in(current)
        act.done(
            registration, member_id=organisation.home_member_id, event="registration.applied", ids=[registration.pk]
        )
    registration.refresh_from_db() if not dry_run else None
    return registration


def _demand_registration(event: Event, planner: bool) -> None:
    if event.status != EventStatus.PUBLISHED and not (planner and event.status == EventStatus.DRAFT):
        raise Conflict("event.closed", "这个活动现在不接受报名。", "This event takes no registrations now.")
    today = timezone.localdate()
    if planner:
        return
    if event.registration_from and today < event.registration_from:
        raise Conflict(
            "registration.early",
            f"报名 {event.registration_from} 开始。",
            f"Registration opens on {event.registration_from}.",
        )
    last = event.registration_until or event.ends_on
    if today > last:
        raise Conflict("registration.late", f"报名已于 {last} 截止。", f"Registration closed on {last}.")


def _fill(registration: Registration, record: RegistrationRecord) -> None:
    for name in ("kind", "brings", "seeks", "external_id"):
        setattr(registration, name, getattr(record, name) or "")
    registration.most_meetings = record.most_meetings
    registration.place_kinds = record.place_kinds or []
    registration.listing = _listing(record.listing, registration.organisation) if record.listing else None


def _listing(uid: str, organisation: Organisation) -> Listing:
    rows = Listing.objects.unscoped("an organisation shows a listing of its own")
    found = rows.filter(uid=uid, owner_organisation=organisation).first()
    if found is None:
        raise Fault(
            "listing.unknown", "只能展示本单位自己的供需信息。", "Only a listing of one's own can be shown.",
            place="listing", status=422,
        )  # fmt: skip
    listing: Listing = found
    return listing


def _write_people(registration: Registration, people: Sequence[Mapping[str, str]]) -> None:
    """The representatives as given; who stays keeps badge and feed. Nobody comes for two organisations."""
    event = registration.event
    if len(people) > event.most_representatives:
        raise Fault(
            "representatives.many",
            f"每家最多 {event.most_representatives} 位代表。",
            f"At most {event.most_representatives} representatives of each organisation.",
            place="representatives",
            status=422,
        )
    twice = [name for name, n in Counter(p["name"] for p in people).items() if n > 1]
    if twice:
        raise Fault(
            "representatives.twice",
            f"“{twice[0]}”写了两次。",
            f"“{twice[0]}” stands twice.",
            place="representatives",
            status=422,
        )
    there = {p.name: p for p in registration.representatives.all()} if registration.pk else {}
    for given in people:
        user = _user(given.get("account", ""), registration)
        person = there.pop(given["name"], None) or Representative(registration=registration, name=given["name"])
        person.title = given.get("title", "")
        person.user = user or person.user
        person.save()
    _demand_free_of_meetings(there.values())
    for person in there.values():
        person.delete()


def _demand_free_of_meetings(people: Any) -> None:
    uids = {p.uid for p in people}
    if not uids:
        return
    event = next(iter(people)).registration.event
    parties = MeetingParty.objects.filter(meeting__draft_id=event.timetable_id) if event.timetable_id else []
    for party in parties:
        if uids & set(party.representatives):
            raise Conflict(
                "representatives.busy",
                "这位代表在已发布的日程里有会面，不能去掉；请联系会务组。",
                "This representative has meetings in the published timetable; ask the organisers.",
                place="representatives",
            )


def _user(account: str, registration: Registration) -> User | None:
    if not account:
        return None
    user = find_person(account, place="representatives")
    elsewhere = Representative.objects.filter(registration__event=registration.event, user=user)
    elsewhere = elsewhere.exclude(registration__organisation=registration.organisation)
    found = (
        elsewhere.exclude(registration__status=Status.WITHDRAWN).select_related("registration__organisation").first()
    )
    if found is not None:
        raise Fault(
            "person.two_organisations",
            f"{user} 已经代表“{found.registration.organisation}”参会，一个人不能代表两家单位。",
            f"{user} comes for “{found.registration.organisation}” already; nobody comes for two organisations.",
            place="representatives",
            status=422,
        )
    return user


def _locked(registration: Registration, version: int | None = None) -> Registration:
    found = (
        Registration.objects.select_for_update()
        .select_related("event", "organisation")
        .filter(pk=registration.pk)
        .first()
    )
    if found is None:
        raise NotFound
    if version is not None and version != found.version:
        raise Stale
    return found


def change_registration(
    *, actor: Viewer, registration: Registration, record: RegistrationRecord, version: int | None = None,
    dry_run: bool = False,
) -> Registration:  # fmt: skip
    """Change what an organisation brings, seeks, and who comes for it."""
    if not may_plan(actor, registration.event):
        demand_speak(actor, registration.organisation)
    with acting(actor, "registration.change", dry_run=dry_run) as act:
        current = _locked(registration, version)
        demand_open(current.event)
        _fill(current, record)
        _write_people(current, record.representatives or [])
        current.version += 1
        current.save()
        act.done(current, member_id=current.organisation.home_member_id, event="registration.changed", ids=[current.pk])
    return current


def let_in(event: Event) -> list[Registration]:
    """Confirm who waits, in the order of applying, as far as there is room. Inside the transaction of an action."""
    if event.status in (EventStatus.OVER, EventStatus.CANCELLED):
        return []
    waiting = list(event.registrations.filter(status=Status.WAITING).order_by("applied_at", "pk"))
    if not waiting:
        return []
    room = len(waiting)
    if event.capacity is not None:
        room = max(event.capacity - event.registrations.filter(status=Status.CONFIRMED).count(), 0)
    up = waiting[:room]
    now = timezone.now()
    for registration in up:
        registration.status, registration.decided_at = Status.CONFIRMED, now
        registration.version += 1
        registration.save(update_fields=["status", "decided_at", "version"])
    if up:
        emit("registration.confirmed", ids=[r.pk for r in up])
    return up


def decide_registration(
    *, actor: Viewer, registration: Registration, accept: bool, reason: str = "", version: int | None = None
) -> Registration:
    """Approve or decline. Approved where the event is full: on the waiting list, and in as soon as there is room."""
    demand_plan(actor, registration.event)
    if not accept and not reason.strip():
        raise Fault(
            "reason.missing", "不通过时请写明原因。", "Give a reason when declining.", place="reason", status=422
        )
    with acting(actor, "registration.decide") as act:
        event = locked_event(registration.event)
        current = _locked(registration, version)
        demand_open(event)
        if current.status not in (Status.APPLIED, Status.WAITING, Status.DECLINED):
            raise Conflict("registration.state", "这个报名已经处理过。", "This registration is decided already.")
        current.status = Status.WAITING if accept else Status.DECLINED
        current.decision_reason = "" if accept else reason.strip()[:300]
        current.decided_at = timezone.now()
        current.version += 1
        current.save(update_fields=["status", "decision_reason", "decided_at", "version"])
        if accept:
            let_in(event)
        told = "registration.waiting" if accept else "registration.declined"
        act.done(current, member_id=event.host_member_id, event=told, ids=[current.pk], detail={"accept": accept})
    current.refresh_from_db()
    return current


def withdraw_registration(*, actor: Viewer, registration: Registration) -> Registration:
    """Not coming after all. The next on the waiting list moves up; a published timetable is repaired by the planners."""
    if not may_plan(actor, registration.event):
        demand_speak(actor, registration.organisation)
    with acting(actor, "registration.withdraw") as act:
        event = locked_event(registration.event)
        current = _locked(registration)
        demand_open(event)
        if current.status == Status.WITHDRAWN:
            act.nothing_changed()
            return current
        current.status = Status.WITHDRAWN
        current.version += 1
        current.save(update_fields=["status", "version"])
        let_in(event)
        act.done(
            current, member_id=current.organisation.home_member_id, event="registration.withdrawn", ids=[current.pk]
        )
    return current


def mark_availability(
    *, actor: Viewer, registration: Registration, busy: Sequence[str], person: Representative | None = None
) -> Registration:
    """Say in which slots nobody of the organisation (or one representative) can come."""
    if not may_plan(actor, registration.event):
        demand_speak(actor, registration.organisation)
    with acting(actor, "registration.availability") as act:
        current = _locked(registration)
        demand_open(current.event)
        codes = {s.code for s in current.event.slots.all()}
        unknown = [code for code in busy if code not in codes]
        if unknown:
            raise Fault(
                "slot.unknown",
                f"没有时段“{unknown[0]}”。",
                f"There is no slot “{unknown[0]}”.",
                place="busy",
                status=422,
            )
        if person is not None:
            person.unavailable = sorted(set(busy))
            person.save(update_fields=["unavailable"])
        else:
            current.unavailable = sorted(set(busy))
        current.version += 1
        current.save(update_fields=["unavailable", "version"])
        act.done(current, member_id=current.organisation.home_member_id, event="registration.changed", ids=[current.pk])
    return current

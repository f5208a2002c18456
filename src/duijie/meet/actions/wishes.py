"""Wishes: made until the deadline, answered by the other side, expired where nobody answers."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault
from duijie.meet.models import Event, Registration, Wish
from duijie.meet.models.events import EventStatus
from duijie.meet.rules import demand_speak, may_plan
from duijie.meet.schemas import WishRecord
from duijie.members.places import find_organisation

Answer, Level = Wish.Answer, Wish.Level
REMIND_BEFORE_DAYS = 3


def _demand_window(event: Event, actor: Viewer) -> None:
    """Wishes are made between their two days; planners write down late ones, until a timetable is published."""
    today = timezone.localdate()
    if event.status != EventStatus.PUBLISHED and not may_plan(actor, event):
        raise Conflict("event.closed", "这个活动现在不收意愿。", "This event takes no wishes now.")
    if event.wishes_until is None:
        raise Conflict("wishes.none", "这个活动没有一对一会面。", "This event has no one-to-one meetings.")
    if may_plan(actor, event):
        return
    if event.wishes_from and today < event.wishes_from:
        raise Conflict("wishes.early", f"意愿填报 {event.wishes_from} 开始。", f"Wishes open on {event.wishes_from}.")
    if today > event.wishes_until:
        raise Conflict(
            "wishes.late",
            f"意愿填报已于 {event.wishes_until} 截止，需要改动请联系会务组。",
            f"Wishes closed on {event.wishes_until}; ask the organisers.",
        )


def partner(event: Event, text: str) -> Registration:
    """The confirmed participant that `text` names: its uid, or its organisation's uid, credit code or name."""
    rows = event.registrations.select_related("organisation", "event")
    found = rows.filter(uid=text).first()
    if found is None:
        found = rows.filter(organisation=find_organisation(text, place="wanted")).first()
    if found is None or not found.is_in:
        raise Fault(
            "participant.unknown", "这家单位没有确认参会。", "This organisation is no confirmed participant.",
            place="wanted", status=422,
        )  # fmt: skip
    return found


def make_wish(*, actor: Viewer, wisher: Registration, record: WishRecord, dry_run: bool = False) -> Wish:
    """Say must, want or no about another participant; the same pair again is a change. A no withdraws the request."""
    if not may_plan(actor, wisher.event):
        demand_speak(actor, wisher.organisation)
    with acting(actor, "wish.make", dry_run=dry_run) as act:
        event = wisher.event
        _demand_window(event, actor)
        if not wisher.is_in:
            raise Conflict(
                "registration.state", "报名确认后才能填意愿。", "Wishes can be made once the registration is confirmed."
            )
        wanted = partner(event, record.wanted)
        if wanted.pk == wisher.pk:
            raise Fault(
                "wish.oneself", "不能约见自己的单位。", "One cannot wish to meet oneself.", place="wanted", status=422
            )
        wish = Wish.objects.select_for_update().filter(wisher=wisher, wanted=wanted).first()
        fresh = wish is None or wish.answer in (Answer.CANCELLED, Answer.EXPIRED)
        wish = wish or Wish(wisher=wisher, wanted=wanted)
        wish.level, wish.message = record.level, record.message or ""
        wish.representatives = _sitting(record.representatives or [], wisher, wanted)
        if fresh or record.level == Level.NO:
            wish.answer, wish.answered_at = Answer.PENDING, None
            wish.made_at = timezone.now()
            wish.expires_on = None if record.level == Level.NO else _expiry(event)
        wish.save()
        asked = fresh and record.level != Level.NO
        if asked:
            _meet_halfway(wish)
        act.done(
            wish, member_id=wisher.organisation.home_member_id, event="wish.asked" if asked else "wish.changed",
            ids=[wish.pk],
        )  # fmt: skip
    return wish


def _expiry(event: Event) -> dt.date:
    last = max(event.wishes_until or event.ends_on, timezone.localdate())
    return min(timezone.localdate() + dt.timedelta(days=event.answer_days), last)


def _meet_halfway(wish: Wish) -> None:
    """Where the other side asked first, both requests are answered by this: each wishes the other."""
    back = (
        Wish.objects.filter(wisher=wish.wanted, wanted=wish.wisher, answer=Answer.PENDING)
        .exclude(level=Level.NO)
        .first()
    )
    if back is not None:
        now = timezone.now()
        Wish.objects.filter(pk__in=[wish.pk, back.pk]).update(answer=Answer.ACCEPTED, answered_at=now)
        wish.answer, wish.answered_at = Answer.ACCEPTED, now


def _sitting(named: list[str], wisher: Registration, wanted: Registration) -> list[str]:
    people = {p.uid: p.uid for r in (wisher, wanted) for p in r.representatives.all()}
    people |= {p.name: p.uid for r in (wanted, wisher) for p in r.representatives.all()}
    for name in named:
        if name not in people:
            raise Fault(
                "representative.unknown", f"两家单位都没有代表“{name}”。", f"Neither side has a representative “{name}”.",
                place="representatives", status=422,
            )  # fmt: skip
    return sorted({people[name] for name in named})


def take_back_wish(*, actor: Viewer, wish: Wish) -> None:
    """Withdraw a wish. It stays among the figures as cancelled; a veto leaves no trace."""
    if not may_plan(actor, wish.wisher.event):
        demand_speak(actor, wish.wisher.organisation)
    with acting(actor, "wish.take_back") as act:
        _demand_window(wish.wisher.event, actor)
        reference, number, member_id = ("wish", wish.uid), wish.pk, wish.wisher.organisation.home_member_id
        if wish.level == Level.NO:
            wish.delete()
        else:
            wish.answer, wish.answered_at = Answer.CANCELLED, timezone.now()
            wish.save(update_fields=["answer", "answered_at"])
        act.done(reference, member_id=member_id, event="wish.cancelled", ids=[number])


def answer_wish(*, actor: Viewer, wish: Wish, accept: bool) -> Wish:
    """The other side's answer to a request. Yes is a wish of its own; no is a veto, told as "declined"."""
    if not may_plan(actor, wish.wanted.event):
        demand_speak(actor, wish.wanted.organisation)
    with acting(actor, "wish.answer") as act:
        current = (
            Wish.objects.select_for_update().select_related("wisher__event", "wanted__organisation").get(pk=wish.pk)
        )
        if current.level == Level.NO:
            raise Conflict("wish.state", "没有可以答复的请求。", "There is no request to answer.")
        if current.answer not in (Answer.PENDING, Answer.ACCEPTED, Answer.DECLINED):
            raise Conflict("wish.state", "这个请求已经撤回或超时。", "This request was withdrawn or has expired.")
        current.answer = Answer.ACCEPTED if accept else Answer.DECLINED
        current.answered_at = timezone.now()
        current.save(update_fields=["answer", "answered_at"])
        level = Level.WANT if accept else Level.NO
        values = {
            "level": level,
            "answer": Answer.ACCEPTED if accept else Answer.PENDING,
            "answered_at": timezone.now(),
        }
        mine, made = Wish.objects.get_or_create(wisher=current.wanted, wanted=current.wisher, defaults=values)
        if not made and not (accept and mine.level == Level.MUST):
            Wish.objects.filter(pk=mine.pk).update(**values, expires_on=None)
        act.done(
            current, member_id=current.wanted.organisation.home_member_id, event="wish.answered", ids=[current.pk],
            detail={"accept": accept},
        )  # fmt: skip
    return current


def expire_wishes(*, actor: Viewer, today: dt.date | None = None) -> int:
    """Requests whose day has passed without an answer. They stay wishes for the machine; only the request is over."""
    today = today or timezone.localdate()
    due = Wish.objects.filter(answer=Answer.PENDING, expires_on__lt=today).exclude(level=Level.NO)
    batch = list(due[:2_000])
    if not batch:
        return 0
    with acting(actor, "wish.expire") as act:
        Wish.objects.filter(pk__in=[w.pk for w in batch]).update(answer=Answer.EXPIRED, answered_at=timezone.now())
        act.done_many(batch, event="wish.expired", ids=[w.pk for w in batch])
    return len(batch)


def remind_wishers(*, actor: Viewer, today: dt.date | None = None) -> int:
    """Remind, once, who has said nothing yet shortly before the deadline, and who has a request that runs out tomorrow."""
    today = today or timezone.localdate()
    soon = today + dt.timedelta(days=REMIND_BEFORE_DAYS)
    silent = Registration.objects.filter(
        status=Registration.Status.CONFIRMED, reminded_at__isnull=True, wishes__isnull=True,
        event__status=EventStatus.PUBLISHED, event__wishes_until__gte=today, event__wishes_until__lte=soon,
    )  # fmt: skip
    asked = Wish.objects.filter(
        answer=Answer.PENDING,
        reminded_at__isnull=True,
        expires_on__lte=today + dt.timedelta(days=1),
        expires_on__gte=today,
    ).exclude(level=Level.NO)
    registrations, wishes = list(silent[:2_000]), list(asked[:2_000])
    if not registrations and not wishes:
        return 0
    now = timezone.now()
    with acting(actor, "wish.remind") as act:
        Registration.objects.filter(pk__in=[r.pk for r in registrations]).update(reminded_at=now)
        Wish.objects.filter(pk__in=[w.pk for w in wishes]).update(reminded_at=now)
        act.done_many(
            [*registrations, *wishes], event="wish.reminded", ids=[w.pk for w in wishes],
            registrations=[r.pk for r in registrations],
        )  # fmt: skip
    return len(registrations) + len(wishes)

"""What follows from events of this app: people are told, requests run out, reminders go."""

from __future__ import annotations

from collections.abc import Iterable

from duijie.core.access import SYSTEM
from duijie.core.events import handles
from duijie.core.models import Event as CoreEvent
from duijie.core.notifications import tell
from duijie.core.worker import every
from duijie.meet.actions.outcomes import remind_of_follow_ups
from duijie.meet.actions.wishes import expire_wishes, remind_wishers
from duijie.meet.models import Event, FollowUp, Intent, MeetingParty, Registration, Wish
from duijie.members.models import Organisation
from duijie.members.queries.people import liaisons_of, staff_of_member, staff_of_organisation

_ALL = "handlers look at every event"


def _people_of(organisation: Organisation) -> list[int]:
    """Those who speak for an organisation; its liaison officers where nobody of it can sign in."""
    return staff_of_organisation(organisation.pk) or list(
        liaisons_of(organisation.home_member).values_list("pk", flat=True)
    )


def _planners_of(event: Event) -> list[int]:
    return staff_of_member(event.host_member_id, ("event_planner", "liaison", "member_admin"))


def _registrations(ids: Iterable[int]) -> list[Registration]:
    return list(Registration.objects.filter(pk__in=ids).select_related("event", "organisation__home_member"))


def _tell_registered(ids: Iterable[int], kind: str, zh: str, en: str) -> None:
    for one in _registrations(ids):
        tell(
            _people_of(one.organisation), kind=kind, zh=zh.format(event=one.event.title), en=en.format(event=one.event.title),
            address=f"/events/{one.event.uid}/mine/{one.uid}/", key=f"{kind}:{one.uid}:{one.version}",
        )  # fmt: skip


@handles("registration.applied")
def tell_planners(event: CoreEvent) -> None:
    for one in _registrations(event.payload["ids"]):
        if one.status == Registration.Status.APPLIED:
            tell(
                _planners_of(one.event), kind="registration.applied", zh=f"{one.organisation} 报名参加“{one.event}”，请审核。",
                en=f"{one.organisation} registered for “{one.event}”; please decide.",
                address=f"/events/{one.event.uid}/registrations/?status=applied", key=f"applied:{one.uid}:{one.version}",
            )  # fmt: skip


@handles("registration.confirmed")
def tell_confirmed(event: CoreEvent) -> None:
    _tell_registered(
        event.payload["ids"], "registration.confirmed", "您已确认参加“{event}”。", "You are confirmed for “{event}”."
    )


@handles("registration.declined")
def tell_declined(event: CoreEvent) -> None:
    _tell_registered(
        event.payload["ids"], "registration.declined", "“{event}”的报名没有通过，原因见报名页。",
        "Your registration for “{event}” was declined; the page says why.",
    )  # fmt: skip


@handles("event.cancelled")
def tell_of_cancelled(event: CoreEvent) -> None:
    for one in Event.objects.unscoped(_ALL).filter(pk__in=event.payload["ids"]):
        ids = one.registrations.exclude(status__in=("withdrawn", "declined")).values_list("pk", flat=True)
        _tell_registered(ids, "event.cancelled", "“{event}”已取消。", "“{event}” is cancelled.")


@handles("wish.asked")
def tell_asked(event: CoreEvent) -> None:
    rows = Wish.objects.filter(pk__in=event.payload["ids"]).exclude(level=Wish.Level.NO)
    for wish in rows.select_related("wisher__organisation", "wanted__organisation__home_member", "wanted__event"):
        if wish.answer != Wish.Answer.PENDING:
            continue
        about = wish.wanted.event
        tell(
            _people_of(wish.wanted.organisation), kind="wish.asked",
            zh=f"{wish.wisher.organisation} 想在“{about}”上与您见面，请答复。",
            en=f"{wish.wisher.organisation} wants to meet you at “{about}”; please answer.",
            address=f"/events/{about.uid}/mine/{wish.wanted.uid}/wishes/", key=f"asked:{wish.uid}",
        )  # fmt: skip


@handles("wish.answered")
def tell_answered(event: CoreEvent) -> None:
    rows = Wish.objects.filter(pk__in=event.payload["ids"])
    for wish in rows.select_related("wisher__organisation__home_member", "wanted__organisation", "wisher__event"):
        yes = wish.answer == Wish.Answer.ACCEPTED
        tell(
            _people_of(wish.wisher.organisation), kind="wish.answered",
            zh=f"{wish.wanted.organisation} {'同意' if yes else '婉拒了'}与您会面。",
            en=f"{wish.wanted.organisation} {'agrees to meet you' if yes else 'declined to meet'}.",
            address=f"/events/{wish.wisher.event.uid}/mine/{wish.wisher.uid}/wishes/", key=f"answered:{wish.uid}:{wish.answer}",
        )  # fmt: skip


@handles("wish.reminded")
def tell_reminded(event: CoreEvent) -> None:
    for one in _registrations(event.payload.get("registrations", [])):
        tell(
            _people_of(one.organisation), kind="wish.remind",
            zh=f"“{one.event}”的意愿填报 {one.event.wishes_until} 截止，您还没有填。",
            en=f"Wishes for “{one.event}” close on {one.event.wishes_until}; you have made none.",
            address=f"/events/{one.event.uid}/mine/{one.uid}/wishes/", key=f"remind:{one.uid}",
        )  # fmt: skip
    rows = Wish.objects.filter(pk__in=event.payload["ids"])
    for wish in rows.select_related("wisher__organisation", "wanted__organisation__home_member", "wanted__event"):
        tell(
            _people_of(wish.wanted.organisation), kind="wish.expiring",
            zh=f"{wish.wisher.organisation} 的见面请求 {wish.expires_on} 到期，请答复。",
            en=f"The request of {wish.wisher.organisation} expires on {wish.expires_on}; please answer.",
            address=f"/events/{wish.wanted.event.uid}/mine/{wish.wanted.uid}/wishes/", key=f"expiring:{wish.uid}",
        )  # fmt: skip


@handles("timetable.published")
def tell_of_timetable(event: CoreEvent) -> None:
    for one in Event.objects.unscoped(_ALL).filter(pk__in=event.payload["ids"]).select_related("timetable"):
        for registration in one.registrations.filter(status="confirmed").select_related("organisation__home_member"):
            tell(
                _people_of(registration.organisation), kind="timetable.published", zh=f"“{one}”的会面日程已发布。",
                en=f"Your timetable for “{one}” is published.",
                address=f"/events/{one.uid}/mine/{registration.uid}/timetable/",
                key=f"timetable:{event.payload['draft']}:{registration.uid}",
            )  # fmt: skip


@handles("timetable.repaired")
def tell_of_repair(event: CoreEvent) -> None:
    parties = MeetingParty.objects.filter(meeting_id__in=event.payload["meetings"])
    concerned = {p.registration_id for p in parties}
    for one in _registrations(concerned):
        tell(
            _people_of(one.organisation), kind="timetable.repaired", zh=f"“{one.event}”的会面有调整，请看最新日程。",
            en=f"Your timetable for “{one.event}” has changed; look at it again.",
            address=f"/events/{one.event.uid}/mine/{one.uid}/timetable/", key=f"repaired:{event.pk}:{one.uid}",
        )  # fmt: skip


@handles("intent.proposed")
def tell_to_sign(event: CoreEvent) -> None:
    rows = Intent.objects.filter(pk__in=event.payload["ids"]).select_related(
        "event", "first_organisation", "second_organisation__home_member"
    )
    for intent in rows:
        tell(
            _people_of(intent.second_organisation), kind="intent.proposed",
            zh=f"{intent.first_organisation} 请您签署意向：{intent.title}。",
            en=f"{intent.first_organisation} asks you to sign: {intent.title}.",
            address=f"/events/{intent.event.uid}/intents/{intent.uid}/", key=f"sign:{intent.uid}",
        )  # fmt: skip


def _liaisons(*organisations: Organisation) -> set[int]:
    return {pk for o in organisations for pk in liaisons_of(o.home_member).values_list("pk", flat=True)}


@handles("intent.signed")
def tell_of_intent(event: CoreEvent) -> None:
    rows = Intent.objects.filter(pk__in=event.payload["ids"]).select_related(
        "event", "first_organisation__home_member", "second_organisation__home_member"
    )
    for intent in rows:
        sides = (intent.first_organisation, intent.second_organisation)
        people = _liaisons(*sides) | {pk for o in sides for pk in staff_of_organisation(o.pk)}
        tell(
            people, kind="intent.signed", zh=f"{sides[0]} 与 {sides[1]} 签署了意向：{intent.title}。",
            en=f"{sides[0]} and {sides[1]} signed an intent: {intent.title}.",
            address=f"/events/{intent.event.uid}/intents/{intent.uid}/", key=f"signed:{intent.uid}",
        )  # fmt: skip


@handles("follow_up.added", "follow_up.overdue")
def tell_of_follow_up(event: CoreEvent) -> None:
    late = event.name == "follow_up.overdue"
    rows = FollowUp.objects.filter(pk__in=event.payload["ids"]).select_related(
        "event", "first_organisation__home_member", "second_organisation__home_member"
    )
    for one in rows:
        zh, en = ("已过期", "overdue") if late else (f"{one.due_on} 前", f"by {one.due_on}")
        tell(
            _liaisons(one.first_organisation, one.second_organisation), kind=event.name,
            zh=f"会后跟进（{zh}）：{one.text}", en=f"Follow up ({en}): {one.text}",
            address=f"/events/{one.event.uid}/follow-ups/", key=f"{event.name}:{one.uid}",
        )  # fmt: skip


@every(600)
def keep_deadlines() -> None:
    expire_wishes(actor=SYSTEM)
    remind_wishers(actor=SYSTEM)
    remind_of_follow_ups(actor=SYSTEM)

"""Liaison officers: handing over cases, trainings with certificates, messages."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotAllowed, NotFound
from duijie.govern.models import CaseHandover, OfficerMessage, Training, TrainingPlace
from duijie.govern.rules import demand
from duijie.govern.schemas import AttendanceRow, TrainingRecord
from duijie.land.actions import hand_over_deals
from duijie.match.models import Introduction
from duijie.members.models import Alliance, Member, RoleGrant, User
from duijie.members.places import find_member, find_person, place_of_alliance, place_of_member
from duijie.members.rules import Place
from duijie.publish.actions import hand_over_listings

OFFICER_ROLES = ("liaison", "member_admin", "editor", "secretariat", "leader", "event_planner")
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def hand_over_cases(*, actor: Viewer, member: Member, giver: User, taker: User, note: str = "") -> CaseHandover:
    """Everything that one officer of a member has in hand goes to another with one action: listings whose contact the officer is,
    introductions that the officer leads, running deals in the officer's charge. Raises NotAllowed, Fault "handover.same", "handover.taker"; Conflict "handover.nothing".
    """
    if giver.pk == taker.pk:
        raise Fault("handover.same", "不能交接给自己。", "Nobody hands over to oneself.", place="taker", status=422)
    with acting(actor, "case.hand_over") as act:
        where = place_of_member(member)
        demand(actor, "case.hand_over", Place(where.alliances, where.members, user_id=giver.pk))
        if not taker.is_active or not _works_for(taker, member):
            raise Fault(
                "handover.taker", f"{taker}不是{member}的联络员或管理员。", f"{taker} is no officer of {member}.", place="taker", status=422
            )  # fmt: skip
        counts = {
            "listings": hand_over_listings(actor=actor, member=member, giver=giver, taker=taker),
            "introductions": _hand_introductions(member, giver, taker),
            "deals": hand_over_deals(actor=actor, member=member, giver=giver, taker=taker),
        }
        if not any(counts.values()):
            raise Conflict("handover.nothing", f"{giver}名下没有在办的工作。", f"{giver} has nothing in hand.")
        record = CaseHandover.objects.create(
            member=member, giver=giver, taker=taker, counts=counts, note=note.strip()[:300]
        )
        act.done(
            record, member_id=member.pk, event="case.handed_over", ids=[record.pk],
            detail=counts | {"from": giver.uid, "to": taker.uid},
        )  # fmt: skip
    return record


def hold_training(*, actor: Viewer, alliance: Alliance, record: TrainingRecord) -> Training:
    """Put a training on the calendar."""
    with acting(actor, "training.hold") as act:
        demand(actor, "training.hold", place_of_alliance(alliance))
        if record.held_on is None:
            raise Fault("missing", "日期：必须填写。", "Day: is required.", place="held_on", status=422)
        training = Training.objects.create(
            alliance=alliance, title=record.title, held_on=record.held_on, hours=record.hours or 4, place=record.place or "",
            teacher=record.teacher or "", about=record.about or "",
        )  # fmt: skip
        act.done(training, event="training.held", ids=[training.pk])
    return training


def enrol(*, actor: Viewer, training: Training, record: AttendanceRow, dry_run: bool = False) -> TrainingPlace:
    """Put somebody on the list of a training, or correct the entry with the same name and member: attended or not.

    An officer enrols the own member's people; the secretariat anybody. Raises NotAllowed, Fault "training.early".
    """
    member = find_member(record.member) if record.member else None
    with acting(actor, "training.enrol", dry_run=dry_run) as act:
        office = place_of_alliance(training.alliance)
        if record.attended or member is None or not actor.has_role({"liaison", "member_admin"}, "member", member.pk):
            demand(actor, "training.hold", office)
        if record.attended and training.held_on > timezone.localdate():
            raise Fault(
                "training.early", "培训还没有举行。", "The training is yet to come.", place="attended", status=422
            )
        person = find_person(record.account, place="account") if record.account else None
        place, made = TrainingPlace.objects.unscoped("the right was checked").get_or_create(
            training=training,
            name=record.name,
            member=member,
            defaults={"person": person, "attended": bool(record.attended)},
        )
        if not made:
            changed = {"attended": place.attended if record.attended is None else record.attended}
            changed |= {"person": person} if person is not None else {}
            if all(getattr(place, name) == value for name, value in changed.items()):
                act.nothing_changed()
                return place
            if place.certificate and not changed["attended"]:
                raise Conflict(
                    "training.certified", "已发证书，不能改为未到课。", "A certificate was given.", place="attended"
                )
            for name, value in changed.items():
                setattr(place, name, value)
            place.save()
        # The name is personal: the line holds references only.
        act.done(training, member_id=member.pk if member else None, event="training.changed", ids=[training.pk])
    return place


def certify(*, actor: Viewer, training: Training, today: date | None = None) -> int:
    """Give everybody who attended a certificate with a number that can be checked. Returns how many new ones were given."""
    day = today or timezone.localdate()
    with acting(actor, "training.certify") as act:
        demand(actor, "training.hold", place_of_alliance(training.alliance))
        rows = TrainingPlace.objects.unscoped("the right was checked").select_for_update()
        places = list(rows.filter(training=training, attended=True, certificate__isnull=True).order_by("pk"))
        if not places:
            act.nothing_changed()
            return 0
        for place in places:
            place.certified_on = day
            _number(place, day)
        act.done(training, event="training.certified", ids=[training.pk], detail={"certificates": len(places)})
    return len(places)


def write_to(*, actor: Viewer, receiver: User, text: str, about: str = "") -> OfficerMessage:
    """A message from one officer to another. Raises NotAllowed, Fault "message.empty", "message.receiver", "message.about"."""
    if not text.strip():
        raise Fault("message.empty", "请写下内容。", "Write something.", place="text", status=422)
    if about and (not about.startswith("/") or about.startswith("//") or len(about) > 200):
        raise Fault(
            "message.about", "请填写本平台的网址路径。", "A path of this platform is wanted.", place="about", status=422
        )
    with acting(actor, "officer.write") as act:
        if actor.user_id is None or not actor.has_role(OFFICER_ROLES):
            raise NotAllowed("留言用于联络员和秘书处之间。", "Messages are between officers and secretariats.")
        if receiver.pk == actor.user_id or not receiver.is_active or not _is_officer(receiver):
            raise Fault(
                "message.receiver",
                "收信人不是在岗的联络员。",
                "The receiver is no officer.",
                place="receiver",
                status=422,
            )
        message = OfficerMessage.objects.create(
            sender_id=actor.user_id, receiver=receiver, text=text.strip()[:4000], about=about
        )
        act.done(message, event="officer.wrote", ids=[message.pk])
    return message


def read_messages(*, actor: Viewer) -> int:
    """Mark everything that came as read. Returns how many were new."""
    rows = OfficerMessage.objects.visible_to(actor).filter(receiver_id=actor.user_id, read_at__isnull=True)
    with acting(actor, "officer.read") as act:
        count: int = rows.update(read_at=timezone.now())
        act.nothing_changed()
    return count


# --- inside --------------------------------------------------------------------------------------------------------------


def _works_for(person: User, member: Member) -> bool:
    held = RoleGrant.objects.filter(user=person, scope="member", scope_id=member.pk)
    return held.filter(role__in=["liaison", "member_admin", "editor"]).exists()


def _is_officer(person: User) -> bool:
    return RoleGrant.objects.filter(user=person, role__in=OFFICER_ROLES).exists()


def _hand_introductions(member: Member, giver: User, taker: User) -> int:
    live = Introduction.objects.exclude(status__in=[Introduction.Status.ENDED, Introduction.Status.HANDED_ON])
    first = live.filter(first_member=member, first_user=giver).update(first_user=taker)
    return first + live.filter(second_member=member, second_user=giver).update(second_user=taker)


def _number(place: TrainingPlace, day: date) -> None:
    """A number that is not guessed from another: year, and 8 random characters."""
    for _ in range(5):
        place.certificate = f"DJ{day.year}-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))
        try:
            with transaction.atomic():
                place.save()
            return
        except IntegrityError:
            continue
    raise NotFound


def place_of_certificate(number: str) -> TrainingPlace:
    """The place behind a certificate, for its public page (which shows the surname only). Raises NotFound."""
    rows = TrainingPlace.objects.unscoped("a certificate is checked by its number").select_related(
        "training__alliance", "member"
    )
    found: Any = rows.filter(certificate=number.strip().upper()).first() if number.strip() else None
    if found is None:
        raise NotFound("没有这个编号的证书，请核对编号。", "There is no certificate with this number.")
    return found  # type: ignore[no-any-return]

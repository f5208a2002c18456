"""Liaison officers on leave, and who stands in for them."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound
from duijie.members.models import Absence, RoleGrant, User
from duijie.members.places import find_person, place_of_person, place_of_scope
from duijie.members.rules import demand, may_grant
from duijie.members.schemas import AbsenceRecord

LONGEST_DAYS = 366


def name_substitute(*, actor: Viewer, record: AbsenceRecord, dry_run: bool = False) -> Absence:
    """Note that an officer is away and who does the work on those days.

    Officers name a colleague of the same member themselves; who may give the role of liaison there names anybody.
    Raises NotAllowed, Fault "absence.dates", "absence.past", "absence.oneself", "absence.not_liaison", "absence.not_colleague",
    "absence.closed"; Conflict "absence.overlaps", "absence.both_away".
    """
    person, substitute = find_person(record.person), find_person(record.substitute, place="substitute")
    with acting(actor, "absence.name", dry_run=dry_run) as act:
        where = place_of_person(person)
        demand(actor, "absence.name", where)
        if record.first_day is None or record.last_day is None:
            raise _refused("dates", "请写明从哪天到哪天。", "Say from which day until which.", "last_day")
        _check(actor, person, substitute, record)
        absence = Absence.objects.create(
            person=person, substitute=substitute, first_day=record.first_day, last_day=record.last_day,
            note=record.note or "",
        )  # fmt: skip
        act.done(
            absence, member_id=min(where.members, default=None), event="absence.named", ids=[absence.pk],
            detail={"person": person.uid, "substitute": substitute.uid},
        )  # fmt: skip
    return absence


def end_absence(*, actor: Viewer, absence: Absence) -> None:
    """The officer is back: an absence that has begun ends yesterday, one that has not is taken out."""
    with acting(actor, "absence.end") as act:
        current = Absence.objects.select_for_update().select_related("person").filter(pk=absence.pk).first()
        if current is None:
            raise NotFound
        where = place_of_person(current.person)
        demand(actor, "absence.name", where)
        today = timezone.localdate()
        if current.last_day < today:
            act.nothing_changed()
            return
        reference = ("absence", current.uid)
        if current.first_day >= today:
            current.delete()
        else:
            current.last_day = today - timedelta(days=1)
            current.save(update_fields=["last_day"])
        act.done(reference, member_id=min(where.members, default=None), event="absence.ended", ids=[absence.pk])


# --- inside --------------------------------------------------------------------------------------------------------------


def _check(actor: Viewer, person: User, substitute: User, record: AbsenceRecord) -> None:
    assert record.first_day is not None and record.last_day is not None
    if record.last_day < record.first_day:
        raise _refused("dates", "结束日早于开始日。", "The last day is before the first.", "last_day")
    if (record.last_day - record.first_day).days >= LONGEST_DAYS:
        raise _refused(
            "dates",
            "一次最多登记一年；更久请办理交接。",
            "At most a year at once; hand the cases over instead.",
            "last_day",
        )
    if record.last_day < timezone.localdate():
        raise _refused("past", "这段时间已经过去。", "These days are past.", "last_day")
    if person.pk == substitute.pk:
        raise _refused("oneself", "代理人不能是本人。", "Nobody stands in for oneself.", "substitute")
    if not substitute.is_active:
        raise _refused("closed", "代理人的账号已停用。", "The substitute's account is closed.", "substitute")
    members = list(
        RoleGrant.objects.filter(user=person, role="liaison", scope="member").values_list("scope_id", flat=True)
    )
    if not members:
        raise _refused("not_liaison", "只有联络员需要登记代理。", "Only liaison officers have substitutes.", "person")
    colleagues = RoleGrant.objects.filter(user=substitute, scope="member", scope_id__in=members)
    missing = set(members) - set(colleagues.values_list("scope_id", flat=True))
    if any(not may_grant(actor, "liaison", "member", place_of_scope("member", pk)) for pk in missing):
        raise _refused(
            "not_colleague",
            "代理人要在同一成员任职；由其他成员的人代理请找成员管理员或秘书处。",
            "A substitute works for the same member; for anybody else ask the member's administrator or the secretariat.",
            "substitute",
        )
    overlapping = Absence.objects.filter(first_day__lte=record.last_day, last_day__gte=record.first_day)
    if overlapping.filter(person=person).exists():
        raise Conflict(
            "absence.overlaps",
            "这段时间已经登记过休假。",
            "Leave is on record for these days already.",
            place="first_day",
        )
    if overlapping.filter(person=substitute).exists():
        raise Conflict(
            "absence.both_away",
            "代理人在这段时间也休假，请另选一位。",
            "The substitute is away then too.",
            place="substitute",
        )


def _refused(code: str, zh: str, en: str, place: str) -> Fault:
    return Fault(f"absence.{code}", zh, en, place=place, status=422)

"""Founding alliances, registering and admitting members, changing both."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.members.models import Alliance, Member, Membership
from duijie.members.places import find_alliance, find_member, place_of_alliance, place_of_member
from duijie.members.rules import Place, demand
from duijie.members.schemas import AllianceRecord, MemberRecord


def found_alliance(*, actor: Viewer, record: AllianceRecord, dry_run: bool = False) -> Alliance:
    """Found an alliance; with a parent, a sub-alliance of it. Raises NotAllowed, Fault "alliance.unknown", "slug.taken"."""
    with acting(actor, "alliance.found", dry_run=dry_run) as act:
        parent = find_alliance(record.parent, place="parent") if record.parent else None
        if parent is None:
            demand(actor, "alliance.found", Place())
        else:
            demand(actor, "alliance.found_sub", place_of_alliance(parent))
        alliance = Alliance(parent=parent, **_alliance_values(record))
        _save(alliance)
        act.done(alliance, event="alliance.founded", ids=[alliance.pk])
    return alliance


def change_alliance(*, actor: Viewer, alliance: Alliance, record: AllianceRecord) -> Alliance:
    """Write `record` over an alliance; its parent stays."""
    with acting(actor, "alliance.change") as act:
        current = Alliance.objects.select_for_update().get(pk=alliance.pk)
        demand(actor, "alliance.change", place_of_alliance(current))
        for name, value in _alliance_values(record).items():
            setattr(current, name, value)
        _save(current)
        act.done(current, event="alliance.changed", ids=[current.pk])
    return current


def create_member(
    *, actor: Viewer, record: MemberRecord, alliance: Alliance | None = None, dry_run: bool = False
) -> Member:
    """Register a member, in the place of `alliance` where one is named (admit it there next)."""
    with acting(actor, "member.create", dry_run=dry_run) as act:
        demand(actor, "member.create", place_of_alliance(alliance) if alliance else Place())
        member = Member(parent=_parent(record), **_member_values(record))
        _save(member)
        act.done(member, member_id=member.pk, event="member.created", ids=[member.pk])
    return member


def change_member(*, actor: Viewer, member: Member, record: MemberRecord, version: int | None = None) -> Member:
    """Write `record` over a member. `version`: the one that the writer read; Stale where it has moved on."""
    with acting(actor, "member.change") as act:
        current = Member.objects.select_for_update().get(pk=member.pk)
        demand(actor, "member.change", place_of_member(current))
        if version is not None and version != current.version:
            raise Stale
        values = _member_values(record) | {"parent": _parent(record, of=current)}
        changed = sorted(name for name, value in values.items() if getattr(current, name) != value)
        if not changed:
            act.nothing_changed()
            return current
        for name in changed:
            setattr(current, name, values[name])
        current.version += 1
        _save(current)
        act.done(current, member_id=current.pk, event="member.changed", ids=[current.pk], detail={"fields": changed})
    return current


def admit_member(
    *,
    actor: Viewer,
    alliance: Alliance,
    member: Member,
    standing: str = "member",
    since: date | None = None,
    until: date | None = None,
    probation_until: date | None = None,
) -> Membership:
    """Admit a member to an alliance, or change how it stands there. `until` is the last day that belongs to it.

    Raises Fault "membership.standing", "membership.dates".
    """
    if standing not in Membership.Standing.values:
        raise Fault(
            "membership.standing",
            "身份应为发起成员、成员或伙伴。",
            "The standing is founder, member or partner.",
            place="standing",
            status=422,
        )
    if since and until and until < since:
        raise _dates_reversed()
    with acting(actor, "member.admit") as act:
        demand(actor, "member.admit", place_of_alliance(alliance))
        membership = Membership.objects.select_for_update().filter(alliance=alliance, member=member).first()
        values = {"standing": standing, "since": since, "until": until}
        if membership is None:
            values["since"] = since or timezone.localdate()
            values["probation_until"] = probation_until
            membership = Membership.objects.create(alliance=alliance, member=member, **values)
        elif all(getattr(membership, name) == value for name, value in values.items()):
            act.nothing_changed()
            return membership
        else:
            for name, value in values.items():
                setattr(membership, name, value)
            membership.save()
        act.done(
            member, member_id=member.pk, event="member.admitted", ids=[member.pk], alliance_id=alliance.pk,
            detail={"alliance": alliance.uid, "standing": standing, "until": until.isoformat() if until else None},
        )  # fmt: skip
    return membership


def end_membership(*, actor: Viewer, alliance: Alliance, member: Member, until: date, reason: str = "") -> Membership:
    """A member leaves an alliance after the day `until`; the membership stays on record."""
    with acting(actor, "member.leave") as act:
        demand(actor, "member.admit", place_of_alliance(alliance))
        membership = Membership.objects.select_for_update().filter(alliance=alliance, member=member).first()
        if membership is None:
            raise NotFound
        if membership.since and until < membership.since:
            raise _dates_reversed()
        membership.until, membership.left_reason = until, reason.strip()[:300]
        membership.save(update_fields=["until", "left_reason"])
        act.done(
            member, member_id=member.pk, event="member.left", ids=[member.pk], alliance_id=alliance.pk,
            detail={"alliance": alliance.uid, "until": until.isoformat()},
        )  # fmt: skip
    return membership


def member_record_of(member: Member) -> dict[str, Any]:
    """The member as its schema gives it, for forms and partial changes."""
    values = {name: getattr(member, name) for name in MemberRecord.model_fields if name != "parent"}
    return values | {"parent": member.parent.slug if member.parent else None}


# --- inside --------------------------------------------------------------------------------------------------------------


def _alliance_values(record: AllianceRecord) -> dict[str, Any]:
    values = record.model_dump(exclude={"parent"})
    return values | {
        "name_en": record.name_en or "",
        "purpose": record.purpose or "",
        "industries": record.industries or [],
    }


def _member_values(record: MemberRecord) -> dict[str, Any]:
    values = record.model_dump(exclude={"parent"})
    values = {name: "" if value is None else value for name, value in values.items()}
    return values | {
        "longitude": record.longitude,
        "latitude": record.latitude,
        "industries": record.industries or [],
        "colour": record.colour or Member._meta.get_field("colour").default,
        "review_needed": record.review_needed is not False,
    }


def _parent(record: MemberRecord, of: Member | None = None) -> Member | None:
    """The member named as parent. Raises Fault "member.circle" where a member would become a part of itself."""
    if not record.parent:
        return None
    parent = find_member(record.parent, place="parent")
    above: Member | None = parent
    while above is not None and of is not None:
        if above.pk == of.pk:
            raise Fault(
                "member.circle",
                "成员不能成为自己的一部分。",
                "A member cannot be a part of itself.",
                place="parent",
                status=422,
            )
        above = above.parent
    return parent


def _save(record: Alliance | Member) -> None:
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError:
        raise Conflict(
            "slug.taken",
            f"网址简称“{record.slug}”已被使用，请换一个。",
            f"The short name “{record.slug}” is taken; choose another.",
            place="slug",
        ) from None


def _dates_reversed() -> Fault:
    return Fault(
        "membership.dates",
        "结束日早于开始日。",
        "The last day is before the first.",
        place="until",
        status=422,
    )

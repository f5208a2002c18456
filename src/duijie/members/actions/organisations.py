"""Writing organisations: register, change, verify, upsert."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import Act, acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.schema import parse
from duijie.members.actions.roles import give
from duijie.members.models import Member, Organisation, User
from duijie.members.places import find_member, place_of_member, place_of_organisation
from duijie.members.rules import Place, demand, may
from duijie.members.schemas import OrganisationRecord

MOST_WAITING = 5  # unverified organisations that one person may have registered at a time
_IDENTITY = ("name", "kind", "credit_code", "home_member_id")


def register_organisation(
    *, actor: Viewer, record: OrganisationRecord, verified: bool = False, dry_run: bool = False
) -> Organisation:
    """Register an organisation with its home member.

    Whoever is not staff of the home member becomes the organisation's representative, and it waits for the liaison.
    `verified`: verify it at once; only those who may verify there. Raises Fault "member.unknown", "organisation.*".
    """
    with acting(actor, "organisation.register", dry_run=dry_run) as act:
        demand(actor, "organisation.register", Place())
        home = _home_member(record)
        if verified:
            demand(actor, "organisation.verify", place_of_member(home))
        by_staff = may(actor, "organisation.upsert", place_of_member(home))
        if not by_staff:
            _refuse_flood(actor)
        if Organisation.objects.filter(home_member=home, name=record.name).exists():
            raise _name_taken(record.name, home)
        organisation = Organisation(home_member=home, registered_by_id=actor.user_id, **_values(record))
        if verified:
            _mark_verified(organisation, actor)
        _save(organisation)
        act.done(organisation, member_id=home.pk, event="organisation.registered", ids=[organisation.pk])
        if not by_staff and actor.user_id is not None:
            give(
                actor=actor,
                person_id=actor.user_id,
                role="organisation",
                scope="organisation",
                scope_id=organisation.pk,
            )
            User.objects.filter(pk=actor.user_id, organisation__isnull=True).update(organisation=organisation)
        if verified:
            _also_verified(actor, organisation)
    return organisation


def change_organisation(
    *,
    actor: Viewer,
    organisation: Organisation,
    record: OrganisationRecord,
    version: int | None = None,
    dry_run: bool = False,
) -> Organisation:
    """Write `record` over an organisation. `version`: the one that the writer read; Stale where it has moved on.

    A change of what identifies it (name, kind, credit code, home member) by somebody who may not verify it there sends it
    back to the liaison's queue.
    """
    with acting(actor, "organisation.change", dry_run=dry_run) as act:
        current = Organisation.objects.select_for_update().select_related("home_member").get(pk=organisation.pk)
        demand(actor, "organisation.change", place_of_organisation(current))
        if version is not None and version != current.version:
            raise Stale
        if not record.home_member:
            record = record.model_copy(update={"home_member": current.home_member.slug})
        _write(act, actor, current, record)
    return current


def upsert_organisation(
    *, actor: Viewer, member: Member, record: OrganisationRecord, version: int | None = None, dry_run: bool = False
) -> tuple[Organisation, str]:
    """Create or change the organisation with this external id (or else this credit code) at `member`.

    Returns it with "created", "changed" or "unchanged".

    Idempotent: the same record again changes nothing. Raises Conflict "organisation.elsewhere" where the credit code is
    registered with another member.
    """
    with acting(actor, "organisation.upsert", dry_run=dry_run) as act:
        demand(actor, "organisation.upsert", place_of_member(member))
        record = record.model_copy(update={"home_member": member.slug})
        current = _existing(member, record)
        if current is None:
            if version:
                raise Stale
            current = Organisation(home_member=member, registered_by_id=actor.user_id, **_values(record))
            _save(current)
            act.done(current, member_id=member.pk, event="organisation.registered", ids=[current.pk])
            return current, "created"
        if version is not None and version != current.version:
            raise Stale
        before = current.version
        _write(act, actor, current, record, keep_missing=True)
    return current, "changed" if current.version != before else "unchanged"


def verify_organisation(*, actor: Viewer, organisation: Organisation, version: int | None = None) -> Organisation:
    """The home member's liaison says that this organisation is what it says it is; from now on everybody sees it."""
    with acting(actor, "organisation.verify") as act:
        current = _locked(actor, "organisation.verify", organisation, version)
        if current.is_verified:
            act.nothing_changed()
            return current
        _mark_verified(current, actor)
        _bump(current)
        act.done(current, member_id=current.home_member_id, event="organisation.verified", ids=[current.pk])
    return current


def withdraw_verification(
    *, actor: Viewer, organisation: Organisation, reason: str, version: int | None = None
) -> Organisation:
    """Take the verification back, or tell an organisation that waits what is missing. The reason is shown to its people."""
    reason = reason.strip()
    if not reason:
        raise Fault(
            "reason.missing", "请写明原因，对方会看到。", "Say why; they will read it.", place="reason", status=422
        )
    with acting(actor, "organisation.withdraw_verification") as act:
        current = _locked(actor, "organisation.verify", organisation, version)
        current.verified_at = current.verified_by_id = None
        current.verification_remark = reason[:300]
        _bump(current)
        act.done(
            current, member_id=current.home_member_id, event="organisation.verification_withdrawn", ids=[current.pk]
        )
    return current


def record_of(organisation: Organisation) -> dict[str, Any]:
    """The organisation as its schema gives it, for forms and partial changes."""
    values = {
        name: getattr(organisation, name, None) for name in OrganisationRecord.model_fields if name != "home_member"
    }
    return values | {"home_member": organisation.home_member.slug}


def merged(organisation: Organisation, changes: dict[str, Any]) -> OrganisationRecord:
    """The organisation's record with `changes` on it, parsed as a whole."""
    return parse(OrganisationRecord, record_of(organisation) | changes)


# --- inside --------------------------------------------------------------------------------------------------------------


def _home_member(record: OrganisationRecord) -> Member:
    if not record.home_member:
        raise Fault("missing", "所属成员：必须填写。", "Home member: is required.", place="home_member", status=422)
    return find_member(record.home_member, place="home_member")


def _values(record: OrganisationRecord) -> dict[str, Any]:
    values = record.model_dump(exclude={"home_member"})
    return {
        **{name: "" if value is None else value for name, value in values.items()},
        "credit_code": values["credit_code"] or None,
        "industries": values["industries"] or [],
        "founded_year": values["founded_year"],
    }


def _write(
    act: Act, actor: Viewer, current: Organisation, record: OrganisationRecord, *, keep_missing: bool = False
) -> None:
    home = _home_member(record)
    values: dict[str, Any] = _values(record)
    if keep_missing:  # a sheet without a column says nothing about it
        values = {name: value for name, value in values.items() if name in record.model_fields_set}
    values["home_member_id"] = home.pk
    changed = sorted(name for name, value in values.items() if getattr(current, name) != value)
    if not changed:
        act.nothing_changed()
        return
    for name in changed:
        setattr(current, name, values[name])
    current.home_member = home
    lapsed = current.is_verified and bool(set(changed) & set(_IDENTITY))
    if lapsed and not may(actor, "organisation.verify", place_of_member(home)):
        current.verified_at = current.verified_by_id = None
        current.verification_remark = "单位名称、类型、信用代码或所属成员有改动，等待重新核验"
    _bump(current)
    act.done(
        current, member_id=home.pk, event="organisation.changed", ids=[current.pk], detail={"fields": changed},
        verification_lapsed=not current.is_verified and lapsed,
    )  # fmt: skip


def _existing(member: Member, record: OrganisationRecord) -> Organisation | None:
    locked = Organisation.objects.select_for_update().select_related("home_member")
    if record.external_id:
        found = locked.filter(home_member=member, external_id=record.external_id).first()
        if found:
            return found
    if record.credit_code:
        found = locked.filter(credit_code=record.credit_code).first()
        if found and found.home_member_id != member.pk:
            raise _elsewhere(found)
        return found
    if not record.external_id:
        return locked.filter(home_member=member, name=record.name).first()
    return None


def _locked(actor: Viewer, verb: str, organisation: Organisation, version: int | None) -> Organisation:
    current = Organisation.objects.select_for_update().filter(pk=organisation.pk).first()
    if current is None:
        raise NotFound
    demand(actor, verb, place_of_organisation(current))
    if version is not None and version != current.version:
        raise Stale
    return current


def _mark_verified(organisation: Organisation, actor: Viewer) -> None:
    organisation.verified_at, organisation.verified_by_id = timezone.now(), actor.user_id
    organisation.verification_remark = ""


def _also_verified(actor: Viewer, organisation: Organisation) -> None:
    with acting(actor, "organisation.verify") as act:
        act.done(
            organisation, member_id=organisation.home_member_id, event="organisation.verified", ids=[organisation.pk]
        )


def _bump(organisation: Organisation) -> None:
    organisation.version += 1
    _save(organisation)


def _save(organisation: Organisation) -> None:
    """Save; a credit code or external id that somebody else took meanwhile is a Conflict with its sentence."""
    if organisation.credit_code:
        other = Organisation.objects.filter(credit_code=organisation.credit_code).exclude(pk=organisation.pk).first()
        if other:
            raise _elsewhere(other)
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError:
        raise Conflict(
            "organisation.taken",
            "信用代码或编号已被另一个单位使用。",
            "The credit code or the external id is in use by another organisation.",
            place="credit_code",
        ) from None


def _elsewhere(other: Organisation) -> Conflict:
    home = other.home_member
    return Conflict(
        "organisation.credit_code_taken",
        f"信用代码{other.credit_code}已经登记在“{home.name}”，请联系该成员的联络员。",
        f"Credit code {other.credit_code} is already registered with “{home.name}”; ask its liaison officer.",
        place="credit_code",
    )


def _name_taken(name: str, home: Member) -> Conflict:
    return Conflict(
        "organisation.name_taken",
        f"“{name}”已经登记在“{home.name}”，请联系该成员的联络员加入这个单位。",
        f"“{name}” is already registered with “{home.name}”; ask its liaison officer to add you to it.",
        place="name",
    )


def _refuse_flood(actor: Viewer) -> None:
    waiting = Organisation.objects.filter(registered_by_id=actor.user_id, verified_at__isnull=True).count()
    if waiting >= MOST_WAITING:
        raise Conflict(
            "organisation.too_many_waiting",
            f"您登记的 {waiting} 个单位还在等待核验，核验后再登记新的。",
            f"{waiting} organisations that you registered still wait to be verified; register more after that.",
        )

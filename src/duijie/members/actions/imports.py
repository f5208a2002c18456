"""Bringing records in by sheet: checked whole first, then written row by row, each as its own action."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from duijie.core.access import SYSTEM, Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault
from duijie.core.files import store
from duijie.core.jobs import enqueue
from duijie.core.language import Label
from duijie.core.models import Job
from duijie.members.actions.agreements import upsert_agreement
from duijie.members.actions.organisations import upsert_organisation
from duijie.members.actions.people import invite_person
from duijie.members.models import ApiKey, Member, Organisation, User
from duijie.members.places import find_member, place_of_member
from duijie.members.rules import ROLE_SCOPES, demand, grantable_roles
from duijie.members.schemas import AgreementRecord, OrganisationRecord, PersonRecord, PersonRow
from duijie.members.sheets import KINDS, SheetKind, register
from duijie.members.viewers import viewer_of, viewer_of_key

JOB = "members.sheet"


def start_sheet(
    *,
    actor: Viewer,
    member: Member,
    kind: str,
    chunks: Iterable[bytes],
    name: str,
    dry_run: bool = True,
    all_or_nothing: bool = True,
) -> Job:
    """Keep a sheet of `kind` (a word of `members.sheets.KINDS`) and have it checked and, unless `dry_run`, written.

    With `all_or_nothing` a single fault keeps everything out. The job's result counts rows and names the marked copy.
    """
    if kind not in KINDS:
        raise Fault("sheet.kind", f"没有“{kind}”这种表。", f"There is no sheet of “{kind}”.", place="kind", status=422)
    KINDS[kind].demand(actor, member)
    file = store(
        chunks, name=name, media_type="application/octet-stream", audience=[f"staff:{member.pk}"],
        created_by_id=actor.user_id,
    )  # fmt: skip
    with acting(actor, "members.sheet.start") as act:
        job = enqueue(
            JOB, actor=actor, member_id=member.pk, member=member.pk, sheet=kind, file=file.uid,
            dry_run=dry_run, all_or_nothing=all_or_nothing, system=actor.is_system, key_id=actor.key_id,
        )  # fmt: skip
        act.done(job, member_id=member.pk, ids=[job.pk], detail={"kind": kind, "dry_run": dry_run})
    return job


def actor_of(job: Job) -> Viewer:
    """Who asked for the job, as that person stands now: what was taken away meanwhile counts."""
    if job.params.get("system"):
        return replace(SYSTEM, via="sheet")
    key = ApiKey.objects.filter(pk=job.params.get("key_id")).first()
    if key is not None:
        return replace(viewer_of_key(key), via="sheet") if key.is_live else Viewer(via="sheet")
    person = User.objects.filter(pk=job.owner_user_id).first() if job.owner_user_id is not None else None
    return viewer_of(person, via="sheet")


def write_row(*, actor: Viewer, member: Member, kind: str, record: Any, dry_run: bool) -> str:
    """Write one row of a sheet through its action; "created", "changed" or "unchanged"."""
    return KINDS[kind].write(actor=actor, member=member, record=record, dry_run=dry_run)


def _write_person(*, actor: Viewer, member: Member, record: PersonRow, dry_run: bool) -> str:
    row = record
    scope, scope_id = "member", member.pk
    if row.organisation or "member" not in ROLE_SCOPES[row.role]:
        scope, scope_id = "organisation", _organisation(member, row.organisation).pk
    fields = set(PersonRecord.model_fields) & set(PersonRow.model_fields)
    before = User.objects.count()
    invite_person(
        actor=actor,
        record=PersonRecord(**{name: getattr(row, name) for name in fields}),
        role=row.role,
        scope=scope,
        scope_id=scope_id,
        ends_on=row.ends_on,
        dry_run=dry_run,
    )
    return "changed" if not dry_run and User.objects.count() == before else "created"


def _organisation(member: Member, name: str | None) -> Organisation:
    if not name:
        raise Fault(
            "missing", "单位：这个角色必须填写单位。", "Organisation: is required for this role.", place="organisation",
            status=422,
        )  # fmt: skip
    own = Organisation.objects.filter(home_member=member)
    found = own.filter(name=name).first() or own.filter(credit_code=name.upper()).first()
    if found is None:
        raise Conflict(
            "organisation.unknown",
            f"“{name}”不是“{member.name}”登记的单位。",
            f"“{name}” is not registered with “{member.name}”.",
            place="organisation",
        )
    return found


def _demand_organisations(viewer: Viewer, member: Member) -> None:
    demand(viewer, "organisation.upsert", place_of_member(member))


def _demand_people(viewer: Viewer, member: Member) -> None:
    where = place_of_member(member)
    if not grantable_roles(viewer, "member", where):
        demand(viewer, "member.change", where)


def _write_organisation(*, actor: Viewer, member: Member, record: OrganisationRecord, dry_run: bool) -> str:
    return upsert_organisation(actor=actor, member=member, record=record, dry_run=dry_run)[1]


def _demand_agreements(viewer: Viewer, member: Member) -> None:
    demand(viewer, "agreement.sign", place_of_member(member))


def _write_agreement(*, actor: Viewer, member: Member, record: AgreementRecord, dry_run: bool) -> str:
    """A row of a member's sheet: the member is a party, named or not."""
    named = record.members or []
    if member not in [find_member(name, place="members") for name in named]:
        record = record.model_copy(update={"members": [member.slug, *named]})
    return upsert_agreement(actor=actor, record=record, dry_run=dry_run)


def _listed(name: str) -> Callable[[Member], str]:
    return lambda member: f"/{name}/?member={member.slug}"


register(
    SheetKind(
        "organisations", Label("单位", "Organisations"), OrganisationRecord, _demand_organisations, _write_organisation,
        left_out=frozenset({"home_member"}), unique=("external_id", "credit_code"), shown_at=_listed("organisations"),
    )
)  # fmt: skip
register(
    SheetKind("people", Label("人员", "People"), PersonRow, _demand_people, _write_person, shown_at=_listed("people"))
)
register(
    SheetKind(
        "agreements", Label("协议", "Agreements"), AgreementRecord, _demand_agreements, _write_agreement,
        unique=("external_id",), shown_at=_listed("agreements"),
    )
)  # fmt: skip

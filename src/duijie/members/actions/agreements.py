"""Partner agreements: signing, changing, ending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Fault, NotFound, Stale
from duijie.core.schema import parse
from duijie.core.schema.types import read_choice
from duijie.core.text import half_width
from duijie.members.choices import BodyKind
from duijie.members.models import Agreement, AgreementParty, AgreementVersion, Member, Organisation
from duijie.members.places import alliances_of, find_member, find_organisation, place_of_agreement
from duijie.members.rules import Place, demand, may
from duijie.members.schemas import AgreementRecord


def sign_agreement(*, actor: Viewer, record: AgreementRecord, dry_run: bool = False) -> Agreement:
    """Put an agreement on record: by staff of a party that is a member, or the secretariat of one of its alliances.

    Raises NotAllowed, Fault "agreement.parties" (fewer than two, or no member), "agreement.dates", "member.unknown" ...
    """
    with acting(actor, "agreement.sign", dry_run=dry_run) as act:
        _check_dates(record.valid_from, record.valid_until)
        parties = _parties(record)
        demand(actor, "agreement.sign", _place_of(parties))
        agreement = Agreement.objects.create(**_values(record))
        _write_parties(agreement, parties)
        _keep_version(agreement)
        act.done(
            agreement,
            member_id=_first_member(parties),
            event="agreement.signed",
            ids=[agreement.pk],
            members=_member_ids(parties),
        )
    return agreement


def change_agreement(
    *, actor: Viewer, agreement: Agreement, record: AgreementRecord, version: int | None = None
) -> Agreement:
    """Write `record` over an agreement: the actor must be entitled on the parties before and on those after."""
    with acting(actor, "agreement.change") as act:
        current = _locked(actor, agreement, version)
        _check_dates(record.valid_from, record.valid_until)
        parties = _parties(record)
        demand(actor, "agreement.sign", _place_of(parties))
        before = _snapshot(current)
        for name, value in _values(record).items():
            setattr(current, name, value)
        current.version += 1
        current.save()
        current.parties.all().delete()
        _write_parties(current, parties)
        _keep_version(current)
        act.done(
            current,
            member_id=_first_member(parties),
            event="agreement.changed",
            ids=[current.pk],
            members=_member_ids(parties),
            detail={"before": before},
        )
    return current


def end_agreement(
    *, actor: Viewer, agreement: Agreement, last_day: date, reason: str, version: int | None = None
) -> Agreement:
    """End an agreement early: `last_day` is the last on which it holds. The reason is kept."""
    if not reason.strip():
        raise Fault("reason.missing", "请写明终止原因。", "Say why it ends.", place="reason", status=422)
    with acting(actor, "agreement.end") as act:
        current = _locked(actor, agreement, version)
        _check_dates(current.valid_from, last_day)
        if current.valid_until is not None and last_day > current.valid_until:
            raise Fault(
                "agreement.ended_already",
                f"协议到 {current.valid_until} 为止，不能改到更晚；需要延期请修改协议。",
                f"The agreement already ends on {current.valid_until}; to extend it, change it.",
                place="last_day",
                status=422,
            )
        current.valid_until, current.end_reason = last_day, reason.strip()[:300]
        current.version += 1
        current.save(update_fields=["valid_until", "end_reason", "version"])
        _keep_version(current)
        members = [p.member_id for p in current.parties.all() if p.member_id]
        act.done(
            current,
            member_id=members[0] if members else None,
            event="agreement.ended",
            ids=[current.pk],
            members=members,
            detail={"last_day": last_day.isoformat()},
        )
    return current


def agreement_record_of(agreement: Agreement) -> dict[str, Any]:
    """The agreement as its schema gives it, for forms and partial changes."""
    parties = list(agreement.parties.select_related("member", "organisation").order_by("pk"))
    own = {"members", "organisations", "others", "renews"}
    values = {name: getattr(agreement, name) for name in AgreementRecord.model_fields if name not in own}
    return values | {
        "members": [p.member.slug for p in parties if p.member],
        "organisations": [p.organisation.uid for p in parties if p.organisation],
        "others": [_written(p) for p in parties if not p.member_id and not p.organisation_id],
        "renews": agreement.renews.uid if agreement.renews else None,
    }


def upsert_agreement(*, actor: Viewer, record: AgreementRecord, dry_run: bool = False) -> str:
    """Write an agreement by its external id among those of the actor's members: "created", "changed" or "unchanged".

    Without an external id it is always a new one.
    """
    current = None
    if record.external_id:
        mine = Agreement.objects.filter(external_id=record.external_id)
        for found in mine.order_by("pk"):
            if may(actor, "agreement.sign", place_of_agreement(found)):
                current = found
                break
    if current is None:
        sign_agreement(actor=actor, record=record, dry_run=dry_run)
        return "created"
    if parse(AgreementRecord, agreement_record_of(current)).model_dump() == _by_ids(record).model_dump():
        return "unchanged"
    with acting(actor, "agreement.upsert", dry_run=dry_run) as act:
        change_agreement(actor=actor, agreement=current, record=record)
        act.nothing_changed()
    return "changed"


# --- inside --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outside:
    """A party outside the platform, and what kind of body it is ("" where nobody said)."""

    name: str
    body: str = ""


Party = Member | Organisation | Outside


def _parties(record: AgreementRecord) -> list[Party]:
    parties: list[Party] = []
    for name in record.members or []:
        parties.append(find_member(name, place="members"))
    for name in record.organisations or []:
        parties.append(find_organisation(name, place="organisations"))
    parties += [_outside(text) for text in record.others or []]
    distinct = list(dict.fromkeys(parties))
    if len(distinct) < 2 or not any(isinstance(p, Member | Organisation) for p in distinct):
        raise Fault(
            "agreement.parties",
            "协议至少要有两方，其中至少一方是平台成员或已登记的单位。",
            "An agreement has at least two parties, at least one of them a member or a registered organisation.",
            place="members",
            status=422,
        )
    return distinct


def _write_parties(agreement: Agreement, parties: list[Party]) -> None:
    AgreementParty.objects.bulk_create(
        AgreementParty(
            agreement=agreement,
            member=party if isinstance(party, Member) else None,
            organisation=party if isinstance(party, Organisation) else None,
            name=party.name if isinstance(party, Outside) else "",
            body=party.body if isinstance(party, Outside) else "",
        )
        for party in parties
    )


def _place_of(parties: list[Party]) -> Place:
    members = {p.pk if isinstance(p, Member) else p.home_member_id for p in parties if not isinstance(p, Outside)}
    return Place(alliances=alliances_of(members), members=frozenset(members))


def _member_ids(parties: list[Party]) -> list[int]:
    return [p.pk for p in parties if isinstance(p, Member)]


def _first_member(parties: list[Party]) -> int | None:
    """The member under which the audit trail files the agreement: the first party, or the home of the first."""
    for party in parties:
        if not isinstance(party, Outside):
            return party.pk if isinstance(party, Member) else party.home_member_id
    return None


def _values(record: AgreementRecord) -> dict[str, Any]:
    values = record.model_dump(exclude={"members", "organisations", "others", "renews"})
    return values | {
        "renews": _renewed(record.renews),
        "renewal_days": 60 if record.renewal_days is None else record.renewal_days,
        "signed_at": record.signed_at or "",
        "field": record.field or "",
        "agreed": record.agreed or "",
        "external_id": record.external_id or "",
    }


def _outside(text: str) -> Outside:
    """上海三级医院（医院）: the name, and the kind of body where one stands in brackets at its end."""
    plain = half_width(text)
    if not plain.endswith(")") or "(" not in plain:
        return Outside(text.strip()[:120])
    name, _, kind = plain[:-1].rpartition("(")
    try:
        return Outside(name.strip()[:120], read_choice(BodyKind, kind))
    except Fault:
        return Outside(text.strip()[:120])  # the brackets belong to the name


def _written(party: AgreementParty) -> str:
    return f"{party.name}（{BodyKind(party.body).zh}）" if party.body else party.name


def _renewed(uid: str | None) -> Agreement | None:
    if not uid:
        return None
    found = Agreement.objects.filter(uid=uid).first()
    if found is None:
        raise Fault("agreement.unknown", f"没有编号为“{uid[:30]}”的协议。", f"There is no agreement “{uid[:30]}”.", place="renews", status=422)  # fmt: skip
    return found


def _by_ids(record: AgreementRecord) -> AgreementRecord:
    """The record with its parties as `agreement_record_of` names them, so that the two can be compared."""
    values = record.model_dump()
    values["members"] = [find_member(name, place="members").slug for name in record.members or []]
    values["organisations"] = [
        find_organisation(name, place="organisations").uid for name in record.organisations or []
    ]
    outside = [_outside(text) for text in record.others or []]
    values["others"] = [f"{o.name}（{BodyKind(o.body).zh}）" if o.body else o.name for o in outside]
    values["renewal_days"] = 60 if record.renewal_days is None else record.renewal_days
    return parse(AgreementRecord, values)


def _keep_version(agreement: Agreement) -> None:
    """What is known of the agreement from now on, for figures as known at an instant."""
    parties = list(agreement.parties.select_related("organisation"))
    homes = {p.organisation.home_member_id for p in parties if p.organisation}
    days = ("signed_on", "valid_from", "valid_until")
    AgreementVersion.objects.create(
        agreement=agreement,
        number=agreement.version,
        snapshot={name: _iso(getattr(agreement, name)) for name in days}
        | {
            "kind": agreement.kind,
            "members": sorted({p.member_id for p in parties if p.member_id}),
            "homes": sorted(homes),
        },
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _snapshot(agreement: Agreement) -> dict[str, Any]:
    """What stood there before, for the audit trail: no personal data is in an agreement."""
    record = agreement_record_of(agreement)
    record.pop("agreed")
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in record.items()}


def _locked(actor: Viewer, agreement: Agreement, version: int | None) -> Agreement:
    current = Agreement.objects.select_for_update().filter(pk=agreement.pk).first()
    if current is None:
        raise NotFound
    demand(actor, "agreement.sign", place_of_agreement(current))
    if version is not None and version != current.version:
        raise Stale
    return current


def _check_dates(first: date | None, last: date | None) -> None:
    if first is None:  # "长期" is understood as no day, which only an end may be
        raise Fault("missing", "生效日：必须填写。", "Valid from: is required.", place="valid_from", status=422)
    if last is not None and last < first:
        raise Fault(
            "agreement.dates",
            f"到期日 {last} 早于生效日 {first}。",
            f"The last day {last} is before the first {first}.",
            place="valid_until",
            status=422,
        )

"""Deals: registering, changing, moving along, correcting."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.land import ledger
from duijie.land.actions.keeping import refuse_other_source
from duijie.land.actions.periods import demand_open
from duijie.land.choices import OVER, PLACE, Stage
from duijie.land.history import path_of
from duijie.land.models import Deal, DealMove, DealParty, DealVersion
from duijie.land.moves import demand_evidence, demand_who, find_move
from duijie.land.rules import demand, standing_of
from duijie.land.schemas import DealRecord, MoveRecord, one_amount
from duijie.land.states import snapshot_of_deal
from duijie.members.models import Member
from duijie.members.places import find_member, find_organisation, find_person

Outcome = tuple[Deal, str]


def today() -> dt.date:
    return timezone.localdate()


def create_deal(
    *, actor: Viewer, member: Member, record: DealRecord, source_ref: str = "", dry_run: bool = False
) -> Deal:
    """Register a deal of `member`. It begins at "lead", or further on but before signing where the record says so.

    Raises NotAllowed, Conflict "external_id.taken", "deal.exists" (a deal of that source), Fault "deal.stage", "date.future".
    """
    demand(actor, "deal.create", {member.pk})
    stage, since = record.stage or "lead", record.stage_on or today()
    if stage not in PLACE or PLACE[stage] >= PLACE["signed"]:
        raise Fault(
            "deal.stage",
            "新登记的线索只能在签约之前的阶段；已签约的请登记为项目，或逐步推进。",
            "A new deal stands before signing; register what is signed as a project, or move it on step by step.",
            place="stage",
            status=422,
        )
    _refuse_future(since, "stage_on")
    demand_open(member.pk, [since], place="stage_on")
    with acting(actor, "deal.create", dry_run=dry_run) as act:
        deal = Deal(owner_member=member, stage=stage, stage_since=since, reached=PLACE[stage], source_ref=source_ref)
        _fill(deal, record, actor)
        _insert(deal)
        _write_parties(deal, record, fresh=True)
        now = timezone.now()
        keep_version(deal, actor, now, "deal.create")
        DealMove.objects.create(
            deal=deal, to_stage=stage, effective_on=since, recorded_at=now, recorded_by_id=actor.user_id,
            actor=actor.reference(), evidence={"note": record.evidence} if record.evidence else {},
        )  # fmt: skip
        ledger.post_deal(deal, now)
        act.done(deal, member_id=member.pk, event="deal.created", ids=[deal.pk], members=members_of(deal))
    return deal


def _insert(deal: Deal) -> None:
    try:
        with transaction.atomic():
            deal.save(force_insert=True)
    except IntegrityError:
        if deal.source_ref and Deal.objects.unscoped("looks for its own source").filter(
            source=deal.source, source_ref=deal.source_ref
        ).exists():  # fmt: skip
            raise Conflict(
                "deal.exists", "这个来源已经有项目了。", "There is a deal of this source already.", place="source"
            ) from None
        raise Conflict(
            "external_id.taken",
            f"编号“{deal.external_id}”已经存在，请改用更新。",
            f"The id “{deal.external_id}” exists already; update it instead.",
            place="external_id",
        ) from None


def _refuse_future(day: dt.date, place: str) -> None:
    if day > today():
        raise Fault(
            "date.future",
            f"{day} 还没有到，只能登记已经发生的事。",
            f"{day} has not come yet; only what happened is put on record.",
            place=place,
            status=422,
        )


def _fill(deal: Deal, record: DealRecord, actor: Viewer) -> None:
    amount = one_amount(record.amount, "amount")
    deal.title, deal.kind, deal.summary = record.title, record.kind, record.summary or ""
    deal.industry, deal.region, deal.origin = record.industry or "", record.region or "", record.origin or ""
    deal.region = deal.region or deal.owner_member.region
    deal.amount_minor, deal.currency = amount or (None, "CNY")
    deal.foreign = bool(record.foreign)
    if record.confidential is not None:  # who does not say who may see it opens nothing
        deal.confidential = record.confidential
    if deal.pk is None:  # where it came from is never lost
        deal.source, deal.source_label = record.source or "by_hand", record.source_label or ""
    deal.next_step, deal.next_on = record.next_step or "", record.next_on
    deal.external_id = record.external_id or deal.external_id
    if record.owner:
        deal.owner_user = find_person(record.owner, place="owner")
    elif deal.owner_user_id is None:
        deal.owner_user_id = actor.user_id


def _write_parties(deal: Deal, record: DealRecord, *, fresh: bool = False) -> bool:
    """Put the parties of a record in place of those that stand; whether anything is different. fresh: there are none yet."""
    rows: list[tuple[str, int | None, int | None, str]] = [("own", deal.owner_member_id, None, "")]
    rows += [
        ("own", None, find_organisation(name, place="own_organisations").pk, "")
        for name in record.own_organisations or []
    ]
    rows += [("other", find_member(name, place="other_members").pk, None, "") for name in record.other_members or []]
    rows += [
        ("other", None, find_organisation(name, place="other_organisations").pk, "")
        for name in record.other_organisations or []
    ]
    rows += [("other", None, None, name) for name in record.other_names or []]
    rows = list(dict.fromkeys(rows))
    if not fresh:
        before = list(deal.parties.order_by("pk").values_list("side", "member_id", "organisation_id", "name"))
        if before == rows:
            return False
        deal.parties.all().delete()
    DealParty.objects.bulk_create(
        DealParty(deal=deal, side=side, member_id=member, organisation_id=organisation, name=name)
        for side, member, organisation, name in rows
    )
    return True


def members_of(deal: Deal) -> list[int]:
    return sorted({p for p in deal.parties.values_list("member_id", flat=True) if p})


def keep_version(deal: Deal, actor: Viewer, at: dt.datetime, verb: str) -> None:
    DealVersion.objects.create(
        deal=deal, number=deal.version, recorded_at=at, actor=actor.reference(), verb=verb,
        snapshot=snapshot_of_deal(deal),
    )  # fmt: skip


def locked(deal: Deal, version: int | None) -> Deal:
    """The row as it stands now, held until the action ends. Raises Stale where it is not the version that was read."""
    rows = Deal.objects.unscoped("an action re-reads the row it was given").select_for_update(of=("self",))
    current = rows.select_related("owner_member").filter(pk=deal.pk).first()
    if current is None:
        raise NotFound
    if version is not None and current.version != version:
        raise Stale
    return current  # type: ignore[no-any-return]


def deal_record_of(deal: Deal) -> dict[str, Any]:
    """The deal as its schema gives it, for forms and partial changes."""
    parties = list(deal.parties.select_related("member", "organisation").order_by("pk"))
    amount = None
    if deal.amount_minor is not None:
        amount = {"low_minor": deal.amount_minor, "high_minor": deal.amount_minor, "currency": deal.currency}
    return {
        "title": deal.title, "kind": deal.kind, "summary": deal.summary, "industry": deal.industry, "amount": amount,
        "foreign": deal.foreign, "confidential": deal.confidential, "region": deal.region, "origin": deal.origin,
        "own_organisations": [p.organisation.uid for p in parties if p.side == "own" and p.organisation],
        "other_members": [p.member.slug for p in parties if p.side == "other" and p.member],
        "other_organisations": [p.organisation.uid for p in parties if p.side == "other" and p.organisation],
        "other_names": [p.name for p in parties if p.name],
        "owner": deal.owner_user.username if deal.owner_user else None,
        "next_step": deal.next_step, "next_on": deal.next_on, "external_id": deal.external_id or None,
    }  # fmt: skip


def change_deal(
    *, actor: Viewer, deal: Deal, record: DealRecord, version: int | None = None, dry_run: bool = False
) -> Outcome:
    """Write `record` over a deal (its stage and its source stay); "changed" or "unchanged"."""
    demand(actor, "deal.change", {deal.owner_member_id})
    with acting(actor, "deal.change", dry_run=dry_run) as act:
        current = locked(deal, version)
        before = _comparable(current)
        _fill(current, record, actor)
        moved = _write_parties(current, record)
        if not moved and _comparable(current) == before:
            act.nothing_changed()
            return current, "unchanged"
        current.version += 1
        current.save()
        now = timezone.now()
        keep_version(current, actor, now, "deal.change")
        ledger.post_deal(current, now)
        act.done(
            current,
            member_id=current.owner_member_id,
            event="deal.changed",
            ids=[current.pk],
            members=members_of(current),
        )
    return current, "changed"


def _comparable(deal: Deal) -> dict[str, Any]:
    names = ("summary", "next_step", "next_on", "external_id", "owner_user_id")
    return snapshot_of_deal(deal) | {name: getattr(deal, name) for name in names}


def move_deal(
    *, actor: Viewer, deal: Deal, record: MoveRecord, version: int | None = None, dry_run: bool = False
) -> Deal:
    """Move a deal to another stage by the table of moves. At "signed" its project is born.

    Raises Conflict "deal.move", Fault "deal.evidence", NotAllowed, Fault "date.before", "date.future", Conflict "period.closed", Stale.
    """
    with acting(actor, "deal.move", dry_run=dry_run) as act:
        current = locked(deal, version)
        move = find_move(current.stage, record.stage)
        demand_who(move, standing_of(actor, current))
        evidence = record.evidence()
        if record.stage in OVER and record.end_reason:
            evidence.setdefault("reason", record.end_reason)
        demand_evidence(move, evidence)
        day = record.effective_on or today()
        moves = list(current.moves.all())
        _check_day(moves, day)
        demand_open(current.owner_member_id, [day])
        now = timezone.now()
        made = DealMove.objects.create(
            deal=current, from_stage=current.stage, to_stage=record.stage, effective_on=day, recorded_at=now,
            recorded_by_id=actor.user_id, actor=actor.reference(), evidence=evidence, reason=record.reason or "",
        )  # fmt: skip
        current.end_reason = (record.end_reason or "other") if record.stage in OVER else ""
        current.end_remark = (record.reason or "") if record.stage in OVER else ""
        _settle(actor, current, now, evidence, [*moves, made])
        act.done(
            current, member_id=current.owner_member_id, event="deal.moved", ids=[current.pk], stage=current.stage,
            members=members_of(current), detail={"to": current.stage, "on": day.isoformat()},
        )  # fmt: skip
    return current


def _check_day(moves: list[DealMove], day: dt.date) -> None:
    _refuse_future(day, "effective_on")
    last = path_of(moves)[-1]
    if day < last.effective_on:
        stage = Stage(last.to_stage)
        raise Fault(
            "date.before",
            f"{day} 早于上一步“{stage.zh}”的 {last.effective_on}。",
            f"{day} is before {last.effective_on}, when the deal came to “{stage.en}”.",
            place="effective_on",
            status=422,
        )


def _settle(actor: Viewer, deal: Deal, now: dt.datetime, evidence: dict[str, str], moves: list[DealMove]) -> None:
    """After its moves have changed: what is kept of them, what counts, and the project."""
    from duijie.land.actions.founding import follow_deal

    path = path_of(moves)
    deal.stage, deal.stage_since = path[-1].to_stage, path[-1].effective_on
    deal.reached = max(PLACE.get(m.to_stage, 0) for m in path)
    deal.version += 1
    deal.save()
    ledger.post_deal(deal, now)
    follow_deal(actor, deal, now, evidence)


def correct_move(
    *,
    actor: Viewer,
    deal: Deal,
    move: DealMove,
    effective_on: dt.date | None = None,
    cancel: bool = False,
    reason: str,
    version: int | None = None,
) -> Deal:
    """Correct the day of a move, or take the last one back; the wrong row stays in the history.

    Raises Fault "reason.missing", "date.before", Conflict "move.corrected", "move.not_last", "period.closed".
    """
    demand(actor, "deal.correct", {deal.owner_member_id})
    if not reason.strip():
        raise Fault("reason.missing", "请写明更正的原因。", "Say why it is corrected.", place="reason", status=422)
    with acting(actor, "deal.correct") as act:
        current = locked(deal, version)
        rows = list(current.moves.all())
        path = path_of(rows)
        places = {m.pk: place for place, m in enumerate(path)}
        if move.pk not in places:
            raise Conflict("move.corrected", "这一步已经更正过了。", "This move was corrected already.")
        place = places[move.pk]
        day = effective_on or move.effective_on
        if cancel and (place == 0 or place != len(path) - 1):
            raise Conflict("move.not_last", "只能撤回最后一步。", "Only the last move can be taken back.")
        _refuse_future(day, "effective_on")
        _check_between(path, place, day)
        demand_open(current.owner_member_id, [move.effective_on, day])
        now = timezone.now()
        made = DealMove.objects.create(
            deal=current, from_stage=move.from_stage, to_stage=move.to_stage, effective_on=day, recorded_at=now,
            recorded_by_id=actor.user_id, actor=actor.reference(), evidence=move.evidence,
            reason=reason.strip()[:300], corrects=move, cancelled=cancel,
        )  # fmt: skip
        _settle(actor, current, now, {}, [*rows, made])
        act.done(
            current, member_id=current.owner_member_id, event="deal.corrected", ids=[current.pk],
            detail={"move": move.pk, "on": day.isoformat(), "cancelled": cancel},
        )  # fmt: skip
    return current


def _check_between(path: list[DealMove], place: int, day: dt.date) -> None:
    for other, wrong in ((place - 1, lambda d: day < d), (place + 1, lambda d: day > d)):
        if 0 <= other < len(path) and wrong(path[other].effective_on):
            neighbour, stage = path[other].effective_on, Stage(path[other].to_stage)
            zh, en = ("早于", "before") if other < place else ("晚于", "after")
            raise Fault(
                "date.before",
                f"{day} {zh}“{stage.zh}”的 {neighbour}。",
                f"{day} is {en} {neighbour}, when the deal came to “{stage.en}”.",
                place="effective_on",
                status=422,
            )


def known_deal(member: Member, text: str) -> Deal | None:
    """The deal that a member knows by its own number, or by the platform's id. Raises Fault "deal.unknown" for another's id."""
    rows = Deal.objects.unscoped("an upsert looks for its own row; rights are checked next").select_related(
        "owner_user"
    )
    own = rows.filter(owner_member=member)
    found: Deal | None = (own.filter(external_id=text).first() or own.filter(uid=text).first()) if text else None
    if found is None and text and rows.filter(uid=text).exists():
        raise Fault(
            "deal.unknown", f"“{text}”不是{member}的线索，不能在这里修改。",
            f"“{text}” is no deal of {member} and cannot be changed here.", place="external_id", status=422,
        )  # fmt: skip
    return found


def upsert_deal(
    *, actor: Viewer, member: Member, record: DealRecord, version: int | None = None, dry_run: bool = False
) -> Outcome:
    """Create or change the deal that `member` knows by the record's external id, or by the platform's; a stage that differs is a move.

    "created", "changed" or "unchanged": the same content sent twice changes nothing. Raises Fault "deal.unknown", and where
    something is asked that a record does not change: "deal.stage_on", "source.fixed".
    """
    existing = known_deal(member, record.external_id or "")
    if existing is None:
        if version is not None:
            raise Stale
        return create_deal(actor=actor, member=member, record=record, dry_run=dry_run), "created"
    if record.external_id == existing.uid:
        record = record.model_copy(update={"external_id": existing.external_id or None})
    refuse_other_source(existing, record)
    if record.stage == existing.stage and record.stage_on not in (None, existing.stage_since):
        raise Fault(
            "deal.stage_on", f"它在 {existing.stage_since} 到的这个阶段；日期不对，请在它的页面上更正并写明原因。",
            f"It came to this stage on {existing.stage_since}; correct the day on its page, with a reason.",
            place="stage_on", status=422,
        )  # fmt: skip
    deal, what = change_deal(actor=actor, deal=existing, record=record, version=version, dry_run=dry_run)
    if record.stage and record.stage != deal.stage:
        move = find_move(deal.stage, record.stage)
        given = {kind.value: record.evidence for kind in move.evidence if record.evidence}
        step = MoveRecord(stage=record.stage, effective_on=record.stage_on, **given)
        return move_deal(actor=actor, deal=deal, record=step, dry_run=dry_run), "changed"
    return deal, what

"""The rota of hosts: setting it up, planning it by the fair turn, wishes, swaps, hosts set by hand, handing over."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.language import t
from duijie.engines.rota import NobodyLeft, Turn, fair_turn
from duijie.members.models import Alliance, HandoverItem, Member, Membership, Rota, RotaRound, RotaSwap, RotaWish
from duijie.members.places import find_member, place_of_alliance, place_of_member
from duijie.members.rules import demand
from duijie.members.schemas import RotaRecord, RotaWishRecord

MOST_ROUNDS = 120
USUAL_STANDINGS = ["founder", "member"]
USUAL_HANDOVER = (
    ("活动方案、议程和邀请名单", "Plans, agendas and lists of guests"),
    ("供应商、场地和预算执行情况", "Suppliers, venues and what was spent"),
    ("未办结事项和责任人", "Open matters and who has them"),
    ("联系人和微信群管理权限", "Contacts and the keys to the groups"),
    ("影像、新闻稿和成果材料", "Pictures, press and results"),
)


def set_up_rota(*, actor: Viewer, alliance: Alliance, record: RotaRecord) -> Rota:
    """Set up a rota of an alliance; its rounds come with `plan_rota`. Raises NotAllowed, Conflict "rota.taken"."""
    with acting(actor, "rota.set_up") as act:
        demand(actor, "rota.plan", place_of_alliance(alliance))
        rota = Rota(alliance=alliance, **_values(record))
        try:
            with transaction.atomic():
                rota.save()
        except IntegrityError:
            raise Conflict(
                "rota.taken", f"已经有“{record.title}”这一轮值。", f"There is a rota “{record.title}” already.", place="title"
            ) from None  # fmt: skip
        act.done(rota, event="rota.changed", ids=[rota.pk])
    return rota


def plan_rota(
    *, actor: Viewer, rota: Rota, rounds: int, version: int | None = None, today: date | None = None
) -> list[RotaRound]:
    """Plan the first `rounds` rounds. What has begun or is settled stays; the rest is worked out anew by the fair turn.

    Raises NotAllowed, Stale, Fault "rota.rounds", Conflict "rota.nobody" (naming the round), "rota.no_members".
    """
    if not 1 <= rounds <= MOST_ROUNDS:
        raise Fault(
            "rota.rounds", f"轮数应在 1 到 {MOST_ROUNDS} 之间。", f"Between 1 and {MOST_ROUNDS} rounds.", place="rounds", status=422,
        )  # fmt: skip
    today = today or timezone.localdate()
    with acting(actor, "rota.plan") as act:
        current = _locked(actor, rota, version)
        kept = [r for r in current.rounds.select_related("host") if r.settled or r.first_day <= today]
        kept = [r for r in kept if r.number <= rounds]
        turns = _turns(current, rounds, {r.number - 1: r.host for r in kept})
        held = {r.number for r in kept}
        current.rounds.exclude(number__in=held).filter(number__lte=rounds).delete()
        current.rounds.filter(number__gt=rounds, settled=False, first_day__gt=today).delete()
        hosts = {m.slug: m for m in Member.objects.filter(slug__in={turn.host for turn in turns})}
        RotaRound.objects.bulk_create(
            RotaRound(
                rota=current, number=turn.round_number + 1, host=hosts[turn.host], reason=_reason(turn, hosts),
                **_days(current, turn.round_number + 1),
            )
            for turn in turns
            if turn.round_number + 1 not in held
        )  # fmt: skip
        _moved_on(current)
        act.done(current, event="rota.changed", ids=[current.pk], detail={"rounds": rounds})
    return list(current.rounds.select_related("host"))


def wish_rota(*, actor: Viewer, rota: Rota, record: RotaWishRecord) -> RotaWish:
    """Note a member's wish, or that it cannot host. Raises Fault "rota.reason", "rota.rounds", "member.unknown"."""
    member = find_member(record.member)
    last = record.last_round or record.first_round
    if last < record.first_round:
        raise Fault("rota.rounds", "结束轮次早于开始轮次。", "The last round is before the first.", place="last_round", status=422)  # fmt: skip
    if record.kind == RotaWish.Kind.EXCLUDED and not record.reason:
        raise Fault("rota.reason", "不能值办时请写明原因。", "Say why it cannot host.", place="reason", status=422)
    with acting(actor, "rota.wish") as act:
        _demand_part(actor, rota, member)
        wish = RotaWish.objects.create(
            rota=rota, member=member, kind=record.kind, first_round=record.first_round, last_round=last,
            reason=record.reason or "",
        )  # fmt: skip
        act.done(rota, member_id=member.pk, event="rota.changed", ids=[rota.pk], detail={"kind": wish.kind})
    return wish


def drop_wish(*, actor: Viewer, wish: RotaWish) -> None:
    """Take a wish back."""
    with acting(actor, "rota.drop_wish") as act:
        _demand_part(actor, wish.rota, wish.member)
        if not RotaWish.objects.filter(pk=wish.pk).delete()[0]:
            act.nothing_changed()
            return
        act.done(wish.rota, member_id=wish.member_id, event="rota.changed", ids=[wish.rota_id])


def set_host(
    *, actor: Viewer, rota: Rota, number: int, member: Member, reason: str, version: int | None = None
) -> RotaRound:
    """Set a round's host by hand, out of turn: the reason is kept beside it. Raises Fault "rota.reason", NotFound."""
    if not reason.strip():
        raise _reason_missing()
    with acting(actor, "rota.set_host") as act:
        current = _locked(actor, rota, version)
        _demand_in(current, member)
        found = current.rounds.filter(number=number).first()
        if found is None:
            raise NotFound
        _demand_open(found)
        found.host, found.reason, found.settled = member, reason.strip()[:600], True
        found.save(update_fields=["host", "reason", "settled"])
        _moved_on(current)
        act.done(current, member_id=member.pk, event="rota.changed", ids=[current.pk], detail={"round": number})
    return found


def ask_swap(*, actor: Viewer, rota: Rota, one: int, other: int, reason: str) -> RotaSwap:
    """The host of round `one` asks that of round `other` to change places. Raises Fault "rota.reason", Conflict "rota.begun"."""
    if not reason.strip():
        raise _reason_missing()
    with acting(actor, "rota.ask_swap") as act:
        mine, theirs = _two_rounds(rota, one, other)
        _demand_part(actor, rota, mine.host)
        if mine.host_id == theirs.host_id:
            raise Conflict("rota.same_host", "两轮是同一个成员值办。", "Both rounds have the same host.", place="other")
        swap = RotaSwap.objects.create(one=mine, other=theirs, asked_by=mine.host, reason=reason.strip()[:200])
        act.done(
            swap, member_id=mine.host_id, event="rota.swap_asked", ids=[rota.pk], swap_id=swap.pk, member_ids=[theirs.host_id]
        )  # fmt: skip
    return swap


def answer_swap(*, actor: Viewer, swap: RotaSwap, agree: bool) -> RotaSwap:
    """The other host agrees, and both rounds are settled with the reason; or declines, and nothing changes."""
    with acting(actor, "rota.answer_swap") as act:
        current = RotaSwap.objects.select_for_update().get(pk=swap.pk)
        rota = Rota.objects.select_for_update().get(pk=current.one.rota_id)
        one, other = _two_rounds(rota, current.one.number, current.other.number)
        if current.status != RotaSwap.Status.ASKED:
            raise Conflict("rota.answered", "这个对调申请已经答复过。", "This swap has been answered already.")
        if one.host_id != current.asked_by_id or one.host_id == other.host_id:
            raise Conflict("rota.moved", "值办安排已经变动，请重新申请。", "The rota has changed since; ask again.")
        _demand_part(actor, rota, other.host)
        current.status = RotaSwap.Status.AGREED if agree else RotaSwap.Status.DECLINED
        current.answered_at = timezone.now()
        current.save(update_fields=["status", "answered_at"])
        if agree:
            one.host, other.host = other.host, one.host
            for found in (one, other):
                found.settled, found.reason = True, _swapped(current)
                found.save(update_fields=["host", "settled", "reason"])
            _moved_on(rota)
        act.done(
            current, member_id=current.asked_by_id, event="rota.swap_answered", ids=[rota.pk], swap_id=current.pk,
            member_ids=[current.asked_by_id], agreed=agree,
        )  # fmt: skip
    return current


def add_handover_item(*, actor: Viewer, found: RotaRound, text: str) -> HandoverItem:
    """Put one more thing on the hand-over list; the first call puts the usual ones there too."""
    with acting(actor, "rota.handover_item") as act:
        _demand_part(actor, found.rota, found.host)
        if not text.strip():
            raise Fault("rota.item", "请写明交接什么。", "Say what is handed over.", place="text", status=422)
        _usual_items(found)
        item = HandoverItem.objects.create(round=found, text=text.strip()[:200])
        act.done(found.rota, member_id=found.host_id, event="rota.changed", ids=[found.rota_id])
    return item


def tick_handover_item(*, actor: Viewer, item: HandoverItem, done: bool = True) -> HandoverItem:
    """Mark one thing as handed over, or not."""
    with acting(actor, "rota.handover_tick") as act:
        _demand_part(actor, item.round.rota, item.round.host)
        if (item.done_at is not None) == done:
            act.nothing_changed()
            return item
        item.done_at, item.done_by_id = (timezone.now(), actor.user_id) if done else (None, None)
        item.save(update_fields=["done_at", "done_by_id"])
        act.done(item.round.rota, member_id=item.round.host_id, event="rota.changed", ids=[item.round.rota_id])
    return item


def hand_over(*, actor: Viewer, found: RotaRound, note: str = "") -> RotaRound:
    """Close a host's turn: everything on the list is ticked, and the next host hears of it. Raises Conflict "rota.open_items"."""
    with acting(actor, "rota.hand_over") as act:
        _demand_part(actor, found.rota, found.host)
        current = RotaRound.objects.select_for_update().get(pk=found.pk)
        if current.handed_over_at is not None:
            act.nothing_changed()
            return current
        _usual_items(current)
        waiting = [item.text for item in current.handover.all() if item.done_at is None]
        if waiting:
            raise Conflict(
                "rota.open_items",
                f"交接清单还有 {len(waiting)} 项没有勾选：{'、'.join(waiting[:3])}。",
                f"{len(waiting)} things on the list are not ticked yet: {', '.join(waiting[:3])}.",
            )
        current.handed_over_at, current.handover_note, current.settled = timezone.now(), note.strip(), True
        current.save(update_fields=["handed_over_at", "handover_note", "settled"])
        following = current.rota.rounds.filter(number=current.number + 1).values_list("host_id", flat=True)
        act.done(
            current.rota, member_id=current.host_id, event="rota.handed_over", ids=[current.rota_id],
            member_ids=list(following), round=current.number,
        )  # fmt: skip
    return current


def first_day_of(rota: Rota, number: int) -> date:
    """The first day of a round (counted from 1): the start moved on by whole months."""
    months = rota.starts_on.month - 1 + rota.round_months * (number - 1)
    year, month = rota.starts_on.year + months // 12, months % 12 + 1
    return date(year, month, min(rota.starts_on.day, calendar.monthrange(year, month)[1]))


# --- inside --------------------------------------------------------------------------------------------------------------


def _values(record: RotaRecord) -> dict[str, Any]:
    if record.starts_on is None:
        raise Fault("missing", "从哪天起：必须填写。", "From: is required.", place="starts_on", status=422)
    return {
        "title": record.title,
        "purpose": record.purpose or "",
        "starts_on": record.starts_on,
        "round_months": int(record.length or 12),
        "standings": list(record.standings or USUAL_STANDINGS),
    }


def _days(rota: Rota, number: int) -> dict[str, date]:
    return {
        "first_day": first_day_of(rota, number),
        "last_day": date.fromordinal(first_day_of(rota, number + 1).toordinal() - 1),
    }


def _turns(rota: Rota, rounds: int, fixed: dict[int, Member]) -> list[Turn]:
    """The fair turn over these rounds: who takes part by the membership's days, who is excluded by wish or suspension."""
    days = [_days(rota, number) for number in range(1, rounds + 1)]
    order = {"founder": 0, "member": 1, "partner": 2}
    inside = Membership.objects.filter(alliance_id=rota.alliance_id, standing__in=rota.standings).select_related(
        "member"
    )
    taking = sorted(inside, key=lambda m: (order[m.standing], m.since or date.min, m.pk))
    joins, leaves, excluded = {}, {}, {}
    for membership in taking:
        name = membership.member.slug
        joins[name] = sum(membership.since is not None and d["first_day"] < membership.since for d in days)
        leaves[name] = sum(membership.until is None or d["first_day"] <= membership.until for d in days)
        for number, d in enumerate(days):
            if membership.suspended_on(d["first_day"]):
                excluded[name, number] = membership.suspension_reason or t("成员资格暂停", "membership suspended")
    wishes: dict[str, frozenset[int]] = {}
    for wish in rota.wishes.select_related("member"):
        numbers = range(wish.first_round - 1, min(wish.last_round, rounds))
        if wish.kind == RotaWish.Kind.EXCLUDED:
            excluded |= {(wish.member.slug, number): wish.reason for number in numbers}
        else:
            wishes[wish.member.slug] = wishes.get(wish.member.slug, frozenset()) | frozenset(numbers)
    names = [m.member.slug for m in taking]
    # Joining before the first round and queueing at the end of the first queue are different things: see fair_turn.
    try:
        return fair_turn(
            names, rounds, wishes=wishes, excluded=excluded, joins=joins, leaves=leaves,
            fixed={number: member.slug for number, member in fixed.items()},
        )  # fmt: skip
    except NobodyLeft as nobody:
        number = nobody.round_number + 1
        raise Conflict(
            "rota.nobody",
            f"第 {number} 轮没有可以值办的成员：所有成员都已排除或不在联盟内。请先调整。",
            f"Nobody can host round {number}: every member is excluded or not in the alliance. Change that first.",
            place=str(number),
        ) from None


def _reason(turn: Turn, hosts: dict[str, Member]) -> str:
    if not turn.passed:
        return ""
    named = {m.slug: m for m in Member.objects.filter(slug__in=[name for name, _ in turn.passed])}
    told = "；".join(f"{named[name].short_name or named[name].name}（{why}）" for name, why in turn.passed)
    return f"按序应由{told}值办，顺延"[:600]


def _moved_on(rota: Rota) -> None:
    rota.version += 1
    rota.save(update_fields=["version"])


def _locked(actor: Viewer, rota: Rota, version: int | None) -> Rota:
    current = Rota.objects.select_for_update().filter(pk=rota.pk).first()
    if current is None:
        raise NotFound
    demand(actor, "rota.plan", place_of_alliance(current.alliance))
    if version is not None and version != current.version:
        raise Stale
    return current


def _demand_in(rota: Rota, member: Member) -> None:
    if not Membership.objects.filter(alliance_id=rota.alliance_id, member=member).exists():
        raise Fault(
            "rota.not_member", f"{member}不是这个联盟的成员。", f"{member} is not in this alliance.", place="member", status=422
        )  # fmt: skip


def _demand_part(actor: Viewer, rota: Rota, member: Member) -> None:
    _demand_in(rota, member)
    demand(actor, "rota.take_part", place_of_member(member))


def _demand_open(found: RotaRound) -> None:
    if found.handed_over_at is not None or found.last_day < timezone.localdate():
        raise Conflict(
            "rota.begun", f"第 {found.number} 轮已经结束，不能再改。", f"Round {found.number} is over.", place="round"
        )


def _two_rounds(rota: Rota, one: int, other: int) -> tuple[RotaRound, RotaRound]:
    found = {r.number: r for r in rota.rounds.select_related("host", "rota").filter(number__in=[one, other])}
    if one == other or len(found) < 2:
        raise NotFound
    for each in found.values():
        _demand_open(each)
    return found[one], found[other]


def _swapped(swap: RotaSwap) -> str:
    return f"第 {swap.one.number} 轮与第 {swap.other.number} 轮对调：{swap.reason}"[:600]


def _usual_items(found: RotaRound) -> None:
    if not HandoverItem.objects.filter(round=found).exists():
        HandoverItem.objects.bulk_create(HandoverItem(round=found, text=t(zh, en)) for zh, en in USUAL_HANDOVER)


def _reason_missing() -> Fault:
    return Fault("rota.reason", "请写明原因，各成员都会看到。", "Give the reason; every member reads it.", place="reason", status=422)  # fmt: skip

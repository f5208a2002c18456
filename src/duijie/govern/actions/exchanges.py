"""Secondments, visits and lectures: planned, held, reported."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound, Stale
from duijie.core.schema import parse
from duijie.govern.models import Exchange, ExchangePerson
from duijie.govern.rules import demand
from duijie.govern.schemas import ExchangeRecord
from duijie.members.models import Agreement, Member
from duijie.members.places import find_member, place_of_member
from duijie.members.rules import Place


def plan_exchange(*, actor: Viewer, record: ExchangeRecord, dry_run: bool = False) -> Exchange:
    """Put an exchange on record, as it stands: planned, held or reported. By staff of either member.

    Raises NotAllowed, Fault "exchange.dates", "exchange.future", "exchange.outcome", "exchange.same", "member.unknown";
    Conflict "external_id.taken".
    """
    with acting(actor, "exchange.plan", dry_run=dry_run) as act:
        values, people = _values(record)
        demand(actor, "exchange.write", _place(values["sender"], values["host"]))
        exchange = Exchange(**values)
        _stamp(exchange)
        _save(exchange)
        _write_people(exchange, people)
        act.done(exchange, member_id=exchange.sender_id, event="exchange.planned", ids=[exchange.pk])
    return exchange


def change_exchange(
    *, actor: Viewer, exchange: Exchange, record: ExchangeRecord, version: int | None = None, dry_run: bool = False
) -> Exchange:
    """Write `record` over an exchange; what was held is not un-held. Raises Stale, Conflict "exchange.held"."""
    with acting(actor, "exchange.change", dry_run=dry_run) as act:
        current = (
            Exchange.objects.select_for_update(of=("self",))
            .select_related("sender", "host")
            .filter(pk=exchange.pk)
            .first()
        )
        if current is None:
            raise NotFound
        demand(actor, "exchange.write", _place(current.sender, current.host))
        if version is not None and version != current.version:
            raise Stale
        values, people = _values(record)
        demand(actor, "exchange.write", _place(values["sender"], values["host"]))
        done = {Exchange.Status.HELD, Exchange.Status.REPORTED}
        if current.status in done and values["status"] not in done:
            raise Conflict(
                "exchange.held", "已经举行的交流不能改回计划或取消。", "What was held is not planned or cancelled again.", place="status"
            )  # fmt: skip
        named = list(
            ExchangePerson.objects.unscoped("the right was checked")
            .filter(exchange=current)
            .values_list("name", "title")
        )
        changed = sorted(name for name, value in values.items() if getattr(current, name) != value)
        if record.people is not None and named != people:
            changed.append("people")
        if not changed:
            act.nothing_changed()
            return current
        for name, value in values.items():
            setattr(current, name, value)
        _stamp(current)
        current.version += 1
        _save(current)
        if record.people is not None:
            _write_people(current, people)
        act.done(
            current, member_id=current.sender_id, event="exchange.changed", ids=[current.pk], detail={"fields": changed}
        )
    return current


def upsert_exchange(*, actor: Viewer, record: ExchangeRecord, dry_run: bool = False) -> str:
    """Write an exchange by its external id: "created", "changed" or "unchanged". Raises Fault "external_id.missing"."""
    if not record.external_id:
        raise Fault(
            "external_id.missing", "编号：必须填写。", "External id: is required.", place="external_id", status=422
        )
    sender = find_member(record.sender, place="sender")
    current = Exchange.objects.filter(sender=sender, external_id=record.external_id).first()
    if current is None:
        plan_exchange(actor=actor, record=record, dry_run=dry_run)
        return "created"
    before = current.version
    after = change_exchange(actor=actor, exchange=current, record=record, dry_run=dry_run).version
    return "changed" if after != before else "unchanged"


def report_exchange(
    *, actor: Viewer, exchange: Exchange, outcome: str, head_count: int | None = None, version: int | None = None
) -> Exchange:
    """Say what came of an exchange that was held."""
    record = exchange_record_of(exchange) | {"status": "reported", "outcome": outcome}
    if head_count is not None:
        record["head_count"] = head_count
    return change_exchange(actor=actor, exchange=exchange, record=parse(ExchangeRecord, record), version=version)


def exchange_record_of(exchange: Exchange) -> dict[str, Any]:
    """The exchange as its schema gives it, without its people (who are left as they are)."""
    same = (
        "kind",
        "title",
        "first_day",
        "last_day",
        "head_count",
        "place",
        "topic",
        "status",
        "outcome",
        "external_id",
    )
    host = exchange.host.slug if exchange.host else exchange.host_name
    agreement = exchange.agreement_uid
    return {name: getattr(exchange, name) for name in same} | {
        "sender": exchange.sender.slug,
        "host": host,
        "agreement": agreement,
    }


# --- inside --------------------------------------------------------------------------------------------------------------


def _place(sender: Member, host: Member | None) -> Place:
    one = place_of_member(sender)
    if host is None:
        return one
    other = place_of_member(host)
    return Place(one.alliances | other.alliances, one.members | other.members)


def _values(record: ExchangeRecord) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    sender = find_member(record.sender, place="sender")
    host: Member | None = None
    try:
        host = find_member(record.host, place="host")
    except Fault as fault:
        if fault.code != "member.unknown":
            raise
    if host == sender:
        raise Fault(
            "exchange.same", "派出和接待是同一个成员。", "Sender and host are the same.", place="host", status=422
        )
    first, last = record.first_day, record.last_day or record.first_day
    if first is None or last is None:
        raise Fault("missing", "开始：必须填写。", "From: is required.", place="first_day", status=422)
    if last < first:
        raise Fault(
            "exchange.dates", "结束日早于开始日。", "The last day is before the first.", place="last_day", status=422
        )
    status = record.status or Exchange.Status.PLANNED
    _check_status(status, first, record.outcome or "")
    people = [_person(text) for text in record.people or []]
    return {
        "kind": record.kind, "title": record.title, "sender": sender, "host": host, "host_name": "" if host else record.host,
        "first_day": first, "last_day": last, "place": record.place or "", "topic": record.topic or "", "status": status,
        "head_count": record.head_count or max(1, len(people)), "outcome": record.outcome or "",
        "external_id": record.external_id or "", "agreement_uid": _agreement(record.agreement),
    }, people  # fmt: skip


def _check_status(status: str, first: date, outcome: str) -> None:
    if status in (Exchange.Status.HELD, Exchange.Status.REPORTED) and first > timezone.localdate():
        raise Fault(
            "exchange.future", "还没到开始日，不能登记为已举行。", "It has not begun yet.", place="status", status=422
        )
    if status == Exchange.Status.REPORTED and not outcome.strip():
        raise Fault("exchange.outcome", "已总结的交流要写成果。", "Say what came of it.", place="outcome", status=422)


def _agreement(text: str | None) -> str:
    if not text:
        return ""
    if not Agreement.objects.filter(uid=text).exists():
        raise Fault("agreement.unknown", f"没有编号为“{text[:30]}”的协议。", f"There is no agreement “{text[:30]}”.", place="agreement", status=422)  # fmt: skip
    return text


def _person(text: str) -> tuple[str, str]:
    """周南（招商科科长） as ("周南", "招商科科长")."""
    name, _, rest = text.replace("(", "（").replace(")", "）").partition("（")
    return name.strip()[:80], rest.removesuffix("）").strip()[:120]


def _write_people(exchange: Exchange, people: list[tuple[str, str]]) -> None:
    rows = ExchangePerson.objects.unscoped("the right was checked").filter(exchange=exchange)
    rows.delete()
    ExchangePerson.objects.bulk_create(
        ExchangePerson(exchange=exchange, name=name, title=title) for name, title in people if name
    )


def _stamp(exchange: Exchange) -> None:
    """When it became known that it was held, and reported: what figures "as known at" go by."""
    now = timezone.now()
    if exchange.status in (Exchange.Status.HELD, Exchange.Status.REPORTED) and exchange.held_recorded_at is None:
        exchange.held_recorded_at = now
    if exchange.status == Exchange.Status.REPORTED and exchange.reported_at is None:
        exchange.reported_at = now


def _save(exchange: Exchange) -> None:
    try:
        with transaction.atomic():
            exchange.save()
    except IntegrityError:
        raise Conflict(
            "external_id.taken", f"编号“{exchange.external_id}”已经存在，请改用更新。",
            f"The id “{exchange.external_id}” exists already; update it instead.", place="external_id",
        ) from None  # fmt: skip

"""The charter in its versions, and the offices."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Max

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Conflict, Fault, NotFound
from duijie.govern.models import Charter, Office
from duijie.govern.places import charter_on
from duijie.govern.rules import demand
from duijie.govern.schemas import CharterRecord, OfficeRecord
from duijie.members.models import Alliance
from duijie.members.places import find_member, place_of_alliance

SINGLE_OFFICES = {Office.Kind.CHAIR, Office.Kind.SECRETARY_GENERAL}
_MAJORITIES = ("two_thirds", "absolute", "unanimous")
_DEFAULTS = {
    "quorum_percent": 50, "proxy_limit": 1, "notice_days": 3, "probation_months": 6, "chair_months": 36, "secretary_months": 36,
}  # fmt: skip


def adopt_charter(*, actor: Viewer, alliance: Alliance, record: CharterRecord) -> Charter:
    """Put a new version of the charter on record; votes that have begun keep the rules that they began with.

    Raises NotAllowed, Fault "charter.votes", "charter.majorities", "missing"; Conflict "charter.earlier".
    """
    with acting(actor, "charter.adopt") as act:
        Alliance.objects.select_for_update().get(pk=alliance.pk)
        demand(actor, "charter.change", place_of_alliance(alliance))
        values = _values(record)
        last = Charter.objects.filter(alliance=alliance).order_by("-number").first()
        if last is not None and record.effective_on is not None and record.effective_on < last.effective_on:
            raise Conflict(
                "charter.earlier",
                f"第 {last.number} 版章程从 {last.effective_on} 起生效，新版不能早于它。",
                f"Version {last.number} is in force from {last.effective_on}; a new one cannot begin before it.",
                place="effective_on",
            )
        highest = Charter.objects.filter(alliance=alliance).aggregate(top=Max("number"))["top"] or 0
        charter = Charter.objects.create(alliance=alliance, number=highest + 1, **values)
        act.done(charter, event="charter.adopted", ids=[charter.pk], detail={"number": charter.number})
    return charter


def appoint(*, actor: Viewer, alliance: Alliance, record: OfficeRecord) -> Office:
    """Put somebody into an office; there is one chair and one secretary-general on each day.

    Raises NotAllowed, Fault "office.dates"; Conflict "office.taken".
    """
    with acting(actor, "office.appoint") as act:
        Alliance.objects.select_for_update().get(pk=alliance.pk)
        demand(actor, "charter.change", place_of_alliance(alliance))
        if record.since is None:
            raise Fault("missing", "任职起：必须填写。", "From: is required.", place="since", status=422)
        until = record.until or _end_of_term(alliance, record.kind, record.since)
        if until is not None and until < record.since:
            raise Fault(
                "office.dates", "任期结束早于开始。", "The term ends before it begins.", place="until", status=422
            )
        if record.kind in SINGLE_OFFICES:
            _demand_free(alliance, record.kind, record.since, until)
        office = Office.objects.create(
            alliance=alliance, kind=record.kind, name=record.name, since=record.since, until=until,
            member=find_member(record.member) if record.member else None,
        )  # fmt: skip
        act.done(office, event="office.filled", ids=[office.pk], detail={"kind": office.kind})
    return office


def end_office(*, actor: Viewer, office: Office, last_day: date, reason: str) -> Office:
    """End a term early. Raises NotAllowed, Fault "reason.missing", "office.dates"."""
    if not reason.strip():
        raise Fault("reason.missing", "请写明原因。", "Say why.", place="reason", status=422)
    with acting(actor, "office.end") as act:
        current = Office.objects.select_for_update().select_related("alliance").filter(pk=office.pk).first()
        if current is None:
            raise NotFound
        demand(actor, "charter.change", place_of_alliance(current.alliance))
        if last_day < current.since or (current.until is not None and last_day > current.until):
            raise Fault("office.dates", "最后一天不在任期内。", "The last day lies outside the term.", place="last_day", status=422)  # fmt: skip
        current.until, current.ended_reason = last_day, reason.strip()[:200]
        current.save(update_fields=["until", "ended_reason"])
        act.done(current, event="office.ended", ids=[current.pk])
    return current


# --- inside --------------------------------------------------------------------------------------------------------------


def _values(record: CharterRecord) -> dict[str, Any]:
    if record.effective_on is None:
        raise Fault("missing", "生效日：必须填写。", "In force from: is required.", place="effective_on", status=422)
    majorities: dict[str, str] = {}
    for name in _MAJORITIES:
        for kind in getattr(record, name) or []:
            if kind in majorities:
                raise Fault(
                    "charter.majorities", "同一类事项只能有一种多数要求。", "A kind of question has one majority.", place=name, status=422
                )  # fmt: skip
            majorities[kind] = name
    numbers = {
        name: usual if getattr(record, name) is None else getattr(record, name) for name, usual in _DEFAULTS.items()
    }
    return numbers | {
        "title": record.title,
        "text": record.text or "",
        "effective_on": record.effective_on,
        "voting": record.voting or Charter.Voting.EQUAL,
        "votes": _votes(record),
        "majorities": majorities,
        "veto_kinds": list(record.veto or []),
        "probation_votes": bool(record.probation_votes),
        "required_papers": list(record.required_papers or []),
    }


def _votes(record: CharterRecord) -> dict[str, int]:
    """slug=3, ... as votes by slug; each is a known member and has 0 to 100 votes."""
    found: dict[str, int] = {}
    for entry in record.votes or []:
        name, _, number = entry.replace("＝", "=").partition("=")
        if not number.strip().isascii() or not number.strip().isdigit() or int(number) > 100:
            raise Fault(
                "charter.votes",
                f"“{entry}”看不懂，请写成 zhangjiang=3 的形式，票数 0 到 100。",
                f"“{entry}” is not understood; write it like zhangjiang=3, with 0 to 100 votes.",
                place="votes",
                status=422,
            )
        found[find_member(name.strip(), place="votes").slug] = int(number)
    return found


def _end_of_term(alliance: Alliance, kind: str, since: date) -> date | None:
    charter = charter_on(alliance, since) or charter_on(alliance)
    months = {"chair": "chair_months", "secretary_general": "secretary_months"}.get(kind)
    if charter is None or months is None:
        return None
    whole = since.month - 1 + getattr(charter, months)
    year, month = since.year + whole // 12, whole % 12 + 1
    return date(year, month, min(since.day, 28)) - timedelta(days=1)


def _demand_free(alliance: Alliance, kind: str, since: date, until: date | None) -> None:
    for other in Office.objects.filter(alliance=alliance, kind=kind):
        begins_before = until is None or other.since <= until
        if begins_before and (other.until is None or since <= other.until):
            raise Conflict(
                "office.taken",
                f"{other.name}的任期是 {other.since} 至 {other.until or '未定'}，与此重叠。",
                f"{other.name} holds this office from {other.since} to {other.until or 'no end'}.",
                place="since",
            )

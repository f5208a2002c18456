"""Reading rounds, submissions, their cells and questions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from duijie.core.access import SYSTEM, Viewer
from duijie.core.calendar import parse_period
from duijie.core.errors import NotFound
from duijie.core.indicators import Indicator, Observation, member_unit, values_at
from duijie.measure.checks import Doubt, Given, doubts
from duijie.measure.models import Entry, Remark, Round, RoundItem, Submission
from duijie.measure.rules import may, place_in, served_alliances
from duijie.members.models import Alliance, RoleGrant
from duijie.members.places import with_parents


def rounds(viewer: Viewer, *, status: str = "") -> QuerySet[Any]:
    """Rounds that the viewer may see, latest first."""
    found = Round.objects.visible_to(viewer).select_related("alliance")
    return (found.filter(status=status) if status else found).order_by("-due_on", "-pk")


def round_by_uid(viewer: Viewer, uid: str) -> Round:
    """A round that the viewer may see. Raises NotFound."""
    found: Round | None = rounds(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


def submissions(viewer: Viewer, *, round: Round | None = None) -> QuerySet[Any]:
    """Submissions that the viewer may see: how far they are, not what is in them. Those of rounds that are prepared are left out."""
    found = Submission.objects.visible_to(viewer).select_related("round", "round__alliance", "member")
    if round is not None:
        found = found.filter(round=round)
    elif not viewer.is_system:
        found = found.exclude(round__status=Round.Status.DRAFT)
    return found.order_by("-round__due_on", "member__name", "pk")


def submission(viewer: Viewer, uid: str) -> Submission:
    """A submission that the viewer may see. Raises NotFound."""
    found: Submission | None = submissions(viewer).filter(uid=uid).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class SheetLine:
    """One line of a submission: the indicator, last period's value, and the cell as it stands. hidden: not yet handed in."""

    indicator: Indicator
    required: bool
    last: Observation | None
    value: Decimal | None
    status: str
    reason: str


@dataclass(frozen=True)
class Sheet:
    """A submission as its reader may see it."""

    submission: Submission
    lines: list[SheetLine]
    doubts: dict[str, list[Doubt]] = field(default_factory=dict)
    values_hidden: bool = False
    may_fill: bool = False
    may_submit: bool = False
    may_verify: bool = False

    @property
    def filled(self) -> int:
        return sum(1 for line in self.lines if line.value is not None or line.status == "M")


def sheet_of(viewer: Viewer, row: Submission) -> Sheet:
    """All lines of a submission; values only for those who may read them (the staff; the secretariat once handed in)."""
    items = list(row.round.items.select_related("indicator"))
    entries = {e.indicator_id: e for e in Entry.objects.visible_to(viewer).filter(submission=row)}
    last = last_values(row, items)
    where = place_in(row.round.alliance_id, row.member_id)
    hidden = row.member_id not in viewer.member_ids and row.submitted_at is None and not viewer.is_system
    lines = []
    for item in items:
        entry = entries.get(item.indicator_id)
        lines.append(
            SheetLine(
                item.indicator,
                item.required,
                last.get(item.indicator.code),
                entry.value if entry else None,
                entry.status if entry else "A",
                entry.reason if entry else "",
            )
        )
    open_doubts: dict[str, list[Doubt]] = {}
    for doubt in [] if hidden else doubts_of(row, items=items, entries=list(entries.values()), last=last):
        open_doubts.setdefault(doubt.place, []).append(doubt)
    filling = row.status == Submission.Status.FILLING and row.round.status == Round.Status.OPEN
    return Sheet(
        row, lines, open_doubts, hidden,
        may_fill=filling and may(viewer, "submission.fill", where),
        may_submit=filling and may(viewer, "submission.submit", where),
        may_verify=may(viewer, "submission.verify", where),
    )  # fmt: skip


def last_values(row: Submission, items: list[RoundItem]) -> dict[str, Observation]:
    """The values of the period before, by code; as the platform knows them."""
    period = parse_period(row.round.period).shifted(-1).code
    unit = member_unit(row.member_id)
    codes = [item.indicator.code for item in items]
    return {code: o for (code, _, _), o in values_at(SYSTEM, codes, [period], units=[unit]).items()}


def doubts_of(
    row: Submission,
    *,
    items: list[RoundItem] | None = None,
    entries: list[Entry] | None = None,
    last: dict[str, Observation] | None = None,
) -> list[Doubt]:
    """What keeps a submission from being handed in."""
    items = list(row.round.items.select_related("indicator")) if items is None else items
    if entries is None:
        entries = list(Entry.objects.unscoped("the caller has asked who may").filter(submission=row))
    codes = {item.indicator_id: item.indicator.code for item in items}
    given = {codes[e.indicator_id]: Given(e.value, e.status, e.reason) for e in entries if e.indicator_id in codes}
    before = {code: o.value for code, o in (last_values(row, items) if last is None else last).items()}
    required = frozenset(item.indicator.code for item in items if item.required)
    return doubts([item.indicator for item in items], given, before, required=required)


def remarks(viewer: Viewer, row: Submission) -> list[Remark]:
    """Questions with their answers, in order of time."""
    found = Remark.objects.visible_to(viewer).filter(submission=row).select_related("indicator")
    return list(found)


def waiting_for(viewer: Viewer) -> QuerySet[Any]:
    """Submissions that wait for this viewer: to be filled in by its member, or to be verified by the secretariat."""
    from django.db.models import Q

    mine = Q(member_id__in=viewer.member_ids, status="filling", round__status="open")
    to_verify = Q(round__alliance_id__in=served_alliances(viewer), status="submitted")
    return submissions(viewer).filter(mine | to_verify)


def overdue(today: dt.date, *, within_days: int = 7) -> list[Submission]:
    """Submissions of open rounds that are due within some days or past due, for reminders."""
    rows = Submission.objects.unscoped("reminding everybody").select_related("round", "member")
    until = today + dt.timedelta(days=within_days)
    return list(rows.filter(status="filling", round__status="open", round__due_on__lte=until).order_by("pk"))


def secretaries_of(alliance_id: int) -> list[int]:
    """User ids of the secretariat of an alliance and of those above it."""
    today = timezone.localdate()
    rows = RoleGrant.objects.filter(role="secretariat", scope="alliance", scope_id__in=with_parents([alliance_id]))
    return [g.user_id for g in rows if g.ends_on is None or g.ends_on >= today]


def alliances_served(viewer: Viewer) -> list[Alliance]:
    """Alliances in whose name the viewer may run rounds and make indices."""
    if viewer.is_system or viewer.is_platform:
        return list(Alliance.objects.order_by("name"))
    return list(Alliance.objects.filter(pk__in=served_alliances(viewer)).order_by("name"))

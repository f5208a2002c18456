"""Figures that plans need of members' agreements: how many were signed, and how many parts of a member are covered."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Prefetch

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.core.measures import Counted, Measure, Question, register
from duijie.members.models import Agreement, AgreementParty, Member
from duijie.members.queries import agreements


def _signed(question: Question) -> list[tuple[Agreement, int]]:
    """Agreements whose first day lies in the period, once for each member that is a party."""
    parties = AgreementParty.objects.filter(member__isnull=False)
    rows = Agreement.objects.filter(valid_from__range=(question.start, question.end))
    if question.known_at is not None:
        rows = rows.filter(created_at__lte=question.known_at)
    rows = rows.prefetch_related(Prefetch("parties", queryset=parties)).order_by("valid_from", "pk")
    found = []
    for agreement in rows:
        for party in agreement.parties.all():
            member = party.member_id
            if member is not None and (question.member_ids is None or member in question.member_ids):
                found.append((agreement, member))
    return found


def signed_by_member(question: Question) -> dict[int | None, int]:
    totals: dict[int | None, int] = {}
    for _, member in _signed(question):
        totals[member] = totals.get(member, 0) + 1
    return totals


def signed_records(question: Question, viewer: Viewer) -> Iterable[Counted]:
    for agreement, member in _signed(question):
        yield Counted("agreement", agreement.uid, agreement.title, f"/agreements/{agreement.uid}/", agreement.valid_from, member, 1)  # fmt: skip


def _covered(question: Question) -> list[tuple[Member, Agreement]]:
    """Parts of members that are party to an agreement with somebody else that holds on the period's last day, with the first such."""
    parts = Member.objects.filter(parent__isnull=False).order_by("pk")
    if question.member_ids is not None:
        parts = parts.filter(pk__in=question.member_ids)
    wanted = {part.pk: part for part in parts}
    held = agreements(Viewer(), on=question.end)
    if question.known_at is not None:
        held = held.filter(created_at__lte=question.known_at)
    first: dict[int, Agreement] = {}
    for agreement in held.order_by("valid_from", "pk"):
        members = [p.member_id for p in agreement.parties.all()]
        if len(members) < 2:
            continue
        for pk in members:
            if pk in wanted:
                first.setdefault(pk, agreement)
    return [(wanted[pk], first[pk]) for pk in wanted if pk in first]


def covered_by_member(question: Question) -> dict[int | None, int]:
    totals: dict[int | None, int] = {}
    for part, _ in _covered(question):
        totals[part.parent_id] = totals.get(part.parent_id, 0) + 1
    return totals


def covered_records(question: Question, viewer: Viewer) -> Iterable[Counted]:
    for part, agreement in _covered(question):
        title = f"{part.name}：{agreement.title}"
        yield Counted("agreement", f"{part.slug}-{agreement.uid}", title, f"/agreements/{agreement.uid}/", agreement.valid_from, part.parent_id, 1)  # fmt: skip


register(
    Measure(
        "members.agreements_signed", Label("签订协议数", "Agreements signed"),
        Label("期内生效的协议，签约的每个成员各计一次。", "Agreements that took effect in the period, once for each member that is a party."),
        "count", signed_by_member, signed_records,
    )
)  # fmt: skip
register(
    Measure(
        "members.parts_covered", Label("已结对的镇街园区数", "Parts with an agreement"),
        Label("到期末有有效协议的镇、街道、园区，计在上级成员；不看期初。", "Towns, streets and parks that have a valid agreement on the period's last day, counted for the member that they are part of."),
        "count", covered_by_member, covered_records,
    )
)  # fmt: skip

"""A figure that plans need of members' agreements: how many parts of a member have one ("8 of 11, all this year")."""

from __future__ import annotations

from collections.abc import Iterable

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.core.measures import Counted, Measure, Question, register
from duijie.members.measures import Known, known
from duijie.members.models import Member


def _covered(question: Question) -> list[tuple[Member, Known]]:
    """Parts of members that are party to an agreement which holds on the period's last day, with the earliest such."""
    parts = Member.objects.filter(parent__isnull=False).order_by("pk")
    if question.member_ids is not None:
        parts = parts.filter(pk__in=question.member_ids)
    held = sorted((one for one in known(question) if one.holds_on(question.end)), key=lambda one: one.valid_from)
    first: dict[int, Known] = {}
    for one in held:
        for pk in one.members:
            first.setdefault(pk, one)
    return [(part, first[part.pk]) for part in parts if part.pk in first]


def covered_by_member(question: Question) -> dict[int | None, int]:
    """The number of covered parts by the member that they are part of."""
    totals: dict[int | None, int] = {}
    for part, _ in _covered(question):
        totals[part.parent_id] = totals.get(part.parent_id, 0) + 1
    return totals


def covered_records(question: Question, viewer: Viewer) -> Iterable[Counted]:
    for part, one in _covered(question):
        agreement = one.agreement
        yield Counted(
            "agreement", f"{part.slug}-{agreement.uid}", f"{part.name}：{agreement.title}", f"/agreements/{agreement.uid}/",
            one.valid_from, part.parent_id, 1,
        )  # fmt: skip


register(
    Measure(
        "plan.parts_covered", Label("已结对的镇街园区数", "Parts with an agreement"),
        Label("到期末日有有效协议的镇、街道、园区，计在上级成员；不看期初。", "Towns, streets and parks that have a valid agreement on the period's last day, counted for the member that they are part of."),
        "count", covered_by_member, covered_records,
    )
)  # fmt: skip

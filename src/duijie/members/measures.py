"""Figures that this app counts: agreements signed, agreements in force, coverage of members by agreements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.core.measures import Counted, Measure, Question, register
from duijie.members.models import Agreement, AgreementVersion, Member, Membership
from duijie.members.schemas import AgreementFilters


@dataclass(frozen=True)
class Known:
    """An agreement as it was known at an instant."""

    agreement: Agreement
    kind: str
    signed_on: date | None
    valid_from: date
    valid_until: date | None
    members: tuple[int, ...]

    @property
    def day(self) -> date:
        return self.signed_on or self.valid_from

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


def known(question: Question) -> list[Known]:
    """Every agreement as known at the question's instant (its last version by then), of the kind asked for."""
    rows = AgreementVersion.objects.select_related("agreement").order_by("agreement_id", "number")
    if question.known_at is not None:
        rows = rows.filter(recorded_at__lte=question.known_at)
    last = {row.agreement_id: row for row in rows}
    kind = dict(question.filters).get("kind")
    found = []
    for row in last.values():
        kept = row.snapshot
        if kind and kept["kind"] != kind:
            continue
        members = tuple(sorted({*kept["members"], *kept["homes"]}))
        days = [date.fromisoformat(kept[n]) if kept[n] else None for n in ("signed_on", "valid_from", "valid_until")]
        signed, first, until = days
        if first is not None:
            found.append(Known(row.agreement, kept["kind"], signed, first, until, members))
    return found


def _wanted(question: Question, members: Iterable[int], day: date) -> list[int]:
    """Those of an agreement's members that the question asks about."""
    wanted = [pk for pk in members if question.member_ids is None or pk in question.member_ids]
    if question.alliance_id is None:
        return wanted
    inside = Membership.objects.filter(alliance_id=question.alliance_id, member_id__in=wanted)
    return [m.member_id for m in inside if m.holds_on(day)]


def _facts(question: Question, *, signed: bool) -> list[tuple[Known, date, int | None]]:
    """(agreement, day, member) once for each agreement: under the first of its members that is asked about."""
    facts = []
    for one in known(question):
        day = one.day if signed else question.end
        fits = question.start <= one.day <= question.end if signed else one.holds_on(question.end)
        if not fits:
            continue
        wanted = _wanted(question, one.members, day)
        narrowed = question.member_ids is not None or question.alliance_id is not None
        if wanted or not narrowed:
            facts.append((one, one.day, wanted[0] if wanted else (one.members[0] if one.members else None)))
    return sorted(facts, key=lambda fact: (fact[1], fact[0].agreement.uid))


def _register(code: str, label: Label, definition: Label, *, signed: bool) -> None:
    def totals(question: Question) -> dict[int | None, int]:
        sums: dict[int | None, int] = {}
        for _, _, member in _facts(question, signed=signed):
            sums[member] = sums.get(member, 0) + 1
        return sums

    def records(question: Question, viewer: Viewer) -> Iterable[Counted]:
        for one, day, member in _facts(question, signed=signed):
            yield Counted(
                "agreement", one.agreement.uid, one.agreement.title, f"/agreements/{one.agreement.uid}/", day, member, 1
            )

    register(Measure(code, label, definition, "count", totals, records, filters=AgreementFilters))


def _covered(question: Question) -> tuple[set[int], set[int]]:
    """(covered, all) of the members asked about, on the last day: of members, of an alliance, or all that are parts of another."""
    day = question.end
    if question.member_ids is not None:
        every = set(Member.objects.filter(parent_id__in=question.member_ids).values_list("pk", flat=True))
        every = every or set(question.member_ids)
    elif question.alliance_id is not None:
        inside = Membership.objects.filter(alliance_id=question.alliance_id)
        every = {m.member_id for m in inside if m.holds_on(day)}
    else:
        every = set(Member.objects.values_list("pk", flat=True))
    holding = [one for one in known(question) if one.holds_on(day)]
    return {pk for one in holding for pk in one.members} & every, every


def _coverage_totals(question: Question) -> dict[int | None, int]:
    covered, every = _covered(question)
    return {None: 10_000 * len(covered) // len(every)} if every else {}


def _coverage_records(question: Question, viewer: Viewer) -> Iterable[Counted]:
    """The covered members; their parts of the percentage add up to it (the first ones take what rounding leaves)."""
    covered, every = _covered(question)
    if not covered:
        return
    share, rest = divmod(10_000 * len(covered) // len(every), len(covered))
    for number, member in enumerate(Member.objects.filter(pk__in=covered).order_by("name", "pk")):
        value = share + (1 if number < rest else 0)
        yield Counted("member", member.uid, member.name, f"/members/{member.slug}/", question.end, member.pk, value)


_register(
    "members.agreements_signed", Label("签署协议数", "Agreements signed"),
    Label("期内签署（没有签署日的按生效日）的合作协议，一份计一次。", "Agreements signed in the period (by their first day where no day of signing is known), each once."),
    signed=True,
)  # fmt: skip
_register(
    "members.agreements_in_force", Label("有效协议数", "Agreements in force"),
    Label("期末日有效的合作协议，一份计一次。", "Agreements that hold on the last day of the period, each once."), signed=False,
)  # fmt: skip
register(
    Measure(
        "members.agreement_coverage", Label("协议覆盖率", "Coverage by agreements"),
        Label("期末日至少有一份有效协议的成员占比；指定成员时按它的组成部分（镇、街道、园区）计算。", "Share of members with at least one agreement in force on the last day; of a named member's parts (towns, streets, parks)."),
        "percent", _coverage_totals, _coverage_records, filters=AgreementFilters, additive=False,
    )
)  # fmt: skip

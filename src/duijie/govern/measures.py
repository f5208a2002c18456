"""Figures that this app counts: exchanges held, people in them, resolutions adopted, duties fulfilled, officers trained."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.core.measures import Counted, Measure, Question, register
from duijie.govern.models import Duty, Exchange, Resolution, TrainingPlace
from duijie.members.models import Membership


@dataclass(frozen=True)
class Fact:
    """One thing that counts: who it belongs to, on which day, since when it is known."""

    kind: str
    uid: str
    title: str
    url: str
    day: date
    member_id: int | None
    known_at: datetime | None
    value: int = 1


Facts = Callable[[Question], Iterable[Fact]]


def counted_by(question: Question, facts: Iterable[Fact]) -> list[Fact]:
    """The facts of the question's period, members, alliance and state of knowledge, by their days."""
    inside: dict[int, list[Membership]] = {}
    if question.alliance_id is not None:
        for membership in Membership.objects.filter(alliance_id=question.alliance_id):
            inside.setdefault(membership.member_id, []).append(membership)
    found = []
    for fact in facts:
        if not question.start <= fact.day <= question.end:
            continue
        if question.known_at is not None and (fact.known_at is None or fact.known_at > question.known_at):
            continue
        if question.member_ids is not None and fact.member_id not in question.member_ids:
            continue
        if question.alliance_id is not None and not any(
            m.holds_on(fact.day) for m in inside.get(fact.member_id or 0, [])
        ):
            continue
        found.append(fact)
    return sorted(found, key=lambda fact: (fact.day, fact.uid))


def figure(code: str, label: Label, definition: Label, facts: Facts, unit: str = "count") -> Measure:
    """Register a measure whose totals are the sums of its facts, so that records and totals cannot differ."""

    def totals(question: Question) -> dict[int | None, int]:
        sums: dict[int | None, int] = {}
        for fact in counted_by(question, facts(question)):
            sums[fact.member_id] = sums.get(fact.member_id, 0) + fact.value
        return sums

    def records(question: Question, viewer: Viewer) -> Iterable[Counted]:
        for f in counted_by(question, facts(question)):
            yield Counted(f.kind, f.uid, f.title, f.url, f.day, f.member_id, f.value)

    return register(Measure(code=code, label=label, definition=definition, unit=unit, totals=totals, records=records))


def _held(question: Question) -> QuerySet[Exchange]:
    return Exchange.objects.filter(status__in=["held", "reported"], first_day__range=(question.start, question.end))


def _exchanges(question: Question) -> Iterable[Fact]:
    for x in _held(question):
        yield Fact("exchange", x.uid, x.title, f"/exchanges/{x.uid}/", x.first_day, x.sender_id, x.held_recorded_at)


def _exchange_people(question: Question) -> Iterable[Fact]:
    for x in _held(question):
        yield Fact(
            "exchange",
            x.uid,
            x.title,
            f"/exchanges/{x.uid}/",
            x.first_day,
            x.sender_id,
            x.held_recorded_at,
            x.head_count,
        )


def _resolutions(question: Question) -> Iterable[Fact]:
    rows = Resolution.objects.filter(adopted_on__range=(question.start, question.end)).select_related("motion")
    for r in rows:
        yield Fact(
            "resolution",
            r.uid,
            r.title,
            f"/resolutions/{r.uid}/",
            r.adopted_on,
            r.motion.proposed_by_id,
            r.motion.decided_at,
        )


def _duties(question: Question) -> Iterable[Fact]:
    rows = Duty.objects.filter(status=Duty.Status.DONE, done_on__range=(question.start, question.end))
    for d in rows.select_related("resolution__motion"):
        if d.done_on is not None:
            at = f"/resolutions/{d.resolution.uid}/#duties"
            yield Fact("duty", d.uid, d.text, at, d.done_on, d.owner_id, d.resolution.motion.decided_at)


def _trained(question: Question) -> Iterable[Fact]:
    rows = TrainingPlace.objects.unscoped("counted, never shown by name").filter(
        attended=True, training__held_on__range=(question.start, question.end)
    )
    for p in rows.select_related("training"):
        training = p.training
        at = f"/trainings/{training.uid}/"
        yield Fact(
            "training", f"{training.uid}-{p.pk}", training.title, at, training.held_on, p.member_id, training.created_at
        )


figure(
    "govern.exchanges_held", Label("交流互访次数", "Exchanges held"),
    Label("期内开始且已举行的挂职、互访和讲座，记在派出成员。", "Secondments, visits and lectures that began in the period and were held, by the member that sent."),
    _exchanges,
)  # fmt: skip
figure(
    "govern.exchange_people", Label("交流互访人次", "People in exchanges"),
    Label("期内已举行交流的人数，记在派出成员。", "People in exchanges held in the period, by the member that sent."), _exchange_people, "persons",
)  # fmt: skip
figure(
    "govern.resolutions_adopted", Label("理事会决议数", "Resolutions adopted"),
    Label("期内通过的决议，记在提案成员；秘书处提出的不属于任何成员。", "Resolutions adopted in the period, by the proposing member; the secretariat's belong to none."),
    _resolutions,
)  # fmt: skip
figure(
    "govern.duties_done", Label("决议任务办结数", "Duties fulfilled"),
    Label("期内办结的决议任务，记在责任成员。", "Duties of resolutions done in the period, by their owner."), _duties,
)  # fmt: skip
figure(
    "govern.officers_trained", Label("联络员培训人次", "Officers trained"),
    Label("期内培训的到课人次，记在学员所在成员。", "People who attended a training in the period, by their member."), _trained, "persons",
)  # fmt: skip

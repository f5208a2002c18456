"""Truth over time: whatever is moved, corrected, reported late or taken back, sums by member equal the total, every figure is the
sum of its records, and what a figure was stays what it was."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duijie.core.access import SYSTEM
from duijie.core.errors import Conflict, Fault
from duijie.core.measures import Question, measure
from duijie.core.schema import parse
from duijie.land import actions, measuring, replay
from duijie.land.history import path_of, standing
from duijie.land.models import Deal, Posting, Project, Tally
from duijie.land.moves import targets
from duijie.land.schemas import DealRecord, FigureRecord, MoveRecord, ProjectRecord
from tests.factories import make_alliance, make_member
from tests.land.conftest import Land, asked

pytestmark = pytest.mark.django_db
CODES = ("leads", "projects_signed", "total_investment", "contracted_foreign", "paid_in", "capital_introduced")
FIRST, LAST = dt.date(2017, 1, 1), dt.date(2018, 12, 31)
DAYS = st.integers(0, 700).map(lambda n: FIRST + dt.timedelta(days=n))
WORDS = ("deal", "move", "correct", "project", "figure", "refigure", "cancel", "change", "undo")
STEPS = st.lists(
    st.tuples(st.sampled_from(WORDS), st.integers(0, 7), DAYS, st.integers(1, 400)), min_size=3, max_size=9
)


class Machine:
    """Two members whose records are changed step by step; what is refused leaves nothing behind."""

    def __init__(self) -> None:
        alliance = make_alliance()
        self.members = [
            make_member(alliances=[alliance], region="330411"),
            make_member(alliances=[alliance], region="330482"),
        ]
        actions.keep_rate(actor=SYSTEM, currency="USD", on=dt.date(2017, 1, 1), yuan=Decimal("6.9"))
        self.number = 0

    def do(self, word: str, pick: int, day: dt.date, amount: int) -> None:
        try:
            with transaction.atomic():
                getattr(self, word)(pick, day, amount)
        except Fault:
            return

    def _deal(self, pick: int) -> Deal | None:
        rows = list(Deal.objects.unscoped("test").order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    def _project(self, pick: int) -> Project | None:
        rows = list(Project.objects.unscoped("test").order_by("pk"))
        return rows[pick % len(rows)] if rows else None

    def deal(self, pick: int, day: dt.date, amount: int) -> None:
        self.number += 1
        values = {"title": f"线索{self.number}号", "kind": "technology" if pick % 2 else "investment", "origin": "上海", "stage_on": day, "amount": f"{amount}百万元"}  # fmt: skip
        actions.create_deal(actor=SYSTEM, member=self.members[pick % 2], record=parse(DealRecord, values))

    def move(self, pick: int, day: dt.date, amount: int) -> None:
        deal = self._deal(pick)
        if deal is None:
            return
        options = targets(deal.stage)
        step = options[amount % len(options)] if options else None
        if step is not None:
            last = path_of(list(deal.moves.all()))[-1].effective_on
            values: dict[str, Any] = {kind.value: "依据" for kind in step.evidence}
            record = parse(MoveRecord, {"stage": step.target, "effective_on": max(day, last), **values})
            actions.move_deal(actor=SYSTEM, deal=deal, record=record)

    def correct(self, pick: int, day: dt.date, amount: int) -> None:
        deal = self._deal(pick)
        if deal is not None:
            path = path_of(list(deal.moves.all()))
            actions.correct_move(
                actor=SYSTEM,
                deal=deal,
                move=path[amount % len(path)],
                effective_on=day,
                reason="写错",
                cancel=amount % 3 == 0,
            )

    def project(self, pick: int, day: dt.date, amount: int) -> None:
        self.number += 1
        values: dict[str, Any] = {"name": f"项目{self.number}号", "origin": "上海" if pick % 3 else "江苏", "signed_on": day, "total": f"{amount}百万元"}  # fmt: skip
        if pick % 4 == 3:
            values |= {"contracted": f"{amount}万美元", "rate": "6.8"}
        other = self._project(pick)
        if pick == 5 and other is not None:
            values |= {"relation": "upgrade", "relates_to": other.uid}
        actions.create_project(actor=SYSTEM, member=self.members[pick % 2], record=parse(ProjectRecord, values))

    def figure(self, pick: int, day: dt.date, amount: int) -> None:
        project = self._project(pick)
        if project is not None:
            kind = "tax" if amount % 5 == 0 else "paid_in"
            record = parse(FigureRecord, {"kind": kind, "month": f"{day:%Y-%m}", "amount": f"{amount}万元"})
            actions.record_figure(actor=SYSTEM, project=project, record=record)

    def refigure(self, pick: int, day: dt.date, amount: int) -> None:
        project = self._project(pick)
        stand = standing(project.figures.filter(kind__in=["paid_in", "tax"])) if project else []
        if stand:
            figure = stand[amount % len(stand)]
            record = parse(
                FigureRecord, {"kind": figure.kind, "on": figure.effective_on, "amount": f"{amount * 2}万元"}
            )
            from duijie.land.actions.figures import given_of

            given = None if amount % 4 == 0 else given_of(record)
            actions.correct_figure(actor=SYSTEM, figure=figure, given=given, reason="更正")

    def cancel(self, pick: int, day: dt.date, amount: int) -> None:
        project = self._project(pick)
        if project is not None:
            actions.cancel_project(actor=SYSTEM, project=project, on=day, reason="撤销")

    def change(self, pick: int, day: dt.date, amount: int) -> None:
        project = self._project(pick)
        if project is not None:
            values = actions.project_record_of(project) | {
                "origin": "320500",
                "total": f"{amount}百万元",
                "signed_on": day,
            }
            actions.change_project(actor=SYSTEM, project=project, record=parse(ProjectRecord, values))

    def undo(self, pick: int, day: dt.date, amount: int) -> None:
        deal = self._deal(pick)
        if deal is not None:
            path = path_of(list(deal.moves.all()))
            actions.correct_move(actor=SYSTEM, deal=deal, move=path[-1], cancel=True, reason="撤回")


PERIODS = [(FIRST, LAST), (dt.date(2017, 2, 10), dt.date(2017, 9, 19))]
FILTERS: list[dict[str, Any]] = [{}, {"origin": "310000"}, {"origin": "320500"}]


def everything(known_at: dt.datetime | None = None) -> dict[Any, dict[int | None, int]]:
    """Every figure by member, for a few periods and filters, as known at an instant."""
    return {
        (code, start, name): measure(f"land.{code}").totals(Question(start, end, known_at=known_at, filters=filters))
        for code in CODES
        for start, end in PERIODS
        for name, filters in enumerate(FILTERS)
    }


@settings(max_examples=7, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_sequence_keeps_sums_and_the_past(steps: list[Any]) -> None:
    with transaction.atomic():
        machine, seen = Machine(), []
        for word, pick, day, amount in [("project", 0, FIRST, 100), ("deal", 1, FIRST, 50), *steps]:
            machine.do(word, pick, day, amount)
            if len(seen) < 2:
                seen.append((timezone.now(), everything()))
        seen.append((timezone.now(), everything()))
        for instant, figures in seen:
            assert everything(instant) == figures  # a past figure never changes
        _check_sums()
        assert replay.check() == []
        _check_both_ways(seen[0][0])
        postings = sorted(Posting.objects.values_list("code", "member_id", "effective_on", "recorded_at", "value"))
        replay.rebuild()
        again = sorted(Posting.objects.values_list("code", "member_id", "effective_on", "recorded_at", "value"))
        assert again == postings  # the ledger follows from the histories alone
        assert everything(seen[0][0]) == seen[0][1]
        transaction.set_rollback(True)


def _check_sums() -> None:
    """Sums by member are the total; records add up to both."""
    for code in CODES:
        found = measure(f"land.{code}")
        question = Question(FIRST, LAST)
        totals = found.totals(question)
        assert found.value(question) == sum(totals.values())
        by_member: dict[int | None, int] = {}
        for record in found.records(question, SYSTEM):
            by_member[record.member_id] = by_member.get(record.member_id, 0) + record.value
        assert {m: v for m, v in by_member.items() if v} == totals


def _check_both_ways(instant: dt.datetime) -> None:
    """As known long ago is read from the postings; as known lately from the monthly sums less what came since: the same."""
    lately = everything(instant)
    before = measuring.LONG_AGO
    try:
        measuring.LONG_AGO = dt.timedelta(0)
        assert everything(instant) == lately
    finally:
        measuring.LONG_AGO = before


def test_monthly_sums_are_those_of_the_postings_and_damage_is_found(land: Land) -> None:
    land.project()
    land.figure(Project.objects.unscoped("test").get(), "300万元")
    assert replay.check() == []
    Tally.objects.filter(slice_id=0).update(value=7)
    assert len(replay.check()) > 0
    replay.rebuild()
    assert replay.check() == []
    Posting.objects.filter(value=1).delete()
    assert any(line.startswith("project") for line in replay.check())


def test_a_closed_period_takes_nothing_until_it_is_opened_again_and_leaves_a_trail(land: Land) -> None:
    project = land.project()
    land.figure(project, "300万元", "2017-05")
    spring = Question(dt.date(2017, 4, 1), dt.date(2017, 6, 30))
    actions.close_period(actor=land.liaison, member=land.own, period="2017年第二季度")
    closed_at = timezone.now()

    def refused(**values: Any) -> str:
        with pytest.raises(Conflict) as caught:
            land.figure(project, "400万元", **values)
        return caught.value.code

    assert refused(month="2017-06") == "period.closed"
    assert refused(month="2017-05", reason="漏计") == "period.closed"
    assert land.figure(project, "400万元", "2017-07") == "created"
    with pytest.raises(Fault, match="没有权限"):
        actions.reopen_period(actor=land.liaison, member=land.own, period="2017Q2", reason="更正")
    actions.reopen_period(actor=land.admin, member=land.own, period="2017Q2", reason="五月漏计一笔")
    assert land.figure(project, "500万元", "2017-05", reason="漏计") == "corrected"
    actions.close_period(actor=land.liaison, member=land.own, period="2017Q2")
    assert [c.closed for c in land_closings(land)] == [True, False, True]
    paid = measure("land.paid_in")
    assert paid.value(spring) == 500_000_000
    assert paid.value(Question(spring.start, spring.end, known_at=closed_at)) == 300_000_000


def land_closings(land: Land) -> list[Any]:
    from duijie.land.queries import closings

    return closings(land.admin, land.own)[::-1]


def test_what_counts_once_and_what_never_mixes(land: Land) -> None:
    first = land.project("锂电隔膜", investor="沪膜公司", total="2亿元", external_id="A")
    with pytest.raises(Conflict) as caught:
        land.project("锂电隔膜项目", investor="别的公司", member=land.ally)
    assert caught.value.code == "project.duplicate"
    assert "秀洲高新区的“锂电隔膜”（2017-03-01 签约）" in caught.value.zh
    land.project("锂电隔膜项目", member=land.ally, relation="duplicate", relates_to=first.uid)
    land.project("锂电隔膜技改", relation="upgrade", relates_to="A", total="5亿元")
    land.project("锂电隔膜二期增资", relation="increase", relates_to="A", total="8000万元")
    assert (asked("projects_signed"), asked("upgrades"), asked("capital_increases")) == (1, 1, 1)
    assert asked("total_investment") == 28_000_000_000
    foreign = land.project("外资轴承", contracted="1000万美元", total="2500万美元", rate="6.8", foreign="是")
    assert land.figure(foreign, "300万美元", source="外资", rate="6.9") == "created"
    assert (asked("contracted_foreign"), asked("paid_in_foreign"), asked("paid_in")) == (1_000_000_000, 300_000_000, 2_070_000_000)  # fmt: skip
    assert asked("total_investment", filters={"foreign": True}) == 17_000_000_000
    assert asked("agreed_investment") == 0


def test_a_member_counts_for_an_alliance_only_while_it_is_in_it(land: Land) -> None:
    from duijie.members.models import Membership

    alliance = Membership.objects.get(member=land.own).alliance_id
    land.project("一", signed_on="2017-03-01")
    land.project("二", signed_on="2018-03-01")
    assert asked("projects_signed", alliance_id=0) == 0
    assert asked("projects_signed", alliance_id=alliance) == 0  # it joined in 2020
    Membership.objects.update(since=dt.date(2017, 6, 15))
    assert asked("projects_signed", alliance_id=alliance) == 1
    Membership.objects.update(until=dt.date(2017, 12, 31))
    assert asked("projects_signed", alliance_id=alliance) == 0

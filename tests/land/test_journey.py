"""One deal from its first day to full output, and what is counted on the way."""

from __future__ import annotations

import datetime as dt

import pytest

from duijie.core.errors import Conflict, Fault, NotAllowed, Stale
from duijie.core.schema import parse
from duijie.land import actions, replay
from duijie.land.history import stage_at
from duijie.land.models import Posting, Project
from duijie.land.moves import find_move, table
from duijie.land.schemas import MoveRecord
from tests.land.conftest import Land, asked

pytestmark = pytest.mark.django_db
WALK = (
    ("intent", "2017-02-01"), ("signed", "2017-03-01"), ("registered", "2017-04-05"), ("construction", "2017-06-01"),
    ("completed", "2018-05-01"), ("production", "2018-07-01"), ("full_output", "2019-01-10"),
)  # fmt: skip


def test_a_deal_walks_to_full_output_and_every_stage_counts_once(land: Land) -> None:
    deal = land.deal(amount="1.2亿元")
    for stage, day in WALK:
        deal = land.move(deal, stage, day)
    assert (deal.stage, deal.stage_since, deal.reached) == ("full_output", dt.date(2019, 1, 10), 9)
    project = Project.objects.unscoped("test").get(deal=deal)
    assert (project.signed_on, project.stage, project.total_cny_minor) == (
        dt.date(2017, 3, 1),
        "full_output",
        12_000_000_000,
    )
    counted = ("leads", "contacts", "intents", "projects_signed", "projects_100m", "projects_started", "projects_completed",
               "projects_in_production", "projects_full_output")  # fmt: skip
    assert [asked(code) for code in counted] == [1] * len(counted)
    assert asked("total_investment") == 12_000_000_000
    assert replay.check() == []


def test_a_stage_can_be_asked_for_as_of_any_day_and_as_known_at_any_instant(land: Land) -> None:
    deal = land.deal()
    deal = land.move(deal, "signed", "2017-03-01")
    before = deal.moves.last().recorded_at
    signed = deal.moves.get(to_stage="signed")
    actions.correct_move(
        actor=land.liaison, deal=deal, move=signed, effective_on=dt.date(2017, 5, 2), reason="补录时写错日期"
    )
    rows = list(deal.moves.all())
    assert stage_at(rows, dt.date(2017, 4, 1)) == "lead"
    assert stage_at(rows, dt.date(2017, 4, 1), before) == "signed"
    assert stage_at(rows, dt.date(2016, 1, 1)) is None
    spring = (dt.date(2017, 3, 1), dt.date(2017, 3, 31))
    assert (asked("projects_signed", *spring), asked("projects_signed", *spring, known_at=before)) == (0, 1)
    assert replay.check() == []


def test_impossible_moves_missing_evidence_wrong_days_and_stale_cards_are_refused(land: Land) -> None:
    deal = land.deal()

    def refused(stage: str, **values: str) -> Fault:
        record = parse(MoveRecord, {"stage": stage, **values})
        with pytest.raises(Fault) as caught:
            actions.move_deal(actor=land.liaison, deal=deal, record=record)
        return caught.value

    jump = refused("production")
    assert (type(jump), jump.code) == (Conflict, "deal.move")
    assert "不能从“线索”改为“投产”" in jump.zh
    assert refused("signed").code == "deal.evidence"
    early = refused("signed", contract="协议", effective_on="2016-12-01")
    assert (early.code, early.zh) == ("date.before", "2016-12-01 早于上一步“线索”的 2017-01-03。")
    assert refused("contact", effective_on="2199-01-01").code == "date.future"
    record = parse(MoveRecord, {"stage": "signed", "contract": "协议"})
    with pytest.raises(NotAllowed, match="联络员"):
        actions.move_deal(actor=land.editor, deal=deal, record=record)
    actions.move_deal(actor=land.liaison, deal=deal, record=parse(MoveRecord, {"stage": "contact"}), version=1)
    with pytest.raises(Stale):
        actions.move_deal(actor=land.liaison, deal=deal, record=parse(MoveRecord, {"stage": "negotiation"}), version=1)
    assert Posting.objects.count() == 2


def test_a_lost_deal_counts_as_the_lead_it_was_and_may_be_taken_up_again(land: Land) -> None:
    deal = land.move(land.deal(), "lost", "2017-02-01", end_reason="用地落实不了")
    assert (deal.stage, deal.end_reason, asked("leads"), asked("intents")) == ("lost", "land", 1, 0)
    deal = land.move(deal, "contact", "2017-06-01")
    assert (deal.stage, asked("leads"), asked("contacts")) == ("contact", 1, 1)


def test_a_signed_deal_that_is_withdrawn_no_longer_counts_and_the_past_knew_better(land: Land) -> None:
    deal = land.move(land.deal(amount="3亿"), "signed", "2017-03-01")
    then = deal.moves.last().recorded_at
    land.move(deal, "withdrawn", "2017-09-01", end_reason="资金不到位")
    assert (asked("projects_signed"), asked("projects_cancelled"), asked("total_investment")) == (0, 1, 0)
    assert (asked("projects_signed", known_at=then), asked("total_investment", known_at=then)) == (1, 30_000_000_000)


def test_the_table_of_moves_leads_everywhere_and_nowhere_past_a_gap() -> None:
    assert find_move("lead", "signed").evidence[0] == "contract"
    assert ("signed", "production") not in table()
    assert {origin for origin, _ in table()} == {*(s for s, _ in WALK), "lead", "contact", "negotiation", "lost", "withdrawn"} - {"full_output"}  # fmt: skip

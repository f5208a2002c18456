"""A measure of the tests' own: facts with a member, a day, an amount and the instants at which they were known and called off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import pytest

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.core.measures import Counted, Measure, Question, register
from duijie.core.schema import Amount, Line, Record, said


@dataclass
class Fact:
    member_id: int
    on: dt.date
    amount: int = 1
    source: str = ""
    known: dt.datetime | None = None
    off: dt.datetime | None = None
    secret: bool = False


FACTS: list[Fact] = []


class FactFilters(Record):
    source: Annotated[Line | None, said("来源", "Source")] = None
    minimum: Annotated[Amount, said("不低于", "At least")] = None


def _chosen(question: Question) -> list[Fact]:
    low = (question.filters.get("minimum") or {}).get("low_minor", 0)
    source = question.filters.get("source")
    return [
        fact
        for fact in FACTS
        if question.start <= fact.on <= question.end
        and (question.member_ids is None or fact.member_id in question.member_ids)
        and (source is None or fact.source == source)
        and fact.amount >= low
        and (question.known_at is None or fact.known is None or fact.known <= question.known_at)
        and (fact.off is None or (question.known_at is not None and fact.off > question.known_at))
    ]


def _totals(question: Question, *, amounts: bool) -> dict[int | None, int]:
    found: dict[int | None, int] = {}
    for fact in _chosen(question):
        found[fact.member_id] = found.get(fact.member_id, 0) + (fact.amount if amounts else 1)
    return found


def _records(question: Question, viewer: Viewer, *, amounts: bool) -> list[Counted]:
    return [
        Counted("fact", str(n), "" if fact.secret and not viewer.is_system else f"事实{n}", "" if fact.secret else f"/facts/{n}/",
                fact.on, fact.member_id, fact.amount if amounts else 1)
        for n, fact in enumerate(_chosen(question))
    ]  # fmt: skip


register(Measure("test.facts", Label("事实数", "Facts"), Label("期内的事实。", "Facts in the period."), "count",
                 lambda q: _totals(q, amounts=False), lambda q, v: _records(q, v, amounts=False), FactFilters))  # fmt: skip
register(Measure("test.money", Label("事实金额", "Money of facts"), Label("期内事实的金额。", "Money of facts."), "CNY",
                 lambda q: _totals(q, amounts=True), lambda q, v: _records(q, v, amounts=True), FactFilters))  # fmt: skip


@pytest.fixture(autouse=True)
def _no_facts() -> Iterator[None]:
    FACTS.clear()
    yield
    FACTS.clear()

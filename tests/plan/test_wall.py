"""The cockpit's picture: computed at each look where it is cheap; where it is dear, kept and made anew once anything was written."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core.cache import cache

from duijie.core.access import SYSTEM
from duijie.core.actions import acting
from duijie.plan import queries, wall
from duijie.plan.wall import Wall, wall_of
from tests.plan.conftest import FACTS, Fact
from tests.plan.making import YEAR, Made, make_plan

DAY = dt.date(YEAR, 6, 30)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def ready() -> Made:
    made = make_plan(starts=f"{YEAR}-01-01", ends=f"{YEAR}-12-31")
    made.indicator("1-1", title="招商推介会", headline=True)
    made.target("1-1", "6")
    made.publish()
    return made


def look(made: Made) -> Wall:
    plan = made.again()
    return wall_of(plan, queries.content(SYSTEM, plan), DAY)


def happened(made: Made) -> None:
    """One more fact, and the audit line that every action leaves."""
    FACTS.append(Fact(made.members[0].pk, dt.date(YEAR, 5, 5)))
    with acting(SYSTEM, "fact.note") as act:
        act.done(made.plan)


@pytest.mark.django_db
def test_a_cheap_picture_is_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wall, "DEAR_SECONDS", 1000)
    made = ready()
    assert look(made).figures[0].value == 0
    FACTS.append(Fact(made.members[0].pk, dt.date(YEAR, 5, 5)))
    assert look(made).figures[0].value == 1


@pytest.mark.django_db(transaction=True)
def test_a_dear_picture_is_shown_as_kept_and_made_anew_once_something_was_written(monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(wall, "DEAR_SECONDS", 0)
    made = ready()
    first = look(made)
    assert look(made) == first
    happened(made)
    assert look(made) == first
    until = time.monotonic() + 30
    while look(made).figures[0].value != 1 and time.monotonic() < until:
        time.sleep(0.02)
    second = look(made)
    assert (second.figures[0].value, second.at > first.at) == (1, True)


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_is_a_minute_old_is_made_anew_though_nothing_was_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wall, "DEAR_SECONDS", 0)
    made = ready()
    look(made)
    (key,) = [k for k in (f"plan.wall:{made.plan.pk}:1:{DAY}:{x}" for x in ("zh-hans", "en")) if cache.get(k)]
    kept = cache.get(key)
    cache.set(key, replace(kept, at=kept.at - dt.timedelta(seconds=61)), 60)
    FACTS.append(Fact(made.members[0].pk, dt.date(YEAR, 5, 5)))
    until = time.monotonic() + 30
    while look(made).figures[0].value != 1 and time.monotonic() < until:
        time.sleep(0.02)
    assert look(made).figures[0].value == 1

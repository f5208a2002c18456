"""The sums that newspapers gave for the districts, rebuilt from the single records of the demonstration region."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from duijie.core.access import SYSTEM
from duijie.core.measures import Question, measure, measures
from duijie.demo import land as chapter
from duijie.demo import reading
from duijie.demo.load import _load_members
from duijie.land import replay
from duijie.land.models import JointZone, Project, Shape
from duijie.members.models import Member

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 30)
FEN_PER_WAN, CENTS_PER_WAN = 1_000_000, 1_000_000


@pytest.fixture(scope="module")
def region(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, int]]:
    """The members and what landed at them, once for this file."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        _load_members(TODAY)
        chapter.load(today=TODAY)
        yield dict(Member.objects.values_list("slug", "pk"))
        transaction.set_rollback(True)


def figure(ids: dict[str, int], code: str, member: str, start: str, end: str, **filters: Any) -> int:
    question = Question(
        dt.date.fromisoformat(start), dt.date.fromisoformat(end), frozenset({ids[member]}), filters=filters
    )
    found = measure(f"land.{code}")
    value = found.value(question)
    assert sum(r.value for r in found.records(question, SYSTEM)) == value
    return value


SHANGHAI = {"origin": "310000"}
WEEK = {"source_key": "2017海盐县接轨上海活动周"}
FUND_TOWN = {"kind": "fund", "source_key": "南湖基金小镇"}
# article 004: (measure, member, from, to, filters) -> the published figure, sums in 万.
PUBLISHED = [
    ("projects_signed", "xiuzhou", "2016-01-01", "2016-12-31", SHANGHAI, 17),
    ("total_investment", "xiuzhou", "2016-01-01", "2016-12-31", SHANGHAI, 183_900 * FEN_PER_WAN),
    ("projects_signed", "pinghu", "2017-01-01", "2017-07-28", SHANGHAI | {"foreign": False}, 22),
    ("total_investment", "pinghu", "2017-01-01", "2017-07-28", SHANGHAI | {"foreign": False}, 598_000 * FEN_PER_WAN),
    ("projects_signed", "pinghu", "2017-01-01", "2017-07-28", SHANGHAI | {"foreign": True}, 18),
    ("contracted_foreign", "pinghu", "2017-01-01", "2017-07-28", SHANGHAI | {"foreign": True}, 23_700 * CENTS_PER_WAN),
    ("projects_signed", "haiyan", "2017-01-01", "2017-07-28", WEEK, 17),
    ("total_investment", "haiyan", "2017-01-01", "2017-07-28", WEEK, 207_000 * FEN_PER_WAN),
    ("projects_signed", "haiyan", "2017-01-01", "2017-12-31", {"zone": "nuclear-shared"}, 8),
    ("total_investment", "haiyan", "2017-01-01", "2017-12-31", {"zone": "nuclear-shared"}, 100_000 * FEN_PER_WAN),
    ("paid_in", "haiyan", "2017-01-01", "2017-12-31", {"zone": "nuclear-shared"}, 15_000 * FEN_PER_WAN),
    ("capital_introduced", "jiaxing-port", "2017-01-01", "2017-03-31", SHANGHAI, 24_500 * FEN_PER_WAN),
    ("capital_introduced", "jiaxing-port", "2017-01-01", "2017-03-31", {}, 24_500 * FEN_PER_WAN),
    ("capital_introduced", "jiaxing-port", "2017-01-01", "2017-06-30", SHANGHAI, 66_000 * FEN_PER_WAN),
    ("projects_signed", "nanhu-keji", "2016-07-01", "2017-07-28", {"source_key": "容江基金"}, 23),
    ("projects_signed", "nanhu", "2016-01-01", "2017-07-28", FUND_TOWN | {"region": "330000"}, 116),
    ("total_investment", "nanhu", "2016-01-01", "2017-07-28", FUND_TOWN | {"region": "330000"}, 1_150_000 * FEN_PER_WAN),
    ("projects_signed", "nanhu", "2016-01-01", "2017-07-28", FUND_TOWN | {"region": "330400"}, 67),
    ("total_investment", "nanhu", "2016-01-01", "2017-07-28", FUND_TOWN | {"region": "330400"}, 650_000 * FEN_PER_WAN),
    ("projects_signed", "nanhu", "2016-01-01", "2017-03-31", {"kind": "finance"}, 33),
    ("total_investment", "nanhu", "2016-01-01", "2017-03-31", {"kind": "finance"}, 424_000 * FEN_PER_WAN),
]  # fmt: skip


def test_the_published_figures_come_out_of_single_records(region: dict[str, int]) -> None:
    found = [figure(region, code, member, start, end, **f) for code, member, start, end, f, _ in PUBLISHED]
    assert found == [value for *_, value in PUBLISHED]


def test_what_must_not_count_is_there(region: dict[str, int]) -> None:
    rows = Project.objects.unscoped("test")
    groups = len(chapter._data()["groups"])
    assert rows.filter(relation="duplicate").count() == rows.filter(relation="upgrade").count() == groups
    assert rows.filter(cancelled_on__isnull=False, deal__isnull=True).count() == groups
    assert rows.filter(origin="320500").count() == 3
    assert figure(region, "upgrades", "xiuzhou", "2016-01-01", "2016-12-31") == 1
    assert figure(region, "projects_cancelled", "pinghu", "2017-01-01", "2017-12-31") == 2
    assert figure(region, "projects_signed", "xiuzhou", "2016-01-01", "2016-12-31") == 18  # one from Suzhou
    assert figure(region, "projects_signed", "xiuzhou", "2018-01-01", "2018-12-31", **SHANGHAI) == 1


def test_sums_by_member_are_the_total_and_records_add_up_to_them(region: dict[str, int]) -> None:
    question = Question(dt.date(2016, 1, 1), TODAY)
    for one in measures():
        if not one.code.startswith("land."):
            continue
        totals = one.totals(question)
        parts = {m: one.value(Question(question.start, question.end, frozenset({m}))) for m in region.values()}
        assert {m: v for m, v in parts.items() if v} == totals, one.code
        assert sum(r.value for r in one.records(question, SYSTEM)) == sum(totals.values()), one.code


def test_the_ledger_agrees_with_the_histories_before_and_after_it_is_made_anew(region: dict[str, int]) -> None:
    assert replay.check() == []
    before = [figure(region, code, member, start, end, **f) for code, member, start, end, f, _ in PUBLISHED]
    shapes = Shape.objects.count()
    replay.rebuild()
    assert replay.check() == []
    after = [figure(region, code, member, start, end, **f) for code, member, start, end, f, _ in PUBLISHED]
    assert (after, Shape.objects.count()) == (before, shapes)


def test_a_joint_zone_is_the_sum_of_its_parts(region: dict[str, int]) -> None:
    zone = JointZone.objects.get(slug="zj-science-town")
    areas = list(zone.partners.values_list("area_square_metres", flat=True))
    assert (zone.area_square_metres, areas) == (7_100_000, [2_400_000, 4_700_000])
    assert reading.members()  # the region of the demonstration

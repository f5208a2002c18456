"""The districts' targets and what came of them, as the newspaper gave them, computed by member and period from single records."""

from __future__ import annotations

import datetime as dt

import pytest

from duijie.core.access import GUEST
from duijie.demo import land, load
from duijie.demo import plan as chapter
from duijie.members.models import Member
from duijie.plan import queries
from duijie.plan.content import Content, Cut
from duijie.plan.figures import Figure, Reckoning
from duijie.plan.models import Plan

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 30)
YUAN = 100


class Figures:
    """Figures of the plan of 2016 to 2018, asked by code, member and period."""

    def __init__(self, plan: Plan, day: dt.date) -> None:
        self.content: Content = queries.content(GUEST, plan)
        self.reckoning = Reckoning(self.content, as_of=day)

    def __call__(self, code: str, slug: str, period: str) -> Figure:
        indicator, found = self.content.indicator(code), self.content.period(period)
        assert indicator is not None
        assert found is not None
        return self.reckoning.figure(indicator, found, Cut(Member.objects.get(slug=slug).pk))


@pytest.fixture
def loaded() -> None:
    load._load_members(TODAY)
    load._load_organisations()
    load._load_agreements()
    land.load(today=TODAY)
    chapter.load(today=TODAY)


def test_the_articles_targets_and_figures_come_out_exactly(loaded: None) -> None:
    past = Plan.objects.unscoped("test").get(external_id="JX-2016")
    july = Figures(past, dt.date(2017, 7, 28))
    # Xiuzhou: 17 projects of 1.839 bn yuan from Shanghai in 2016; in 2017 at least 6 events, 10 large and 12 technology projects.
    assert july("1.1-2", "xiuzhou", "2016").value == 17
    assert july("1.1-4", "xiuzhou", "2016").value == 183_900 * 10_000 * YUAN
    assert [(f.target.value if f.target else None) for f in (july(c, "xiuzhou", "2017") for c in ("1.1-1", "1.1-3", "1.3-1"))] == [6, 10, 12]  # fmt: skip
    # Pinghu: 22 domestic projects of 5.98 bn yuan; 18 foreign ones with 237 m dollars contracted.
    assert july("1.1-4", "pinghu", "2017").value == 598_000 * 10_000 * YUAN
    assert july("1.1-2", "pinghu", "2017").value == 22 + 18
    assert july("1.1-5", "pinghu", "2017").value == 237_000_000 * 100
    # Haiyan's week: 17 projects; the nuclear zone's plan: 8 projects, 1 bn yuan, 150 m paid in, all by the end of the year.
    assert july("1.1-10", "haiyan", "2017").value == 17
    december = Figures(past, dt.date(2017, 12, 31))
    for code, target in (("1.1-6", 8), ("1.1-7", 10**9 * YUAN), ("1.1-8", 150_000_000 * YUAN)):
        figure = december(code, "haiyan", "2017")
        assert (figure.value, figure.target.value if figure.target else None, figure.light) == (target, target, "achieved")  # fmt: skip
    # The port area: 245 m yuan in the first quarter, 660 m in the first half.
    assert july("1.1-9", "jiaxing-port", "2017Q1").value == 245_000_000 * YUAN
    assert july("1.1-9", "jiaxing-port", "2017H1").value == 660_000_000 * YUAN
    # Nanhu: 8 of 11 towns and parks have a partner, the target is all; 4.5 bn yuan of capital from Shanghai.
    covered = july("1.2-1", "nanhu", "2017")
    assert (covered.value, covered.target.value if covered.target else None, covered.indicator.relation) == (8, 11, "all")  # fmt: skip
    capital = july("1.4-1", "nanhu", "2017")
    assert capital.target is not None
    assert capital.target.value == 45 * 10**8 * YUAN

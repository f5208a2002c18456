"""Exposure on small markets with equality; who has met is not suggested again; everything anew by command."""

from __future__ import annotations

import math

import pytest
from click.testing import CliRunner

from duijie.core.models import Job
from duijie.engines.matching.market import EAGERNESS, TEMPERATURE
from duijie.match import actions
from duijie.match.balancing import balance_suggestions, worths
from duijie.match.models import Suggestion
from duijie.publish.actions import change_listing
from tests.factories import viewer
from tests.match.test_finding import desk, need_and_technology, work


def test_one_pair_alone_is_worth_what_the_model_says() -> None:
    """Both sides alike: free = 1 / (1 + K) with K = exp(log f / temperature + eagerness)."""
    chance = 0.6
    k = math.exp(math.log(chance) / TEMPERATURE + EAGERNESS)
    assert worths([1], [2], [chance]) == pytest.approx([chance * (1 + k) ** -TEMPERATURE], abs=1e-6)


def test_a_crowded_offer_gives_way_to_one_that_nobody_asks_for() -> None:
    """Six needs like the same offer best; each is as well served by an offer of its own."""
    asking = [need for need in range(6) for _ in range(2)]
    giving = [offer for need in range(6) for offer in (100, 200 + need)]
    found = worths(asking, giving, [0.9, 0.88] * 6)
    assert all(own > popular for popular, own in zip(found[::2], found[1::2], strict=True))
    assert worths(asking[:2], giving[:2], [0.9, 0.88])[0] > worths(asking[:2], giving[:2], [0.9, 0.88])[1]


@pytest.mark.django_db
def test_the_job_writes_the_worth_of_both_directions() -> None:
    need, right = need_and_technology()
    Suggestion.objects.exclude(asking=need, giving=right).update(open=False)
    Suggestion.objects.filter(open=True).update(liking_of_asking=0.9, liking_of_giving=0.4)
    assert balance_suggestions() == 1
    assert Suggestion.objects.get(open=True).worth == pytest.approx(worths([1], [1], [0.6])[0], abs=1e-6)
    assert balance_suggestions() == 0


@pytest.mark.django_db
def test_who_has_been_introduced_is_not_suggested_again() -> None:
    need, right = need_and_technology()
    interest = actions.express_interest(
        actor=viewer("organisation", need.owner_organisation), to_listing=right, from_listing=need
    )
    actions.accept_interest(actor=viewer("organisation", right.owner_organisation), interest=interest)
    change_listing(actor=viewer("liaison", need.owner_member), listing=need, data={"title": "铝合金压铸件气孔检测"})
    work()
    assert right.uid not in [x.other.uid for x in desk(need)]


@pytest.mark.django_db
def test_everything_anew_by_command() -> None:
    from duijie.cli.main import main

    need_and_technology()
    Suggestion.objects.all().delete()
    outcome = CliRunner().invoke(main, ["rematch", "--here"])
    assert (outcome.exit_code, Suggestion.objects.count() > 0) == (0, True), outcome.output
    assert {"match.learn", "match.balance"} <= set(Job.objects.filter(status="done").values_list("kind", flat=True))

"""Counting votes: published cases by hand, and laws for any ballots."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.voting import CHOICES, MAJORITIES, Ballot, Rule, count, digest, proxies_allowed


def ballots(text: str) -> list[Ballot]:
    """ "yyn-" : two yes, one no, one abstention."""
    return [Ballot({"y": "yes", "n": "no", "-": "abstain"}[c], 1, f"m{i}") for i, c in enumerate(text)]


@pytest.mark.parametrize(
    ("cast", "majority", "entitled", "needed", "outcome"),
    [
        ("yyn", "simple", 5, 2, "carried"),
        ("yynn", "simple", 5, 3, "rejected"),
        ("yn---", "simple", 5, 2, "rejected"),
        ("-----", "simple", 5, 1, "rejected"),
        ("yyn", "two_thirds", 5, 2, "carried"),
        ("yyynn", "two_thirds", 5, 4, "rejected"),
        ("yyyn", "three_quarters", 5, 3, "carried"),
        ("yyy--", "absolute", 6, 4, "rejected"),
        ("yyyy-", "absolute", 6, 4, "carried"),
        ("yyyy", "two_thirds_of_all", 6, 4, "carried"),
        ("yyy-", "unanimous", 5, 3, "carried"),
        ("yyyn", "unanimous", 5, 4, "rejected"),
        ("", "simple", 5, 1, "no_quorum"),
        ("yy", "simple", 5, 2, "no_quorum"),
    ],
)
def test_majorities_by_hand(cast: str, majority: str, entitled: int, needed: int, outcome: str) -> None:
    result = count(ballots(cast), Rule(50, majority), entitled)
    assert (result.needed, result.outcome) == (needed, outcome)


@pytest.mark.parametrize(
    ("entitled", "percent", "quorum"), [(5, 50, 3), (4, 50, 2), (3, 67, 3), (100, 1, 1), (7, 100, 7)]
)
def test_the_quorum_is_met_at_its_edge_and_not_one_vote_before(entitled: int, percent: int, quorum: int) -> None:
    rule = Rule(percent, "simple")
    assert count(ballots("y" * quorum), rule, entitled).outcome == "carried"
    assert count(ballots("y" * (quorum - 1)), rule, entitled).outcome == "no_quorum"


def test_one_founder_against_rejects_what_it_may_veto() -> None:
    result = count(ballots("nyyyy"), Rule(50, "simple", ("m0",)), 5)
    assert (result.outcome, result.vetoed_by) == ("vetoed", ("m0",))
    assert count(ballots("-yyyn"), Rule(50, "simple", ("m0",)), 5).outcome == "carried"


def test_more_votes_than_seats_and_a_seat_that_votes_twice_are_mistakes_of_ours() -> None:
    with pytest.raises(ValueError, match="votes of"):
        count(ballots("yyy"), Rule(50, "simple"), 2)
    with pytest.raises(ValueError, match="twice"):
        count([Ballot("yes", 1, "m1"), Ballot("no", 1, "m1")], Rule(50, "simple"), 5)
    with pytest.raises(ValueError, match="no such"):
        count([Ballot("perhaps")], Rule(50, "simple"), 5)


_ballots = st.lists(st.builds(Ballot, st.sampled_from(CHOICES), st.integers(1, 9), st.just("")), max_size=30)
_rules = st.builds(Rule, st.integers(1, 100), st.sampled_from(sorted(MAJORITIES)))


@given(_ballots, _rules, st.integers(0, 40), st.randoms(use_true_random=False))
def test_totals_add_up_and_order_never_matters(cast: list[Ballot], rule: Rule, more: int, chance: object) -> None:
    entitled = sum(b.votes for b in cast) + more
    result = count(cast, rule, entitled)
    assert result.yes + result.no + result.abstain == result.taking_part == sum(b.votes for b in cast)
    assert (result.outcome == "no_quorum") == (result.taking_part * 100 < entitled * rule.quorum_percent or not cast)
    mixed = list(cast)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert count(mixed, rule, entitled) == result
    assert digest(result, mixed, rule, "x") == digest(result, cast, rule, "x")


@given(_ballots, _rules, st.integers(1, 40))
def test_one_more_yes_never_undoes_what_was_carried(cast: list[Ballot], rule: Rule, more: int) -> None:
    entitled = sum(b.votes for b in cast) + more
    if count(cast, rule, entitled).carried:
        assert count([*cast, Ballot("yes")], rule, entitled).carried


@given(_ballots, _rules, st.integers(0, 40))
def test_a_ballot_of_three_votes_counts_as_three_of_one(cast: list[Ballot], rule: Rule, more: int) -> None:
    entitled = sum(b.votes for b in cast) + more
    split = [Ballot(b.choice) for b in cast for _ in range(b.votes)]
    assert count(split, rule, entitled) == count(cast, rule, entitled)


@given(_ballots, _rules)
def test_another_ballot_or_rule_has_another_digest(cast: list[Ballot], rule: Rule) -> None:
    entitled = sum(b.votes for b in cast) + 1
    result = count(cast, rule, entitled)
    more = [*cast, Ballot("no")]
    assert digest(result, cast, rule, "x") != digest(count(more, rule, entitled), more, rule, "x")
    assert digest(result, cast, rule, "x") != digest(result, cast, rule, "y")


@given(st.dictionaries(st.sampled_from("abcdefg"), st.sampled_from("abcdefg"), max_size=7), st.integers(0, 3))
def test_proxies_within_the_limit_never_count_twice(given_: dict[str, str], limit: int) -> None:
    wrong = proxies_allowed(given_, limit)
    fine = {giver: holder for giver, holder in given_.items() if giver not in wrong}
    holders = list(fine.values())
    assert all(holders.count(h) <= limit for h in holders)
    assert not set(fine) & set(holders)  # nobody both lends and holds
    seats_counted = [*(s for s in "abcdefg" if s not in fine), *fine]
    assert sorted(seats_counted) == list("abcdefg")

"""Which pairs are never suggested, and by which rule."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.matching.exclusion import Known, Party, Rule, allowed, exclusion

DAY = date(2026, 3, 1)
NEED = Party("n", "li", frozenset({"works", "group"}))
OFFER = Party("o", "wang", frozenset({"institute"}))


def test_each_rule_by_name() -> None:
    known = Known(DAY)
    assert exclusion(NEED, OFFER, known) is None
    assert exclusion(NEED, NEED, known) == Rule.SAME_LISTING
    assert exclusion(NEED, Party("x", "li"), known) == Rule.SAME_OWNER
    assert exclusion(NEED, Party("x", "zhao", frozenset({"sister", "group"})), known) == Rule.SAME_ORGANISATION
    assert exclusion(NEED, OFFER, Known(DAY, conflicts={("institute", "works")})) == Rule.CONFLICT
    assert exclusion(NEED, OFFER, Known(DAY, refused={("o", "n"): DAY - timedelta(days=4000)})) == Rule.REFUSED
    assert exclusion(NEED, OFFER, Known(DAY, met={("n", "o"): DAY - timedelta(days=364)})) == Rule.ALREADY_MET


def test_meetings_and_refusals_run_out() -> None:
    met = {("n", "o"): DAY - timedelta(days=365)}
    assert exclusion(NEED, OFFER, Known(DAY, met=met)) is None
    assert exclusion(NEED, OFFER, Known(DAY, met=met, met_days=None)) == Rule.ALREADY_MET
    assert exclusion(NEED, OFFER, Known(DAY, refused=met, refused_days=365)) is None
    assert exclusion(NEED, OFFER, Known(DAY, refused=met, refused_days=366)) == Rule.REFUSED


def test_owners_that_are_not_known_are_not_the_same() -> None:
    assert exclusion(Party("n"), Party("o"), Known(DAY)) is None


names = st.sampled_from("abcd")
parties = st.builds(Party, names, st.none() | names, st.frozensets(names, max_size=2))
pairs = st.tuples(names, names)
knowledge = st.builds(
    Known,
    st.just(DAY),
    st.dictionaries(pairs, st.just(DAY), max_size=3),
    st.dictionaries(pairs, st.just(DAY), max_size=3),
    st.frozensets(pairs, max_size=3),
)


@given(parties, parties, knowledge)
def test_the_rules_do_not_depend_on_who_asks(first: Party, second: Party, known: Known) -> None:
    assert exclusion(first, second, known) == exclusion(second, first, known)


@given(parties, st.lists(parties), knowledge)
def test_allowed_keeps_the_order_and_exactly_what_no_rule_holds_for(
    need: Party, offers: list[Party], known: Known
) -> None:
    kept = list(allowed(need, [(offer, place) for place, offer in enumerate(offers)], known))
    assert kept == [(o, i) for i, o in enumerate(offers) if exclusion(need, o, known) is None]

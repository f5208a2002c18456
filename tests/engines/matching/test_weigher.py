"""The quick way to a facet bonus gives what the tests of facets give, and never more than it promised."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.matching import Document
from duijie.engines.matching.complements import Weigher, bonus, excluded_by, facet_fits
from duijie.engines.matching.document import KINDS, to_statement

words = st.sampled_from(("lease", "purchase", "joint"))
amounts = st.none() | st.integers(0, 10**9)
facets = st.fixed_dictionaries(
    {},
    optional={
        "deadline": st.sampled_from(("2026-01-01", "2027-01-01")),
        "available_from": st.sampled_from(("2025-06-01", "2026-06-01")),
        "cooperation": st.lists(words, max_size=2).map(tuple),
        "skills": st.lists(words, max_size=2).map(tuple),
        "tenure": words,
        "monthly_units": st.integers(0, 100),
        "area_m2": st.floats(0, 1e5),
    },
)
documents = st.builds(
    Document,
    id=st.just("x"),
    kind=st.sampled_from(KINDS),
    title=st.just("标题"),
    regions=st.lists(st.sampled_from(("330402", "330400", "310000", "000000")), max_size=2).map(tuple),
    industries=st.lists(st.sampled_from(("C2614", "2614", "C33", "0111")), max_size=2).map(tuple),
    amount_min_fen=amounts,
    amount_max_fen=amounts,
    stage=st.none() | st.integers(1, 9),
    facets=facets,
)


@given(documents, st.lists(documents, max_size=12))
def test_the_quick_bonus_is_the_bonus(query: Document, others: list[Document]) -> None:
    weigher = Weigher(query)
    for other in [*others, *others]:  # the second time from what is known
        fits = facet_fits(query, other)
        found = weigher.of(json.loads(json.dumps(to_statement(other))))
        assert found == (None if excluded_by(fits) else bonus(fits))
        assert found is None or found <= weigher.most([other.kind]) + 1e-12

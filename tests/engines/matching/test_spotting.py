"""Terms are spotted where Python finds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.matching.spotting import Spotter

letters = st.sampled_from("ab压铸\U00020000\ud800")


@given(st.text(letters, max_size=40), st.lists(st.text(letters, min_size=2, max_size=5), max_size=30, unique=True))
def test_each_term_is_first_spotted_where_find_finds_it(text: str, terms: list[str]) -> None:
    assert Spotter(terms).first(text).tolist() == [text.find(term) for term in terms]


def test_terms_of_one_character_are_refused() -> None:
    with pytest.raises(ValueError, match="two characters"):
        Spotter(["压铸", "铝"])

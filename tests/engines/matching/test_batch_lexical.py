"""The batch's lexical weights against the comparison that ranks one query."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from duijie.engines.matching.arrays import Bags
from duijie.engines.matching.batch.lexical import bm25_weights, stacked
from duijie.engines.matching.corpus import Rarity
from duijie.engines.matching.signature import Bag

bags = st.lists(st.dictionaries(st.integers(0, 30), st.integers(1, 5), max_size=8), min_size=1, max_size=6)


def rows(counts: list[dict[int, int]]) -> Bags:
    return Bags.of(
        [Bag(np.array(sorted(c), dtype=np.uint32), np.array([c[i] for i in sorted(c)], dtype=np.uint8)) for c in counts]
    )


def bm25(need: dict[int, int], offer: dict[int, int], offers: list[dict[int, int]]) -> float:
    mean = max(sum(sum(o.values()) for o in offers) / len(offers), 1.0)
    score = 0.0
    for word in need.keys() & offer.keys():
        standing = sum(word in o for o in offers)
        rare = math.log(1 + (len(offers) - standing + 0.5) / (standing + 0.5))
        length = 1.2 * (0.25 + 0.75 * sum(offer.values()) / mean)
        score += need[word] * rare * offer[word] * 2.2 / (offer[word] + length)
    return score


@given(bags, bags)
def test_products_are_bm25_scores(needs: list[dict[int, int]], offers: list[dict[int, int]]) -> None:
    given_bags = rows(offers)
    wanted, given_weights = bm25_weights(rows(needs), given_bags, Rarity.of(given_bags))
    expected = [[bm25(n, o, offers) for o in offers] for n in needs]
    np.testing.assert_allclose((wanted @ given_weights.T).toarray(), expected, rtol=1e-5, atol=1e-6)


@given(bags, bags, st.floats(0.1, 9))
def test_stacked_products_are_the_weighted_sum(
    needs: list[dict[int, int]], offers: list[dict[int, int]], factor: float
) -> None:
    one = bm25_weights(rows(needs), rows(offers), Rarity.of(rows(offers)))
    wanted, given_weights = stacked([(*one, 1.0), (*one, factor)])
    np.testing.assert_allclose(
        (wanted @ given_weights.T).toarray(), (one[0] @ one[1].T).toarray() * (1 + factor), rtol=1e-5, atol=1e-6
    )

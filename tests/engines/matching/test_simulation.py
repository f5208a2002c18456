"""Laws of the simulated market, and the claim on a smaller market."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from duijie.engines.matching.evaluation.exposure import gini
from duijie.engines.matching.simulation import (
    Market,
    MarketParameters,
    balanced,
    draw_market,
    each_side_alone,
    fused,
    play,
    popularity,
)

FIXED = json.loads((Path(__file__).parents[2] / "bench" / "market_parameters.json").read_text(encoding="utf-8"))
PARAMETERS = MarketParameters(**FIXED["market"])
SMALL = dataclasses.replace(PARAMETERS, needs=160, offers=120)


@pytest.fixture(scope="module")
def market() -> Market:
    return draw_market(SMALL, seed=1)


def test_the_same_seed_gives_the_same_market_and_outcome(market: Market) -> None:
    again = draw_market(SMALL, seed=1)
    for field in dataclasses.fields(Market)[1:]:
        assert np.array_equal(getattr(market, field.name), getattr(again, field.name))
    assert play(market, *each_side_alone(market)).agreed == play(again, *each_side_alone(again)).agreed
    assert not np.array_equal(draw_market(SMALL, seed=2).need_liking, market.need_liking)


def test_popularity_is_zipf_in_its_rank() -> None:
    weights = np.sort(np.exp(popularity(100, 1.0, np.random.default_rng(1))))[::-1]
    np.testing.assert_allclose(weights[0] / weights[[1, 9, 99]], [2, 10, 100])


def test_nobody_agrees_beyond_capacity_or_against_own_liking(market: Market) -> None:
    outcome = play(market, *balanced(market))
    assert outcome.agreed <= min(SMALL.needs * SMALL.need_capacity, SMALL.offers * SMALL.offer_capacity)
    assert outcome.need_satisfaction.max() <= SMALL.need_capacity
    assert outcome.offer_satisfaction.max() <= SMALL.offer_capacity
    nobody = dataclasses.replace(market, offer_likes=np.zeros_like(market.offer_likes))
    assert play(nobody, *balanced(market)).agreed == 0


def test_sides_exchanged_give_the_same_matches(market: Market) -> None:
    p = dataclasses.replace(
        SMALL, needs=SMALL.offers, offers=SMALL.needs,
        need_capacity=SMALL.offer_capacity, offer_capacity=SMALL.need_capacity,
    )  # fmt: skip
    mirrored = Market(
        p, market.offer_liking.T, market.need_liking.T, market.offer_estimate.T, market.need_estimate.T,
        market.offer_likes.T, market.need_likes.T, market.offer_looks, market.need_looks, market.turn.T,
    )  # fmt: skip
    scores, _ = fused(market)
    there, back = play(market, scores, scores), play(mirrored, scores.T, scores.T)
    assert there.agreed == back.agreed
    np.testing.assert_allclose(there.need_satisfaction, back.offer_satisfaction)


def test_more_agree_than_when_each_side_is_ranked_alone_and_neither_side_loses() -> None:
    markets = [draw_market(SMALL, seed) for seed in FIXED["seeds"][:4]]
    ours = [play(m, *balanced(m, listed=40)) for m in markets]
    alone = [play(m, *each_side_alone(m)) for m in markets]
    assert all(o.agreed > a.agreed for o, a in zip(ours, alone, strict=True))
    for side in ("need_satisfaction", "offer_satisfaction"):
        medians = [[float(np.median(getattr(o, side))) for o in outcomes] for outcomes in (ours, alone)]
        assert np.mean(medians[0]) >= np.mean(medians[1])


def test_balancing_spreads_the_first_places_more_evenly(market: Market) -> None:
    def unevenness(scores: np.ndarray) -> float:
        return gini(np.bincount(np.argsort(-scores, axis=1)[:, :10].ravel(), minlength=SMALL.offers))

    assert unevenness(balanced(market)[0]) < unevenness(fused(market)[0]) < unevenness(each_side_alone(market)[0])

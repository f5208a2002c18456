"""A seeded market in which needs and offers read lists, show interest, answer and agree; to compare rankings on.

Every party sees a list of the other side, looks at place r with probability r^-power (position bias), is interested
where it likes what it sees, and sends a few interests. The other side reads a few of the interests it received, in the
order of its own ranking, and agrees where it likes the sender too; an interest from both sides agrees at once. Agreed
pairs are met first come, first served until one of the two has no capacity left. Popularity is Zipf-distributed.

The ranking sees estimates of the likings; what happens is drawn from the true ones. All chance is drawn once per market
(whether i likes j, where i looks, when a pair comes up), so that two rankings meet the same people in the same mood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.market import EAGERNESS, TEMPERATURE, Mean, balance, fuse

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Ranking = Callable[["Market"], tuple[Floats, Floats]]


@dataclass(frozen=True)
class MarketParameters:
    """Sizes, and how people behave. Likings are on the log-odds scale.

    `intercept` is the log odds that an average party likes another; `popularity_weight` weighs the logarithm of how many
    times more popular a party is than the median one; `topic_weight` weighs the cosine of both parties' topics;
    `own_taste` and `estimate_noise` are standard deviations. Capacities count agreed matches.
    """

    needs: int
    offers: int
    topics: int
    offer_zipf: float
    need_zipf: float
    intercept: float
    popularity_weight: float
    topic_weight: float
    own_taste: float
    estimate_noise: float
    list_length: int
    examination_power: float
    interests_sent: int
    interests_read: int
    need_capacity: int
    offer_capacity: int


@dataclass(frozen=True)
class Market:
    """One drawn market. Matrices are (needs, offers).

    `need_liking` and `offer_liking` are the true probabilities that the need likes the offer and the reverse,
    `need_estimate` and `offer_estimate` what a ranking knows of them.
    """

    parameters: MarketParameters
    need_liking: Floats
    offer_liking: Floats
    need_estimate: Floats
    offer_estimate: Floats
    need_likes: Booleans
    offer_likes: Booleans
    need_looks: Floats
    offer_looks: Floats
    turn: Floats


@dataclass(frozen=True)
class Outcome:
    """What came of one ranking: agreed pairs and each party's satisfaction, the sum of its true liking over its matches."""

    agreed: int
    need_satisfaction: Floats
    offer_satisfaction: Floats
    needs_matched: float
    offers_matched: float
    interests: int


def popularity(count: int, exponent: float, generator: np.random.Generator) -> Floats:
    """Log popularity relative to the median party, Zipf over a random order of (count,) parties."""
    ranks = generator.permutation(count) + 1.0
    return exponent * (np.log((count + 1) / 2) - np.log(ranks))


def draw_market(parameters: MarketParameters, seed: int) -> Market:
    """Draw a market; the same parameters and seed give the same one on any machine."""
    p = parameters
    generator = np.random.default_rng(seed)
    need_topics = generator.normal(size=(p.needs, p.topics))
    offer_topics = generator.normal(size=(p.offers, p.topics))
    need_topics /= np.linalg.norm(need_topics, axis=1, keepdims=True)
    offer_topics /= np.linalg.norm(offer_topics, axis=1, keepdims=True)
    common = p.intercept + p.topic_weight * need_topics @ offer_topics.T
    offer_popularity = p.popularity_weight * popularity(p.offers, p.offer_zipf, generator)
    need_popularity = p.popularity_weight * popularity(p.needs, p.need_zipf, generator)
    shape = (p.needs, p.offers)
    need_odds = common + offer_popularity[None, :] + generator.normal(scale=p.own_taste, size=shape)
    offer_odds = common + need_popularity[:, None] + generator.normal(scale=p.own_taste, size=shape)
    need_liking, offer_liking = logistic(need_odds), logistic(offer_odds)
    return Market(
        parameters=p,
        need_liking=need_liking,
        offer_liking=offer_liking,
        need_estimate=logistic(need_odds + generator.normal(scale=p.estimate_noise, size=shape)),
        offer_estimate=logistic(offer_odds + generator.normal(scale=p.estimate_noise, size=shape)),
        need_likes=generator.random(shape) < need_liking,
        offer_likes=generator.random(shape) < offer_liking,
        need_looks=generator.random((p.needs, p.list_length)),
        offer_looks=generator.random((p.offers, p.list_length)),
        turn=generator.random(shape),
    )


def logistic(odds: Floats) -> Floats:
    """Probability of log odds."""
    return 1 / (1 + np.exp(-odds))


def first_of_rows(scores: Floats, length: int) -> NDArray[np.int64]:
    """Column indices of the `length` highest of each row, best first, equal scores by column."""
    return np.argsort(-scores, axis=1, kind="stable")[:, :length]


def play(market: Market, need_scores: Floats, offer_scores: Floats) -> Outcome:
    """Let the market act on two rankings: `need_scores` orders each need's list (rows), `offer_scores` each offer's
    list (columns); both are (needs, offers)."""
    p = market.parameters
    sent_by_needs = _interests(need_scores, market.need_likes, market.need_looks, p)
    sent_by_offers = _interests(offer_scores.T, market.offer_likes.T, market.offer_looks, p).T
    both = sent_by_needs & sent_by_offers
    read_by_offers = _read((sent_by_needs & ~both).T, offer_scores.T, p.interests_read).T
    read_by_needs = _read(sent_by_offers & ~both, need_scores, p.interests_read)
    willing = both | (read_by_offers & market.offer_likes) | (read_by_needs & market.need_likes)
    agreed = _meet(willing, market.turn, p.need_capacity, p.offer_capacity)
    return Outcome(
        agreed=int(agreed.sum()),
        need_satisfaction=(agreed * market.need_liking).sum(axis=1),
        offer_satisfaction=(agreed * market.offer_liking).sum(axis=0),
        needs_matched=float(agreed.any(axis=1).mean()),
        offers_matched=float(agreed.any(axis=0).mean()),
        interests=int(sent_by_needs.sum() + sent_by_offers.sum()),
    )


def _interests(scores: Floats, likes: Booleans, looks: Floats, p: MarketParameters) -> Booleans:
    """Who each row sends an interest to: places it looks at and likes, the first `interests_sent` of them."""
    listed = first_of_rows(scores, p.list_length)
    seen = looks[:, : listed.shape[1]] < np.arange(1, listed.shape[1] + 1) ** -p.examination_power
    interested = seen & np.take_along_axis(likes, listed, axis=1)
    interested &= np.cumsum(interested, axis=1) <= p.interests_sent
    sent = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(sent, listed, interested, axis=1)
    return sent


def _read(received: Booleans, scores: Floats, count: int) -> Booleans:
    """The interests each row reads: the `count` received ones that it ranks highest."""
    order = np.argsort(np.where(received, -scores, np.inf), axis=1, kind="stable")[:, :count]
    read = np.zeros(received.shape, dtype=bool)
    np.put_along_axis(read, order, True, axis=1)
    return read & received


def _meet(willing: Booleans, turn: Floats, need_capacity: int, offer_capacity: int) -> Booleans:
    needs, offers = np.nonzero(willing)
    order = np.argsort(turn[needs, offers], kind="stable")
    need_left = np.full(willing.shape[0], need_capacity)
    offer_left = np.full(willing.shape[1], offer_capacity)
    agreed = np.zeros(willing.shape, dtype=bool)
    for need, offer in zip(needs[order], offers[order], strict=True):
        if need_left[need] and offer_left[offer]:
            agreed[need, offer] = True
            need_left[need] -= 1
            offer_left[offer] -= 1
    return agreed


def each_side_alone(market: Market) -> tuple[Floats, Floats]:
    """The baseline: every party's list by its own estimated liking."""
    return market.need_estimate, market.offer_estimate


def fused(market: Market, mean: Mean = "geometric") -> tuple[Floats, Floats]:
    """Both sides' lists by one fused score, without looking at the crowd."""
    scores = fuse(market.need_estimate, market.offer_estimate, mean)
    return scores, scores


def balanced(
    market: Market, *, listed: int = 100, temperature: float = TEMPERATURE, eagerness: float = EAGERNESS
) -> tuple[Floats, Floats]:
    """Our ranking: fused, then balanced over the candidate pairs that stand among either party's best `listed`."""
    scores = fuse(market.need_estimate, market.offer_estimate)
    candidates = np.zeros(scores.shape, dtype=bool)
    np.put_along_axis(candidates, first_of_rows(scores, listed), True, axis=1)
    np.put_along_axis(candidates.T, first_of_rows(scores.T, listed), True, axis=1)
    needs, offers = np.nonzero(candidates)
    result = balance(
        needs,
        offers,
        scores[needs, offers],
        need_capacity=np.full(scores.shape[0], float(market.parameters.need_capacity)),
        offer_capacity=np.full(scores.shape[1], float(market.parameters.offer_capacity)),
        temperature=temperature,
        eagerness=eagerness,
    )
    # A pair that is no candidate follows the candidates of its lists, by the fused score.
    ordered = scores + np.min(result.scores, initial=0.0) - 2.0
    ordered[needs, offers] = result.scores
    return ordered, ordered

"""Measures of one need's ranking. Ties and missing offers take the worst order, so that leaving rows out never helps.

Gain is 2^(grade-1)-1 and the discount 1/log2(place+1) (Järvelin and Kekäläinen 2002, as used in learning to rank).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence


def discounted_gain(grades: Iterable[float], k: int) -> float:
    """DCG@k of grades in ranked order."""
    gains = (2 ** (grade - 1) - 1 for grade in grades)
    return sum(gain / math.log2(place + 2) for place, gain in zip(range(k), gains, strict=False))


def ndcg(grades: Mapping[str, int], scores: Mapping[str, float], k: int) -> float:
    """nDCG@k within the judged pool of one need; 0 where no judged offer has a gain.

    Equal scores are ordered by rising grade, offers without a score come last.
    """
    order = sorted(grades, key=lambda offer: (-scores.get(offer, -math.inf), grades[offer], offer))
    best = discounted_gain(sorted(grades.values(), reverse=True), k)
    return discounted_gain((grades[offer] for offer in order), k) / best if best else 0.0


def pool_ndcg(ranks: Sequence[int | None], k: int) -> float:
    """nDCG@k over the need's whole list with binary relevance, from the relevant offers' places; whatever was not
    judged counts as irrelevant. The measure for sets where only the relevant ones are known."""
    found = sum(1 / math.log2(rank + 1) for rank in ranks if rank is not None and rank <= k)
    return found / sum(1 / math.log2(place + 1) for place in range(1, min(k, len(ranks)) + 1))


def recall(ranks: Sequence[int | None], k: int) -> float:
    """Share of the relevant offers among the first k; `ranks` holds each one's place from 1, None where missing."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def reciprocal_rank(ranks: Sequence[int | None]) -> float:
    """1 / place of the first relevant offer, 0 where none is ranked."""
    first = first_rank(ranks)
    return 1 / first if first else 0.0


def first_rank(ranks: Sequence[int | None]) -> int | None:
    """Place of the first relevant offer."""
    return min((rank for rank in ranks if rank is not None), default=None)


class RankCounter:
    """Places of a need's relevant offers in its whole list, counted row by row without keeping the list.

    An irrelevant offer with an equal score comes before a relevant one; relevant offers with equal scores stand in the
    order of their identifiers.
    """

    def __init__(self, relevant_scores: Mapping[str, float]) -> None:
        self._order = sorted(relevant_scores, key=lambda offer: (relevant_scores[offer], offer), reverse=False)
        self._scores = [relevant_scores[offer] for offer in self._order]
        self._beaten = [0] * (len(self._order) + 1)
        self._relevant_scores = relevant_scores

    def see(self, offer: str, score: float) -> None:
        """Count one row of the need's list; rows of relevant offers are known already and change nothing."""
        if offer not in self._relevant_scores:
            self._beaten[bisect_right(self._scores, score)] += 1

    def ranks(self) -> dict[str, int]:
        """relevant offer -> its place from 1."""
        ahead = 0
        better: dict[str, int] = {}
        for index in range(len(self._order) - 1, -1, -1):
            ahead += self._beaten[index + 1]
            better[self._order[index]] = ahead
        ordered = sorted(self._order, key=lambda offer: (-self._relevant_scores[offer], offer))
        return {offer: better[offer] + place for place, offer in enumerate(ordered, start=1)}

"""Read a ranking of any length in two passes and keep what the judgements and the first places need.

First pass: scores, probabilities and grades of judged pairs, and each need's first places. Second pass: how many rows
stand ahead of each relevant offer. Memory grows with the judgements and the needs, and by 8 bytes a row (to find a
pair that stands twice), not with the text of the ranking.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from duijie.engines.matching.evaluation.measures import RankCounter
from duijie.engines.matching.evaluation.tables import identifier_in, number_in, rows_of
from duijie.engines.matching.faults import at

Judgements = Mapping[str, Mapping[str, int]]
Progress = Callable[[int], None]
PROGRESS_ROWS = 200_000


class FirstPlaces:
    """The k best (score, offer) of one need, equal scores in the order of the identifiers, rows in any order."""

    __slots__ = ("_floor", "_kept", "k")

    def __init__(self, k: int) -> None:
        self.k = k
        self._kept: list[tuple[float, str]] = []
        self._floor = -math.inf

    def see(self, offer: str, score: float) -> None:
        """Offer one row."""
        if score < self._floor:
            return
        self._kept.append((-score, offer))
        if len(self._kept) >= 2 * self.k:
            self._kept = sorted(self._kept)[: self.k]
            self._floor = -self._kept[-1][0]

    def best(self) -> list[str]:
        """The offers, best first."""
        return [offer for _, offer in sorted(self._kept)[: self.k]]


@dataclass
class NeedRanking:
    """What a ranking says about one judged need; keys are judged offers, `ranks` holds the relevant ones alone."""

    scores: dict[str, float] = field(default_factory=dict)
    probabilities: dict[str, float] = field(default_factory=dict)
    grades: dict[str, float] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    rows: int = 0


@dataclass
class Ranking:
    """A ranking file as far as it bears on the judgements, and the first places of all its needs."""

    name: str
    needs: dict[str, NeedRanking]
    first_places: dict[str, list[str]]
    rows: int
    has_probability: bool
    has_grade: bool

    def times_shown(self) -> Counter[str]:
        """offer -> number of needs among whose first places it stands."""
        return Counter(offer for offers in self.first_places.values() for offer in offers)


def collect(
    path: Path, judged: Judgements, *, relevant_grade: int, first: int, progress: Progress | None = None
) -> Ranking:
    """Read `path` (need_id, offer_id, score, and where present probability, grade) against the judgements.

    Raises InputFault: unreadable file, missing column, score that is no number, probability outside 0 to 1, grade
    outside 1 to 4, blank identifier, a pair that stands twice.
    """
    ranking = _first_pass(path, judged, first, progress)
    counters = {
        need: RankCounter(
            {o: s for o, s in of_need.scores.items() if judged[need][o] >= relevant_grade},
        )
        for need, of_need in ranking.needs.items()
    }
    for row, (need, offer, score) in rows_of(path, ("need_id", "offer_id", "score")):
        counter = counters.get(need or "")
        if counter is not None:
            counter.see(offer or "", float(score or ""))
        if progress and row % PROGRESS_ROWS == 0:
            progress(row)
    for need, counter in counters.items():
        ranking.needs[need].ranks = counter.ranks()
    return ranking


def _first_pass(path: Path, judged: Judgements, first: int, progress: Progress | None) -> Ranking:
    needs: dict[str, NeedRanking] = {}
    places: dict[str, FirstPlaces] = {}
    pairs = array("q")
    with_probability = with_grade = False
    for row, (need, offer, score_text, probability_text, grade_text) in rows_of(
        path, ("need_id", "offer_id", "score"), ("probability", "grade")
    ):
        need = identifier_in(path, row, "need_id", need or "")
        offer = identifier_in(path, row, "offer_id", offer or "")
        score = number_in(path, row, "score", score_text or "")
        pairs.append(hash((need, offer)))
        if need not in places:
            places[need] = FirstPlaces(first)
        places[need].see(offer, score)
        grades = judged.get(need)
        if progress and row % PROGRESS_ROWS == 0:
            progress(row)
        if grades is None:
            continue
        of_need = needs.setdefault(need, NeedRanking())
        of_need.rows += 1
        if offer not in grades:
            continue
        of_need.scores[offer] = score
        if probability_text:
            of_need.probabilities[offer] = _between(path, row, "probability", probability_text, 0, 1)
            with_probability = True
        if grade_text:
            of_need.grades[offer] = _between(path, row, "grade", grade_text, 1, 4)
            with_grade = True
    _refuse_repeats(path, pairs)
    return Ranking(
        path.name, needs, {need: kept.best() for need, kept in places.items()}, len(pairs), with_probability, with_grade
    )


def _between(path: Path, row: int, column: str, text: str, low: float, high: float) -> float:
    value = number_in(path, row, column, text)
    if not low <= value <= high:
        raise at(
            path.name, row, column, "out_of_range", f"{value:g} 不在 {low:g} 到 {high:g} 之间。",
            f"{value:g} does not lie between {low:g} and {high:g}.",
        )  # fmt: skip
    return value


def _refuse_repeats(path: Path, pairs: array[int]) -> None:
    """Hashes that occur twice are only suspects: the file is read again to compare the pairs themselves."""
    ordered = np.sort(np.frombuffer(pairs, dtype=np.int64)) if len(pairs) else np.zeros(0, dtype=np.int64)
    suspects = set(ordered[1:][ordered[1:] == ordered[:-1]].tolist())
    if not suspects:
        return
    seen: dict[tuple[str | None, str | None], int] = {}
    for row, (need, offer) in rows_of(path, ("need_id", "offer_id")):
        if hash((need, offer)) not in suspects:
            continue
        if (need, offer) in seen:
            raise at(
                path.name, row, "offer_id", "repeated",
                f"需求 {need} 与供给 {offer} 在第 {seen[need, offer]} 行已经出现过。",
                f"need {need} and offer {offer} stand in row {seen[need, offer]} already.",
            )  # fmt: skip
        seen[need, offer] = row

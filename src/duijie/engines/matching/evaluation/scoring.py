"""From a ranking and its judgements to figures: per need, averaged with intervals, and two systems compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from duijie.engines.matching.evaluation import measures
from duijie.engines.matching.evaluation.calibration import Calibration, calibrate
from duijie.engines.matching.evaluation.collection import Judgements, NeedRanking, Ranking
from duijie.engines.matching.evaluation.exposure import Exposure, exposure
from duijie.engines.matching.evaluation.intervals import (
    Difference,
    Estimate,
    mean_intervals,
    paired_differences,
    statistic_interval,
)
from duijie.engines.matching.faults import InputFault

UNLISTED_GRADE = 1


@dataclass(frozen=True)
class Settings:
    """How to score. Cut-offs count places; a grade of at least `relevant_grade` is suitable; `seed` fixes the bootstrap."""

    ndcg_at: tuple[int, ...] = (10,)
    recall_at: tuple[int, ...] = (10, 50)
    hit_at: tuple[int, ...] = (1, 10)
    relevant_grade: int = 3
    exposure_at: int = 10
    bins: int = 10
    resamples: int = 2000
    seed: int = 1


@dataclass(frozen=True)
class Missed:
    """A relevant offer outside the first places: its grade and its place in the whole list (None: not listed)."""

    offer: str
    grade: int
    rank: int | None


@dataclass(frozen=True)
class NeedFigures:
    """One need: figures by measure name (`nDCG@10`, ...), its relevant offers that were missed, worst first, and
    `misplaced`, the judged offers of grade 1 that the ranking puts above every relevant one, best scored first."""

    need: str
    judged: int
    relevant: int
    listed: int
    figures: Mapping[str, float]
    first_rank: int | None
    missed: tuple[Missed, ...]
    misplaced: tuple[str, ...]


@dataclass(frozen=True)
class GradeAccuracy:
    """1/(1+MAE) of predicted grades over all judged pairs; a pair the ranking does not list counts as predicted 1."""

    score: Estimate
    mean_error: float
    pairs: int
    judged_pairs: int


@dataclass(frozen=True)
class Evaluation:
    """All figures of one ranking. `measures` are averages over the needs with at least one relevant offer."""

    name: str
    settings: Settings
    rows: int
    judged_needs: int
    scored_needs: int
    unranked_needs: tuple[str, ...]
    unjudged_needs: int
    measures: Mapping[str, Estimate]
    grades: GradeAccuracy | None
    calibration: Calibration | None
    exposure: Exposure
    needs: tuple[NeedFigures, ...]

    def worst(self, count: int) -> list[NeedFigures]:
        """The needs with the lowest nDCG, then the latest first relevant offer."""
        key = f"nDCG@{self.settings.ndcg_at[0]}"
        return sorted(self.needs, key=lambda n: (n.figures[key], -(n.first_rank or 1 << 60), n.need))[:count]


@dataclass(frozen=True)
class Comparison:
    """Two rankings on the same judgements: each measure's paired difference, and the needs that moved most."""

    first: str
    second: str
    differences: Mapping[str, Difference]
    moved: tuple[tuple[str, float, float], ...]


def figures_of_need(
    need: str, grades: Mapping[str, int], ranking: NeedRanking, settings: Settings, *, with_grades: bool = False
) -> NeedFigures:
    """Every measure of one need that has at least one relevant offer; `with_grades` adds the mean error of the grades."""
    relevant = [offer for offer, grade in grades.items() if grade >= settings.relevant_grade]
    ranks = [ranking.ranks.get(offer) for offer in relevant]
    figures = {f"nDCG@{k}": measures.ndcg(grades, ranking.scores, k) for k in settings.ndcg_at}
    figures |= {f"recall@{k}": measures.recall(ranks, k) for k in settings.recall_at}
    figures["MRR"] = measures.reciprocal_rank(ranks)
    figures |= {f"pool nDCG@{k}": measures.pool_ndcg(ranks, k) for k in settings.ndcg_at}
    first = measures.first_rank(ranks)
    figures |= {f"hit@{k}": float(first is not None and first <= k) for k in settings.hit_at}
    if with_grades:
        figures["grade error"] = _grade_error(grades, ranking) / len(grades)
    missed = [
        Missed(offer, grades[offer], rank)
        for offer, rank in zip(relevant, ranks, strict=True)
        if rank is None or rank > settings.exposure_at
    ]
    best = max((ranking.scores[o] for o in relevant if o in ranking.scores), default=-np.inf)
    ahead = [o for o, s in ranking.scores.items() if grades[o] == 1 and s >= best]
    return NeedFigures(
        need=need,
        judged=len(grades),
        relevant=len(relevant),
        listed=ranking.rows,
        figures=figures,
        first_rank=first,
        missed=tuple(sorted(missed, key=lambda m: (-m.grade, -(m.rank or 1 << 60), m.offer))),
        misplaced=tuple(sorted(ahead, key=lambda o: (-ranking.scores[o], o))),
    )


def evaluate(ranking: Ranking, judged: Judgements, settings: Settings, *, offers: int | None = None) -> Evaluation:
    """Score a collected ranking. `offers` is the size of the pool that could be shown (default: those ever listed
    among the first places or judged).

    Raises InputFault `nothing_relevant` where no need has a relevant judgement.
    """
    needs = [
        figures_of_need(need, grades, ranking.needs.get(need, NeedRanking()), settings, with_grades=ranking.has_grade)
        for need, grades in judged.items()
        if any(grade >= settings.relevant_grade for grade in grades.values())
    ]
    if not needs:
        raise InputFault(
            "nothing_relevant",
            f"评判文件中没有等级不低于 {settings.relevant_grade} 的供给，无法评分。",
            f"No offer in the judgements has a grade of at least {settings.relevant_grade}: nothing can be scored.",
        )
    estimates = mean_intervals(
        np.array([list(n.figures.values()) for n in needs]), resamples=settings.resamples, seed=settings.seed
    )
    shown = ranking.times_shown()
    pool = offers or len(set(shown).union(*(grades.keys() for grades in judged.values())))
    return Evaluation(
        name=ranking.name,
        settings=settings,
        rows=ranking.rows,
        judged_needs=len(judged),
        scored_needs=len(needs),
        unranked_needs=tuple(need for need in judged if need not in ranking.needs),
        unjudged_needs=sum(need not in judged for need in ranking.first_places),
        measures=dict(zip(needs[0].figures, estimates, strict=True)),
        grades=_grade_accuracy(ranking, judged, settings) if ranking.has_grade else None,
        calibration=_calibration(ranking, judged, settings) if ranking.has_probability else None,
        exposure=exposure(shown, pool, settings.exposure_at),
        needs=tuple(needs),
    )


def _grade_error(grades: Mapping[str, int], ranking: NeedRanking) -> float:
    """Sum of |predicted - given| over the need's judged offers."""
    return sum(abs(grade - ranking.grades.get(offer, UNLISTED_GRADE)) for offer, grade in grades.items())


def _grade_accuracy(ranking: Ranking, judged: Judgements, settings: Settings) -> GradeAccuracy:
    sums = []
    stated = 0
    for need, grades in judged.items():
        of_need = ranking.needs.get(need, NeedRanking())
        stated += len(of_need.grades)
        sums.append([_grade_error(grades, of_need), len(grades)])
    totals = np.array(sums, dtype=float)
    return GradeAccuracy(
        score=statistic_interval(
            totals, lambda t: 1 / (1 + t[:, 0] / t[:, 1]), resamples=settings.resamples, seed=settings.seed
        ),
        mean_error=float(totals[:, 0].sum() / totals[:, 1].sum()),
        pairs=stated,
        judged_pairs=int(totals[:, 1].sum()),
    )


def _calibration(ranking: Ranking, judged: Judgements, settings: Settings) -> Calibration:
    per_need = []
    for need, of_need in ranking.needs.items():
        if of_need.probabilities:
            offers = list(of_need.probabilities)
            suitable = np.array([judged[need][o] >= settings.relevant_grade for o in offers], dtype=float)
            per_need.append((np.array([of_need.probabilities[o] for o in offers]), suitable))
    pairs = sum(len(grades) for grades in judged.values())
    return calibrate(per_need, pairs, bins=settings.bins, resamples=settings.resamples, seed=settings.seed)


def compare(first: Evaluation, second: Evaluation, *, moved: int = 10) -> Comparison:
    """Paired comparison of two evaluations made with the same judgements and settings, first minus second."""
    mine = {n.need: n.figures for n in first.needs}
    other = {n.need: n.figures for n in second.needs}
    if list(mine) != list(other) or first.settings != second.settings:
        raise ValueError("two evaluations can be compared only on the same judgements and settings")
    settings = first.settings
    names = [name for name in first.measures if name in second.measures]
    differences = paired_differences(
        *(np.array([[figures[name] for name in names] for figures in side.values()]) for side in (mine, other)),
        resamples=settings.resamples,
        seed=settings.seed,
    )
    key = f"nDCG@{settings.ndcg_at[0]}"
    rows = [(need, mine[need][key], other[need][key]) for need in mine]
    rows = [row for row in rows if row[1] != row[2]]
    rows.sort(key=lambda row: (-abs(row[1] - row[2]), row[0]))
    return Comparison(first.name, second.name, dict(zip(names, differences, strict=True)), tuple(rows[:moved]))

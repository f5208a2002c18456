"""Which weights are in force, and fitting new ones to the exchange's own answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from duijie.core.errors import Fault
from duijie.engines.matching import MatchIndex, Ranking, default_ranking
from duijie.engines.matching.training import Judged, NotEnoughJudgements, held_out_by, judged_of, ndcg, train
from duijie.match.documents import document_of
from duijie.match.judgements import Answers, collected
from duijie.match.models import LearntRanking

logger = logging.getLogger(__name__)
LEAST_NEEDS, LEAST_PAIRS = 30, 300
"""Fewer answers than these teach nothing that would hold on other needs."""


def in_force() -> LearntRanking | None:
    """The learnt weights in force; None where those that ship with the project are."""
    return LearntRanking.objects.filter(in_force=True).first()


@lru_cache(maxsize=4)
def _parsed(uid: str) -> Ranking:
    return Ranking.of(LearntRanking.objects.values_list("weights", flat=True).get(uid=uid))


def ranking_in_force() -> Ranking:
    """The weights to rank with. Learnt ones that belong to other features than this version computes are passed over."""
    uid = LearntRanking.objects.filter(in_force=True).values_list("uid", flat=True).first()
    if uid is None:
        return default_ranking()
    try:
        return _parsed(uid)
    except (ValueError, TypeError):
        logger.warning("the learnt weights were made by another version; the shipped ones are used until training")
        return default_ranking()


def _judged(index: MatchIndex, answers: Answers) -> Judged:
    pairs = [(document_of(answers.giving[pk]), grade) for pk, grade in sorted(answers.grades.items())]
    return judged_of(index, document_of(answers.asking), pairs)


def fit(index: MatchIndex, progress: Callable[[int, int], None] = lambda done, total: None) -> LearntRanking:
    """Fit weights to all answers and compare them, on held-out needs, with those in force. The row is not saved."""
    answers = [one for one in collected() if len(one.grades) > 1]
    pairs = sum(len(one.grades) for one in answers)
    if len(answers) < LEAST_NEEDS or pairs < LEAST_PAIRS:
        raise too_few(len(answers), pairs)
    judged = []
    for done, one in enumerate(answers, 1):
        judged.append(_judged(index, one))
        progress(done, len(answers))
    try:
        outcome = train(judged, note=f"{len(judged)} needs, {pairs} judged pairs of this exchange")
    except NotEnoughJudgements:
        raise too_few(len(answers), pairs) from None
    new, old = ndcg(judged, outcome.logits), ndcg(judged, held_out_by(judged, index.ranking))
    difference = new - old
    half = 1.96 * float(difference.std(ddof=1)) / np.sqrt(difference.size) if difference.size > 1 else float("inf")
    grades = np.concatenate([one.grades for one in judged])
    better = bool(difference.mean() - half > 0)
    return LearntRanking(
        weights=outcome.ranking.as_values(), needs=len(judged), pairs=pairs, suitable=int((grades >= 3).sum()),
        ndcg_new=float(new.mean()), ndcg_before=float(old.mean()), difference=float(difference.mean()),
        half_width=min(float(half), 1.0), better=better, before=in_force(),
    )  # fmt: skip


def too_few(needs: int, pairs: int) -> Fault:
    return Fault(
        "judgements.few",
        f"答复还不够：现有 {needs} 条需求、{pairs} 个配对，至少要 {LEAST_NEEDS} 条、{LEAST_PAIRS} 个，且有合适也有不合适的。",
        f"Too few answers: {needs} needs with {pairs} pairs; at least {LEAST_NEEDS} and {LEAST_PAIRS} are required, suitable and unsuitable ones.",
        status=409,
    )

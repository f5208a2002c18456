"""Fitting the ranking to judgements: weights, calibration, grades; evaluation on needs that were held out.

Weights are a ridge regression of the grade (1 to 4, as 0 to 3) on the standardised features, both centred within each need, so
that only the order inside a need is learnt. The probability of "suitable" is a logistic function of the score, fitted on
scores of needs that the weights had not seen. Measured against LambdaRank trees and kernel ridge on the same features, which
gave no better order (docs/matching.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.document import Document
from duijie.engines.matching.features import FEATURES
from duijie.engines.matching.index import MatchIndex
from duijie.engines.matching.ranking import LONG_WEIGHTS, Ranking, standardised

FOLDS = 5
PENALTY = 2000.0
USUAL_WEIGHT = 50.0
SUITABLE = 3
"""The grade from which a pair counts as suitable."""

Floats = NDArray[np.float64]


def fold_of(title: str) -> int:
    """The fold of a need: equal titles fall into the same one."""
    return int(hashlib.sha256(title.encode("utf-8", "replace")).hexdigest(), 16) % FOLDS


@dataclass(frozen=True, slots=True)
class Judged:
    """One need with its judged offers: raw features (offers, features), reference features, grades 1 to 4, fold."""

    need: str
    offers: tuple[str, ...]
    values: Floats
    reference_mean: Floats
    reference_deviation: Floats
    reference_size: int
    grades: NDArray[np.int64]
    fold: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What training came to: the ranking fitted on everything, and predictions of needs when they were held out.

    `scores`, `logits` and `probabilities` hold one array per need in the order of the judged needs; `grades` the expected ones.
    """

    ranking: Ranking
    logits: list[Floats]
    probabilities: list[Floats]
    grades: list[NDArray[np.int64]]


class NotEnoughJudgements(ValueError):
    """There is nothing to learn from."""


def judged_needs(
    index: MatchIndex, needs: Sequence[Document], judgements: Mapping[str, Mapping[str, int]],
    progress: Callable[[int, int], None] | None = None,
) -> list[Judged]:  # fmt: skip
    """Features of all judged pairs; both sides must be in the index. Judgements of unknown offers are left out."""
    found = []
    for done, need in enumerate(needs):
        grades = judgements.get(need.id, {})
        offers = [identity for identity in sorted(grades) if identity in index]
        if offers:
            values, reference = index.compare(need, offers)
            found.append(_judged(need, offers, values, reference, [grades[each] for each in offers]))
        if progress:
            progress(done + 1, len(needs))
    return found


def judged_of(index: MatchIndex, need: Document, offers: Sequence[tuple[Document, int]]) -> Judged:
    """Features of one need with graded documents, neither of which need be in the index."""
    values, reference = index.compare_documents(need, [document for document, _ in offers])
    return _judged(need, [document.id for document, _ in offers], values, reference, [grade for _, grade in offers])


def _judged(need: Document, offers: Sequence[str], values: Floats, reference: Floats, grades: Sequence[int]) -> Judged:
    nothing = np.zeros(values.shape[1])
    mean, deviation = (reference.mean(axis=0), reference.std(axis=0)) if reference.size else (nothing, nothing)
    return Judged(
        need.id, tuple(offers), values, mean, deviation, reference.shape[0], np.array(grades), fold_of(need.title)
    )


def _usual(judged: Sequence[Judged]) -> tuple[Floats, Floats]:
    means = np.mean([each.reference_mean for each in judged], axis=0)
    deviations = np.sqrt(np.mean([each.reference_deviation**2 for each in judged], axis=0))
    return means, np.maximum(deviations, 1e-6)


def _standardised(each: Judged, usual: tuple[Floats, Floats]) -> Floats:
    pair = np.stack([each.reference_mean - each.reference_deviation, each.reference_mean + each.reference_deviation])
    sample = np.repeat(pair, max(each.reference_size // 2, 1), axis=0)  # any sample of this mean and deviation serves
    found = standardised(each.values, sample, *usual, USUAL_WEIGHT)
    found[:, -1] = 0  # the body's share mixes, it is not weighed
    return found


def _weights(values: Sequence[Floats], judged: Sequence[Judged], penalty: float) -> Floats:
    """Ridge regression within needs, on features divided by their spread over all judged pairs."""
    spread = np.maximum(np.concatenate(values).std(axis=0), 1e-9)
    centred = np.concatenate([(each - each.mean(axis=0)) / spread for each in values])
    target = np.concatenate([each.grades - each.grades.mean() for each in judged])
    size = centred.shape[1]
    found: Floats = np.linalg.solve(centred.T @ centred + penalty * np.eye(size), centred.T @ target) / spread
    return found


def _logistic(scores: Floats, suitable: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept by Newton's method, with Platt's targets so that the fit is finite."""
    good, bad = int(suitable.sum()), int((~suitable).sum())
    target = np.where(suitable, (good + 1) / (good + 2), 1 / (bad + 2))
    design = np.stack([scores, np.ones_like(scores)], axis=1)
    found = np.array([0.0, np.log((good + 1) / (bad + 1))])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-np.clip(design @ found, -40, 40)))
        gradient = design.T @ (probability - target) + np.array([1e-6, 0]) * found
        hessian = (design * (probability * (1 - probability))[:, None]).T @ design + 1e-9 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        found -= step
        if np.abs(step).max() < 1e-10:
            break
    return float(found[0]), float(found[1])


def _grade_from(logits: Floats, grades: NDArray[np.int64]) -> tuple[float, float, float]:
    """Rising thresholds with the least mean absolute error, found one after the other over quantiles of the logits."""
    candidates = np.concatenate([[-1e9], np.quantile(logits, np.linspace(0.02, 0.998, 100)), [1e9]])
    thresholds = np.array([np.median(logits), *np.quantile(logits, [0.9, 0.98])])
    for _ in range(4):
        for place in range(3):
            best = (np.inf, thresholds[place])
            for value in candidates:
                trial = thresholds.copy()
                trial[place] = value
                if np.all(np.diff(trial) >= 0):
                    error = float(np.abs(1 + (logits[:, None] >= trial).sum(axis=1) - grades).mean())
                    best = min(best, (error, value))
            thresholds[place] = best[1]
    return float(thresholds[0]), float(thresholds[1]), float(thresholds[2])


def train(judged: Sequence[Judged], *, penalty: float = PENALTY, note: str = "") -> Outcome:
    """Fit a ranking; raises NotEnoughJudgements unless two folds hold judged needs and both suitable and other pairs occur."""
    grades = np.concatenate([each.grades for each in judged]) if judged else np.zeros(0, np.int64)
    folds = sorted({each.fold for each in judged})
    if len(folds) < 2 or not (grades >= SUITABLE).any() or (grades >= SUITABLE).all():
        raise NotEnoughJudgements("judgements of several needs, suitable and unsuitable, are needed to learn from")
    usual = _usual(judged)
    values = [_standardised(each, usual) for each in judged]
    held_out: list[Floats] = [np.zeros(0)] * len(judged)
    for fold in folds:
        inside = [place for place, each in enumerate(judged) if each.fold != fold]
        weights = _weights([values[place] for place in inside], [judged[place] for place in inside], penalty)
        for place, each in enumerate(judged):
            if each.fold == fold:
                held_out[place] = values[place] @ weights
    outcome = _calibrated(judged, held_out, folds)
    slope, intercept = _logistic(np.concatenate(held_out), grades >= SUITABLE)
    long_slope, long_intercept = _logistic(np.concatenate(values) @ LONG_WEIGHTS, grades >= SUITABLE)
    everything = slope * np.concatenate(held_out) + intercept
    strong, fair = 0.4, 0.2
    ranking = Ranking(
        FEATURES, tuple(map(float, _weights(values, judged, penalty))), tuple(map(float, usual[0])), tuple(map(float, usual[1])),
        USUAL_WEIGHT, slope, intercept, long_slope, long_intercept, _grade_from(everything, grades), strong, fair, note,
    )  # fmt: skip
    return Outcome(ranking, *outcome)


def _calibrated(
    judged: Sequence[Judged], held_out: Sequence[Floats], folds: Sequence[int]
) -> tuple[list[Floats], list[Floats], list[NDArray[np.int64]]]:
    """Logits, probabilities and grades of each need, by calibration on the other folds' held-out scores."""
    logits: list[Floats] = [np.zeros(0)] * len(judged)
    expected: list[NDArray[np.int64]] = [np.zeros(0, np.int64)] * len(judged)
    for fold in folds:
        others = [place for place, each in enumerate(judged) if each.fold != fold]
        scores = np.concatenate([held_out[place] for place in others])
        grades = np.concatenate([judged[place].grades for place in others])
        slope, intercept = _logistic(scores, grades >= SUITABLE)
        thresholds = np.array(_grade_from(slope * scores + intercept, grades))
        for place, each in enumerate(judged):
            if each.fold == fold:
                logits[place] = slope * held_out[place] + intercept
                expected[place] = 1 + (logits[place][:, None] >= thresholds).sum(axis=1)
    return logits, [1 / (1 + np.exp(-each)) for each in logits], expected


def held_out_by(judged: Sequence[Judged], ranking: Ranking) -> list[Floats]:
    """Logits of each need's offers by a given ranking: to compare a new one with the one in use."""
    usual = np.array(ranking.usual_means), np.array(ranking.usual_deviations)
    return [
        ranking.slope * (_standardised(each, usual) @ np.array(ranking.weights)) + ranking.intercept for each in judged
    ]


def ndcg(judged: Sequence[Judged], scores: Sequence[Floats], *, depth: int = 10) -> Floats:
    """nDCG of each need that has a suitable offer (gain 2^(grade - 1) - 1; equal scores take the worst order)."""
    found = []
    for each, score in zip(judged, scores, strict=True):
        if (each.grades >= SUITABLE).any():
            gains = 2.0 ** (each.grades - 1) - 1
            discounts = 1 / np.log2(np.arange(2, depth + 2))
            got = gains[np.lexsort((each.grades, -score))][:depth]
            best = np.sort(gains)[::-1][:depth]
            found.append((got * discounts[: got.size]).sum() / (best * discounts[: best.size]).sum())
    return np.array(found)


__all__ = [
    "Judged", "NotEnoughJudgements", "Outcome", "fold_of", "held_out_by", "judged_needs", "judged_of", "ndcg", "train",
]  # fmt: skip

"""Uncertainty of an average over needs, and of the difference between two systems on the same needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
CHUNK_CELLS = 4_000_000
EXACT_FLIPS = 14


@dataclass(frozen=True)
class Estimate:
    """A figure with its standard error and confidence interval; `count` is the number of needs behind it."""

    value: float
    standard_error: float
    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Difference:
    """First system minus second on the same needs: interval, two tests, and on how many needs each is ahead."""

    first: float
    second: float
    difference: Estimate
    flip_p: float
    t_p: float
    wins: int
    losses: int
    ties: int


def resample_weights(count: int, resamples: int, seed: int) -> Iterator[Floats]:
    """Yield (rows, count) weights, a few resamples at a time: how often each need was drawn in each bootstrap resample."""
    generator = np.random.default_rng(seed)
    rows = max(1, min(resamples, CHUNK_CELLS // max(count, 1)))
    for start in range(0, resamples, rows):
        size = min(rows, resamples - start)
        drawn = generator.integers(0, count, size=(size, count))
        drawn += np.arange(size)[:, None] * count
        yield np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count).astype(float)


def mean_interval(values: Floats, *, resamples: int, seed: int, level: float = 0.95) -> Estimate:
    """Mean of one figure per need with a bias-corrected and accelerated bootstrap interval; see `mean_intervals`."""
    return mean_intervals(np.asarray(values, dtype=float)[:, None], resamples=resamples, seed=seed, level=level)[0]


def mean_intervals(values: Floats, *, resamples: int, seed: int, level: float = 0.95) -> list[Estimate]:
    """Means of (needs, figures) with bias-corrected and accelerated bootstrap intervals (Efron 1987), resampling needs.

    All figures are resampled together. One need, or needs that all agree, give an interval without width.
    """
    count = len(values)
    means = np.concatenate([weights @ values for weights in resample_weights(count, resamples, seed)]) / count
    return [_accelerated(values[:, column], means[:, column], level) for column in range(values.shape[1])]


def _accelerated(values: Floats, means: Floats, level: float) -> Estimate:
    count = len(values)
    mean = math.fsum(values) / count
    deviations = values - mean
    spread = math.fsum(deviations**2)
    error = math.sqrt(spread / (count * max(count - 1, 1)))
    if count == 1 or spread <= 1e-24 * max(1.0, mean * mean):
        return Estimate(mean, error, mean, mean, count)
    below = (np.sum(means < mean) + 0.5 * np.sum(means == mean)) / len(means)
    bias = float(stats.norm.ppf(np.clip(below, 1 / (2 * len(means)), 1 - 1 / (2 * len(means)))))
    # The jackknife's acceleration of a mean is its skewness over six root n.
    acceleration = math.fsum(deviations**3) / (6 * spread**1.5)
    tails = stats.norm.ppf([(1 - level) / 2, (1 + level) / 2])
    shifted = bias + (bias + tails) / (1 - acceleration * (bias + tails))
    low, high = np.quantile(means, stats.norm.cdf(shifted))
    return Estimate(mean, error, float(low), float(high), count)


def statistic_interval(
    sums: Floats, statistic: Callable[[Floats], Floats], *, resamples: int, seed: int, level: float = 0.95
) -> Estimate:
    """Percentile bootstrap of a figure computed from sums over needs (an error ratio, a calibration error).

    `sums` is (needs, terms); `statistic` maps (rows, terms) of totals to (rows,) figures.
    """
    count = len(sums)
    value = float(statistic(sums.sum(axis=0, keepdims=True))[0])
    drawn = np.concatenate([statistic(weights @ sums) for weights in resample_weights(count, resamples, seed)])
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]) if len(drawn) else (value, value)
    return Estimate(value, float(np.std(drawn)) if len(drawn) else 0.0, float(low), float(high), count)


def sign_flip_p(differences: Floats, *, flips: int = 10_000, seed: int = 1) -> float:
    """Two-sided p of the paired randomisation test (Smucker, Allan and Carterette 2007).

    All sign patterns are tried for up to 14 needs that differ; beyond that `flips` seeded ones, the observed one counted.
    """
    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    observed = abs(moved.sum()) - 1e-12 * np.abs(moved).sum()
    if len(moved) <= EXACT_FLIPS:
        patterns = np.arange(1 << len(moved))[:, None] >> np.arange(len(moved)) & 1
        return float(np.mean(np.abs((1 - 2 * patterns) @ moved) >= observed))
    generator = np.random.default_rng(seed)
    rows = max(1, CHUNK_CELLS // len(moved))
    reached = 0
    for start in range(0, flips, rows):
        signs = generator.integers(0, 2, size=(min(rows, flips - start), len(moved)), dtype=np.int8)
        reached += int(np.sum(np.abs((1.0 - 2.0 * signs) @ moved) >= observed))
    return (reached + 1) / (flips + 1)


def paired_differences(first: Floats, second: Floats, *, resamples: int, seed: int) -> list[Difference]:
    """Compare two systems need by need on (needs, figures): BCa interval of each mean difference, sign-flip test, t-test."""
    differences = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    estimates = mean_intervals(differences, resamples=resamples, seed=seed)
    return [
        _difference(first[:, column], second[:, column], estimate, seed) for column, estimate in enumerate(estimates)
    ]


def paired_difference(first: Floats, second: Floats, *, resamples: int, seed: int) -> Difference:
    """`paired_differences` of one figure per need."""
    columns = (np.asarray(side, dtype=float)[:, None] for side in (first, second))
    return paired_differences(*columns, resamples=resamples, seed=seed)[0]


def _difference(first: Floats, second: Floats, estimate: Estimate, seed: int) -> Difference:
    differences = first - second
    t_p = 1.0
    if estimate.standard_error > 0:
        t_p = float(2 * stats.t.sf(abs(estimate.value) / estimate.standard_error, estimate.count - 1))
    elif estimate.value:
        t_p = math.nan if estimate.count == 1 else 0.0
    return Difference(
        first=math.fsum(first) / len(differences),
        second=math.fsum(second) / len(differences),
        difference=estimate,
        flip_p=sign_flip_p(differences, seed=seed),
        t_p=t_p,
        wins=int(np.sum(differences > 0)),
        losses=int(np.sum(differences < 0)),
        ties=int(np.sum(differences == 0)),
    )

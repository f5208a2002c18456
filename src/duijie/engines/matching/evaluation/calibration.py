"""Whether a stated probability of "suitable" comes true: expected calibration error, Brier score, reliability bins."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from duijie.engines.matching.evaluation.intervals import Estimate, Floats, statistic_interval


@dataclass(frozen=True)
class ReliabilityBin:
    """Judged pairs whose probability lies in [low, high): their number, mean probability and share suitable.

    `share_low` and `share_high` are Wilson's 95 % interval of the share; all four are None in an empty bin.
    """

    low: float
    high: float
    pairs: int
    mean_probability: float | None
    share_suitable: float | None
    share_low: float | None
    share_high: float | None


@dataclass(frozen=True)
class Calibration:
    """Calibration over the judged pairs that carry a probability (`pairs` of `judged_pairs`)."""

    pairs: int
    judged_pairs: int
    expected_error: Estimate
    equal_count_error: float
    largest_error: float
    brier: Estimate
    base_rate: float
    bins: tuple[ReliabilityBin, ...]


def wilson(successes: int, count: int, z: float = 1.959963984540054) -> tuple[float, float]:
    """Wilson's score interval of a share (1927)."""
    share = successes / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, centre - half), min(1.0, centre + half)


def expected_calibration_error(probabilities: Floats, suitable: Floats, edges: Floats) -> float:
    """Sum over bins of (pairs in the bin / all pairs) x |mean probability - share suitable| (Naeini et al. 2015)."""
    place = bin_of(probabilities, edges)
    gaps = np.bincount(place, weights=probabilities - suitable, minlength=len(edges) - 1)
    return float(np.abs(gaps).sum() / len(probabilities))


def bin_of(probabilities: Floats, edges: Floats) -> np.ndarray:
    """Index of the half-open bin of each probability; the last bin includes 1."""
    return np.clip(np.searchsorted(edges, probabilities, side="right") - 1, 0, len(edges) - 2)


def equal_count_edges(probabilities: Floats, bins: int) -> Floats:
    """Edges that put about the same number of pairs into each bin (fewer bins where values repeat)."""
    inner = np.quantile(probabilities, np.linspace(0, 1, bins + 1)[1:-1])
    return np.unique(np.concatenate([[0.0], inner, [1.0]]))


def calibrate(
    per_need: Sequence[tuple[Floats, Floats]], judged_pairs: int, *, bins: int, resamples: int, seed: int
) -> Calibration:
    """Calibration of (probabilities, suitable 0/1) arrays, one pair of arrays per need; resampled by need.

    Needs without any probability must be left out; at least one must remain.
    """
    edges = np.linspace(0, 1, bins + 1)
    sums = np.array([_sums(probabilities, suitable, edges) for probabilities, suitable in per_need])
    probabilities = np.concatenate([pair[0] for pair in per_need])
    suitable = np.concatenate([pair[1] for pair in per_need])
    table = _bins(probabilities, suitable, edges)
    gaps = [abs(b.mean_probability - b.share_suitable) for b in table if b.pairs]  # type: ignore[operator]
    return Calibration(
        pairs=len(probabilities),
        judged_pairs=judged_pairs,
        expected_error=statistic_interval(
            sums, lambda t: np.abs(t[:, :bins]).sum(axis=1) / np.maximum(t[:, -2], 1), resamples=resamples, seed=seed
        ),
        equal_count_error=expected_calibration_error(probabilities, suitable, equal_count_edges(probabilities, bins)),
        largest_error=max(gaps),
        brier=statistic_interval(sums, lambda t: t[:, -1] / np.maximum(t[:, -2], 1), resamples=resamples, seed=seed),
        base_rate=float(suitable.mean()),
        bins=table,
    )


def _sums(probabilities: Floats, suitable: Floats, edges: Floats) -> Floats:
    gaps = np.bincount(bin_of(probabilities, edges), weights=probabilities - suitable, minlength=len(edges) - 1)
    return np.concatenate([gaps, [len(probabilities), ((probabilities - suitable) ** 2).sum()]])


def _bins(probabilities: Floats, suitable: Floats, edges: Floats) -> tuple[ReliabilityBin, ...]:
    place = bin_of(probabilities, edges)
    table = []
    for index, (low, high) in enumerate(itertools.pairwise(edges)):
        inside = place == index
        count = int(inside.sum())
        if not count:
            table.append(ReliabilityBin(float(low), float(high), 0, None, None, None, None))
            continue
        good = int(suitable[inside].sum())
        table.append(
            ReliabilityBin(
                float(low), float(high), count, float(probabilities[inside].mean()), good / count, *wilson(good, count)
            )
        )
    return tuple(table)

"""Variance-based sensitivity: Saltelli's design of N(d+2) runs, first-order and total indices, bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from duijie.engines.composite.panel import Floats


@dataclass(frozen=True)
class Sensitivity:
    """Indices per input; the intervals are the 5 and 95 per cent quantiles of a bootstrap, NaN without one."""

    names: tuple[str, ...]
    variance: float
    first: Floats
    total: Floats
    first_low: Floats
    first_high: Floats
    total_low: Floats
    total_high: Floats


def saltelli_design(size: int, inputs: int, seed: int, sequence: str = "random") -> Floats:
    """(size × (inputs + 2), inputs) points in [0, 1): matrix A, matrix B, then A with one column after another from B.

    `sequence` is "random" or "quasi" (scrambled Sobol points, for which `size` should be a power of two).
    """
    if sequence == "quasi":
        base = scipy.stats.qmc.Sobol(2 * inputs, scramble=True, rng=seed).random(size)
    else:
        base = np.random.default_rng(seed).random((size, 2 * inputs))
    first, second = base[:, :inputs], base[:, inputs:]
    mixed = []
    for at in range(inputs):
        block = first.copy()
        block[:, at] = second[:, at]
        mixed.append(block)
    return np.vstack([first, second, *mixed])


def _indices(first: Floats, second: Floats, mixed: Floats) -> tuple[float, Floats, Floats]:
    """Saltelli 2010 for the first order, Jansen 1999 for the total, over the variance of A and B together."""
    variance = float(np.var(np.concatenate([first, second]), ddof=1))
    main = (second[:, None] * (mixed - first[:, None])).mean(axis=0) / variance
    total = ((first[:, None] - mixed) ** 2).mean(axis=0) / (2 * variance)
    return variance, main, total


def estimate(output: Floats, names: Sequence[str], *, bootstrap: int = 0, seed: int = 0) -> Sensitivity:
    """Indices from the outputs of a Saltelli design, (size × (inputs + 2),) in the design's order.

    The bootstrap draws rows of the design, so that the three matrices stay matched.
    """
    inputs = len(names)
    size = len(output) // (inputs + 2)
    first, second = output[:size], output[size : 2 * size]
    mixed = output[2 * size :].reshape(inputs, size).T
    variance, main, total = _indices(first, second, mixed)
    gaps = np.full(inputs, np.nan)
    if bootstrap == 0:
        return Sensitivity(tuple(names), variance, main, total, gaps, gaps, gaps, gaps)
    generator = np.random.default_rng(seed)
    drawn = []
    for _ in range(bootstrap):
        rows = generator.integers(0, size, size)
        with np.errstate(all="ignore"):
            drawn.append(_indices(first[rows], second[rows], mixed[rows])[1:])
    # A draw without variance has no indices.
    good = [pair for pair in drawn if np.isfinite(pair[0]).all() and np.isfinite(pair[1]).all()]
    if not good:
        return Sensitivity(tuple(names), variance, main, total, gaps, gaps, gaps, gaps)
    mains, totals = np.array([one for one, _ in good]), np.array([other for _, other in good])
    low, high = 0.05, 0.95
    return Sensitivity(
        tuple(names),
        variance,
        main,
        total,
        np.quantile(mains, low, axis=0),
        np.quantile(mains, high, axis=0),
        np.quantile(totals, low, axis=0),
        np.quantile(totals, high, axis=0),
    )

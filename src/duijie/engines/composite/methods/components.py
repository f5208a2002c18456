"""Principal components, factors with varimax rotation, Cronbach's alpha."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.panel import Floats


@dataclass(frozen=True)
class Components:
    """Principal components of standardised columns: `deviations` (sd of each), `rotation` (columns, components)."""

    deviations: Floats
    rotation: Floats

    @property
    def shares(self) -> Floats:
        """Share of the variance that each component explains."""
        return self.deviations**2 / (self.deviations**2).sum()

    @property
    def loadings(self) -> Floats:
        """Correlations of columns with components."""
        return self.rotation * self.deviations


def principal_components(values: Floats, place: str = "") -> Components:
    """Components of (rows, columns) after standardising, rows with gaps left out; the first has a positive sum.

    Raises:
        CompositeError: fewer than two complete rows, or a column of one value.
    """
    complete = values[~np.isnan(values).any(axis=1)]
    if len(complete) < 2:
        refuse("too_few_rows", place, count=len(complete))
    spread = complete.std(axis=0, ddof=1)
    if bool((spread == 0).any()):
        refuse("one_value", f"{place} [{int(np.argmin(spread))}]", value=float(complete[0, int(np.argmin(spread))]))
    standard = (complete - complete.mean(axis=0)) / spread
    _, singular, transposed = np.linalg.svd(standard, full_matrices=False)
    rotation = transposed.T * np.where(transposed.sum(axis=1) < 0, -1.0, 1.0)
    return Components(singular / np.sqrt(len(complete) - 1), rotation)


def varimax(loadings: Floats, rounds: int = 500, tolerance: float = 1e-10) -> Floats:
    """Loadings turned so that each column loads high on few factors (Kaiser 1958, rows brought to length one)."""
    length = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    unit = loadings / length
    turn = np.eye(loadings.shape[1])
    before = 0.0
    for _ in range(rounds):
        turned = unit @ turn
        target = turned**3 - turned * (turned**2).sum(axis=0) / len(loadings)
        left, singular, right = np.linalg.svd(unit.T @ target)
        turn = left @ right
        if singular.sum() < before * (1 + tolerance):
            break
        before = float(singular.sum())
    return unit @ turn * length


def factor_weights(values: Floats, factors: int | None, place: str = "") -> tuple[Floats, Floats]:
    """Weights from rotated factors (Nicoletti, Scarpetta, Boylaud 2000; OECD handbook, step 6), and the rotated loadings.

    Each column belongs to the factor it loads highest on; its weight is its squared loading's share of that factor's
    variance, times the factor's share of the variance of all. By default the factors with an eigenvalue of 0.9 or more
    are kept.
    """
    found = principal_components(values, place)
    kept = factors if factors is not None else max(1, int((found.deviations**2 >= 0.9).sum()))
    if not 1 <= kept <= values.shape[1]:
        refuse("factors_number", place, count=kept, columns=values.shape[1])
    rotated = varimax(found.loadings[:, :kept]) if kept > 1 else found.loadings[:, :1]
    squares = rotated**2
    variance = squares.sum(axis=0)
    best = squares.argmax(axis=1)
    weights = squares[np.arange(len(squares)), best] / variance[best] * variance[best] / variance.sum()
    return weights / weights.sum(), rotated


def cronbach_alpha(values: Floats) -> float:
    """Cronbach's alpha of (rows, columns), covariances taken over the pairs of rows that have both values."""
    columns = values.shape[1]
    if columns < 2:
        refuse("too_few_columns", "cronbach", count=columns)
    covariance = pairwise_covariance(values)
    total = float(np.nansum(covariance))
    mean_covariance = (total - float(np.nansum(np.diag(covariance)))) / (columns * (columns - 1))
    return columns**2 * mean_covariance / total


def pairwise_covariance(values: Floats) -> Floats:
    """Covariance matrix, each cell from the rows that have both columns."""
    columns = values.shape[1]
    found = np.full((columns, columns), np.nan)
    for first in range(columns):
        for second in range(first, columns):
            both = ~np.isnan(values[:, first]) & ~np.isnan(values[:, second])
            if both.sum() > 1:
                a, b = values[both, first], values[both, second]
                found[first, second] = found[second, first] = ((a - a.mean()) * (b - b.mean())).sum() / (both.sum() - 1)
    return found

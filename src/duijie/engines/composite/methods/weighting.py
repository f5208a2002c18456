"""Weights from data and from experts; each returns weights of one group that sum to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from duijie.engines.composite.errors import refuse
from duijie.engines.composite.methods.components import principal_components
from duijie.engines.composite.panel import Floats

# Saaty's mean consistency index of random reciprocal matrices, by size.
RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)


def entropy_weights(values: Floats, place: str) -> Floats:
    """Shannon's entropy: columns that tell units apart weigh more. Needs values of zero or more, complete rows only."""
    complete = values[~np.isnan(values).any(axis=1)]
    if len(complete) < 2:
        refuse("too_few_rows", place, count=len(complete))
    if bool((complete < 0).any()):
        refuse("entropy_negative", place, value=float(complete.min()))
    totals = complete.sum(axis=0)
    if bool((totals <= 0).any()):
        refuse("weights_sum_to_zero", place, members=str(int(np.argmin(totals))))
    shares = complete / totals
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(shares > 0, shares * np.log(shares), 0.0)
    divergence = 1 + terms.sum(axis=0) / np.log(len(complete))
    return _to_one(divergence, place)


def variation_weights(values: Floats, place: str) -> Floats:
    """Coefficient of variation: standard deviation over mean."""
    if bool(np.isnan(values).all(axis=0).any()):
        refuse("all_missing", place)
    mean = np.nanmean(values, axis=0)
    if bool((mean <= 0).any()):
        refuse("ratio_not_positive", place, value=float(mean.min()))
    return _to_one(np.nanstd(values, axis=0, ddof=1) / mean, place)


def critic_weights(values: Floats, place: str) -> Floats:
    """CRITIC (Diakoulaki 1995): spread times the conflict with the other columns, on columns brought to 0..1."""
    complete = values[~np.isnan(values).any(axis=1)]
    if len(complete) < 3:
        refuse("too_few_rows", place, count=len(complete))
    spread = complete.max(axis=0) - complete.min(axis=0)
    if bool((spread == 0).any()):
        refuse("one_value", place, value=float(complete[0, int(np.argmin(spread))]))
    scaled = (complete - complete.min(axis=0)) / spread
    conflict = (1 - np.corrcoef(scaled, rowvar=False)).sum(axis=0) if scaled.shape[1] > 1 else np.ones(1)
    return _to_one(scaled.std(axis=0, ddof=1) * conflict, place)


def component_weights(values: Floats, place: str) -> Floats:
    """Loadings of the first principal component as they are, of either sign, not rescaled: the sign is itself a finding."""
    if values.shape[1] == 1:
        return np.ones(1)
    return principal_components(values, place).rotation[:, 0]


def _to_one(weights: Floats, place: str) -> Floats:
    total = float(weights.sum())
    if not total > 0:
        refuse("weights_sum_to_zero", place, members="")
    found: Floats = weights / total
    return found


@dataclass(frozen=True)
class Hierarchy:
    """Weights of a pairwise comparison matrix and how consistent the judgements were."""

    weights: Floats
    largest_eigenvalue: float
    consistency_index: float
    consistency_ratio: float


def parse_judgement(cell: object, place: str) -> float:
    """A judgement as a number or a fraction written out, 3 or "1/3"."""
    try:
        if isinstance(cell, str) and "/" in cell:
            above, below = cell.split("/")
            value = float(above) / float(below)
        else:
            value = float(str(cell))
    except (ValueError, ZeroDivisionError):
        refuse("judgement_unreadable", place, found=cell)
    if not 0 < value < float("inf"):
        refuse("judgement_unreadable", place, found=cell)
    return value


def hierarchy_weights(matrix: Floats, place: str, method: str = "eigenvector") -> Hierarchy:
    """Analytic hierarchy process: weights of a reciprocal matrix (Saaty 1980) by its eigenvector or its row geometric means.

    Raises:
        CompositeError: not square, not reciprocal, or larger than 15.
    """
    size = len(matrix)
    if matrix.shape != (size, size) or size > 15:
        refuse("judgements_shape", place, shape=f"{matrix.shape[0]} × {matrix.shape[-1]}")
    wrong = np.argwhere(~np.isclose(matrix * matrix.T, 1, rtol=0.02, atol=0))
    if len(wrong):
        row, column = (int(at) + 1 for at in wrong[0])
        refuse("judgements_not_reciprocal", place, row=row, column=column)
    values, vectors = np.linalg.eig(matrix)
    largest = int(np.argmax(values.real))
    by_eigenvector = method == "eigenvector"
    weights = np.abs(vectors[:, largest].real) if by_eigenvector else np.exp(np.log(matrix).mean(axis=1))
    weights = weights / weights.sum()
    eigenvalue = float(values[largest].real)
    index = (eigenvalue - size) / (size - 1) if size > 1 else 0.0
    ratio = index / RANDOM_INDEX[size] if RANDOM_INDEX[size] else 0.0
    return Hierarchy(weights, eigenvalue, index, ratio)


def budget_weights(
    allocations: Mapping[str, Sequence[float]], budget: float, place: str, centre: str = "mean"
) -> tuple[Floats, Floats]:
    """Budget allocation: experts spread `budget` points over the elements. Returns weights and each element's spread.

    Raises:
        CompositeError: an expert who spent more or less than the budget, or a negative point.
    """
    for expert, points in allocations.items():
        if any(point < 0 for point in points):
            refuse("budget_negative", f"{place} {expert}", value=min(points))
        if not np.isclose(sum(points), budget, rtol=1e-9, atol=1e-9):
            refuse("budget_not_spent", f"{place} {expert}", spent=sum(points), budget=budget)
    table = np.array(list(allocations.values()), dtype=float) / budget
    middle = table.mean(axis=0) if centre == "mean" else np.median(table, axis=0)
    spread = table.std(axis=0, ddof=1) if len(table) > 1 else np.zeros(table.shape[1])
    return _to_one(middle, place), spread


def nelder_mead(
    objective: Callable[[Floats], float], start: Floats, tolerance: float = 1e-8, evaluations_max: int = 5000
) -> tuple[Floats, float, int, bool]:
    """Minimise without derivatives: Nelder and Mead 1965 in the form of Nash 1990, algorithm 19.

    The first simplex steps a tenth of the largest coordinate; it stops when the spread of values over the simplex falls below
    `tolerance` times (|value at the start| + tolerance). Returns the point, its value, the evaluations used, and whether it settled.
    """
    size = len(start)
    step = 0.1 * float(np.abs(start).max()) or 0.1
    first = objective(start)
    limit = tolerance * (abs(first) + tolerance)
    points = [start.copy()] + [start + step * np.eye(size)[at] for at in range(size)]
    values = [first] + [objective(point) for point in points[1:]]
    used = size + 1
    while used <= evaluations_max:
        low, high = int(np.argmin(values)), int(np.argmax(values))
        if values[high] <= values[low] + limit:
            return points[low], values[low], used, True
        worst, worst_value = points[high], values[high]
        centre = (np.sum(points, axis=0) - worst) / size
        reflected = 2 * centre - worst
        value = objective(reflected)
        used += 1
        if value < values[low]:
            stretched = 2 * reflected - centre
            further = objective(stretched)
            used += 1
            points[high], values[high] = (stretched, further) if further < value else (reflected, value)
            continue
        if value < worst_value:
            points[high], values[high] = reflected, value
        contracted = 0.5 * points[high] + 0.5 * centre
        inside = objective(contracted)
        used += 1
        if inside < values[high]:
            points[high], values[high] = contracted, inside
        elif value >= worst_value:
            points = [points[low] + 0.5 * (point - points[low]) for point in points]
            values = [values[low] if at == low else objective(point) for at, point in enumerate(points)]
            used += size
    low = int(np.argmin(values))
    return points[low], values[low], used, False

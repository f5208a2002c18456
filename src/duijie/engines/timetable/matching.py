"""A matching with limits as a mixed-integer model: which candidates in which slots. HiGHS through scipy; work is counted in nodes.

The rows are those of a matching, so that the linear relaxation decides nearly all of it and few nodes are needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

NODES = 2_000


@dataclass(frozen=True)
class Found:
    """Values of all columns, and whether nothing is better."""

    values: NDArray[np.float64]
    proven: bool


class Matching:
    """Columns of (candidate, slot), 0 or 1, and counters of sets of them."""

    def __init__(self, keys: Sequence[tuple[int, int]]) -> None:
        self.columns = {key: column for column, key in enumerate(keys)}
        self._of: dict[int, list[int]] = {}
        for (number, _), column in self.columns.items():
            self._of.setdefault(number, []).append(column)
        self._highest = [1.0] * len(keys)
        self._entries: list[tuple[int, int, float]] = []
        self._limits: list[float] = []

    def of(self, number: int) -> list[int]:
        """The columns of a candidate."""
        return self._of.get(number, [])

    def at_most(self, columns: Sequence[int], limit: int) -> None:
        """No more than `limit` of the columns."""
        if len(columns) > limit:
            self._row([(column, 1.0) for column in columns], float(limit))

    def counter(self, columns: Sequence[int], most: int) -> int:
        """A new column: how many of the columns are taken, counted up to `most`."""
        self._highest.append(float(most))
        counter = len(self._highest) - 1
        self._row([(counter, 1.0), *((column, -1.0) for column in columns)], 0.0)
        return counter

    def _row(self, entries: Sequence[tuple[int, float]], limit: float) -> None:
        row = len(self._limits)
        self._entries += [(row, column, value) for column, value in entries]
        self._limits.append(limit)

    def maximise(self, goal: Mapping[int, float], *, hold: bool = False) -> Found | None:
        """The best choice for a goal; with `hold`, what was reached holds from now on. None where nothing was found."""
        weights = np.zeros(len(self._highest))
        for column, weight in goal.items():
            weights[column] = weight
        rows, columns, values = zip(*self._entries, strict=True) if self._entries else ((), (), ())
        matrix = csr_matrix((values, (rows, columns)), shape=(len(self._limits), len(self._highest)))
        result = milp(
            -weights,
            integrality=np.ones(len(self._highest)),
            bounds=Bounds(0.0, np.array(self._highest)),
            constraints=LinearConstraint(matrix, -np.inf, np.array(self._limits)),
            options={"node_limit": NODES, "mip_rel_gap": 1e-6},
        )
        if result.x is None:
            return None
        found = Found(np.round(result.x), result.status == 0)
        if hold:
            reached = float(weights @ found.values)
            self._row([(column, -weight) for column, weight in goal.items()], -reached)
        return found

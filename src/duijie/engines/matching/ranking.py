"""From comparisons to a score, a probability and a grade: numeric weights that ship with the project or come from `train`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.query import FEATURES

Grade = Literal["strong", "fair", "weak"]
GRADE_WORDS = {"strong": ("强", "strong"), "fair": ("较强", "fair"), "weak": ("弱", "weak")}
"""Grades in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Weights of the features, how they are brought to one scale, and how the score becomes a probability.

    Each feature is brought to the number of standard deviations above what it is for ordinary documents (a reference sample
    of the index; where the sample is small, `usual_means` and `usual_deviations` count as `usual_weight` documents more). The
    score is the weighted sum plus `intercept`: the logit of "suitable" (judged fairly strong or strong).
    """

    features: tuple[str, ...]
    weights: tuple[float, ...]
    usual_means: tuple[float, ...]
    usual_deviations: tuple[float, ...]
    usual_weight: float
    intercept: float
    slope: float
    strong_from: float
    fair_from: float
    note: str = ""

    def __post_init__(self) -> None:
        if self.features != FEATURES:
            raise ValueError(
                "these weights were made for other features than this version computes; run `duijie train` again"
            )

    def standardised(self, values: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
        """Features in standard deviations above the reference sample's mean."""
        usual_mean, usual_deviation = np.array(self.usual_means), np.array(self.usual_deviations)
        size, weight = reference.shape[0], self.usual_weight
        total = size + weight
        mean = (reference.sum(axis=0) + weight * usual_mean) / total
        spread = ((reference - mean) ** 2).sum(axis=0) + weight * (usual_deviation**2 + (usual_mean - mean) ** 2)
        return (values - mean) / np.sqrt(np.maximum(spread / total, 1e-12))

    def logits(self, values: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logit of "suitable" by the texts alone."""
        combined = self.standardised(values, reference) @ np.array(self.weights)
        result: NDArray[np.float64] = self.slope * combined + self.intercept
        return result

    def grade(self, probability: float) -> Grade:
        """The grade word of a probability."""
        return "strong" if probability >= self.strong_from else "fair" if probability >= self.fair_from else "weak"

    def save(self, path: Path) -> None:
        """Write as JSON."""
        path.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Ranking:
        """Read what `save` wrote."""
        return cls.parse(path.read_text(encoding="utf-8"))

    @classmethod
    def parse(cls, text: str) -> Ranking:
        """The weights in a JSON text."""
        values = json.loads(text)
        return cls(**{name: tuple(value) if isinstance(value, list) else value for name, value in values.items()})


def probability_of(logit: float) -> float:
    """The logistic function, without overflow."""
    return float(1 / (1 + np.exp(-np.clip(logit, -40, 40))))


@cache
def default_ranking() -> Ranking:
    """The weights that ship with the project."""
    return Ranking.parse((resources.files(__package__) / "default_ranking.json").read_text(encoding="utf-8"))

"""From comparisons to a score, a probability and a grade: numeric weights that ship with the project or come from `train`."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from duijie.engines.matching.features import FEATURES

Grade = Literal["strong", "fair", "weak"]
GRADE_WORDS = {"strong": ("强", "strong"), "fair": ("较强", "fair"), "weak": ("弱", "weak")}
"""Grades in Chinese and English."""


_LONG = {"one": 0.5, "two": 0.5, "word": 0.15}
LONG_WEIGHTS = np.array(
    [
        _LONG.get(name.split("_")[1], 0.0) if name.startswith("bm25_") and not name.endswith("_key") else 0.0
        for name in FEATURES
    ]
)
"""How a document that is mostly body is scored: BM25 over its whole text, with the question's title and all of it.

Chosen on two public sets of questions and long texts, where it beats BM25 on words and on bigrams alone.
"""

LONG_SHARE = 1.2
"""A document whose body's share reaches 1 / 1.2 is scored by its whole text alone."""

MOST_DEVIATIONS = 60.0
LEAST_DEVIATIONS = -10.0


@dataclass(frozen=True, slots=True)
class Ranking:
    """Weights of the features, how they are brought to one scale, and how the score becomes a probability.

    Each feature is brought to the number of standard deviations above what it is for ordinary documents (a reference sample
    of the index; where the sample is small, `usual_means` and `usual_deviations` count as `usual_weight` documents more). The
    weighted sum orders; `slope` and `intercept` make it the logit of "suitable" (judged fairly strong or strong).
    A document that is mostly body is scored by BM25 over its whole text as well (`LONG_WEIGHTS`, `long_slope`, `long_intercept`): its
    head alone says too little, and judgements of such documents are not at hand. The body's share, times LONG_SHARE and at most 1, mixes the two.
    `grade_from` are the logits from which a pair is expected to be judged 2, 3 and 4.
    """

    features: tuple[str, ...]
    weights: tuple[float, ...]
    usual_means: tuple[float, ...]
    usual_deviations: tuple[float, ...]
    usual_weight: float
    slope: float
    intercept: float
    long_slope: float
    long_intercept: float
    grade_from: tuple[float, float, float]
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
        return standardised(
            values, reference, np.array(self.usual_means), np.array(self.usual_deviations), self.usual_weight
        )

    def logits(self, values: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logit of "suitable" by the texts alone."""
        found = self.standardised(values, reference)
        short = self.slope * (found @ np.array(self.weights)) + self.intercept
        long = self.long_slope * (found @ LONG_WEIGHTS) + self.long_intercept
        share = np.minimum(LONG_SHARE * values[:, -1], 1)
        result: NDArray[np.float64] = (1 - share) * short + share * long
        return result

    def expected_grade(self, logit: float) -> int:
        """The grade 1 to 4 that a judge is expected to give (the median of what was given at this logit)."""
        return 1 + sum(logit >= each for each in self.grade_from)

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
        return cls.of(json.loads(text))

    def as_values(self) -> dict[str, Any]:
        """Plain values that JSON can keep; `of` reads them."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def of(cls, values: dict[str, Any]) -> Ranking:
        """The weights in plain values; raises ValueError where they belong to other features."""
        plain: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values.items()
        }
        return cls(**plain)


def standardised(
    values: NDArray[np.float64], reference: NDArray[np.float64], usual_means: NDArray[np.float64],
    usual_deviations: NDArray[np.float64], usual_weight: float,
) -> NDArray[np.float64]:  # fmt: skip
    """Columns less their usual mean, in usual deviations, both taken from the reference rows and the prior together."""
    total = reference.shape[0] + usual_weight
    mean = (reference.sum(axis=0) + usual_weight * usual_means) / total
    spread = ((reference - mean) ** 2).sum(axis=0) + usual_weight * (usual_deviations**2 + (usual_means - mean) ** 2)
    found = (values - mean) / np.sqrt(np.maximum(spread / total, 1e-12))
    return np.clip(found, LEAST_DEVIATIONS, MOST_DEVIATIONS)


def probability_of(logit: float) -> float:
    """The logistic function, without overflow."""
    return 1 / (1 + math.exp(-min(max(logit, -40.0), 40.0)))


@cache
def default_ranking() -> Ranking:
    """The weights that ship with the project."""
    return Ranking.parse((resources.files(__package__) / "default_ranking.json").read_text(encoding="utf-8"))

"""Score rankings on graded judgements: quality, calibration, exposure, diagnosis, comparison of two systems."""

from duijie.engines.matching.evaluation.collection import Ranking, collect
from duijie.engines.matching.evaluation.scoring import (
    Comparison,
    Evaluation,
    NeedFigures,
    Settings,
    compare,
    evaluate,
)
from duijie.engines.matching.evaluation.tables import read_judgements, read_titles
from duijie.engines.matching.faults import InputFault

__all__ = [
    "Comparison",
    "Evaluation",
    "InputFault",
    "NeedFigures",
    "Ranking",
    "Settings",
    "collect",
    "compare",
    "evaluate",
    "read_judgements",
    "read_titles",
]

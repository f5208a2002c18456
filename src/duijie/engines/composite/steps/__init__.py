"""The steps of the chain by name."""

from __future__ import annotations

from duijie.engines.composite.steps.aggregating import AGGREGATE
from duijie.engines.composite.steps.filling import IMPUTE
from duijie.engines.composite.steps.normalising import ADJUST, NORMALISE
from duijie.engines.composite.steps.selecting import DENOMINATE, DERIVE, SCREEN
from duijie.engines.composite.steps.state import State, Step
from duijie.engines.composite.steps.treating import TREAT
from duijie.engines.composite.steps.weighing import WEIGH

STEPS: dict[str, Step] = {
    "derive": DERIVE,
    "denominate": DENOMINATE,
    "screen": SCREEN,
    "impute": IMPUTE,
    "treat": TREAT,
    "normalise": NORMALISE,
    "weigh": WEIGH,
    "aggregate": AGGREGATE,
    "adjust": ADJUST,
}

__all__ = ["STEPS", "State", "Step"]

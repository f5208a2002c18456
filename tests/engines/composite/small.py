"""A small index of our own for the laws: two groups, one indicator that points down, several periods if wanted."""

from __future__ import annotations

from typing import Any

import numpy as np

from duijie.engines.composite import Index, Panel, Specification, build, make_panel, read_specification

INDICATORS: list[dict[str, Any]] = [
    {"code": "a", "parent": "left", "weight": 2},
    {"code": "b", "parent": "left"},
    {"code": "c", "parent": "right", "direction": -1},
    {"code": "d", "parent": "right", "weight": 0.5},
]
NODES: list[dict[str, Any]] = [
    {"code": "left", "parent": "top", "weight": 3},
    {"code": "right", "parent": "top", "weight": 2},
    {"code": "top"},
]


def specification(steps: list[Any], **more: Any) -> Specification:
    """The framework with these steps."""
    return read_specification({"indicators": INDICATORS, "framework": NODES, "steps": steps} | more)


def panel(values: np.ndarray, periods: int = 1) -> Panel:
    """Rows are units within periods, columns a b c d."""
    units = [f"u{at}" for at in range(len(values) // periods)]
    labels = [str(2020 + at) for at in range(periods) for _ in units] if periods > 1 else None
    return make_panel(units * periods, {code: values[:, at].tolist() for at, code in enumerate("abcd")}, periods=labels)


def built(values: np.ndarray, steps: list[Any], periods: int = 1, **more: Any) -> Index:
    """The index."""
    return build(specification(steps, **more), panel(values, periods))


def sample(rows: int = 12, seed: int = 0) -> np.ndarray:
    """Values of all sizes."""
    return np.random.default_rng(seed).lognormal(0, 1, (rows, 4)) * [1, 10, 100, 5]

"""The page on the specification: its examples work, and it names every setting there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from duijie.engines.composite import make_panel, read_plan, read_specification, run_uncertainty
from duijie.engines.composite.methods.normalisers import NORMALISERS
from duijie.engines.composite.numbers import METHODS
from duijie.engines.composite.steps import STEPS
from duijie.engines.composite.steps.aggregating import METHODS as AGGREGATIONS
from duijie.engines.composite.steps.filling import COLUMN_METHODS, PANEL_METHODS
from duijie.engines.composite.steps.treating import DEFAULTS
from duijie.engines.composite.steps.weighing import METHODS as WEIGHTS

PAGE = (Path(__file__).parents[3] / "docs" / "index.md").read_text(encoding="utf-8")


def test_the_examples_of_the_page_run() -> None:
    first, second = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    section: dict[str, Any] = second["uncertainty"] | {"replications": 8, "bootstrap": 5}
    specification = read_specification(first | {"weights": {"expert": {"growth": 50}}})
    generator, units = np.random.default_rng(0), [f"u{at}" for at in range(12)]
    panel = make_panel(
        units * 2,
        {
            "gdp": generator.lognormal(3, 1, 24).tolist(),
            "waste": generator.uniform(10, 90, 24).tolist(),
            "population": generator.uniform(1, 9, 24).tolist(),
        },
        periods=["2023"] * 12 + ["2024"] * 12,
    )
    found = run_uncertainty(specification, panel, read_plan(section, specification))
    assert found.runs == 8 * (8 + 2) and not np.isnan(found.scores).any()
    assert found.sensitivity().names[0] == "outliers"


@pytest.mark.parametrize("names", [STEPS, NORMALISERS, AGGREGATIONS, COLUMN_METHODS + PANEL_METHODS, WEIGHTS, DEFAULTS])
def test_the_page_names_every_method(names: Any) -> None:
    assert [name for name in names if f"`{name}" not in PAGE and f"`{name}`" not in PAGE] == []


def test_the_page_counts_the_formulas_right() -> None:
    assert f"{len(METHODS)} bilateral formulas" in PAGE

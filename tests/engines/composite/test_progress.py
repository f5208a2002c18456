"""The rule for progress towards a target."""

from __future__ import annotations

from pathlib import Path

import pytest

from duijie.engines.composite.errors import CompositeError
from duijie.engines.composite.progress import NOT_AVAILABLE, TARGET_ACHIEVED, measure_progress
from tests.engines.composite.published import records


@pytest.mark.reference
def test_published_vectors(reference: Path) -> None:
    rows = records(reference / "composite" / "progress" / "opensdg_progress_vectors_derived.csv")
    assert len(rows) == 16
    for row in rows:
        found = measure_progress(
            {float(row["base_year"]): float(row["base"]), float(row["current_year"]): float(row["current"])},
            base_year=float(row["base_year"]),
            target=float(row["target"]) if row["target"] else None,
            target_year=float(row["target_year"]),
            direction=1 if row["direction"] == "positive" else -1,
        )
        assert found.status == row["status"]
        if row["value"]:
            assert found.value == pytest.approx(float(row["value"]), rel=1e-12)


def test_the_next_year_stands_in_for_a_base_year_without_a_value() -> None:
    found = measure_progress({2016: 100, 2020: 146.41}, base_year=2015, target=214.358881, target_year=2024)
    assert (found.base_year, found.base_value, found.current_year) == (2016, 100, 2020)
    assert found.value == pytest.approx(1)
    assert found.status == "substantial"


def test_fewer_than_two_values_are_not_available() -> None:
    assert measure_progress({2020: 5}, base_year=2015).status == NOT_AVAILABLE
    assert measure_progress({2010: 3, 2020: 5}, base_year=2015).status == NOT_AVAILABLE
    assert measure_progress({2015: 3, 2020: 5}, base_year=2015, current_year=2019).status == NOT_AVAILABLE


@pytest.mark.parametrize(
    ("share", "status"),
    [
        (0.951, "substantial"),
        (0.949, "moderate"),
        (0.601, "moderate"),
        (0.599, "limited"),
        (0.001, "limited"),
        (-0.001, "deterioration"),
    ],
)
def test_thresholds_with_a_target(share: float, status: str) -> None:
    required = 2 ** (1 / 10) - 1
    now = (1 + share * required) ** 5
    assert measure_progress({2015: 1, 2020: now}, base_year=2015, target=2, target_year=2025).status == status


def test_falling_back_from_beyond_the_target_is_no_progress() -> None:
    found = measure_progress({2015: 90, 2020: 75}, base_year=2015, target=80, target_year=2025)
    assert found.status == "deterioration"
    assert measure_progress({2015: 90, 2020: 85}, base_year=2015, target=80, target_year=2025).status == TARGET_ACHIEVED


def test_refusals() -> None:
    with pytest.raises(CompositeError, match="target_year is missing"):
        measure_progress({2015: 1, 2020: 2}, base_year=2015, target=3)
    with pytest.raises(CompositeError, match="not after the base year"):
        measure_progress({2015: 1, 2020: 2}, base_year=2015, target=3, target_year=2015)
    with pytest.raises(CompositeError, match="no growth rate"):
        measure_progress({2015: 0, 2020: 2}, base_year=2015)

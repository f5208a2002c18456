from __future__ import annotations

import datetime as dt

import pytest

from duijie.core.errors import NotFound
from duijie.core.language import Label
from duijie.core.measures import Measure, Question, measure, measures, register

YEAR = Question(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


def _measure(code: str, unit: str = "count") -> Measure:
    words = Label("测试", "Test")
    return Measure(code, words, words, unit, lambda question: {1: 2, None: 3}, lambda question, viewer: [])


def test_a_measure_is_found_by_its_code_and_adds_up() -> None:
    made = register(_measure("test.only_here"))
    assert measure("test.only_here") is made and made in measures()
    assert made.value(YEAR) == 5


def test_refuses_what_cannot_be_right() -> None:
    register(_measure("test.twice"))
    with pytest.raises(ValueError, match="twice"):
        register(_measure("test.twice"))
    with pytest.raises(ValueError, match="unit"):
        register(_measure("test.furlongs", "furlongs"))
    with pytest.raises(NotFound):
        measure("test.nothing")

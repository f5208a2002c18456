"""Specifications spoilt at random: an index comes out or a sentence does, never anything else."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest

from duijie.engines.composite import (
    CompositeError,
    build,
    load_document,
    read_panel,
    read_plan,
    read_specification,
    run_uncertainty,
)
from duijie.engines.composite.example import EXAMPLE

JUNK: list[Any] = [
    None, True, 0, -1, 2.5, 1e300, "", "x", "rank", "geometric", "index", "output", [], {}, [1, 2], ["a"], {"a": 1}, "2024",
    float("nan"), float("inf"), [[1]], {"x": {}}, "copeland", {"method": "z_score"}, 10**30,
]  # fmt: skip


def paths(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(found for key, value in inner for found in paths(value, (*path, key)))]


def spoilt(document: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    path = dice.choice(paths(changed)[1:])
    target: Any = changed
    for key in path[:-1]:
        target = target[key]
    if dice.random() < 0.75:
        target[path[-1]] = copy.deepcopy(dice.choice(JUNK))
    else:
        del target[path[-1]]
    return changed


@pytest.mark.parametrize("seed", range(12))
def test_junk_is_refused_with_a_sentence_or_does_no_harm(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    document = copy.deepcopy(dict(load_document(EXAMPLE["spec.yaml"], "spec.yaml")))
    document["uncertainty"] |= {"replications": 3, "bootstrap": 0}
    (tmp_path / "data.csv").write_text(EXAMPLE["data.csv"], encoding="utf-8")
    for _ in range(15):
        changed = spoilt(document, dice)
        try:
            specification = read_specification(changed)
            panel = read_panel(tmp_path / "data.csv", specification)
            assert build(specification, panel).scores().shape[0] > 0
            if specification.uncertainty is not None:
                run_uncertainty(specification, panel, read_plan(specification.uncertainty, specification))
        except CompositeError as fault:
            assert fault.sentence("zh") and fault.sentence("en")

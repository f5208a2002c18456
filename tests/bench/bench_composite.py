"""Speed of the composite engine: a chain of steps on a large panel, and thousands of replications beside a plain replay.

    python tests/bench/bench_composite.py            # the published chain where DUIJIE_REFERENCE_DATA is set, else one of its size
    python tests/bench/bench_composite.py --quick    # a tenth of the work

Prints one line per figure: what, seconds, and what it is held against.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from duijie.engines.composite import (
    Panel,
    Specification,
    build,
    make_panel,
    read_plan,
    read_specification,
    run_uncertainty,
)

INPUTS: list[dict[str, Any]] = [
    {"name": "winsorised points", "at": "treat.winsorise_max", "choices": [1, 2, 3, 4, 5]},
    {
        "name": "normalisation",
        "at": "normalise",
        "choices": [{"method": "min_max", "lower": 1, "upper": 100}, {"method": "z_score", "mean": 10, "sd": 2}],
    },
    {"name": "weights", "noise": {"levels": {"1": 0.1, "2": 0.25, "3": 0.25}}, "sets": 10_000},
    {"name": "aggregation", "at": "aggregate.method", "choices": ["arithmetic", "geometric"]},
]


def published() -> tuple[Specification, Panel]:
    """51 countries, 49 indicators, 8 pillars."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.engines.composite.published import asem

    return asem(Path(os.environ["DUIJIE_REFERENCE_DATA"]) / "composite" / "coinr_asem")


def alike() -> tuple[Specification, Panel]:
    """Made-up data of the same size and chain."""
    generator = np.random.default_rng(1)
    pillars, units, indicators = 8, 51, 49
    document = {
        "data": {"groups": ["side"]},
        "indicators": [
            {"code": f"i{at}", "parent": f"p{at % pillars}", "direction": 1 if at % 4 else -1}
            | ({"denominator": "size"} if at % 3 == 0 else {})
            for at in range(indicators)
        ],
        "framework": [{"code": f"p{at}", "parent": f"s{at % 2}"} for at in range(pillars)]
        + [{"code": "s0", "parent": "top"}, {"code": "s1", "parent": "top"}, {"code": "top"}],
        "steps": [
            {"denominate": {}},
            {"impute": {"method": "group_mean", "group": "side"}},
            {"screen": {"availability": 0.9}},
            {"treat": {}},
            {"normalise": {}},
            {"aggregate": {}},
        ],
    }
    values = generator.lognormal(0, 1, (units, indicators))
    values[generator.random(values.shape) < 0.02] = np.nan
    columns = {f"i{at}": values[:, at].tolist() for at in range(indicators)} | {
        "size": generator.uniform(1, 9, units).tolist()
    }
    names = [f"u{at}" for at in range(units)]
    return read_specification(document), make_panel(names, columns, groups={"side": ["east", "west", "west"] * 17})


def large() -> tuple[Specification, Panel]:
    """3,000 units, 60 indicators, 20 years."""
    generator = np.random.default_rng(2)
    units, indicators, years = 3000, 60, 20
    document = {
        "indicators": [
            {"code": f"i{at}", "parent": f"p{at // 10}", "direction": 1 if at % 4 else -1}
            | ({"denominator": "size"} if at % 5 == 0 else {})
            for at in range(indicators)
        ],
        "framework": [{"code": f"p{at}", "parent": f"s{at // 3}"} for at in range(6)]
        + [{"code": "s0", "parent": "top"}, {"code": "s1", "parent": "top"}, {"code": "top"}],
        "steps": [
            {"denominate": {}},
            {"screen": {"availability": 0.6}},
            {"impute": {"method": "linear_constant"}},
            {"treat": {"over": "period"}},
            {"normalise": {"lower": 1, "over": "all"}},
            {"aggregate": {"by_level": {"4": "geometric"}}},
        ],
    }
    values = generator.lognormal(0, 1, (units * years, indicators))
    values[generator.random(values.shape) < 0.03] = np.nan
    names = [f"u{at}" for at in range(units)] * years
    periods = [str(2001 + at) for at in range(years) for _ in range(units)]
    columns: dict[str, Any] = {f"i{at}": values[:, at] for at in range(indicators)}
    return read_specification(document), make_panel(
        names, columns | {"size": generator.uniform(1, 9, units * years)}, periods=periods
    )


def timed(what: str, work: Callable[[], Any], limit: str) -> float:
    """Run, print, return the seconds."""
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    print(f"{what:<72} {seconds:9.3f} s   {limit}", flush=True)
    return seconds


def main() -> None:
    """Print every figure."""
    scale = 10 if "--quick" in sys.argv else 1
    runs = 10_000 // scale
    specification, panel = published() if os.environ.get("DUIJIE_REFERENCE_DATA") else alike()
    raw = {"replications": runs, "seed": 1, "inputs": INPUTS}
    plan = read_plan(raw, specification)
    build(specification, panel)
    fast = timed(
        f"{runs} replications, {panel.size} units, 49 indicators",
        lambda: run_uncertainty(specification, panel, plan),
        "limit 10 s",
    )
    one_by_one = 200 // scale
    plain = timed(
        f"{one_by_one} times the chain, one at a time (plain replay)",
        lambda: [build(specification, panel) for _ in range(one_by_one)],
        "",
    )
    each = plain / one_by_one
    print(
        f"{'plain replay of as many replications would take':<72} {each * runs:9.1f} s   {each * runs / fast:.0f} times as long"
    )
    free = [{"name": "threshold", "at": "treat.skewness", "range": [1.5, 2.5]}, *INPUTS[1:]]
    count = 1000 // scale
    freely = read_plan({"replications": count, "inputs": free}, specification)
    timed(
        f"{count} replications, a continuous setting early in the chain",
        lambda: run_uncertainty(specification, panel, freely),
        "",
    )
    wide, data = large()
    timed("3,000 units, 60 indicators, 20 years, six steps and ranks", lambda: build(wide, data).ranks(), "limit 5 s")


if __name__ == "__main__":
    main()

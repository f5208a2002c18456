"""Agreed matches of the balanced ranking against each side ranked alone, on the fixed seeds; both sides' satisfaction.

usage: python tests/bench/bench_market.py [--json FILE]
Exit status 1 when the claim written in market_parameters.json does not hold.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from duijie.engines.matching.evaluation.intervals import paired_difference
from duijie.engines.matching.market import balance
from duijie.engines.matching.simulation import (
    Market,
    MarketParameters,
    Outcome,
    balanced,
    draw_market,
    each_side_alone,
    fused,
    play,
)

PARAMETERS = Path(__file__).with_name("market_parameters.json")
RANKINGS: dict[str, Callable[[Market], tuple[np.ndarray, np.ndarray]]] = {
    "each side alone": each_side_alone,
    "arithmetic mean": lambda market: fused(market, "arithmetic"),
    "minimum": lambda market: fused(market, "minimum"),
    "harmonic mean": lambda market: fused(market, "harmonic"),
    "geometric mean": lambda market: fused(market, "geometric"),
    "balanced, lists of 30": lambda market: balanced(market, listed=30),
    "balanced": balanced,
}


def summary(outcomes: list[Outcome]) -> dict[str, float]:
    """Means over the markets."""
    return {
        "agreed": float(np.mean([o.agreed for o in outcomes])),
        "median_need_satisfaction": float(np.mean([np.median(o.need_satisfaction) for o in outcomes])),
        "median_offer_satisfaction": float(np.mean([np.median(o.offer_satisfaction) for o in outcomes])),
        "needs_matched": float(np.mean([o.needs_matched for o in outcomes])),
        "offers_matched": float(np.mean([o.offers_matched for o in outcomes])),
        "agreed_per_interest": float(np.mean([o.agreed / o.interests for o in outcomes])),
    }


def scale_figures(parties: int, listed: int) -> dict[str, float]:
    """Seconds and rounds to balance `parties` x `parties` with lists of `listed`, popular offers in most lists."""
    generator = np.random.default_rng(1)
    need = np.repeat(np.arange(parties), listed)
    offer = np.minimum((parties * generator.random(parties * listed) ** 2).astype(np.int64), parties - 1)
    keys = np.unique(need * parties + offer)
    scores = generator.beta(2, 6, size=len(keys))
    start = time.perf_counter()
    capacity = np.full(parties, 2.0)
    result = balance(
        keys // parties, keys % parties, scores, need_capacity=capacity, offer_capacity=capacity, tolerance=1e-3
    )
    return {
        "pairs": len(keys),
        "seconds": time.perf_counter() - start,
        "rounds": result.rounds,
        "residual": result.residual,
    }


COLUMNS: dict[str, Callable[[Outcome], float]] = {
    "agreed matches": lambda o: float(o.agreed),
    "median satisfaction of needs": lambda o: float(np.median(o.need_satisfaction)),
    "median satisfaction of offers": lambda o: float(np.median(o.offer_satisfaction)),
}
VARIATIONS: dict[str, dict[str, float]] = {
    "as fixed": {},
    "estimates twice as wrong": {"estimate_noise": 1.0},
    "exact estimates": {"estimate_noise": 0.0},
    "one match each": {"need_capacity": 1, "offer_capacity": 1},
    "hardly any popularity": {"popularity_weight": 0.1},
    "twice the popularity": {"popularity_weight": 1.0},
    "three needs per offer": {"needs": 1200, "offers": 400},
    "three offers per need": {"needs": 400, "offers": 1200},
    "little attention": {"interests_sent": 2, "interests_read": 3, "examination_power": 1.2},
    "few like anybody": {"intercept": -3.0},
}


def compare(ours: list[Outcome], others: list[Outcome]) -> dict[str, dict[str, float]]:
    """Paired differences over the seeds, with 95 % intervals."""
    differences = {}
    for name, column in COLUMNS.items():
        values = (np.array([column(o) for o in outcomes]) for outcomes in (ours, others))
        d = paired_difference(*values, resamples=10_000, seed=1)
        e = d.difference
        differences[name] = {"difference": e.value, "low": e.low, "high": e.high, "worse_seeds": d.losses}
        print(f"  {name}: {e.value:+.3f} [{e.low:+.3f}, {e.high:+.3f}], worse in {d.losses} of {e.count} markets")
    return differences


def print_table(figures: dict[str, dict[str, float]]) -> None:
    """One line a ranking."""
    print(f"{'ranking':24s}" + "".join(f"{name.replace('_', ' '):>26s}" for name in next(iter(figures.values()))))
    for name, row in figures.items():
        print(f"{name:24s}" + "".join(f"{value:26.3f}" for value in row.values()))


def vary(fixed: dict[str, float], seeds: list[int]) -> dict[str, dict[str, float]]:
    """Agreed matches where the people are others than those of the fixed parameters; nothing is tuned for them."""
    table = {}
    for name, changes in VARIATIONS.items():
        markets = [draw_market(MarketParameters(**{**fixed, **changes}), seed) for seed in seeds]
        row: dict[str, float] = {}
        for ranking in ("each side alone", "geometric mean", "balanced"):
            outcomes = [play(m, *RANKINGS[ranking](m)) for m in markets]
            row[ranking] = float(np.mean([o.agreed for o in outcomes]))
            for side in ("need", "offer"):
                medians = [np.median(getattr(o, f"{side}_satisfaction")) for o in outcomes]
                row[f"{ranking}, {side}s"] = float(np.mean(medians))
        table[name] = row
        print(
            f"{name:26s}"
            + "".join(f"{value:9.1f}" if "," not in key else f"{value:8.3f}" for key, value in row.items()),
            flush=True,
        )
    return table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures")
    parser.add_argument("--scale", type=int, default=0, help="also balance this many needs and offers, lists of 50")
    parser.add_argument("--vary", action="store_true", help="also with other parameters (five seeds)")
    arguments = parser.parse_args()
    fixed = json.loads(PARAMETERS.read_text(encoding="utf-8"))
    markets = [draw_market(MarketParameters(**fixed["market"]), seed) for seed in fixed["seeds"]]
    outcomes = {name: [play(m, *ranking(m)) for m in markets] for name, ranking in RANKINGS.items()}
    figures = {name: summary(results) for name, results in outcomes.items()}
    print(f"{len(markets)} markets of {fixed['market']['needs']} needs and {fixed['market']['offers']} offers")
    print_table(figures)
    print("balanced against each side alone")
    differences = compare(outcomes["balanced"], outcomes["each side alone"])
    print("balanced against the geometric mean")
    against_fused = compare(outcomes["balanced"], outcomes["geometric mean"])
    holds = (
        differences["agreed matches"]["low"] > 0
        and differences["median satisfaction of needs"]["difference"] >= 0
        and differences["median satisfaction of offers"]["difference"] >= 0
    )
    print("the claim holds" if holds else "THE CLAIM DOES NOT HOLD")
    result: dict[str, object] = {
        "figures": figures, "differences": differences, "against_fused": against_fused, "claim_holds": holds,
    }  # fmt: skip
    if arguments.vary:
        result["variations"] = vary(fixed["market"], fixed["seeds"][:5])
    if arguments.scale:
        result["scale"] = scale_figures(arguments.scale, 50)
        print(f"scale: {result['scale']}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())

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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the figures")
    parser.add_argument("--scale", type=int, default=0, help="also balance this many needs and offers, lists of 50")
    arguments = parser.parse_args()
    fixed = json.loads(PARAMETERS.read_text(encoding="utf-8"))
    markets = [draw_market(MarketParameters(**fixed["market"]), seed) for seed in fixed["seeds"]]
    outcomes = {name: [play(m, *ranking(m)) for m in markets] for name, ranking in RANKINGS.items()}
    figures = {name: summary(results) for name, results in outcomes.items()}
    print(f"{len(markets)} markets of {fixed['market']['needs']} needs and {fixed['market']['offers']} offers")
    print(
        f"{'ranking':24s}{'agreed':>9s}{'median need':>13s}{'median offer':>14s}{'needs met':>11s}{'offers met':>12s}{'per interest':>14s}"
    )
    for name, row in figures.items():
        need, offer, *rest = list(row.values())[1:]
        print(f"{name:24s}{row['agreed']:9.1f}{need:13.3f}{offer:14.3f}{rest[0]:11.1%}{rest[1]:12.1%}{rest[2]:14.3f}")
    ours, alone = outcomes["balanced"], outcomes["each side alone"]
    columns = {
        "agreed matches": lambda o: float(o.agreed),
        "median satisfaction of needs": lambda o: float(np.median(o.need_satisfaction)),
        "median satisfaction of offers": lambda o: float(np.median(o.offer_satisfaction)),
    }
    differences = {}
    for name, column in columns.items():
        d = paired_difference(
            np.array([column(o) for o in ours]), np.array([column(o) for o in alone]), resamples=10_000, seed=1
        )
        differences[name] = {
            "difference": d.difference.value,
            "low": d.difference.low,
            "high": d.difference.high,
            "worse_seeds": d.losses,
        }
        print(
            f"{name}: {d.difference.value:+.3f} [{d.difference.low:+.3f}, {d.difference.high:+.3f}], worse in {d.losses} of {len(ours)} markets"
        )
    holds = (
        differences["agreed matches"]["low"] > 0
        and differences["median satisfaction of needs"]["difference"] >= 0
        and differences["median satisfaction of offers"]["difference"] >= 0
    )
    print("the claim holds" if holds else "THE CLAIM DOES NOT HOLD")
    result = {"figures": figures, "differences": differences, "claim_holds": holds}
    if arguments.scale:
        result["scale"] = scale_figures(arguments.scale, 50)
        print(f"scale: {result['scale']}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())

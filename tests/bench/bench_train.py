"""`duijie train` on 10,000 judgements of generated listings: processor time, time on the clock, highest memory.

usage: OMP_NUM_THREADS=1 python tests/bench/bench_train.py [--needs 200] [--offers 10000] [--each 50]

Needs and offers are those of `duijie generate --seed 1`. Every need is judged with the offers that share the most words with it and as many
from anywhere, by turns; the grade follows from the share of its words that stands in the offer, with some chance in it, as with people.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.config.settings")

from duijie.engines.matching.text import words
from tests.bench.bench_allpairs import machine

UNEVEN = 0.08
"""Standard deviation of what two judges make of the same pair, in shares of words."""
Rows = list[dict[str, str]]


def generated(folder: Path, needs: int, offers: int) -> tuple[Rows, Rows]:
    """Both files of `duijie generate`, cut to so many rows."""
    subprocess.run(
        [sys.executable, "-m", "duijie", "generate", str(2 * max(needs, offers)), "-o", str(folder)],
        check=True, capture_output=True,
    )  # fmt: skip
    found = []
    for name, many in (("needs.csv", needs), ("offers.csv", offers)):
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)[:many]
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        found.append(rows)
    return found[0], found[1]


def judged(needs: Rows, offers: Rows, each: int) -> list[tuple[int, int, int]]:
    """(need, offer, grade 1 to 4), `each` offers a need."""
    chance = np.random.default_rng(1)
    counter = CountVectorizer(
        analyzer=lambda row: words(" ".join(list(row.values())[1:])), binary=True, dtype=np.float32
    )
    theirs = counter.fit_transform(offers)
    mine = counter.transform(needs)
    shares = (mine @ theirs.T).toarray() / np.maximum(mine.sum(axis=1), 1)
    found = []
    for need, row in enumerate(np.asarray(shares)):
        near = np.argsort(-row, kind="stable")[: each // 2]
        far = chance.permutation(np.setdiff1d(np.arange(row.size), near))[: each - near.size]
        chosen = np.concatenate([near, far])
        seen: NDArray[np.float64] = row[chosen] + chance.normal(0, UNEVEN, chosen.size)
        grades = 1 + np.searchsorted(np.quantile(seen, [0.5, 0.8, 0.95]), seen)
        found += [(need, int(offer), int(grade)) for offer, grade in zip(chosen, grades, strict=True)]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--needs", type=int, default=200)
    parser.add_argument("--offers", type=int, default=10_000)
    parser.add_argument("--each", type=int, default=50)
    arguments = parser.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-train-") as name:
        folder = Path(name)
        needs, offers = generated(folder, arguments.needs, arguments.offers)
        names = [next(iter(needs[0])), next(iter(offers[0]))]
        pairs = judged(needs, offers, arguments.each)
        with (folder / "judgements.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["need_id", "offer_id", "grade"])
            writer.writerows((needs[one][names[0]], offers[other][names[1]], grade) for one, other, grade in pairs)
        before, start = os.times(), time.perf_counter()
        files = [str(folder / each) for each in ("needs.csv", "offers.csv", "judgements.csv")]
        subprocess.run(
            [sys.executable, "-m", "duijie", "train", *files, "-o", str(folder / "weights.json"), "--lang", "en"],
            check=True,
        )
        after = os.times()
    print(
        f"{len(pairs)} judgements of {len(needs)} needs among {len(offers)} offers: "
        f"{after.children_user + after.children_system - before.children_user - before.children_system:.1f} s of processor time, "
        f"{time.perf_counter() - start:.1f} s on the clock, "
        f"highest memory {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB, load at the end {os.getloadavg()[0]:.1f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""All pairs of needs and offers: time, memory, recall against exact, beside sparse_dot_topn on a sample.

usage: python tests/bench/bench_allpairs.py [--rows 440000] [--top 50] [--workers 2] [--folder DIR] [--ray ADDRESS]
       python tests/bench/bench_allpairs.py --texts DIR [--generate 880000] [--blocks N]
The run can be killed and started again with the same --folder. Weights are synthetic and seeded (synthetic_weights.py), or come
from the texts that `duijie generate 880000 --seed 1 -o DIR` wrote; --generate writes them where they are not there yet, so that
one command does the whole in a quiet hour (`make bench-large`). With --blocks only so many blocks, spread evenly, are solved on
one thread and the processor time of the whole is extrapolated: for a machine that is busy with other things.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy import sparse

from duijie.engines.matching.batch import Blocks, Plan, Problem, all_pairs, solve_block
from duijie.engines.matching.batch.lexical import bags_of, bm25_weights

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.bench.synthetic_weights import weights


def machine() -> str:
    """Processor and cores."""
    model = platform.processor()
    information = Path("/proc/cpuinfo")
    if information.exists():
        lines = information.read_text(encoding="utf-8").splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}"


def exact_recall(needs: sparse.csr_matrix, offers: sparse.csr_matrix, folder: Path, top: int, sample: int) -> float:
    """Share of the exact best `top` (by float64 products) that the run found, over needs spread evenly."""
    rows = set(np.linspace(0, needs.shape[0] - 1, min(sample, needs.shape[0])).astype(int).tolist())
    given = offers.T.tocsr().astype(np.float64)
    shares = []
    for need, found, _ in Blocks.opened(folder).rows():
        if need not in rows:
            continue
        scores = np.asarray((needs[need].astype(np.float64) @ given).todense()).ravel()
        # Offers that tie with the last place are equally right.
        last = np.partition(scores, -top)[-top]
        shares.append(np.mean(scores[found] >= last * (1 - 1e-6)) if len(found) else 1.0)
    return float(np.mean(shares))


def peer_seconds(needs: sparse.csr_matrix, offers: sparse.csr_matrix, top: int, rows: int) -> float:
    """CPU seconds of sparse_dot_topn for the whole run, extrapolated from `rows` needs on one thread."""
    from sparse_dot_topn import sp_matmul_topn

    given = offers.T.tocsr()
    start = time.process_time()
    sp_matmul_topn(needs[:rows], given, top_n=top, n_threads=1, sort=True)
    return (time.process_time() - start) * needs.shape[0] / rows


def generated(folder: Path, count: int, seed: int) -> None:
    """The texts of `duijie generate`; their making is no part of what is measured."""
    from click.testing import CliRunner

    from duijie.cli.generate import generate

    start = time.perf_counter()
    outcome = CliRunner().invoke(generate, [str(count), "--seed", str(seed), "-o", str(folder)], catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    print(f"{count} texts generated in {time.perf_counter() - start:.0f} s", flush=True)


def weights_of_texts(folder: Path, workers: int) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Weights of needs.csv and offers.csv (title, content)."""
    sides = []
    for name in ("needs.csv", "offers.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            texts = (f"{row['title']}\n{row['content']}" for row in csv.DictReader(file))
            sides.append(bags_of(texts, processes=workers))
    return bm25_weights(*sides)


def sampled_blocks(problem: Problem, count: int, needs: sparse.csr_matrix, offers: sparse.csr_matrix, top: int) -> None:
    """Solve some blocks on this thread; print their processor time, the whole run's, and the recall on their first needs."""
    given = offers.T.tocsr().astype(np.float64)
    chosen = np.unique(np.linspace(0, problem.blocks - 2, count).astype(int))
    seconds, shares = [], []
    for block in chosen:
        start = time.process_time()
        best = solve_block(problem, int(block))
        seconds.append(time.process_time() - start)
        for offset in range(3):
            need = int(block) * problem.plan.block_rows + offset
            scores = np.asarray((needs[need].astype(np.float64) @ given).todense()).ravel()
            last = np.partition(scores, -top)[-top]
            found = best["offer"][offset][best["offer"][offset] >= 0]
            shares.append(np.mean(scores[found] >= last * (1 - 1e-6)))
        print(f"  block {block}: {seconds[-1]:.2f} s of processor time", flush=True)
    print(
        f"median {np.median(seconds):.2f} s a block, {np.median(seconds) * problem.blocks:.0f} s for all {problem.blocks}"
    )
    print(f"recall against exact, {len(shares)} needs: {np.mean(shares):.4f}")
    print(
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (with the exact products' matrix)"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=440_000, help="needs, and as many offers")
    parser.add_argument("--top", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", type=int, default=400, help="needs whose exact best are computed")
    parser.add_argument("--peer-rows", type=int, default=1000, help="needs given to sparse_dot_topn, 0 for none")
    parser.add_argument("--folder", type=Path, help="keep the run here (default: a temporary folder)")
    parser.add_argument("--texts", type=Path, help="folder with needs.csv and offers.csv")
    parser.add_argument(
        "--generate", type=int, default=0, help="write so many listings into the folder first, if it has none"
    )
    parser.add_argument("--blocks", type=int, default=0, help="solve only so many blocks")
    parser.add_argument("--ray", help="run as Ray tasks at this address, or local")
    parser.add_argument("--json", type=Path, help="also write the figures")
    arguments = parser.parse_args()
    print(machine(), flush=True)
    start, before = time.perf_counter(), os.times()
    if arguments.texts:
        if arguments.generate and not (arguments.texts / "offers.csv").exists():
            generated(arguments.texts, arguments.generate, arguments.seed)
            start, before = time.perf_counter(), os.times()
        needs, offers = weights_of_texts(arguments.texts, arguments.workers)
    else:
        needs, offers = weights(arguments.rows, arguments.rows, seed=arguments.seed)
    after = os.times()
    used = sum(after[:4]) - sum(before[:4])
    print(f"weights made in {time.perf_counter() - start:.0f} s, {used:.0f} s of processor time", flush=True)
    shared = float(
        np.bincount(needs.indices, minlength=needs.shape[1]) @ np.bincount(offers.indices, minlength=needs.shape[1])
    )
    print(
        f"{needs.shape[0]} x {offers.shape[0]}, {needs.nnz / needs.shape[0]:.0f} words each, {shared / needs.shape[0] / offers.shape[0]:.2f} shared a pair"
    )
    plan = Plan(top=arguments.top, candidates=arguments.top)
    # The loops are compiled once per installation; that is no part of the run.
    solve_block(Problem.of(needs[:10], offers[:10], plan), 0)
    if arguments.blocks:
        start = time.process_time()
        problem = Problem.of(needs, offers, plan)
        print(f"tiles laid out in {time.process_time() - start:.0f} s of processor time", flush=True)
        sampled_blocks(problem, arguments.blocks, needs, offers, arguments.top)
        return 0
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="allpairs-"))
    start, before = time.perf_counter(), os.times()

    def show(done: int, blocks: int) -> None:
        if done % 20 == 0 or done == blocks:
            print(f"  {done}/{blocks} blocks, {time.perf_counter() - start:.0f} s", flush=True)

    finished = all_pairs(
        needs, offers, folder, plan=plan, workers=arguments.workers, ray_address=arguments.ray, progress=show
    )
    after = os.times()
    assert finished is not None
    result = {
        "machine": machine(),
        "rows": needs.shape[0],
        "seconds": time.perf_counter() - start,
        "cpu_seconds": after.user + after.system - before.user - before.system,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "checksum": finished.checksum,
        "recall": exact_recall(needs, offers, folder, arguments.top, arguments.sample),
    }
    if arguments.peer_rows:
        result["sparse_dot_topn_cpu_seconds"] = peer_seconds(needs, offers, arguments.top, arguments.peer_rows)
    if not arguments.folder:
        shutil.rmtree(folder)
    for name, value in result.items():
        print(f"{name:28s}{value:.4f}" if isinstance(value, float) else f"{name:28s}{value}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

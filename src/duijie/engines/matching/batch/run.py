"""Run all blocks, here in threads or as Ray tasks at an address; whatever was finished before is not done again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from duijie.engines.matching.batch.blocks import Blocks, Finished
from duijie.engines.matching.batch.inputs import Owners, Plan, checked, fingerprint
from duijie.engines.matching.batch.solve import Problem, Rescore, solve_block

Progress = Callable[[int, int], None]
"""Called with the number of finished blocks and of all blocks."""
Solved = Iterator[tuple[int, NDArray[np.void]]]
IN_FLIGHT_PER_WORKER = 2


def all_pairs(
    needs: sparse.spmatrix,
    offers: sparse.spmatrix,
    folder: Path,
    *,
    plan: Plan | None = None,
    owners: Owners | None = None,
    rescore: Rescore | None = None,
    rescore_name: str = "",
    workers: int = 2,
    ray_address: str | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Finished | None:
    """Find every need's best offers by the sum of products of their weights, into a folder (read it with Blocks).

    `needs` (rows, words) and `offers` (rows, words) hold weights of at least 0; pairs that share no word are not listed.
    A killed or stopped run goes on where it was when called again with the same input; the checksum at the end is the same
    whatever was killed and however many workers ran. `rescore` (needs a `rescore_name` that changes with what it does) then
    orders the plan's candidates. With `ray_address` ("local" starts one here) the blocks run as Ray tasks.

    Returns None when `stop` said so before the end. Raises BadWeights, OtherRun, and ValueError for unequal widths.
    """
    plan = plan or Plan()
    wanted, given = checked(needs, "needs"), checked(offers, "offers")
    if wanted.shape[1] != given.shape[1]:
        raise ValueError(
            f"needs have {wanted.shape[1]} words and offers {given.shape[1]}: the columns must be the same"
        )
    if rescore is not None and not rescore_name:
        raise ValueError("a rescoring hook needs a name, so that a folder is not continued with another one")
    owners = owners or Owners.none(wanted.shape[0], given.shape[0])
    mark = fingerprint(wanted, given, owners, plan, rescore_name)
    blocks = Blocks(folder, fingerprint=mark, needs=wanted.shape[0], block_rows=plan.block_rows, top=plan.top)
    waiting = sorted(set(range(blocks.count)) - set(blocks.finished()))
    done = blocks.count - len(waiting)
    if progress:
        progress(done, blocks.count)
    if waiting and not stop():
        problem = Problem.of(wanted, given, plan, owners=owners, rescore=rescore)
        solver = (
            _by_ray(problem, waiting, ray_address, stop)
            if ray_address
            else _by_threads(problem, waiting, workers, stop)
        )
        for block, best in solver:
            blocks.write(block, best)
            done += 1
            if progress:
                progress(done, blocks.count)
    return blocks.checksum()


def _by_threads(problem: Problem, waiting: Iterable[int], workers: int, stop: Callable[[], bool]) -> Solved:
    """The compiled loops release the interpreter, so threads share the tiles and still run at once."""
    queue = iter(waiting)
    running: dict[Future[NDArray[np.void]], int] = {}
    with ThreadPoolExecutor(max_workers=workers) as pool:
        while True:
            while (
                len(running) < IN_FLIGHT_PER_WORKER * workers
                and not stop()
                and (block := next(queue, None)) is not None
            ):
                running[pool.submit(solve_block, problem, block)] = block
            if not running:
                return
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                yield running.pop(future), future.result()


def _by_ray(problem: Problem, waiting: Iterable[int], address: str, stop: Callable[[], bool]) -> Solved:
    """The same function as Ray tasks: the problem is put into shared memory once, a lost worker's blocks are run again."""
    import ray

    if not ray.is_initialized():
        ray.init(address=address, log_to_driver=False)
    task: Any = ray.remote(max_retries=5)(solve_block)
    shared = ray.put(problem)
    most = IN_FLIGHT_PER_WORKER * max(1, int(ray.cluster_resources().get("CPU", 1)))
    queue = iter(waiting)
    running: dict[Any, int] = {}
    while True:
        while len(running) < most and not stop() and (block := next(queue, None)) is not None:
            running[task.remote(shared, block)] = block
        if not running:
            return
        finished, _ = ray.wait(list(running), num_returns=1)
        for reference in finished:
            yield running.pop(reference), ray.get(reference)

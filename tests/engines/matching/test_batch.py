"""All pairs: the exact best, whatever the cutting; a run that is stopped, killed or damaged ends the same."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from duijie.engines.matching.batch import (
    NEVER,
    BadWeights,
    Blocks,
    Finished,
    OtherRun,
    Owners,
    Plan,
    Problem,
    all_pairs,
    solve_block,
)
from tests.bench.synthetic_weights import Shape, weights

SMALL = Shape(vocabulary=300, tokens=20, subjects=5, subject_words=60, common_offset=2)
Lists = list[list[tuple[int, float]]]


def whole_weights(generator: np.random.Generator, rows: int, words: int, density: float) -> sparse.csr_matrix:
    """Whole-numbered weights: their sums are exact in every order of adding, so that ties are true ties."""
    values = generator.integers(1, 4, size=(rows, words)) * (generator.random((rows, words)) < density)
    return sparse.csr_matrix(values.astype(np.float32))


def plainly(needs: sparse.csr_matrix, offers: sparse.csr_matrix, top: int, owners: Owners | None = None) -> Lists:
    """The best offers by the plainest means: a dense product and a full sort."""
    product = (needs.astype(np.float64) @ offers.astype(np.float64).T).toarray()
    lists = []
    for need, scores in enumerate(product):
        order = [o for o in np.lexsort((np.arange(len(scores)), -scores)).tolist() if scores[o] > 0]
        if owners is not None:
            owner = owners.needs[need]
            order = [o for o in order if owner < 0 or owners.offers[o] != owner]
        lists.append([(o, scores[o]) for o in order[:top]])
    return lists


def listed(problem: Problem) -> Lists:
    lists: Lists = []
    for block in range(problem.blocks):
        for row in solve_block(problem, block):
            lists.append([(int(o), float(s)) for o, s in row if o >= 0])
    return lists


@settings(deadline=None, max_examples=150)
@given(
    seed=st.integers(0, 10_000),
    sizes=st.tuples(st.integers(1, 9), st.integers(1, 60), st.integers(1, 12)),
    density=st.floats(0, 1),
    plan=st.builds(
        Plan,
        top=st.integers(1, 20),
        block_rows=st.integers(1, 5),
        tile_rows=st.integers(1, 40),
        dense_share=st.sampled_from([0.0, 0.3, 2.0]),
        rare_share=st.sampled_from([0.0, 0.4, 2.0]),
    ),
    owned=st.booleans(),
)
def test_the_best_are_exact_with_ties_by_offer_however_the_work_is_cut(
    seed: int, sizes: tuple[int, int, int], density: float, plan: Plan, owned: bool
) -> None:
    generator = np.random.default_rng(seed)
    needs = whole_weights(generator, sizes[0], sizes[2], density)
    offers = whole_weights(generator, sizes[1], sizes[2], density)
    owners = None
    if owned:
        owners = Owners(*(generator.integers(-1, 3, size).astype(np.int32) for size in sizes[:2]))
    assert listed(Problem.of(needs, offers, plan, owners=owners)) == plainly(needs, offers, plan.top, owners)


def test_real_numbered_weights_beyond_one_stretch_and_one_tile() -> None:
    needs, offers = weights(40, 3000, seed=3, shape=SMALL)
    found = listed(Problem.of(needs, offers, Plan(top=50, tile_rows=1000, block_rows=16)))
    for mine, exact in zip(found, plainly(needs, offers, 50), strict=True):
        np.testing.assert_allclose([s for _, s in mine], [s for _, s in exact], rtol=1e-5)
        # Where float32 cannot tell two neighbours apart they may change places; otherwise the offers are the same.
        assert len({o for o, _ in mine} & {o for o, _ in exact}) >= 0.98 * len(exact)


def test_tiles_and_blocks_change_no_bit_of_the_scores() -> None:
    needs, offers = weights(30, 900, seed=4, shape=SMALL)
    reference = listed(Problem.of(needs, offers, Plan()))
    for tile_rows, block_rows in itertools.product((64, 700), (7, 30)):
        assert listed(Problem.of(needs, offers, Plan(tile_rows=tile_rows, block_rows=block_rows))) == reference


@pytest.fixture(scope="module")
def sides() -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    return weights(100, 400, seed=5, shape=SMALL)


PLAN = Plan(top=10, block_rows=8)


def test_threads_progress_stop_and_resume(tmp_path: Path, sides: tuple[sparse.csr_matrix, sparse.csr_matrix]) -> None:
    seen: list[tuple[int, int]] = []
    straight = all_pairs(*sides, tmp_path / "one", plan=PLAN, workers=1, progress=lambda *p: seen.append(p))
    assert seen == [(done, 13) for done in range(14)]
    stopped = threading.Event()

    def stop_early(done: int, blocks: int) -> None:
        if done == 3:
            stopped.set()

    begun = all_pairs(*sides, tmp_path / "two", plan=PLAN, workers=2, progress=stop_early, stop=stopped.is_set)
    assert begun is None
    kept = set(Blocks.opened(tmp_path / "two").finished())
    assert 3 <= len(kept) < 13
    seen.clear()
    assert all_pairs(*sides, tmp_path / "two", plan=PLAN, workers=2, progress=lambda *p: seen.append(p)) == straight
    assert seen[0] == (len(kept), 13)


def test_reading_gives_every_need_its_list_in_order(
    tmp_path: Path, sides: tuple[sparse.csr_matrix, sparse.csr_matrix]
) -> None:
    all_pairs(*sides, tmp_path / "run", plan=PLAN)
    expected = listed(Problem.of(*sides, PLAN))
    rows = [
        (need, list(zip(o.tolist(), s.tolist(), strict=True))) for need, o, s in Blocks.opened(tmp_path / "run").rows()
    ]
    assert rows == list(enumerate(expected))


def test_a_damaged_or_half_written_block_is_done_again(
    tmp_path: Path, sides: tuple[sparse.csr_matrix, sparse.csr_matrix]
) -> None:
    straight = all_pairs(*sides, tmp_path / "run", plan=PLAN)
    files = list(Blocks.opened(tmp_path / "run").finished().values())
    files[0].write_bytes(files[0].read_bytes()[:-1])
    files[1].write_bytes(b"\x01" + files[1].read_bytes()[1:])
    (tmp_path / "run" / ".part-1-block-000002").write_bytes(b"torn")
    seen: list[int] = []
    assert all_pairs(*sides, tmp_path / "run", plan=PLAN, progress=lambda done, _: seen.append(done)) == straight
    assert seen == [11, 12, 13]
    assert not list((tmp_path / "run").glob(".part-*"))


def test_a_folder_is_never_continued_with_other_input(
    tmp_path: Path, sides: tuple[sparse.csr_matrix, sparse.csr_matrix]
) -> None:
    needs, offers = sides
    all_pairs(needs, offers, tmp_path / "run", plan=PLAN)
    changed = offers.copy()
    changed.data[0] += 1
    for arguments in ((needs, changed, PLAN), (needs, offers, Plan(top=9, block_rows=8))):
        with pytest.raises(OtherRun, match="属于另一批输入"):
            all_pairs(arguments[0], arguments[1], tmp_path / "run", plan=arguments[2])


def test_a_hook_orders_the_candidates_anew_and_may_drop_some(
    tmp_path: Path, sides: tuple[sparse.csr_matrix, sparse.csr_matrix]
) -> None:
    def later_first_but_even_never(need: int, candidates: np.ndarray) -> np.ndarray:
        return np.where(candidates % 2 == 0, NEVER, candidates + need / 1000)

    plan = Plan(top=5, candidates=20, block_rows=8)
    run = all_pairs(*sides, tmp_path / "run", plan=plan, rescore=later_first_but_even_never, rescore_name="odd")
    assert isinstance(run, Finished)
    fetched = listed(Problem.of(*sides, Plan(top=20)))
    for need, offers, scores in Blocks.opened(tmp_path / "run").rows():
        odd = sorted((o for o, _ in fetched[need] if o % 2), reverse=True)[:5]
        assert offers.tolist() == odd
        np.testing.assert_allclose(scores, np.array(odd) + need / 1000, rtol=1e-6)
    with pytest.raises(ValueError, match="needs a name"):
        all_pairs(*sides, tmp_path / "other", plan=plan, rescore=later_first_but_even_never)


def test_bad_weights_are_refused(tmp_path: Path) -> None:
    good = sparse.csr_matrix(np.eye(3, dtype=np.float32))
    for value in (-1.0, np.nan, np.inf):
        bad = good.copy()
        bad.data[1] = value
        with pytest.raises(BadWeights, match="the offers hold a weight"):
            all_pairs(good, bad, tmp_path / "run")
    with pytest.raises(ValueError, match="the columns must be the same"):
        all_pairs(good, good[:, :2], tmp_path / "run")
    with pytest.raises(ValueError, match="tile_rows"):
        Plan(tile_rows=70_000)


def test_weights_in_any_layout_are_read_alike_and_left_alone() -> None:
    doubled = sparse.csr_matrix(
        (np.ones(4, dtype=np.float32), np.array([1, 1, 0, 1]), np.array([0, 2, 4])), shape=(2, 3)
    )
    before = (doubled.indices.copy(), doubled.data.copy())
    found = listed(Problem.of(doubled, sparse.coo_matrix(np.eye(3)), Plan()))
    assert found == [[(1, 2.0)], [(0, 1.0), (1, 1.0)]]
    assert np.array_equal(doubled.indices, before[0]) and np.array_equal(doubled.data, before[1])


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (0, 0)])
def test_an_empty_side_ends_at_once(tmp_path: Path, shape: tuple[int, int]) -> None:
    sides = [sparse.csr_matrix(np.ones((rows, 2), dtype=np.float32)) for rows in shape]
    run = all_pairs(*sides, tmp_path / "run")
    assert run is not None and run.needs == shape[0]
    assert [len(o) for _, o, _ in Blocks.opened(tmp_path / "run").rows()] == [0] * shape[0]


RUN = """
import sys
from pathlib import Path
from duijie.engines.matching.batch import Plan, all_pairs
from tests.bench.synthetic_weights import Shape, weights
shape = Shape(vocabulary=300, tokens=20, subjects=5, subject_words=60, common_offset=2)
sides = weights(600, 2000, seed=6, shape=shape)
run = all_pairs(*sides, Path(sys.argv[1]), plan=Plan(top=10, block_rows=4), workers=2,
                progress=lambda done, blocks: print(done, flush=True))
print(run.checksum)
"""


@pytest.mark.faults
def test_killed_runs_end_with_the_same_checksum(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), str(root)])}

    def start(folder: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", RUN, str(tmp_path / folder)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)

    with start("straight") as process:
        straight = process.communicate()[0].splitlines()[-1]
    for _ in range(2):
        with start("killed") as process:
            assert process.stdout is not None
            first = int(process.stdout.readline())
            while int(process.stdout.readline()) < first + 12:
                pass
            process.send_signal(signal.SIGKILL)
    begun = len(Blocks.opened(tmp_path / "killed").finished())
    assert 24 <= begun < 150
    with start("killed") as process:
        lines = process.communicate()[0].splitlines()
    assert int(lines[0]) == begun
    assert lines[-1] == straight

"""Candidates of large segments, crash safety, and laws that hold for any documents."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duijie.engines.matching import Document, MatchIndex
from duijie.engines.matching.arrays import Ragged
from duijie.engines.matching.candidates import Lists, Postings, best, best_eligible
from duijie.engines.matching.signature import HASH_BITS, TWO, WORD, orders_of, terms_of
from duijie.engines.matching.tally import gathered
from duijie.engines.matching.text import normalise, normalise_aligned

SUBJECTS = ("铝合金压铸", "茶叶萎凋", "水产养殖", "污水脱氮", "锂电池回收", "玉米育种", "光伏逆变器", "齿轮箱故障诊断")


def documents(many: int) -> list[Document]:
    return [
        Document(id=f"t{number}", kind="technology", title=f"{SUBJECTS[number % 8]}{'装置' if number % 3 else '方法'}{number % 17}型",
                 body=f"本成果用于{SUBJECTS[(number * 5) % 8]}的第{number}号场景。")
        for number in range(many)
    ]  # fmt: skip


def test_postings_hold_exactly_the_rows_of_each_rare_term() -> None:
    terms = Ragged.of([terms_of(document) for document in documents(400)], np.uint32)
    postings = Postings.of(terms)
    assert np.all(np.diff(postings.keys.astype(np.int64)) > 0)
    held = {
        int(key): set(postings.rows[postings.offsets[place] : postings.offsets[place + 1]].tolist())
        for place, key in enumerate(postings.keys)
    }
    expected: dict[int, set[int]] = {}
    for row in range(len(terms)):
        values = terms.row(row).astype(np.uint32)
        for key in (values & np.uint32((1 << (HASH_BITS + 2)) - 1))[np.isin(orders_of(values), (TWO, WORD))].tolist():
            expected.setdefault(key, set()).add(row)
    assert held == {key: rows for key, rows in expected.items() if len(rows) <= 50}


def test_lists_hold_every_row_once() -> None:
    vectors = np.random.default_rng(1).integers(-127, 127, (500, 80), dtype=np.int8)
    lists = Lists.of(vectors)
    assert sorted(lists.rows.tolist()) == list(range(500))
    assert lists.offsets[-1] == 500


def test_the_best_rows_are_cut_by_score_then_key() -> None:
    rows, scores = np.array([0, 1, 2, 3]), np.array([1, 2, 2, 2], dtype=np.float32)
    keys = np.array([9, 5, 1, 3])
    assert sorted(best(rows, scores, keys, 2).tolist()) == [2, 3]
    level = np.array([1, 5, 5, 5])
    assert sorted(best(rows[::-1], scores[::-1], level, 2).tolist()) == [
        1,
        2,
    ]  # rows 1 and 2: equal texts in the order of rows


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=60), st.integers(1, 8), st.randoms())
def test_the_best_eligible_rows_are_the_best_of_the_eligible(
    made: list[tuple[int, bool]], most: int, random: Random
) -> None:
    rows = np.array(random.sample(range(100), len(made)), dtype=np.int64)
    scores = np.array([score for score, _ in made], dtype=np.float32)
    contents = np.arange(100) // 3
    fit = np.zeros(100, dtype=bool)
    fit[rows] = [each for _, each in made]
    ranked = sorted(
        (row for row in rows.tolist() if fit[row]),
        key=lambda row: (-scores[rows.tolist().index(row)], contents[row], row),
    )
    found = best_eligible(rows, scores, contents, most, lambda asked: fit[asked])
    assert sorted(found.tolist()) == sorted(ranked[:most])


@given(st.integers(0, 2**32 - 1))
def test_rows_of_posting_lists_are_gathered_as_they_add_up(seed: int) -> None:
    chance = np.random.default_rng(seed)
    rows = chance.integers(0, 30, 80).astype(np.uint32)
    starts, many = chance.integers(0, 60, 5), chance.integers(0, 20, 5)
    weights = chance.choice([0, 0.25, 1.5, 3], 5).astype(np.float32)
    allowed = chance.random(30) < 0.7
    sums = np.zeros(30)
    touched, found = gathered(rows, starts, many, weights, allowed, sums)
    expected = np.zeros(30)
    for start, length, weight in zip(starts, many, weights, strict=True):
        np.add.at(expected, rows[start : start + length], weight)
    expected[~allowed] = 0
    assert dict(zip(touched.tolist(), found.tolist(), strict=True)) == {
        row: expected[row] for row in np.flatnonzero(expected).tolist()
    }
    assert not sums.any()


def test_a_large_segment_gives_the_same_first_matches_as_comparing_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duijie.engines.matching.segment.EXHAUSTIVE_ROWS", 500)
    index = MatchIndex.in_memory()
    index.upsert(documents(1_200))
    index.refresh()
    query = Document(id="n", kind="need", title="茶叶萎凋装置5型", body="用于水产养殖的第35号场景")
    few = [(each.id, each.score) for each in index.match(query, top=10, reasons=False)]
    everything = [(each.id, each.score) for each in index.match(query, top=0, reasons=False)]
    assert few == everything[:10]


def test_many_small_commits_are_joined_and_rank_like_one() -> None:
    one, other = MatchIndex.in_memory(), MatchIndex.in_memory()
    made = documents(24)
    one.upsert(made)
    one.refresh()
    for document in reversed(made):
        other.upsert([document])
        other.commit()
    other.refresh()
    query = Document(id="n", kind="need", title="锂电池回收方法")
    assert [(each.id, each.score) for each in one.match(query)] == [
        (each.id, each.score) for each in other.match(query)
    ]


WRITER = """
    import sys
    from pathlib import Path
    from duijie.engines.matching import Document, MatchIndex
    index = MatchIndex.open(Path(sys.argv[1]))
    for turn in range(10_000):
        index.upsert([Document(id=f"d{turn}", kind="technology", title=f"压铸{turn}", version=str(turn))])
        index.commit()
        print(turn, flush=True)
        if turn % 7 == 6:
            index.refresh()
"""


@pytest.mark.faults
@pytest.mark.parametrize("after", [1, 6, 11])
def test_a_killed_writer_loses_nothing_it_reported(tmp_path: Path, after: int) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(WRITER), str(tmp_path / "index")],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert writer.stdout is not None
    last = -1
    for line in writer.stdout:
        last = int(line)
        if last >= after:
            break
    writer.send_signal(signal.SIGKILL)
    rest = writer.stdout.read().split()
    writer.wait()
    last = int(rest[-1]) if rest else last
    with MatchIndex.open(tmp_path / "index") as index:
        found = index.verify({f"d{turn}": str(turn) for turn in range(last + 1)})
        assert (found.missing, found.stale) == ((), ())
        assert len(found.extra) <= 1
        index.upsert([Document(id="more", kind="technology", title="压铸")])
        index.commit()
        assert "more" in index


ANY_TEXT = st.text(max_size=60)


@settings(max_examples=40, deadline=None)
@given(ANY_TEXT)
def test_normalised_text_keeps_its_places(text: str) -> None:
    normal, places = normalise_aligned(text)
    assert normal == normalise(text)
    assert places is None or len(places) == len(normal)
    assert places is not None or len(normal) == len(text)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=5), ANY_TEXT)
def test_reasons_stand_in_both_texts_whatever_they_are(texts: list[tuple[str, str]], asked: str) -> None:
    index = MatchIndex.in_memory()
    index.upsert(
        Document(id=f"t{place}", kind="technology", title=title, body=body) for place, (title, body) in enumerate(texts)
    )
    index.refresh()
    query = Document(id="n", kind="need", title=asked, body=texts[0][1])
    found = index.match(query, top=0)
    assert len(found) == len(texts)
    for match in found:
        assert match.reasons is not None
        for term in match.reasons.terms:
            assert term.term in normalise(query.full)
            assert term.term in normalise(match.document.full)
            for snippet in (term.in_query, term.in_document):
                start, end = snippet.marks[0]
                assert term.term in normalise(snippet.text[start:end])  # a mark may take in a sign that goes with it

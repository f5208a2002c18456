"""Top 50 with reasons from a large index, one question at a time on one core; beside bm25s and SQLite FTS5 in the same run.

usage: OMP_NUM_THREADS=1 python tests/bench/bench_query.py [--rows 100000] [--queries 100] [--folder DIR] [--no-peers] [--json FILE]

Listings are those of `duijie generate --seed 1`, half needs, half technologies; questions are later needs of the same source. Every
system is asked for its best 50 technologies; ours with reasons and facets, the peers for row numbers by BM25 alone. With --folder
the index is kept and used again, and gone on with where making it was broken off.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.config.settings")

from duijie.cli.generate import _generator
from duijie.engines.matching import Document, MatchIndex
from duijie.engines.matching.text import words
from tests.bench.bench_allpairs import machine

TOP = 50
AT_ONCE = 20_000


def documents(start: int, stop: int, step: int = 1) -> Iterator[Document]:
    """Generated listings as documents."""
    generator = _generator(1)
    for number in range(start, stop, step):
        made = generator.listing(number, kind="need" if number % 2 == 0 else "technology")
        yield Document(
            id=made.external_id, kind=made.kind, title=made.title, body=made.body, keywords=made.keywords,
            regions=(made.region,), industries=(made.industry,), amount_min_fen=made.amount_low_minor,
            amount_max_fen=made.amount_high_minor,
        )  # fmt: skip


def built(folder: Path, rows: int) -> MatchIndex:
    """The index of so many listings: made where it is not there, gone on with where making it was broken off.

    Memory holds a batch of listings, besides what `refresh` needs; everything else is on disk."""
    if (folder / "CURRENT").exists():
        index = MatchIndex.open(folder, writable=False)
        if len(index) == rows and index.fresh:
            return index
        if len(index) != rows and (len(index) > rows or len(index) % AT_ONCE):
            raise SystemExit(f"{folder} holds {len(index)} listings, not a beginning of {rows}: name another folder")
    start, before = time.perf_counter(), time.process_time()
    with MatchIndex.open(folder) as index:
        for first in range(len(index), rows, AT_ONCE):
            index.upsert(documents(first, min(first + AT_ONCE, rows)))
            index.commit()
            print(f"{len(index)} read, {time.process_time() - before:.0f} s of processor time", flush=True)
        index.refresh()
    print(
        f"index of {rows} made in {time.process_time() - before:.0f} s of processor time, {time.perf_counter() - start:.0f} s on the clock, "
        f"highest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB, on disk {sum(f.stat().st_size for f in folder.rglob('*') if f.is_file()) / 1e6:.0f} MB",
        flush=True,
    )
    return MatchIndex.open(folder, writable=False)


def timed(name: str, ask: Callable[[Document], object], questions: list[Document]) -> dict[str, float]:
    """Percentiles in milliseconds, by the clock and by this process's processor time."""
    clock, processor = [], []
    for question in questions:
        before, start = time.process_time(), time.perf_counter()
        ask(question)
        clock.append((time.perf_counter() - start) * 1000)
        processor.append((time.process_time() - before) * 1000)
    found = {
        f"{kind}_{part}": round(float(np.quantile(values, level)), 2)
        for kind, values in (("clock", clock), ("processor", processor))
        for part, level in (("p50", 0.5), ("p95", 0.95))
    }
    print(f"{name:34s} " + "  ".join(f"{key} {value:8.2f} ms" for key, value in found.items()), flush=True)
    return found


def bm25s_asked(rows: int) -> Callable[[Document], object]:
    """bm25s with its compiled scorer over the words of all technologies."""
    import bm25s

    retriever = bm25s.BM25(backend="numba")
    retriever.index([words(each.full) for each in documents(1, rows, 2)], show_progress=False)
    retriever.activate_numba_scorer()
    return lambda question: retriever.retrieve([words(question.full)], k=TOP, show_progress=False, n_threads=1)


def sqlite_asked(rows: int, path: Path) -> Callable[[Document], object]:
    """SQLite FTS5 over the same words, its own BM25."""
    base = sqlite3.connect(path)
    base.execute("create virtual table listing using fts5(text, content='', tokenize='unicode61')")
    base.executemany(
        "insert into listing(text) values (?)", ((" ".join(words(d.full)),) for d in documents(1, rows, 2))
    )
    base.commit()

    def ask(question: Document) -> object:
        wanted = " OR ".join(f'"{word}"' for word in dict.fromkeys(words(question.full)))
        return base.execute(
            "select rowid from listing where listing match ? order by rank limit ?", (wanted, TOP)
        ).fetchall()

    return ask


def agreement(index: MatchIndex, questions: list[Document]) -> float:
    """Share of the first ten of everything compared that are found among the first ten from candidates."""
    shares = []
    for question in questions:
        quick = {each.id for each in index.match(question, top=10, reasons=False)}
        exact = [each.id for each in index.match(question, top=0, reasons=False)[:10]]
        shares.append(len(quick.intersection(exact)) / 10)
    return float(np.mean(shares))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--exact", type=int, default=0, help="questions that are compared with everything")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-query-") as scratch:
        index = built(arguments.folder or Path(scratch) / "index", arguments.rows)
        questions = list(documents(arguments.rows, arguments.rows + 2 * arguments.queries, 2))
        for question in questions[:5]:
            index.match(question, top=TOP)
        found = {"duijie": timed("Duijie, top 50 with reasons", lambda q: index.match(q, top=TOP), questions)}
        found["duijie_no_reasons"] = timed(
            "Duijie, without reasons", lambda q: index.match(q, top=TOP, reasons=False), questions
        )
        if arguments.exact:
            print(
                f"first ten as of comparing everything: {agreement(index, questions[: arguments.exact]):.3f}",
                flush=True,
            )
        index.close()
        if not arguments.no_peers:
            ask = sqlite_asked(arguments.rows, Path(scratch) / "fts.db")
            found["sqlite"] = timed("SQLite FTS5, row numbers", ask, questions)
            ask = bm25s_asked(arguments.rows)
            ask(questions[0])
            found["bm25s"] = timed("bm25s (numba), row numbers", ask, questions)
    print(
        f"load at the end {os.getloadavg()[0]:.1f}, highest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    if arguments.json:
        arguments.json.write_text(
            json.dumps({"machine": machine(), "rows": arguments.rows} | found, indent=1) + "\n", encoding="utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Each figure of deals and projects over 200,000 deals and 2,000,000 monthly figures: how long it takes to ask for it.

usage: python tests/bench/bench_land.py [--deals 200000] [--figures 2000000] [--rounds 15] [--json FILE]

Works in the database named by DUIJIE_DATABASE_URL (which must be empty of deals), or in a new SQLite file; land_rows.py fills it.
Prints a Markdown table: median and 95th percentile of wall time and of processor time in ms, with the database's own caches warm.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from land_rows import begin, fill

Times = tuple[float, float, float]


def timed(run: Callable[[], object], rounds: int) -> Times:
    """(median, 95th percentile) of the wall time of `run` and the median of its processor time, in ms, after one round that is not counted."""
    run()
    found, busy = [], []
    for _ in range(rounds):
        start, cpu = time.perf_counter(), time.process_time()
        run()
        found.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - cpu) * 1000)
    return statistics.median(found), sorted(found)[max(math.ceil(len(found) * 0.95) - 1, 0)], statistics.median(busy)


def measured(rounds: int) -> list[tuple[str, *Times]]:
    from duijie.core.access import MEMBER, SYSTEM, Grant, Viewer
    from duijie.core.measures import Question, measure
    from duijie.land.queries import board, deals, projects
    from duijie.members.models import Alliance

    year = (dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    alliance = Alliance.objects.get(slug="bench").pk
    lately = dt.datetime(2025, 12, 20, tzinfo=dt.UTC)
    cases: list[tuple[str, str, dict[str, Any]]] = [
        *((f"{code}, a year", code, {}) for code in ("leads", "intents", "projects_signed", "total_investment", "paid_in", "output", "tax")),
        ("projects of 100 m or more, a year", "projects_100m", {}),
        ("paid in from Shanghai, a year", "paid_in", {"filters": {"origin": "310000"}}),
        ("paid in from Shanghai, foreign, 100 m or more, a year", "paid_in", {"filters": {"origin": "310000", "foreign": True, "minimum": 10_000_000_000}}),
        ("paid in, one industry (C39), a year", "paid_in", {"filters": {"industry": "C39"}}),
        ("paid in, one class of industry (C3962), a year", "paid_in", {"filters": {"industry": "C3962"}}),
        ("paid in of an alliance's members, a year", "paid_in", {"alliance_id": alliance}),
        ("paid in of one member, a year", "paid_in", {"member_ids": frozenset({7})}),
        ("paid in, from the 10th to the 20th of a month later", "paid_in", {"start": dt.date(2025, 3, 10), "end": dt.date(2025, 9, 20)}),
        ("paid in, a quarter, as known years later", "paid_in", {"start": dt.date(2023, 1, 1), "end": dt.date(2023, 3, 31), "known_at": dt.datetime(2023, 4, 20, tzinfo=dt.UTC)}),
        ("paid in, a year, as known at an instant of that year", "paid_in", {"known_at": lately}),
        ("paid in, all five years", "paid_in", {"start": dt.date(2021, 1, 1)}),
    ]  # fmt: skip
    found = []
    for name, code, more in cases:
        values = {"start": year[0], "end": year[1], **more}
        question, one = Question(**values), measure(f"land.{code}")
        found.append((name, *timed(lambda one=one, question=question: one.totals(question), rounds)))  # type: ignore[misc]
    officer = Viewer(user_id=1, grants=frozenset({Grant("liaison", MEMBER, 7)}), member_ids=frozenset({7}))
    for whose, viewer in (("", SYSTEM), (", for an officer of a member", officer)):
        found.append(
            (f"the board (ten lanes of 40 cards){whose}", *timed(lambda v=viewer: board(v), max(rounds // 3, 3)))
        )  # type: ignore[misc]
        found.append((f"the list's first page{whose}", *timed(lambda v=viewer: list(deals(v)[:30]), rounds)))  # type: ignore[misc]
    found.append(
        ("the list of projects, first page, for an officer", *timed(lambda: list(projects(officer)[:30]), rounds))
    )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=200_000)
    parser.add_argument("--figures", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    begin()
    from django.db import connection

    spent = fill(given.deals, given.figures)
    load = os.getloadavg()[0]
    print(
        f"{connection.vendor}: {given.deals} deals, {given.figures} monthly figures; filled in {spent}; load {load:.1f}"
    )
    found = measured(given.rounds)
    print("| figure | median ms | p95 ms | processor ms |\n|---|---|---|---|")
    for name, median, p95, busy in found:
        print(f"| {name} | {median:.1f} | {p95:.1f} | {busy:.1f} |")
    if given.json:
        given.json.write_text(
            json.dumps({"spent": spent, "load": load, "figures": found}, ensure_ascii=False, indent=1)
        )


if __name__ == "__main__":
    main()

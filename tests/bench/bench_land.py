"""Each figure of deals and projects over 200,000 deals and 2,000,000 monthly figures: how long it takes to ask for it.

usage: python tests/bench/bench_land.py [--deals 200000] [--figures 2000000] [--rounds 15] [--json FILE]

Works in the database named by DUIJIE_DATABASE_URL (which must be empty of deals), or in a new SQLite file. The rows are made by a fixed
seed and put in by bulk, deals, projects and figures as they would stand after years of use; the ledger's postings beside them, as the
actions would have appended them; the monthly sums are added up by SQL. Prints a Markdown table: median and 95th percentile of
wall time in ms, with the database's own caches warm.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

SEED = 4
MEMBERS, MONTHS, FIRST_YEAR = 100, 60, 2021
ORIGINS = ("310000", "310000", "310000", "320500", "330100", "340100", "440300", "110000", "320100", "330200")
INDUSTRIES = ("C39", "C3962", "C38", "C36", "C35", "C34", "C27", "C26", "C21", "C17", "I65", "G59", "M73", "J67")


def begin() -> None:
    os.environ.setdefault("DUIJIE_DATA_DIR", tempfile.mkdtemp(prefix="duijie-bench-"))
    os.environ.setdefault("DUIJIE_SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def put(table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Put rows into a table by the fastest way the database has."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(columns))
            cursor.connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


class Load:
    """The rows, from one seed."""

    def __init__(self, deals: int, figures: int) -> None:
        self.rule, self.deals, self.figures = random.Random(SEED), deals, figures
        self.projects = max(figures // MONTHS, 1)
        from django.db import connection

        self.plain = connection.vendor != "postgresql"

    def when(self, day: dt.date, late: int = 3) -> Any:
        at = dt.datetime(day.year, day.month, day.day, 2, tzinfo=dt.UTC) + dt.timedelta(days=self.rule.randint(0, late))
        return at.strftime("%Y-%m-%d %H:%M:%S.000000") if self.plain else at

    def day(self) -> dt.date:
        return dt.date(FIRST_YEAR, 1, 1) + dt.timedelta(days=self.rule.randint(0, MONTHS * 30))

    def date(self, day: dt.date) -> Any:
        return day.isoformat() if self.plain else day

    def shapes(self) -> list[tuple[int, int]]:
        """(shape, amount) for each project: every one has its own total."""
        from duijie.land.counting import ShapeKey
        from duijie.land.ledger import Shapes

        known, found = Shapes(), []
        for _ in range(self.projects):
            amount = self.rule.choice((300, 800, 3000, 6000, 12000, 30000)) * 1_000_000
            key = ShapeKey(
                "technology" if self.rule.random() < 0.15 else "investment", self.rule.choice(INDUSTRIES),
                self.rule.choice(ORIGINS), "330400", self.rule.random() < 0.1, self.rule.random() < 0.15, amount,
            )  # fmt: skip
            found.append((known.ids(key)[0], amount))
        return found

    def deal_rows(self) -> Iterator[tuple[Any, ...]]:
        for pk in range(1, self.deals + 1):
            day, at = self.day(), self.when(dt.date(2026, 1, 1))
            stage = self.rule.choice(
                ("lead", "contact", "negotiation", "intent", "signed", "registered", "construction", "lost")
            )
            yield (
                pk, f"D{pk:025}", f"项目线索{pk}", "investment", "", pk % MEMBERS + 1, bool(pk % 20 == 0), "by_hand", "", "",
                stage, self.date(day), 3, "", "", 1_000_000 * (pk % 900), "CNY", False, "330400", "310000", "39", "看厂房",
                "", 1, at, at,
            )  # fmt: skip

    def posting_rows(self, shapes: list[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
        """(code, member, project, deal, day, recorded, value, shape) as the actions would have appended them."""
        for pk in range(1, self.deals + 1):
            day, shape = self.day(), shapes[pk % len(shapes)][0]
            for code in range(1, self.rule.randint(2, 7)):
                reached = day + dt.timedelta(days=30 * code)
                yield (code, pk % MEMBERS + 1, None, pk, self.date(reached), self.when(reached), 1, shape)
        left = self.figures
        for pk, (shape, amount) in enumerate(shapes, start=1):
            signed, member = self.day(), pk % MEMBERS + 1
            base = (member, pk, None)
            for code, value in ((20, 1), (40, amount), (22, 1)):
                yield (code, *base, self.date(signed), self.when(signed), value, shape)
            for month in range(MONTHS):
                if left <= 0:
                    break
                left -= 1
                year, number = divmod(FIRST_YEAR * 12 + month + 1, 12)
                day = dt.date(year, number + 1, 1) - dt.timedelta(days=1)
                code = (43, 46, 47)[month % 3]
                yield (code, *base, self.date(day), self.when(day, 40), self.rule.randint(1, 9) * 10_000_00, shape)


TALLY = """
INSERT INTO land_tally (code, slice_id, month, member_id, value)
SELECT p.code, {slice}, {month}, p.member_id, SUM(p.value) FROM land_posting p JOIN land_shape s ON s.id = p.shape_id
GROUP BY 1, 2, 3, 4
"""


def fill(deals: int, figures: int) -> dict[str, float]:
    """Make the rows; seconds of each part."""
    from django.db import connection, transaction

    from duijie.land.models import Deal
    from duijie.members.models import Alliance, Member, Membership

    assert not Deal.objects.unscoped("bench").exists(), "the database has deals already"
    alliance = Alliance.objects.create(name="联盟", slug="bench")
    for n in range(1, MEMBERS + 1):
        member = Member.objects.create(pk=n, name=f"成员{n}", slug=f"m{n}", kind="park", region="330400")
        Membership.objects.create(alliance=alliance, member=member, since=dt.date(2020, 1, 1))
    load, spent = Load(deals, figures), {}
    start = time.perf_counter()
    with transaction.atomic():
        names = [f.column for f in Deal._meta.concrete_fields]
        order = [
            "id", "uid", "title", "kind", "summary", "owner_member_id", "confidential", "source", "source_ref",
            "source_label", "stage", "stage_since", "reached", "end_reason", "end_remark", "amount_minor", "currency",
            "foreign", "region", "origin", "industry", "next_step", "external_id", "version", "created_at", "changed_at",
        ]  # fmt: skip
        assert set(names) - set(order) == {"owner_user_id", "next_on"}
        put("land_deal", [f'"{n}"' for n in order], load.deal_rows())
        spent["deals"] = time.perf_counter() - start
        shapes = load.shapes()
        columns = ["code", "member_id", "project_id", "deal_id", "effective_on", "recorded_at", "value", "shape_id"]
        put("land_posting", columns, load.posting_rows(shapes))
    spent["postings"] = time.perf_counter() - start - spent["deals"]
    month = (
        "CAST(strftime('%%Y', p.effective_on) AS INTEGER) * 12 + CAST(strftime('%%m', p.effective_on) AS INTEGER) - 1"
    )
    if connection.vendor == "postgresql":
        month = "EXTRACT(YEAR FROM p.effective_on)::int * 12 + EXTRACT(MONTH FROM p.effective_on)::int - 1"
    with connection.cursor() as cursor:
        for part in ("0", "s.slice_id"):
            cursor.execute(TALLY.format(slice=part, month=month), [])
        cursor.execute("ANALYZE")
    spent["sums"] = time.perf_counter() - start - spent["deals"] - spent["postings"]
    return spent


def timed(run: Callable[[], object], rounds: int) -> tuple[float, float]:
    """(median, 95th percentile) of `run` in ms of wall time, after one round that is not counted."""
    run()
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found), sorted(found)[max(int(len(found) * 0.95) - 1, 0)]


def measured(rounds: int) -> list[tuple[str, float, float]]:
    from duijie.core.access import SYSTEM
    from duijie.core.measures import Question, measure
    from duijie.land.queries import board, deals
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
    found.append(("the board (ten lanes of 40 cards)", *timed(lambda: board(SYSTEM), max(rounds // 3, 3))))
    found.append(("the list's first page", *timed(lambda: list(deals(SYSTEM)[:30]), rounds)))
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
    print("| figure | median ms | p95 ms |\n|---|---|---|")
    for name, median, p95 in found:
        print(f"| {name} | {median:.1f} | {p95:.1f} |")
    if given.json:
        given.json.write_text(
            json.dumps({"spent": spent, "load": load, "figures": found}, ensure_ascii=False, indent=1)
        )


if __name__ == "__main__":
    main()

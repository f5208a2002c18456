"""The rows of the land and plan benchmarks, put in by bulk: deals, projects, monthly figures, the ledger's postings and their sums.

They are made by a fixed seed as they would stand after five years of use. What the actions would have done row by row (rights, audit
lines, events, versions) is left out, and so are the database's checks of keys while the rows go in: this is a way to fill a benchmark,
not a door. Indices are built after the rows. The monthly sums are added up by SQL.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

SEED = 4
MEMBERS, MONTHS, FIRST_YEAR = 100, 60, 2021
ORIGINS = ("310000", "310000", "310000", "320500", "330100", "340100", "440300", "110000", "320100", "330200")
INDUSTRIES = ("C39", "C3962", "C38", "C36", "C35", "C34", "C27", "C26", "C21", "C17", "I65", "G59", "M73", "J67")
STAGES = ("lead", "contact", "negotiation", "intent", "signed", "registered", "construction", "lost")
MONTHLY = ((43, "paid_in", "domestic"), (46, "output", ""), (47, "tax", ""))  # one of them each month, in turn
Row = tuple[Any, ...]


def begin() -> None:
    """Django on the database of the environment, else on a new SQLite file; migrated."""
    os.environ.setdefault("DUIJIE_DATA_DIR", tempfile.mkdtemp(prefix="duijie-bench-"))
    os.environ.setdefault("DUIJIE_SECRET_KEY", "bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duijie.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def unchecked(models: list[Any]) -> Iterator[None]:
    """No checks of keys and no secondary indices of these tables inside; the indices are built at the end."""
    from django.db import connection

    def say(*statements: str) -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    indices = [(model, index) for model in models for index in model._meta.indexes]
    with connection.schema_editor() as editor:
        for model, index in indices:
            editor.remove_index(model, index)
    if connection.vendor == "postgresql":
        say("SET session_replication_role = replica")
    else:
        say("PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF")
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            for model, index in indices:
                editor.add_index(model, index)
        if connection.vendor == "postgresql":
            say("SET session_replication_role = DEFAULT")
        else:
            say("PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL")


def put(model: Any, varying: list[str], rows: Iterable[Row]) -> None:
    """Put rows into a model's table by the fastest way the database has. Columns that are not named have their default.

    Values are numbers, text, None; days and instants as text in UTC; truth as 1 and 0: so both databases read them.
    """
    from django.db import connection

    rest = {}
    for field in model._meta.concrete_fields:
        if field.column not in varying and not field.primary_key:
            value = field.get_db_prep_save(field.get_default(), connection) if field.has_default() else None
            if value is None and not field.null:
                value = "" if field.empty_strings_allowed else 0
            rest[field.column] = int(value) if isinstance(value, bool) else value
    names = ", ".join(f'"{n}"' for n in [*varying, *rest])
    table, constants = model._meta.db_table, tuple(rest.values())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            tail = "".join("\t" + _copied(v) for v in constants) + "\n"
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                every = iter(rows)
                while some := list(islice(every, 5000)):
                    copy.write("".join("\t".join(map(_copied, row)) + tail for row in some))
        else:
            marks = ", ".join("?" * (len(varying) + len(constants)))
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
            cursor.connection.executemany(statement, (row + constants for row in rows))


def _copied(value: Any) -> str:
    return "\\N" if value is None else str(value)


class Load:
    """The rows, from one seed."""

    def __init__(self, deals: int, figures: int) -> None:
        self.rule, self.deals, self.figures = random.Random(SEED), deals, figures
        self.projects = -(-figures // MONTHS)
        first = dt.date(FIRST_YEAR, 1, 1)
        every = [first + dt.timedelta(days=n) for n in range(MONTHS * 31 + 400)]
        self._days = [d.isoformat() for d in every]
        self._stamps = [f"{d} 02:00:00.000000" + ("+00" if self.on_postgresql() else "") for d in self._days]
        ends = [dt.date(FIRST_YEAR + n // 12, n % 12 + 1, 1) - dt.timedelta(days=1) for n in range(1, MONTHS + 1)]
        self._month_ends = [(d - first).days for d in ends]

    @staticmethod
    def on_postgresql() -> bool:
        from django.db import connection

        return connection.vendor == "postgresql"

    def pick(self, among: int) -> int:
        """A number below `among`: quicker than randrange."""
        return int(self.rule.random() * among)

    def day(self) -> int:
        """A day of the five years, counted from the first."""
        return self.pick(MONTHS * 30)

    def shapes(self) -> list[tuple[int, Any]]:
        """(id of the shape, its key) for each project: nearly every one has its own total, so nearly as many shapes."""
        from duijie.land.counting import ShapeKey
        from duijie.land.ledger import slice_values
        from duijie.land.models import Shape, Slice

        ids: dict[Any, int] = {}
        slices: dict[tuple[Any, ...], int] = {}
        found, rule = [], self.rule
        for _ in range(self.projects):
            million = rule.choice((3, 8, 30, 60, 120, 300)) * (0.7 + 0.6 * rule.random())
            key = ShapeKey(
                "technology" if rule.random() < 0.15 else "investment", rule.choice(INDUSTRIES), rule.choice(ORIGINS),
                "330400", rule.random() < 0.1, rule.random() < 0.15, int(million * 100) * 1_000_000,
            )  # fmt: skip
            found.append((ids.setdefault(key, len(ids) + 1), key))
        for key in ids:
            values = slice_values(key)
            if tuple(values.values()) not in slices:
                slices[tuple(values.values())] = Slice.objects.create(**values).pk
        put(
            Shape,
            ["id", "kind", "industry", "origin", "region", "foreign", "technology", "amount_minor", "slice_id"],
            (
                (pk, k.kind, k.industry, k.origin, k.region, int(k.foreign), int(k.technology), k.amount_minor,
                 slices[tuple(slice_values(k).values())])
                for k, pk in ids.items()
            ),
        )  # fmt: skip
        return found

    def deal_rows(self) -> Iterator[Row]:
        """id, uid, title, kind, owner, confidential, stage, stage_since, reached, amount, region, origin, industry, next_step, instants."""
        at = self._stamps[MONTHS * 30]
        for pk in range(1, self.deals + 1):
            yield (
                pk, f"D{pk:025}", f"项目线索{pk}", "investment", pk % MEMBERS + 1, int(pk % 20 == 0), STAGES[self.pick(8)],
                self._days[self.day()], 3, 1_000_000 * (pk % 900), "330400", "310000", "C39", "看厂房", at, at,
            )  # fmt: skip

    def project_rows(self, shapes: list[tuple[int, Any]], signed: list[int]) -> Iterator[Row]:
        """Half of the projects are open to all, the others to the officers of allied members."""
        at = self._stamps[MONTHS * 30]
        for pk, ((_, key), day) in enumerate(zip(shapes, signed, strict=True), start=1):
            yield (
                pk, f"P{pk:025}", f"产业项目{pk}号", f"产业项目{pk}号", pk % MEMBERS + 1, "public" if pk % 2 else "alliance", key.kind,
                key.region, key.industry, key.origin, int(key.foreign), int(key.technology), "signed", self._days[day],
                key.amount_minor, at, at,
            )  # fmt: skip

    def monthly(self) -> Iterator[tuple[int, int, int, int, int]]:
        """(project, month, day, recorded, fen) of each monthly figure; some are reported up to forty days late."""
        left, pick, ends = self.figures, self.pick, self._month_ends
        for pk in range(1, self.projects + 1):
            for month in range(min(MONTHS, left)):
                day = ends[month]
                yield pk, month, day, day + pick(41), (1 + pick(9)) * 10_000_00
            left -= MONTHS

    def figure_rows(self, monthly: Iterable[tuple[int, int, int, int, int]]) -> Iterator[Row]:
        """uid, project, kind, source, currency, amount, cny_minor, effective_on, recorded_at, actor."""
        days, stamps = self._days, self._stamps
        for n, (pk, month, day, known, value) in enumerate(monthly, start=1):
            _, kind, source = MONTHLY[month % 3]
            yield f"F{n:025}", pk, kind, source, "CNY", value, value, days[day], stamps[known], "system"

    def posting_rows(
        self, shapes: list[tuple[int, Any]], signed: list[int], monthly: Iterable[tuple[int, int, int, int, int]]
    ) -> Iterator[Row]:
        """(code, member, project, deal, day, recorded, value, shape) as the actions would have appended them."""
        days, stamps, pick = self._days, self._stamps, self.pick
        for pk in range(1, self.deals + 1):
            day, shape = self.day(), shapes[pk % len(shapes)][0]
            for code in range(1, 3 + pick(5)):
                reached = day + 30 * code
                yield code, pk % MEMBERS + 1, None, pk, days[reached], stamps[reached + pick(4)], 1, shape
        for pk, ((shape, key), day) in enumerate(zip(shapes, signed, strict=True), start=1):
            for code, value in ((20, 1), (40, key.amount_minor), (22, 1)):
                yield code, pk % MEMBERS + 1, pk, None, days[day], stamps[day + pick(4)], value, shape
        for pk, month, day, known, value in monthly:
            yield MONTHLY[month % 3][0], pk % MEMBERS + 1, pk, None, days[day], stamps[known], value, shapes[pk - 1][0]


TALLY = """
INSERT INTO land_tally (code, slice_id, month, member_id, value)
SELECT p.code, {slice}, {month}, p.member_id, SUM(p.value) FROM land_posting p JOIN land_shape s ON s.id = p.shape_id
GROUP BY 1, 2, 3, 4
"""
MONTH_OF = {
    "sqlite": "CAST(substr(p.effective_on, 1, 4) AS INTEGER) * 12 + CAST(substr(p.effective_on, 6, 2) AS INTEGER) - 1",
    "postgresql": "EXTRACT(YEAR FROM p.effective_on)::int * 12 + EXTRACT(MONTH FROM p.effective_on)::int - 1",
}


def fill(deals: int, figures: int) -> dict[str, float]:
    """Make the rows; seconds of each part. A database that was filled with as many before is taken as it is."""
    from django.core.management.color import no_style
    from django.db import connection, transaction

    from duijie.land.models import Deal, Figure, Posting, Project, Shape, Tally
    from duijie.members.models import Alliance, Member, Membership

    there = Deal.objects.unscoped("bench").count()
    if there and there == deals and Figure.objects.count() == figures:
        return {}
    assert not there, "the database has other deals already"
    alliance = Alliance.objects.create(name="联盟", slug="bench")
    for n in range(1, MEMBERS + 1):
        member = Member.objects.create(pk=n, name=f"成员{n}", slug=f"m{n}", kind="park", region="330400")
        Membership.objects.create(alliance=alliance, member=member, since=dt.date(2020, 1, 1))
    load, spent, begun = Load(deals, figures), {}, time.perf_counter()

    def done(part: str) -> None:
        spent[part] = round(time.perf_counter() - begun - sum(spent.values()), 1)

    tables = [Deal, Project, Figure, Posting, Tally]
    with unchecked(tables), transaction.atomic():
        shapes, signed = load.shapes(), [load.day() for _ in range(load.projects)]
        done("shapes")
        put(Deal, [
            "id", "uid", "title", "kind", "owner_member_id", "confidential", "stage", "stage_since", "reached", "amount_minor",
            "region", "origin", "industry", "next_step", "created_at", "changed_at",
        ], load.deal_rows())  # fmt: skip
        put(Project, [
            "id", "uid", "name", "name_key", "owner_member_id", "openness", "kind", "region", "industry", "origin",
            "foreign", "technology", "stage", "signed_on", "total_cny_minor", "created_at", "changed_at",
        ], load.project_rows(shapes, signed))  # fmt: skip
        done("deals and projects")
        monthly = list(load.monthly())
        put(Figure, ["uid", "project_id", "kind", "source", "currency", "amount", "cny_minor", "effective_on", "recorded_at", "actor"],
            load.figure_rows(monthly))  # fmt: skip
        done("figures")
        put(Posting, ["code", "member_id", "project_id", "deal_id", "effective_on", "recorded_at", "value", "shape_id"],
            load.posting_rows(shapes, signed, monthly))  # fmt: skip
        done("postings")
        with connection.cursor() as cursor:
            for part in ("0", "s.slice_id"):
                cursor.execute(TALLY.format(slice=part, month=MONTH_OF[connection.vendor]))
        done("sums")
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Shape, *tables]):
            cursor.execute(statement)
        # What PostgreSQL's own autovacuum does within minutes.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    done("indices")
    return spent

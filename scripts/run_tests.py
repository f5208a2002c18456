"""Run every test: everything on SQLite, then what touches the database again on PostgreSQL, in one closing summary.

usage: run_tests.py [pytest options]

DUIJIE_TEST_POSTGRESQL_URL names the server; where none answers this fails rather than skips. Both runs are one pytest
process each; the last lines are pytest's own, and the exit status is 0 only where both are green.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent


def reference_data() -> dict[str, str]:
    """Where the reference data lies: the variable, or the folder beside the checkout."""
    beside = ROOT.parent / "shared" / "data"
    if os.environ.get("DUIJIE_REFERENCE_DATA") or not beside.is_dir():
        return {}
    return {"DUIJIE_REFERENCE_DATA": str(beside)}


def folders_of_the_platform() -> list[str]:
    """Test folders that touch the database: all but the engines, which know none, and those that start processes of their own."""
    others = {"bench", "cli", "demo", "e2e", "engines", "faults"}
    return sorted(
        f"tests/{each.name}"
        for each in (ROOT / "tests").iterdir()
        if each.is_dir() and each.name not in others and not each.name.startswith("__")
    )


def run(database_url: str | None, arguments: list[str]) -> int:
    environment = os.environ | reference_data() | {"OMP_NUM_THREADS": "1"}
    environment.pop("DUIJIE_DATABASE_URL", None)
    if database_url:
        environment["DUIJIE_DATABASE_URL"] = database_url
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment, check=False
    ).returncode


def main() -> int:
    url = os.environ.get("DUIJIE_TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError as error:
        print(f"PostgreSQL does not answer at {url.rsplit('@', 1)[-1]} (DUIJIE_TEST_POSTGRESQL_URL): {error}")
        return 1
    options = sys.argv[1:]
    print("== PostgreSQL: every test that touches the database", flush=True)
    first = run(url, [*options, "-m", "not browser and not faults", *folders_of_the_platform()])
    print("== SQLite: every test", flush=True)
    # The short way of an empty database, as `duijie upgrade` takes it; PostgreSQL above went through the migrations.
    second = run(None, [*options, "--no-migrations", "tests"])
    if first:
        print(f"the run on PostgreSQL failed (exit status {first}); see above")
    return first or second


if __name__ == "__main__":
    sys.exit(main())

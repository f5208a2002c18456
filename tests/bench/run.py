"""`make bench`: every benchmark that ends within minutes, one after the other. The large ones say in their docstring how to run them.

What lands and plans are measured on SQLite and, where the server of DUIJIE_TEST_POSTGRESQL_URL answers, on PostgreSQL in a database of
their own, at a tenth of their full size.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

HERE = Path(__file__).parent
ENDS_IN_MINUTES = (
    "bench_market.py", "bench_query.py", "bench_train.py", "bench_composite.py", "bench_timetable.py", "bench_atlas.py", "bench_federate.py",
)  # fmt: skip
# The second takes the rows that the first has put in.
ON_EACH_DATABASE = ("bench_land.py", "bench_plan.py")
SMALL = ("--deals", "20000", "--figures", "200000", "--rounds", "10")
SERVER = os.environ.get("DUIJIE_TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres")


def ran(name: str, *arguments: str, **variables: str) -> int:
    print(f"== {name} {' '.join(arguments)}", flush=True)
    return subprocess.run([sys.executable, str(HERE / name), *arguments], check=False, env=os.environ | variables).returncode  # fmt: skip


def on_each_database() -> int:
    failed = 0
    with tempfile.TemporaryDirectory(prefix="duijie-bench-") as folder:
        for name in ON_EACH_DATABASE:
            failed |= ran(name, *SMALL, DUIJIE_DATA_DIR=folder, DUIJIE_DATABASE_URL="")
        database = f"duijie_bench_{os.getpid()}"
        try:
            server = psycopg.connect(SERVER, autocommit=True)
        except psycopg.OperationalError as error:
            print(f"PostgreSQL does not answer (DUIJIE_TEST_POSTGRESQL_URL), not measured there: {error}")
            return 1
        with server:
            server.execute(f"CREATE DATABASE {database}")
            try:
                for name in ON_EACH_DATABASE:
                    url = f"{SERVER.rsplit('/', 1)[0]}/{database}"
                    failed |= ran(name, *SMALL, DUIJIE_DATA_DIR=folder, DUIJIE_DATABASE_URL=url)
            finally:
                server.execute(f"DROP DATABASE {database} WITH (FORCE)")
    return failed


def main() -> int:
    failed = 0
    for name in ENDS_IN_MINUTES:
        failed |= ran(name)
    return failed | on_each_database()


if __name__ == "__main__":
    sys.exit(main())

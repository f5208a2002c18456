"""An empty database gets its tables at once; again, or after a cut, nothing is made twice."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DUIJIE_")} | {
        "PYTHONPATH": str(ROOT / "src"),
        "DUIJIE_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "duijie.config.settings",
    }
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_new_then_current_then_cut_off(tmp_path: Path) -> None:
    assert run(tmp_path, "-m", "duijie", "upgrade").returncode == 0
    current = run(tmp_path, "-m", "django", "migrate", "--check")
    assert current.returncode == 0, current.stdout
    (file,) = tmp_path.glob("*.sqlite3")
    with sqlite3.connect(file) as database:
        before = sorted(database.execute("select name, sql from sqlite_master where sql is not null"))
        database.execute("delete from django_migrations")  # as if it had been killed before they were recorded
    assert run(tmp_path, "-m", "duijie", "upgrade").returncode == 0
    with sqlite3.connect(file) as database:
        assert sorted(database.execute("select name, sql from sqlite_master where sql is not null")) == before
        assert database.execute("select count(*) from django_migrations").fetchone()[0] > 70
    assert run(tmp_path, "-m", "duijie", "upgrade").returncode == 0

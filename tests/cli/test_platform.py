"""A command on a database that is not ready: one sentence that says what to do, in the caller's language."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "src"


def run(folder: Path, **more: str) -> tuple[int, str, str]:
    """Exit status, standard output and the first line of the errors of `duijie member list`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DUIJIE_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-m", "duijie", "member", "list"],
        env=kept | {"PYTHONPATH": str(SOURCES), "DUIJIE_DATA_DIR": str(folder)} | more,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout, done.stderr.splitlines()[0]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "数据库还没有建立，或者属于较早的版本。请先运行 duijie upgrade。"),
        ("en", "The database is new, or of an earlier version. Please run duijie upgrade first."),
    ],
)
def test_a_database_without_tables(tmp_path: Path, language: str, sentence: str) -> None:
    assert run(tmp_path, DUIJIE_LANG=language) == (1, "", sentence)


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    nowhere = "postgresql://duijie@127.0.0.1:9/duijie"
    sentence = "连不上数据库。请检查 DUIJIE_DATABASE_URL 和数据库服务。"
    assert run(tmp_path, DUIJIE_DATABASE_URL=nowhere, DUIJIE_LANG="zh") == (1, "", sentence)

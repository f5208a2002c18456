"""The rehearsal of an operator's bad day, through the commands alone: back up, lose, restore, mend, prove. On both databases."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.test_kills import Installation

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]
SERVER = os.environ.get("DUIJIE_TEST_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/postgres")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    """An installation with a member, two needs and a stored sheet."""
    made, name = Installation(tmp_path / "data"), f"duijie_rehearsal_{os.getpid()}"
    if request.param == "postgresql":
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')
        made.environment["DUIJIE_DATABASE_URL"] = f"{SERVER.rpartition('/')[0]}/{name}"
    try:
        made.run("upgrade")
        made.run("member", "add", "测试园区", "--slug", "park", "--kind", "park", "--region", "嘉兴")
        sheet = tmp_path / "two.csv"
        sheet.write_text("编号,标题\nA,压铸件气孔检测\nB,电机降噪检测\n", encoding="utf-8")
        made.run("listing", "import", str(sheet), "--member", "park", "--kind", "need")
        made.run("work", "--once")
        yield made
    finally:
        if request.param == "postgresql":
            with psycopg.connect(SERVER, autocommit=True) as server:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def refused(place: Installation, *words: str) -> str:
    """What a command that must fail says."""
    done = subprocess.run(
        [sys.executable, "-m", "duijie", *words], env=place.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0, done.stdout
    return done.stderr


def found(place: Installation) -> int:
    return len(place.run("listing", "search", "检测").splitlines())


def test_what_was_backed_up_comes_back_whole_and_nothing_else(place: Installation, tmp_path: Path) -> None:
    backup = tmp_path / "kept" / "duijie.backup"
    place.run("backup", str(backup))
    place.run("listing", "put", "C", "--member", "park", "-f", "kind=need", "-f", "title=后来的检测")
    place.run("work", "--once")
    files = sorted(p.name for p in (tmp_path / "data" / "files").rglob("*") if p.is_file())
    assert (found(place), len(files) > 0) == (3, True)

    assert "--yes" in refused(place, "restore", str(backup))
    (tmp_path / "cut.backup").write_bytes(backup.read_bytes()[:2000])
    assert "不是完整的备份文件" in refused(place, "restore", str(tmp_path / "cut.backup"), "--yes")
    assert found(place) == 3  # what was refused changed nothing

    for lost in (tmp_path / "data" / "files").rglob("*"):
        if lost.is_file():
            lost.unlink()
    place.run("restore", str(backup), "--yes")
    assert sorted(p.name for p in (tmp_path / "data" / "files").rglob("*") if p.is_file()) == files
    assert not place.is_well()  # indexes are not kept, and the doctor says so
    place.run("doctor", "--repair")
    assert found(place) == 2
    assert "0 处不符" in place.run("audit", "verify")

    # A match index that cannot be read is told apart from one that lags, and is begun anew.
    (tmp_path / "data" / "index" / "match" / "CURRENT").write_text("garbage", encoding="utf-8")
    assert not place.is_well()
    place.run("doctor", "--repair")
    assert place.is_well()

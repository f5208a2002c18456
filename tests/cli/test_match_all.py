"""`duijie match-all` on two tables: result, continuing, refusals."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from duijie.cli.main import main

NEEDS = "need_id,title,content\nn1,寻求水肥一体化灌溉技术,果园需要自动灌溉\nn2,激光焊接机器人,\nn3,无,\n"
OFFERS = "编号,title\no1,激光焊接工作站\no2,水肥一体化灌溉设备\no3,自动灌溉控制器\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "needs.csv").write_text(NEEDS, encoding="utf-8")
    (tmp_path / "offers.csv").write_text(OFFERS, encoding="gb18030")
    return tmp_path


def run(files: Path, *options: str) -> tuple[int, str]:
    arguments = ["match-all", "needs.csv", "offers.csv", "--folder", "run", *options]
    arguments = [str(files / a) if not a.startswith("-") and ("." in a or a == "run") else a for a in arguments]
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


def test_best_offers_of_every_need_and_the_same_again(files: Path) -> None:
    status, output = run(files, "-o", "best.csv", "--top", "2", "--lang", "en")
    assert status == 0, output
    assert "Done: 3 needs, checksum" in output
    with (files / "best.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [(row["need_id"], row["offer_id"]) for row in csv.DictReader(file)]
    assert rows == [("n1", "o2"), ("n1", "o3"), ("n2", "o1")]
    assert run(files, "--top", "2", "--lang", "en")[1].splitlines()[-1] == output.splitlines()[-1]


def test_a_folder_of_other_files_and_a_repeated_identifier_are_refused(files: Path) -> None:
    assert run(files, "--lang", "zh")[0] == 0
    (files / "offers.csv").write_text(OFFERS + "o4,水泵\n", encoding="utf-8")
    status, output = run(files, "--lang", "zh")
    assert status == 1 and "属于另一批输入" in output
    (files / "offers.csv").write_text(OFFERS + "o1,水泵\n", encoding="utf-8")
    status, output = run(files, "--lang", "en")
    assert status == 1 and "offers.csv, row 5, column offer_id: o1 stands in row 2 already." in output

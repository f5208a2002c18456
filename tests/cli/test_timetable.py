"""The timetable command on published instances."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from duijie.cli.main import main

SMALL = """
nBusiness = 3; nMeetings = 3; nTables = 1; nTotalSlots = 4; nMorningSlots = 2;
requested = [|1, 2,1, |1, 3,2, |2, 3, 3|];
"""


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    path = tmp_path / "small.dzn"
    path.write_text(SMALL, encoding="utf-8")
    return path


def test_a_published_instance_is_written_as_a_list_of_slots(instance: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    result = CliRunner().invoke(main, ["timetable", str(instance), "-o", str(out), "--fairness", "1", "--idle"])
    assert result.exit_code == 0, result.output
    slots = json.loads(out.read_text(encoding="utf-8"))
    assert sorted(slots) == sorted(set(slots)) and slots[0] in (0, 1) and slots[1] in (2, 3)
    assert "breaks 1  status optimal  bound 1  idle 1  spread 1" in result.output


def test_a_proof_of_infeasibility_has_exit_status_3_and_writes_nothing(instance: Path, tmp_path: Path) -> None:
    instance.write_text(SMALL + "forbidden = [{1,2},{},{}];", encoding="utf-8")
    out = tmp_path / "out.json"
    result = CliRunner().invoke(main, ["timetable", str(instance), "-o", str(out)])
    assert result.exit_code == 3
    assert "status infeasible" in result.output
    assert not out.exists()


def test_a_damaged_instance_is_refused_with_the_place(instance: Path, tmp_path: Path) -> None:
    instance.write_text(SMALL.replace("nTables = 1;", ""), encoding="utf-8")
    result = CliRunner().invoke(main, ["timetable", str(instance), "-o", str(tmp_path / "out.json")])
    assert result.exit_code == 2
    assert "small.dzn: nTables is missing" in result.output


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["timetable", str(tmp_path / "no.dzn"), "-o", str(tmp_path / "out.json")])
    assert result.exit_code == 2
    assert "no such file" in result.output

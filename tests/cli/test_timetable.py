"""The timetable command on published instances."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

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


def test_an_infeasible_instance_says_why(instance: Path, tmp_path: Path) -> None:
    instance.write_text(SMALL + "forbidden = [{1,2},{},{}];", encoding="utf-8")
    result = CliRunner().invoke(main, ["timetable", str(instance), "-o", str(tmp_path / "out.json")])
    assert "meeting 1 (participants 1-2) can only be in slots 无 (none)" in result.output


def test_from_template_to_result(tmp_path: Path) -> None:
    event, out = tmp_path / "event.xlsx", tmp_path / "result.xlsx"
    assert CliRunner().invoke(main, ["timetable", "--template", str(event)]).exit_code == 0
    result = CliRunner().invoke(main, ["timetable", str(event), "-o", str(out), "--workers", "1"])
    assert result.exit_code == 0, result.output
    assert "musts 1  status optimal  bound 1" in result.output
    assert load_workbook(out)["概况"]["B2"].value == 1


def test_a_faulty_workbook_is_refused_and_nothing_written(tmp_path: Path) -> None:
    event, out = tmp_path / "event.xlsx", tmp_path / "result.xlsx"
    CliRunner().invoke(main, ["timetable", "--template", str(event)])
    book = load_workbook(event)
    book["意愿"]["B2"] = "E001"
    book.save(event)
    result = CliRunner().invoke(main, ["timetable", str(event), "-o", str(out)])
    assert result.exit_code == 1
    assert "工作表“意愿”第 2 行“对象”列: “E001”想见自己" in result.output
    assert not out.exists()


def test_a_conflict_in_a_workbook_has_exit_status_3(tmp_path: Path) -> None:
    event, out = tmp_path / "event.xlsx", tmp_path / "result.xlsx"
    CliRunner().invoke(main, ["timetable", "--template", str(event)])
    book = load_workbook(event)
    book["固定会面"].append(["M02", "E001；P002", "S03"])
    book.save(event)
    result = CliRunner().invoke(main, ["timetable", str(event), "-o", str(out)])
    assert result.exit_code == 3
    assert "固定会面“临港精密机械有限公司 – 园区氢能装备项目”必须举行, 可用时段: S03" in result.output


def test_without_input_the_command_asks_for_it() -> None:
    result = CliRunner().invoke(main, ["timetable"])
    assert result.exit_code == 2
    assert "an INPUT and -o OUTPUT are needed" in result.output
